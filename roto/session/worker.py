"""The thread that owns a session. Nobody else touches it, or its engine, or its project.

Tasks are short: an edit, a look at a frame. A job is long: it is an iterator, such as a
propagation, and between two of its events all waiting tasks go first. So an artist paints while
a propagation runs, and what is painted takes precedence.

A job in the background is for frames that are encoded ahead. Its events are found in a helper
thread, so that no task waits for them; tasks look at the project and never at engine or pixels,
and where one does it says that it must be alone.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from roto.errors import RotoError

if TYPE_CHECKING:
    from concurrent.futures import Future

    from roto.session.session import Session

log = logging.getLogger(__name__)

Failed = Callable[[str, Exception], None]
"""Is told what failed, and why; called in the worker's thread."""

_HUMBLE = 10  # how far a helper thread steps back for others, where the system knows that
_PATIENCE = 0.25  # seconds without a new edit before a job that edits interrupted goes on


@dataclass(frozen=True)
class Task:
    """Something short to do with the session.

    Attributes:
        name: What it is, for error texts.
        do: Called in the worker's thread.
        edits: Whether it changes anything: a running job then starts anew after it.
        ends: Whether it ends a running job that edits: taking something back would be in vain.
        alone: Whether it waits for what is under way in the background to be at rest.
    """

    name: str
    do: Callable[[Session], None]
    edits: bool = True
    ends: bool = False
    alone: bool = False


@dataclass(frozen=True)
class Job:
    """Something long to do with the session.

    Attributes:
        name: What it is.
        start: Makes the iterator; called again after an edit came between.
        event: Is given each of its events, in the worker's thread.
        ended: Called once at the end: "done", "cancelled" or "failed".
        paused: Called with True and False when it is halted and goes on.
        background: Whether it makes way for any other job, and for edits. What is wrong with it
            is nobody's business.
        edits: Whether it changes the project.
    """

    name: str
    start: Callable[[Session], Iterator[Any]]
    event: Callable[[Any], None]
    ended: Callable[[str], None]
    paused: Callable[[bool], None]
    background: bool = False
    edits: bool = False


