"""A host's side of the engine process: starts it, asks it, and starts it again after a crash.

The standard library only, and Python 3.9: a host's add-on carries copies of this file and of
``book.py``, ``starting.py``, ``link.py``, ``protocol.py`` and ``messages.py``, side by side in a
package of its own. All methods belong to one thread of the host, such as that of its window. None
of them waits for the engine, except ``wait`` and ``close(wait=...)``; a timer of the host calls
``poll``, and all that is told comes from there::

    client = Client(engine_command("/opt/roto/bin/python"), on_event=show)
    client.call("open", {"clip": "/plates/a.mov", "project": "/work/a.roto"}, on_done=opened)
    ...  # every 50 ms:
    client.poll()
"""

from __future__ import annotations

import queue
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Optional

from .book import Book, Future
from .link import Link, see_off
from .protocol import METHODS, PROTOCOL, ProtocolError, write_message
from .starting import MOST_CRASHES, Starter, engine_command, engine_environment

__all__ = ["ERRORS", "Client", "Event", "Future", "engine_command", "engine_environment"]

ERRORS = {
    "StartError": "the engine cannot be started; the message says what to do",
    "LostError": "the engine ended before it answered, and asking again may not be safe",
    "TimeoutError": "no answer in the time that the caller gave",
    "ClosedError": "the client was closed",
}
"""Kinds of errors that the client itself makes, beside those of ``protocol.ERRORS``."""

Event = Callable[[str, "dict[str, Any]", Optional["Future"]], None]
"""Is given a name, parameters, and the request that it belongs to, if any.

Names are those of ``protocol.EVENTS`` and the client's own: ``ready`` (the answer to hello),
``lost`` {message, lost, again} (the engine ended by itself and is started again; the methods
whose requests failed, and those that are asked once more), ``restored`` (the status: the project
is open again), ``failed`` {kind, message} (it cannot be started; ``start`` tries once more).
A later engine may tell events of other names; ignore them.
"""

HELLO_SECONDS = 60.0  # a cold disk takes its time to read Python and roto
_LOG_LINES = 200
_POLL_SECONDS = 0.02


