"""The export dialog, driven as an artist does."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gui_windows import TIMEOUT

from roto_gui.export.dialog import ExportDialog
from roto_gui.state import ObjectState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from roto_gui.export.format_box import ChoiceBox
    from roto_gui.main_window import MainWindow
    from roto_gui.state import ExportRequest, Snapshot


FRAMES = tuple(range(1001, 1011))


def known(object_id: int, name: str, **states: Sequence[int]) -> ObjectState:
    """An object, fresh at all of ``FRAMES`` but at some: ``stale=(1004,)``."""
    found: dict[int, Any] = dict.fromkeys(FRAMES, "fresh")
    for state, frames in states.items():
        found |= dict.fromkeys(frames, state)
    colour = (200, 40, 40 * object_id)
    return ObjectState(object_id, name, colour, states=MappingProxyType(found))


def dialog_on(qtbot: QtBot, snapshot: Snapshot) -> ExportDialog:
    """The dialog without a window, on a project that is not there."""
    made = ExportDialog()
    qtbot.addWidget(made)
    made.set_snapshot(snapshot)
    made.open()
    return made


def ready(qtbot: QtBot, dialog: ExportDialog) -> None:
    """The disk was looked at."""
    qtbot.waitUntil(lambda: dialog._on_disk is not None, timeout=TIMEOUT)


def box_of(dialog: ExportDialog, name: str) -> ChoiceBox:
    """The list "format", "content", "alpha" or "depth"."""
    look = dialog.form.look
    boxes = {"content": look.content, "alpha": look.alpha, "depth": look.depth}
    return boxes.get(name, dialog.form.format)


def choose(dialog: ExportDialog, **values: object) -> None:
    """Choose entries of lists by their data, in this order; each must be possible."""
    for name, value in values.items():
        box = box_of(dialog, name)
        row = box.findData(value)
        assert box.isEnabled(), name
        assert box.rows.item(row).isEnabled(), value
        box.setCurrentIndex(row)


def why_not(dialog: ExportDialog, name: str, value: object) -> str:
    """Why an entry cannot be chosen, as its tooltip says; empty where it can."""
    box = box_of(dialog, name)
    if not box.isEnabled():
        assert box.toolTip()
        return box.toolTip()
    item = box.rows.item(box.findData(value))
    assert item.isEnabled() != bool(item.toolTip())
    return item.toolTip()


def press(dialog: ExportDialog) -> ExportRequest:
    """The request that the button sends; the dialog goes away."""
    heard: list[ExportRequest] = []
    dialog.export_wanted.connect(heard.append)
    assert dialog.export_button.isEnabled()
    dialog.export_button.click()
    dialog.export_wanted.disconnect(heard.append)
    assert dialog.isHidden()
    (request,) = heard
    return request


def opened(window: MainWindow, folder: Path) -> ExportDialog:
    """The dialog of a window, with that folder to write to."""
    assert window.actions_.run("export")
    dialog = window.app_dialog()
    assert isinstance(dialog, ExportDialog)
    dialog.form.set_folder(str(folder))
    return dialog


def written(qtbot: QtBot, dialog: ExportDialog, window: MainWindow) -> ExportRequest:
    """Export as it stands, and wait for the end; returns what was asked for."""
    ready(qtbot, dialog)
    with qtbot.waitSignal(window.document.ended, timeout=TIMEOUT) as ended:
        request = press(dialog)
    assert ended.args == ["export", "done"]
    return request
