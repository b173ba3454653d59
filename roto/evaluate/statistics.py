"""Statistics over frames of the measures of the DAVIS benchmark.

The measures themselves are in :mod:`roto.metrics`, where a session uses them too. Cited below:
    [2016] F. Perazzi et al., "A Benchmark Dataset and Evaluation Methodology for Video Object
           Segmentation", CVPR 2016, section 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def _outer_quarters(
    series: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """First and last of the four bins, cut as DAVIS cuts them: neighbours share a frame."""
    # Halves must round up as in the benchmark's original MATLAB, not to even as in numpy.
    edges = np.floor(np.linspace(0, len(series) - 1, _DECAY_BINS + 1) + 0.5 + 1e-10).astype(int)
    return series[: edges[1] + 1], series[edges[-2] :]
