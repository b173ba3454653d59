"""A real canvas, driven with a mouse, a pen and keys, in pixels of the plate."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QInputDevice,
    QMouseEvent,
    QPointingDevice,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from roto_gui.canvas import surface
from roto_gui.canvas.views import Content, View
from roto_gui.canvas.widget import Canvas
from roto_gui.tools.base import Guide, Pointer

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
MIDDLE, NONE = Qt.MouseButton.MiddleButton, Qt.MouseButton.NoButton
NO, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
HEIGHT, WIDTH = 120, 200


@pytest.fixture
def content():
    random = np.random.default_rng(5)
    plate = random.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    first, second = np.zeros((2, HEIGHT, WIDTH), np.float32)
    first[30:70, 40:120] = 1
    second[60:100, 100:160] = 1
    colours = {1: (0, 170, 255), 2: (255, 138, 0)}
    return Content(plate, mattes={1: first, 2: second}, colours=colours, active=1)


@pytest.fixture
def canvas(qtbot, content):
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    canvas.show_content(content)
    with qtbot.waitExposed(canvas):
        canvas.show()
    canvas.setFocus()
    return canvas


@pytest.fixture
def heard(canvas):
    """Everything the canvas says, in order."""
    found = []
    for name in ("pressed", "moved", "released", "hovered"):
        getattr(canvas, name).connect(lambda at, name=name: found.append((name, at)))
    for name in ("confirmed", "cancelled", "tapped", "left"):
        getattr(canvas, name).connect(lambda name=name: found.append((name, None)))
    canvas.brush_dragged.connect(lambda x, y: found.append(("brush", (x, y))))
    canvas.dropped.connect(lambda files: found.append(("dropped", files)))
    return found


def names(heard):
    return [name for name, _ in heard]


def at(canvas, x, y):
    """The place of the widget nearest to one of the plate."""
    return canvas.to_screen(x, y).toPoint()


def drag(canvas, points, button=LEFT, keys=NO):
    """Press at the first of some places of the widget, go through the others, release."""
    QTest.mousePress(canvas, button, keys, points[0])
    for point in points[1:]:
        send_move(canvas, point, button, keys)
    QTest.mouseRelease(canvas, button, keys, points[-1])


def send_move(canvas, point, button=LEFT, keys=NO):
    place = QPointF(point)
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        canvas.mapToGlobal(place),
        Qt.MouseButton.NoButton,
        button,
        keys,
    )
    QApplication.sendEvent(canvas, event)


def pixels(canvas):
    """What is on the screen, (H, W) uint32, without the pointer."""
    canvas._point_at(None)
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    found = np.frombuffer(image.constBits(), np.uint32)
    return found.reshape(image.height(), image.bytesPerLine() // 4).copy()


def codes(image):
    """Red, green and blue of an image, (H, W, 3) int."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    found = np.frombuffer(image.constBits(), np.uint8)
    return found.reshape(image.height(), -1, 4)[:, : image.width(), :3].astype(int)


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


# Zoom


