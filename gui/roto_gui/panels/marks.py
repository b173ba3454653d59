"""Small marks that lists draw: eye, padlock, keyframe diamond. Lines in the text's colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

if TYPE_CHECKING:
    from roto_gui.state import Colour

_LINE = 1.4  # logical pixels


def draw_eye(painter: QPainter, box: QRectF, colour: QColor, *, opened: bool) -> None:
    """An eye, or a closed lid."""
    middle = box.center()
    half, lid = box.width() / 2, box.height() * 0.42
    painter.setPen(_pen(colour))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    path = QPainterPath(QPointF(middle.x() - half, middle.y()))
    path.quadTo(QPointF(middle.x(), middle.y() + 2 * lid), QPointF(middle.x() + half, middle.y()))
    if opened:
        path.quadTo(
            QPointF(middle.x(), middle.y() - 2 * lid), QPointF(middle.x() - half, middle.y())
        )
    painter.drawPath(path)
    if opened:
        painter.setBrush(colour)
        painter.drawEllipse(middle, half * 0.26, half * 0.26)


def draw_lock(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """A closed padlock."""
    body = QRectF(box.left(), box.center().y() - 1, box.width(), box.height() / 2 + 1)
    painter.setPen(_pen(colour))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    shackle = QRectF(0, 0, box.width() * 0.6, box.height() * 0.8)
    shackle.moveCenter(QPointF(box.center().x(), body.top()))
    painter.drawArc(shackle, 0, 180 * 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(body, 1.5, 1.5)


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


def draw_solo(painter: QPainter, box: QRectF, colour: QColor, *, on: bool) -> None:
    """The letter S in a ring; filled when it is on."""
    painter.setPen(_pen(colour))
    painter.setBrush(colour if on else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(box)
    font = painter.font()
    font.setPixelSize(max(7, round(box.height() * 0.68)))
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(on_top_of(colour) if on else colour)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "S")


def on_top_of(colour: QColor) -> QColor:
    """Black or white, whichever reads better on a colour."""
    light = 0.299 * colour.red() + 0.587 * colour.green() + 0.114 * colour.blue()
    return QColor(20, 20, 20) if light > 140 else QColor(255, 255, 255)


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """``share`` of the first colour, the rest of the second."""
    pairs = zip(first.getRgb()[:3], second.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(share * a + (1 - share) * b) for a, b in pairs))


def _pen(colour: QColor) -> QPen:
    return QPen(
        colour, _LINE, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    )


def swatch(colour: Colour) -> QIcon:
    """A square of one colour, for buttons."""
    picture = QPixmap(32, 32)
    picture.fill(QColor(*colour))
    return QIcon(picture)
