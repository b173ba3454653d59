"""Render the sample clip that ships with roto, and its ground truth.

Run ``python resources/make_sample_clip.py``; it takes a minute or two. A van drives along
a road to the right, behind a dog that walks to the left, and then behind a tree. The
camera travels, zooms slightly and is held by hand. Shutter, defocus, vignette and grain
are those of a real camera, because those are what a matte has to cope with.

The same call always gives the same pictures. Everything here is CC0.
"""

from __future__ import annotations

import argparse
import io
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from PIL import Image

from sample_shot import dog, scenery, van
from sample_shot.camera import HEIGHT, WIDTH, Camera, Sprite
from sample_shot.light import Array, noise

if TYPE_CHECKING:
    from collections.abc import Iterator

Picture: TypeAlias = "npt.NDArray[np.uint8]"

FRAMES, FRAME_RATE, FIRST_FRAME = 60, 24, 1001
SHUTTER = 0.5  # of a frame: 180 degrees
SUB_FRAMES = 10
VAN, DOG = 1, 2
PALETTE = (0, 0, 0, 128, 0, 0, 0, 128, 0)

_LICENCE = """\
sample.mp4, sample_key.1001.png and sample_truth.zip were rendered by
resources/make_sample_clip.py from nothing but noise and arithmetic.
To the extent possible under law, the authors have waived all copyright and related
rights to them: CC0 1.0, https://creativecommons.org/publicdomain/zero/1.0/
"""


class Instant(NamedTuple):
    """What the shutter sees at one instant: linear light, and what is visible of each object."""

    light: Array  # (H, W, 3)
    van: Array  # (H, W), 0..1
    dog: Array  # (H, W), 0..1


class Shot:
    """The set, built once, and the action as a function of time."""

    _VAN_Z, _VERGE_Z, _DOG_Z, _TREE_Z, _NEAR_GRASS_Z = 8.6, 6.6, 4.5, 3.1, 2.9
    _TREE_X = 1.35

    def __init__(self) -> None:
        self._backdrop = ((scenery.sky(), 30.0), (scenery.trees(), 22.0), (scenery.wall(), 13.1))
        self._ground = scenery.ground()
        self._verge = scenery.grass_strip(seed=80, tall=0.16, defocus=0.6)
        self._foreground = scenery.grass_strip(seed=81, tall=0.22, defocus=2.2)
        self._trunk = scenery.trunk()
        self._van = van.body()

    def at(self, seconds: float) -> Instant:
        """Everything in front of the camera at one instant, painted from far to near."""
        camera = _camera(seconds)
        canvas = np.zeros((HEIGHT, WIDTH, 3), np.float32)
        for sprite, z in self._backdrop:
            camera.stand(canvas, sprite, 0, 0, z)
        camera.lay(canvas, self._ground)
        camera.cast_shadow(canvas, self._trunk, self._TREE_X, 0, self._TREE_Z)
        van_seen = self._drive(canvas, camera, seconds)
        van_seen *= 1 - camera.stand(canvas, self._verge, 1.0, 0, self._VERGE_Z)
        dog_seen = self._walk(canvas, camera, seconds)
        van_seen *= 1 - dog_seen
        tree = camera.stand(canvas, self._trunk, self._TREE_X, 0, self._TREE_Z)
        grass = camera.stand(canvas, self._foreground, 0, 0, self._NEAR_GRASS_Z)
        in_front = (1 - tree) * (1 - grass)
        return Instant(canvas, van_seen * in_front, dog_seen * in_front)

    def _drive(self, canvas: Array, camera: Camera, seconds: float) -> Array:
        """The van, its wheels rolling without slip, its body rocking on the springs."""
        x = -2.85 + 2.05 * seconds + 0.12 * seconds**2
        bounce = 0.02 * _sway(seconds, (1.9, 5.3), 0.0)
        z = self._VAN_Z
        camera.cast_shadow(canvas, self._van, x, 0, z)
        camera.lay(canvas, _contact(x, z, half_length=2.1, half_depth=0.7, strength=0.85))
        seen = camera.stand(canvas, self._van, x, bounce, z)
        wheel = van.wheel(x / van.WHEEL_RADIUS)
        for axle in van.AXLES:
            rim = camera.stand(canvas, wheel, x + axle, van.WHEEL_RADIUS, z)
            seen = np.maximum(seen, rim)
        return seen

    def _walk(self, canvas: Array, camera: Camera, seconds: float) -> Array:
        """The dog, at a pace that keeps its paws from sliding."""
        walked = 0.76 * seconds
        x = 1.02 - walked
        sprite = dog.walking_dog(walked / dog.STRIDE)
        camera.cast_shadow(canvas, sprite, x, 0, self._DOG_Z)
        camera.lay(canvas, _contact(x, self._DOG_Z, half_length=0.6, half_depth=0.2, strength=0.6))
        return camera.stand(canvas, sprite, x, 0, self._DOG_Z)


