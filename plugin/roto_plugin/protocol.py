"""How a host and the engine process talk: one JSON object per line, UTF-8; what can go wrong.

What they say is in ``messages.py``. The standard library only, and Python 3.9: a host's add-on
carries copies of both beside ``client.py``.
"""

from __future__ import annotations

import json
from typing import IO, Any

from .messages import EVENTS, METHODS, REQUEST, Method, Schema

__all__ = [
    "ERRORS",
    "EVENTS",
    "FIRST_LINE",
    "MAX_LINE",
    "METHODS",
    "PROTOCOL",
    "REQUEST",
    "Message",
    "Method",
    "ProtocolError",
    "Schema",
    "parse",
    "read_message",
    "write_message",
]

PROTOCOL = 1
"""Version. It grows when a message changes in a way that the other side must know.

A new event is no such change: clients ignore those that they do not know.
"""

MAX_LINE = 1024 * 1024
"""Bytes of a message, with its line end, at most. Pixels travel as files."""

FIRST_LINE = 16 * 1024
"""Bytes of a socket's first message, which shows the token, at most."""

Message = dict[str, Any]


class ProtocolError(Exception):
    """A request that failed: ``kind``, and ``message``, one sentence on what to do.

    Kinds are those of :data:`ERRORS` and ``client.ERRORS``, and the classes of ``roto.errors``.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind, self.message = kind, message


ERRORS = {
    "ParseError": "the line is no JSON object in UTF-8",
    "TooLongError": "the message is longer than a message may be",
    "RequestError": "a request without an id or a method, or an id that is still being answered",
    "MethodError": "there is no such method",
    "ParamsError": "the parameters do not fit the method's schema",
    "VersionError": "host and engine speak different versions of the protocol",
    "TokenError": "a socket whose first message is no hello with the right token",
    "StateError": "no project is open, or another one is",
    "BusyError": "a long job is under way; cancel it, or wait for it",
    "PathError": "a path that is not absolute, or outside the folders that were opened",
    "AppError": "the desktop app did not start",
    "InternalError": "a fault of roto; the details are in the engine's log",
}
"""Kinds of errors beside those of ``roto.errors``, whose class names are kinds as well."""


def write_message(message: Message) -> bytes:
    """A message as a line.

    Raises:
        ProtocolError: it is too long.
    """
    # ASCII is UTF-8, and holds half a surrogate pair too, which some file names are.
    line = json.dumps(message, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"
    if len(line) > MAX_LINE:
        raise ProtocolError(
            "TooLongError", f"A message of {len(line)} bytes is too long; {MAX_LINE} are the most."
        )
    return line


def read_message(stream: IO[bytes], limit: int = MAX_LINE) -> Message | None:
    """The next message; None at the end of the stream. After an error the next can be read.

    Raises:
        ProtocolError: the line, which is skipped, is too long or no JSON object.
        OSError, ValueError: the stream is broken or was closed.
    """
    while True:
        line = stream.readline(limit + 1)
        if not line:
            return None
        if len(line) > limit:
            while line and not line.endswith(b"\n"):
                line = stream.readline(limit)
            raise ProtocolError("TooLongError", f"A message has at most {limit} bytes.")
        if line.strip():
            return parse(line)


def parse(line: bytes) -> Message:
    """The message in a line.

    Raises:
        ProtocolError: it is no JSON object in UTF-8.
    """
    try:
        message = json.loads(line.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise ProtocolError("ParseError", "The line is no JSON object in UTF-8.")
    return message


def _refuse(constant: str) -> Any:
    raise ValueError(constant)  # JSON knows no NaN and no infinity
