"""Draws what stands above and over the lanes: frame numbers, flags, marks, the playhead."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF

from roto_gui.timeline import colours
from roto_gui.timeline.colours import faded
from roto_gui.timeline.geometry import handles, multiples, tick_spacing
from roto_gui.timeline.spans import heights, stretches

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from roto_gui.state import Progress
    from roto_gui.timeline.geometry import Axis, Layout, Marks, Rect, Ticks

_ANTIALIASED = QPainter.RenderHint.Antialiasing
_CHANGED_HEIGHT = 9.0  # pixels of the largest change
_CELL = 5.0  # width of a frame from which on the playhead shows which one it is


def draw_ruler(painter: QPainter, layout: Layout, axis: Axis) -> None:
    """Draw the ground of the upper rows, ticks, and frame numbers as on disk."""
    rect = layout.ruler
    painter.fillRect(QRectF(0, 0, layout.width, layout.cache.bottom), colours.HEAD)
    spacing = _spacing(painter, axis)
    first, last = axis.shown
    lines = {True: list[QLineF](), False: list[QLineF]()}
    for frame in multiples(spacing.ticks, first, last):
        numbered = frame % spacing.numbers == 0
        x = round(axis.centre(frame)) + 0.5
        lines[numbered].append(QLineF(x, rect.bottom - (8 if numbered else 4), x, rect.bottom - 1))
        if numbered:
            painter.setPen(colours.TEXT)
            middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(_number_box(painter, frame, rect, axis), middle, str(frame))
    for numbered, found in lines.items():
        painter.setPen(QPen(colours.FAINT if numbered else colours.TICK, 1))
        painter.drawLines(found)


def draw_cached(painter: QPainter, rect: Rect, axis: Axis, frames: Collection[int]) -> None:
    """Draw which frames are decoded and can be shown at once."""
    painter.fillRect(QRectF(rect.x, rect.y, axis.width, rect.height), colours.ABSENT)
    for left, right in stretches(frames, axis):
        painter.fillRect(_held(left, right, rect, axis), colours.CACHED)


def draw_gaps(painter: QPainter, rect: Rect, axis: Axis, frames: Collection[int]) -> None:
    """Draw where frame numbers are missing on disk."""
    for left, right in stretches(frames, axis):
        area = _held(left, max(right, left + 1), rect, axis)
        painter.fillRect(area, colours.GAP)


def draw_changed(
    painter: QPainter, layout: Layout, axis: Axis, frames: Mapping[int, float]
) -> None:
    """Draw what the last propagation changed: the more, the higher the mark in the ruler."""
    rect, most = layout.ruler, max(frames.values(), default=0.0)
    for left, right, value in heights(frames, axis):
        height = 2 + (_CHANGED_HEIGHT - 2) * (value / most if most > 0 else 0)
        width = max(right - left - (1 if right - left > 3 else 0), 1)
        area = QRectF(left, rect.bottom - height, width, height)
        painter.fillRect(area, faded(colours.CHANGED, 0.62))


def draw_flags(painter: QPainter, layout: Layout, axis: Axis, frames: Sequence[int]) -> None:
    """Draw suggested frames; the best, which comes first, is the brightest."""
    rect = layout.flags
    painter.setRenderHint(_ANTIALIASED)
    for rank, frame in reversed(list(enumerate(frames))):
        x = axis.centre(frame)
        if rect.x - 5 <= x <= rect.right:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(faded(colours.FLAG, 1.0 if rank == 0 else max(0.75 - rank / 10, 0.35)))
            top, half = rect.y + 3, 5.0 if rank == 0 else 4.0
            points = [(x - half, top), (x + half, top), (x, top + half * 1.7)]
            painter.drawPolygon(QPolygonF([QPointF(*point) for point in points]))
    painter.setRenderHint(_ANTIALIASED, on=False)


def draw_range(painter: QPainter, layout: Layout, axis: Axis, marks: Marks) -> None:
    """Draw the in and the out point, and darken what is outside of them."""
    left, right = (min(max(x, axis.left), axis.left + axis.width) for x in handles(axis, marks))
    ruler, bottom = layout.ruler, layout.body.bottom
    if marks.first is not None:
        painter.fillRect(QRectF(axis.left, ruler.y, left - axis.left, bottom), colours.OUTSIDE)
    if marks.last is not None:
        end = axis.left + axis.width
        painter.fillRect(QRectF(right, ruler.y, end - right, bottom), colours.OUTSIDE)
    if marks.first is not None or marks.last is not None:
        painter.fillRect(QRectF(left, ruler.y, right - left, 2), colours.BRIGHT)
    for edge, side, open_end in (
        (handles(axis, marks)[0], -1, marks.first is None),
        (handles(axis, marks)[1], 1, marks.last is None),
    ):
        if axis.left - 1 <= edge <= axis.left + axis.width + 1:
            _handle(painter, edge, side, ruler, faint=open_end)


def clear_for_playhead(painter: QPainter, layout: Layout, axis: Axis, frame: int) -> None:
    """Take numbers away of which the playhead's would cover a part: half a number misleads."""
    box = _playhead_box(painter, layout, axis, frame)
    for other in _numbered(painter, axis):
        area = _number_box(painter, other, layout.ruler, axis)
        if area.intersects(box):
            painter.fillRect(area, colours.HEAD)


