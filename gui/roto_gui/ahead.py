"""Which frames are read or encoded before they are asked for. No Qt."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

AHEAD, BEHIND = 24, 4


def reading_order(frames: Sequence[int], frame: int, direction: int) -> list[int]:
    """A frame, those ahead of it, and a few behind it.

    Args:
        frames: All there are, ascending.
        frame: One of them.
        direction: 1 or -1: in which way the artist moves.

    >>> reading_order([1, 2, 3, 7], 3, -1)
    [3, 2, 1, 7]
    """
    here = bisect_left(frames, frame)
    places = [here + n * direction for n in (*range(AHEAD), *range(-1, -BEHIND - 1, -1))]
    return [frames[p] for p in places if 0 <= p < len(frames)]


def nearest(frames: Sequence[int], frame: int, count: int) -> list[int]:
    """The frames nearest to one of them, itself first; of two the lower first.

    Args:
        frames: All there are, ascending.
        frame: One of them.
        count: How many at most.

    >>> nearest([1, 2, 3, 7, 8], 3, 4)
    [3, 2, 1, 7]
    """
    here = bisect_left(frames, frame)
    around = frames[max(here - count, 0) : here + count]
    return sorted(around, key=lambda f: (abs(f - frame), f))[:count]


def neighbours(frames: Sequence[int], frame: int) -> tuple[int | None, int | None]:
    """The frame before one of the frames (ascending), and the one after; None: there is none."""
    here = bisect_left(frames, frame)
    before = frames[here - 1] if here else None
    return before, frames[here + 1] if here + 1 < len(frames) else None
