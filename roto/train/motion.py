"""Smooth motion of a layer over the frames of a synthetic clip.

A layer moves by an affine path with momentum and bends by an elastic field that
grows over time. Coordinates are pixels of the output; a *map* gives for each output
pixel the position in the source, as ``cv2.remap`` wants it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class Motion:
    """Poses of one layer: per frame an affine matrix and an elastic displacement."""

    matrices: npt.NDArray[np.float64]  # (T, 3, 3), source to output
    bends: list[Floats]  # T of (S, S, 2), in output pixels

    def map(self, t: int) -> Floats:
        """(S, S, 2) source position of every output pixel of frame ``t``."""
        bend = self.bends[t]
        size = bend.shape[0]
        y, x = np.mgrid[0:size, 0:size].astype(np.float32)
        points = np.stack([x, y], -1) + bend
        inverse = np.linalg.inv(self.matrices[t])[:2].astype(np.float32)
        return np.ascontiguousarray(points @ inverse[:, :2].T + inverse[:, 2])

    def velocity(self, t: int, centre: tuple[float, float]) -> npt.NDArray[np.float64]:
        """Movement (x, y) in pixels of the source point ``centre`` around frame ``t``."""
        point = np.array([*centre, 1.0])
        before, after = max(t - 1, 0), min(t + 1, len(self.matrices) - 1)
        moved = (self.matrices[after] - self.matrices[before]) @ point
        return np.asarray(moved[:2] / max(after - before, 1))


@dataclass(frozen=True, slots=True)
class Amount:
    """How strongly a layer moves, per frame."""

    shift: float  # share of the picture
    turn: float  # degrees
    scale: float  # natural logarithm
    shear: float
    bend: float  # pixels per 100 pixels of picture


CAMERA = Amount(shift=0.04, turn=3.0, scale=0.04, shear=0.02, bend=0.6)
OBJECT = Amount(shift=0.10, turn=10.0, scale=0.10, shear=0.06, bend=3.0)


def wander(
    rng: Rng, start: npt.NDArray[np.float64], frames: int, size: int, amount: Amount
) -> Motion:
    """A path that begins at ``start`` (3, 3) and keeps most of its speed from frame to frame."""
    strength = float(np.exp(rng.uniform(np.log(0.15), np.log(1.6))))
    speed = _kick(rng, amount) * strength
    matrices = [start]
    for _ in range(frames - 1):
        matrices.append(_step(speed, size, matrices[-1]) @ matrices[-1])
        speed = 0.8 * speed + 0.5 * strength * _kick(rng, amount)
    bend_size = amount.bend * strength * size / 100
    return Motion(np.stack(matrices), _bends(rng, frames, size, bend_size))


def _kick(rng: Rng, amount: Amount) -> npt.NDArray[np.float64]:
    scale = [amount.shift, amount.shift, np.deg2rad(amount.turn), amount.scale, amount.shear]
    kick: npt.NDArray[np.float64] = rng.normal(size=5) * np.array(scale) * 0.7
    return kick


def _step(
    speed: npt.NDArray[np.float64], size: int, pose: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """One frame's affine change, about the middle of where the layer is now."""
    dx, dy, turn, scale, shear = speed
    c, s, z = np.cos(turn), np.sin(turn), np.exp(np.clip(scale, -0.4, 0.4))
    linear = z * np.array([[c, -s], [s, c]]) @ np.array([[1, shear], [0, 1]])
    middle = pose[:2] @ np.array([size / 2, size / 2, 1])
    step = np.eye(3)
    step[:2, :2] = linear
    step[:2, 2] = middle - linear @ middle + np.array([dx, dy]) * size
    return step


def _bends(rng: Rng, frames: int, size: int, amount: float) -> list[Floats]:
    """Elastic fields that start at nothing and compound smoothly."""
    # Coarse fields lean and swell, fine ones move limbs, which must be slower not to tear.
    grid = int(rng.integers(3, 9))
    amount = amount * min(1.0, 4 / grid)
    field = np.zeros((grid, grid, 2), np.float32)
    speed = rng.normal(size=field.shape).astype(np.float32) * amount
    bends: list[Floats] = []
    for _ in range(frames):
        bends.append(
            np.asarray(cv2.resize(field, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)
        )
        field = field + speed
        speed = 0.7 * speed + 0.5 * amount * rng.normal(size=field.shape).astype(np.float32)
    return bends
