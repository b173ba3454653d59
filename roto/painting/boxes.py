"""Boxes of a picture, and what was inside them before an edit began."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Alpha: TypeAlias = npt.NDArray[np.float32]
"""(H, W) in [0, 1]."""

Mask: TypeAlias = npt.NDArray[np.bool_]
"""(H, W), True on the object."""

Box: TypeAlias = tuple[slice, slice]
"""Rows and columns of a picture, with a start and a stop, inside it, never empty."""

TILE = 128


def box_of(x0: float, y0: float, x1: float, y1: float, size: tuple[int, int]) -> Box | None:
    """The pixels of a picture of ``size`` (H, W) that an area touches; None: it lies outside."""
    top, left = max(math.floor(y0), 0), max(math.floor(x0), 0)
    bottom, right = min(math.ceil(y1), size[0]), min(math.ceil(x1), size[1])
    if top >= bottom or left >= right:
        return None
    return slice(top, bottom), slice(left, right)


def whole(size: tuple[int, int]) -> Box:
    """All pixels of a picture of ``size`` (H, W)."""
    return slice(0, size[0]), slice(0, size[1])


def union(first: Box | None, second: Box | None) -> Box | None:
    """The smallest box around both."""
    if first is None or second is None:
        return first or second
    (r, c), (s, d) = first, second
    return (
        slice(min(r.start, s.start), max(r.stop, s.stop)),
        slice(min(c.start, d.start), max(c.stop, d.stop)),
    )


def widened(box: Box, by: int, size: tuple[int, int]) -> Box:
    """A box with ``by`` more pixels on each side, as far as the picture of ``size`` goes."""
    rows, columns = box
    return (
        slice(max(rows.start - by, 0), min(rows.stop + by, size[0])),
        slice(max(columns.start - by, 0), min(columns.stop + by, size[1])),
    )


def box_around(mask: Mask) -> Box | None:
    """The smallest box that holds all True pixels; None where there are none."""
    rows = np.flatnonzero(mask.any(axis=1))
    if not rows.size:
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(mask[top:bottom].any(axis=0))
    return slice(top, bottom), slice(int(columns[0]), int(columns[-1]) + 1)


class Before:
    """An alpha as it was, kept only where it is about to be changed.

    Args:
        alpha: (H, W) float32; call :meth:`keep` with a box before changing pixels in it.
    """

    def __init__(self, alpha: Alpha) -> None:
        self._alpha = alpha
        # The system hands out memory page by page as it is written: untouched parts cost nothing.
        self._old = np.empty(alpha.shape, np.float32)
        height, width = alpha.shape
        self._kept = np.zeros((-(-height // TILE), -(-width // TILE)), bool)
        self.box: Box | None = None

    def keep(self, box: Box) -> Alpha:
        """Remember a box and return what it held before; not to be changed."""
        rows, columns = box
        tiles = (
            slice(rows.start // TILE, -(-rows.stop // TILE)),
            slice(columns.start // TILE, -(-columns.stop // TILE)),
        )
        for i, j in np.argwhere(~self._kept[tiles]):
            i, j = int(i) + tiles[0].start, int(j) + tiles[1].start
            tile = np.s_[i * TILE : (i + 1) * TILE, j * TILE : (j + 1) * TILE]
            self._old[tile] = self._alpha[tile]
        self._kept[tiles] = True
        self.box = union(self.box, box)
        return self._old[box]

    @property
    def changed(self) -> bool:
        """Whether any pixel differs from what it was."""
        return any(not np.array_equal(self._alpha[t], self._old[t]) for t in self._touched())

    def restore(self) -> Box | None:
        """Put everything back as it was; returns the box of all that was remembered."""
        for tile in self._touched():
            self._alpha[tile] = self._old[tile]
        self._kept[:] = False
        box, self.box = self.box, None
        return box

    def _touched(self) -> list[Box]:
        if self.box is None:
            return []
        tiles = []
        for i, j in np.argwhere(self._kept):
            rows = _meet(self.box[0], int(i))
            columns = _meet(self.box[1], int(j))
            tiles.append((rows, columns))
        return tiles


def _meet(span: slice, tile: int) -> slice:
    return slice(max(span.start, tile * TILE), min(span.stop, (tile + 1) * TILE))
