"""Short clips with exact labels, made of labelled photos.

A photo is the background: it moves with the camera, and its own labelled objects may
be targets. Cut-outs of other photos move over it on paths of their own, as targets,
as occluders, or as a second copy of a target that must not be confused with it.
This widens stage 0 of STCN's training (Cheng et al., NeurIPS 2021, section 4.1),
where a clip is three warps of one image, towards what real clips do.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from roto.errors import SettingsError
from roto.train.appearance import Look, Shade, blur_width, motion_blur
from roto.train.motion import CAMERA, OBJECT, Box, Motion, Rng, wander
from roto.train.packs import IGNORE, Still

if TYPE_CHECKING:
    from roto.train.packs import Stills

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


LEAST_SHARE = 0.003  # of the picture that a target covers in its first frame
_ATTEMPTS = 10_000


@dataclass(frozen=True, slots=True)
class SyntheticClip:
    """What the network is trained on."""

    frames: Bytes  # (T, S, S, 3) RGB
    labels: Bytes  # (T, S, S): 0 background, 1..K targets, 255 ignore
    stills: tuple[int, ...]  # numbers of the photos of the background and of the targets


@dataclass(frozen=True, slots=True)
class Cutout:
    """A layer in motion: pixels with straight alpha, and the id it carries (0: no target)."""

    image: Bytes  # (h, w, 3)
    alpha: Bytes  # (h, w)
    motion: Motion
    label: int
    shade: Shade
    gone: frozenset[int] = frozenset()  # frames without it
    still: int = 0  # number of its photo
    rgba: Bytes = field(init=False)  # (h, w, 4), the pixels and their alpha side by side

    def __post_init__(self) -> None:
        object.__setattr__(self, "rgba", cv2.merge([*cv2.split(self.image), self.alpha]))

    def draw(self, t: int, picture: Floats, ids: Bytes) -> None:
        """Lay frame ``t`` over a picture (S, S, 4) and its labels (S, S), in place."""
        patch = self._patch(t)
        if patch is None:
            return
        box, pixels = patch
        alpha = np.ascontiguousarray(pixels[..., 3])
        through = cv2.merge([1 - alpha] * 4)
        picture[box] = cv2.add(pixels, cv2.multiply(picture[box], through))
        np.copyto(ids[box], np.uint8(self.label), where=alpha > 0.5)

    def _patch(self, t: int) -> tuple[Box, Floats] | None:
        """Where the layer is in frame ``t``, and its premultiplied RGBA (h, w, 4) there.

        Most layers cover a small part of the picture, and floats cost more than bytes: the
        bytes are warped where the layer may be, the rest is done where it is.
        """
        h, w = self.alpha.shape
        velocity = self.motion.velocity(t, (w / 2, h / 2))
        margin = blur_width(velocity) // 2
        rows, columns = self.motion.box(t, (h, w), margin)
        if t in self.gone or rows.start >= rows.stop or columns.start >= columns.stop:
            return None
        warped = warp(self.rgba, self.motion.map(t, (rows, columns)), cv2.BORDER_CONSTANT)
        alpha = np.ascontiguousarray(warped[..., 3])
        x, y, width, height = cv2.boundingRect(alpha)
        if not width:
            return None
        inner = (
            slice(max(y - margin, 0), y + height + margin),
            slice(max(x - margin, 0), x + width + margin),
        )
        warped, alpha = warped[inner], alpha[inner]
        y, x = rows.start + inner[0].start, columns.start + inner[1].start
        box = slice(y, y + alpha.shape[0]), slice(x, x + alpha.shape[1])
        unit = alpha * np.float32(1 / 255)
        lit = unit * self.shade.gain(t, self.motion.size)[box]
        scales = cv2.merge([lit, lit, lit, np.full_like(lit, 1 / 255)])
        pixels = np.asarray(cv2.multiply(warped, scales, dtype=cv2.CV_32F), np.float32)
        return box, motion_blur(pixels, velocity)


class ClipMaker:
    """Makes clips of ``frames`` frames, ``size`` pixels square, with exactly K targets."""

    def __init__(self, pack: Stills, *, size: int, frames: int) -> None:
        self.pack, self.size, self.frames = pack, size, frames

    def make(self, rng: Rng, targets: int) -> SyntheticClip:
        """Draw clips until one shows every target large enough in its first frame."""
        while True:
            clip = self._draw(rng, targets)
            counts = np.bincount(clip.labels[0].ravel(), minlength=targets + 1)
            if (counts[1 : targets + 1] > LEAST_SHARE * self.size**2).all():
                return clip

    def _draw(self, rng: Rng, targets: int) -> SyntheticClip:
        ground = self._still(rng)
        inside = ground.objects(0.005, 0.7)
        # An object of the background moves with it, which real ones seldom do: fewer of these.
        from_ground = min(len(inside), int((rng.random(targets) < 0.35).sum()))
        chosen = list(rng.permutation(inside)[:from_ground])
        cutouts = [
            self._target(rng, *self._some_object(rng), label)
            for label in range(from_ground + 1, targets + 1)
        ]
        first = cutouts[0] if cutouts else self._cutout(rng, ground, chosen[0], 0)
        if rng.random() < 0.3:
            cutouts += [self._twin(rng, first) for _ in range(int(rng.integers(1, 3)))]
        for _ in range(int(rng.choice(3, p=[0.45, 0.4, 0.15]))):
            cutouts.append(self._cutout(rng, *self._some_object(rng), 0))
        order = rng.permutation(len(cutouts))
        stack = [cutouts[i] for i in order]
        if cutouts and cutouts[0].label and rng.random() < 0.2:
            stack.append(self._crossing(rng, cutouts[0]))  # above all others
        return self._compose(rng, ground, chosen, stack)

    def _compose(
        self, rng: Rng, ground: Still, chosen: list[int], cutouts: list[Cutout]
    ) -> SyntheticClip:
        table = np.zeros(256, np.uint8)
        table[IGNORE] = IGNORE
        table[chosen] = np.arange(1, len(chosen) + 1)
        labels = table[ground.labels]
        camera = wander(
            rng,
            frame_crop(rng, ground, self.size),
            self.frames,
            self.size,
            CAMERA if rng.random() < 0.6 else OBJECT,
        )
        look, shade = Look.draw(rng, self.frames), Shade.draw(rng, self.frames)
        # A fourth channel costs nothing: OpenCV handles four in one go, and three less quickly.
        image = np.asarray(cv2.cvtColor(ground.image, cv2.COLOR_RGB2RGBA), np.uint8)
        frames, maps = [], []
        for t in range(self.frames):
            picture, ids = self._background(image, labels, camera, t)
            picture = shade.apply(picture, t)
            for cutout in cutouts:
                cutout.draw(t, picture, ids)
            rgb = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGBA2RGB), np.float32)
            frames.append(look.apply(rng, rgb, t))
            maps.append(ids)
        stills = (ground.index, *(cutout.still for cutout in cutouts if cutout.label))
        return SyntheticClip(np.stack(frames), np.stack(maps), stills)

    def _background(
        self, image: Bytes, labels: Bytes, camera: Motion, t: int
    ) -> tuple[Floats, Bytes]:
        where = camera.map(t)
        picture = warp(image, where, cv2.BORDER_REFLECT_101)
        ids = warp(labels, where, cv2.BORDER_REFLECT_101, cv2.INTER_NEAREST)
        blurred = motion_blur(picture.astype(np.float32), camera.velocity(t, (self.size / 2,) * 2))
        return blurred, ids

    def _some_object(self, rng: Rng) -> tuple[Still, int]:
        """A photo and one of its labelled objects."""
        for _ in range(_ATTEMPTS):
            still = self._still(rng)
            if ids := still.objects(0.005, 0.7):
                return still, int(rng.choice(ids))
        raise SettingsError(
            "The data packs show no object of 0.5 to 70 % of its picture: name other --packs."
        )

    def _cutout(self, rng: Rng, still: Still, which: int, label: int) -> Cutout:
        """An object of a photo, placed somewhere in the first frame."""
        alpha = (still.labels == which).astype(np.uint8) * 255
        x, y, width, height = cv2.boundingRect(alpha)
        box = slice(y, y + height), slice(x, x + width)
        image = still.image[box]
        alpha = np.asarray(cv2.GaussianBlur(alpha[box], (3, 3), 0), np.uint8)
        image = Look.recolour(rng, image)
        h, w = alpha.shape
        longest = self.size * float(np.exp(rng.uniform(np.log(0.16), np.log(0.95))))
        # Pad so that the border is transparent and the layer's middle is the object's.
        image, alpha = (
            np.asarray(cv2.copyMakeBorder(a, 2, 2, 2, 2, cv2.BORDER_CONSTANT), np.uint8)
            for a in (image, alpha)
        )
        start = self._place(rng, (h + 4, w + 4), longest / max(h, w))
        motion = wander(rng, start, self.frames, self.size, OBJECT)
        shade = Shade.draw(rng, self.frames)
        return Cutout(image, alpha, motion, label, shade, still=still.index)

    def _target(self, rng: Rng, still: Still, which: int, label: int) -> Cutout:
        """A cut-out to be tracked, which now and then is out of sight for a while."""
        cutout = self._cutout(rng, still, which, label)
        if self.frames < 3 or rng.random() > 0.08:
            return cutout
        first = int(rng.integers(1, self.frames - 1))
        last = int(rng.integers(first, self.frames - 1))
        return replace(cutout, gone=frozenset(range(first, last + 1)))

    def _crossing(self, rng: Rng, target: Cutout) -> Cutout:
        """Something that passes in front of a target in the middle of the clip."""
        cutout = self._cutout(rng, *self._some_object(rng), 0)
        t = int(rng.integers(1, self.frames))
        gap = _middle(target, t) - _middle(cutout, t)
        shift = np.eye(3)
        shift[:2, 2] = gap + rng.normal(size=2) * 0.08 * self.size
        motion = replace(cutout.motion, matrices=shift @ cutout.motion.matrices)
        return replace(cutout, motion=motion)

    def _place(self, rng: Rng, shape: tuple[int, int], zoom: float) -> npt.NDArray[np.float64]:
        """Matrix that puts a layer of ``shape`` somewhere into the picture."""
        h, w = shape
        turn, flip = np.deg2rad(rng.normal() * 12), -1.0 if rng.random() < 0.5 else 1.0
        c, s = np.cos(turn) * zoom, np.sin(turn) * zoom
        matrix = np.array([[c * flip, -s, 0], [s * flip, c, 0], [0, 0, 1.0]])
        middle = rng.uniform(0.1, 0.9, 2) * self.size
        matrix[:2, 2] = middle - matrix[:2, :2] @ np.array([w / 2, h / 2])
        return matrix

    def _twin(self, rng: Rng, cutout: Cutout) -> Cutout:
        """A second copy of an object, moving by itself, that is nobody's target."""
        h, w = cutout.alpha.shape
        zoom = np.sqrt(abs(np.linalg.det(cutout.motion.matrices[0][:2, :2]))) * rng.uniform(
            0.8, 1.25
        )
        start = self._place(rng, (h, w), float(zoom))
        motion = wander(rng, start, self.frames, self.size, OBJECT)
        shade = Shade.draw(rng, self.frames)
        return replace(cutout, motion=motion, label=0, shade=shade, gone=frozenset())

    def _still(self, rng: Rng) -> Still:
        return self.pack[int(rng.integers(len(self.pack)))]


