"""Icons drawn from paths: sharp at every size, in any colour, without image files.

Drawn on a square of 24 units. A part is filled or stroked with round ends.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QIcon,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
    QTransform,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    At = tuple[float, float]

_UNITS = 24.0
_SIZES = (16, 18, 20, 23, 24, 25, 27, 28, 30, 32, 35, 36, 40, 48, 54, 60, 64)
"""Pixels: 16, 18 and 20 at 1, 1.25, 1.5, 1.75, 2 and 3 pixels per unit; scaling would blur."""
_PEN = 1.8  # units
_DISABLED = 0.35  # of the opacity


class Drawing:
    """An icon: what is filled, and what is stroked."""

    def __init__(self) -> None:
        self.filled = QPainterPath()
        self.stroked = QPainterPath()

    def polygon(self, *points: At) -> Drawing:
        """Fill a polygon."""
        self.filled.addPolygon(QPolygonF([QPointF(*point) for point in (*points, points[0])]))
        return self

    def line(self, *points: At, closed: bool = False) -> Drawing:
        """Stroke straight lines from point to point."""
        self.stroked.addPolygon(QPolygonF([QPointF(*point) for point in points]))
        if closed:
            self.stroked.closeSubpath()
        return self

    def curve(self, start: At, *controls: tuple[At, At, At]) -> Drawing:
        """Stroke cubic curves: two control points each, and where it ends."""
        self.stroked.moveTo(*start)
        for one, two, end in controls:
            self.stroked.cubicTo(QPointF(*one), QPointF(*two), QPointF(*end))
        return self

    def block(self, x: float, y: float, width: float, height: float) -> Drawing:
        """Fill a rectangle with round corners."""
        self.filled.addRoundedRect(QRectF(x, y, width, height), 1, 1)
        return self

    def frame(self, x: float, y: float, width: float, height: float) -> Drawing:
        """Stroke a rectangle with round corners."""
        self.stroked.addRoundedRect(QRectF(x, y, width, height), 1.5, 1.5)
        return self

    def dot(self, x: float, y: float, radius: float) -> Drawing:
        """Fill a disc."""
        self.filled.addEllipse(QPointF(x, y), radius, radius)
        return self

    def ring(self, x: float, y: float, radius: float) -> Drawing:
        """Stroke a circle."""
        self.stroked.addEllipse(QPointF(x, y), radius, radius)
        return self

    def mirrored(self) -> Drawing:
        """The same with left and right changed."""
        turn = QTransform(-1, 0, 0, 1, _UNITS, 0)
        self.filled, self.stroked = turn.map(self.filled), turn.map(self.stroked)
        return self


def names() -> tuple[str, ...]:
    """All icons there are."""
    return tuple(_DRAWINGS)


@cache
def icon(name: str, colour: str = "#d0d0d0") -> QIcon:
    """An icon by its name; where it is disabled it is fainter.

    Args:
        name: See :func:`names`.
        colour: As :class:`QColor` takes it.

    Raises:
        KeyError: There is no icon of that name.
    """
    drawing = _DRAWINGS[name]()
    made = QIcon()
    for size in _SIZES:
        picture = _picture(drawing, size, colour)
        made.addPixmap(picture)
        made.addPixmap(_faint(picture), QIcon.Mode.Disabled)
    return made


def _picture(drawing: Drawing, size: int, colour: str) -> QPixmap:
    picture = QPixmap(size, size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / _UNITS, size / _UNITS)
    painter.fillPath(drawing.filled, QColor(colour))
    pen = QPen(QColor(colour), _PEN)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(drawing.stroked, pen)
    painter.end()
    return picture


def _faint(picture: QPixmap) -> QPixmap:
    """The same, fainter all over: also where parts of a drawing lie over each other."""
    faint = QPixmap(picture.size())
    faint.fill(Qt.GlobalColor.transparent)
    painter = QPainter(faint)
    painter.setOpacity(_DISABLED)
    painter.drawPixmap(0, 0, picture)
    painter.end()
    return faint


def _play() -> Drawing:
    return Drawing().polygon((7, 4.5), (20, 12), (7, 19.5))


def _next() -> Drawing:
    return Drawing().line((9, 6), (15.5, 12), (9, 18))


def _last() -> Drawing:
    return Drawing().line((6, 6), (12.5, 12), (6, 18)).block(16, 5, 2.4, 14)


def _next_key() -> Drawing:
    return Drawing().line((4, 6), (10, 12), (4, 18)).polygon((16, 7), (21, 12), (16, 17), (11, 12))


def _stop() -> Drawing:
    return Drawing().block(6, 6, 12, 12)


def _pause() -> Drawing:
    return Drawing().block(6, 5, 4, 14).block(14, 5, 4, 14)


def _lock() -> Drawing:
    bow: tuple[At, At, At] = ((8, 2), (16, 2), (16, 8))
    return (
        Drawing()
        .block(5, 11, 14, 9.5)
        .line((8, 11), (8, 8))
        .curve((8, 8), bow)
        .line((16, 8), (16, 11))
    )


def _unlock() -> Drawing:
    bow: tuple[At, At, At] = ((8, 2), (16, 2), (16, 7))
    return Drawing().block(5, 11, 14, 9.5).line((8, 11), (8, 8)).curve((8, 8), bow)


def _lock_region() -> Drawing:
    frame = Drawing().line((9, 3), (3, 3), (3, 9)).line((15, 3), (21, 3), (21, 9))
    frame.line((3, 15), (3, 21), (9, 21)).line((15, 21), (21, 21), (21, 15))
    bow: tuple[At, At, At] = ((9.5, 6), (14.5, 6), (14.5, 11))
    return frame.block(8, 11, 8, 6).curve((9.5, 11), bow)


def _eye() -> Drawing:
    above: tuple[At, At, At] = ((6, 4), (18, 4), (21.5, 12))
    below: tuple[At, At, At] = ((18, 20), (6, 20), (2.5, 12))
    return Drawing().curve((2.5, 12), above, below).dot(12, 12, 3.2)


def _eye_off() -> Drawing:
    below: tuple[At, At, At] = ((6, 18), (18, 18), (21.5, 11))
    lashes = Drawing().curve((2.5, 11), below)
    return (
        lashes.line((6, 15.5), (4.5, 18)).line((12, 16.5), (12, 19.5)).line((18, 15.5), (19.5, 18))
    )


def _solo() -> Drawing:
    return Drawing().ring(12, 12, 8).dot(12, 12, 3.6)


def _plus() -> Drawing:
    return Drawing().line((12, 5), (12, 19)).line((5, 12), (19, 12))


def _minus() -> Drawing:
    return Drawing().line((5, 12), (19, 12))


def _close() -> Drawing:
    return Drawing().line((6, 6), (18, 18)).line((18, 6), (6, 18))


def _check() -> Drawing:
    return Drawing().line((5, 12.5), (10, 17.5), (19.5, 6.5))


def _brush() -> Drawing:
    tip: tuple[At, At, At] = ((4, 15), (6.5, 12.5), (10, 14.5))
    end: tuple[At, At, At] = ((12, 18), (9, 21), (3.5, 20.5))
    close: tuple[At, At, At] = ((5, 19.5), (4.5, 18.5), (5, 17))
    return Drawing().line((11, 13), (20, 4)).curve((5, 17), tip, end, close)


def _eraser() -> Drawing:
    outline = ((13.5, 4), (20, 10.5), (11, 19.5), (8, 19.5), (4, 15.5), (4, 13.5))
    return (
        Drawing()
        .line(*outline, closed=True)
        .line((8.8, 8.7), (15.3, 15.2))
        .line((11, 20), (20, 20))
    )


def _polygon() -> Drawing:
    corners: tuple[At, ...] = ((5, 8), (14, 4.5), (20, 12), (15, 19.5), (6, 17))
    drawing = Drawing().line(*corners, closed=True)
    for corner in corners:
        drawing.dot(*corner, 2.2)
    return drawing


def _lasso() -> Drawing:
    right: tuple[At, At, At] = ((16, 3.5), (21.5, 6), (21, 10))
    under: tuple[At, At, At] = ((20.5, 14.5), (13, 16.5), (8, 14.5))
    left: tuple[At, At, At] = ((3, 12.5), (2.5, 3.5), (12, 3.5))
    tail: tuple[At, At, At] = ((8.5, 17), (8, 19.5), (5, 20.5))
    return Drawing().curve((12, 3.5), right, under, left).curve((8, 14.5), tail)


def _rectangle() -> Drawing:
    return Drawing().frame(4, 6, 16, 12)


def _fill() -> Drawing:
    drop: tuple[At, At, At] = ((21.5, 17), (22, 20.5), (20, 20.5))
    back: tuple[At, At, At] = ((18, 20.5), (18.5, 17), (20, 14.5))
    pot = Drawing().line((10, 4.5), (17.5, 12), (10, 19.5), (2.5, 12), closed=True)
    return pot.curve((20, 14.5), drop, back).polygon((3.5, 12), (16.5, 12), (10, 18.5))


def _smart() -> Drawing:
    wand = Drawing().line((4, 20), (13, 11))
    rays = (((16, 3), (16, 6)), ((21, 8), (18, 8)), ((19.8, 4.2), (18.2, 5.8)))
    for start, end in (*rays, ((12.2, 4.2), (13.6, 5.6)), ((19.8, 11.8), (18.4, 10.4))):
        wand.line(start, end)
    return wand


def _flag() -> Drawing:
    return (
        Drawing().line((6, 3.5), (6, 20.5)).polygon((6, 4), (19, 4), (15.5, 8.5), (19, 13), (6, 13))
    )


def _redo() -> Drawing:
    bow: tuple[At, At, At] = ((7, 9), (4.5, 12), (4.5, 14.5))
    down: tuple[At, At, At] = ((4.5, 17.5), (7, 19.5), (11, 19.5))
    arrow = Drawing().curve((19, 9), ((15, 9), (15, 9), (11, 9)), bow, down)
    return arrow.line((15, 4.5), (19.5, 9), (15, 13.5))


def _export() -> Drawing:
    tray = Drawing().line((4.5, 14), (4.5, 20), (19.5, 20), (19.5, 14))
    return tray.line((12, 15), (12, 4)).line((7.5, 8), (12, 3.5), (16.5, 8))


def _open() -> Drawing:
    return Drawing().line(
        (3.5, 19), (3.5, 5.5), (9, 5.5), (11.5, 8), (20, 8), (20, 19), closed=True
    )


def _loop() -> Drawing:
    above: tuple[At, At, At] = ((4, 7.5), (6, 7), (9, 7))
    below: tuple[At, At, At] = ((20, 16.5), (18, 17), (15, 17))
    turns = Drawing().curve((4, 12), above).curve((20, 12), below)
    turns.line((9, 7), (20, 7)).line((15, 17), (4, 17))
    return turns.line((17, 4), (20, 7), (17, 10)).line((7, 14), (4, 17), (7, 20))


_DRAWINGS: dict[str, Callable[[], Drawing]] = {
    "first": lambda: _last().mirrored(),
    "previous": lambda: _next().mirrored(),
    "play": _play,
    "play-back": lambda: _play().mirrored(),
    "stop": _stop,
    "pause": _pause,
    "next": _next,
    "last": _last,
    "previous-key": lambda: _next_key().mirrored(),
    "next-key": _next_key,
    "loop": _loop,
    "lock": _lock,
    "unlock": _unlock,
    "eye": _eye,
    "eye-off": _eye_off,
    "solo": _solo,
    "plus": _plus,
    "minus": _minus,
    "close": _close,
    "check": _check,
    "brush": _brush,
    "eraser": _eraser,
    "polygon": _polygon,
    "lasso": _lasso,
    "rectangle": _rectangle,
    "fill": _fill,
    "smart": _smart,
    "lock_region": _lock_region,
    "flag": _flag,
    "undo": lambda: _redo().mirrored(),
    "redo": _redo,
    "export": _export,
    "open": _open,
}
