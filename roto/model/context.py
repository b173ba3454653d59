"""Global context: a memory of constant size, whatever the length of the clip.

Li, Shen and Shan, "Fast Video Object Segmentation using the Global Context Module", ECCV 2020:
section 3.2 describes extraction, update and distribution.

Shapes: N remembered positions (h*w), M query positions, Cg channels of keys and queries, C = K * Cv
the values of K objects side by side. Where the keys of an STM are compared with every query, here
the keys of a frame are multiplied with its values at once, and the query with the sum:
``q (k^T v)`` instead of ``(q k^T) v``. Without the two softmaxes that is the same number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

CONTEXT_KEYFRAME_WEIGHT = 1.0
"""How keyframes weigh against predicted frames if nobody says otherwise, see :func:`weigh`."""


def extract(keys: Tensor, values: Tensor, *, normalised: bool = True) -> Tensor:
    """What one frame adds: for each key channel a mean of the values (equation 3).

    Args:
        keys: (..., N, Cg), before the softmax over positions.
        values: (..., N, C).
        normalised: Whether each channel of the keys is made to sum to one over the positions.

    Returns:
        (..., Cg, C), in the dtype of the keys.
    """
    weights = keys.softmax(-2) if normalised else keys
    return weights.transpose(-1, -2) @ values.to(keys.dtype)


def distribute(context: Tensor, query: Tensor, *, normalised: bool = True) -> Tensor:
    """What each position of a new frame is told (equation 5).

    Args:
        context: (..., Cg, C).
        query: (..., M, Cg), before the softmax over channels.
        normalised: Whether the channels of each query are made to sum to one.

    Returns:
        (..., M, C).
    """
    weights = query.softmax(-1) if normalised else query
    return weights @ context


class RunningMean:
    """Mean of the contexts of all frames so far, without their sum (equation 4).

    A sum would lose digits as the clip grows; a mean stays as large as its terms.

    Attributes:
        count: How many.
    """

    def __init__(self) -> None:
        self.count = 0
        self._mean: Tensor | None = None

    @property
    def mean(self) -> Tensor | None:
        """(..., Cg, C); None before the first."""
        return self._mean

    def add(self, context: Tensor) -> None:
        """Let one more count; never changes a mean that was handed out."""
        self.count += 1
        if self._mean is None:
            self._mean = context
        else:
            self._mean = self._mean + (context - self._mean) / self.count


def weigh(shown: Tensor | None, predicted: Tensor | None, weight: float) -> Tensor:
    """One context of what the artist has shown and what was predicted.

    In the mean of the paper every frame counts alike, so after a thousand predicted ones a
    correction would count a thousandth. Here keyframes count together ``weight`` times as much as
    all predicted frames together, however many these are.

    Args:
        shown: Mean context of the keyframes; None without any.
        predicted: Mean context of the predicted frames; None without any.
        weight: Positive.

    Raises:
        ValueError: neither is there.
    """
    if shown is None or predicted is None:
        only = predicted if shown is None else shown
        if only is None:
            raise ValueError("there is no context")
        return only
    return (weight * shown + predicted) / (weight + 1)
