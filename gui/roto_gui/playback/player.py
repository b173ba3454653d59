"""Plays frames in real time, and tells how well that goes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from roto_gui.playback.pace import Pace, Schedule

if TYPE_CHECKING:
    from collections.abc import Sequence

_REPORT = 0.5  # seconds between two reports of the rate
_PATIENCE = 2.0  # seconds after which a frame that never comes is left out
_LATE = 2.0  # milliseconds between two looks while a frame is awaited


class Player(QObject):
    """A clock that says which frame is due; who is late loses frames, never time.

    Args:
        parent: As in Qt.
        acknowledged: Whether frames count as shown only after :meth:`shown`: for a window that
            gets its pictures from another thread. The next frame is not due before.
    """

    frame_due = Signal(int)
    stopped = Signal()
    rate_measured = Signal(float, int)  # frames per second shown, frames dropped since the start

    def __init__(self, parent: QObject | None = None, *, acknowledged: bool = False) -> None:
        super().__init__(parent)
        self._acknowledged = acknowledged
        self._pace: Pace | None = None
        self._awaited: int | None = None
        self._asked = 0.0  # when the frame that is awaited was asked for
        self._reported = 0.0
        self._forward = True
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._look)

    @property
    def direction(self) -> int:
        """1 forward, -1 backward, 0 while it stands."""
        if self._pace is None:
            return 0
        return 1 if self._forward else -1

    @property
    def dropped(self) -> int:
        """Frames left out since the start."""
        return self._pace.dropped if self._pace else 0

    def play(
        self, frames: Sequence[int], rate: float, forward: bool = True, start: int | None = None
    ) -> None:
        """Play from now on, round and round; what was played before ends.

        Args:
            frames: Frame numbers, ascending: those between the in and the out point.
            rate: Frames per second.
            forward: False: backward.
            start: Frame number to begin with; one that is not among them: the first, or
                backward the last.

        Raises:
            ValueError: There are no frames, or the rate is not above 0.
        """
        schedule = Schedule.of(frames, rate, forward=forward, start=start)
        self._pace = Pace(schedule)
        self._forward = forward
        self._awaited, self._asked, self._reported = None, 0.0, 0.0
        self._clock.start()
        self._look()

    def stop(self) -> None:
        """Stand still; nothing where it does."""
        if self._pace is None:
            return
        self._timer.stop()
        self._report(self._seconds())
        self._pace, self._awaited = None, None
        self.stopped.emit()

    def shown(self, frame: int) -> None:
        """Say that a frame is on the screen; for players that wait for that."""
        if self._pace is not None and frame == self._awaited:
            self._awaited = None
            self._pace.show(self._seconds())

    def _look(self) -> None:
        """Ask the clock which frame is due."""
        if self._pace is None:
            return
        pace = self._pace
        if self._awaited is not None and self._seconds() - self._asked > _PATIENCE:
            self._awaited = None
            pace.lose()
        frame = None if self._awaited is not None else pace.due(self._seconds())
        if frame is not None:
            self._awaited, self._asked = frame, self._seconds()
            self.frame_due.emit(frame)  # whoever shows it at once takes time here
            if not self._acknowledged:
                self.shown(frame)
        if self._pace is not pace:
            return  # stopped or started anew by whoever showed the frame
        now = self._seconds()
        if now - self._reported >= _REPORT:
            self._report(now)
        wait = _LATE if self._awaited is not None else pace.schedule.wait(now) * 1000
        self._timer.start(math.ceil(wait))

    def _report(self, now: float) -> None:
        if self._pace is not None:
            self._reported = now
            self.rate_measured.emit(self._pace.rate(now), self._pace.dropped)

    def _seconds(self) -> float:
        return self._clock.nsecsElapsed() / 1e9
