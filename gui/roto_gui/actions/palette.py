"""The command palette: any command by a few of its letters, without leaving the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from roto_gui.actions.action_set import SPECS, label, menu_title
from roto_gui.actions.search import ranked
from roto_gui.actions.shortcuts import native
from roto_gui.actions.table import SUBMENUS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QMainWindow, QWidget

    from roto_gui.actions.action_set import ActionSet

_HIDDEN = ("palette", *SUBMENUS)
_MOST_RECENT = 8
_WIDTH, _ROWS, _MARGIN = 560, 12, 48


class CommandPalette(QFrame):
    """A popup at the top of its window; hidden until :meth:`open`. Nothing waits for it.

    Args:
        window: Where it opens.
        actions: What it runs. Commands that are greyed are shown greyed, and do not run.
    """

    ran = Signal(str)
    """A command was run from here: its id."""
    recent_changed = Signal(object)
    """Ids run from here, the latest first: tuple[str, ...], to be remembered."""

    def __init__(self, window: QMainWindow, actions: ActionSet) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._recent: tuple[str, ...] = ()
        self._before: QWidget | None = None
        self._texts: dict[str, str] = {}
        self.setProperty("popup", True)
        self.setAutoFillBackground(True)
        self.line = QLineEdit(placeholderText=self.tr("What do you want to do?"))
        self.list = self._make_list()
        self._nothing = QLabel(self.tr("No command has these letters."))
        self._nothing.setProperty("muted", True)
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 8, 8, 8)
        for widget in (self.line, self.list, self._nothing):
            box.addWidget(widget)
        self.line.textChanged.connect(self._search)
        self.line.installEventFilter(self)
        window.installEventFilter(self)
        self.list.itemClicked.connect(self._run)
        self.hide()

    def open(self) -> None:
        """Show it, empty, with the keyboard."""
        self._texts = {
            name: f"{menu_title(spec.menu)}: {label(spec).rstrip('…')}"
            for name, spec in SPECS.items()
            if name not in _HIDDEN
        }
        if not self.isVisible():
            self._before = self.window().focusWidget()
        self.line.clear()
        self._search("")
        self._place()
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def set_recent(self, recent: Sequence[str]) -> None:
        """Commands that were run lately, the latest first."""
        self._recent = tuple(recent)

    @property
    def found(self) -> list[str]:
        """Ids of the commands that are listed, the best first."""
        items = (self.list.topLevelItem(i) for i in range(self.list.topLevelItemCount()))
        return [item.data(0, Qt.ItemDataRole.UserRole) for item in items if item is not None]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Keys of the line first come here; the window's size moves the popup."""
        if watched is self.line:
            if event.type() == QEvent.Type.ShortcutOverride:
                # While it is open no key may mean what it means on the canvas.
                event.accept()
                return True
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                return self._key(event)
            if event.type() == QEvent.Type.FocusOut and self.window().isActiveWindow():
                self.hide()
        elif event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _make_list(self) -> QTreeWidget:
        found = QTreeWidget()
        found.setColumnCount(2)
        found.setRootIsDecorated(False)
        found.setHeaderHidden(True)
        found.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        found.setUniformRowHeights(True)
        found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        found.header().setStretchLastSection(False)
        found.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        found.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        return found

    def _place(self) -> None:
        parent = self._window
        width = min(_WIDTH, parent.width() - 24)
        row = max(self.list.sizeHintForRow(0), self.fontMetrics().height() + 6)
        wanted = self.line.sizeHint().height() + row * _ROWS + 40
        top = min(_MARGIN, parent.height() // 8)
        height = min(wanted, parent.height() - top - 12)
        self.setGeometry((parent.width() - width) // 2, top, width, height)

    def _search(self, query: str) -> None:
        self.list.clear()
        for name in ranked(query, self._texts, self._recent):
            action = self._actions.actions[name]
            keys = native([action.shortcut().toString()])
            item = QTreeWidgetItem([self._texts[name], keys])
            item.setData(0, Qt.ItemDataRole.UserRole, name)
            item.setToolTip(0, action.toolTip())
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if not action.isEnabled():
                muted = self.palette().brush(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
                item.setForeground(0, muted)
                item.setForeground(1, muted)
            self.list.addTopLevelItem(item)
        self._nothing.setVisible(not self.list.topLevelItemCount())
        self.list.setVisible(bool(self.list.topLevelItemCount()))
        self._select(0)

    def _key(self, event: QKeyEvent) -> bool:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        steps |= {Qt.Key.Key_PageUp: -_ROWS, Qt.Key.Key_PageDown: _ROWS}
        key = Qt.Key(event.key())
        if key in steps:
            self._move(steps[key])
        elif key == Qt.Key.Key_Escape:
            self._leave()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            item = self.list.currentItem()
            if item is not None:
                self._run(item)
        elif key not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return False
        return True

    def _move(self, by: int) -> None:
        count = self.list.topLevelItemCount()
        if not count:
            return
        at = self.list.currentIndex().row() + by
        # One step past an end goes to the other; a page stops there.
        self._select(at % count if abs(by) == 1 else max(0, min(at, count - 1)))

    def _select(self, at: int) -> None:
        item = self.list.topLevelItem(at)
        if item is not None:
            self.list.setCurrentItem(item)

    def _run(self, item: QTreeWidgetItem) -> None:
        name: str = item.data(0, Qt.ItemDataRole.UserRole)
        if not self._actions.actions[name].isEnabled():
            return
        self._leave()
        self._recent = (name, *(n for n in self._recent if n != name))[:_MOST_RECENT]
        self.recent_changed.emit(self._recent)
        self._actions.run(name)
        self.ran.emit(name)

    def _leave(self) -> None:
        back = self._before if self._before is not None else self._window
        self.hide()
        back.setFocus(Qt.FocusReason.PopupFocusReason)
