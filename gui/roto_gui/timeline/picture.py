"""The timeline's picture in two layers: what stays while the playhead moves, and what moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPixmap

from roto_gui.timeline import colours, ruler
from roto_gui.timeline.lanes import draw_label, draw_lane

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from PySide6.QtGui import QFont

    from roto_gui.state import Progress, Snapshot
    from roto_gui.timeline.geometry import Axis, Layout, Marks
    from roto_gui.timeline.spans import Lanes


@dataclass
class Picture:
    """What is drawn beside the snapshot.

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

    def still(
        self,
        ratio: float,
        font: QFont,
        axis: Axis,
        layout: Layout,
        marks: Marks,
        snapshot: Snapshot | None,
        lanes: Lanes,
    ) -> QPixmap:
        """A picture of all that stays, of as many pixels as the screen has per unit."""
        picture = QPixmap(QSize(int(layout.width), int(layout.height)) * ratio)
        picture.setDevicePixelRatio(ratio)
        painter = QPainter(picture)
        painter.setFont(font)
        self.draw_still(painter, axis, layout, marks, snapshot, lanes)
        painter.end()
        return picture

    def draw_still(
        self,
        painter: QPainter,
        axis: Axis,
        layout: Layout,
        marks: Marks,
        snapshot: Snapshot | None,
        lanes: Lanes,
    ) -> None:
        """Draw ruler, lanes and names."""
        painter.fillRect(QRectF(0, 0, layout.width, layout.height), colours.GROUND)
        if snapshot is None:
            return
        painter.save()
        painter.setClipRect(QRectF(*layout.body))
        for index in layout.in_sight():
            of = snapshot.objects[index]
            active = of.id == self.active
            draw_lane(painter, layout.lane(index), axis, lanes[of.id], active=active)
            draw_label(painter, layout.label(index), of, active=active)
        painter.restore()
        ruler.draw_ruler(painter, layout, axis)
        ruler.draw_changed(painter, layout, axis, self.changed)
        ruler.draw_cached(painter, layout.cache, axis, self.cached)
        ruler.draw_gaps(painter, layout.cache, axis, snapshot.clip.missing)
        ruler.draw_flags(painter, layout, axis, marks.flags)

    def draw_moving(self, painter: QPainter, axis: Axis, layout: Layout, marks: Marks) -> None:
        """Draw in and out point, progress and playhead."""
        ruler.draw_range(painter, layout, axis, marks)
        if self.progress is not None:
            ruler.draw_progress(painter, layout, axis, self.progress)
        ruler.draw_playhead(painter, layout, axis, self.frame)
        ruler.draw_bar(painter, layout, axis, hot=self.hot)
