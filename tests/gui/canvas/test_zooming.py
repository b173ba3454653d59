"""The wheel, fitting, and what stays where it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from gui_canvas import HEIGHT, WIDTH, turn
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from roto_gui.canvas.views import Content


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