def draw_playhead(painter: QPainter, layout: Layout, axis: Axis, frame: int) -> None:
    """Draw where we are: a line through the lanes, and the number in the ruler."""
    x = axis.centre(frame)
    if not axis.left - 1 <= x <= axis.left + axis.width + 1:
        return
    ruler, bottom = layout.ruler, layout.body.bottom
    if axis.scale >= _CELL:
        cell = QRectF(axis.x(frame), ruler.bottom, axis.scale, bottom - ruler.bottom)
        painter.fillRect(cell, faded(colours.BRIGHT, 0.1))
    painter.fillRect(QRectF(x - 0.5, ruler.bottom, 1, bottom - ruler.bottom), colours.BRIGHT)
    text, box = str(frame), _playhead_box(painter, layout, axis, frame)
    path = QPainterPath()
    path.addRoundedRect(box, 3, 3)
    tip = QPolygonF([QPointF(x - 4, box.bottom()), QPointF(x + 4, box.bottom())])
    tip.append(QPointF(x, ruler.bottom + 1))
    path.addPolygon(tip)
    painter.setRenderHint(_ANTIALIASED)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.BRIGHT)
    painter.drawPath(path.simplified())
    painter.setRenderHint(_ANTIALIASED, on=False)
    painter.setPen(colours.ABSENT)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def draw_progress(painter: QPainter, layout: Layout, axis: Axis, progress: Progress) -> None:
    """Draw how much is done, thin above the lanes, and where it is now."""
    body = layout.body
    track = QRectF(axis.left, body.y - 2.5, axis.width, 2.5)
    colour = colours.FAINT if progress.paused else colours.WORK
    painter.fillRect(track, colours.ABSENT)
    if progress.total:
        done = min(progress.done / progress.total, 1.0)
        painter.fillRect(QRectF(track.x(), track.y(), track.width() * done, 2.5), colour)
    else:  # how much there is to do is not known: something that moves with time
        share = 0.5 - 0.5 * math.cos(progress.seconds * 2)
        at = track.x() + share * track.width() * 0.8
        painter.fillRect(QRectF(at, track.y(), track.width() * 0.2, 2.5), colour)
    if progress.frame is not None and axis.shown[0] <= progress.frame <= axis.shown[1]:
        width = max(axis.scale, 2.0)
        left = axis.centre(progress.frame) - width / 2
        painter.fillRect(QRectF(left, body.y, width, body.height), faded(colour, 0.45))


def draw_bar(painter: QPainter, layout: Layout, axis: Axis, *, hot: bool) -> None:
    """Draw which part of the clip is shown, where that is not all of it."""
    if axis.whole:
        return
    painter.setRenderHint(_ANTIALIASED)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.TICK if hot else colours.LINE)
    painter.drawRoundedRect(QRectF(*layout.thumb(axis)), 2, 2)
    painter.setRenderHint(_ANTIALIASED, on=False)


def _spacing(painter: QPainter, axis: Axis) -> Ticks:
    """How far apart ticks and numbers are."""
    metrics = painter.fontMetrics()
    widest = max(metrics.horizontalAdvance(str(f)) for f in (axis.first, axis.last))
    return tick_spacing(axis.scale, widest)


def _numbered(painter: QPainter, axis: Axis) -> Iterable[int]:
    """Frames whose numbers stand in the ruler."""
    return multiples(_spacing(painter, axis).numbers, *axis.shown)


def _number_box(painter: QPainter, frame: int, rect: Rect, axis: Axis) -> QRectF:
    """Where a frame's number stands in the ruler."""
    width = painter.fontMetrics().horizontalAdvance(str(frame))
    latest = axis.left + axis.width - width - 3  # clear of the out point's handle
    left = min(max(axis.centre(frame) - width / 2, axis.left), max(latest, axis.left))
    return QRectF(left, rect.y + 1, width + 2, rect.height - 9)


def _playhead_box(painter: QPainter, layout: Layout, axis: Axis, frame: int) -> QRectF:
    """Where the number of the current frame stands."""
    width = painter.fontMetrics().horizontalAdvance(str(frame)) + 10
    left = min(max(axis.centre(frame) - width / 2, axis.left - 12), layout.width - width)
    return QRectF(left, layout.ruler.y + 1, width, layout.ruler.height - 7)


def _handle(painter: QPainter, x: float, side: int, ruler: Rect, *, faint: bool) -> None:
    """A bracket: a line at the edge, and a grip that stands outside."""
    painter.setRenderHint(_ANTIALIASED)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.TICK if faint else colours.BRIGHT)
    grip = QPolygonF([QPointF(x, ruler.y), QPointF(x + side * 6, ruler.y)])
    grip.append(QPointF(x + side * 6, ruler.y + 6))
    grip.append(QPointF(x, ruler.y + 12))
    painter.drawPolygon(grip)
    painter.drawRect(QRectF(x - 0.75, ruler.y, 1.5, ruler.height))
    painter.setRenderHint(_ANTIALIASED, on=False)


def _held(left: float, right: float, rect: Rect, axis: Axis) -> QRectF:
    """A stretch as high as a row, cut off at the edges."""
    left, right = max(left, axis.left), min(right, axis.left + axis.width)
    return QRectF(left, rect.y, right - left, rect.height)
