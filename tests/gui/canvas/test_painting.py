"""What a real canvas paints: which pixels, and where."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from gui_canvas import HEIGHT, WIDTH, at, drag, pixels, turn
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import (
    QImage,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from roto_gui.canvas import surface
from roto_gui.canvas.views import Content, View
from roto_gui.tools.base import Guide


def codes(image):
    """Red, green and blue of an image, (H, W, 3) int."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    found = np.frombuffer(image.constBits(), np.uint8)
    return found.reshape(image.height(), -1, 4)[:, : image.width(), :3].astype(int)


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


def test_a_plate_that_somebody_made_ready_is_not_made_again(canvas, monkeypatch):
    monkeypatch.setattr(surface, "display", lambda *_: pytest.fail("made on the window's thread"))
    plate = np.full((HEIGHT, WIDTH, 3), 0.5, np.float32)
    ready = np.full((HEIGHT, WIDTH, 3), 77, np.uint8)
    canvas.show_content(Content(plate, linear=True, shown=ready))
    canvas.set_view(View(mode="plate", exposure=1.0))  # stands until there is a better one
    assert canvas.grab().toImage().pixelColor(at(canvas, 100, 60)).red() == 77
    canvas.show_content(Content(plate, linear=True, shown=ready + np.uint8(1)))
    assert canvas.grab().toImage().pixelColor(at(canvas, 100, 60)).red() == 78
