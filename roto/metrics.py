"""The two measures of the DAVIS benchmark, for one object in one frame.

Sources, cited below as [2016]:
    [2016] F. Perazzi et al., "A Benchmark Dataset and Evaluation Methodology for Video Object
           Segmentation", CVPR 2016, section 4.

Masks are (H, W) bool arrays: H, W pixels. Void pixels are those the annotators left
undecided; they count neither for nor against a prediction.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from roto.errors import MaskSizeError

Mask: TypeAlias = "npt.NDArray[np.bool_]"
"""(H, W) bool: one object in one frame."""

BOUNDARY_TOLERANCE = 0.008
"""How far two boundaries may lie apart and still match, as a part of the picture's diagonal."""


def region_similarity(prediction: Mask, truth: Mask, void: Mask | None = None) -> float:
    """J, the intersection over the union of two masks ([2016] section 4.1), 0..1.

    1.0 where both are empty: there was nothing to find, and nothing was found.

    >>> region_similarity(np.array([[True, True]]), np.array([[True, False]]))
    0.5

    Raises:
        MaskSizeError: the masks differ in size.
    """
    _check_sizes(prediction, truth, void)
    intersection = prediction & truth
    union = prediction | truth
    if void is not None:
        intersection &= ~void
        union &= ~void
    pixels = np.count_nonzero(union)
    return 1.0 if pixels == 0 else float(np.count_nonzero(intersection) / pixels)


def boundary_measure(
    prediction: Mask,
    truth: Mask,
    void: Mask | None = None,
    *,
    tolerance: float = BOUNDARY_TOLERANCE,
) -> float:
    """F, the harmonic mean of boundary precision and recall ([2016] section 4.1), 0..1.

    A boundary pixel matches if a boundary pixel of the other mask lies within
    ``ceil(tolerance * diagonal)`` pixels of it. That is the dilation by which the
    benchmark approximates a bipartite matching. Void pixels count as background on both
    sides, so that the rim of a void area is the same boundary in both.

    Raises:
        MaskSizeError: the masks differ in size.
    """
    _check_sizes(prediction, truth, void)
    if void is not None:
        prediction, truth = prediction & ~void, truth & ~void
    radius = math.ceil(tolerance * math.hypot(*truth.shape))
    window = _window_around(prediction | truth)
    found, wanted = boundary_map(prediction[window]), boundary_map(truth[window])
    # With nothing on one side, what is there is all wrong, and what is not there all right.
    precision = _matched_fraction(found, wanted, radius)
    recall = _matched_fraction(wanted, found, radius)
    total = precision + recall
    return 0.0 if total == 0 else 2 * precision * recall / total


def boundary_map(mask: Mask) -> Mask:
    """Pixels that differ from their east, south or south-east neighbour, (H, W) bool.

    This is the ``seg2bmap`` convention of the Berkeley segmentation benchmark, which
    DAVIS took over: one pixel wide, and nothing along the border of the picture.
    """
    edge = np.zeros_like(mask)
    edge[:, :-1] |= mask[:, :-1] ^ mask[:, 1:]
    edge[:-1, :] |= mask[:-1, :] ^ mask[1:, :]
    edge[:-1, :-1] |= mask[:-1, :-1] ^ mask[1:, 1:]
    return edge


def _matched_fraction(boundary: Mask, other: Mask, radius: int) -> float:
    """Part of ``boundary`` within ``radius`` of ``other``, 0..1; 1.0 if there is no boundary."""
    pixels = np.count_nonzero(boundary)
    if pixels == 0:
        return 1.0
    reached = cv2.dilate(other.view(np.uint8), _disk(radius)).view(np.bool_)
    return float(np.count_nonzero(boundary & reached) / pixels)


def _disk(radius: int) -> npt.NDArray[np.uint8]:
    """All offsets no farther than ``radius``, (2r + 1, 2r + 1) uint8."""
    y, x = np.ogrid[-radius : radius + 1, -radius : radius + 1]
    return np.asarray(x * x + y * y <= radius * radius, dtype=np.uint8)


def _window_around(mask: Mask) -> tuple[slice, slice]:
    """The bounding box of a mask, one pixel larger where the picture allows.

    No boundary of a mask lies outside it, and only boundary pixels are ever looked at;
    so the dilation, the expensive part, need not see the rest of the picture.
    """
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
    return slice(max(y - 1, 0), y + height + 1), slice(max(x - 1, 0), x + width + 1)


def _check_sizes(prediction: Mask, truth: Mask, void: Mask | None) -> None:
    for mask in (prediction, void):
        if mask is not None and mask.shape != truth.shape:
            raise MaskSizeError(
                f"A mask of {_size(mask)} cannot be scored against one of {_size(truth)}; "
                "bring it to the size of the plate first."
            )


def _size(mask: Mask) -> str:
    return "x".join(str(side) for side in reversed(mask.shape))
