"""How sure a soft mask is, from what is known for free: its margin, and whether passes agree.

Of one object; arrays are on the network's grid, (h, w). Confidence is no probability of being
right: it ranks frames, see ``benchmarks/confidence.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = npt.NDArray[np.float32]


def decidedness(logits: Floats) -> float:
    """How far probabilities are from one half, in [0, 1].

    Overlap of the soft mask with its own hard version; for an object that is nowhere, how
    far its most likely pixel is from being chosen.
    """
    probability, inside = sigmoid(logits), logits > 0
    if not inside.any():
        return float(1 - 2 * min(0.5, float(probability.max())))
    return _overlap(probability, inside)


def support(inside: npt.NDArray[np.bool_], sides: Sequence[tuple[Floats, float]]) -> float:
    """How far the passes stand behind the mask that was made of them, in [0, 1].

    Their probabilities are averaged; the result is the overlap of that mean with the mask.
    Nothing is lost where both are sure and agree. Where one is unsure, or where they contradict
    each other, the mean is near neither 0 nor 1: log-odds would not show a quarrel between sides
    that are both sure, for the louder one wins. An object that is nowhere has no support, since
    nothing tells one that was lost from one that is gone.

    Args:
        inside: The mask.
        sides: Log-odds that were fused to it, or the only ones, with shares that sum to 1.
    """
    if not inside.any():
        return 0.0
    mean = np.sum([np.float32(share) * sigmoid(logits) for logits, share in sides], 0)
    return min(1.0, _overlap(mean, inside))  # shares may sum to a little more than 1


def sigmoid(x: Floats) -> Floats:
    """Log-odds as probabilities."""
    result: Floats = 0.5 * (1 + np.tanh(0.5 * x))
    return result


def _overlap(probability: Floats, inside: npt.NDArray[np.bool_]) -> float:
    """Intersection over union of a soft mask and a hard one that is not empty."""
    certain = float(probability[inside].sum())
    return certain / (float(inside.sum()) + float(probability[~inside].sum()))
