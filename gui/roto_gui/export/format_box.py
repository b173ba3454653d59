"""Lists of the export dialog that say why something in them cannot be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from roto_gui.export.offers import OFFERS
from roto_gui.export.words import group_title, purpose, title

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtCore import QModelIndex, QPersistentModelIndex

_TIP = int(Qt.ItemDataRole.ToolTipRole)
_INDENT = "    "  # of a format below its heading


class ChoiceBox(QComboBox):
    """A list in which some entries cannot be chosen, and say why."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    @property
    def rows(self) -> QStandardItemModel:
        """What is in the list."""
        return cast("QStandardItemModel", self.model())

    def show_value(self, value: object) -> None:
        """Choose an entry by its data and tell nobody; None: none."""
        self.blockSignals(True)
        self.setCurrentIndex(-1 if value is None else self.findData(value))
        self.blockSignals(False)

    def allow(self, reasons: Mapping[object, str]) -> None:
        """Say of each entry, by its data, why it cannot be chosen; empty where it can."""
        for data, why in reasons.items():
            item = self.rows.item(self.findData(data))
            item.setEnabled(not why)
            item.setToolTip(why)

    def close_with(self, why: str) -> None:
        """Nothing can be chosen, for this reason; empty: it can again."""
        self.setEnabled(not why)
        self.setToolTip(why)


class FormatBox(ChoiceBox):
    """All formats under their headings; an entry's data is its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        group = ""
        for offer in OFFERS.values():
            if offer.group != group:
                group = offer.group
                self.rows.appendRow(_heading(group_title(offer.group)))
            self.addItem(title(offer), offer.name)
            self.setItemData(self.count() - 1, purpose(offer), _TIP)
        self.setMaxVisibleItems(self.count())
        self.setItemDelegate(_Indented(self))
        self.show_value(next(iter(OFFERS)))


class _Indented(QStyledItemDelegate):
    """Draws what can be chosen a bit to the right of its heading."""

    def initStyleOption(  # noqa: N802
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """As always, but for the text."""
        super().initStyleOption(option, index)
        if index.data(Qt.ItemDataRole.UserRole) is not None:
            option.text = _INDENT + option.text


def _heading(text: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setEnabled(False)
    font = item.font()
    font.setBold(True)
    item.setFont(font)
    return item
