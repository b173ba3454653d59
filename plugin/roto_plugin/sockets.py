"""Clients beside the host: a loopback socket, and the file that lets them in."""

from __future__ import annotations

import json
import os
import secrets
import socket
import struct
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from roto_plugin.channel import Channel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_FIRST_SECONDS = 10.0  # for a hello
_WRITE_SECONDS = 30  # until a client that does not read is given up
_MOST = 16  # clients


class Listener:
    """Lets clients in that know the token.

    Args:
        port: Of 127.0.0.1; 0 for a free one.
        token_file: Is written, for this user only: ``{"port": ..., "token": ...}``.
        serve: Called in a thread per client with its channel and the token; returns when the
            client has gone.
    """

    def __init__(self, port: int, token_file: Path, serve: Callable[..., None]) -> None:
        self._serve, self._file = serve, token_file
        self._token = secrets.token_urlsafe(32)
        self._seats = threading.Semaphore(_MOST)
        self._socket = socket.create_server(("127.0.0.1", port))
        self._write_file()
        threading.Thread(target=self._accept, name="roto listener", daemon=True).start()

    def close(self) -> None:
        """Let nobody in any more."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes who waits for clients
        with suppress(OSError):
            self._socket.close()
        with suppress(OSError):
            self._file.unlink()

    def _write_file(self) -> None:
        known = {"port": self._socket.getsockname()[1], "token": self._token}
        part = self._file.with_name(f"{self._file.name}.{os.getpid()}.part")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(part, flags, 0o600), "w", encoding="ascii") as file:
            json.dump(known, file)
        part.replace(self._file)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(
                target=self._let_in, args=(connection,), name="roto client", daemon=True
            ).start()

    def _let_in(self, connection: socket.socket) -> None:
        with connection:
            if not self._seats.acquire(blocking=False):
                return
            try:
                connection.settimeout(_FIRST_SECONDS)
                source, sink = connection.makefile("rb"), connection.makefile("wb")
                channel = Channel(source, sink, lambda: connection.shutdown(socket.SHUT_RDWR))
                channel.greeted = lambda: _unhurried(connection)
                self._serve(channel, token=self._token)
                for file in (source, sink):
                    with suppress(OSError):
                        file.close()
            finally:
                self._seats.release()


def _unhurried(connection: socket.socket) -> None:
    """Let a client be silent for as long as it likes, but not keep others from being told."""
    connection.settimeout(None)
    if os.name == "posix":
        patience = struct.pack("ll", _WRITE_SECONDS, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, patience)
