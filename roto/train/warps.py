"""The plain alternative to layered clips: a clip is independent warps of one photo.

Stage 0 of STCN's training (Cheng et al., NeurIPS 2021, section 4.1): turns of up to 20 degrees,
scales of 0.9 to 1.1, shears of up to 10 degrees, and an elastic bend. Here to be compared with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from roto.errors import SettingsError
from roto.train.appearance import Look
from roto.train.motion import Motion, Rng
from roto.train.packs import IGNORE, Still
from roto.train.synthesis import LEAST_SHARE, SyntheticClip, frame_crop, warp

if TYPE_CHECKING:
    from roto.train.packs import Stills

_BEND = 0.02  # standard deviation, as a share of the picture
_GRID = 5
_ATTEMPTS = 10_000


class WarpMaker:
    """Makes clips of ``frames`` frames, ``size`` pixels square, with exactly K targets."""

    def __init__(self, pack: Stills, *, size: int, frames: int) -> None:
        self.pack, self.size, self.frames = pack, size, frames

    def make(self, rng: Rng, targets: int) -> SyntheticClip:
        """Draw photos until one shows enough objects, large enough in the first frame."""
        for _ in range(_ATTEMPTS):
            still = self.pack[int(rng.integers(len(self.pack)))]
            objects = still.objects(0.005, 0.7)
            if len(objects) < targets:
                continue
            chosen = rng.permutation(objects)[:targets]
            clip = self._clip(rng, still, chosen)
            counts = np.bincount(clip.labels[0].ravel(), minlength=targets + 1)
            if (counts[1 : targets + 1] > LEAST_SHARE * self.size**2).all():
                return clip
        raise SettingsError(
            f"Hardly a photo of the packs shows {targets} objects: train on warps with --pairs 0."
        )

    def _clip(self, rng: Rng, still: Still, chosen: npt.NDArray[np.int64]) -> SyntheticClip:
        table = np.zeros(256, np.uint8)
        table[IGNORE] = IGNORE
        table[chosen] = np.arange(1, len(chosen) + 1)
        labels = table[still.labels]
        start = frame_crop(rng, still, self.size)
        matrices = np.stack([self._affine(rng) @ start for _ in range(self.frames)])
        bends = rng.normal(size=(self.frames, _GRID, _GRID, 2)) * _BEND * self.size
        motion = Motion(matrices, bends.astype(np.float32), self.size)
        look = Look.draw(rng, self.frames)
        frames, maps = [], []
        for t in range(self.frames):
            where = motion.map(t)
            picture = warp(still.image, where, cv2.BORDER_REFLECT_101).astype(np.float32)
            frames.append(look.apply(rng, picture, t))
            maps.append(warp(labels, where, cv2.BORDER_REFLECT_101, cv2.INTER_NEAREST))
        return SyntheticClip(np.stack(frames), np.stack(maps), (still.index,))

    def _affine(self, rng: Rng) -> npt.NDArray[np.float64]:
        """(3, 3), about the middle of the picture."""
        turn, shear = np.deg2rad(rng.uniform(-20, 20)), np.deg2rad(rng.uniform(-10, 10))
        c, s = np.cos(turn), np.sin(turn)
        linear = rng.uniform(0.9, 1.1) * np.array([[c, -s], [s, c]])
        matrix = np.eye(3)
        matrix[:2, :2] = linear @ np.array([[1, np.tan(shear)], [0, 1]])
        middle = np.full(2, self.size / 2)
        matrix[:2, 2] = middle - matrix[:2, :2] @ middle
        return matrix
