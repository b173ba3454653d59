"""The two measures of the DAVIS benchmark, for one object in one frame, and their statistics.

Sources, cited below as [2016] and [2017]:
    [2016] F. Perazzi et al., "A Benchmark Dataset and Evaluation Methodology for Video Object
           Segmentation", CVPR 2016, section 4.
    [2017] J. Pont-Tuset et al., "The 2017 DAVIS Challenge on Video Object Segmentation",
           arXiv:1704.00675, section 3.

Masks are (H, W) bool arrays: H, W pixels. Void pixels are those the annotators left
undecided; they count neither for nor against a prediction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from roto.errors import MaskSizeError

if TYPE_CHECKING:
    from collections.abc import Sequence

Mask: TypeAlias = "npt.NDArray[np.bool_]"
"""(H, W) bool: one object in one frame."""

BOUNDARY_TOLERANCE = 0.008
"""How far two boundaries may lie apart and still match, as a part of the picture's diagonal."""

_RECALL_THRESHOLD = 0.5
_DECAY_BINS = 4


@dataclass(frozen=True, slots=True)
class MetricStatistics:
    """A measure over the frames of one object, [2016] section 4.2.

    Attributes:
        mean: Average over the frames, 0..1.
        recall: Fraction of the frames above 0.5, 0..1.
        decay: Mean of the first quarter minus mean of the last; negative if it got better.
    """

    mean: float
    recall: float
    decay: float

    @classmethod
    def from_frames(cls, values: Sequence[float]) -> MetricStatistics:
        """Statistics of the values of consecutive frames.

        Raises:
            ValueError: there is no value.
        """
        if not values:
            raise ValueError("Statistics need the value of at least one frame.")
        series = np.asarray(values, dtype=np.float64)
        first, last = _outer_quarters(series)
        return cls(
            mean=float(series.mean()),
            recall=float(np.mean(series > _RECALL_THRESHOLD)),
            decay=float(first.mean() - last.mean()),
        )


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


def _outer_quarters(
    series: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """First and last of the four bins, cut as DAVIS cuts them: neighbours share a frame."""
    # Halves must round up as in the benchmark's original MATLAB, not to even as in numpy.
    edges = np.floor(np.linspace(0, len(series) - 1, _DECAY_BINS + 1) + 0.5 + 1e-10).astype(int)
    return series[: edges[1] + 1], series[edges[-2] :]


def _check_sizes(prediction: Mask, truth: Mask, void: Mask | None) -> None:
    for mask in (prediction, void):
        if mask is not None and mask.shape != truth.shape:
            raise MaskSizeError(
                f"A mask of {_size(mask)} cannot be scored against one of {_size(truth)}; "
                "bring it to the size of the plate first."
            )


def _size(mask: Mask) -> str:
    return "x".join(str(side) for side in reversed(mask.shape))
