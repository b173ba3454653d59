"""Answers that take longer than the window may wait: one question at a time, in another thread."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from roto_gui.tools.base import Question

    Taken = tuple[Question, Future[object]]


class Asker(QObject):
    """Finds answers behind the window's back. All methods belong to the window's thread."""

    answered = Signal()
    """There is something to take, unless it was waited for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool: ThreadPoolExecutor | None = None
        self._asked: Taken | None = None

    @property
    def busy(self) -> bool:
        """Whether there is a question whose answer was not taken."""
        return self._asked is not None

    def ask(self, question: Question) -> None:
        """Begin to find an answer.

        Raises:
            RuntimeError: the answer before was not taken.
        """
        if self._asked is not None:
            raise RuntimeError("one question at a time")
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, "roto answers")
        future: Future[object] = self._pool.submit(question.find)
        self._asked = question, future
        future.add_done_callback(lambda _: self._tell())

    def take(self, *, wait: bool = False) -> Taken | None:
        """A question with its answer, once; None: there is none, or (without ``wait``) none yet."""
        taken = self._asked
        if taken is None or not (wait or taken[1].done()):
            return None
        self._asked = None
        taken[1].exception()  # waits
        return taken

    def close(self) -> None:
        """End the thread; what is being found is waited for and forgotten."""
        if self._pool is not None:
            self._pool.shutdown()
        self._pool = self._asked = None

    def _tell(self) -> None:
        try:
            self.answered.emit()
        except RuntimeError:  # the window has gone meanwhile, and with it whoever asked
            return
