"""Draws the lanes: states, confidence, keyframes and names. Values in, pixels out."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from roto_gui.timeline import colours
from roto_gui.timeline.colours import faded, lively, mixed
from roto_gui.timeline.spans import stretches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from roto_gui.state import ObjectState
    from roto_gui.timeline.geometry import Axis, Rect
    from roto_gui.timeline.spans import Lane, Span

_HATCH = 6.0  # pixels between two lines of a pattern
_LEAST_PATTERN = 3.0  # width of a span below which a pattern cannot be told from a tone
_LOCK = 26.0  # width of a span that has room for a padlock
_DIAMOND = 6.0  # half the height of a keyframe
_PIECE = 40  # points; Qt takes much longer for one long jagged line than for its parts
_PARTLY = 3.0  # pixels; thickness of the line above what is locked in part
_LEAST_APART = 2.0  # pixels; of keyframes that are nearer to each other only one is drawn


def draw_lane(painter: QPainter, rect: Rect, axis: Axis, lane: Lane, *, active: bool) -> None:
    """Draw the states, the confidence and the keyframes of one object."""
    colour = lively(lane.of.colour)
    ground = colours.ACTIVE_LANE if active else colours.LANE
    band = QRectF(rect.x, rect.y, axis.x(axis.last + 1) - rect.x, rect.height)
    painter.save()
    painter.setClipRect(QRectF(rect.x, rect.y, axis.width, rect.height))
    for span in lane.spans(axis):
        left, right = max(span.left, rect.x), min(span.right, rect.x + axis.width)
        area = QRectF(left, rect.y, right - left, rect.height)
        _DRAWN[span.state](painter, area, colour, ground)
        _cut(painter, span, area)
    _draw_partly(painter, rect, axis, lane.of.partly)
    _draw_curve(painter, band, axis, lane, colour)
    painter.restore()
    painter.save()
    painter.setClipRect(QRectF(rect.x - _DIAMOND, rect.y, axis.width + 2 * _DIAMOND, rect.height))
    _draw_diamonds(painter, rect, axis, lane.keyframes, colour, active=active)
    painter.restore()


def draw_label(painter: QPainter, rect: Rect, of: ObjectState, *, active: bool) -> None:
    """Draw the name of an object, its colour, and whether it is shown."""
    painter.fillRect(QRectF(*rect), colours.ACTIVE_LANE if active else colours.HEAD)
    colour = lively(of.colour)
    if active:
        painter.fillRect(QRectF(rect.x, rect.y, 3, rect.height), colour)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    chip = QRectF(rect.x + 11, rect.y + rect.height / 2 - 5, 10, 10)
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(colour if of.visible else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(chip, 2.5, 2.5)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    ink = colours.BRIGHT if active else colours.TEXT
    painter.setPen(ink if of.visible else colours.FAINT)
    room = QRectF(rect.x + 29, rect.y, rect.width - 35, rect.height)
    name = painter.fontMetrics().elidedText(of.name, Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)


def diamond(x: float, y: float, half: float) -> QPolygonF:
    """A keyframe's sign around a point."""
    return QPolygonF(
        [QPointF(x, y - half), QPointF(x + half, y), QPointF(x, y + half), QPointF(x - half, y)]
    )


