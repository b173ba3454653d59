"""One client, as the engine sees it: lines in, lines out."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from roto.errors import RotoError
from roto_plugin.protocol import MAX_LINE, ProtocolError, read_message, write_message

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto_plugin.protocol import Message

log = logging.getLogger(__name__)


class Channel:
    """Reads requests and writes answers and events; any thread may write.

    Args:
        source: Where lines come from.
        sink: Where lines go to.
        end: Closes what is below both.

    Attributes:
        name: What the client calls itself; "" before its hello.
        greeted: Called when it has said hello.
    """

    def __init__(self, source: IO[bytes], sink: IO[bytes], end: Callable[[], None]) -> None:
        self.name = ""
        self.greeted: Callable[[], None] = lambda: None
        self._source, self._sink, self._end = source, sink, end
        self._lock = threading.Lock()
        self._open: set[int] = set()  # requests that are still to be answered

    def read(self, limit: int = MAX_LINE) -> Message | None:
        """The next message; None when there will be no more.

        Raises:
            ProtocolError: a bad line, which was skipped.
        """
        try:
            return read_message(self._source, limit)
        except (OSError, ValueError):
            return None

    def begin(self, number: int) -> None:
        """A request has come.

        Raises:
            ProtocolError: one with this id has not been answered yet.
        """
        with self._lock:
            if number in self._open:
                raise ProtocolError("RequestError", f"Request {number} is not answered yet.")
            self._open.add(number)

    def answer(self, number: int, result: Message) -> None:
        """Answer a request."""
        try:
            self._write({"id": number, "result": result}, number)
        except ProtocolError as error:  # too long
            self.refuse(number, error)

    def refuse(self, number: int | None, error: Exception) -> None:
        """Answer a request, or a line that is none, with an error."""
        told = describe(error)
        self._write({"id": number, "error": {"kind": told.kind, "message": told.message}}, number)

    def tell(self, event: str, params: Message, number: int | None = None) -> None:
        """Send an event."""
        message: Message = {"event": event, "params": params}
        if number is not None:
            message["id"] = number
        self._write(message)

    def close(self) -> None:
        """Hang up."""
        with suppress(OSError, ValueError):
            self._end()

    def _write(self, message: Message, answered: int | None = None) -> None:
        line = write_message(message)
        with self._lock:
            if answered is not None:
                self._open.discard(answered)
            try:
                self._sink.write(line)
                self._sink.flush()
            except (OSError, ValueError):  # gone, or it does not read: the reader finds out
                self.close()


def describe(error: Exception) -> ProtocolError:
    """An error in the protocol's words; what nobody expected goes to the log as well."""
    if isinstance(error, ProtocolError):
        return error
    if isinstance(error, RotoError):
        return ProtocolError(type(error).__name__, str(error)[:2000])
    log.error("Something went wrong inside roto", exc_info=error)
    text = f"Something went wrong inside roto: {type(error).__name__}. What is done is kept; the "
    return ProtocolError("InternalError", text + "details are in the engine's log.")
