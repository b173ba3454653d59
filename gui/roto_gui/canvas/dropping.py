"""Files that are dropped on the picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from roto_gui.canvas.surface import Surface

if TYPE_CHECKING:
    from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
    from PySide6.QtWidgets import QWidget

_DROP_LINE = QColor(0x6A, 0x9F, 0xC8)


class DropSurface(Surface):
    """A picture that takes local files, and shows that it would while they are held over it."""

    dropped = Signal(list)
    """Files that were dropped, as ``Path``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._dropping = False

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """As Qt asks."""
        if _files(event):
            event.acceptProposedAction()
            self._mark_drop(True)
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        """As Qt asks."""
        super().dragLeaveEvent(event)
        self._mark_drop(False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """As Qt asks."""
        self._mark_drop(False)
        files = _files(event)
        if files:
            event.acceptProposedAction()
            self.dropped.emit(files)

    def _mark_drop(self, dropping: bool) -> None:
        self._dropping = dropping
        self.update()

    def _paint_above(self, painter: QPainter) -> None:
        if self._dropping:
            painter.setPen(QPen(_DROP_LINE, 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))


def _files(event: QDropEvent) -> list[Path]:
    """Local files that are being dragged."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
