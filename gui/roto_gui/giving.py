"""From a tool's layer to the document: which object and frame a finished mask belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from roto_gui.copies import Copies

if TYPE_CHECKING:
    from roto_gui.document.document import Document
    from roto_gui.stage import Stage
    from roto_gui.tools.base import Alpha


class Place(NamedTuple):
    """Where an edit belongs, whatever is shown by the time it is finished.

    Attributes:
        frame: Its frame.
        of: Id of its object; None: the object that the edit makes.
        token: Stands for that object until it has an id.
    """

    frame: int
    of: int | None
    token: object


class Giver(QObject):
    """Gives finished masks to the document.

    Args:
        document: Gets them.
        stage: Knows what is shown.
        parent: Owner.
    """

    given = Signal(int)
    """A mask at this frame is on its way."""

    def __init__(self, document: Document, stage: Stage, parent: QObject) -> None:
        super().__init__(parent)
        self.document, self.stage = document, stage
        self._copies = Copies()
        self._token = object()  # of the object that the next stroke makes
        stage.active_changed.connect(self._renew)
        document.opened.connect(self._prepare)
        document.closed.connect(self._copies.forget)

    def here(self) -> Place:
        """Where an edit belongs that begins now."""
        return Place(self.stage.frame, self.stage.active, self._token)

    def prepare(self, size: tuple[int, int]) -> None:
        """A mask of this size, (H, W), is going to be given."""
        self._copies.prepare(size)

    def give(self, alpha: Alpha, place: Place) -> None:
        """Give a mask as it is now, (H, W) float32; it may change as soon as this returns."""
        mask = self._copies.take(alpha)
        self.stage.remember_before()
        if place.of is None:
            self.document.paint_new(place.frame, mask, place.token)
        else:
            self.document.paint(place.frame, place.of, mask)
        self.given.emit(place.frame)

    def _renew(self, _: object) -> None:
        self._token = object()

    def _prepare(self) -> None:
        """Fresh memory takes the system longest: have it before the first stroke ends."""
        snapshot = self.document.snapshot
        if snapshot is not None:
            self.prepare((snapshot.clip.height, snapshot.clip.width))
