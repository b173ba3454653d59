"""Smooth motion of a layer over the frames of a synthetic clip.

A layer moves by an affine path with momentum and bends by an elastic field that
grows over time. Coordinates are pixels of the output; a *map* gives for each output
pixel the position in the source, as ``cv2.remap`` wants it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Rng = np.random.Generator
Box = tuple[slice, slice]
"""Rows and columns of the picture, with a start and a stop."""

_OVERSHOOT = 1.375**2  # how far a bicubic surface may leave the range of its samples


@dataclass(frozen=True, slots=True)
class Motion:
    """Poses of one layer: per frame an affine matrix and an elastic displacement."""

    matrices: npt.NDArray[np.float64]  # (T, 3, 3), source to output
    bends: Floats  # (T, g, g, 2), in output pixels, on a coarse grid over the picture
    size: int  # S, side of the picture

    def map(self, t: int, box: Box | None = None) -> tuple[Floats, Floats]:
        """Source positions, x (h, w) and y (h, w), of a box of frame ``t``; None: all of it."""
        rows, columns = box or (slice(0, self.size), slice(0, self.size))
        grid = self.bends.shape[1]
        weights = _weights(grid, self.size)
        inverse = np.linalg.inv(self.matrices[t])
        # Bending by a bicubic field and an affine map are one product of three small matrices.
        core = np.zeros((2, grid + 2, grid + 2), np.float32)
        core[:, :grid, :grid] = np.tensordot(inverse[:2, :2], self.bends[t], (1, 2))
        core[:, grid + 1, grid] = inverse[:2, 0]  # times x
        core[:, grid, grid + 1] = inverse[:2, 1]  # times y
        core[:, grid + 1, grid + 1] = inverse[:2, 2]
        left, right = weights[rows], weights[columns].T
        return _product(left @ core[0], right), _product(left @ core[1], right)

    def box(self, t: int, shape: tuple[int, int], margin: int) -> Box:
        """Where a source of ``shape`` can be seen in frame ``t``, and ``margin`` pixels more.

        It may be larger than need be, and is empty for a source outside the picture.
        """
        h, w = shape
        corners = np.array([[0, w, 0, w], [0, 0, h, h], [1, 1, 1, 1]])
        at = (self.matrices[t] @ corners)[:2]
        slack = np.abs(self.bends[t]).max((0, 1)) * _OVERSHOOT + margin + 1
        first = np.clip(np.floor(at.min(1) - slack), 0, self.size).astype(int)
        last = np.clip(np.ceil(at.max(1) + slack) + 1, 0, self.size).astype(int)
        return slice(int(first[1]), int(last[1])), slice(int(first[0]), int(last[0]))

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


_APPROACH = 0.25  # share of layers that come nearer or go away for the whole clip

CAMERA = Amount(shift=0.04, turn=3.0, scale=0.04, shear=0.02, bend=0.6)
OBJECT = Amount(shift=0.10, turn=10.0, scale=0.10, shear=0.06, bend=3.0)


def wander(
    rng: Rng, start: npt.NDArray[np.float64], frames: int, size: int, amount: Amount
) -> Motion:
    """A path that begins at ``start`` (3, 3) and keeps most of its speed from frame to frame."""
    strength = float(np.exp(rng.uniform(np.log(0.15), np.log(2.0))))
    speed = _kick(rng, amount) * strength
    approach = np.zeros(5)
    if rng.random() < _APPROACH:
        # Cars that drive up to the camera grow several-fold within a shot.
        approach[3] = 2.5 * amount.scale * rng.normal()
    matrices = [start]
    for _ in range(frames - 1):
        matrices.append(_step(speed + approach, size, matrices[-1]) @ matrices[-1])
        speed = 0.8 * speed + 0.5 * strength * _kick(rng, amount)
    bend_size = amount.bend * strength * size / 100
    return Motion(np.stack(matrices), _bends(rng, frames, bend_size), size)


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


def _bends(rng: Rng, frames: int, amount: float) -> Floats:
    """Elastic fields (T, g, g, 2) that start at nothing and compound smoothly."""
    # Coarse fields lean and swell, fine ones move limbs, which must be slower not to tear.
    grid = int(rng.integers(3, 9))
    amount = amount * min(1.0, 4 / grid)
    field = np.zeros((grid, grid, 2), np.float32)
    speed = rng.normal(size=field.shape).astype(np.float32) * amount
    bends: list[Floats] = []
    for _ in range(frames):
        bends.append(field)
        field = field + speed
        speed = 0.7 * speed + 0.5 * amount * rng.normal(size=field.shape).astype(np.float32)
    return np.stack(bends)


@lru_cache(maxsize=64)
def _weights(grid: int, size: int) -> Floats:
    """(S, g + 2): bicubic weights of g samples at each pixel of a side, its number, and 1."""
    cubic = cv2.resize(np.eye(grid, dtype=np.float32), (grid, size), interpolation=cv2.INTER_CUBIC)
    ramp = np.arange(size, dtype=np.float32)
    return np.column_stack([cubic, ramp, np.ones_like(ramp)])


def _product(a: Floats, b: Floats) -> Floats:
    """``a @ b`` in small blocks: for larger ones NumPy's libraries wake all cores and wait."""
    out = np.empty((a.shape[0], b.shape[1]), np.float32)
    for i in range(0, a.shape[0], 32):
        np.matmul(a[i : i + 32], b, out=out[i : i + 32])
    return out
