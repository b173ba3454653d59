"""Finds what tools ask for, and lets them hear it while they are at work."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from roto.errors import RotoError
from roto_gui.asking import Asker

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from roto_gui.tools.base import Layer, Question, Tool


class AtWork(NamedTuple):
    """A tool and the layer that it changes."""

    tool: Tool
    layer: Layer


class Answers(QObject):
    """One question at a time: the next is asked when the one before is answered.

    Args:
        at_work: What hears an answer at the moment when it is there; None: nobody.
        parent: Owner.
    """

    shown = Signal(object)
    """A tool has shown an answer in this box of its layer; None: it changed nothing."""
    refused = Signal(str)
    """Why something cannot be found, in one sentence."""

    def __init__(self, at_work: Callable[[], AtWork | None], parent: QObject) -> None:
        super().__init__(parent)
        self._at_work = at_work
        self._asker = Asker(self)
        self._asker.answered.connect(self._take)

    @property
    def due(self) -> bool:
        """Whether something that was asked for is still being found."""
        return self._asker.busy

    def ask(self) -> None:
        """Begin with what the tool at work asks for, if it does and nothing else is found."""
        now = self._at_work()
        if now is not None and not self._asker.busy:
            question = now.tool.question(now.layer)
            if question is not None:
                self._asker.ask(question)

    def wait(self) -> None:
        """Until all that the tool asks for is found: a tenth of a second for a stroke."""
        while True:
            taken = self._asker.take(wait=True)
            if taken is not None:
                self._hear(*taken)
            self.ask()
            if not self._asker.busy:
                return

    def close(self) -> None:
        """End the thread."""
        self._asker.close()

    def _take(self) -> None:
        taken = self._asker.take()
        if taken is not None:  # else it was waited for
            self._hear(*taken)
            self.ask()

    def _hear(self, question: Question, answer: Future[object]) -> None:
        """Show an answer; the tool knows whether it is still wanted."""
        now = self._at_work()
        if now is None:
            return
        try:
            found = answer.result()
        except RotoError as error:
            self.refused.emit(str(error))
            found = None
        self.shown.emit(now.tool.answer(now.layer, question, found))
