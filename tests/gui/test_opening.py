"""File dialogs that open: a file, or a folder of frames."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from gui_projects import COUNT, FIRST, square_at, write_clip
from gui_windows import (
    TIMEOUT,
    act,
    arrive,
    end,
    make_window,
    matte,
    propagate,
    rectangle,
    settle,
    show,
)
from PySide6.QtWidgets import QFileDialog

from roto.network_choice import NetworkChoice
from roto.project import Project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from roto_gui.main_window import MainWindow

COLOUR = (10, 200, 30)


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


def test_a_clip_that_was_moved_is_asked_for_and_undo_leaves_it(window, qtbot, tmp_path):
    show(qtbot, window, write_clip(tmp_path / "plates"))
    rectangle(qtbot, window, square_at(0))
    project = tmp_path / "shots" / "shot.roto"
    project.parent.mkdir()
    window.document.save_as(project)
    settle(qtbot, window)
    window.document.recolour_object(1, COLOUR)
    settle(qtbot, window)
    act(qtbot, window, "undo")
    window.files.close()
    (tmp_path / "plates").rename(tmp_path / "moved")

    with qtbot.waitSignal(window.document.clip_missing, timeout=TIMEOUT):
        window.open(str(project))
    dialog = window.app_dialog()
    assert isinstance(dialog, QFileDialog)
    with qtbot.waitSignal(window.document.opened, timeout=TIMEOUT):
        dialog.fileSelected.emit(str(tmp_path / "moved" / f"plate.{FIRST}.png"))
    dialog.close()
    arrive(qtbot, window)
    assert window.notices.isHidden() or "cannot" not in window.notices.what.text()
    assert window.document.snapshot.redo == "recolour object"  # that is still there
    assert window.document.snapshot.undo == "paint"
    act(qtbot, window, "redo")
    assert window.document.snapshot.object(1).colour == COLOUR
    while window.document.snapshot.undo:
        act(qtbot, window, "undo")
    assert window.document.snapshot.redo
    while window.document.snapshot.redo:
        act(qtbot, window, "redo")
    propagate(qtbot, window)
    assert (matte(qtbot, window, FIRST + 3) == square_at(3)).all()
    window.files.close()
    show(qtbot, window, str(project))  # it is known now where the clip is
    assert "moved" in window.document.snapshot.clip.path


def test_what_is_open_stays_where_there_is_nothing_else_to_open(window, qtbot, tmp_path):
    show(qtbot, window, write_clip(tmp_path / "plates"))
    rectangle(qtbot, window, square_at(0))
    (tmp_path / "notes.txt").write_text("no clip")
    (tmp_path / "old.roto").write_text("no project")
    for name in ("notes.txt", "old.roto", "nothing.mov"):
        with qtbot.waitSignal(window.document.failed, timeout=TIMEOUT) as told:
            window.files.drop([tmp_path / name])
        assert told.args[0] == "Open"
        assert name in told.args[1]
        assert window.document.is_open
        assert window.notices.what.text() == "Open"
    act(qtbot, window, "undo")
    show(qtbot, window, write_clip(tmp_path / "others", 3))
    assert window.document.snapshot.frames == (FIRST, FIRST + 1, FIRST + 2)
    assert window.notices.isHidden()  # what could not be opened is of no interest any more


def test_of_two_things_opened_at_once_the_last_is_meant(window, qtbot, tmp_path):
    show(qtbot, window, write_clip(tmp_path / "plates"))
    one, two = write_clip(tmp_path / "one", 1), write_clip(tmp_path / "two", 2)
    with qtbot.waitSignal(window.document.opened, timeout=TIMEOUT):
        window.open(one)
        window.open(two)
    arrive(qtbot, window)
    assert len(window.document.snapshot.frames) == 2


def test_a_new_project_has_nothing_to_undo(window, qtbot, tmp_path):
    window.files.engine = None  # a network with a working size of the artist's own
    window.config.update(short_side=96)
    show(qtbot, window, write_clip(tmp_path / "plates"))
    assert window.document.snapshot.undo is None
    assert not window.actions_.run("undo")
    path = window.document.snapshot.path
    window.files.close()
    with Project.open(path, read_only=True) as project:
        assert NetworkChoice.of(project).settings.short_side == 96
