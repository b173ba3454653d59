"""Preferences, the window's own commands and dialogs, and the menu "Help"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialogButtonBox, QInputDialog

from roto_gui.about import AboutDialog
from roto_gui.actions.keys_overlay import KeysOverlay
from roto_gui.actions.shortcut_editor import ShortcutEditor
from roto_gui.actions.shortcuts import effective_keys
from roto_gui.settings.preferences import PreferencesDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto_gui.main_window import MainWindow

MANUAL = "https://github.com/roto-vfx/roto/blob/main/docs/manual.md"


class Helping:
    """Commands that are about the window.

    Args:
        window: Which.
    """

    def __init__(self, window: MainWindow) -> None:
        self.window, self.config = window, window.config
        self.overlay = KeysOverlay(window)

    def slots(self) -> dict[str, Callable[..., None]]:
        """Functions by action id."""
        window = self.window
        return {
            "preferences": self.preferences,
            "shortcuts": self.shortcuts,
            "quit": self.quit,
            "full_screen": self.full_screen,
            "reset_layout": window.reset_layout,
            "rename_object": self.rename_object,
            "recolour_object": self.recolour_object,
            "go_to_frame": self.ask_frame,
            "keys": lambda: self.overlay.open(self.keys()),
            "palette": window.palette_.open,
            "manual": self.manual,
            "about": self.about,
        }

    def keys(self) -> dict[str, tuple[str, ...]]:
        """The keys in force, by action id."""
        chosen = self.config.preferences
        return effective_keys(chosen.preset, chosen.bindings)

    def preferences(self) -> None:
        """Ask for them."""
        dialog = PreferencesDialog(self.config, self.window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def shortcuts(self) -> None:
        """Change keys."""
        chosen = self.config.preferences
        dialog = ShortcutEditor(chosen.preset, chosen.bindings, self.window)
        dialog.chosen.connect(lambda preset, own: self.config.update(preset=preset, bindings=own))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def quit(self) -> None:
        """Close the window, and with it the program."""
        self.window.close()

    def manual(self) -> None:
        """Show it in the browser."""
        QDesktopServices.openUrl(QUrl(MANUAL))

    def full_screen(self, on: bool) -> None:
        """All of the screen, or a window."""
        if on:
            self.window.showFullScreen()
        else:
            self.window.showNormal()

    def ask_frame(self) -> None:
        """Let a frame number be typed."""
        field = self.window.transport.field
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        field.selectAll()

    def rename_object(self) -> None:
        """Ask for a name."""
        active = self.window.work.active
        if active is None:
            return
        dialog = QInputDialog(self.window)
        dialog.setWindowTitle(_tr("Rename object"))
        dialog.setLabelText(_tr("Name"))
        dialog.setTextValue(active.name)
        dialog.textValueSelected.connect(
            lambda name: self.window.document.rename_object(active.id, name.strip())
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        box = dialog.findChild(QDialogButtonBox)
        if box is not None:
            ok = box.button(QDialogButtonBox.StandardButton.Ok)
            dialog.textValueChanged.connect(lambda name: ok.setEnabled(bool(name.strip())))

    def recolour_object(self) -> None:
        """Ask for a colour."""
        if self.window.work.active is not None:
            self.window.objects_panel.choose_colour(self.window.work.active.id)

    def about(self) -> None:
        """Version and licence, and what a report of a fault needs."""
        dialog = AboutDialog(self.config.preferences, self.window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Help", text)