class Client:
    """An engine process as a host sees it.

    Args:
        command: How to start it; see :func:`engine_command`.
        on_event: Told of events, from :meth:`poll`.
        name: What others are told of this client: the host and its version.
        environment: Of the engine; None for :func:`engine_environment`.
        token_file: Join the engine that wrote this file instead of starting one.

    Attributes:
        state: ``idle``, ``starting``, ``ready``, ``failed`` or ``closed``.
        log: The engine's last lines for error reports.
        engine: What it said of itself; None before.
    """

    def __init__(
        self,
        command: list[str] | None = None,
        on_event: Event | None = None,
        *,
        name: str = "host",
        environment: dict[str, str] | None = None,
        token_file: str | None = None,
    ) -> None:
        self.state: str = "idle"
        self.engine: dict[str, Any] | None = None
        self.log: deque[str] = deque(maxlen=_LOG_LINES)
        self._starter = Starter(command, environment, token_file)
        self._name, self._on_event = name, on_event
        self._link: Link | None = None
        self._unstarted = ""  # why there is no engine, until the next poll tells it
        self._book = Book()
        self._opened: dict[str, Any] | None = None  # how to open what is open once more

    def start(self) -> None:
        """Start the engine, or join it, if that was not done; ``ready`` or ``failed`` is told."""
        if self.state in ("starting", "ready", "closed"):
            return
        self.state = "starting"
        hello = {"protocol": PROTOCOL, "client": self._name}
        try:
            self._link = self._starter.dial(hello, self.log)
        except (OSError, ValueError, LookupError, TypeError) as error:
            self._unstarted = self._starter.why_not(self.log, error)
            return
        self._ask("hello", hello, self._greeted, HELLO_SECONDS)

    def call(
        self,
        method: str,
        params: dict[str, Any] | None = None,
        on_done: Callable[[Future], None] | None = None,
        timeout: float | None = None,
    ) -> Future:
        """Ask for something; the engine is started if need be.

        Args:
            method: One of ``protocol.METHODS``.
            params: As its schema says; JSON values.
            on_done: Called from :meth:`poll` with the future when it is done.
            timeout: Seconds after which nobody waits for the answer any more; a long job is
                cancelled then.

        Raises:
            ProtocolError: the message is too long, or the client is closed.
        """
        if self.state == "closed":
            raise ProtocolError("ClosedError", "The client was closed; make a new one.")
        future = self._book.new(method, dict(params or {}), timeout)
        write_message({"id": future.id, "method": method, "params": future.params})
        if on_done is not None:
            future.add_done(on_done)
        self._book.waiting.append(future)
        self.start()
        self._flush()
        return future

    def cancel(self, future: Future) -> Future:
        """Ask that a job ends; the frame it is at is finished, and it answers ``cancelled``."""
        if future in self._book.waiting:
            self._book.waiting.remove(future)
            future.finish({"ended": "cancelled", "frames": 0}, None)
            return future
        return self.call("cancel", {"request": future.id})

    def poll(self) -> int:
        """Tell the host what has come; returns how many messages. For a timer: it never waits.

        What a callback raises goes through; the next call goes on after it.
        """
        self._time_out()
        if self._unstarted:
            self._fail("StartError", self._unstarted)
            return 1
        count, until = 0, time.monotonic() + _POLL_SECONDS
        while self._link is not None and time.monotonic() < until:
            try:
                message = self._link.inbox.get_nowait()
            except queue.Empty:
                break
            count += 1
            self._take(message)
        return count

    def wait(self, future: Future, timeout: float | None = None) -> dict[str, Any]:
        """Poll until a request is done, and return its result; for scripts without a window.

        Raises:
            ProtocolError: the error it got, or ``TimeoutError``.
        """
        until = None if timeout is None else time.monotonic() + timeout
        while not future.done:
            if until is not None and time.monotonic() > until:
                raise ProtocolError("TimeoutError", f"No answer to {future.method} in {timeout} s.")
            if not self.poll():
                time.sleep(0.005)
        return future.result()

    def kill(self) -> None:
        """End an engine that hangs; it is started again as after a crash."""
        if self._link is not None:
            self._link.kill()

    def close(self, wait: float = 0.0) -> None:
        """Have the engine end: at once when it is idle, else after the frame it is at.

        Args:
            wait: Seconds to wait for it. In any case it is killed after ``link.GRACE_SECONDS``.
        """
        link, self._link = self._link, None
        started, self.state, self._unstarted = self.state, "closed", ""
        for future in self._book.clear():
            future.finish(None, ProtocolError("ClosedError", "The client was closed."))
        if link is None:
            return
        if started == "ready":
            link.send(write_message({"id": self._book.new("quit", {}).id, "method": "quit"}))
        link.hang_up()
        see_off(link).join(wait)

    def _ask(
        self,
        method: str,
        params: dict[str, Any],
        on_done: Callable[[Future], None],
        seconds: float | None = None,
    ) -> None:
        """A request of the client's own, past the waiting ones."""
        future = self._book.new(method, params, seconds)
        future.inner = True
        future.add_done(on_done)
        self._send(future)

    def _send(self, future: Future) -> None:
        if self._link is None:
            return
        line = write_message({"id": future.id, "method": future.method, "params": future.params})
        self._book.sent[future.id] = future
        self._link.send(line)

    def _flush(self) -> None:
        while self.state == "ready" and self._book.waiting:
            self._send(self._book.waiting.popleft())

    def _take(self, message: Any) -> None:
        if message is None:
            self._ended()
        elif isinstance(message, ProtocolError):
            if self.state == "starting":
                self._fail(
                    "StartError", f"{self._starter.who} is no roto engine; choose roto's Python."
                )
        elif "event" in message:
            self._tell_event(message)
        else:
            self._answer(message)

    def _answer(self, message: dict[str, Any]) -> None:
        future = self._book.of(message)
        if future is None:
            return  # it came too late
        del self._book.sent[future.id]
        error, result = message.get("error"), message.get("result")
        if not isinstance(result, dict):
            told = error if isinstance(error, dict) else {}
            text = str(told.get("message", "The engine gave an answer that is none."))
            future.finish(None, ProtocolError(str(told.get("kind", "InternalError")), text))
            return
        if future.method == "open":
            self._opened = future.params
        elif future.method in ("close", "app"):
            self._opened = None
        future.finish(result, None)

    def _tell_event(self, message: dict[str, Any]) -> None:
        name, params = str(message["event"]), message.get("params") or {}
        future = self._book.of(message)
        if name == "progress":
            if future is None:
                return
            future.progress = params
        elif name == "note" and future is not None:
            future.notes.append(str(params.get("text", "")))
        elif name == "closed":
            self._opened = None
        self._tell(name, params, future)

    def _tell(self, name: str, params: dict[str, Any], future: Future | None = None) -> None:
        if self._on_event is not None:
            self._on_event(name, params, future)

    def _greeted(self, hello: Future) -> None:
        if hello.error is not None:
            if hello.error.kind == "TimeoutError":
                self._fail(
                    "StartError", f"{self._starter.who} does not answer; is it roto's Python?"
                )
            elif hello.error.kind != "LostError":  # why it ended is told elsewhere
                self._fail(hello.error.kind, hello.error.message)
            return
        self.engine = hello.result()
        theirs = self.engine.get("protocol")
        if theirs != PROTOCOL:
            text = f"The add-on speaks protocol {PROTOCOL}, the engine {theirs}; update the older."
            self._fail("VersionError", text)
            return
        if self._opened is not None:
            self._ask("open", self._opened, self._reopened)
            return
        self._be_ready()
        self._tell("ready", self.engine)

    def _reopened(self, future: Future) -> None:
        if future.error is not None and future.error.kind == "LostError":
            return
        self._be_ready()
        if future.error is None:
            self._tell("restored", future.result())
        else:
            self._opened = None
            self._tell("closed", {"why": future.error.message, "by": self._name})

    def _be_ready(self) -> None:
        self.state = "ready"
        self._flush()

    def _ended(self) -> None:
        """The engine has ended by itself."""
        link, self._link = self._link, None
        code = None if link is None else link.code
        if self.state == "starting" and self.engine is None:
            self._fail("StartError", self._starter.why_not(self.log))
            return
        self.state = "idle"
        crashes = self._starter.count_crash()
        again, lost = self._book.after_crash()
        text = f"The engine ended by itself (code {code}); what it had finished is in the project."
        for future in lost:
            future.finish(None, ProtocolError("LostError", text))
        told = {"message": text, "lost": [f.method for f in lost if not f.inner]}
        self._tell("lost", {**told, "again": [f.method for f in again]})
        if crashes > MOST_CRASHES:
            self._fail("StartError", f"The engine ended {crashes} times; see its log.")
        else:
            self.start()

    def _fail(self, kind: str, message: str) -> None:
        link, self._link = self._link, None
        self.state, self.engine, self._unstarted = "failed", None, ""
        if link is not None:
            link.kill()
            see_off(link)
        for future in self._book.clear():
            future.finish(None, ProtocolError(kind, message))
        self._starter.forget()
        self._tell("failed", {"kind": kind, "message": message})

    def _time_out(self) -> None:
        for future in self._book.overdue():
            if METHODS[future.method].job:
                self.call("cancel", {"request": future.id})
            text = f"No answer to {future.method} in time."
            future.finish(None, ProtocolError("TimeoutError", text))
