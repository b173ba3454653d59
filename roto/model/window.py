"""A part of a picture on the grid of stride 16. Reading and decoding cost as it is large."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from roto.model.stcn import ImageFeatures

_LEAST_MARGIN = 3  # cells around what was there: as far as the decoder's convolutions see
_MARGIN = 0.2  # of its size: as far as it may have moved
_WORTH = 0.6  # of the picture: a larger window saves too little
_CELL = 4  # cells of stride 4 in one of stride 16, along a side


@dataclass(frozen=True, slots=True)
class Window:
    """Rows and columns of cells of stride 16."""

    rows: slice
    columns: slice

    def features(self, features: ImageFeatures) -> ImageFeatures:
        """The same of a part of the picture; ``f16``, which only values need, stays whole."""
        return ImageFeatures(
            features.key[..., self.rows, self.columns],
            features.thin[..., self.rows, self.columns],
            features.f16,
            self._finer(features.f8, 2),
            self._finer(features.f4, _CELL),
        )

    def positions(self, positions: Tensor, size: tuple[int, int]) -> Tensor:
        """(h*w, C) of a grid of ``size`` (h, w) -> those inside, row by row."""
        grid = positions.unflatten(0, size)[self.rows, self.columns]
        inside: Tensor = grid.flatten(0, 1)
        return inside

    def cells(self, planes: Tensor) -> Tensor:
        """(..., h, w) -> those inside."""
        return planes[..., self.rows, self.columns]

    def on_edge(self, logits: Tensor, size: tuple[int, int]) -> bool:
        """Whether something found inside may go on outside.

        Args:
            logits: (K, 4h', 4w') at stride 4, of the window.
            size: (h, w) of the whole grid at stride 16: its own edges do not count.
        """
        there = logits > 0
        sides = (
            (self.rows.start > 0, there[:, :_CELL]),
            (self.rows.stop < size[0], there[:, -_CELL:]),
            (self.columns.start > 0, there[:, :, :_CELL]),
            (self.columns.stop < size[1], there[:, :, -_CELL:]),
        )
        return any(inside and bool(strip.any()) for inside, strip in sides)

    def back(self, logits: Tensor, size: tuple[int, int], nowhere: float) -> Tensor:
        """Logits of the window (K, 4h', 4w') -> (K, 4h, 4w), ``nowhere`` outside."""
        whole = logits.new_full((len(logits), _CELL * size[0], _CELL * size[1]), nowhere)
        self._finer(whole, _CELL).copy_(logits)
        return whole

    def _finer(self, planes: Tensor, times: int) -> Tensor:
        rows = slice(times * self.rows.start, times * self.rows.stop)
        columns = slice(times * self.columns.start, times * self.columns.stop)
        return planes[..., rows, columns]


def window_around(there: Tensor) -> Window | None:
    """The window to look at for what was there, with room to move.

    Args:
        there: (4h, 4w) bool at stride 4.

    Returns:
        None where nothing was there, or where a window would be most of the picture.
    """
    h, w = there.shape[0] // _CELL, there.shape[1] // _CELL
    rows = _span(there.any(1), h)
    columns = _span(there.any(0), w)
    if rows is None or columns is None:
        return None
    area = (rows.stop - rows.start) * (columns.stop - columns.start)
    return Window(rows, columns) if area <= _WORTH * h * w else None


def _span(there: Tensor, cells: int) -> slice | None:
    found = torch.nonzero(there).flatten()
    if not len(found):
        return None
    first, last = int(found[0]) // _CELL, int(found[-1]) // _CELL + 1
    margin = max(_LEAST_MARGIN, math.ceil(_MARGIN * (last - first)))
    return slice(max(first - margin, 0), min(last + margin, cells))
