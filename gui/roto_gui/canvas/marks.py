"""What the canvas draws above the picture: guides, cursors, the pixel grid, a line of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QMarginsF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QRegion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFontMetrics

    from roto_gui.canvas.viewport import Viewport
    from roto_gui.tools.base import Guide

GRID_FROM = 16.0
"""Scale above which single pixels are ruled."""
LEAST_RING = 3.0
"""A ring of a smaller radius on the screen is drawn as a cross."""

_DARK = QColor(0, 0, 0, 200)
_LIGHT = QColor(255, 255, 255)
_NEGATIVE = QColor(255, 120, 100)
_GRID = QColor(128, 128, 128, 96)
_BORDER = QColor(72, 72, 72)
_PANEL = QColor(20, 20, 20, 215)
_TEXT = QColor(0xD0, 0xD0, 0xD0)
_CROSS = (3.0, 9.0)  # arms of the cross: from, to
_REACH = 12  # so far around its points or its circle may a mark be drawn
_ALIASING = QPainter.RenderHint.Antialiasing
_FLAGS = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap


def draw_border(painter: QPainter, viewport: Viewport) -> None:
    """A thin line around the picture: a black plate ends somewhere, too."""
    left, top = viewport.to_screen(0, 0)
    right, bottom = viewport.to_screen(*viewport.picture)
    painter.setPen(_pen(_BORDER, 0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    one = 1 / viewport.ratio
    painter.drawRect(QRectF(left - one, top - one, right - left + one, bottom - top + one))


def draw_grid(painter: QPainter, viewport: Viewport, exposed: QRect) -> None:
    """Lines between plate pixels in the part of the widget that is drawn."""
    if viewport.scale < GRID_FROM:
        return
    left, top, right, bottom = viewport.visible()
    x0, y0 = viewport.to_screen(left, top)
    x1, y1 = viewport.to_screen(right, bottom)
    lines = []
    for column in range(left, right + 1):
        x, _ = viewport.to_screen(column, 0)
        if exposed.left() - 1 <= x <= exposed.right() + 2:
            lines.append(QLineF(x, y0, x, y1))
    for row in range(top, bottom + 1):
        _, y = viewport.to_screen(0, row)
        if exposed.top() - 1 <= y <= exposed.bottom() + 2:
            lines.append(QLineF(x0, y, x1, y))
    painter.setPen(_pen(_GRID, 0))
    painter.drawLines(lines)


def draw_wipe(painter: QPainter, viewport: Viewport, column: int) -> None:
    """The line between the plate and the view."""
    x, top = viewport.to_screen(column, 0)
    _, bottom = viewport.to_screen(0, viewport.picture[1])
    for pen in (_pen(_DARK, 3), _pen(_LIGHT, 1)):
        painter.setPen(pen)
        painter.drawLine(QLineF(x, top, x, bottom))


def draw_guides(painter: QPainter, viewport: Viewport, guides: Sequence[Guide]) -> None:
    """Dashed lines that are seen on light and on dark; those of "not the object" are reddish."""
    painter.setRenderHint(_ALIASING, True)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for guide in guides:
        line = _polygon(viewport, guide)
        colour = _NEGATIVE if guide.negative else _LIGHT
        dashes = _pen(colour, 1.5)
        dashes.setDashPattern([4, 3])
        for pen in (_pen(_DARK, 3), dashes):
            painter.setPen(pen)
            painter.drawPolyline(line)
        if len(guide.points) > 0:
            _draw_knot(painter, line.first(), colour)
    painter.setRenderHint(_ALIASING, False)


def guides_area(viewport: Viewport, guides: Sequence[Guide]) -> QRect:
    """The part of the widget that guides are in."""
    area = QRectF()
    for guide in guides:
        area |= _polygon(viewport, guide).boundingRect().marginsAdded(_margins(1))
    return area.marginsAdded(_margins(_REACH)).toAlignedRect() if guides else QRect()


def draw_cursor(painter: QPainter, viewport: Viewport, at: QPointF, radius: float | None) -> None:
    """A ring of a radius in plate pixels; a cross if it is None or too small to be seen."""
    painter.setRenderHint(_ALIASING, True)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    across, down = _radii(viewport, radius)
    for pen in (_pen(_DARK, 3), _pen(_LIGHT, 1.2)):
        painter.setPen(pen)
        if radius is not None and down >= LEAST_RING:
            painter.drawEllipse(at, across, down)
            painter.drawLine(QLineF(at.x() - 1, at.y(), at.x() + 1, at.y()))
        else:
            painter.drawLines(_cross(at))
    painter.setRenderHint(_ALIASING, False)


def cursor_area(viewport: Viewport, at: QPointF | None, radius: float | None) -> QRegion:
    """The part of the widget that it is in: the inside of a large ring is left out."""
    if at is None:
        return QRegion()
    across, down = _radii(viewport, radius)
    wide, high = max(across, _REACH) + 3, max(down, _REACH) + 3
    whole = QRectF(at.x() - wide, at.y() - high, 2 * wide, 2 * high).toAlignedRect()
    region = QRegion(whole)
    if min(across, down) > 8 * _REACH:
        wide, high = 0.7 * across - 3, 0.7 * down - 3  # a rectangle inside the ellipse
        inner = QRectF(at.x() - wide, at.y() - high, 2 * wide, 2 * high).toRect()
        dot = QRect(round(at.x()) - _REACH, round(at.y()) - _REACH, 2 * _REACH, 2 * _REACH)
        region = region.subtracted(QRegion(inner)).united(QRegion(dot))
    return region


def draw_message(painter: QPainter, area: QRect, text: str) -> None:
    """A text on a dark panel; ``area`` as ``message_area`` gives it."""
    painter.setRenderHint(_ALIASING, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_PANEL)
    painter.drawRoundedRect(area, 6, 6)
    painter.setRenderHint(_ALIASING, False)
    painter.setPen(_TEXT)
    painter.drawText(area.adjusted(12, 6, -12, -6), _FLAGS, text)


def message_area(metrics: QFontMetrics, window: QRect, text: str, low: bool) -> QRect:
    """Where a text goes: low in the window, or in its middle; nowhere if there is none."""
    if not text:
        return QRect()
    widest = window.adjusted(0, 0, -min(80, window.width() // 4), 0)
    area = metrics.boundingRect(widest, int(_FLAGS), text).adjusted(-12, -6, 12, 6)
    area.moveCenter(window.center())
    if low:
        area.moveBottom(window.bottom() - 14)
    return area


def _pen(colour: QColor, width: float) -> QPen:
    """A width in logical units; 0 is one display pixel."""
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def _margins(size: float) -> QMarginsF:
    return QMarginsF(size, size, size, size)


def _polygon(viewport: Viewport, guide: Guide) -> QPolygonF:
    points = [QPointF(*viewport.to_screen(x, y)) for x, y in guide.points]
    if guide.closed and points:
        points.append(points[0])
    return QPolygonF(points)


def _draw_knot(painter: QPainter, at: QPointF, colour: QColor) -> None:
    """A small square where a line begins: clicking there closes a polygon."""
    square = QRectF(at.x() - 3, at.y() - 3, 6, 6)
    painter.fillRect(square, _DARK)
    painter.fillRect(square.marginsRemoved(_margins(1)), colour)


def _radii(viewport: Viewport, radius: float | None) -> tuple[float, float]:
    across, down = viewport.step
    return (0.0, 0.0) if radius is None else (radius * across, radius * down)


def _cross(at: QPointF) -> list[QLineF]:
    near, far = _CROSS
    x, y = at.x(), at.y()
    return [
        QLineF(x - far, y, x - near, y),
        QLineF(x + near, y, x + far, y),
        QLineF(x, y - far, x, y - near),
        QLineF(x, y + near, x, y + far),
    ]
