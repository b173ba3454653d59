"""Shows the picture: composes what changed, keeps zoom and position, draws what lies above it."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from roto_gui.canvas import marks
from roto_gui.canvas.changes import changed_box, same_plate
from roto_gui.canvas.hatching import hatch
from roto_gui.canvas.outline import reach, trace
from roto_gui.canvas.picture import Picture, draw_pixels, rows_and_columns
from roto_gui.canvas.viewport import Viewport
from roto_gui.canvas.views import View, compose, display, hatched, outlines, wipe_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from roto_gui.canvas.display import Rgb
    from roto_gui.canvas.outline import Outline
    from roto_gui.canvas.views import Content
    from roto_gui.state import Colour, Region
    from roto_gui.tools.base import Box, Guide

BACKGROUND: Colour = (0x1E, 0x1E, 0x1E)
"""Around the picture."""


class Surface(QWidget):
    """The picture without a hand on it.

    ``refresh`` composes a box into a picture that is kept, and asks Qt to paint the part of the
    widget where it is; several boxes between two paints cost one paint.
    """

    zoomed = Signal(float)
    """The scale: display pixels per plate pixel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._content: Content | None = None
        self._view = View()
        self._viewport = Viewport((0, 0), (1.0, 1.0))
        self._fitted = True  # until the artist zooms or pans
        self._picture = Picture(1, 1)
        self._shown: Rgb | None = None
        self._guides: tuple[Guide, ...] = ()
        self._message = ""
        self._background = QColor(*BACKGROUND)

    # What is shown

    @property
    def content(self) -> Content | None:
        """What there is to show."""
        return self._content

    @property
    def view(self) -> View:
        """How it is shown."""
        return self._view

    def show_content(self, content: Content | None) -> None:
        """Show something else; None: nothing. Zoom and position stay if the size is the same."""
        before, self._content = self._content, content
        if content is None:
            self._shown = None
            self._picture = Picture(1, 1)
            self.update()
            return
        height, width = content.size
        if (width, height) != self._picture.size:
            self._picture = Picture(width, height)
        same = self._viewport.picture == (width, height) and self._viewport.aspect == content.aspect
        if not same:
            window, ratio = (self.width(), self.height()), self.devicePixelRatioF()
            self._viewport = Viewport((width, height), window, ratio, content.aspect)
        if before is None or not same_plate(before, content):
            self._shown = None
        box = content.whole if before is None else changed_box(before, content)
        if box is not None:
            self.refresh(None if box == content.whole else box)
        if before is not None and before.locked != content.locked:
            self.update()
        if not same:
            self.fit()

    def set_view(self, view: View) -> None:
        """Show the same in another way."""
        if (view.exposure, view.gamma) != (self._view.exposure, self._view.gamma):
            self._shown = None
        self._view = view
        self.refresh()

    def refresh(self, box: Box | None = None) -> None:
        """Compose and paint again.

        Args:
            box: Where the content's mattes changed; None: everywhere.
        """
        content = self._content
        if content is None:
            return
        if self._shown is None:
            view = self._view
            self._shown = content.shown
            if self._shown is None:
                self._shown = display(content.plate, content.linear, view.exposure, view.gamma)
            box = None
        part = _inside(box or content.whole, content.size)
        if part is None:
            return
        self._picture.put(compose(content, self._view, part, self._shown), part)
        if box is None:
            self.update()
        else:
            self.update(self._area(part))

    def set_guides(self, guides: Sequence[Guide]) -> None:
        """Lines above the picture."""
        guides = tuple(guides)
        if guides == self._guides:
            return
        area = marks.guides_area(self._viewport, self._guides)
        self._guides = guides
        self.update(area | marks.guides_area(self._viewport, guides))

    def set_message(self, text: str) -> None:
        """A line of text low in the picture; in the middle where there is no picture."""
        area = self._message_area()
        self._message = text
        self.update(area | self._message_area())

    def set_background(self, colour: Colour) -> None:
        """The colour around the picture."""
        self._background = QColor(*colour)
        self.update()

    # Where it lies

    @property
    def viewport(self) -> Viewport:
        """Zoom and position."""
        return self._viewport

    @property
    def scale(self) -> float:
        """Display pixels per plate pixel."""
        return self._viewport.scale

    def fit(self) -> None:
        """The whole picture, and again when the window's size changes."""
        self._fitted = True
        self._move_to(self._viewport.fitted())

    def actual_size(self) -> None:
        """100 %: one display pixel per plate pixel."""
        self._fitted = False
        self._move_to(self._viewport.actual())

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Larger by a factor; what is at a place of the widget (None: its middle) stays there."""
        self._fitted = False
        self._move_to(self._viewport.zoomed(factor, None if at is None else (at.x(), at.y())))

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture by so many logical units."""
        self._fitted = False
        self._move_to(self._viewport.panned(dx, dy))

    def to_plate(self, at: QPointF) -> tuple[float, float]:
        """Where a place of the widget is in pixels of the plate; maybe outside of it."""
        return self._viewport.to_plate(at.x(), at.y())

    def to_screen(self, x: float, y: float) -> QPointF:
        """Where a place of the plate is in the widget."""
        return QPointF(*self._viewport.to_screen(x, y))

    def sizeHint(self) -> QSize:  # noqa: N802
        """As Qt asks."""
        return QSize(960, 540)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """As Qt asks."""
        super().resizeEvent(event)
        self._follow_window()

    def event(self, event: QEvent) -> bool:
        """As Qt asks."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._follow_window()
        return super().event(event)

    def _follow_window(self) -> None:
        window, ratio = (float(self.width()), float(self.height())), self.devicePixelRatioF()
        viewport = self._viewport.resized(window, ratio)
        self._move_to(viewport.fitted() if self._fitted else viewport)

    def _move_to(self, viewport: Viewport) -> None:
        before, self._viewport = self._viewport, viewport
        if viewport == before:
            return
        self.update()
        if viewport.scale != before.scale:
            self.zoomed.emit(viewport.scale)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """As Qt asks."""
        painter = QPainter(self)
        for exposed in cast("Iterable[QRect]", event.region()):
            painter.save()
            painter.setClipRect(exposed, Qt.ClipOperation.IntersectClip)
            painter.fillRect(exposed, self._background)
            if self._content is not None:
                self._paint_picture(painter, exposed, self._content)
            painter.restore()
        if self._content is not None:
            self._paint_lines(painter, self._content)
        self._paint_above(painter)
        if self._message:
            marks.draw_message(painter, self._message_area(), self._message)
        painter.end()

    def _paint_picture(self, painter: QPainter, exposed: QRect, content: Content) -> None:
        ratio = self._viewport.ratio
        pixels = QRect()
        pixels.setCoords(
            floor(exposed.left() * ratio),
            floor(exposed.top() * ratio),
            ceil((exposed.right() + 1) * ratio) - 1,
            ceil((exposed.bottom() + 1) * ratio) - 1,
        )
        self._picture.draw(painter, self._viewport, pixels)
        if self._view.wipe is not None:
            x, _ = self._viewport.to_screen(wipe_column(content, self._view.wipe), 0)
            right = exposed.adjusted(max(0, round(x) - exposed.left()), 0, 0, 0)
            painter.setClipRect(right, Qt.ClipOperation.IntersectClip)
        if regions := hatched(content, self._view):
            self._paint_locked(painter, pixels, regions)
        for outline in outlines(content, self._view):
            self._paint_outline(painter, pixels, outline)
        marks.draw_grid(painter, self._viewport, exposed)

    def _paint_locked(self, painter: QPainter, pixels: QRect, regions: Sequence[Region]) -> None:
        more, ratio = reach(self._thickness), self._viewport.ratio
        around = pixels.adjusted(-more, -more, more, more)
        left, top = self._viewport.to_screen(0, 0)
        origin = around.top() - round(top * ratio), around.left() - round(left * ratio)
        rows, columns = rows_and_columns(self._viewport, around)
        found = hatch(regions, rows, columns, origin, self._thickness)
        if found is not None:
            left, top = around.left() + found.left, around.top() + found.top
            draw_pixels(painter, found.pixels, left, top, ratio)

    def _paint_outline(self, painter: QPainter, pixels: QRect, outline: Outline) -> None:
        more = reach(self._thickness)
        around = pixels.adjusted(-more, -more, more, more)
        line = trace(outline, *rows_and_columns(self._viewport, around), self._thickness)
        if line is not None:
            left, top = around.left() + line.left, around.top() + line.top
            draw_pixels(painter, line.pixels, left, top, self._viewport.ratio)

    def _paint_lines(self, painter: QPainter, content: Content) -> None:
        marks.draw_border(painter, self._viewport)
        if self._view.wipe is not None:
            marks.draw_wipe(painter, self._viewport, wipe_column(content, self._view.wipe))
        marks.draw_guides(painter, self._viewport, self._guides)

    def _paint_above(self, painter: QPainter) -> None:
        """For those who have more to draw."""

    def _message_area(self) -> QRect:
        low = self._content is not None
        return marks.message_area(self.fontMetrics(), self.rect(), self._message, low)

    @property
    def _thickness(self) -> int:
        """Of lines, in display pixels."""
        return max(1, round(self._viewport.ratio))

    def _area(self, box: Box) -> QRect:
        """The part of the widget that shows a box, with what its pixels change around them."""
        rows, columns = box
        margin = reach(self._thickness) + 2  # where a smaller copy is drawn, pixels are mixed
        left, top, right, bottom = self._viewport.on_display(
            columns.start, rows.start, columns.stop, rows.stop, margin
        )
        ratio = self._viewport.ratio
        area = QRect()
        area.setCoords(
            floor(left / ratio),
            floor(top / ratio),
            ceil(right / ratio) - 1,
            ceil(bottom / ratio) - 1,
        )
        return area & self.rect()


def _inside(box: Box, size: tuple[int, int]) -> Box | None:
    """The part of a box that is in the picture."""
    rows, columns = box
    down = slice(max(rows.start, 0), min(rows.stop, size[0]))
    across = slice(max(columns.start, 0), min(columns.stop, size[1]))
    return None if down.start >= down.stop or across.start >= across.stop else (down, across)
