"""The one project that an engine process has open, its thread, and the clients that are in it.

Every request becomes a task or a job of :class:`roto.session.worker.Worker`: one thread does all
work on the session, edits go before the next event of a job, and answers are sent when the work is
done.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from roto_plugin.paths import Roots
from roto_plugin.protocol import METHODS, ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from roto.network_choice import NetworkChoice
    from roto.session import Session
    from roto.session.worker import Worker
    from roto_plugin.channel import Channel
    from roto_plugin.opening import Opening

    Params = dict[str, Any]
    Do = Callable[[Session, Params, Roots], Params]

GRACE_SECONDS = 8.0
"""For the frame at work, when the project is closed."""

_ENDS = ("undo", "redo", "revert")  # what would be in vain while a propagation goes on


@dataclass(eq=False)
class Request:
    """One request of a client.

    Attributes:
        channel: Whose.
        id: Its number.
        method: A name in ``METHODS``.
        params: Checked by its schema.
    """

    channel: Channel
    id: int
    method: str
    params: Params

    def answer(self, result: Params) -> None:
        """Answer it."""
        self.channel.answer(self.id, result)

    def refuse(self, error: Exception) -> None:
        """Answer it with an error."""
        self.channel.refuse(self.id, error)


@dataclass(eq=False)
class _Running:
    """A job, from its request to its answer."""

    request: Request
    frames: set[int] = field(default_factory=set)
    files: set[str] = field(default_factory=set)  # a movie is named with every frame
    done: int = 0
    total: int = 0
    error: Exception | None = None

    def describe(self) -> Params:
        request = self.request
        names = {"method": request.method, "by": request.channel.name}
        return {**names, "done": self.done, "total": self.total}

    def result(self, how: str) -> Params:
        found: Params = {"ended": how, "frames": len(self.frames)}
        if self.request.method == "export":
            found["files"] = len(self.files)
        elif self.request.method == "package":
            found["folder"] = self.request.params["folder"]
        return found


class _Queue:
    """What is asked while the project is still being opened; later requests are begun at once."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Request, Callable[[], None]]] = []
        self._open = False

    def begin(self, request: Request, begin: Callable[[], None]) -> None:
        """Begin a request, now or when the project is open."""
        if self._open:
            begin()
        else:
            self._waiting.append((request, begin))

    def let_go(self) -> None:
        """The project is open."""
        self._open = True
        waiting, self._waiting = self._waiting, []
        for _, begin in waiting:
            begin()

    def refuse(self) -> None:
        """The project was closed, or cannot be opened."""
        waiting, self._waiting = self._waiting, []
        for request, _ in waiting:
            request.refuse(_closed())


class _Project:
    """The project that is open, or is being opened."""

    def __init__(self, opening: Opening, channel: Channel) -> None:
        self.opening = opening
        self.queue = _Queue()
        self.channels = [channel]
        self.roots = Roots()
        self.choice: NetworkChoice | None = None
        self.worker: Worker | None = None
        self.job: _Running | None = None


