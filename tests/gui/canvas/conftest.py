"""A real canvas that is shown, and all that it says."""

from __future__ import annotations

import numpy as np
import pytest
from gui_canvas import HEIGHT, WIDTH

from roto_gui.canvas.views import Content
from roto_gui.canvas.widget import Canvas


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
