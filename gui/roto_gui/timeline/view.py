"""The timeline's picture and what it knows, without a hand on it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

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
    hit,
)
from roto_gui.timeline.picture import Picture
from roto_gui.timeline.spans import Lanes
from roto_gui.timeline.words import nearest_number, place_words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from roto_gui.state import Progress, Snapshot

_HEAD = int(FLAGS + RULER + CACHE + GAP + BAR)
_NOWHERE = Hit("nothing", 0)


class TimelineView(QWidget):
    """Ruler and lanes: where we are, where work stands, and where it is needed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshot: Snapshot | None = None
        self._lanes = Lanes()
        self._axis = Axis.fitted(0, 0, 0, 1)
        self._offset = 0.0
        self._picture = Picture()
        self._marks = Marks({})
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Timeline"))

    @property
    def _held(self) -> bool:
        """Whether the artist holds it: then no page is turned."""
        return False

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
        self.update()

    def set_frame(self, frame: int) -> None:
        """Move the playhead; a frame out of sight turns the page."""
        self._picture.frame = frame
        axis = self._axis if self._held else self._axis.showing(frame)
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
        self.update()

    def set_active(self, object_id: int | None) -> None:
        """Say which object is painted on."""
        self._picture.active = object_id
        self.update()

    def set_progress(self, progress: Progress | None) -> None:
        """Show what runs; None: nothing."""
        self._picture.progress = progress
        self.update()

    def mark_changed(self, frames: Mapping[int, float]) -> None:
        """Mark frames in the ruler, by any measure of how much of each changed; {} for none."""
        self._picture.changed = dict(frames)
        self.update()

    def zoom(self, factor: float, x: float) -> None:
        """Zoom at a place in pixels."""
        self._move(self._axis.zoomed(factor, x))

    def fit(self) -> None:
        """Show the whole clip."""
        axis = self._axis
        self._move(Axis.fitted(axis.first, axis.last, axis.left, axis.width))

    def at(self, position: QPointF) -> Hit:
        """What lies at a place."""
        if self._snapshot is None:
            return _NOWHERE
        return hit(self._axis, self.layout_now, self._marks, position.x(), position.y())

    def words_at(self, position: QPoint) -> str:
        """What the tooltip says there."""
        if self._snapshot is None:
            return ""
        return place_words(self._snapshot, self.at(QPointF(position)), self._picture.changed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for all lanes, up to eight."""
        count = min(max(self.layout_now.lanes, 2), 8)
        return QSize(800, _HEAD + int(count * (LANE + GAP)))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Room for one lane."""
        return QSize(240, _HEAD + int(LANE + GAP))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw what stays from memory, and what moves over it."""
        painter = QPainter(self)
        painter.setFont(_small(self.font()))
        shown = self._axis, self.layout_now, self._marks
        self._picture.draw_still(painter, *shown, self._snapshot, self._lanes)
        if self._snapshot is not None:
            self._picture.draw_moving(painter, *shown)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep what is shown."""
        layout = self.layout_now
        self._move(self._axis.resized(layout.left, layout.frames_width))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Draw anew with another font or palette."""
        self._picture.forget()
        self.update()
        super().changeEvent(event)

    def _move(self, axis: Axis) -> None:
        if axis != self._axis:
            self._axis = axis
            self.update()


def _small(font: QFont) -> QFont:
    font.setPixelSize(11)
    return font
