"""Undo and redo say what they would take back, in words."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from gui_projects import square_at
from gui_windows import act, drag, propagate, rectangle

import roto.session
from roto_gui.commands.history import step_title

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from roto_gui.main_window import MainWindow


def texts(window: MainWindow) -> tuple[str, str]:
    return window.actions_.actions["undo"].text(), window.actions_.actions["redo"].text()


def test_the_menu_names_the_step(qtbot: QtBot, window: MainWindow) -> None:
    assert texts(window) == ("Undo", "Redo")
    rectangle(qtbot, window, square_at(0))
    assert texts(window) == ("Undo: painting", "Redo")
    propagate(qtbot, window)
    assert texts(window) == ("Undo: propagation", "Redo")
    window.actions_.run("tool_smart")
    drag(window, [(8, 20), (14, 20)])
    assert window.work.painter.busy
    assert texts(window) == ("Undo", "Redo")  # first it gives up what is begun
    window.actions_.run("undo")
    act(qtbot, window, "undo")
    assert texts(window) == ("Undo: painting", "Redo: propagation")
    act(qtbot, window, "undo")
    assert texts(window) == ("Undo", "Redo: painting")
    window.files.close()
    assert texts(window) == ("Undo", "Redo")


def test_there_is_a_word_for_every_step_of_a_session() -> None:
    found: set[str] = set()
    for path in Path(roto.session.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            place = {"edit": 0, "_change_object": 1}.get(node.func.attr)
            if place is not None and len(node.args) > place:
                named = ast.walk(node.args[place])
                found |= {n.value for n in named if isinstance(n, ast.Constant) and n.value}
    assert {"add object", "show object", "hide object", "revert"} <= found
    assert not [label for label in found if not step_title(label)]
    assert step_title("something new") == step_title(None) == ""
