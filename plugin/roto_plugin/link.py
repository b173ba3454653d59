"""Lines to an engine, which is a process or a socket; nobody who sends or takes one ever waits.

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
from typing import IO, TYPE_CHECKING, Any

from .protocol import ProtocolError, read_message

if TYPE_CHECKING:
    from collections import deque

GRACE_SECONDS = 10.0
"""For the frame at work, when the engine is to end."""

_PIPE_SECONDS = 1.0
_CONNECT_SECONDS = 5.0
_NO_WINDOW = 0x08000000 if sys.platform == "win32" else 0  # of a console


class Link:
    """Lines to an engine and messages from it, over a pair of streams; no call waits.

    What is at the other end is the business of :class:`Process` and :class:`Socket`.

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
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        threading.Thread(target=self._connect, args=(port,), name="roto link", daemon=True).start()

    def _connect(self, port: int) -> None:
        """Not in the host's thread: an engine that hangs lets its clients wait at the door."""
        try:
            self._socket.settimeout(_CONNECT_SECONDS)
            self._socket.connect(("127.0.0.1", port))
            self._socket.settimeout(None)
            source, sink = self._socket.makefile("rb"), self._socket.makefile("wb")
        except (OSError, ValueError, TypeError, OverflowError):  # the file may name any port
            self._socket.close()
            self.inbox.put(None)
            return
        self.run(source, sink)

    def _end(self, stream: IO[bytes]) -> None:
        stream.close()
        self._socket.shutdown(socket.SHUT_WR)

    def kill(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def join(self, seconds: float) -> bool:
        self._socket.close()
        return True


def see_off(link: Link) -> threading.Thread:
    """Have somebody wait for an engine that was told to end, and kill it if it does not."""
    thread = threading.Thread(target=_see_off, args=(link,), name="roto end", daemon=True)
    thread.start()
    return thread


def _see_off(link: Link) -> None:
    if not link.join(GRACE_SECONDS):
        link.kill()
        link.join(GRACE_SECONDS)