class Worker:
    """Owns one session from opening to closing.

    Args:
        opener: Opens it; called in the thread.
        opened: Is given the session, in the thread, before any task.
        failed: Told of whatever goes wrong, in the thread. A worker whose opener failed has
            ended.
    """

    def __init__(
        self,
        opener: Callable[[], Session],
        opened: Callable[[Session], None],
        failed: Failed,
    ) -> None:
        self._opener, self._opened, self._failed = opener, opened, failed
        self._tasks: deque[Task] = deque()
        self._condition = threading.Condition()
        self._job: Job | None = None
        self._next: Job | None = None  # waits for one in the background to make way
        self._events: Iterator[Any] | None = None
        self._cancelled = self._paused = self._closing = False
        self._skip = False  # whether the next job is not wanted any more
        self._waited = True  # for more edits, before an interrupted job starts anew
        self._helper: ThreadPoolExecutor | None = None
        self._aside: Future[Any] | None = None  # the next event of a job in the background
        self._session: Session | None = None
        self._thread = threading.Thread(target=self._live, name="roto session", daemon=True)

    def start(self) -> None:
        """Begin; opening happens in the thread."""
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether a job is under way, be it paused; one in the background does not count."""
        job = self._next or self._job
        return job is not None and not job.background

    @property
    def paused(self) -> bool:
        """Whether the job is halted."""
        return self._paused

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    @property
    def here(self) -> bool:
        """Whether the caller is this worker's thread."""
        return threading.current_thread() is self._thread

    @property
    def opened(self) -> bool:
        """Whether it has a session, which is not closed yet."""
        return self._session is not None

    def post(self, task: Task) -> None:
        """Have something done, after what was posted before and before a job's next event."""
        with self._condition:
            self._tasks.append(task)
            self._condition.notify()

    def run(self, job: Job) -> bool:
        """Begin a job; False where one is under way already that does not make way.

        A job in the background makes way for the next one, too.
        """
        with self._condition:
            if self._job is None:
                self._job, self._waited = job, True
            elif self._job.background and (self._next is None or self._next.background):
                self._next, self._cancelled = job, True
            else:
                return False
            self._condition.notify()
            return True

    def cancel(self) -> None:
        """End the job after the event it is at; what it has brought stays."""
        with self._condition:
            self._cancelled = self._job is not None
            self._skip = self._next is not None
            self._condition.notify()

    def pause(self, *, paused: bool) -> None:
        """Halt the job, or let it go on."""
        with self._condition:
            if self._job is None or self._paused == paused:
                return
            self._paused = paused
            job = self._job
            self._condition.notify()
        job.paused(paused)

    def close(self, timeout: float | None = 30.0) -> bool:
        """Do what was posted, cancel the job, close the session, end the thread.

        Args:
            timeout: Seconds to wait for that at most; None: as long as it takes. What was posted
                is done all the same.

        Returns:
            Whether it ended in time.
        """
        with self._condition:
            self._closing = True
            self._next, self._cancelled = None, self._job is not None
            self._condition.notify()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _live(self) -> None:
        try:
            session = self._opener()
        except Exception as error:  # noqa: BLE001 - a thread's end of the line: nobody above
            self._tell("open", error)
            return
        with session:
            self._session = session
            if not self._closing:
                self._opened(session)
            while self._turn(session):
                pass
        self._session = None
        if self._helper is not None:
            self._helper.shutdown()

    def _turn(self, session: Session) -> bool:
        """Do one task, or else one event of the job; False when it is time to go."""
        with self._condition:
            while not (self._doable() or self._over() or self._workable()):
                if not self._condition.wait(_PATIENCE):
                    self._waited = True
            task = self._tasks.popleft() if self._doable() else None
            over = self._over()
        if task is not None:
            self._do(session, task)
            return True
        if self._job is not None:
            self._advance(session, self._job)
            return True
        return not over

    def _over(self) -> bool:
        """Whether it is time to go."""
        return self._closing and self._job is None and not self._tasks

    def _doable(self) -> bool:
        """Whether there is a task that can be done now."""
        return bool(self._tasks) and not (self._tasks[0].alone and self._stepping())

    def _stepping(self) -> bool:
        """Whether the helper thread is at work."""
        return self._aside is not None and not self._aside.done()

    def _workable(self) -> bool:
        """Whether the job has something to do now."""
        if self._job is None or self._stepping():
            return False
        return self._cancelled or (self._waited and not self._paused)

    def _do(self, session: Session, task: Task) -> None:
        if task.edits:
            self._interrupt()
        if task.ends and self._job is not None and self._job.edits:
            self._cancelled = True
        try:
            task.do(session)
        except Exception as error:  # noqa: BLE001 - as above; told, and the thread lives on
            self._tell(task.name, error)

    def _interrupt(self) -> None:
        """A job that edits come between starts anew: its plan is of before them.

        What is encoded depends on no edit, so a job in the background just goes on.
        """
        if self._events is not None and self._job is not None and not self._job.background:
            _close(self._events)
            self._events = None
            self._waited = False

    def _advance(self, session: Session, job: Job) -> None:
        if self._cancelled:
            self._end(job, "cancelled")
            return
        try:
            if self._events is None:
                self._events = job.start(session)
            if job.background and self._aside is None:
                self._step_aside(self._events)
                return
            if self._aside is not None:
                aside, self._aside = self._aside, None
                event = aside.result()
            else:
                event = next(self._events, self)  # the worker itself is no event
            if event is self:
                self._end(job, "done")
            else:
                job.event(event)
        except Exception as error:  # noqa: BLE001 - as above
            self._tell(job.name, error, aside=job.background)
            self._end(job, "failed")

    def _step_aside(self, events: Iterator[Any]) -> None:
        """Have the next event found in the helper thread."""
        if self._helper is None:
            self._helper = ThreadPoolExecutor(1, "roto ahead", _step_back)
        self._aside = self._helper.submit(next, events, self)
        self._aside.add_done_callback(self._wake)

    def _wake(self, _: object) -> None:
        with self._condition:
            self._condition.notify()

    def _end(self, job: Job, how: str) -> None:
        if self._events is not None:
            _close(self._events)
        with self._condition:
            self._events, self._aside, self._job, self._next = None, None, self._next, None
            self._cancelled, self._skip = self._closing or self._skip, False
            self._paused, self._waited = False, True
        job.ended(how)

    def _tell(self, what: str, error: Exception, *, aside: bool = False) -> None:
        if not isinstance(error, RotoError):
            log.error("%s failed", what, exc_info=error)
        if not aside:
            self._failed(what, error)


def _step_back() -> None:
    """Let others go first: on Linux each thread has a niceness of its own."""
    if sys.platform == "linux":
        os.nice(_HUMBLE)


def _close(events: Iterator[Any]) -> None:
    close = getattr(events, "close", None)  # a generator has it, another iterator need not
    if close is not None:
        close()
