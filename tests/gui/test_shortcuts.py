"""Presets, own keys, conflicts; the editor and the overlay that shows them."""

from __future__ import annotations

import pytest
from gui_windows import Ran
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from roto_gui.actions.action_set import SPECS, ActionSet
from roto_gui.actions.keys_overlay import KeysOverlay, Line, in_columns, key_lines
from roto_gui.actions.shortcut_editor import ShortcutEditor
from roto_gui.actions.shortcuts import (
    PRESETS,
    Choices,
    conflicts,
    effective_keys,
    normal,
    preset_keys,
    pressed_key,
)

Shift = Qt.KeyboardModifier.ShiftModifier
Control = Qt.KeyboardModifier.ControlModifier
Nothing = Qt.KeyboardModifier.NoModifier


@pytest.mark.parametrize("preset", PRESETS)
def test_no_two_commands_share_a_key(preset):
    assert conflicts(preset_keys(preset)) == {}


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_name_known_commands_and_keys(preset):
    for name, keys in PRESETS[preset].items():
        assert name in SPECS
        assert keys
        assert all(normal(key) == key for key in keys)
        assert keys != SPECS[name].keys, f"{name} says nothing new"


@pytest.mark.parametrize("preset", PRESETS)
def test_a_command_with_a_key_has_one_in_every_preset(preset):
    keys = preset_keys(preset)
    assert all(keys[name] for name, spec in SPECS.items() if spec.keys)


@pytest.mark.parametrize("preset", PRESETS)
def test_no_preset_takes_the_letters_of_the_menus(preset):
    letters = {f"Alt+{letter}" for letter in "FEOMPVLH"}
    assert not letters & {key for keys in preset_keys(preset).values() for key in keys}


@pytest.mark.parametrize(
    ("preset", "name", "key"),
    [
        ("Nuke", "fit", "F"),
        ("Nuke", "next_keyframe", "Ctrl+Right"),
        ("Nuke", "play_forward", "L"),
        ("After Effects", "next_frame", "PgDown"),
        ("After Effects", "next_keyframe", "K"),
        ("After Effects", "set_in", "B"),
        ("After Effects", "channel_a", "Alt+4"),
        ("Silhouette", "next_frame", "X"),
        ("Silhouette", "make_keyframe", "Alt+K"),
        ("Silhouette", "channel_r", "R"),
    ],
)
def test_presets_keep_the_habits_of_their_users(preset, name, key):
    assert key in preset_keys(preset)[name]


def test_own_keys_win_over_the_preset():
    keys = effective_keys("roto", {"tool_brush": ["B"], "gone": ["X"]})
    assert keys["tool_brush"] == ("B",)
    assert keys["channel_b"] == ()
    assert "gone" not in keys
    assert conflicts(keys) == {}


def test_an_unknown_preset_is_roto():
    assert effective_keys("Photoshop", {}) == preset_keys("roto")
    assert Choices("Photoshop", {}).preset == "roto"


def test_conflicts_name_both():
    assert conflicts({"a": ("ctrl+t",), "b": ("Ctrl+T", "X"), "c": ("Y",)}) == {
        "Ctrl+T": ["a", "b"]
    }


def test_taking_a_key_over_leaves_no_conflict():
    choices = Choices("roto", {"export": ("F12",)})
    assert choices.holder("f12") == "export"
    assert choices.holder("F12", but="export") is None
    choices.bind("propagate_both", "F12", add=True)
    assert choices.keys["propagate_both"] == ("T", "Ctrl+T", "F12")
    assert choices.keys["export"] == ()
    assert conflicts(choices.keys) == {}


def test_reset_gives_a_key_back_from_whoever_took_it():
    choices = Choices("roto", {})
    choices.bind("tool_brush", "T")
    assert choices.keys["propagate_both"] == ("Ctrl+T",)
    choices.reset("propagate_both")
    assert choices.keys["propagate_both"] == ("T", "Ctrl+T")
    assert choices.keys["tool_brush"] == ()
    choices.reset_all()
    assert choices.keys == preset_keys("roto")
    assert choices.bindings == {}


@pytest.mark.parametrize(
    ("key", "modifiers", "text", "wanted"),
    [
        (Qt.Key.Key_T, Nothing, "t", "T"),
        (Qt.Key.Key_T, Shift, "T", "Shift+T"),
        (Qt.Key.Key_T, Control | Shift, "\x14", "Ctrl+Shift+T"),
        (Qt.Key.Key_Question, Shift, "?", "?"),
        (Qt.Key.Key_BraceRight, Shift, "}", "}"),
        (Qt.Key.Key_Space, Shift, " ", "Shift+Space"),
        (Qt.Key.Key_F6, Shift, "", "Shift+F6"),
        (Qt.Key.Key_Shift, Shift, "", ""),
        (Qt.Key.Key_5, Qt.KeyboardModifier.KeypadModifier, "5", "5"),
        (Qt.Key.Key_Backtab, Shift, "", "Shift+Tab"),
    ],
)
def test_what_was_pressed(qapp, key, modifiers, text, wanted):
    assert pressed_key(QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text)) == wanted


@pytest.fixture
def editor(qtbot):
    made = ShortcutEditor("roto", {})
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def visible(editor):
    items = [editor.table.topLevelItem(i) for i in range(editor.table.topLevelItemCount())]
    return [item.data(0, Qt.ItemDataRole.UserRole) for item in items if not item.isHidden()]


