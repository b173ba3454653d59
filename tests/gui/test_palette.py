"""The command palette: what a few letters find, and what its keys do."""

from __future__ import annotations

import pytest
from gui_windows import Ran, bare_window
from PySide6.QtCore import Qt

from roto_gui.actions.action_set import SPECS, ActionSet
from roto_gui.actions.palette import CommandPalette
from roto_gui.actions.search import match, ranked, score


def test_letters_match_in_order_whatever_the_case():
    assert match("lfr", "Lock this FRame") == (0, 10, 11)
    assert match("l k", "Lock") == (0, 3)
    assert match("kl", "Lock") is None
    assert match("", "Lock") == ()


def test_the_best_of_several_ways_is_found():
    # The letters of "fit" are also spread over the first words.
    assert match("fit", "of a picture: Fit") == (14, 15, 16)


def test_letters_in_a_row_and_starts_of_words_count():
    assert score((0, 1, 2), "fit to") > score((0, 1, 5), "fixed t")
    assert score((0, 5), "lock frame") > score((1, 6), "lock frame")


def test_the_better_match_comes_first():
    texts = {"a": "Mask: Remove specks", "b": "View: Over a checker", "c": "Object: Remove object"}
    assert ranked("specks", texts) == ["a"]
    assert ranked("remobj", texts)[0] == "c"


def test_what_was_used_lately_wins_among_equals():
    texts = {"a": "Mask: Grow", "b": "Mask: Shrink", "c": "Mask: Invert"}
    assert ranked("mask", texts) == ["a", "b", "c"]
    assert ranked("mask", texts, ["c"])[0] == "c"
    assert ranked("", texts, ["c", "b"]) == ["c", "b", "a"]
    assert ranked("grow", texts, ["c"]) == ["a"]


@pytest.fixture
def window(qtbot):
    return bare_window(qtbot, 1000, 600)


@pytest.fixture
def actions(window):
    made = ActionSet(window)
    made.set_available(("clip", "object"))
    return made


@pytest.fixture
def palette(window, actions):
    made = CommandPalette(window, actions)
    made.open()
    return made


def current(palette):
    return palette.list.currentItem().data(0, Qt.ItemDataRole.UserRole)


def test_it_opens_with_every_command_and_the_keyboard(palette, window):
    assert set(palette.found) == set(SPECS) - {"palette", "recent", "panels"}
    assert window.focusWidget() is palette.line
    assert window.rect().contains(palette.geometry())


@pytest.mark.parametrize(
    ("letters", "name"),
    [
        ("undo", "undo"),
        ("both", "propagate_both"),
        ("prop back", "propagate_backward"),
        ("lockfr", "lock_frame"),
        ("fillholes", "mask_fill_holes"),
        ("exp", "export"),
        ("gotofr", "go_to_frame"),
    ],
)
def test_a_few_letters_are_enough(qtbot, palette, letters, name):
    qtbot.keyClicks(palette.line, letters)
    assert name in palette.found[:2]


def test_enter_runs_the_command_and_gives_the_keyboard_back(qtbot, window, actions, palette):
    qtbot.keyClicks(palette.line, "both")
    with qtbot.waitSignal(Ran(actions).one) as ran:
        qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert ran.args == ["propagate_both"]
    assert not palette.isVisible()
    assert window.focusWidget() is window.centralWidget()


def test_typing_runs_nothing_in_the_window(qtbot, actions, palette):
    with qtbot.assertNotEmitted(Ran(actions).one):
        qtbot.keyClicks(palette.line, "t1 e")
        qtbot.keyClick(palette.line, Qt.Key.Key_PageDown)
        qtbot.keyClick(palette.line, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert palette.line.text() == "t1 e"


def test_up_and_down_go_round(qtbot, palette):
    first, last = palette.found[0], palette.found[-1]
    assert current(palette) == first
    qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    assert current(palette) == palette.found[1]
    qtbot.keyClick(palette.line, Qt.Key.Key_Up)
    qtbot.keyClick(palette.line, Qt.Key.Key_Up)
    assert current(palette) == last
    qtbot.keyClick(palette.line, Qt.Key.Key_PageDown)
    assert current(palette) == last


def test_escape_closes_it_and_runs_nothing(qtbot, window, actions, palette):
    with qtbot.assertNotEmitted(Ran(actions).one):
        qtbot.keyClick(palette.line, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert window.focusWidget() is window.centralWidget()


def test_a_greyed_command_is_shown_and_does_not_run(qtbot, actions, palette):
    qtbot.keyClicks(palette.line, "accept the change")
    assert palette.found[0] == "accept"
    with qtbot.assertNotEmitted(Ran(actions).one):
        qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_letters_that_fit_nothing_say_so(qtbot, palette):
    qtbot.keyClicks(palette.line, "qqqq")
    assert palette.found == []
    assert palette._nothing.isVisible()
    qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_what_was_run_comes_first_next_time(qtbot, palette):
    qtbot.keyClicks(palette.line, "invert")
    with qtbot.waitSignal(palette.recent_changed) as told:
        qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert told.args == [("mask_invert",)]
    palette.open()
    assert palette.found[0] == "mask_invert"


def test_it_shows_the_keys_of_now(qtbot, actions, palette):
    actions.set_keys({"export": ("F12",)})
    palette.open()
    qtbot.keyClicks(palette.line, "export mattes")
    assert palette.list.topLevelItem(0).text(1) == "F12"


def test_a_click_runs_a_command(qtbot, actions, palette):
    where = palette.list.visualItemRect(palette.list.topLevelItem(0)).center()
    with qtbot.waitSignal(Ran(actions).one) as ran:
        qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert ran.args == ["open"]


def test_it_stays_inside_a_small_window(palette, window):
    window.resize(420, 300)
    assert window.rect().contains(palette.geometry())
