"""The editor of shortcuts: find a command, press its new key; a conflict is told and settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from roto_gui.actions.action_set import SPECS, hint, label, menu_title
from roto_gui.actions.shortcuts import PRESETS, RESERVED, Choices, native, pressed_key
from roto_gui.actions.table import SUBMENUS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class KeyField(QLineEdit):
    """Takes one key combination instead of text."""

    pressed = Signal(str)
    """Portable text of the key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setToolTip(self.tr("Click here, or press Enter in the list; then press the new key."))
        self.setPlaceholderText(self.tr("The new key"))

    def event(self, event: QEvent) -> bool:
        """Every key is for this field, Tab and shortcuts included."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = pressed_key(event)
            if key in ("Tab", "Shift+Tab"):
                return super().event(event)  # the way out for who has no mouse
            if key:
                self.pressed.emit(key)
            return True
        return super().event(event)


class ShortcutEditor(QDialog):
    """Keys of all commands, to be changed. Not modal: show it with ``open()``.

    Args:
        preset: As in the preferences.
        bindings: As in the preferences.
        parent: Its window.
    """

    chosen = Signal(str, object)
    """OK was pressed: the preset, and the own keys as dict[str, tuple[str, ...]]."""

    def __init__(
        self,
        preset: str,
        bindings: Mapping[str, Sequence[str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Shortcuts"))
        self.resize(640, 620)
        self.choices = Choices(preset, bindings)
        self._wanted: tuple[str, str, bool] | None = None
        self.preset = QComboBox()
        self.preset.addItems(list(PRESETS))
        self.preset.setCurrentText(self.choices.preset)
        self.search = QLineEdit(
            placeholderText=self.tr("Search commands or keys"), clearButtonEnabled=True
        )
        self.table = self._make_table()
        self.field = KeyField()
        self.message = QLabel(wordWrap=True)
        self.take = QPushButton(self.tr("Take it over"))
        self.add = QPushButton(self.tr("Add as second key"), autoDefault=False)
        self.add.setCheckable(True)
        self._lay_out()
        self.preset.currentTextChanged.connect(self._change_preset)
        self.search.textChanged.connect(self._filter)
        self.table.itemActivated.connect(lambda: self.field.setFocus())
        self.table.currentItemChanged.connect(lambda: self._tell(""))
        self.field.pressed.connect(self.press)
        self.take.clicked.connect(self.take_over)
        self._refresh()
        self.select(next(iter(self._items)))
        self._tell("")
        self.search.setFocus()

    @property
    def current(self) -> str:
        """Id of the selected command."""
        item = self.table.currentItem()
        return "" if item is None else str(item.data(0, Qt.ItemDataRole.UserRole))

    def select(self, name: str) -> None:
        """Select a command.

        Raises:
            KeyError: there is no such command.
        """
        self.table.setCurrentItem(self._items[name])

    def press(self, key: str) -> None:
        """Give the selected command a key, or say which command has it."""
        self._wanted = None
        if not self.current:
            self._tell(self.tr("Select a command first."))
            return
        if key in RESERVED:
            self._tell(
                self.tr("{0} finishes, cancels or moves on everywhere and cannot be used.").format(
                    native([key])
                )
            )
            return
        holder = self.choices.holder(key, but=self.current)
        if holder is not None:
            self._wanted = (self.current, key, self.add.isChecked())
            self._tell(self.tr("{0} is already “{1}”.").format(native([key]), _full(holder)))
            return
        self._bind(self.current, key, add=self.add.isChecked())

    def take_over(self) -> None:
        """Take the key that was pressed last from the command that has it."""
        if self._wanted is not None:
            name, key, add = self._wanted
            self._bind(name, key, add=add)

    def accept(self) -> None:
        """Close, and hand over what was chosen."""
        super().accept()
        self.chosen.emit(self.choices.preset, dict(self.choices.bindings))

    def _bind(self, name: str, key: str, *, add: bool) -> None:
        self._wanted = None
        self.choices.bind(name, key, add=add)
        self.add.setChecked(False)
        self._refresh()
        self._tell(self.tr("{0} is now “{1}”.").format(native([key]), _full(name)))

    def _clear(self) -> None:
        if self.current:
            self.choices.clear(self.current)
            self._refresh()

    def _reset(self) -> None:
        if self.current:
            self.choices.reset(self.current)
            self._refresh()

    def _reset_all(self) -> None:
        self.choices.reset_all()
        self._refresh()
        self._tell(self.tr("All keys are those of “{0}” again.").format(self.choices.preset))

    def _change_preset(self, preset: str) -> None:
        self.choices = Choices(preset, self.choices.bindings)
        self._refresh()
        self._tell("")

    def _tell(self, text: str) -> None:
        if not text:
            self._wanted = None
        self.message.setText(text)
        self.take.setVisible(self._wanted is not None)

    def _refresh(self) -> None:
        keys = self.choices.keys
        for name, item in self._items.items():
            item.setText(2, native(keys[name]))
            font = item.font(2)
            font.setBold(name in self.choices.bindings)
            item.setFont(2, font)
        self._filter(self.search.text())

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        for item in self._items.values():
            shown = " ".join(item.text(column) for column in range(3)).lower()
            item.setHidden(not all(word in shown for word in words))

    def _make_table(self) -> QTreeWidget:
        table = QTreeWidget()
        table.setRootIsDecorated(False)
        table.setAlternatingRowColors(True)
        table.setHeaderLabels([self.tr("Menu"), self.tr("Command"), self.tr("Keys")])
        table.setUniformRowHeights(True)
        table.setAllColumnsShowFocus(True)
        table.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        table.header().resizeSection(0, 110)
        table.header().resizeSection(2, 210)
        table.header().setStretchLastSection(False)
        self._items: dict[str, QTreeWidgetItem] = {}
        for name, spec in SPECS.items():
            if name in SUBMENUS:
                continue
            item = QTreeWidgetItem([menu_title(spec.menu), label(spec).rstrip("…"), ""])
            item.setData(0, Qt.ItemDataRole.UserRole, name)
            item.setToolTip(1, hint(spec))
            self._items[name] = item
        table.addTopLevelItems(list(self._items.values()))
        return table

    def _lay_out(self) -> None:
        top, keys, told = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        top.addWidget(QLabel(self.tr("Keys as in")))
        top.addWidget(self.preset)
        top.addWidget(self.search, 1)
        keys.addWidget(self.field, 1)
        keys.addWidget(self.add)
        for text, slot in (
            (self.tr("No key"), self._clear),
            (self.tr("Reset"), self._reset),
            (self.tr("Reset all"), self._reset_all),
        ):
            button = QPushButton(text, autoDefault=False)
            button.clicked.connect(slot)
            keys.addWidget(button)
        self.take.setAutoDefault(False)
        told.addWidget(self.message, 1)
        told.addWidget(self.take)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for plain in buttons.buttons():
            if isinstance(plain, QPushButton):
                plain.setAutoDefault(False)  # Enter in the list or the search must not close it
        # As high as with the button, so that nothing jumps.
        self.message.setMinimumHeight(self.take.sizeHint().height())
        box = QVBoxLayout(self)
        box.addLayout(top)
        box.addWidget(self.table, 1)
        box.addLayout(keys)
        box.addLayout(told)
        box.addWidget(buttons)


def _full(name: str) -> str:
    spec = SPECS[name]
    return f"{menu_title(spec.menu)}: {label(spec).rstrip('…')}"
