"""A real canvas, driven with a mouse, a pen and keys, in pixels of the plate."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from gui_canvas import HEIGHT, LEFT, MIDDLE, NO, RIGHT, SHIFT, WIDTH, at, drag, pixels, send_move
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDropEvent,
    QInputDevice,
    QPointingDevice,
    QTabletEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from roto_gui.canvas.views import View
from roto_gui.tools.base import Pointer

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def names(heard):
    return [name for name, _ in heard]


# Where the pointer is


@pytest.mark.parametrize("zoom", [0.1, 0.5, 1.0, 1.37, 2.0, 8.0, 40.0])
def test_pointers_are_in_plate_pixels_at_every_zoom(canvas, heard, zoom):
    canvas.zoom_by(zoom / canvas.scale)
    assert canvas.scale == pytest.approx(zoom)
    points = [QPoint(150, 140), QPoint(200, 150), QPoint(233, 171)]
    drag(canvas, points)
    found = [said for name, said in heard if name != "hovered"]
    assert names(heard)[-4:] == ["pressed", "moved", "moved", "released"]
    middle = WIDTH / 2, HEIGHT / 2
    for pointer, point in zip(found, [*points, points[-1]], strict=True):
        assert isinstance(pointer, Pointer)
        wanted = middle[0] + (point.x() - 200) / zoom, middle[1] + (point.y() - 150) / zoom
        assert (pointer.x, pointer.y) == pytest.approx(wanted, abs=1.01 / zoom)
        assert (pointer.x, pointer.y) == canvas.to_plate(QPointF(point))
        assert pointer.pressure == 1
        assert [pointer.negative, pointer.shift, pointer.ctrl] == [False] * 3


def test_what_is_under_the_pointer_is_what_is_drawn(canvas, content, heard):
    """A pixel painted where the pointer is appears under the pointer."""
    canvas.set_view(View(mode="matte"))
    content.mattes[1][:] = 0
    canvas.refresh()
    canvas.zoom_by(7.3 / canvas.scale)
    place = at(canvas, 101.5, 57.5)
    QTest.mouseClick(canvas, LEFT, NO, place)
    pointer = heard[-1][1]
    row, column = int(pointer.y), int(pointer.x)
    content.mattes[1][row, column] = 1
    canvas.refresh((slice(row, row + 1), slice(column, column + 1)))
    shown = pixels(canvas)
    assert shown[place.y(), place.x()] == 0xFFFFFFFF
    assert (shown == 0xFFFFFFFF).sum() == pytest.approx(7.3**2, rel=0.2)


def test_every_point_of_a_fast_stroke_arrives(canvas, heard):
    points = [QPoint(100 + i, 100 + i % 7) for i in range(150)]
    drag(canvas, points)
    assert names(heard).count("moved") == 149


def test_hovering(canvas, heard):
    send_move(canvas, QPoint(100, 100), Qt.MouseButton.NoButton, CTRL)
    assert heard[-1][0] == "hovered"
    assert heard[-1][1].ctrl


# What buttons and keys mean


@pytest.mark.parametrize(
    ("button", "keys", "wanted"),
    [
        (LEFT, NO, (False, False, False)),
        (RIGHT, NO, (True, False, False)),
        (LEFT, ALT, (True, False, False)),
        (LEFT, CTRL, (False, False, True)),
        (LEFT, CTRL | SHIFT, (False, True, True)),
        (RIGHT, SHIFT, (True, True, False)),
    ],
)
def test_what_goes_to_the_tool(canvas, heard, button, keys, wanted):
    drag(canvas, [QPoint(100, 100), QPoint(120, 100)], button, keys)
    found = [said for name, said in heard if name in ("pressed", "moved", "released")]
    assert len(found) == 3
    for pointer in found:
        assert (pointer.negative, pointer.shift, pointer.ctrl) == wanted


def test_a_shift_click_goes_to_the_tool(canvas, heard):
    drag(canvas, [QPoint(100, 100), QPoint(101, 101)], LEFT, SHIFT)
    assert names(heard) == ["pressed", "released"]
    assert heard[0][1].shift
    assert (heard[0][1].x, heard[0][1].y) == canvas.to_plate(QPointF(100, 100))


def test_shift_drag_is_for_the_brush_and_goes_no_further(canvas, heard):
    drag(canvas, [QPoint(100, 100), QPoint(110, 97), QPoint(115, 107)], LEFT, SHIFT)
    assert [said for name, said in heard if name == "brush"] == [(10, 3), (5, -10)]
    assert "pressed" not in names(heard)
    assert "released" not in names(heard)


@pytest.mark.parametrize("with_space", [False, True])
def test_panning(canvas, heard, with_space):
    before = canvas.to_plate(QPointF(100, 100))
    if with_space:
        QTest.keyPress(canvas, Qt.Key.Key_Space)
    drag(
        canvas,
        [QPoint(100, 100), QPoint(120, 90), QPoint(137, 121)],
        LEFT if with_space else MIDDLE,
    )
    if with_space:
        QTest.keyRelease(canvas, Qt.Key.Key_Space)
    assert canvas.to_plate(QPointF(137, 121)) == pytest.approx(before)
    assert not {"pressed", "moved", "released", "tapped"} & set(names(heard))


def test_space_without_a_drag_is_a_tap_and_no_shortcut_of_the_window_takes_it(canvas, heard, qtbot):
    played = []
    action = QAction(canvas)
    action.setShortcut("Space")
    action.triggered.connect(lambda: played.append(1))
    canvas.addAction(action)
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    assert names(heard) == ["tapped"]
    assert not played
    canvas.show_content(None)  # with nothing to pan it is the window's again
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    assert played == [1]


def test_other_keys_are_left_to_the_window(canvas, heard):
    fired = []
    action = QAction(canvas)
    action.setShortcut("T")
    action.triggered.connect(lambda: fired.append(1))
    canvas.addAction(action)
    QTest.keyClick(canvas, Qt.Key.Key_T)
    assert fired == [1]
    assert heard == []


def test_enter_and_escape(canvas, heard):
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert names(heard) == ["confirmed", "cancelled"]


def test_escape_ends_a_stroke(canvas, heard):
    QTest.mousePress(canvas, LEFT, NO, QPoint(100, 100))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(canvas, LEFT, NO, QPoint(120, 100))
    assert names(heard) == ["pressed", "cancelled"]


def test_a_double_click_is_two_dabs_and_then_a_confirmation(canvas, heard):
    QTest.mouseClick(canvas, LEFT, NO, QPoint(100, 100))
    QTest.mouseDClick(canvas, LEFT, NO, QPoint(100, 100))
    QTest.mouseRelease(canvas, LEFT, NO, QPoint(101, 100))
    found = [name for name in names(heard) if name != "hovered"]
    assert found == ["pressed", "released", "pressed", "released", "confirmed"]


def test_a_second_button_during_a_stroke_does_nothing(canvas, heard):
    QTest.mousePress(canvas, LEFT, NO, QPoint(100, 100))
    QTest.mousePress(canvas, RIGHT, NO, QPoint(100, 100))
    QTest.mouseRelease(canvas, RIGHT, NO, QPoint(100, 100))
    QTest.mouseRelease(canvas, LEFT, NO, QPoint(100, 100))
    assert names(heard) == ["pressed", "released"]


@pytest.mark.parametrize("eraser", [False, True])
def test_a_pen_has_pressure_and_another_end(canvas, heard, eraser):
    kinds = QPointingDevice.PointerType
    kind = kinds.Eraser if eraser else kinds.Pen
    ability = QInputDevice.Capability.Position | QInputDevice.Capability.Pressure
    pen = QPointingDevice("pen", 77, QInputDevice.DeviceType.Stylus, kind, ability, 1, 2)
    types = QTabletEvent.Type
    for what, x, pressure in (
        (types.TabletPress, 100, 0.25),
        (types.TabletMove, 110, 0.75),
        (types.TabletRelease, 110, 0.0),
    ):
        place, up = QPointF(x + 0.5, 100.25), what == types.TabletRelease
        event = QTabletEvent(
            what, pen, place, canvas.mapToGlobal(place), pressure, 0, 0, 0, 0, 0, NO,
            Qt.MouseButton.NoButton if what == types.TabletMove else LEFT,
            Qt.MouseButton.NoButton if up else LEFT,
        )  # fmt: skip
        QApplication.sendEvent(canvas, event)
        assert event.isAccepted()  # else it came again as a mouse event
    assert names(heard) == ["pressed", "moved", "released"]
    assert [said.pressure for _, said in heard] == [0.25, 0.75, 0.75]
    assert [said.negative for _, said in heard] == [eraser] * 3
    assert (heard[0][1].x, heard[0][1].y) == canvas.to_plate(QPointF(100.5, 100.25))


# Files


def enter(canvas, data):
    """Whether the canvas takes what is dragged over it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Qt wants a QPointF
        event = QDragEnterEvent(QPoint(10, 10), Qt.DropAction.CopyAction, data, LEFT, NO)
    QApplication.sendEvent(canvas, event)
    return event.isAccepted()