class Room:
    """What is open. Its methods may be called from any thread, and answer by themselves."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # for a moment; taken in the session's thread, too
        self._turn = threading.Lock()  # for as long as opening or closing takes
        self._project: _Project | None = None

    def open(self, request: Request, opening: Opening) -> None:
        """Open a project, or join the others in it."""
        with self._turn:
            with self._lock:
                found = self._project
                if found is not None and found.opening.project == opening.project:
                    self._join(found, request, opening)
                    return
            self._make_way(request, found)
            self._begin(request, opening)

    def do(self, request: Request, do: Do) -> None:
        """Have something short done with the session."""
        with self._lock:
            here = self._here(request)
            edits = METHODS[request.method].edits

            def task(session: Session) -> None:
                try:
                    result = do(session, request.params, here.roots)
                except Exception as error:  # noqa: BLE001 - the client is told; nobody is above
                    request.refuse(error)
                    return
                request.answer(result)
                if edits:
                    self._tell_others(here, request)

            self._post(here, request, task, edits=edits)

    def status(self, request: Request) -> None:
        """Answer with everything about the project."""
        with self._lock:
            here = self._here(request)

            def task(session: Session) -> None:
                try:
                    request.answer(self._status(here, session))
                except Exception as error:  # noqa: BLE001 - as above
                    request.refuse(error)

            self._post(here, request, task, edits=False)

    def run(self, request: Request, start: Callable[..., Any]) -> None:
        """Have something long done with the session."""
        with self._lock:
            here = self._here(request)
            here.queue.begin(request, lambda: self._run(here, request, start))

    def cancel(self, channel: Channel, number: int | None) -> bool:
        """End the job of a client's request, or, without a number, the one there is."""
        with self._lock:
            here = self._project
            if here is None or here.job is None or here.worker is None:
                return False
            asked = here.job.request
            if number is not None and (asked.channel is not channel or asked.id != number):
                return False
            here.worker.cancel()
            return True

    def leave(self, channel: Channel) -> None:
        """A client is done, or gone: its job ends, and the project closes behind the last one."""
        with self._turn:
            with self._lock:
                here = self._project
                if here is None or channel not in here.channels:
                    return
                here.channels.remove(channel)
                if here.channels:
                    if here.job is not None and here.job.request.channel is channel:
                        self.cancel(channel, None)
                    return
            self._shut(here)

    def hand_over(self, request: Request) -> Path:
        """Close the project for everybody, because another program is going to open it.

        Raises:
            ProtocolError: nothing is open, or a job is under way.
        """
        with self._turn:
            with self._lock:
                here = self._here(request)
                if here.job is not None:
                    raise _busy(here.job)
                others = [one for one in here.channels if one is not request.channel]
            self._shut(here)
        for one in others:
            one.tell("closed", {"why": request.method, "by": request.channel.name})
        return here.opening.project

    def close(self) -> bool:
        """Close whatever is open; returns whether that was done in time."""
        with self._turn:
            here = self._project
            return here is None or self._shut(here)

    def _join(self, here: _Project, request: Request, opening: Opening) -> None:
        if request.channel not in here.channels:
            here.channels.append(request.channel)
        here.roots = here.roots + Roots(opening.roots)
        self.status(request)

    def _make_way(self, request: Request, here: _Project | None) -> None:
        """Close what is open, if nobody else needs it.

        Raises:
            ProtocolError: somebody does, or a job is under way.
        """
        if here is None:
            return
        if here.job is not None:
            raise _busy(here.job)
        if here.channels != [request.channel]:
            raise ProtocolError(
                "StateError",
                f"{here.opening.project} is open for another client; close it there, or start an "
                "engine of your own.",
            )
        self._shut(here)

    def _begin(self, request: Request, opening: Opening) -> None:
        # Here, as NumPy and more come with it: hello must be answered at once.
        from roto.session.worker import Worker

        here = _Project(opening, request.channel)

        def opened(session: Session) -> None:
            try:
                here.roots = here.roots + opening.folders(session)
                here.choice = opening.choice_of(session)
                found = self._status(here, session)
            except Exception as error:  # noqa: BLE001 - as above
                request.refuse(error)
                found = None
            with self._lock:
                if found is not None:
                    request.answer(found)
                here.queue.let_go()

        def failed(what: str, error: Exception) -> None:
            del what  # tasks and jobs tell by themselves
            with self._lock:
                self._project = None
                request.refuse(error)
                here.queue.refuse()

        with self._lock:
            self._project = here
            here.worker = Worker(opening.session, opened, failed)
            here.worker.start()

    def _shut(self, here: _Project) -> bool:
        """Close the project; nobody may be asked for anything of it any more."""
        with self._lock:
            self._project = None
            here.queue.refuse()
        assert here.worker is not None
        return here.worker.close(GRACE_SECONDS)

    def _here(self, request: Request) -> _Project:
        here = self._project
        if here is None or request.channel not in here.channels:
            raise _closed()
        return here

    def _post(
        self, here: _Project, request: Request, do: Callable[[Session], None], *, edits: bool
    ) -> None:
        from roto.session.worker import Task

        assert here.worker is not None
        worker, method = here.worker, request.method
        task = Task(method, do, edits=edits, ends=method in _ENDS)
        here.queue.begin(request, lambda: worker.post(task))

    def _run(self, here: _Project, request: Request, start: Callable[..., Any]) -> None:
        from roto.session.worker import Job

        assert here.worker is not None
        running = _Running(request)

        def event(told: tuple[str, Params]) -> None:
            name, params = told
            if name == "progress":
                running.frames.add(params["frame"])
                running.files.update(params.get("files", ()))
                running.done, running.total = params["done"], params["total"]
            request.channel.tell(name, params, request.id)

        def ended(how: str) -> None:
            with self._lock:
                if here.job is running:
                    here.job = None
            if running.error is not None or how == "failed":
                request.refuse(running.error or _closed())
            else:
                request.answer(running.result(how))
            if request.method == "propagate" and running.frames:
                self._tell_others(here, request)

        def begin(session: Session) -> Iterator[tuple[str, Params]]:
            try:
                yield from start(session, request.params, here.roots, here.choice)
            except Exception as error:  # noqa: BLE001 - as above
                running.error = error

        job = Job(
            request.method,
            begin,
            event,
            ended,
            lambda paused: None,
            edits=request.method == "propagate",
        )
        if here.job is not None or not here.worker.run(job):
            request.refuse(_busy(here.job))
        else:
            here.job = running

    def _status(self, here: _Project, session: Session) -> Params:
        from roto_plugin import describing

        job = here.job
        return describing.status(session, None if job is None else job.describe())

    def _tell_others(self, here: _Project, request: Request) -> None:
        with self._lock:
            others = [one for one in here.channels if one is not request.channel]
        for one in others:
            one.tell("changed", {"what": request.method, "by": request.channel.name})


def _closed() -> ProtocolError:
    return ProtocolError("StateError", "No project is open; ask for open first.")


def _busy(job: _Running | None) -> ProtocolError:
    what = "Something" if job is None else f"{job.request.method} of {job.request.channel.name}"
    return ProtocolError("BusyError", f"{what} is under way; cancel it, or wait for its end.")
