"""Closed Bezier splines, as other programs draw masks, to an anti-aliased matte.

Curves become chords that leave them by less than 0.0002 of a pixel. What the polygon covers
is measured along lines between its corners: exact in its area, and in each pixel as exact as
sixteen lines per row of pixels make it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from roto.errors import MaskError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from roto.painting.boxes import Alpha

Reals = npt.NDArray[np.float64]

_TOLERANCE = 0.0002  # pixels between a curve and its chord
_MOST_CHORDS = 2000  # of one segment
_LINES = 16  # per row of pixels
_MOST_CROSSINGS = 20_000_000  # half a gigabyte of them


def bezier_matte(shapes: Sequence[npt.ArrayLike], size: tuple[int, int]) -> Alpha:
    """What closed cubic splines cover, all filled together by the even-odd rule.

    A spline inside another one is a hole, and where two overlap is none of them.

    Args:
        shapes: Each (N, 6), a knot per row: x, y of the knot, of its incoming and of its outgoing
            handle, in pixels; the centre of the first pixel is (0.5, 0.5), y points down. Or
            (N, 2) for a polygon. The last knot is joined to the first.
        size: (H, W) of the picture; what lies outside is left off.

    Returns:
        (H, W) float32 in [0, 1]: the share of each pixel that is covered.

    Raises:
        MaskError: numbers that are no such splines, or too many of them.
    """
    rings = [_flat(_knots(shape)) for shape in shapes]
    starts = np.concatenate([np.zeros((0, 2)), *rings])
    ends = np.concatenate([np.zeros((0, 2)), *(np.roll(ring, -1, axis=0) for ring in rings)])
    bounds = _bounds(starts[:, 1], size[0])
    band, x = _crossings(starts, ends, bounds, size[0])
    order = np.lexsort((x, band))
    band, x = band[order], np.clip(x[order], 0, size[1])
    # Along a line the inside begins at every first crossing and ends at every second.
    sign = np.where(np.arange(len(x)) % 2, 1.0, -1.0)
    row = np.floor((bounds[band] + bounds[band + 1]) / 2).astype(np.intp)
    weight = sign * (bounds[band + 1] - bounds[band])
    return _covered(row, x, weight, size)


def _knots(shape: npt.ArrayLike) -> Reals:
    try:
        knots = np.asarray(shape, np.float64)
    except (TypeError, ValueError):
        knots = np.zeros(0)
    if knots.ndim != 2 or knots.shape[1] not in (2, 6) or not np.isfinite(knots).all():
        raise MaskError(
            "A shape is a list of knots, each of two numbers (x, y) or six with its handles."
        )
    return knots if knots.shape[1] == 6 else np.tile(knots, 3)


def _flat(knots: Reals) -> Reals:
    """Points (M, 2) of a closed polygon along a closed spline (N, 6)."""
    following = np.roll(knots, -1, axis=0)
    a, b, c, d = knots[:, :2], knots[:, 4:], following[:, 2:4], following[:, :2]
    bend = np.maximum(
        np.hypot(*(a - 2 * b + c).T),
        np.hypot(*(b - 2 * c + d).T),
    )
    # A chord of one n-th of a cubic leaves it by 6/8 of its bend over n squared at most.
    counts = np.ceil(np.sqrt(0.75 * bend / _TOLERANCE)).clip(1, _MOST_CHORDS).astype(np.intp)
    segment = np.repeat(np.arange(len(knots)), counts)
    step = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    t = (step / counts[segment])[:, None]
    s = 1 - t
    points: Reals = (
        s**3 * a[segment]
        + 3 * s**2 * t * b[segment]
        + 3 * s * t**2 * c[segment]
        + t**3 * d[segment]
    )
    return points


def _bounds(heights: Reals, height: int) -> Reals:
    """Ascending y between which no corner lies and no row of pixels begins."""
    lines = np.arange(height * _LINES + 1) / _LINES
    return np.unique(np.concatenate([lines, np.clip(heights, 0, height)]))


def _crossings(
    starts: Reals, ends: Reals, bounds: Reals, height: int
) -> tuple[npt.NDArray[np.intp], Reals]:
    """Where edges cross the middle lines of bands: index of the band, and x."""
    upper = np.clip(np.minimum(starts[:, 1], ends[:, 1]), 0, height)
    lower = np.clip(np.maximum(starts[:, 1], ends[:, 1]), 0, height)
    first = np.searchsorted(bounds, upper)
    count = np.searchsorted(bounds, lower) - first
    if count.sum() > _MOST_CROSSINGS:
        raise MaskError("The shapes are too intricate to be filled; use fewer or simpler ones.")
    edge = np.repeat(np.arange(len(starts)), count)
    band = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + first[edge]
    y = (bounds[band] + bounds[band + 1]) / 2
    (x0, y0), (x1, y1) = starts[edge].T, ends[edge].T
    return band, x0 + (y - y0) / (y1 - y0) * (x1 - x0)


def _covered(row: npt.NDArray[np.intp], x: Reals, weight: Reals, size: tuple[int, int]) -> Alpha:
    """Add up: each crossing covers, by its weight, all of its row that is left of it."""
    height, width = size
    column = np.floor(x).astype(np.intp)
    place, cells = row * (width + 1) + column, height * (width + 1)
    whole = np.bincount(place, weight, cells).reshape(height, width + 1)
    part = np.bincount(place, weight * (x - column), cells).reshape(height, width + 1)
    left = np.cumsum(whole[:, ::-1], axis=1)[:, ::-1]  # and its own column, which is taken off
    covered = (left - whole + part)[:, :width]
    alpha: Alpha = np.clip(covered, 0, 1).astype(np.float32)
    alpha[alpha < 1e-6] = 0  # what rounding leaves
    alpha[alpha > 1 - 1e-6] = 1
    return alpha
