"""What becomes of predicted frames when there are more than a memory has room for.

Keyframes are not concerned: they stay whole, for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from roto.memories.consolidation import Consolidating

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from roto.engine import Settings
    from roto.memories.bank import MemoryFrame


class Room(Protocol):
    """The room for predicted frames."""

    counts_usage: bool
    """Whether it wants to know which positions are drawn on."""

    @property
    def entries(self) -> list[MemoryFrame]:
        """What is kept."""
        ...

    @property
    def frames(self) -> list[int]:
        """Numbers of the frames that are kept whole."""
        ...

    def keep(self, entry: MemoryFrame, keyframes: Sequence[int]) -> None:
        """Add one; what is too much goes."""
        ...

    def note(self, entry: MemoryFrame, group: tuple[int, ...], usage: Tensor) -> None:
        """How much each position of an entry was drawn on for some objects since the last time."""
        ...

    def forget(self, objects: frozenset[int] | None) -> None:
        """Forget some objects, or all."""
        ...


def room_for(settings: Settings) -> Room:
    """The room that the settings ask for."""
    if settings.bound == "consolidate":
        return Consolidating(settings.max_memory)
    return Dropping(settings.max_memory, oldest=settings.bound == "oldest")


class Dropping:
    """Whole frames, some of which are dropped.

    Args:
        most: How many are kept.
        oldest: Drop the oldest; otherwise the one whose absence leaves the smallest gap in time.
    """

    counts_usage = False

    def __init__(self, most: int, *, oldest: bool = False) -> None:
        self._most, self._oldest = most, oldest
        self.entries: list[MemoryFrame] = []

    @property
    def frames(self) -> list[int]:
        """See :class:`Room`."""
        return [entry.frame for entry in self.entries]

    def keep(self, entry: MemoryFrame, keyframes: Sequence[int]) -> None:
        """See :class:`Room`."""
        kept = [*self.entries, entry]
        if len(kept) > self._most:
            kept.pop(0 if self._oldest else _crowded(kept, keyframes))
        self.entries = kept

    def note(self, entry: MemoryFrame, group: tuple[int, ...], usage: Tensor) -> None:
        """See :class:`Room`."""

    def forget(self, objects: frozenset[int] | None) -> None:
        """See :class:`Room`."""
        left = [] if objects is None else [entry.without(objects) for entry in self.entries]
        self.entries = [entry for entry in left if entry.values]


def _crowded(kept: Sequence[MemoryFrame], keyframes: Sequence[int]) -> int:
    """Index of the frame whose absence leaves the smallest gap; never the newest."""
    frames = [_start(kept[0].frame, kept[-1].frame, keyframes), *(e.frame for e in kept)]
    gaps = [abs(frames[i + 2] - frames[i]) for i in range(len(kept) - 1)]
    return int(np.argmin(gaps))


def _start(first: int, last: int, keyframes: Sequence[int]) -> int:
    """The keyframe that the pass went by before ``first`` on its way to ``last``."""
    step = 1 if last >= first else -1
    passed = [frame for frame in keyframes if (first - frame) * step > 0]
    return min(passed, key=lambda frame: abs(first - frame), default=first)
