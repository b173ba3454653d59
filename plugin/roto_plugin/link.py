"""Lines to an engine and messages from it: a process started here, or a socket to one.

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


class Link:
    """Lines to an engine and messages from it, over a pair of streams; no call waits.

    Attributes:
        inbox: Messages, errors of bad lines, and None when there will be no more.
    """

    def __init__(self) -> None:
        self.inbox: queue.Queue[Any] = queue.Queue()
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

    def kill(self) -> None:
        """End it at once."""

    def join(self, seconds: float) -> int | None:
        """Wait for its end; its exit code, or None where it has not ended in time."""
        return 0


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

    def join(self, seconds: float) -> int | None:
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        self._logger.join(1.0)
        return code

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

    def join(self, seconds: float) -> int | None:
        self._socket.close()
        return 0


def see_off(link: Link) -> None:
    """Wait for an engine that was told to end, and kill it if it does not."""
    if link.join(GRACE_SECONDS) is None:
        link.kill()
        link.join(GRACE_SECONDS)
