"""The shot that hosts are measured with: small, soft-edged, moving, and at an awkward frame rate.

A static gradient and a disc that moves 6 pixels a frame: an off-by-one frame, swapped channels, a
wrong range or a wrong premultiplication all show.
"""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from roto import new_session
from roto.export import write_picture
from roto.fake_engine import FakeEngine
from roto.package import Package, PackageOrder, read_package, write_package

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from roto.masks import Matte

WIDTH, HEIGHT = 96, 64
FRAMES = range(1001, 1009)
RATE = Fraction(24000, 1001)
_RADIUS, _STEP, _FINE = 14.0, 6.0, 8  # pixels, pixels a frame, samples a pixel's side


def gradient() -> npt.NDArray[np.uint8]:
    """The plate: (H, W, 3) uint8, the same in every frame."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    blue = 0.25 + 0.5 * (x + y) / (WIDTH + HEIGHT - 2)
    picture = np.stack([x / (WIDTH - 1), y / (HEIGHT - 1), blue], axis=2)
    pixels: npt.NDArray[np.uint8] = np.rint(picture * 255).astype(np.uint8)
    return pixels


def disc(frame: int, *, start: tuple[float, float] = (27.0, 32.0)) -> Matte:
    """The matte: (H, W) float32, anti-aliased.

    Args:
        frame: Its number.
        start: Centre at the first frame, x and y in pixels.
    """
    y, x = (np.mgrid[0 : HEIGHT * _FINE, 0 : WIDTH * _FINE] + 0.5) / _FINE
    centre = start[0] + _STEP * (frame - FRAMES[0])
    inside = (x - centre) ** 2 + (y - start[1]) ** 2 < _RADIUS**2
    blocks = inside.reshape(HEIGHT, _FINE, WIDTH, _FINE).mean(axis=(1, 3))
    matte: Matte = blocks.astype(np.float32)
    return matte


def standard_package(
    folder: Path, also: Sequence[str] = (), *, objects: Sequence[str] = ("disc",)
) -> Package:
    """Write the plate and a package of its mattes: ``folder/plate`` and ``folder/shot.mattes``.

    Args:
        folder: Made if need be.
        also: Representations besides EXR.
        objects: Names; each is a disc of its own, 12 pixels lower than the one before.
    """
    for frame in FRAMES:
        write_picture(folder / "plate" / f"plate.{frame}.png", gradient())
    plate = folder / "plate" / "plate.####.png"
    with new_session(plate, model=FakeEngine(), frame_rate=RATE) as session:
        for frame in FRAMES:
            mattes = {
                name: disc(frame, start=(27.0, 32.0 + 12 * number))
                for number, name in enumerate(objects)
            }
            session.set_keyframe(frame, mattes)
        deque(write_package(session, folder / "shot.mattes", PackageOrder(also=also)), maxlen=0)
    return read_package(folder / "shot.mattes")