def _camera(seconds: float) -> Camera:
    """The operator walks along with the van, a little slower, and closes in."""
    part = seconds * FRAME_RATE / FRAMES
    eased = part * part * (3 - 2 * part)
    return Camera(
        x=-0.55 + 1.25 * (0.5 * part + 0.5 * eased),
        height=1.02 + 0.012 * _sway(seconds, (0.9, 1.7), 0.3),
        focal=535 + 38 * eased,
        shake_x=2.2 * _sway(seconds, (0.7, 1.3, 3.1), 1.0),
        shake_y=2.0 * _sway(seconds, (0.8, 1.9, 3.7), 2.0),
        roll=0.003 * _sway(seconds, (0.6, 1.5), 4.0),
    )


def _sway(seconds: float, rates: tuple[float, ...], phase: float) -> float:
    """A sum of swings, each of a rate in Hz and the smaller the faster; about -1..1."""
    swings = (
        np.sin(2 * np.pi * rate * seconds + phase * number) / rate
        for number, rate in enumerate(rates, 1)
    )
    return float(sum(swings))


def _contact(
    x: float, z: float, *, half_length: float, half_depth: float, strength: float
) -> Sprite:
    """The soft dark patch where something nearly touches the ground."""
    v, u = np.mgrid[-1:1:48j, -1:1:96j]
    shape = np.clip(1 - np.hypot(u, v) ** 2, 0, 1) * strength
    pixels = np.dstack([np.zeros((*shape.shape, 3)), shape]).astype(np.float32)
    return Sprite(pixels, x - half_length, x + half_length, z - half_depth, z + half_depth)


def render(frames: int = FRAMES) -> Iterator[tuple[Picture, Picture]]:
    """Each frame as the camera records it, (H, W, 3) uint8 RGB, and its label map, (H, W) uint8."""
    shot = Shot()
    for frame in range(frames):
        offsets = (np.arange(SUB_FRAMES) + 0.5) / SUB_FRAMES - 0.5
        instants = [shot.at((frame + SHUTTER * offset) / FRAME_RATE) for offset in offsets]
        light, van_seen, dog_seen = (
            np.mean(parts, axis=0) for parts in zip(*instants, strict=True)
        )
        yield _develop(light, frame), _label(van_seen, dog_seen)


def _label(van_seen: Array, dog_seen: Array) -> Picture:
    """Who covers most of each pixel while the shutter is open."""
    shares = np.stack([1 - van_seen - dog_seen, van_seen, dog_seen])
    return np.asarray(shares.argmax(axis=0), np.uint8)


def _develop(light: Array, frame: int) -> Picture:
    """Lens, film and tone curve: vignette, a soft shoulder, grain that is finest in the lights."""
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    exposed = light * (1 - 0.20 * (x * x + y * y) / 2)[..., None] * 1.12
    soft = exposed * (1 + exposed / 6.0) / (1 + 0.62 * exposed)
    display = np.clip(soft, 0, 1) ** (1 / 2.2)
    grain = noise(HEIGHT, WIDTH, cell=2, octaves=2, seed=1000 + frame) - 0.5
    tint = np.random.default_rng(2000 + frame).normal(0, 0.006, display.shape)
    strength = 0.05 * (1 - 0.6 * display.mean(axis=2))
    grainy = display + (grain * strength)[..., None] + tint
    return np.asarray(np.clip(255 * grainy + 0.5, 0, 255), np.uint8)


def write_movie(path: Path, pictures: list[Picture]) -> None:
    """H.264, 4:2:0, tagged and converted as BT.709; one thread, so that it is reproducible."""
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(FRAME_RATE))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"crf": "15", "preset": "slow", "threads": "1"}
        context = stream.codec_context
        context.color_range = ColorRange.MPEG
        context.colorspace = Colorspace.ITU709
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
                format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
            )
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def palette_png(labels: Picture) -> bytes:
    """A label map as a PNG whose palette indices are the ids."""
    image = Image.fromarray(labels)
    image.putpalette(PALETTE)
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def write_truth(folder: Path, truth: list[Picture]) -> None:
    """The first label map as the key, and all of them in one archive with fixed dates."""
    (folder / f"sample_key.{FIRST_FRAME}.png").write_bytes(palette_png(truth[0]))
    with zipfile.ZipFile(folder / "sample_truth.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, labels in enumerate(truth, FIRST_FRAME):
            entry = zipfile.ZipInfo(f"truth.{number}.png", (2026, 1, 1, 0, 0, 0))
            archive.writestr(entry, palette_png(labels))


def main() -> None:
    """Render everything into the folder given, by default the one that ships."""
    parser = argparse.ArgumentParser(description="Render the sample clip and its ground truth.")
    home = Path(__file__).parent / "roto_resources" / "clips"
    parser.add_argument("--out", type=Path, default=home, help="folder to write to")
    folder: Path = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    pictures, truth = (list(column) for column in zip(*render(), strict=True))
    write_movie(folder / "sample.mp4", pictures)
    write_truth(folder, truth)
    (folder / "LICENSE-CC0.txt").write_text(_LICENCE)


if __name__ == "__main__":
    main()
