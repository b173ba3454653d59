"""The timeline widget: what is shown, and what the artist does with it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QHelpEvent, QMouseEvent, QPainter, QPixmap, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from roto_gui.timeline.geometry import (
    BAR,
    CACHE,
    FLAGS,
    GAP,
    LANE,
    RULER,
    Axis,
    Hit,
    Layout,
    Marks,
    Point,
    hit,
    moved,
)
from roto_gui.timeline.menu import Item, build_menu
from roto_gui.timeline.picture import Picture
from roto_gui.timeline.spans import Lanes
from roto_gui.timeline.words import nearest_number, place_words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from PySide6.QtGui import QContextMenuEvent, QPaintEvent, QResizeEvent
    from PySide6.QtWidgets import QMenu

    from roto_gui.state import Progress, Snapshot

_ZOOM = 1.25  # per notch of the wheel
_NOTCH = 120.0  # what a wheel reports of one
_SCROLL = 80.0  # pixels per notch
_HEAD = int(FLAGS + RULER + CACHE + GAP + BAR)
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
_NOWHERE = Hit("nothing", 0)


class _Drag(NamedTuple):
    """What the pressed button moves, and where it was last."""

    what: Literal["frame", "in", "out", "scroll", "bar"]
    x: float


class Timeline(QWidget):
    """Ruler and lanes: where we are, where work stands, and where it is needed.

    Wheel zooms at the pointer, Shift and wheel or the middle button scroll, the left button
    scrubs. Missing frame numbers keep their place, but only frames on disk are chosen.
    """

    frame_chosen = Signal(int)
    range_changed = Signal(object, object)  # first and last frame; None: open
    object_chosen = Signal(int)
    keyframe_removed = Signal(int, int)  # frame, id of the object: asked for, not done

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshot: Snapshot | None = None
        self._lanes = Lanes()
        self._axis = Axis.fitted(0, 0, 0, 1)
        self._offset = 0.0
        self._picture = Picture()
        self._still: QPixmap | None = None  # all that stays while only the playhead moves
        self._drag: _Drag | None = None
        self._marks = Marks({})
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Timeline"))

    @property
    def frame(self) -> int:
        """Where the playhead is."""
        return self._picture.frame

    @property
    def axis(self) -> Axis:
        """Which frames are shown where."""
        return self._axis

    @property
    def layout_now(self) -> Layout:
        """What lies where."""
        count = len(self._snapshot.objects) if self._snapshot else 0
        layout = Layout(self.width(), self.height(), count, self._offset)
        return replace(layout, offset=min(self._offset, layout.most_offset))

    @property
    def marks(self) -> Marks:
        """Keyframes, flags, in and out point."""
        return self._marks

    def set_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show a project as it is now; zoom and position stay while the clip is the same."""
        self._snapshot = snapshot
        objects = snapshot.objects if snapshot else ()
        self._lanes.update(objects)
        flags = tuple(s.frame for s in snapshot.suggestions) if snapshot else ()
        self._marks = replace(self._marks, keyframes=self._lanes.keyframes, flags=flags)
        if snapshot is not None:
            ends = snapshot.frames[0], snapshot.frames[-1]
            if ends != (self._axis.first, self._axis.last):
                self._marks = replace(self._marks, first=None, last=None)
                self._axis = Axis.fitted(*ends, self.layout_now.left, self.layout_now.frames_width)
                self._picture.frame = nearest_number(snapshot.frames, self.frame)
        self.updateGeometry()
        self._redraw()

    def set_frame(self, frame: int) -> None:
        """Move the playhead; a frame out of sight turns the page."""
        self._picture.frame = frame
        axis = self._axis.showing(frame) if self._drag is None else self._axis
        self._move(axis)
        self.setAccessibleDescription(self.tr("Frame {0}").format(frame))
        self.update()

    def set_range(self, first: int | None, last: int | None) -> None:
        """Set the in and the out point; None: open."""
        self._marks = replace(self._marks, first=first, last=last)
        self.update()

    def set_cached(self, frames: Collection[int]) -> None:
        """Say which frames can be shown at once."""
        self._picture.cached = frames
        self._redraw()

    def set_active(self, object_id: int | None) -> None:
        """Say which object is painted on."""
        self._picture.active = object_id
        self._redraw()

    def set_progress(self, progress: Progress | None) -> None:
        """Show what runs; None: nothing."""
        self._picture.progress = progress
        self.update()

    def mark_changed(self, frames: Mapping[int, float]) -> None:
        """Mark frames in the ruler, by any measure of how much of each changed; {} for none."""
        self._picture.changed = dict(frames)
        self._redraw()

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Zoom at a place in pixels; at the playhead without one."""
        at = self._axis.centre(self.frame) if x is None else x
        self._move(self._axis.zoomed(factor, at))

    def fit(self) -> None:
        """Show the whole clip."""
        axis = self._axis
        self._move(Axis.fitted(axis.first, axis.last, axis.left, axis.width))

    def at(self, position: QPointF) -> Hit:
        """What lies at a place."""
        if self._snapshot is None:
            return _NOWHERE
        return hit(self._axis, self.layout_now, self._marks, position.x(), position.y())

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

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for all lanes, up to eight."""
        count = min(max(self.layout_now.lanes, 2), 8)
        return QSize(800, _HEAD + int(count * (LANE + GAP)))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Room for one lane."""
        return QSize(240, _HEAD + int(LANE + GAP))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw what stays from memory, and what moves over it."""
        ratio, font = self.devicePixelRatioF(), _small(self.font())
        shown = self._axis, self.layout_now, self._marks
        if self._still is None or self._still.size() != self.size() * ratio:
            self._still = self._picture.still(ratio, font, *shown, self._snapshot, self._lanes)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still)
        if self._snapshot is not None:
            painter.setFont(font)
            self._picture.draw_moving(painter, *shown)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep what is shown."""
        layout = self.layout_now
        self._move(self._axis.resized(layout.left, layout.frames_width))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Draw anew with another font or palette."""
        self._redraw()
        super().changeEvent(event)

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
            self._redraw()
        else:
            self._move(self._axis.zoomed(_ZOOM**notches, event.position().x()))
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
        if found.part not in ("nothing", "label", "bar"):
            self.menu_at(found).popup(event.globalPos())

    def event(self, event: QEvent) -> bool:
        """Say in words what is under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(event.pos()), self)
            return True
        return super().event(event)

    def words_at(self, position: QPoint) -> str:
        """What the tooltip says there."""
        if self._snapshot is None:
            return ""
        return place_words(self._snapshot, self.at(QPointF(position)), self._picture.changed)

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

    def _move(self, axis: Axis) -> None:
        if axis != self._axis:
            self._axis = axis
            self._redraw()

    def _redraw(self) -> None:
        self._still = None
        self.update()

    def _show_cursor(self, found: Hit) -> None:
        scrolling = self._drag is not None and self._drag.what == "scroll"
        self.setCursor(_CURSORS["scroll" if scrolling else found.part])
        hot = found.part == "bar"
        if hot != self._picture.hot:
            self._picture.hot = hot
            self.update()


def _small(font: QFont) -> QFont:
    font.setPixelSize(11)
    return font