def padlock(x: float, y: float, size: float) -> QPainterPath:
    """A padlock around a point: a body, and a bow to be stroked with it."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(x - size / 2, y - size * 0.1, size, size * 0.65), 1, 1)
    bow = QRectF(x - size * 0.28, y - size * 0.55, size * 0.56, size * 0.8)
    path.arcMoveTo(bow, 0)
    path.arcTo(bow, 0, 180)
    return path


def _draw_fresh(painter: QPainter, area: QRectF, colour: QColor, ground: QColor) -> None:
    painter.fillRect(area, mixed(colour, ground, 0.5))


def _draw_keyframe(painter: QPainter, area: QRectF, colour: QColor, ground: QColor) -> None:
    painter.fillRect(area, mixed(colour, ground, 0.72))


def _draw_stale(painter: QPainter, area: QRectF, colour: QColor, ground: QColor) -> None:
    painter.fillRect(area, mixed(colour, ground, 0.14))
    _stroke(painter, mixed(colour, ground, 0.62), list(_diagonals(area)))


def _draw_open(painter: QPainter, area: QRectF, colour: QColor, ground: QColor) -> None:
    painter.fillRect(area, mixed(colour, ground, 0.1))
    if area.width() < _LEAST_PATTERN:
        return
    pen = QPen(colour, 1.0)
    pen.setDashPattern([4.0, 3.0])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(area.adjusted(1.5, 1.5, -2.5, -2.5))


def _draw_missing(painter: QPainter, area: QRectF, colour: QColor, ground: QColor) -> None:
    painter.fillRect(area, ground)


def _draw_locked(painter: QPainter, area: QRectF, colour: QColor, ground: QColor) -> None:
    painter.fillRect(area, mixed(colour, colours.LOCKED, 0.16))
    _stroke(painter, faded(colours.LOCKED_EDGE, 0.28), list(_uprights(area)))
    edge = QRectF(area.x(), area.y(), area.width(), 2)
    painter.fillRect(edge, colours.LOCKED_EDGE)
    painter.fillRect(edge.translated(0, area.height() - 2), colours.LOCKED_EDGE)
    if area.width() >= _LOCK:
        _draw_padlock(painter, area.center())


def _draw_partly(painter: QPainter, rect: Rect, axis: Axis, frames: frozenset[int]) -> None:
    """A dashed line above frames of which a part is locked, and a padlock if there is room."""
    if not frames:
        return
    pen = QPen(colours.LOCKED_EDGE, _PARTLY)
    pen.setDashPattern([2.0, 1.0])
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    y = rect.y + _PARTLY / 2
    for left, right in stretches(frames, axis):
        first, last = max(left, rect.x), min(right, rect.x + axis.width)
        painter.setPen(pen)
        painter.drawLine(QPointF(first, y), QPointF(last, y))
        if last - first >= _LOCK:
            _draw_padlock(painter, QPointF(first + _LOCK / 2, rect.y + rect.height / 2))


def _draw_absent(painter: QPainter, area: QRectF, colour: QColor, ground: QColor) -> None:
    painter.fillRect(area, colours.ABSENT)


_DRAWN: dict[str, Callable[[QPainter, QRectF, QColor, QColor], None]] = {
    "fresh": _draw_fresh,
    "keyframe": _draw_keyframe,
    "stale": _draw_stale,
    "open": _draw_open,
    "missing": _draw_missing,
    "locked": _draw_locked,
    "absent": _draw_absent,
}


def _cut(painter: QPainter, span: Span, area: QRectF) -> None:
    """A thin gap where something else begins, if there is room for one."""
    if span.state != "keyframe" and area.width() > 2 * _LEAST_PATTERN:
        painter.fillRect(QRectF(span.right - 1, area.y(), 1, area.height()), colours.GROUND)


def _draw_padlock(painter: QPainter, at: QPointF) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    plate = QRectF(at.x() - 8, at.y() - 8, 16, 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.LOCKED)
    painter.drawEllipse(plate)
    painter.setPen(QPen(colours.BRIGHT, 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(padlock(at.x(), at.y() + 0.5, 8))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _stroke(painter: QPainter, colour: QColor, lines: list[QLineF]) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.3))
    painter.drawLines(lines)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _diagonals(area: QRectF) -> Iterator[QLineF]:
    """Lines at 45 degrees, cut off at the rectangle; they go on in the next one."""
    left, right, bottom, height = area.left(), area.right(), area.bottom(), area.height()
    if area.width() < _LEAST_PATTERN:
        return
    start = np.floor((left - height) / _HATCH) * _HATCH
    for foot in np.arange(start, right, _HATCH).tolist():
        near, far = max(left, foot), min(right, foot + height)
        if far > near:
            yield QLineF(near, bottom - (near - foot), far, bottom - (far - foot))


def _uprights(area: QRectF) -> Iterator[QLineF]:
    if area.width() >= _LEAST_PATTERN:
        start = np.ceil(area.left() / _HATCH) * _HATCH
        for x in np.arange(start, area.right(), _HATCH).tolist():
            yield QLineF(x, area.top(), x, area.bottom())


def _draw_curve(painter: QPainter, band: QRectF, axis: Axis, lane: Lane, colour: QColor) -> None:
    """A line of the confidence, 1 at the top, and a light ground below it."""
    top, room = band.top() + 3, band.height() - 6
    below, line = faded(colour, 0.22), QPen(mixed(colour, colours.BRIGHT, 0.35), 1.3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, axis.scale >= 1)
    for x, values in lane.curve(axis):
        heights = top + (1 - np.clip(values, 0, 1)) * room
        points = [QPointF(a, b) for a, b in zip(x.tolist(), heights.tolist(), strict=True)]
        for start in range(0, len(points) - 1, _PIECE):
            piece = points[start : start + _PIECE + 1]
            ends = [QPointF(piece[0].x(), band.bottom()), QPointF(piece[-1].x(), band.bottom())]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(below)
            painter.drawPolygon(QPolygonF([ends[0], *piece, ends[1]]))
            painter.setPen(line)
            painter.drawPolyline(QPolygonF(piece))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _draw_diamonds(
    painter: QPainter,
    rect: Rect,
    axis: Axis,
    keyframes: Sequence[int],
    colour: QColor,
    *,
    active: bool,
) -> None:
    half = min(_DIAMOND, rect.height / 3)
    tone = mixed(colour, colours.BRIGHT, 0.35 if active else 0.5)
    sign = _sign(tone.rgb(), half, painter.device().devicePixelRatio())
    top, first, last = rect.y + rect.height / 2 - half - 1, *axis.shown
    drawn = float("-inf")
    for frame in keyframes:
        x = axis.centre(frame)
        if first - 1 <= frame <= last + 1 and x - drawn >= _LEAST_APART:
            painter.drawPixmap(QPointF(x - half - 1, top), sign)
            drawn = x


@lru_cache(maxsize=64)
def _sign(rgb: int, half: float, ratio: float) -> QPixmap:
    """A keyframe's sign, drawn once: a long clip has hundreds."""
    side = 2 * half + 2
    picture = QPixmap(QSizeF(side, side).toSize() * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor("#101010"), 1.2))
    painter.setBrush(QColor.fromRgb(rgb))
    painter.drawPolygon(diamond(side / 2, side / 2, half))
    painter.end()
    return picture
