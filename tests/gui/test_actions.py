"""The table of commands, and the actions made from it, in a real window."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest
from gui_windows import Ran, bare_window
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLineEdit

from roto_gui.actions.action_set import SPECS, ActionSet
from roto_gui.actions.table import ACTIONS, MENUS, Needs


@pytest.fixture
def window(qtbot):
    return bare_window(qtbot)


@pytest.fixture
def actions(window):
    return ActionSet(window)


def everything(actions):
    actions.set_available(get_args(Needs))


def test_ids_are_unique_and_fields_in_range():
    assert max(Counter(spec.id for spec in ACTIONS).values()) == 1
    assert {spec.menu for spec in ACTIONS} == set(MENUS)
    assert {spec.needs for spec in ACTIONS} == set(get_args(Needs))
    for spec in ACTIONS:
        assert spec.text
        assert spec.hint.endswith("."), spec.id
        assert len(spec.text) < 32, spec.id


def test_every_key_is_one_that_qt_knows():
    for spec in ACTIONS:
        for key in spec.keys:
            portable = QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
            assert portable == key, spec.id


def test_what_is_of_a_group_is_checkable():
    assert all(spec.checkable for spec in ACTIONS if spec.group)
    assert {spec.group for spec in ACTIONS} == {None, "tool", "mode", "channel"}


def test_a_key_runs_its_command(qtbot, window, actions):
    everything(actions)
    seen = []
    actions.connect("propagate_both", lambda: seen.append("both"))
    with qtbot.waitSignal(Ran(actions).one) as ran:
        qtbot.keyClick(window.centralWidget(), Qt.Key.Key_T)
    assert seen == ["both"]
    assert ran.args == ["propagate_both"]


@pytest.mark.parametrize(
    ("key", "modifiers", "name"),
    [
        (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier, "undo"),
        (Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier, "redo"),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier, "back_10"),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, "play"),
        (Qt.Key.Key_BracketRight, Qt.KeyboardModifier.NoModifier, "brush_larger"),
        (Qt.Key.Key_Comma, Qt.KeyboardModifier.NoModifier, "previous_frame"),
        (Qt.Key.Key_3, Qt.KeyboardModifier.NoModifier, "object_3"),
        (Qt.Key.Key_Question, Qt.KeyboardModifier.NoModifier, "keys"),
    ],
)
def test_keys_that_artists_expect(qtbot, window, actions, key, modifiers, name):
    everything(actions)
    with qtbot.waitSignal(Ran(actions).one) as ran:
        qtbot.keyClick(window.centralWidget(), key, modifiers)
    assert ran.args == [name]


def test_a_state_passes_whether_it_is_on(actions):
    everything(actions)
    seen = []
    actions.connect("wipe", seen.append)
    actions.run("wipe")
    actions.run("wipe")
    assert seen == [True, False]


def test_of_a_group_one_is_on_and_nothing_is_passed(actions):
    everything(actions)
    seen = []
    actions.connect("tool_lasso", lambda: seen.append("lasso"))
    actions.run("tool_brush")
    actions.run("tool_lasso")
    assert seen == ["lasso"]
    assert actions.actions["tool_lasso"].isChecked()
    assert not actions.actions["tool_brush"].isChecked()


def test_showing_a_state_does_not_run_it(qtbot, actions):
    everything(actions)
    with qtbot.assertNotEmitted(Ran(actions).one):
        actions.set_checked("loop", True)
    assert actions.actions["loop"].isChecked()


def test_commands_wait_for_what_they_need(actions):
    actions.set_available(())
    enabled = {name for name, action in actions.actions.items() if action.isEnabled()}
    assert enabled == {spec.id for spec in ACTIONS if spec.needs == "nothing"}
    actions.set_available(("clip", "object"), without=("undo",))
    assert actions.actions["propagate_both"].isEnabled()
    assert not actions.actions["undo"].isEnabled()
    assert not actions.actions["accept"].isEnabled()


def test_what_is_greyed_does_not_run(qtbot, window, actions):
    with qtbot.assertNotEmitted(Ran(actions).one):
        assert not actions.run("export")
        qtbot.keyClick(window.centralWidget(), Qt.Key.Key_E)


def test_every_command_is_in_its_menu_once(window, actions):
    actions.build_menus(window.menuBar())
    shown = Counter()
    for title, menu in actions.menus.items():
        submenus = [a.menu() for a in menu.actions() if a.menu() is not None]
        for action in [*menu.actions(), *(a for sub in submenus for a in sub.actions())]:
            if action.objectName() in SPECS:
                assert SPECS[action.objectName()].menu == title
                shown[action.objectName()] += 1
    assert shown == Counter(list(SPECS))


def test_menus_open_with_a_letter_each_that_no_command_takes(window, actions):
    actions.build_menus(window.menuBar())
    titles = [action.text() for action in window.menuBar().actions()]
    letters = [title[title.index("&") + 1].upper() for title in titles]
    assert len(set(letters)) == len(MENUS)
    keys = {key for spec in ACTIONS for key in spec.keys}
    assert not keys & {f"Alt+{letter}" for letter in letters}


def test_typing_a_name_is_typing_and_no_command(qtbot, window, actions):
    everything(actions)
    line = QLineEdit(window)
    line.show()
    line.setFocus()
    with qtbot.assertNotEmitted(Ran(actions).one):
        qtbot.keyClicks(line, "t1e?")
        qtbot.keyClick(line, Qt.Key.Key_Backspace)
    assert line.text() == "t1e"


def test_tooltips_name_the_key_and_follow_it(actions):
    assert actions.actions["propagate_both"].toolTip().startswith("Both ways (T)\n")
    actions.set_keys({"propagate_both": ("Ctrl+B",)})
    assert "(Ctrl+B)" in actions.actions["propagate_both"].toolTip()


def test_only_steps_repeat_while_a_key_is_held(actions):
    assert actions.actions["next_frame"].autoRepeat()
    assert not actions.actions["propagate_both"].autoRepeat()
