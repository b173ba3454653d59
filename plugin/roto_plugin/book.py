"""A client's requests: which wait to be sent, which wait for an answer, and what a crash leaves.

The standard library only, and Python 3.9: see ``client.py``.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

from .protocol import METHODS, ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable


class Future:
    """One request, and its answer when it has come.

    Attributes:
        id: Its number.
        method: What was asked.
        params: With what.
        done: Whether there is an answer or an error.
        error: What went wrong; None where nothing did.
        progress: Parameters of its newest ``progress`` event; None before the first.
        notes: Texts of its ``note`` events.
    """

    def __init__(self, number: int, method: str, params: dict[str, Any]) -> None:
        self.id, self.method, self.params = number, method, params
        self.done = False
        self.error: ProtocolError | None = None
        self.progress: dict[str, Any] | None = None
        self.notes: list[str] = []
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
