"""The timeline's picture in two layers: what stays while the playhead moves, and what moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPixmap

from roto_gui.timeline import colours, ruler
from roto_gui.timeline.geometry import Rect
from roto_gui.timeline.lanes import draw_label, draw_lane

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from PySide6.QtGui import QColor

    from roto_gui.state import Progress, Snapshot
    from roto_gui.timeline.geometry import Axis, Layout, Marks
    from roto_gui.timeline.spans import Lane, Lanes


class _Kept(NamedTuple):
    """A lane that was drawn, and what it was drawn of."""

    lane: Lane
    key: object
    picture: QPixmap


@dataclass
class Picture:
    """What is drawn beside the snapshot. Each lane is drawn again only when it changed.

    Attributes:
        frame: Where the playhead is.
        active: Id of the object that is painted on.
        cached: Frames that can be shown at once.
        changed: How much the last propagation changed, by frame, by any measure.
        progress: What runs.
        hot: Whether the pointer is over the scroll bar.
    """

    frame: int = 0
    active: int | None = None
    cached: Collection[int] = ()
    changed: Mapping[int, float] = field(default_factory=dict)
    progress: Progress | None = None
    hot: bool = False
    _head: tuple[object, QPixmap] | None = field(default=None, repr=False)
    _lanes: dict[int, _Kept] = field(default_factory=dict, repr=False)

    def forget(self) -> None:
        """Draw everything anew."""
        self._head = None
        self._lanes.clear()

    def draw_still(
        self,
        painter: QPainter,
        axis: Axis,
        layout: Layout,
        marks: Marks,
        snapshot: Snapshot | None,
        lanes: Lanes,
    ) -> None:
        """Draw ruler, lanes and names: from memory, but for what has changed."""
        painter.fillRect(QRectF(0, 0, layout.width, layout.height), colours.GROUND)
        if snapshot is None:
            self.forget()
            return
        painter.save()
        painter.setClipRect(QRectF(*layout.body))
        known, self._lanes = self._lanes, {}
        for index in layout.in_sight():
            of = snapshot.objects[index]
            lane, active = lanes[of.id], of.id == self.active
            key = (axis, layout.width, layout.lane_height, active, _device(painter))
            kept = known.get(of.id)
            if kept is None or kept.lane is not lane or kept.key != key:
                kept = _Kept(lane, key, _lane_picture(painter, axis, layout, lane, active=active))
            self._lanes[of.id] = kept
            painter.drawPixmap(QPointF(0, round(layout.lane(index).y)), kept.picture)
        painter.restore()
        painter.drawPixmap(0, 0, self._head_picture(painter, axis, layout, marks, snapshot))

    def _head_picture(
        self, painter: QPainter, axis: Axis, layout: Layout, marks: Marks, snapshot: Snapshot
    ) -> QPixmap:
        """What is above the lanes."""
        row = layout.width, layout.body.y
        drawn = self.changed, self.cached, snapshot.clip.missing, marks.flags
        key = (axis, *row, *drawn, _device(painter))
        if self._head is None or self._head[0] != key:
            picture = _empty(painter, *row, colours.GROUND)
            inner = _painter(picture, painter)
            ruler.draw_ruler(inner, layout, axis)
            ruler.draw_changed(inner, layout, axis, self.changed)
            ruler.draw_cached(inner, layout.cache, axis, self.cached)
            ruler.draw_gaps(inner, layout.cache, axis, snapshot.clip.missing)
            ruler.draw_flags(inner, layout, axis, marks.flags)
            inner.end()
            self._head = key, picture
        return self._head[1]

    def draw_moving(self, painter: QPainter, axis: Axis, layout: Layout, marks: Marks) -> None:
        """Draw in and out point, progress and playhead."""
        ruler.clear_for_playhead(painter, layout, axis, self.frame)
        ruler.draw_range(painter, layout, axis, marks)
        if self.progress is not None:
            ruler.draw_progress(painter, layout, axis, self.progress)
        ruler.draw_playhead(painter, layout, axis, self.frame)
        ruler.draw_bar(painter, layout, axis, hot=self.hot)


def _lane_picture(
    painter: QPainter, axis: Axis, layout: Layout, lane: Lane, *, active: bool
) -> QPixmap:
    """The name and the frames of one object."""
    height = layout.lane_height
    picture = _empty(painter, layout.width, height, colours.GROUND)
    inner = _painter(picture, painter)
    frames = Rect(layout.left, 0, layout.width - layout.left, height)
    draw_lane(inner, frames, axis, lane, active=active)
    draw_label(inner, Rect(0, 0, layout.left, height), lane.of, active=active)
    inner.end()
    return picture


def _empty(painter: QPainter, width: float, height: float, ground: QColor) -> QPixmap:
    """A picture of as many pixels as the screen has per unit."""
    ratio = painter.device().devicePixelRatio()
    picture = QPixmap(QSize(int(width), int(height)) * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(ground)
    return picture


def _painter(picture: QPixmap, like: QPainter) -> QPainter:
    painter = QPainter(picture)
    painter.setFont(like.font())
    return painter


def _device(painter: QPainter) -> tuple[float, str]:
    """What a picture depends on besides what it shows."""
    return painter.device().devicePixelRatio(), painter.font().toString()
