"""Masks on their way to another thread, copied into memory that is used again.

A fresh copy at 4K is 33 MB that the system hands out page by page, and looking through it costs
as much again: the window's thread only copies, into memory that is there; the rest is done where
the mask arrives.
"""

from __future__ import annotations

import threading
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto_gui.tools.base import Alpha

Mask: TypeAlias = npt.NDArray[np.float32] | npt.NDArray[np.bool_]
"""(H, W), in [0, 1]."""

_SPARE = 2  # buffers that wait to be used again: strokes in a row


class Copies:
    """Copies of masks, taken in one thread and used in another."""

    def __init__(self) -> None:
        self._spare: deque[Alpha] = deque(maxlen=_SPARE)

    def prepare(self, shape: tuple[int, int]) -> None:
        """A mask of this size is going to be taken: have memory for it, by a thread."""
        if not any(copy.shape == shape for copy in tuple(self._spare)):
            threading.Thread(target=self._make, args=(shape,), name="roto memory").start()

    def take(self, alpha: Alpha) -> Callable[[], Mask]:
        """The mask as it is now.

        Args:
            alpha: (H, W) float32; may be changed as soon as this returns.

        Returns:
            Gives what :func:`hard_or_soft` makes of it. To be called once, in any thread.
        """
        copy = self._buffer(alpha.shape)
        np.copyto(copy, alpha)
        return partial(self._give, copy)

    def forget(self) -> None:
        """Let go of the memory."""
        self._spare.clear()

    def _make(self, shape: tuple[int, int]) -> None:
        copy: Alpha = np.empty(shape, np.float32)
        copy.fill(0)  # which is when the system hands it out
        self._spare.append(copy)

    def _give(self, copy: Alpha) -> Mask:
        mask = hard_or_soft(copy)
        self._spare.append(copy)
        return mask

    def _buffer(self, shape: tuple[int, ...]) -> Alpha:
        while self._spare:
            found = self._spare.popleft()
            if found.shape == shape:
                return found
        return np.empty(shape, np.float32)


def hard_or_soft(alpha: Alpha) -> Mask:
    """A mask of ones and zeros as (H, W) bool, which is what it is; any other as a copy."""
    hard: npt.NDArray[np.bool_] = alpha == 1
    if np.array_equal(hard, alpha):
        return hard
    soft: Alpha = alpha.copy()
    return soft
