"""File dialogs that open: a file, or a folder of frames."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from gui_projects import COUNT, FIRST, write_clip
from gui_windows import TIMEOUT, arrive, end, make_window
from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from roto_gui.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    made = make_window()
    yield made
    end(made)


def dialog_of(window: MainWindow, action: str) -> QFileDialog:
    assert window.actions_.run(action)
    dialog = window.app_dialog()
    assert isinstance(dialog, QFileDialog)
    return dialog


def test_a_folder_of_frames_is_chosen_in_a_dialog(window, qtbot, tmp_path):
    folder = Path(write_clip(tmp_path / "plates")).parent
    dialog = dialog_of(window, "open_folder")
    assert dialog.fileMode() == QFileDialog.FileMode.Directory
    assert not dialog.testOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile(str(folder))
    with qtbot.waitSignal(window.document.opened, timeout=TIMEOUT):
        dialog.accept()
    arrive(qtbot, window)
    assert window.document.snapshot.frames == tuple(range(FIRST, FIRST + COUNT))
    chosen = window.config.preferences
    assert chosen.recent[0] == str(folder)
    assert chosen.last_folder == str(tmp_path)


def test_a_folder_without_frames_is_told_and_nothing_opens(window, qtbot, tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "read.txt").write_text("no frame")
    dialog = dialog_of(window, "open_folder")
    with qtbot.waitSignal(window.document.failed, timeout=TIMEOUT) as told:
        dialog.fileSelected.emit(str(tmp_path / "notes"))
    dialog.close()
    assert "notes" in told.args[1]
    assert window.document.snapshot is None
    assert window.config.preferences.recent == ()


def test_a_file_is_chosen_in_another(window):
    dialog = dialog_of(window, "open")
    assert dialog.fileMode() == QFileDialog.FileMode.ExistingFile
    dialog.close()
