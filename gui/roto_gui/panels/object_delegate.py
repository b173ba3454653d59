"""How a row of the object list looks, and which part of it lies under the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from roto_gui.icons import icon
from roto_gui.panels.marks import draw_diamond, mixed, on_top_of
from roto_gui.panels.object_model import HERE, OBJECT, SOLO, Index, counts, lifetime
from roto_gui.theme import ACCENT

if TYPE_CHECKING:
    from roto_gui.state import ObjectState

Zone = Literal["colour", "visible", "solo"]
"""Parts of a row that are buttons."""

_CHIP = 22
_BUTTON = 26  # as wide as a finger of a pen needs
_PADDING = 8
_MARK = 18
_KEYS = 9  # number keys choose the first so many rows


class ObjectDelegate(QStyledItemDelegate):
    """Two lines per object: chip and name above, how the work stands below."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """Two lines of text and some air."""
        del index
        return QSize(200, 2 * option.fontMetrics.height() + 16)

    def zone(self, row: QRect, at: QPoint) -> Zone | None:
        """The button of a row under a point; None beside them."""
        if self._chip(row).adjusted(-4, -6, 4, 6).contains(at):
            return "colour"
        if self._button(row, 0).contains(at):
            return "visible"
        if self._button(row, 1).contains(at):
            return "solo"
        return None

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a row."""
        known: ObjectState = index.data(OBJECT)
        row: QRect = option.rect
        widget: QWidget = option.widget
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        panel = QStyle.PrimitiveElement.PE_PanelItemViewItem
        widget.style().drawPrimitive(panel, option, painter, widget)
        text, dim = _colours(option)
        solo = index.data(SOLO)
        hidden = not known.visible or solo is False
        self._draw_chip(painter, row, QColor(*known.colour), index.row(), hidden=hidden)
        self._draw_texts(painter, row, known, (dim if hidden else text), dim)
        self._draw_buttons(painter, row, index, text, dim)
        painter.restore()

    def createEditor(  # noqa: N802
        self, parent: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> QWidget:
        """A field for the name."""
        editor = super().createEditor(parent, option, index)
        if isinstance(editor, QLineEdit):
            editor.setMaxLength(100)
        return editor

    def updateEditorGeometry(  # noqa: N802
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """The field lies over the name only."""
        del index
        row: QRect = option.rect
        name = self._texts(row)
        name.setHeight(row.height() // 2 + 2)
        editor.setGeometry(name.adjusted(-4, 1, 0, 0))

    def helpEvent(  # noqa: N802
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """Tooltips of the buttons."""
        row: QRect = option.rect
        zone = self.zone(row, event.pos())
        if event.type() != QEvent.Type.ToolTip or zone is None or not index.isValid():
            return super().helpEvent(event, view, option, index)
        texts = {
            "colour": QCoreApplication.translate("ObjectsPanel", "Change the colour"),
            "visible": QCoreApplication.translate("ObjectsPanel", "Show or hide in the viewer"),
            "solo": QCoreApplication.translate("ObjectsPanel", "Show this object alone"),
        }
        QToolTip.showText(event.globalPos(), texts[zone], view)
        return True

    def _draw_chip(
        self, painter: QPainter, row: QRect, colour: QColor, position: int, *, hidden: bool
    ) -> None:
        painter.setOpacity(0.45 if hidden else 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(self._chip(row), 4, 4)
        if position < _KEYS:
            painter.setPen(on_top_of(colour))
            font = painter.font()
            font.setBold(True)
            painter.setFont(font)
            painter.drawText(self._chip(row), Qt.AlignmentFlag.AlignCenter, str(position + 1))
            font.setBold(False)
            painter.setFont(font)
        painter.setOpacity(1.0)

    def _draw_texts(
        self, painter: QPainter, row: QRect, known: ObjectState, text: QColor, dim: QColor
    ) -> None:
        name = self._texts(row)
        height = painter.fontMetrics().height()
        top = row.center().y() - height + 1
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        elide = Qt.TextElideMode.ElideRight
        alive = lifetime(known)
        below = f"{alive} · {counts(known)}" if alive else counts(known)
        wide = row.right() - name.left() - _PADDING  # the lower line has room below the buttons
        for line, words, colour in ((0, known.name, text), (1, below, dim)):
            place = QRect(name.left(), top + line * height, (name.width(), wide)[line], height)
            shown = painter.fontMetrics().elidedText(words, elide, place.width())
            painter.setPen(colour)
            painter.drawText(place, middle, shown)

    def _draw_buttons(
        self, painter: QPainter, row: QRect, index: Index, text: QColor, dim: QColor
    ) -> None:
        known: ObjectState = index.data(OBJECT)
        solo = bool(index.data(SOLO))
        eye = self._mark(row, 0)
        shown = known.visible and index.data(SOLO) is not False
        _draw_icon(painter, eye, "eye" if known.visible else "eye-off", text if shown else dim)
        accent = QColor(*ACCENT)
        _draw_icon(painter, self._mark(row, 1), "solo", accent if solo else dim)
        here = self._mark(row, 2)
        state = index.data(HERE)
        if state == "locked":
            _draw_icon(painter, here, "lock", text)
        elif state == "keyframe":
            draw_diamond(painter, here.adjusted(3.5, 3.5, -3.5, -3.5), text)
        elif state in ("stale", "open"):
            painter.setPen(dim)
            painter.drawText(here, Qt.AlignmentFlag.AlignCenter, "!")
        elif state == "absent":
            painter.setPen(dim)
            painter.drawText(here, Qt.AlignmentFlag.AlignCenter, "–")

    def _chip(self, row: QRect) -> QRect:
        return QRect(row.left() + _PADDING, row.center().y() - _CHIP // 2 + 1, _CHIP, _CHIP)

    def _texts(self, row: QRect) -> QRect:
        left = _PADDING + _CHIP + _PADDING
        return row.adjusted(left, 0, -3 * _BUTTON - _PADDING, 0)

    def _button(self, row: QRect, from_right: int) -> QRect:
        left = row.right() - (from_right + 1) * _BUTTON - 2
        return QRect(left, row.top() + 3, _BUTTON, row.height() // 2)

    def _mark(self, row: QRect, from_right: int) -> QRectF:
        box = QRectF(0, 0, _MARK, _MARK)
        box.moveCenter(QRectF(self._button(row, from_right)).center())
        return box


def _draw_icon(painter: QPainter, box: QRectF, name: str, colour: QColor) -> None:
    icon(name, colour.name()).paint(painter, box.toAlignedRect())


def _colours(option: Any) -> tuple[QColor, QColor]:
    """Of texts, and of what is less important."""
    palette: QPalette = option.palette
    chosen = bool(option.state & QStyle.StateFlag.State_Selected)
    text = palette.color(QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Text)
    ground = palette.color(QPalette.ColorRole.Highlight if chosen else QPalette.ColorRole.Base)
    return text, mixed(text, ground, 0.62)
