"""The strip that shows what the newest propagation changed, to accept it or take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from roto_gui.icons import icon
from roto_gui.panels.status import ElidedLabel
from roto_gui.receipts.bars import Places, around, by_frame, describe, make_bars, summarise
from roto_gui.timeline import colours

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from roto.session.receipts import Receipt
    from roto_gui.receipts.bars import Bar, Measure
    from roto_gui.state import Colour

    Range = tuple[int, int]

_HEIGHT = 46
_MARGIN = 8.0
_NUMBERS = 13.0  # height of the row of frame numbers
_CLICK = 4.0  # pixels that a hand may shake without selecting a range


class Bars(QWidget):
    """One bar per frame and object; a click goes there, a drag selects a range."""

    frame_chosen = Signal(int)
    range_selected = Signal(object)  # (first, last) or None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selected: Range | None = None
        self._receipt: Receipt | None = None
        self._frames: Sequence[int] = (0,)
        self._bars: tuple[Bar, ...] = ()
        self._colours: Mapping[int, Colour] = {}
        self._measure: Measure = "pixels"
        self._frame: int | None = None
        self._pressed: float | None = None
        self._dragging = False
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def places(self) -> Places:
        """Which frames lie where."""
        return Places(self._frames, _MARGIN, max(self.width() - 2 * _MARGIN, 1.0))

    def set_receipt(
        self, receipt: Receipt, frames: Sequence[int], object_colours: Mapping[int, Colour]
    ) -> None:
        """Show a receipt; a selection goes."""
        self._receipt, self._colours = receipt, object_colours
        self._frames = around(receipt, frames) or (0,)
        self.set_measure(self._measure)
        self.select(None)

    def set_measure(self, measure: Measure) -> None:
        """Say what the heights mean."""
        self._measure = measure
        self._bars = make_bars(self._receipt, measure) if self._receipt else ()
        self.update()

    def set_frame(self, frame: int | None) -> None:
        """Mark the current frame."""
        self._frame = frame
        self.update()

    def select(self, selected: Range | None) -> None:
        """Select frames from one to another, both included."""
        if selected != self.selected:
            self.selected = selected
            self.range_selected.emit(selected)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as there is room."""
        return QSize(400, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the bars, the selection, and where we are."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), colours.GROUND)
        places, floor = self.places, self.height() - _NUMBERS
        if self.selected is not None:
            left, right = (places.x(self.selected[0]), places.x(self.selected[1]) + places.step)
            area = QRectF(left, 0, right - left, floor)
            painter.fillRect(area, colours.faded(colours.WORK, 0.25))
        for bar in self._bars:
            self._draw_bar(painter, bar, places, floor)
        painter.fillRect(QRectF(_MARGIN, floor, places.width, 1), colours.LINE)
        self._draw_numbers(painter, places)
        if self._frame is not None and self._frames[0] <= self._frame <= self._frames[-1]:
            x = places.x(self._frame) + places.step / 2
            painter.fillRect(QRectF(x - 0.5, 0, 1, floor), colours.BRIGHT)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin a click or a selection."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragging = event.position().x(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Select from where the button went down to here."""
        x = event.position().x()
        if self._pressed is None:
            return
        if self._dragging or abs(x - self._pressed) > _CLICK:
            self._dragging = True
            ends = sorted((self.places.frame(self._pressed), self.places.frame(x)))
            self.select((ends[0], ends[1]))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Go to a frame that was clicked."""
        if self._pressed is not None and not self._dragging:
            self.select(None)
            self.frame_chosen.emit(self.places.frame(event.position().x()))
        self._pressed, self._dragging = None, False

    def event(self, event: QEvent) -> bool:
        """Say in words what changed at a frame."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(event.pos().x()), self)
            return True
        return super().event(event)

    def words_at(self, x: float) -> str:
        """What the tooltip says there."""
        if self._receipt is None:
            return ""
        frame = self.places.frame(x)
        return describe(frame, by_frame(self._receipt).get(frame, ()))

    def _draw_bar(self, painter: QPainter, bar: Bar, places: Places, floor: float) -> None:
        """Changed frames are solid; new ones, which cannot have changed, are faint with an edge."""
        colour = colours.lively(self._colours.get(bar.object, (150, 150, 150)))
        gap = 1.0 if places.step >= 4 else 0.0
        height = max(round(bar.height * (floor - 4)), 2)
        area = QRectF(places.x(bar.frame), floor - height, max(places.step - gap, 1.0), height)
        if not bar.first:
            painter.fillRect(area, colours.mixed(colour, colours.BRIGHT, 0.85))
            return
        painter.fillRect(area, colours.faded(colour, 0.22))
        painter.fillRect(QRectF(area.x(), area.y(), area.width(), 1.5), colour)

    def _draw_numbers(self, painter: QPainter, places: Places) -> None:
        font = self.font()
        font.setPixelSize(10)
        painter.setFont(font)
        painter.setPen(QPen(QColor(colours.FAINT)))
        row = QRectF(_MARGIN, self.height() - _NUMBERS, places.width, _NUMBERS)
        for frame, side in ((self._frames[0], "Left"), (self._frames[-1], "Right")):
            flag = Qt.AlignmentFlag.AlignLeft if side == "Left" else Qt.AlignmentFlag.AlignRight
            painter.drawText(row, flag | Qt.AlignmentFlag.AlignVCenter, str(frame))
        if self.selected is not None:
            text = "{}–{}".format(*self.selected)
            painter.setPen(colours.TEXT)
            painter.drawText(row, Qt.AlignmentFlag.AlignCenter, text)


class ReceiptStrip(QWidget):
    """What the newest propagation changed, in words and bars; hidden where there is none."""

    frame_chosen = Signal(int)
    accepted = Signal()
    reverted = Signal(object, object)  # first and last frame; None, None: all of it

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars = Bars(self)
        self.count = QLabel(self)
        self.most = ElidedLabel(self)
        font = self.count.font()
        font.setBold(True)
        self.count.setFont(font)
        self.measure = QPushButton(self)
        self.accept = QPushButton(icon("check"), self.tr("Accept"), self)
        self.revert = QPushButton(icon("undo"), self.tr("Revert"), self)
        self.revert_range = QPushButton(self.tr("Revert range"), self)
        self._say_tips()
        self._arrange()
        self.measure.setCheckable(True)
        self.measure.toggled.connect(self._change_measure)
        self.accept.clicked.connect(lambda: self.accepted.emit())
        self.revert.clicked.connect(lambda: self.reverted.emit(None, None))
        self.revert_range.clicked.connect(self._revert_range)
        self.bars.frame_chosen.connect(self.frame_chosen)
        self.bars.range_selected.connect(self._range_changed)
        self._range_changed(None)
        self._change_measure(False)
        self.hide()

    def set_receipt(
        self,
        receipt: Receipt | None,
        frames: Sequence[int],
        object_colours: Mapping[int, Colour] | None = None,
    ) -> None:
        """Show a receipt, or hide.

        Args:
            receipt: Of the newest propagation; None: there is nothing to accept.
            frames: The clip's frame numbers, ascending.
            object_colours: By object id; others are grey.
        """
        if receipt is not None:
            count, most = summarise(receipt)
            self.count.setText(count)
            self.most.set_text(most)
            self.bars.set_receipt(receipt, frames, object_colours or {})
        self.setVisible(receipt is not None)

    def set_frame(self, frame: int | None) -> None:
        """Mark the current frame among the bars."""
        self.bars.set_frame(frame)

    def _revert_range(self) -> None:
        if self.bars.selected is not None:
            self.reverted.emit(*self.bars.selected)

    def _range_changed(self, selected: Range | None) -> None:
        self.revert_range.setEnabled(selected is not None)
        text = self.tr("Revert range")
        if selected is not None:
            text = self.tr("Revert {0} to {1}").format(*selected)
        self.revert_range.setText(text)

    def _change_measure(self, overlap: bool) -> None:
        self.measure.setText(self.tr("Overlap") if overlap else self.tr("Pixels"))
        self.bars.set_measure("overlap" if overlap else "pixels")

    def _say_tips(self) -> None:
        self.measure.setToolTip(
            self.tr("What the bars show: changed pixels on a logarithmic scale, or lost overlap")
        )
        self.accept.setToolTip(self.tr("Keep what came out"))
        self.revert.setToolTip(self.tr("Take all of it back"))
        self.revert_range.setToolTip(
            self.tr("Take back the frames that are selected: drag over the bars to select some")
        )
        self.bars.setAccessibleName(self.tr("Changes by frame"))

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 4, 0)
        head.setSpacing(6)
        head.addWidget(self.count)
        head.addWidget(self.most, 1)
        for button in (self.measure, self.revert_range, self.revert, self.accept):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.bars)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
