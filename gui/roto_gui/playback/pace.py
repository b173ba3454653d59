"""Which frame is due when, and how many had to be left out. No timer, no Qt: time comes in.

A clock says which frame is due, never a count of ticks: who is late shows the frame of now and
leaves out those whose time is over, so that a second of the clip takes a second.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_WINDOW = 1.0  # seconds over which the rate is measured
_TINY = 1e-9  # seconds; a frame is due at its time, whatever rounding makes of it


@dataclass(frozen=True)
class Schedule:
    """Frames in a loop, each for the same time.

    Attributes:
        frames: In the order in which they are shown; at least one.
        rate: Frames per second; more than 0.
        begin: Index of the one that is shown first.
    """

    frames: Sequence[int]
    rate: float
    begin: int = 0

    def __post_init__(self) -> None:
        if not self.frames or not self.rate > 0:
            raise ValueError("Playing needs at least one frame and a rate above 0.")

    @classmethod
    def of(
        cls, frames: Sequence[int], rate: float, *, forward: bool = True, start: int | None = None
    ) -> Schedule:
        """Forward or backward, from a frame on.

        Args:
            frames: Ascending.
            rate: Frames per second.
            forward: False: the last comes first.
            start: Frame number to begin with; where it is None or not one of the frames, the
                first of them.
        """
        order = list(frames) if forward else list(frames)[::-1]
        begin = order.index(start) if start in order else 0
        return cls(tuple(order), rate, begin)

    def tick(self, seconds: float) -> int:
        """How many frames' time is over, so many seconds after the start."""
        return max(math.floor((seconds + _TINY) * self.rate), 0)

    def frame(self, tick: int) -> int:
        """The frame of a tick."""
        return self.frames[(self.begin + tick) % len(self.frames)]

    def wait(self, seconds: float) -> float:
        """Seconds until the next frame is due; more than 0."""
        return max((self.tick(seconds) + 1) / self.rate - seconds, _TINY)


class Pace:
    """Hands out frames when they are due, and keeps an honest account.

    Args:
        schedule: What is played.

    Attributes:
        shown: How many frames reached the screen.
        dropped: How many were left out because their time was over.
    """

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.shown = 0
        self.dropped = 0
        self._tick = -1
        self._times: deque[float] = deque()

    def due(self, seconds: float) -> int | None:
        """The frame to show now; None where the one that is shown is still due.

        Frames between the last one and this are dropped.
        """
        tick = self.schedule.tick(seconds)
        if tick <= self._tick:
            return None
        self.dropped += tick - self._tick - 1
        self._tick = tick
        return self.schedule.frame(tick)

    def show(self, seconds: float) -> None:
        """Count a frame as shown."""
        self.shown += 1
        self._times.append(seconds)
        while self._times[-1] - self._times[0] > _WINDOW + _TINY:
            self._times.popleft()

    def lose(self) -> None:
        """Count a frame that was due as left out: it never came."""
        self.dropped += 1

    def rate(self, seconds: float) -> float:
        """Frames per second over the last second; 0 before there are two."""
        times = [time for time in self._times if seconds - time <= _WINDOW + _TINY]
        if len(times) < 2 or times[-1] <= times[0]:
            return 0.0
        # A frame that is late already makes it slower, before it is there.
        late = max(seconds - times[-1] - 1 / self.schedule.rate, 0.0)
        return (len(times) - 1) / (times[-1] - times[0] + late)
