"""The timeline's hands: scrubbing, scrolling, in and out point, menus."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip

from roto_gui.timeline.geometry import GAP, Hit, Point, moved
from roto_gui.timeline.menu import Item, build_menu
from roto_gui.timeline.view import TimelineView
from roto_gui.timeline.words import nearest_number

if TYPE_CHECKING:
    from PySide6.QtGui import QContextMenuEvent
    from PySide6.QtWidgets import QMenu, QWidget

_ZOOM = 1.25  # per notch of the wheel
_NOTCH = 120.0  # what a wheel reports of one
_SCROLL = 80.0  # pixels per notch
_CURSORS = defaultdict(
    lambda: Qt.CursorShape.ArrowCursor,
    {
        "in": Qt.CursorShape.SizeHorCursor,
        "out": Qt.CursorShape.SizeHorCursor,
        "label": Qt.CursorShape.PointingHandCursor,
        "flag": Qt.CursorShape.PointingHandCursor,
        "scroll": Qt.CursorShape.ClosedHandCursor,
    },
)


class _Drag(NamedTuple):
    """What the pressed button moves, and where it was last."""

    what: Literal["frame", "in", "out", "scroll", "bar"]
    x: float


class Timeline(TimelineView):
    """The timeline, and what the artist does with it.

    Wheel zooms at the pointer, Shift and wheel or the middle button scroll, the left button
    scrubs. Missing frame numbers keep their place, but only frames on disk are chosen.
    """

    frame_chosen = Signal(int)
    range_changed = Signal(object, object)  # first and last frame; None: open
    object_chosen = Signal(int)
    object_menu_wanted = Signal(int, QPoint)  # id of the object, where on the screen
    keyframe_removed = Signal(int, int)  # frame, id of the object: asked for, not done

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drag: _Drag | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def _held(self) -> bool:
        return self._drag is not None

    def menu_at(self, found: Hit) -> QMenu:
        """What can be done with what lies at a place."""
        frame, object_id = found.frame, found.object
        items: list[Item | None] = []
        go = self.tr("Go to frame {0}").format(frame)
        items.append(Item(go, partial(self._choose, frame)))
        of = self._snapshot.object(object_id) if self._snapshot else None
        if found.part == "diamond" and of is not None and self._snapshot is not None:
            text = self.tr("Remove keyframe of {name} at {frame}")
            ask = partial(self.keyframe_removed.emit, frame, of.id)
            text = text.format(name=of.name, frame=frame)
            items.append(Item(text, ask, not self._snapshot.read_only))
        closed = (self._marks.first, self._marks.last) != (None, None)
        clear = partial(self._change_range, None, None)
        items += [
            None,
            Item(self.tr("Set in point here"), partial(self._set_point, "in", frame)),
            Item(self.tr("Set out point here"), partial(self._set_point, "out", frame)),
            Item(self.tr("Clear in and out points"), clear, closed),
        ]
        return build_menu(self, items)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom at the pointer; scroll with Shift, or lanes up and down over their names."""
        delta = event.angleDelta()
        notches = (delta.y() or delta.x()) / _NOTCH
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if shift or not delta.y():
            self._move(self._axis.scrolled(-notches * _SCROLL))
        elif event.position().x() < self.layout_now.left:
            offset = self._offset - notches * (self.layout_now.lane_height + GAP)
            self._offset = min(max(offset, 0.0), self.layout_now.most_offset)
            self.update()
        else:
            self.zoom(_ZOOM**notches, event.position().x())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin to scrub, to scroll, or to move a point; choose an object."""
        found, x = self.at(event.position()), event.position().x()
        if self._snapshot is None:
            return
        if event.button() == Qt.MouseButton.MiddleButton:
            self._drag = _Drag("scroll", x)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._press(found, x)
        self._show_cursor(found)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Go on with what was begun."""
        x = event.position().x()
        if self._drag is None:
            self._show_cursor(self.at(event.position()))
            return
        what, before = self._drag
        if what == "frame":
            self._choose(self._axis.frame(x))
        elif what == "in" or what == "out":
            self._drag_point(what, x)
        elif what == "scroll":
            self._move(self._axis.scrolled(before - x))
        else:
            axis = self._axis
            share = (axis.last - axis.first + 1) * axis.scale / axis.width
            self._move(axis.scrolled((x - before) * share))
        self._drag = _Drag(what, x)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Leave it as it is."""
        self._drag = None
        self._show_cursor(self.at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Clear an in or out point; show the whole clip from the scroll bar."""
        found = self.at(event.position())
        if found.part == "in":
            self._change_range(None, self._marks.last)
        elif found.part == "out":
            self._change_range(self._marks.first, None)
        elif found.part == "bar":
            self.fit()
        else:
            self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Offer what can be done there."""
        found = self.at(QPointF(event.pos()))
        if found.part == "label" and found.object is not None:
            self.object_menu_wanted.emit(found.object, event.globalPos())
        elif found.part not in ("nothing", "bar"):
            self.menu_at(found).popup(event.globalPos())

    def event(self, event: QEvent) -> bool:
        """Say in words what is under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(event.pos()), self)
            return True
        return super().event(event)

    def _press(self, found: Hit, x: float) -> None:
        if found.part == "label" and found.object is not None:
            self.object_chosen.emit(found.object)
        elif found.part in ("ruler", "lane", "diamond", "flag"):
            self._drag = _Drag("frame", x)
            self._choose(found.frame)
        elif found.part == "in" or found.part == "out" or found.part == "bar":
            self._drag = _Drag(found.part, x)

    def _choose(self, frame: int) -> None:
        """Go to the nearest frame on disk, once."""
        if self._snapshot is None:
            return
        frame = nearest_number(self._snapshot.frames, frame)
        if frame != self.frame:
            self.set_frame(frame)
            self.frame_chosen.emit(frame)

    def _drag_point(self, which: Point, x: float) -> None:
        """Put a point where the pointer is: at the edge of a frame."""
        half = self._axis.scale / 2
        self._set_point(which, self._axis.frame(x + half if which == "in" else x - half))

    def _set_point(self, which: Point, frame: int) -> None:
        self._change_range(*moved(self._axis, self._marks, which, frame))

    def _change_range(self, first: int | None, last: int | None) -> None:
        if (first, last) != (self._marks.first, self._marks.last):
            self.set_range(first, last)
            self.range_changed.emit(first, last)

    def _show_cursor(self, found: Hit) -> None:
        scrolling = self._drag is not None and self._drag.what == "scroll"
        self.setCursor(_CURSORS["scroll" if scrolling else found.part])
        hot = found.part == "bar"
        if hot != self._picture.hot:
            self._picture.hot = hot
            self.update()
