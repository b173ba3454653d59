"""The commands as Qt actions of a window: menus, shortcuts, what can be done now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from roto_gui.actions.table import ACTIONS, CONTEXT, MENUS, ActionSpec, Needs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from PySide6.QtWidgets import QMainWindow, QMenuBar

SPECS: dict[str, ActionSpec] = {spec.id: spec for spec in ACTIONS}
"""The commands by id."""


class ActionSet(QObject):
    """The commands of one window.

    Args:
        window: Whose commands they are; their keys work wherever its focus is.

    Attributes:
        actions: The action of every id of :data:`ACTIONS`.
        menus: The menus by title, once :meth:`build_menus` was called.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self.actions: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        self._groups: dict[str, QActionGroup] = {}
        for spec in ACTIONS:
            self.actions[spec.id] = self._make(spec)
        window.addActions(list(self.actions.values()))
        self.set_keys({spec.id: spec.keys for spec in ACTIONS})
        self.set_available(())

    def connect(self, name: str, slot: Callable[..., object]) -> None:  # type: ignore[override]
        """Have ``slot`` called when the command runs.

        A command that is on or off (but in no group) passes whether it is on now; all others
        pass nothing.

        Raises:
            KeyError: there is no such command.
        """
        spec = SPECS[name]
        if spec.checkable and spec.group is None:
            self.actions[name].triggered.connect(lambda on: slot(on))
        else:
            self.actions[name].triggered.connect(lambda _on: slot())

    def set_available(self, what: Collection[Needs], without: Collection[str] = ()) -> None:
        """Say what is there: the commands that need something else are greyed.

        Args:
            what: Of "clip", "object", "result", "receipt".
            without: Ids that are greyed all the same, such as "undo" where nothing is to undo.
        """
        for name, action in self.actions.items():
            needs = SPECS[name].needs
            action.setEnabled((needs == "nothing" or needs in what) and name not in without)

    def set_keys(self, keys: Mapping[str, Sequence[str]]) -> None:
        """Give commands other shortcuts, as portable text; commands not named keep theirs."""
        for name, texts in keys.items():
            action = self.actions[name]
            action.setShortcuts([QKeySequence(text) for text in texts])
            action.setToolTip(self._tip(name))

    def way(self, name: str) -> str:
        """How an artist reaches a command: its key, or else its menu, ``Mask > Fill holes``."""
        action = self.actions[name]
        key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        spec = SPECS[name]
        return key or f"{menu_title(spec.menu)} > {label(spec).rstrip('…')}"

    def say_what(self, name: str, what: str) -> None:
        """Add to a command's text what it would do now, "Undo: painting"; "" for nothing."""
        text = label(SPECS[name])
        self.actions[name].setText(f"{text}: {what}" if what else text)

    def set_checked(self, name: str, on: bool) -> None:
        """Show a command as on or off without running it."""
        self.actions[name].setChecked(on)

    def run(self, name: str) -> bool:
        """Run a command as if its key was pressed; False where it is greyed."""
        action = self.actions[name]
        if action.isEnabled():
            action.trigger()
            return True
        return False

    def build_menus(self, bar: QMenuBar) -> None:
        """Fill a menu bar: one menu per title, with lines between the sections."""
        for title in MENUS:
            menu = self.menus[title] = bar.addMenu(_mnemonic(title))
            menu.setToolTipsVisible(True)
            self._fill(menu, [spec for spec in ACTIONS if spec.menu == title])

    def set_submenu(self, name: str, menu: QMenu) -> None:
        """Let a command open a menu: one of :data:`roto_gui.actions.table.SUBMENUS`."""
        self.actions[name].setMenu(menu)

    def _fill(self, menu: QMenu, specs: list[ActionSpec]) -> None:
        section = 0
        numbers = QMenu(self.tr("Select"), menu)
        for spec in specs:
            if spec.section != section:
                menu.addSeparator()
                section = spec.section
            if spec.id.startswith("object_"):
                numbers.addAction(self.actions[spec.id])
            else:
                menu.addAction(self.actions[spec.id])
        if numbers.actions():
            menu.addSeparator()
            menu.addMenu(numbers)

    def _make(self, spec: ActionSpec) -> QAction:
        action = QAction(label(spec), self)
        action.setObjectName(spec.id)
        action.setStatusTip(hint(spec))
        action.setCheckable(spec.checkable)
        action.setAutoRepeat(spec.repeats)
        # Otherwise macOS moves "About" and "Preferences" by guessing from the English text.
        action.setMenuRole(_ROLES.get(spec.id, QAction.MenuRole.NoRole))
        if spec.group is not None:
            self._group(spec.group).addAction(action)
        return action

    def _group(self, name: str) -> QActionGroup:
        if name not in self._groups:
            self._groups[name] = QActionGroup(self)
        return self._groups[name]

    def _tip(self, name: str) -> str:
        spec, action = SPECS[name], self.actions[name]
        key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        title = label(spec).rstrip("…")
        return f"{title} ({key})\n{hint(spec)}" if key else f"{title}\n{hint(spec)}"


_ROLES = {
    "about": QAction.MenuRole.AboutRole,
    "preferences": QAction.MenuRole.PreferencesRole,
    "quit": QAction.MenuRole.QuitRole,
}


def label(spec: ActionSpec) -> str:
    """What a command is called, in the language of the app."""
    return _translated(spec.text)


def hint(spec: ActionSpec) -> str:
    """What a command says of itself, in the language of the app."""
    return _translated(spec.hint)


def menu_title(menu: str) -> str:
    """What one of :data:`MENUS` is called, in the language of the app."""
    return _translated(menu)


def _translated(text: str) -> str:
    return QCoreApplication.translate(CONTEXT, text)


def _mnemonic(title: str) -> str:
    """The title with its Alt key marked; no two are the same."""
    text = _translated(title)
    at = 1 if title == "Playback" else 0  # Propagate has the P
    return f"{text[:at]}&{text[at:]}"
