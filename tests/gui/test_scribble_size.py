"""The size of smart select's strokes: in the panel, by keys, by a drag, from day to day."""

from __future__ import annotations

import numpy as np
import pytest
from gui_windows import SHIFT, drag, key
from PySide6.QtCore import Qt

from roto_gui.settings.config import Config
from roto_gui.settings.preferences import PreferencesDialog
from roto_gui.tools import Layer, Pointer, SmartSelect


@pytest.fixture(autouse=True)
def _in_hand(request):
    """Smart select, in tests with a window."""
    if "window" in request.fixturenames:
        request.getfixturevalue("window").actions_.run("tool_smart")


def test_the_keys_of_the_brush_are_those_of_what_is_in_hand(window):
    brush = window.work.brush
    key(window, Qt.Key.Key_BracketRight)
    assert window.work.scribble > 6
    assert window.work.brush == brush
    assert window.tool_options.radius.value == pytest.approx(window.work.scribble, abs=0.05)
    scribble = window.work.scribble
    window.actions_.run("tool_brush")
    assert window.tool_options.radius.value == brush[0]
    key(window, Qt.Key.Key_BracketLeft)
    assert window.work.brush[0] < brush[0]
    assert window.work.scribble == scribble


def test_the_ring_on_the_picture_follows(window):
    window.tool_options.radius.field.setValue(3)
    assert window.work.scribble == 3
    assert window.canvas._ring == 3
    drag(window, [(20, 20), (24, 20)], keys=SHIFT)
    assert window.work.scribble == pytest.approx(5, abs=0.5)
    assert window.canvas._ring == window.work.scribble


def test_a_stroke_has_the_size_it_was_begun_with():
    tool = SmartSelect(4)
    layer = Layer(np.zeros((40, 40), np.float32), lambda: np.zeros((40, 40, 3), np.uint8))
    tool.press(layer, Pointer(10, 10))
    tool.size = 9
    tool.release(layer, Pointer(20, 10))
    tool.press(layer, Pointer(10, 30))
    assert [mark.radius for mark in tool._marks] == [4, 9]
    assert tool.radius == 9


@pytest.mark.parametrize(("wanted", "found"), [(0, 0.5), (1e9, 2000), (7, 7)])
def test_its_size_has_the_limits_of_the_brush(wanted, found):
    tool = SmartSelect()
    tool.size = wanted
    assert tool.size == found


def test_it_is_a_preference(window, qtbot):
    dialog = PreferencesDialog(window.config, window)
    assert dialog.scribble_size.value() == 12
    dialog.scribble_size.setValue(30)
    dialog.accept()
    dialog.deleteLater()
    assert window.work.scribble == 15
    assert window.tool_options.radius.value == 15
    assert Config().preferences.scribble_size == 30
    key(window, Qt.Key.Key_BracketLeft)
    scribble = window.work.scribble
    window.config.update(hints=False)
    assert window.work.scribble == scribble