def _middle(cutout: Cutout, t: int) -> npt.NDArray[np.float64]:
    """Where (x, y) the layer's middle is in frame ``t``, but for its bending."""
    h, w = cutout.alpha.shape
    middle: npt.NDArray[np.float64] = cutout.motion.matrices[t] @ np.array([w / 2, h / 2, 1.0])
    return middle[:2]


def frame_crop(rng: Rng, still: Still, size: int) -> npt.NDArray[np.float64]:
    """Source-to-output matrix (3, 3) of a random square crop, sometimes mirrored."""
    h, w = still.labels.shape
    side = min(h, w) * rng.uniform(0.6, 1.0)
    x, y = rng.uniform(0, w - side), rng.uniform(0, h - side)
    return _placement(side, (x, y), size, mirrored=rng.random() < 0.5)


def _placement(
    side: float, corner: tuple[float, float], size: int, *, mirrored: bool
) -> npt.NDArray[np.float64]:
    zoom = size / side
    matrix = np.array([[zoom, 0, -corner[0] * zoom], [0, zoom, -corner[1] * zoom], [0, 0, 1.0]])
    if mirrored:
        matrix = np.array([[-1.0, 0, size - 1], [0, 1, 0], [0, 0, 1]]) @ matrix
    return matrix


def warp(
    image: Bytes, where: tuple[Floats, Floats], border: int, interpolation: int = cv2.INTER_LINEAR
) -> Bytes:
    """Sample ``image`` at ``where``, x (h, w) and y (h, w); beyond its edge as ``border`` says."""
    return np.asarray(cv2.remap(image, *where, interpolation, borderMode=border), np.uint8)
