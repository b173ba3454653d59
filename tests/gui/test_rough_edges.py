"""Small lies that a picky artist found: commands that did something silently, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from gui_exports import choose, opened, press, ready
from gui_projects import FIRST, square_at, write_clip
from gui_windows import (
    TIMEOUT,
    SlowEngine,
    act,
    end,
    go,
    make_window,
    propagate,
    rectangle,
    settle,
    show,
    state,
)
from PySide6.QtWidgets import QDialogButtonBox, QInputDialog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from roto_gui.main_window import MainWindow


@pytest.fixture
def slow(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    made = make_window(SlowEngine())
    show(qtbot, made, write_clip(tmp_path / "plates"))
    yield made
    end(made)


def said(window: MainWindow) -> str:
    return window.notices.what.text() if window.notices.isVisible() else ""


@pytest.mark.parametrize(
    "name",
    [
        "mask_grow",
        "mask_shrink",
        "mask_fill_holes",
        "mask_remove_specks",
        "mask_keep_largest",
        "mask_smooth",
        "mask_feather",
    ],
)
def test_what_changes_a_mask_makes_none_where_there_is_none(
    qtbot: QtBot, window: MainWindow, name: str
) -> None:
    rectangle(qtbot, window, square_at(0))
    go(qtbot, window, FIRST + 3)
    act(qtbot, window, name)
    assert state(window, FIRST + 3) == "missing"
    assert said(window) == "There is no mask of object1 at this frame."
    window.notices.dismiss()
    go(qtbot, window, FIRST)
    act(qtbot, window, name)
    assert not said(window)


def test_a_keyframe_of_the_result_needs_a_result_here(qtbot: QtBot, window: MainWindow) -> None:
    rectangle(qtbot, window, square_at(0))
    window.work.set_range(FIRST, FIRST + 2)
    propagate(qtbot, window)
    go(qtbot, window, FIRST + 6)
    act(qtbot, window, "make_keyframe")
    assert state(window, FIRST + 6) == "missing"
    assert "propagate first" in said(window)
    go(qtbot, window, FIRST + 2)
    act(qtbot, window, "make_keyframe")
    assert state(window, FIRST + 2) == "keyframe"


def test_to_propagate_what_is_found_says_so_and_writes_no_receipt(
    qtbot: QtBot, window: MainWindow
) -> None:
    rectangle(qtbot, window, square_at(0))
    propagate(qtbot, window)
    act(qtbot, window, "accept")
    for name, words in (
        ("propagate_both", "found already"),
        ("propagate_forward", "found already"),
        ("refresh_stale", "is stale"),
    ):
        act(qtbot, window, name)
        assert words in said(window)
        assert not window.document.busy
        window.notices.dismiss()
    assert window.document.snapshot is not None
    assert window.document.snapshot.undo == "accept"
    window.document.set_absent(FIRST + 4, 1)  # on its way: nobody knows yet what it will open
    with qtbot.waitSignal(window.document.ended, timeout=TIMEOUT):
        assert window.actions_.run("propagate_both")
    assert not said(window)


def test_stop_and_pause_are_there_from_the_first_moment_and_not_before(
    qtbot: QtBot, slow: MainWindow
) -> None:
    rectangle(qtbot, slow, square_at(0))
    actions = slow.actions_.actions
    assert not actions["stop"].isEnabled()
    assert not actions["pause"].isEnabled()
    with qtbot.waitSignal(slow.document.ended, timeout=TIMEOUT) as ended:
        slow.actions_.run("propagate_both")
        assert actions["stop"].isEnabled()  # the first frame may take seconds
        assert slow.status.bar.isVisible()
        slow.actions_.run("stop")
    assert ended.args[0] == "propagate"
    settle(qtbot, slow)
    assert not actions["stop"].isEnabled()


def test_an_export_cannot_be_asked_for_while_something_is_under_way(
    qtbot: QtBot, slow: MainWindow, tmp_path: Path
) -> None:
    rectangle(qtbot, slow, square_at(0))
    slow.actions_.run("propagate_both")
    dialog = opened(slow, tmp_path / "out")
    assert "under way" in dialog.summary.problem.text()
    assert not dialog.export_button.isEnabled()
    with qtbot.waitSignal(slow.document.ended, timeout=TIMEOUT):
        pass
    ready(qtbot, dialog)
    assert dialog.summary.problem.isHidden()
    choose(dialog, format="ffv1")
    ready(qtbot, dialog)
    with qtbot.waitSignal(slow.document.ended, timeout=TIMEOUT):
        press(dialog)
        assert "being written" in slow.status.hint.whole
    assert str(tmp_path / "out") in said(slow)
    assert "being written" not in slow.status.hint.whole


def test_a_hidden_object_is_named_with_the_way_back(qtbot: QtBot, window: MainWindow) -> None:
    rectangle(qtbot, window, square_at(0))
    act(qtbot, window, "hide_object")
    assert window.status.hint.whole == "object1 is hidden: Shift+H shows it again."
    act(qtbot, window, "hide_object")
    assert "hidden" not in window.status.hint.whole


def test_no_object_gets_an_empty_name(qtbot: QtBot, window: MainWindow) -> None:
    rectangle(qtbot, window, square_at(0))
    window.actions_.run("rename_object")
    dialog = window.app_dialog()
    assert isinstance(dialog, QInputDialog)
    box = dialog.findChild(QDialogButtonBox)
    assert box is not None
    button = box.button(QDialogButtonBox.StandardButton.Ok)
    dialog.setTextValue("  ")
    assert not button.isEnabled()
    dialog.setTextValue(" van ")
    assert button.isEnabled()
    button.click()
    settle(qtbot, window)
    assert window.document.snapshot is not None
    assert [o.name for o in window.document.snapshot.objects] == ["van"]


def test_the_hint_speaks_of_changes_only_where_something_changed(
    qtbot: QtBot, window: MainWindow
) -> None:
    rectangle(qtbot, window, square_at(0))
    propagate(qtbot, window)
    assert window.receipts.isVisible()
    assert "changed" not in window.status.hint.whole  # all frames are new


def test_a_lifetime_that_ends_before_it_starts_is_not_asked_for(
    qtbot: QtBot, window: MainWindow
) -> None:
    rectangle(qtbot, window, square_at(0))
    go(qtbot, window, FIRST + 5)
    act(qtbot, window, "lifetime_last")
    go(qtbot, window, FIRST + 8)
    act(qtbot, window, "lifetime_first")
    assert "clear it first" in said(window)
    assert window.work.active is not None
    assert (window.work.active.first, window.work.active.last) == (None, FIRST + 5)


def test_three_dots_are_for_what_opens_a_dialog(qtbot: QtBot, window: MainWindow) -> None:
    rectangle(qtbot, window, square_at(0))
    dotted = {name for name, a in window.actions_.actions.items() if a.text().endswith("…")}
    assert dotted == {
        "open", "open_folder", "save_as", "import_mask", "export", "preferences", "shortcuts",
        "rename_object", "recolour_object", "go_to_frame", "palette",
    }  # fmt: skip
