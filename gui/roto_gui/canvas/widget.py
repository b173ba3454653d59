"""The canvas: the picture, and what the pointer does to it, told in pixels of the plate."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QNativeGestureEvent, QPainter

from roto_gui.canvas import marks
from roto_gui.canvas.dropping import DropSurface
from roto_gui.canvas.pointing import STILL, Drag, Touch
from roto_gui.canvas.views import wipe_column
from roto_gui.tools.base import Pointer

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QEnterEvent,
        QFocusEvent,
        QMouseEvent,
        QRegion,
        QTabletEvent,
        QWheelEvent,
    )
    from PySide6.QtWidgets import QWidget

    from roto_gui.canvas.views import Content

_NOTCH = 1.25  # zoom by one notch of the wheel
_REACH = 5.0  # logical units beside the wipe's line from which it is caught
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Canvas(DropSurface):
    """What the artist works on.

    - left drag: the tool; right drag, Alt+left drag, or a pen's eraser end: the tool, negative
    - Ctrl+left drag: the tool, with ``Pointer.ctrl``; with Ctrl+Shift also ``Pointer.shift``
    - Shift+left drag (without Ctrl): the brush's size, across, and its hardness, upwards; a click
      that is no drag goes to the tool, with ``Pointer.shift``
    - middle drag, Space+left drag: pan; wheel, or two fingers on a pad: zoom at the pointer
    - double click, Enter: ``confirmed``; a double click's second press and release go to the tool
      first, so that two quick dabs are two dabs
    - Escape: ``cancelled``; a drag that is going on ends with it, and no release follows
    - left drag of the wipe's line: where the wipe is
    - Space, pressed and let go without a drag: ``tapped``, so that it can still mean "play"

    Keys come here while the canvas has the focus; a click gives it the focus.
    """

    pressed = Signal(object)
    """Pointer: the tool's button went down."""
    moved = Signal(object)
    """Pointer: it moved with the button down; every point there is, none left out."""
    released = Signal(object)
    """Pointer: the button came up."""
    hovered = Signal(object)
    """Pointer: it moved with no button down."""
    left = Signal()
    """The pointer left the canvas."""
    confirmed = Signal()
    cancelled = Signal()
    tapped = Signal()
    brush_dragged = Signal(float, float)
    """Change of size and of hardness, in logical units of the screen: to the right, upwards."""
    wiped = Signal(float)
    """The wipe's line is wanted elsewhere: share of the width, 0..1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._ring: float | None = None
        self._drag: Drag | None = None
        self._pointer: QPointF | None = None
        self._space = False
        self._used_space = False  # for a pan: letting it go is no tap

    def show_content(self, content: Content | None) -> None:
        """See :meth:`Surface.show_content`."""
        if content is None:
            self._drag, self._space = None, False
        super().show_content(content)
        self._choose_cursor()

    def set_ring(self, radius: float | None) -> None:
        """The brush's radius in plate pixels, drawn as a ring; None: a cross."""
        if radius != self._ring:
            before = self._cursor_area()
            self._ring = radius
            self.update(before.united(self._cursor_area()))
            self._choose_cursor()

    # The pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """As Qt asks."""
        self._press(Touch.of_mouse(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """As Qt asks."""
        self._press(Touch.of_mouse(event))
        if self._drag is not None and self._drag.kind == "tool":
            self._drag.double = event.button() == Qt.MouseButton.LeftButton

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """As Qt asks."""
        self._move(Touch.of_mouse(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """As Qt asks."""
        self._release(Touch.of_mouse(event))

    def tabletEvent(self, event: QTabletEvent) -> None:  # noqa: N802
        """As Qt asks. What is taken here does not come again as a mouse event."""
        steps = {
            QEvent.Type.TabletPress: self._press,
            QEvent.Type.TabletMove: self._move,
            QEvent.Type.TabletRelease: self._release,
        }
        step = steps.get(event.type())
        if step is None:
            event.ignore()
            return
        step(Touch.of_pen(event))
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """As Qt asks."""
        turned = event.angleDelta()
        notches = (turned.y() or turned.x()) / 120  # Alt turns the wheel sideways on some systems
        if self.content is None or not notches:
            event.ignore()
            return
        self.zoom_by(_NOTCH**notches, event.position())
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        """As Qt asks."""
        super().enterEvent(event)
        self._point_at(event.position())

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """As Qt asks."""
        super().leaveEvent(event)
        self._point_at(None)
        self.left.emit()

    def event(self, event: QEvent) -> bool:
        """As Qt asks."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            # What means something here right now is not looked up in the window's shortcuts.
            if self._means_something(event):
                event.accept()
                return True
        elif isinstance(event, QNativeGestureEvent) and self._zoomed_by_fingers(event):
            return True
        return super().event(event)

    def _means_something(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            return self.content is not None
        return event.key() == Qt.Key.Key_Escape and self._drag is not None

    def _zoomed_by_fingers(self, event: QNativeGestureEvent) -> bool:
        zoom = event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        if zoom and self.content is not None:
            self.zoom_by(max(0.1, 1 + event.value()), event.position())
        return zoom

    def _press(self, touch: Touch) -> None:
        kind = touch.begins(self._space)
        if self.content is None or self._drag is not None or kind is None:
            return
        if kind == "tool" and touch.plain and self._on_wipe(touch.at):
            kind = "wipe"
        self._drag = Drag(kind, touch.button, touch.at, touch.at, touch.negative, touch.pressure)
        self._point_at(touch.at)
        if kind == "tool":
            self.pressed.emit(self._as_pointer(touch))
        elif kind == "pan" and self._space:
            self._used_space = True
        self._choose_cursor()

    def _move(self, touch: Touch) -> None:
        drag = self._drag
        if self.content is None:
            return
        if drag is None or drag.kind != "brush":
            self._point_at(touch.at)  # a ring whose size is being changed stays where it is
        if drag is None:
            self._choose_cursor()
            self.hovered.emit(self._as_pointer(touch))
            return
        if not drag.moved(touch.at):
            return
        step = touch.at - drag.last
        drag.last = touch.at
        if drag.kind == "pan":
            self.pan_by(step.x(), step.y())
        elif drag.kind == "brush":
            self.brush_dragged.emit(step.x(), -step.y())
        elif drag.kind == "wipe":
            self.wiped.emit(min(max(self.to_plate(touch.at)[0] / self.content.size[1], 0.0), 1.0))
        else:
            drag.pressure = touch.pressure or drag.pressure
            self.moved.emit(self._as_pointer(touch))

    def _release(self, touch: Touch) -> None:
        drag = self._drag
        if drag is None or touch.button != drag.button:
            return
        at = self._as_pointer(touch)
        self._drag = None
        self._choose_cursor()
        self._point_at(touch.at)
        if drag.kind == "brush" and drag.last == drag.start:
            at = replace(at, x=self.to_plate(drag.start)[0], y=self.to_plate(drag.start)[1])
            self.pressed.emit(at)
        elif drag.kind != "tool":
            return
        self.released.emit(at)
        if drag.double and (touch.at - drag.start).manhattanLength() <= STILL:
            self.confirmed.emit()

    def _on_wipe(self, at: QPointF | None) -> bool:
        """Whether a place is at the wipe's line."""
        content, wipe = self.content, self.view.wipe
        if at is None or content is None or wipe is None:
            return False
        line = self.to_screen(wipe_column(content, wipe), 0)
        inside = line.y() <= at.y() <= self.to_screen(0, content.size[0]).y()
        return inside and abs(line.x() - at.x()) <= _REACH

    def _as_pointer(self, touch: Touch) -> Pointer:
        x, y = self.to_plate(touch.at)
        drag = self._drag
        if drag is None:
            return Pointer(x, y, touch.pressure, touch.negative, touch.shift, touch.ctrl)
        return Pointer(x, y, drag.pressure, drag.negative, touch.shift, touch.ctrl)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """As Qt asks. What means nothing here goes on to the window."""
        if self.content is None:
            event.ignore()
        elif event.key() == Qt.Key.Key_Space:
            self._hold_space(event)
        elif event.key() == Qt.Key.Key_Escape:
            self._drag = None
            self._choose_cursor()
            self.cancelled.emit()
        elif event.key() in _ENTER and self._drag is None:
            self.confirmed.emit()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """As Qt asks."""
        if event.key() != Qt.Key.Key_Space or not self._space:
            event.ignore()
        elif not event.isAutoRepeat():
            self._space = False
            self._choose_cursor()
            if not self._used_space:
                self.tapped.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """As Qt asks. A key that comes up elsewhere is not seen here."""
        super().focusOutEvent(event)
        self._space = False
        self._choose_cursor()

    def _hold_space(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self._space, self._used_space = True, self._drag is not None
            self._choose_cursor()

    # The cursor

    def _point_at(self, at: QPointF | None) -> None:
        before = self._cursor_area()
        self._pointer = at
        self.update(before.united(self._cursor_area()))

    def _cursor_area(self) -> QRegion:
        return marks.cursor_area(self.viewport, self._pointer, self._ring)

    def _choose_cursor(self) -> None:
        """The system's own where it serves; where a ring or a cross is drawn there is none."""
        shape = Qt.CursorShape.BlankCursor
        if self.content is None:
            shape = Qt.CursorShape.ArrowCursor
        elif self._drag is not None and self._drag.kind == "pan":
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._space:
            shape = Qt.CursorShape.OpenHandCursor
        elif self._wiping:
            shape = Qt.CursorShape.SplitHCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def _paint_above(self, painter: QPainter) -> None:
        hidden = self.cursor().shape() == Qt.CursorShape.BlankCursor
        if self._pointer is not None and hidden and self.content is not None:
            marks.draw_cursor(painter, self.viewport, self._pointer, self._ring)
        super()._paint_above(painter)

    @property
    def _wiping(self) -> bool:
        """Whether the pointer moves the wipe, or would."""
        if self._drag is not None:
            return self._drag.kind == "wipe"
        return self._on_wipe(self._pointer)
