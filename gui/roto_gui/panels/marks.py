"""Small marks that lists draw, and colours for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QPolygonF

if TYPE_CHECKING:
    from roto_gui.state import Colour


def draw_diamond(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """A keyframe."""
    middle = box.center()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    corners = [
        QPointF(middle.x(), box.top()),
        QPointF(box.right(), middle.y()),
        QPointF(middle.x(), box.bottom()),
        QPointF(box.left(), middle.y()),
    ]
    painter.drawPolygon(QPolygonF(corners))


def on_top_of(colour: QColor) -> QColor:
    """Black or white, whichever reads better on a colour."""
    light = 0.299 * colour.red() + 0.587 * colour.green() + 0.114 * colour.blue()
    return QColor(20, 20, 20) if light > 140 else QColor(255, 255, 255)


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """``share`` of the first colour, the rest of the second."""
    pairs = zip(first.getRgb()[:3], second.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(share * a + (1 - share) * b) for a, b in pairs))


def swatch(colour: Colour) -> QIcon:
    """A square of one colour, for buttons."""
    picture = QPixmap(32, 32)
    picture.fill(QColor(*colour))
    return QIcon(picture)
