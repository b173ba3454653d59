"""How long work is told of: each frame as it comes, a snapshot now and then, and the end."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from roto_gui.document.snapshots import take, version
from roto_gui.state import Progress

if TYPE_CHECKING:
    from roto.propagation.passes import Propagated
    from roto.session import Session
    from roto_gui.document.keeper import Keeper

_SNAPSHOT_EVERY = 0.25  # seconds, while a propagation runs


class Watch:
    """Tells the window of a job's events; all of it in the session's thread."""

    def __init__(self, document: Keeper, what: Any = "propagate") -> None:
        self._document, self._what = document, what
        self._session: Session | None = None
        self._last = Progress(what, 0, 0)
        self._before = 0  # frames of what was begun before an edit came between
        self._paused = False  # the window's thread knows
        self._started = self._shown = time.monotonic()

    def begun(self, session: Session, events: Any) -> Any:
        """The job starts, or starts anew after an edit."""
        self._session = session
        self._before = self._last.done
        return events

    def event(self, event: Propagated) -> None:
        """A frame is finished, or better known."""
        session = self._session
        assert session is not None
        post = self._document.post
        number = version(session.project, event.frame)
        post(self._document.put_result, event.frame, number, event.result)
        now = time.monotonic()
        total = (event.total or 0) + self._before
        self.report(Progress(self._what, event.done + self._before, total, event.frame))
        if now - self._shown >= _SNAPSHOT_EVERY:
            self._shown = now
            post(self._document.put_snapshot, take(session, suggestions=False))

    def report(self, progress: Progress) -> None:
        """How far it is."""
        spent = time.monotonic() - self._started
        self._last = replace(progress, what=self._what, seconds=spent)
        self._document.post(self._tell, self._last)

    def pause(self, paused: bool) -> None:
        """It is halted, or goes on; on the window's thread."""
        self._paused = paused  # the frame at work is told of later, and changes nothing of it
        self._tell(self._last)

    def _tell(self, progress: Progress) -> None:
        """On the window's thread."""
        self._document.progress.emit(replace(progress, paused=self._paused))

    def ended(self, how: str) -> None:
        """It is over."""
        document = self._document
        if self._session is not None:
            document.show(self._session, receipt=True)
        document.post(document.progress.emit, None)
        document.post(document.ended.emit, self._what, how)