def test_editor_binds_what_is_pressed(qtbot, editor):
    editor.select("self_test")
    editor.field.setFocus()
    qtbot.keyClick(editor.field, Qt.Key.Key_F12)
    with qtbot.waitSignal(editor.chosen) as chosen:
        editor.accept()
    assert chosen.args == ["roto", {"self_test": ("F12",)}]


def test_editor_tells_a_conflict_and_takes_over_when_asked(qtbot, editor):
    editor.select("tool_brush")
    qtbot.keyClick(editor.field, Qt.Key.Key_B)
    assert editor.message.text() == "B is already “View: Blue channel”."
    assert editor.take.isVisible()
    assert editor.choices.keys["tool_brush"] == ("P", "Shift+B")
    qtbot.mouseClick(editor.take, Qt.MouseButton.LeftButton)
    assert editor.choices.keys["tool_brush"] == ("B",)
    assert editor.choices.keys["channel_b"] == ()
    assert not editor.take.isVisible()


def test_editor_adds_a_second_key(qtbot, editor):
    editor.select("tool_brush")
    editor.add.setChecked(True)
    qtbot.keyClick(editor.field, Qt.Key.Key_F12)
    assert editor.choices.keys["tool_brush"] == ("P", "Shift+B", "F12")
    assert not editor.add.isChecked()


def test_editor_forgets_the_conflict_with_another_selection(qtbot, editor):
    editor.select("tool_brush")
    qtbot.keyClick(editor.field, Qt.Key.Key_B)
    editor.select("tool_lasso")
    assert not editor.take.isVisible()
    editor.take_over()
    assert editor.choices.bindings == {}


def test_keys_that_cancel_or_finish_cannot_be_bound(qtbot, editor):
    editor.select("stop")
    qtbot.keyClick(editor.field, Qt.Key.Key_Escape)
    assert editor.choices.bindings == {}
    assert "cannot be used" in editor.message.text()
    assert editor.isVisible()


def test_editor_finds_commands_by_name_menu_and_key(qtbot, editor):
    qtbot.keyClicks(editor.search, "blue")
    assert visible(editor) == ["channel_b"]
    editor.search.setText("propagate both")
    assert visible(editor) == ["propagate_both"]
    editor.search.setText("ctrl+shift+p")
    assert visible(editor) == ["palette"]


def test_editor_changes_the_preset_and_keeps_own_keys(qtbot, editor):
    editor.select("export")
    qtbot.keyClick(editor.field, Qt.Key.Key_F12)
    editor.preset.setCurrentText("Silhouette")
    assert editor.choices.keys["next_frame"][0] == "X"
    assert editor.choices.keys["export"] == ("F12",)


def test_cancel_changes_nothing(qtbot, editor):
    editor.select("export")
    qtbot.keyClick(editor.field, Qt.Key.Key_F12)
    with qtbot.assertNotEmitted(editor.chosen):
        editor.reject()


def test_chosen_keys_work_in_the_window(qtbot, window):
    actions = ActionSet(window)
    actions.set_available(("clip", "object"))
    actions.set_keys(effective_keys("After Effects", {}))
    with qtbot.waitSignal(Ran(actions).one) as ran:
        qtbot.keyClick(window.centralWidget(), Qt.Key.Key_B)
    assert ran.args == ["set_in"]


def test_lines_name_every_command_that_has_a_key():
    lines = key_lines(preset_keys("roto"))
    assert Line("Redo", "Ctrl+Shift+Z   Ctrl+Y") in lines
    assert Line("Select object 1 – 9", "1 – 9") in lines
    assert not any(line.text == "Open sample" for line in lines)
    own = key_lines(effective_keys("roto", {"object_2": ("F12",)}))
    assert Line("Select object 2", "F12") in own


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6])
def test_columns_hold_every_line_and_end_with_no_title(count):
    lines = key_lines(preset_keys("roto"))
    columns = in_columns(lines, count)
    assert [line for column in columns for line in column] == lines
    assert len(columns) <= count
    assert all(column[-1].keys for column in columns)


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.setCentralWidget(QWidget(focusPolicy=Qt.FocusPolicy.StrongFocus))
    with qtbot.waitExposed(made):
        made.show()
    made.centralWidget().setFocus()
    return made


@pytest.fixture
def overlay(window):
    made = KeysOverlay(window)
    made.open(preset_keys("roto"))
    return made


def test_overlay_covers_its_window_and_follows_it(window, overlay):
    assert overlay.geometry() == window.rect()
    window.resize(700, 500)
    assert overlay.geometry() == window.rect()


def test_a_key_closes_the_overlay_and_does_nothing_else(qtbot, window, overlay):
    actions = ActionSet(window)
    actions.set_available(("clip", "object"))
    with qtbot.assertNotEmitted(Ran(actions).one):
        qtbot.keyClick(overlay, Qt.Key.Key_T)
    assert not overlay.isVisible()
    assert window.focusWidget() is window.centralWidget()


def test_shift_alone_does_not_close_the_overlay(qtbot, overlay):
    qtbot.keyClick(overlay, Qt.Key.Key_Shift)
    assert overlay.isVisible()


def test_a_click_on_the_keys_closes_the_overlay(qtbot, overlay):
    child = overlay.childAt(overlay.width() // 3, overlay.height() // 2)
    qtbot.mouseClick(child, Qt.MouseButton.LeftButton)
    assert not overlay.isVisible()
