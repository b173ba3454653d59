"""What a correction says of another frame, and what was known of it: which to believe, and where.

Akin to the difference-aware fusion of MiVOS (Cheng, Tai and Tang, "Modular Interactive Video
Object Segmentation", CVPR 2021, section 3.3), by rule instead of by a network: where a correction
changed the mask at its own frame tells which changes elsewhere are its consequences. Of one
object; arrays are on the network's grid, (h, w).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from roto.results import Grid

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

_CERTAIN = 12.0  # log-odds beyond say no more; kept results end here
_SPREAD = 0.5  # cells a frame by which what moves may stray from where the whole object went
_WIDEST = 12  # cells


@dataclass(frozen=True, slots=True, eq=False)
class Cause:
    """What a correction changed at its own frame, both (h, w) bool.

    Attributes:
        before: The mask that had been found there.
        after: The artist's.
    """

    before: Mask
    after: Mask


def blend(
    new: Floats, old: Floats, cause: Cause, share: float, distance: int
) -> tuple[Floats, Mask]:
    """The new answer, and the earlier one wherever that is better supported.

    It is decided once for every connected region that only one of the two masks has. The support
    of a side is the sum of its log-odds there, whatever their sign, times its share. The new
    side's share is ``share``; where the region lies in what the correction itself gave or took,
    moved along with the object, it rises to 1.

    Args:
        new: Log-odds, the correction being among what they were made of.
        old: Log-odds of before.
        cause: What the correction changed.
        share: What the new answer counts by its place in time, in [0, 1]; the old one counts the
            rest.
        distance: Frames from the correction.

    Returns:
        Log-odds, and where the mask is the old one's and not the new one's, bool.
    """
    inside, was = new > 0, old > 0
    kept = np.zeros(new.shape, bool)
    way = _drift(cause, inside, was)
    reach = 1 + min(round(_SPREAD * distance), _WIDEST)
    changes = (
        (inside & ~was, cause.after & ~cause.before),
        (was & ~inside, cause.before & ~cause.after),
    )
    for where, from_there in changes:
        if where.any():
            explained = _widened(_moved(from_there, way), reach)
            kept |= _lost(where, explained, np.abs(new), np.abs(old), share)
    if not kept.any():
        return new, kept
    # Around what is kept both sides agree: their mean smooths the seam and changes no mask.
    seam = _widened(kept, 1) & (inside == was)
    mean = 0.5 * (np.clip(new, -_CERTAIN, _CERTAIN) + old)
    blended: Floats = np.where(kept, old, np.where(seam, mean, new)).astype(np.float32)
    return blended, kept


def _lost(where: Mask, explained: Mask, new: Floats, old: Floats, share: float) -> Mask:
    """The regions of ``where`` in which the new side has less support than the old."""
    number = regions(where)
    size = np.maximum(np.bincount(number.ravel()), 1)

    def total(values: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
        sums = np.bincount(number.ravel(), values.ravel().astype(np.float64), len(size))
        return sums.astype(np.float64)

    weight = share + (1 - share) * total(explained) / size
    for_new = weight * total(np.minimum(new, _CERTAIN))
    for_old = (1 - weight) * total(np.minimum(old, _CERTAIN))
    worse = for_old > for_new
    worse[0] = False  # where both agree
    return worse[number]


def regions(where: Mask) -> npt.NDArray[np.intp]:
    """Numbers of the connected regions of a mask, four neighbours each; 0 outside.

    >>> regions(np.array([[1, 0, 1], [1, 0, 0], [1, 0, 1]], bool))
    array([[1, 0, 2],
           [1, 0, 0],
           [1, 0, 3]])
    """
    starts = where.copy()
    starts[:, 1:] &= ~where[:, :-1]
    runs = np.where(where, np.cumsum(starts).reshape(where.shape), 0)  # cells in a row, first
    touching = where[1:] & where[:-1]
    above, below = runs[:-1][touching], runs[1:][touching]
    least = np.arange(runs.max(initial=0) + 1)  # of all runs that are known to touch
    while (least[above] != least[below]).any():
        least_of_two = np.minimum(least[above], least[below])
        np.minimum.at(least, least[above], least_of_two)
        np.minimum.at(least, least[below], least_of_two)
        least = least[least]
    while (least != least[least]).any():
        least = least[least]
    return np.unique(least, return_inverse=True)[1].reshape(-1)[runs]


def on_grid(matte: Floats, grid: Grid, shape: tuple[int, int]) -> Mask:
    """Which cells of the network's grid a (H, W) matte fills by half or more, (h, w) bool."""
    values = matte.astype(np.float64)
    pads = (grid.pad[2], grid.pad[0])
    for axis, (cells, pad) in enumerate(zip(shape, pads, strict=True)):
        edges = np.arange(cells + 1) * grid.reduction - pad
        places = edges * (grid.plate[axis] / grid.work[axis])
        # At least the one plate pixel that a cell lies in; padding shows what is next to it.
        low = np.clip(np.floor(places[:-1] + 1e-6).astype(np.intp), 0, grid.plate[axis] - 1)
        high = np.clip(np.ceil(places[1:] - 1e-6).astype(np.intp), low + 1, grid.plate[axis])
        values = np.moveaxis(values, axis, 0)
        sums = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, 0)])
        values = np.moveaxis((sums[high] - sums[low]) / (high - low)[:, None], 0, axis)
    return np.asarray(values >= 0.5 - 1e-9)


def _drift(cause: Cause, inside: Mask, was: Mask) -> tuple[int, int]:
    """Cells down and to the right by which the object lies farther than at the correction."""
    here, there = _common(inside, was), _common(cause.after, cause.before)
    if not here.any() or not there.any():
        return 0, 0
    down, across = np.argwhere(here).mean(0) - np.argwhere(there).mean(0)
    return round(float(down)), round(float(across))


def _common(first: Mask, second: Mask) -> Mask:
    """Where two masks agree on an object, or where any of them has it."""
    both: Mask = first & second
    return both if both.any() else first | second


def _moved(mask: Mask, way: tuple[int, int]) -> Mask:
    """A mask shifted by cells down and to the right; what leaves the picture is gone."""
    moved = np.zeros_like(mask)
    there, here = [], []
    for asked, cells in zip(way, mask.shape, strict=True):
        step = max(-cells, min(asked, cells))
        there.append(slice(max(step, 0), cells + min(step, 0)))
        here.append(slice(max(-step, 0), cells - max(step, 0)))
    moved[tuple(there)] = mask[tuple(here)]
    return moved


def _widened(mask: Mask, cells: int) -> Mask:
    """A mask grown by so many cells in every direction, corners included."""
    for axis in (0, 1):
        sums = np.cumsum(np.moveaxis(mask, axis, 0), 0)
        count = len(sums)
        sums = np.concatenate([np.zeros_like(sums[:1]), sums])
        place = np.arange(count)
        high, low = np.minimum(place + cells + 1, count), np.maximum(place - cells, 0)
        mask = np.moveaxis(sums[high] > sums[low], 0, axis)
    return mask
