"""What stands behind the document: the open project, its thread, and what is known of it."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from roto.errors import ClipNotFoundError, RotoError
from roto.session.worker import Job, Task, Worker
from roto_gui.document.opening import plates_of
from roto_gui.document.snapshots import take, version
from roto_gui.state import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from roto.media import FrameSource
    from roto.results import FrameResult
    from roto.session import Session
    from roto.session.receipts import Receipt
    from roto_gui.state import Snapshot


log = logging.getLogger(__name__)

_HANGS = 30.0  # seconds that a project waits for another that is still being opened


class Keeper(QObject):
    """One project, open or being opened, or none: what stands behind a document."""

    opened = Signal()
    closed = Signal()
    changed = Signal()
    """There is a new ``snapshot``."""
    encoded = Signal(int)
    """A frame was encoded ahead."""
    result_ready = Signal(int)
    """``result(frame)`` has something new."""
    progress = Signal(object)
    """A :class:`roto_gui.state.Progress`, or None when nothing is under way any more."""
    ended = Signal(str, str)
    """What was under way, and how it ended: done, cancelled or failed."""
    receipt_changed = Signal()
    clip_missing = Signal()
    """The project that was to be opened is there, but its clip is not."""
    noticed = Signal(str)
    """Something worth telling that is no error."""
    failed = Signal(str, str)
    """What did not work, and what is wrong, in one sentence. Of what was to be opened and did not,
    the first is ``opening``."""

    _arrived = Signal(object)  # a callable to be called on the window's thread

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.snapshot: Snapshot | None = None
        self.plates: Callable[[], FrameSource] | None = None
        """Opens the clip once more, for reading plates beside the session."""
        self.receipt: Receipt | None = None
        self._results: dict[int, tuple[int, FrameResult]] = {}
        self._asked: set[tuple[int, int]] = set()
        self._worker: Worker | None = None
        self._leaving: list[Worker] = []  # those that finish what was posted, and close
        self._gate = threading.Lock()  # so that nothing is told of a project that was left
        self._pending = 0  # edits whose snapshot has not come yet
        self._generation = 0  # of the open project: what comes late from another is dropped
        self._arrived.connect(_call)

    def open(self, opener: Callable[[], Session]) -> None:
        """Open a project, or make one; what was open is closed first.

        Args:
            opener: Makes the session. It is called in the session's thread.
        """
        self.close()
        before = tuple(self._leaving)

        def begin() -> Session:
            for worker in before:  # it may be the same project, and that opens once
                worker.close(None if worker.opened else _HANGS)
            return opener()

        self._worker = Worker(begin, self._take_over, self._tell_failed)
        self._worker.start()
        self.progress.emit(Progress("open", 0, 0))

    def close(self) -> None:
        """Leave the project; returns at once.

        What was posted is done all the same, then the project is closed: see :meth:`wait`.
        """
        if self._worker is None:
            return
        with self._gate:
            worker, self._worker = self._worker, None
            self._generation += 1
        if not worker.close(0):
            self._leaving = [w for w in self._leaving if w.alive] + [worker]
        self.snapshot = self.receipt = None
        self._results.clear()
        self._asked.clear()
        self._pending = 0
        self.progress.emit(None)
        self.closed.emit()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until every project that was left is closed, with all edits on disk.

        Args:
            timeout: Seconds, for each of them; None: as long as it takes. One that was never open
                has nothing to lose and is not waited for.

        Returns:
            Whether that is so.
        """
        done = [worker.close(timeout) for worker in self._leaving if worker.opened]
        self._leaving = [worker for worker in self._leaving if worker.alive]
        return all(done)

    @property
    def opening(self) -> str:
        """What ``failed`` calls the opening of a project."""
        return self.tr("Open")

    @property
    def is_open(self) -> bool:
        """Whether there is a project."""
        return self.snapshot is not None

    @property
    def busy(self) -> bool:
        """Whether a propagation or an export is under way, be it paused."""
        return self._worker is not None and self._worker.busy

    @property
    def paused(self) -> bool:
        """Whether what is under way is halted."""
        return self._worker is not None and self._worker.paused

    @property
    def settled(self) -> bool:
        """Whether the snapshot has all edits in it that were asked for."""
        return not self._pending

    def version(self, frame: int) -> int:
        """Of what is known of a frame; 0 where that is nothing."""
        return 0 if self.snapshot is None else self.snapshot.versions.get(frame, 0)

    def result(self, frame: int) -> FrameResult | None:
        """What is known of a frame, if it is at hand and of today; else ask for it."""
        found = self._results.get(frame)
        return found[1] if found is not None and found[0] == self.version(frame) else None

    def request_result(self, frame: int) -> None:
        """Fetch what is known of a frame; ``result_ready`` tells when it is here."""
        asked = frame, self.version(frame)
        if self._worker is None or asked in self._asked or not asked[1]:
            return
        self._asked.add(asked)

        def do(session: Session) -> None:
            found = version(session.project, frame), session.result(frame)
            self.post(self.put_result, frame, *found)

        self._worker.post(Task(self.tr("Show frame"), do, edits=False))

    def look(self, name: str, find: Callable[[Session], Any], then: Callable[[Any], None]) -> None:
        """Find something out in the session's thread; an edit is no business of it.

        Args:
            name: What it is.
            find: Called there.
            then: Is given what was found, on the window's thread, if the project is still open.
        """
        if self._worker is None:
            return

        def do(session: Session) -> None:
            self.post(then, find(session))

        self._worker.post(Task(name, do, edits=False))

    def edit(
        self,
        name: str,
        do: Callable[[Session], Any],
        *,
        receipt: bool = False,
        ends: bool = False,
        alone: bool = False,
    ) -> None:
        """Have an edit done, and everything told that it may have changed.

        Args:
            name: What it is.
            do: Called in the session's thread.
            receipt: Whether the receipt may be another one after it.
            ends: See :class:`roto.session.worker.Task`.
            alone: See there, too.
        """
        if self._worker is None:
            return

        def task(session: Session) -> None:
            try:
                do(session)
            finally:  # an edit that failed has changed nothing, but somebody may have waited
                self._report(session)
                if receipt:
                    self.show_receipt(session)

        self._pending += 1
        self._worker.post(Task(name, task, ends=ends, alone=alone))

    def _report(self, session: Session) -> None:
        """Send the snapshot with an edit in it; in the session's thread."""
        snapshot = None
        try:
            snapshot = take(session)
        finally:
            self.post(self._settle, snapshot)

    def run(self, job: Job, begun: Progress) -> None:
        """Begin long work, and say so at once: its first frame may take seconds."""
        if self._worker is None:
            return
        if self._worker.run(job):
            self.progress.emit(begun)
        else:
            # Encoding ahead makes way; anything else is under way by the artist's own wish.
            self.failed.emit(job.name, self.tr("Something is under way; stop it first."))

    def _take_over(self, session: Session) -> None:
        self.show(session, receipt=True)
        self.post(self._tell_opened, plates_of(session))

    def show(self, session: Session, *, receipt: bool = False) -> None:
        """Send a snapshot to the window's thread; in the session's."""
        self.post(self.put_snapshot, take(session))
        if receipt:
            self.show_receipt(session)

    def show_receipt(self, session: Session) -> None:
        """Send the receipt to the window's thread; in the session's."""
        self.post(self._put_receipt, session.receipt())

    def post(self, function: Callable[..., None], *arguments: Any) -> bool:
        """Have something called on the window's thread, if the project is still the same.

        Called in the session's thread; False where its project was left.
        """
        with self._gate:
            generation = self._generation
            if self._worker is None or not self._worker.here:
                return False

            def deliver() -> None:
                if generation == self._generation:
                    function(*arguments)

            self._arrived.emit(deliver)
            return True

    def _tell_failed(self, what: str, error: Exception) -> None:
        """Something went wrong; also in a project that was left, where it may be an edit."""
        if not self.post(self._fail, what, error):
            log.warning("%s, after its project was left: %s", what, error)
            with suppress(RuntimeError):  # the window is gone
                self._arrived.emit(partial(self.failed.emit, what, str(error)))

    def _tell_opened(self, plates: Callable[[], FrameSource]) -> None:
        self.plates = plates
        self.progress.emit(None)
        self.opened.emit()

    def _settle(self, snapshot: Snapshot | None) -> None:
        """An edit is done, and there is a snapshot with it in it: both at once."""
        self._pending -= 1
        if snapshot is not None:
            self.put_snapshot(snapshot)

    def put_snapshot(self, snapshot: Snapshot) -> None:
        """Take over another state of the project, and tell of it."""
        self.snapshot = snapshot
        self._asked.clear()
        now = snapshot.versions
        self._results = {f: r for f, r in self._results.items() if now.get(f) == r[0]}
        self.changed.emit()

    def _put_receipt(self, receipt: Receipt | None) -> None:
        self.receipt = receipt
        self.receipt_changed.emit()

    def put_result(self, frame: int, number: int, result: FrameResult) -> None:
        """Take over what is known of a frame, which is of that version, and tell of it."""
        self._results[frame] = number, result
        if self.snapshot is not None and number != self.version(frame):
            known: Mapping[int, int] = {**self.snapshot.versions, frame: number}
            self.snapshot = self.snapshot.with_versions(known)
        self.result_ready.emit(frame)

    def _fail(self, what: str, error: Exception) -> None:
        if self.snapshot is None:  # it never opened
            what = self.opening
            with self._gate:
                self._worker = None
            self.progress.emit(None)
            if isinstance(error, ClipNotFoundError):
                self.clip_missing.emit()
        text = str(error)
        if not isinstance(error, RotoError):
            text = self.tr("Something went wrong inside roto: {error}. Your work is on disk.")
            text = text.format(error=repr(error))
        self.failed.emit(what, text)


def _call(function: Callable[[], None]) -> None:
    function()
