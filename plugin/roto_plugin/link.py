"""What a client stands on: its requests, and lines to an engine, which is a process or a socket.

The standard library only, and Python 3.9: see ``client.py``.
"""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from typing import IO, TYPE_CHECKING, Any

from .protocol import METHODS, ProtocolError, read_message

if TYPE_CHECKING:
    from collections.abc import Callable

GRACE_SECONDS = 10.0
"""For the frame at work, when the engine is to end."""

_PIPE_SECONDS = 1.0
_NO_WINDOW = 0x08000000 if sys.platform == "win32" else 0  # of a console
_FOREIGN = ("PYTHON", "QT_", "LD_PRELOAD", "__PYVENV_LAUNCHER__", "VIRTUAL_ENV", "OCIO")


def engine_command(interpreter: str, *options: str) -> list[str]:
    """How to start the engine with the Python that roto is installed in."""
    return [interpreter, "-m", "roto_plugin.server", *options]


def engine_environment() -> dict[str, str]:
    """The host's environment without what hosts set for their own Python and Qt."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(_FOREIGN)}
    kept.update({n: v for n, v in os.environ.items() if n.startswith("QT_QPA_PLATFORM")})
    # No module beside the host's working folder may stand in for one of Python's.
    kept.update(PYTHONUTF8="1", PYTHONSAFEPATH="1", PYTHONUNBUFFERED="1")
    return kept


class Future:
    """One request, and its answer when it has come.

    Attributes:
        id: Its number.
        method: What was asked.
        params: With what.
        done: Whether there is an answer or an error.
        error: What went wrong; None where nothing did.
        progress: Parameters of its newest ``progress`` event; None before the first.
    """

    def __init__(self, number: int, method: str, params: dict[str, Any]) -> None:
        self.id, self.method, self.params = number, method, params
        self.done = False
        self.error: ProtocolError | None = None
        self.progress: dict[str, Any] | None = None
        self.again = False  # it was sent to an engine that ended before it answered
        self.deadline: float | None = None
        self.inner = False  # the client's own
        self._result: dict[str, Any] | None = None
        self._callbacks: list[Callable[[Future], None]] = []

    def result(self) -> dict[str, Any]:
        """The answer.

        Raises:
            ProtocolError: the error it got instead, or there is no answer yet.
        """
        if self.error is not None:
            raise self.error
        if self._result is None:
            raise ProtocolError("StateError", f"There is no answer to {self.method} yet.")
        return self._result

    def add_done(self, callback: Callable[[Future], None]) -> None:
        """Have something called with this when it is done; at once if it is."""
        if self.done:
            callback(self)
        else:
            self._callbacks.append(callback)

    def finish(self, result: dict[str, Any] | None, error: ProtocolError | None) -> None:
        """Give it its answer or error; for the client."""
        if self.done:
            return
        self.done, self._result, self.error = True, result, error
        for callback in self._callbacks:
            callback(self)


class Book:
    """The requests of a client: those that wait to be sent, and those that wait for an answer.

    Attributes:
        sent: By number.
        waiting: In their order.
    """

    def __init__(self) -> None:
        self.sent: dict[int, Future] = {}
        self.waiting: deque[Future] = deque()
        self._number = 0

    def new(self, method: str, params: dict[str, Any], seconds: float | None = None) -> Future:
        """A request with a number of its own, which is given up after some seconds."""
        self._number += 1
        future = Future(self._number, method, params)
        future.deadline = None if seconds is None else time.monotonic() + seconds
        return future

    def of(self, message: dict[str, Any]) -> Future | None:
        """The request that a message belongs to, if it is still waited for."""
        number = message.get("id")
        return self.sent.get(number) if isinstance(number, int) else None

    def clear(self) -> list[Future]:
        """Forget all; returns them."""
        found = [*self.sent.values(), *self.waiting]
        self.sent.clear()
        self.waiting.clear()
        return found

    def after_crash(self) -> tuple[list[Future], list[Future]]:
        """What was sent and not answered: what is asked once more, and what is lost."""
        sent = list(self.sent.values())
        self.sent.clear()
        again = [f for f in sent if METHODS[f.method].repeat and not (f.again or f.inner)]
        for future in reversed(again):
            future.again = True
            self.waiting.appendleft(future)
        return again, [future for future in sent if future not in again]

    def overdue(self) -> list[Future]:
        """Forget what nobody waits for any longer; returns it."""
        now = time.monotonic()
        late = [
            future
            for future in (*self.sent.values(), *self.waiting)
            if future.deadline is not None and now >= future.deadline
        ]
        for future in late:
            if self.sent.pop(future.id, None) is None:
                self.waiting.remove(future)
        return late


class Link:
    """Lines to an engine and messages from it, over a pair of streams; no call waits.

    Attributes:
        inbox: Messages, errors of bad lines, and None when there will be no more.
        code: A process's exit code, when it has ended.
    """

    def __init__(self) -> None:
        self.inbox: queue.Queue[Any] = queue.Queue()
        self.code: int | None = None
        self._outbox: queue.Queue[bytes | None] = queue.Queue()

    def run(self, source: IO[bytes], sink: IO[bytes]) -> None:
        """Begin to read and write."""
        for target, stream in ((self._read, source), (self._write, sink)):
            threading.Thread(target=target, args=(stream,), name="roto link", daemon=True).start()

    def send(self, line: bytes) -> None:
        """Have a line written."""
        self._outbox.put(line)

    def hang_up(self) -> None:
        """Say nothing more: what was sent goes out, then the stream ends."""
        self._outbox.put(None)

    def _read(self, stream: IO[bytes]) -> None:
        while True:
            try:
                message = read_message(stream)
            except ProtocolError as error:
                self.inbox.put(error)
                continue
            except (OSError, ValueError):
                message = None
            if message is None:
                with contextlib.suppress(OSError, ValueError):
                    stream.close()
                self.settle()
            self.inbox.put(message)
            if message is None:
                return

    def _write(self, stream: IO[bytes]) -> None:
        try:
            while True:
                line = self._outbox.get()
                if line is None:
                    break
                stream.write(line)
                stream.flush()
        except (OSError, ValueError):
            pass  # the reader hears of the end
        finally:
            with contextlib.suppress(OSError, ValueError):
                self._end(stream)

    def _end(self, stream: IO[bytes]) -> None:
        stream.close()

    def settle(self) -> None:
        """The other side has hung up: see why, before anybody hears of it."""

    def kill(self) -> None:
        """End it at once."""

    def join(self, seconds: float) -> bool:
        """Wait for its end; whether it came in time."""
        return True


class Process(Link):
    """An engine that was started here."""

    def __init__(self, command: list[str], environment: dict[str, str], log: deque[str]) -> None:
        super().__init__()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=os.path.expanduser("~"),
            creationflags=_NO_WINDOW,
        )
        self._log = log
        self._logger = threading.Thread(target=self._keep_log, name="roto log", daemon=True)
        self._logger.start()
        assert self._process.stdout is not None
        assert self._process.stdin is not None
        self.run(self._process.stdout, self._process.stdin)

    def kill(self) -> None:
        self._process.kill()
        # Whoever it started may hold its pipes open: do not wait for their end for long.
        ended = threading.Timer(_PIPE_SECONDS, self.inbox.put, (None,))
        ended.daemon = True
        ended.start()

    def settle(self) -> None:
        self.join(_PIPE_SECONDS)
        self._logger.join(_PIPE_SECONDS)

    def join(self, seconds: float) -> bool:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.code = self._process.wait(seconds)
        return self.code is not None

    def _keep_log(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as stream:
            for line in stream:
                self._log.append(line.decode("utf-8", "replace").rstrip())


class Socket(Link):
    """A socket to an engine that somebody else started."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=5.0)
        self._socket.settimeout(None)
        self.run(self._socket.makefile("rb"), self._socket.makefile("wb"))

    def _end(self, stream: IO[bytes]) -> None:
        stream.close()
        self._socket.shutdown(socket.SHUT_WR)

    def kill(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def join(self, seconds: float) -> bool:
        self._socket.close()
        return True


def see_off(link: Link) -> None:
    """Wait for an engine that was told to end, and kill it if it does not."""
    if not link.join(GRACE_SECONDS):
        link.kill()
        link.join(GRACE_SECONDS)