def test_files_are_dropped(canvas, heard, tmp_path):
    files = [tmp_path / "a.mov", tmp_path / "b c.%04d.exr"]
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    assert enter(canvas, data)
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(canvas, QDropEvent(QPointF(10, 10), copy, data, LEFT, NO))
    assert heard == [("dropped", files)]
    assert all(isinstance(file, Path) for file in heard[0][1])


def test_what_is_no_file_is_not_taken(canvas, heard):
    data = QMimeData()
    data.setText("hello")
    assert not enter(canvas, data)
    assert heard == []


def test_the_line_of_the_wipe_can_be_dragged(canvas, heard):
    shares = []
    canvas.wiped.connect(shares.append)
    canvas.wiped.connect(lambda share: canvas.set_view(View(wipe=share)))
    canvas.set_view(View(wipe=0.5))
    start = at(canvas, 100, 60)
    QTest.mouseMove(canvas, start + QPoint(2, 0))
    assert canvas.cursor().shape() == Qt.CursorShape.SplitHCursor
    heard.clear()
    QTest.mousePress(canvas, LEFT, NO, start + QPoint(2, 0))
    QTest.mouseMove(canvas, at(canvas, 150, 20))
    QTest.mouseMove(canvas, QPoint(-50, 20))
    QTest.mouseRelease(canvas, LEFT, NO, QPoint(-50, 20))
    assert shares == [pytest.approx(0.75, abs=0.01), 0.0]
    assert "pressed" not in names(heard)
    assert "moved" not in names(heard)
    QTest.mousePress(canvas, LEFT, NO, start)  # where the line was
    assert names(heard)[-1] == "pressed"
    QTest.mouseRelease(canvas, LEFT, NO, start)
