"""Changes of a whole mask: larger, smaller, cleaner, softer.

Every function takes an alpha, (H, W) float32 in [0, 1], leaves it as it is and returns another.
Hard masks (0 and 1 only) stay hard, but for :func:`feather`. Of a soft mask every level is
treated as a hard mask would be, so edges keep their softness.

At the picture's border an object is taken to go on outside: shrinking does not pull it away from
there, and what is open towards the border is no hole.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from roto.errors import SettingsError
from roto.painting.boxes import box_around, widened

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto.painting.boxes import Alpha, Box, Mask

LEVELS = tuple(i / 16 for i in range(1, 17))
"""Where a soft mask is cut to be treated as hard ones."""

ROUNDING = 1e-3
"""Of distances between pixel centres, in pixels: what is 5 away is within 5."""


def is_hard(alpha: Alpha) -> bool:
    """Whether there is nothing but 0 and 1."""
    return bool(np.all((alpha == 0) | (alpha == 1)))


def grow(alpha: Alpha, px: float) -> Alpha:
    """Each pixel becomes the largest within ``px`` pixels of it; less than 0 shrinks."""
    if px < 0:
        return shrink(alpha, -px)
    box = _around(alpha > 0, _checked(px))
    return _within(alpha, box, lambda part: _largest(part, px))


def shrink(alpha: Alpha, px: float) -> Alpha:
    """Each pixel becomes the smallest within ``px`` pixels of it; less than 0 grows."""
    if px < 0:
        return grow(alpha, -px)
    box = _around(alpha > 0, _checked(px))
    # What lies beyond the box is 0, and must count; beyond the picture it must not. The box is
    # wider than the mask by px, so it ends inside the mask only at the picture's border.
    return _within(alpha, box, lambda part: _smallest(part, px))


def invert(alpha: Alpha) -> Alpha:
    """Everything but the object."""
    return np.asarray(1 - alpha, np.float32)


def feather(alpha: Alpha, px: float) -> Alpha:
    """Make the edge soft: Gaussian blur whose ramp is about ``px`` wide on each side."""
    sigma = _checked(px) / 2
    box = _around(alpha > 0, 2 * px)
    return _within(alpha, box, lambda part: np.clip(_blurred(part, sigma), 0, 1))


def smooth(alpha: Alpha, px: float) -> Alpha:
    """Round off jags and bumps smaller than about ``px`` pixels."""
    sigma = _checked(px) / 2
    box = _around(alpha > 0, 2 * px)
    return _within(alpha, box, lambda part: _smoothed(part, sigma))


def fill_holes(alpha: Alpha, most: float | None = None) -> Alpha:
    """Fill what the mask surrounds.

    Args:
        alpha: (H, W) float32. A hole is less than 0.5 and not connected to the picture's border;
            pixels that meet at a corner only hold it closed. It becomes as opaque as its rim.
        most: Largest area of a hole in pixels; None fills them all.
    """
    box = _around(alpha > 0, 1)
    return _within(alpha, box, lambda part: _filled(part, most))


def remove_specks(alpha: Alpha, least: float) -> Alpha:
    """Remove pieces, connected also over corners, of fewer than ``least`` pixels.

    What counts are pixels of 0.5 or more. A faint piece that has none counts with all it has.
    """
    box = _around(alpha > 0, 1)
    return _within(alpha, box, lambda part: _without_specks(part, least))


def keep_largest(alpha: Alpha) -> Alpha:
    """Keep the largest connected piece of 0.5 or more, with its soft edge, and nothing else."""
    box = _around(alpha > 0, 1)
    return _within(alpha, box, _largest_piece)


def _checked(px: float) -> float:
    if not (math.isfinite(px) and px >= 0):
        raise SettingsError(f"A distance of {px} pixels makes no sense; use 0 or more.")
    return px


def _around(mask: Mask, px: float) -> Box | None:
    box = box_around(mask)
    size = (mask.shape[0], mask.shape[1])
    return None if box is None else widened(box, math.ceil(px) + 1, size)


def _within(alpha: Alpha, box: Box | None, change: Callable[[Alpha], Alpha]) -> Alpha:
    """The alpha with one box of it changed; as it was if there is nothing in it."""
    result: Alpha = alpha.copy()
    if box is not None:
        result[box] = change(alpha[box])
    return result


def _largest(alpha: Alpha, px: float) -> Alpha:
    """Grey dilation by the disc of radius ``px``; nothing counts from beyond the array."""
    return _as_alpha(_near(alpha == 1, px)) if is_hard(alpha) else _dilated(alpha, px)


def _smallest(alpha: Alpha, px: float) -> Alpha:
    """Grey erosion by the disc of radius ``px``; nothing counts from beyond the array."""
    if is_hard(alpha):
        return _as_alpha(~_near(alpha == 0, px))
    return np.asarray(-_dilated(-alpha, px), np.float32)


def _near(mask: Mask, px: float) -> Mask:
    """Pixels within ``px`` of one in the mask."""
    if not mask.any():
        return mask
    away = (~mask).view(np.uint8)
    distance = cv2.distanceTransform(away, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(distance <= px + ROUNDING, bool)


def _dilated(values: Alpha, px: float) -> Alpha:
    """Largest value within ``px``, row by row of the disc: a row is quick however long it is."""
    result: Alpha = values.copy()
    for dy in range(min(math.floor(px + ROUNDING), len(values) - 1) + 1):
        half = math.floor(math.sqrt((px + ROUNDING) ** 2 - dy * dy))
        wide = np.asarray(cv2.dilate(values, np.ones((1, 2 * half + 1), np.uint8)), np.float32)
        stop = len(values) - dy
        np.maximum(result[dy:], wide[:stop], out=result[dy:])
        np.maximum(result[:stop], wide[dy:], out=result[:stop])
    return result


def _as_alpha(mask: Mask) -> Alpha:
    return np.asarray(mask, np.float32)


def _blurred(alpha: Alpha, sigma: float) -> Alpha:
    if sigma <= 0:
        return np.array(alpha, np.float32)
    size = 2 * math.ceil(3 * sigma) + 1
    blurred = cv2.GaussianBlur(alpha, (size, size), sigma, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred, np.float32)


def _smoothed(alpha: Alpha, sigma: float) -> Alpha:
    if is_hard(alpha):
        return _as_alpha(_blurred(alpha, sigma) >= 0.5)
    if sigma <= 0:
        return np.array(alpha, np.float32)
    total = np.zeros_like(alpha)
    for band in range(len(LEVELS)):
        share = np.clip(alpha * len(LEVELS) - band, 0, 1)
        majority = _blurred(share, sigma)
        # Steep, not hard, lest a soft edge breaks into as many steps as there are levels.
        total += np.clip((majority - 0.5) * 8 + 0.5, 0, 1)
    return np.asarray(total / len(LEVELS), np.float32)


def _filled(alpha: Alpha, most: float | None) -> Alpha:
    holes = _pieces(alpha < 0.5, corners=False)
    area = np.bincount(holes.ravel(), minlength=1)
    fill = np.ones(len(area), bool) if most is None else area <= most
    fill[_border_labels(holes)] = False
    fill[0] = False
    wanted = fill[holes]
    result: Alpha = alpha.copy()
    if not wanted.any():
        return result
    levels = (1.0,) if is_hard(alpha) else tuple(v for v in LEVELS if v >= 0.5)
    for level in levels:
        # Water rises: a basin that the rim closes at this level is full up to it.
        basins = _pieces(alpha < level, corners=False)
        full = np.zeros(int(basins.max()) + 1, bool)
        full[basins[wanted]] = True
        full[_border_labels(basins)] = False
        full[basins[(alpha < 0.5) & ~wanted]] = False
        full[0] = False
        np.maximum(result, np.float32(level), out=result, where=full[basins])
    return result


def _without_specks(alpha: Alpha, least: float) -> Alpha:
    pieces = _pieces(alpha >= 0.5)
    keep = np.bincount(pieces.ravel(), minlength=1) >= least
    keep[0] = False
    faint = _pieces(alpha > 0)
    large = np.bincount(faint.ravel(), minlength=1) >= least
    large[faint[pieces > 0]] = False
    large[0] = False
    return _only(alpha, keep[pieces], large[faint])


def _largest_piece(alpha: Alpha) -> Alpha:
    pieces = _pieces(alpha >= 0.5)
    area = np.bincount(pieces.ravel(), minlength=2)
    area[0] = 0
    if not area.any():
        return np.zeros_like(alpha)
    return _only(alpha, pieces == area.argmax(), np.zeros(alpha.shape, bool))


def _only(alpha: Alpha, core: Mask, as_is: Mask) -> Alpha:
    """The pieces that hold a core, down to where they meet others; the rest lowered to nothing."""
    result: Alpha = alpha.copy()
    for level in (0.0,) if is_hard(alpha) else (0.0, *(v for v in LEVELS if v < 0.5)):
        pieces = _pieces(alpha > level)
        keep = np.zeros(int(pieces.max()) + 1, bool)
        keep[pieces[core]] = True
        keep[0] = True
        lowered = ~keep[pieces] & ~as_is
        np.minimum(result, np.float32(level), out=result, where=lowered)
    return result


def _pieces(mask: Mask, *, corners: bool = True) -> npt.NDArray[np.int32]:
    """Connected pieces, over corners too if so wanted, from 1; 0 is what is not in the mask."""
    connectivity = 8 if corners else 4
    labels = cv2.connectedComponents(mask.astype(np.uint8), None, connectivity, cv2.CV_32S)[1]
    return np.asarray(labels, np.int32)


def _border_labels(labels: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """The pieces that reach the array's border: of a box around the mask, what lies outside it."""
    edges = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
    return np.unique(np.concatenate(edges))
