"""Soft masks before objects compete: log-odds on the network's grid, kept packed.

The network answers with one logit per object on a coarse grid. That grid, not the
upsampled picture, is what is kept: a 1080p frame of one object takes a few
kilobytes packed, and any view of it is computed when asked for.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from roto.confidence import decidedness

if TYPE_CHECKING:
    from collections.abc import Mapping

Floats = npt.NDArray[np.float32]

_LIMIT = 12.0  # logits beyond are certain: 1 / (1 + e^12) is 6e-6
_STEP = 1 / 1024  # a 4096th of probability where it matters most, at one half


@dataclass(frozen=True, slots=True)
class Grid:
    """How the network's output grid lies on the plate.

    The plate was resized to ``work``, padded, and reduced by ``reduction``.

    Attributes:
        plate: (H, W) of the plate.
        work: (H, W) the network worked at.
        pad: Left, right, top, bottom, in working pixels.
        reduction: Working pixels per cell.
    """

    plate: tuple[int, int]
    work: tuple[int, int]
    pad: tuple[int, int, int, int]
    reduction: int = 4

    @property
    def padded(self) -> tuple[int, int]:
        """(H, W) of what the network saw."""
        left, right, top, bottom = self.pad
        return self.work[0] + top + bottom, self.work[1] + left + right

    def to_plate(self, values: Floats, rows: slice = slice(None)) -> Floats:
        """Bilinear (K, h, w) on this grid -> (K, H, W) on the plate, or some rows of it."""
        down = _samples(self.plate[0], self.work[0], self.pad[2], self.reduction, values.shape[1])
        across = _samples(self.plate[1], self.work[1], self.pad[0], self.reduction, values.shape[2])
        above, below, share = down
        banded = _blend(values, above[rows], below[rows], share[rows], axis=1)
        return _blend(banded, *across, axis=2)


def _samples(
    plate: int, work: int, pad: int, reduction: int, cells: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Floats]:
    """Per plate pixel along one axis: the two cells around it, and the second one's share."""
    centre = ((np.arange(plate) + 0.5) * (work / plate) + pad) / reduction - 0.5
    centre = np.clip(centre, 0, cells - 1)
    first = np.floor(centre).astype(np.intp)
    second = np.minimum(first + 1, cells - 1)
    return first, second, (centre - first).astype(np.float32)


def _blend(
    values: Floats,
    first: npt.NDArray[np.intp],
    second: npt.NDArray[np.intp],
    share: Floats,
    *,
    axis: int,
) -> Floats:
    weight = share.reshape([-1 if a == axis else 1 for a in range(values.ndim)])
    low = np.take(values, first, axis)
    blended: Floats = low + (np.take(values, second, axis) - low) * weight
    return blended


@dataclass(frozen=True, slots=True, eq=False)
class Logits:
    """Soft masks of some objects at one frame, before they compete with each other.

    Attributes:
        ids: Object ids, K of them.
        values: (K, h, w) float32 log-odds on the grid.
        grid: Where that is on the plate.
    """

    ids: tuple[int, ...]
    values: Floats
    grid: Grid

    def split(self) -> dict[int, Logits]:
        """Each object's by its id."""
        return {i: Logits((i,), self.values[n : n + 1], self.grid) for n, i in enumerate(self.ids)}

    def confidences(self) -> dict[int, float]:
        """Per object how decided the mask is, in [0, 1]; see :mod:`roto.confidence`."""
        return {i: decidedness(v) for i, v in zip(self.ids, self.values, strict=True)}

    def pack(self) -> PackedLogits:
        """Compress; certain values saturate and the others lose less than a 4000th."""
        steps = np.round(np.clip(self.values, -_LIMIT, _LIMIT) / _STEP).astype(np.int16)
        # Neighbours differ little: differences with the two bytes apart compress best.
        deltas = np.diff(steps, axis=-1, prepend=np.int16(0))
        planes = np.ascontiguousarray(deltas.reshape(-1).view(np.uint8).reshape(-1, 2).T)
        return PackedLogits(
            self.ids, self.values.shape, zlib.compress(planes.tobytes(), 1), self.grid
        )


@dataclass(frozen=True, slots=True, eq=False)
class PackedLogits:
    """``Logits`` in kilobytes."""

    ids: tuple[int, ...]
    shape: tuple[int, ...]
    data: bytes
    grid: Grid

    @property
    def nbytes(self) -> int:
        """Bytes it takes."""
        return len(self.data)

    def unpack(self) -> Logits:
        """The logits as they were packed."""
        planes = np.frombuffer(zlib.decompress(self.data), np.uint8).reshape(2, -1)
        deltas = np.ascontiguousarray(planes.T).view(np.int16).reshape(self.shape)
        steps = np.cumsum(deltas, axis=-1, dtype=np.int16)
        return Logits(self.ids, steps.astype(np.float32) * np.float32(_STEP), self.grid)


def fuse(first: Logits, second: Logits, weights: Mapping[int, float]) -> Logits:
    """Two answers for the same frame: log-odds averaged, ``weights[id]`` being the first's share.

    Averaging log-odds lets the more decided pixel speak louder: fusion by confidence, pixel
    by pixel, on top of the share that distance gives.
    """
    mine = dict(zip(first.ids, first.values, strict=True))
    theirs = dict(zip(second.ids, second.values, strict=True))
    ids = tuple(sorted(mine.keys() | theirs.keys()))
    values = [_fuse_one(mine.get(i), theirs.get(i), weights.get(i, 0.5)) for i in ids]
    return Logits(ids, np.stack(values), first.grid)


def _fuse_one(first: Floats | None, second: Floats | None, share: float) -> Floats:
    if first is None or second is None:
        only = second if first is None else first
        assert only is not None
        return only
    share = float(share)  # a Python number leaves the arrays float32
    fused: Floats = share * np.clip(first, -_LIMIT, _LIMIT)
    fused += (1 - share) * np.clip(second, -_LIMIT, _LIMIT)
    return fused


def background_logit(logits: Floats) -> Floats:
    """Log-odds of no object being there, (K, ...) -> (...).

    Soft aggregation (Oh et al., STM, ICCV 2019, section 3.4) without leaving the logarithm.
    """
    # exp and log of float32 are vectorised in NumPy; logaddexp and expm1 take five times longer.
    none = -np.log(1 + np.exp(np.minimum(logits, np.float32(60)))).sum(0)
    result: Floats = none - np.log(np.maximum(1 - np.exp(none), np.float32(1e-7)))
    return result