def turn(canvas, point, notches, keys=NO):
    place = QPointF(point)
    event = QWheelEvent(
        place, canvas.mapToGlobal(place), QPoint(), QPoint(0, 120 * notches), NONE, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


def test_the_wheel_zooms_at_the_pointer(canvas):
    scales = []
    canvas.zoomed.connect(scales.append)
    place = QPointF(250, 170)
    before, scale = canvas.to_plate(place), canvas.scale
    for notches in (1, 1, 3, -2, -1):
        turn(canvas, place, notches)
        assert canvas.to_plate(place) == pytest.approx(before)
    assert canvas.scale == pytest.approx(scale * 1.25**2)
    assert len(scales) == 5
    turn(canvas, place, 100)
    assert canvas.scale == 64
    turn(canvas, place, -200)
    assert canvas.scale == 0.02


def test_fit_follows_the_window_until_the_artist_zooms(canvas):
    assert canvas.scale == 2
    canvas.resize(600, 500)
    QApplication.processEvents()
    assert canvas.scale == 3
    canvas.actual_size()
    assert canvas.scale == 1
    canvas.resize(400, 300)
    QApplication.processEvents()
    assert canvas.scale == 1
    assert canvas.to_plate(QPointF(200, 150)) == pytest.approx((WIDTH / 2, HEIGHT / 2), abs=1)
    canvas.fit()
    assert canvas.scale == 2


def test_content_of_the_same_size_keeps_the_place(canvas, content):
    canvas.zoom_by(3.3, QPointF(50, 60))
    place = canvas.to_plate(QPointF(0, 0))
    canvas.show_content(replace(content, plate=255 - content.plate))
    assert canvas.to_plate(QPointF(0, 0)) == place
    canvas.show_content(Content(np.zeros((50, 50, 3), np.uint8)))
    assert canvas.scale == 6


# What is painted


def test_exact_above_200_percent(canvas, content):
    canvas.set_view(View(mode="plate"))
    for zoom in (1.0, 2.0, 3.7, 12.5):
        canvas.zoom_by(zoom / canvas.scale)
        if zoom == 1:
            canvas.actual_size()
        canvas.pan_by(3, -5)
        shown = pixels(canvas)
        for x, y in ((200, 150), (213, 177), (180, 141)):
            column, row = canvas.to_plate(QPointF(x + 0.5, y + 0.5))
            red, green, blue = (int(c) for c in content.plate[int(row), int(column)])
            assert shown[y, x] == 0xFF000000 | red << 16 | green << 8 | blue


def test_the_whole_picture_is_mixed_below_half_size(canvas, content):
    """Stripes of one pixel become grey; no pixel is left out."""
    plate = np.zeros((400, 404, 3), np.uint8)
    plate[:, ::2] = 255
    canvas.show_content(Content(plate))
    canvas.set_view(View(mode="plate"))
    for zoom in (0.5, 0.25, 0.11):
        canvas.zoom_by(zoom / canvas.scale)
        shown = pixels(canvas)
        assert abs(int(shown[150, 200] & 0xFF) - 128) <= 2


@pytest.mark.parametrize("mode", ["overlay", "matte", "outline", "checker"])
@pytest.mark.parametrize("zoom", [0.2, 0.77, 1.0, 1.6, 2.0, 5.3, 20.0])
def test_refreshing_a_box_changes_those_pixels_and_no_others(canvas, content, mode, zoom):
    canvas.set_view(View(mode=mode))
    canvas.zoom_by(zoom / canvas.scale)
    canvas.pan_by(1.3, 2.6)
    QApplication.processEvents()
    before = pixels(canvas)
    box = slice(61, 75), slice(90, 109)
    content.mattes[1][box] = 1 - content.mattes[1][box]
    canvas.refresh(box)
    after = pixels(canvas)
    left, top, right, bottom = canvas.viewport.on_display(90, 61, 109, 75, margin=5)
    outside = np.ones_like(before, bool)
    outside[max(top, 0) : bottom, max(left, 0) : right] = False
    np.testing.assert_array_equal(before[outside], after[outside])
    assert (before != after).any()
    canvas.refresh()
    np.testing.assert_array_equal(after, pixels(canvas))


@pytest.mark.parametrize("zoom", [0.2, 0.77, 1.6, 2.0, 5.3, 20.0])
def test_only_the_part_that_changed_is_painted_and_joins_the_rest(canvas, content, zoom):
    canvas.zoom_by(zoom / canvas.scale)
    canvas.pan_by(1.3, 2.6)
    canvas.set_view(View(onion=True, wipe=0.45))
    canvas.show_content(replace(content, neighbours=(content.mattes[2],)))
    canvas._point_at(None)
    QApplication.processEvents()
    kept = canvas.grab().toImage()  # what Qt keeps of the widget
    regions = []
    before = canvas.paintEvent
    canvas.paintEvent = lambda event: (regions.append(event.region()), before(event))
    box = slice(61, 75), slice(90, 109)
    content.mattes[1][box] = 1 - content.mattes[1][box]
    canvas.refresh(box)
    canvas.refresh((slice(57, 62), slice(88, 95)))
    QApplication.processEvents()
    canvas.paintEvent = before
    assert len(regions) == 1  # two refreshes, one paint
    painted = regions[0].boundingRect()
    left, top, right, bottom = canvas.viewport.on_display(88, 57, 109, 75)
    assert painted.width() <= min(right - left, 400) + 12
    assert painted.height() <= min(bottom - top, 300) + 12
    canvas.render(kept, painted.topLeft(), regions[0], QWidget.RenderFlag.DrawWindowBackground)
    whole = canvas.grab().toImage()
    change = np.abs(codes(kept) - codes(whole))
    assert change.max() <= 1  # Qt's interpolation of a part differs in the last bit
    assert (change > 0).mean() < 0.01


def test_boxes_beside_the_picture_are_no_error(canvas):
    canvas.refresh((slice(-10, 0), slice(0, 10)))
    canvas.refresh((slice(-10, 5), slice(190, 500)))
    canvas.refresh((slice(5, 5), slice(0, 10)))


def test_guides_ring_message_and_grid_are_seen_and_go_again(canvas):
    canvas.zoom_by(20 / canvas.scale)
    plain = pixels(canvas)
    canvas.set_guides([Guide(((95, 55), (105, 60), (100, 65)), closed=True)])
    guided = pixels(canvas)
    assert (guided != plain).any()
    canvas.set_guides([])
    canvas.set_message("Paint the object.")
    assert (pixels(canvas) != plain).any()
    canvas.set_message("")
    np.testing.assert_array_equal(pixels(canvas), plain)
    canvas.set_ring(5.0)
    QTest.mouseMove(canvas, QPoint(200, 150))
    image = canvas.grab().toImage()
    assert image.pixelColor(200 + 100, 150).lightness() > 150  # 5 plate pixels to the right
    assert canvas.cursor().shape() == Qt.CursorShape.BlankCursor


def test_empty(canvas, heard):
    canvas.show_content(None)
    shown = pixels(canvas)
    assert len(np.unique(shown)) == 1
    canvas.set_message("Drop a clip here.")
    assert len(np.unique(pixels(canvas))) > 1
    drag(canvas, [QPoint(10, 10), QPoint(20, 20)])
    turn(canvas, QPoint(10, 10), 1)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert heard == []


def test_exposure_is_applied_once_per_plate(canvas, content, monkeypatch):
    calls = []
    real = surface.display
    monkeypatch.setattr(surface, "display", lambda *given: calls.append(1) or real(*given))
    canvas.set_view(View(exposure=1.0))
    canvas.refresh((slice(0, 10), slice(0, 10)))
    canvas.show_content(replace(content))
    canvas.set_view(View(mode="matte", exposure=1.0))
    assert len(calls) == 1
    canvas.show_content(replace(content, plate=content.plate.copy()))
    assert len(calls) == 2


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


def test_a_plate_that_somebody_made_ready_is_not_made_again(canvas, monkeypatch):
    monkeypatch.setattr(surface, "display", lambda *_: pytest.fail("made on the window's thread"))
    plate = np.full((HEIGHT, WIDTH, 3), 0.5, np.float32)
    ready = np.full((HEIGHT, WIDTH, 3), 77, np.uint8)
    canvas.show_content(Content(plate, linear=True, shown=ready))
    canvas.set_view(View(mode="plate", exposure=1.0))  # stands until there is a better one
    assert canvas.grab().toImage().pixelColor(at(canvas, 100, 60)).red() == 77
    canvas.show_content(Content(plate, linear=True, shown=ready + np.uint8(1)))
    assert canvas.grab().toImage().pixelColor(at(canvas, 100, 60)).red() == 78
