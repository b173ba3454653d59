"""Polygons, rectangles and connected regions, filled into an alpha in place.

A pixel belongs to a shape if its centre does. Boundaries to the left and above belong to the
shape, those to the right and below do not, so shapes that share an edge share no pixel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from roto.painting.boxes import box_of, widened

if TYPE_CHECKING:
    from roto.painting.boxes import Alpha, Box, Mask

Points = npt.ArrayLike
"""(N, 2) x and y in pixels; the centre of the first pixel is (0.5, 0.5)."""


def polygon_mask(points: Points, size: tuple[int, int]) -> tuple[Box, Mask] | None:
    """The pixels of a polygon, even-odd where it crosses itself.

    Args:
        points: (N, 2) x and y; the last is joined to the first.
        size: (H, W) of the picture; what lies outside is left off.

    Returns:
        A box of the picture and its pixels (h, w); None where there are none.
    """
    corners = np.asarray(points, np.float64).reshape(-1, 2)
    if len(corners) < 3:
        return None
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    box = box_of(x0, y0, x1, y1, size)
    if box is None:
        return None
    rows, columns = box
    row, x = _crossings(corners, rows)
    # Every crossing of an edge turns inside into outside for all pixels to its right.
    column = np.clip(np.ceil(x - 0.5), columns.start, columns.stop).astype(np.intp) - columns.start
    flips = np.zeros((rows.stop - rows.start, columns.stop - columns.start + 1), np.uint8)
    np.bitwise_xor.at(flips, (row, column), 1)
    mask = np.bitwise_xor.accumulate(flips[:, :-1], axis=1).astype(bool)
    return (box, mask) if mask.any() else None


def fill_polygon(alpha: Alpha, points: Points, *, erase: bool = False) -> Box | None:
    """Fill a polygon with 1, or 0 where it erases; returns the box that changed."""
    found = polygon_mask(points, (alpha.shape[0], alpha.shape[1]))
    if found is None:
        return None
    box, mask = found
    alpha[box][mask] = 0 if erase else 1
    return box


def fill_rectangle(
    alpha: Alpha, first: tuple[float, float], second: tuple[float, float], *, erase: bool = False
) -> Box | None:
    """Fill the rectangle between two opposite corners (x, y) with 1, or 0 where it erases."""
    (x0, x1), (y0, y1) = sorted((first[0], second[0])), sorted((first[1], second[1]))
    left, right = (int(np.ceil(x - 0.5)) for x in (x0, x1))
    top, bottom = (int(np.ceil(y - 0.5)) for y in (y0, y1))
    box = box_of(left, top, right, bottom, (alpha.shape[0], alpha.shape[1]))
    if box is not None:
        alpha[box] = 0 if erase else 1
    return box


def region_at(alpha: Alpha, x: float, y: float) -> tuple[Box, Mask] | None:
    """The connected region under a point: of the mask if the alpha there is 0.5 or more, else of
    what is not the mask. Its soft rim is part of it where no other region shares that rim.

    Returns:
        A box of the picture and the region's pixels in it (h, w); None for a point outside.
    """
    height, width = alpha.shape
    if not (0 <= x < width and 0 <= y < height):
        return None
    on = bool(alpha[int(y), int(x)] >= 0.5)
    core = (alpha >= 0.5) == on
    box, region = _flood(core, int(x), int(y), corners=on)
    rim_box, rim = _flood(alpha > 0 if on else alpha < 1, int(x), int(y), corners=on)
    if np.count_nonzero(core[rim_box] & rim) == np.count_nonzero(region):
        return rim_box, rim
    return box, region


def fill_region(alpha: Alpha, x: float, y: float, *, erase: bool = False) -> Box | None:
    """Fill the hole, or the region of the mask, under a point with 1.

    What reaches all four sides of the picture is no hole but all that is around the object, and
    stays as it is.

    Args:
        alpha: (H, W) float32, changed in place.
        x: In pixels.
        y: In pixels.
        erase: Set the region of the mask under the point to 0; nothing happens beside the mask.

    Returns:
        The box that changed.
    """
    found = region_at(alpha, x, y)
    if found is None or (erase and alpha[int(y), int(x)] < 0.5):
        return None
    box, region = found
    if not erase and _is_surroundings(region, alpha.shape) and alpha[int(y), int(x)] < 0.5:
        return None
    alpha[box][region] = 0 if erase else 1
    return box


def _is_surroundings(region: Mask, size: tuple[int, ...]) -> bool:
    """Whether a region, given in its own box, reaches all four sides of the picture."""
    return region.shape == size


def _crossings(
    corners: npt.NDArray[np.float64], rows: slice
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Where the edges cross the lines through pixel centres: row from the first, and x."""
    x0, y0 = corners.T
    x1, y1 = np.roll(corners, -1, axis=0).T
    first = np.clip(np.ceil(np.minimum(y0, y1) - 0.5), rows.start, rows.stop).astype(np.intp)
    stop = np.clip(np.ceil(np.maximum(y0, y1) - 0.5), rows.start, rows.stop).astype(np.intp)
    count = stop - first
    edge = np.repeat(np.arange(len(corners)), count)
    row = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + first[edge]
    share = (row + 0.5 - y0[edge]) / (y1 - y0)[edge]
    return row - rows.start, x0[edge] + share * (x1 - x0)[edge]


def _flood(allowed: Mask, x: int, y: int, *, corners: bool) -> tuple[Box, Mask]:
    """What is connected to a pixel; over corners, too, if so wanted."""
    height, width = allowed.shape
    found = np.zeros((height + 2, width + 2), np.uint8)
    flags = (8 if corners else 4) | cv2.FLOODFILL_MASK_ONLY | (1 << 8)
    rectangle = cv2.floodFill(allowed.view(np.uint8), found, (x, y), 1, 0, 0, flags)[3]
    left, top, wide, high = rectangle
    box = widened((slice(top, top + high), slice(left, left + wide)), 0, (height, width))
    return box, found[1:-1, 1:-1][box].astype(bool)
