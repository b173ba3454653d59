"""Milliseconds per move event while painting on the canvas: from the mouse to the painted widget.

    python benchmarks/painting.py [--size 3840x2160] [--window 1600x900] [--moves 200] [--processor]

A real canvas gets real mouse moves. Each is timed from before the event is sent until the
widget is painted: the brush changes the mask, the box is composed, Qt paints that part. The view
is the overlay with the picture fitted, then at 100 %. "before the paint" leaves out what Qt
does, which can be late without the stroke losing points. Brushes are given by their diameter.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from footage import parse_size
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tables import print_machine, print_table

from roto_gui.canvas.views import Content, View
from roto_gui.canvas.widget import Canvas
from roto_gui.tools.base import Layer, Pointer
from roto_gui.tools.brush import Brush

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
STEP = 6  # display pixels between two moves


@dataclass(frozen=True)
class Times:
    """Milliseconds of all moves of a stroke.

    Attributes:
        painted: Until the widget is painted.
        composed: Until the picture is composed.
    """

    painted: list[float]
    composed: list[float]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=parse_size, default=(2160, 3840), metavar="WxH")
    parser.add_argument("--window", type=parse_size, default=(900, 1600), metavar="WxH")
    parser.add_argument("--moves", type=int, default=200)
    parser.add_argument(
        "--processor",
        action="store_true",
        help="count this thread's time on the processor, not the clock's: for a busy machine",
    )
    options = parser.parse_args()
    print_machine()
    app = QApplication([])
    clock = time.thread_time if options.processor else time.perf_counter
    rows: list[list[object]] = []
    for zoom in ("fit", "100 %"):
        for diameter in (40, 300):
            for hardness in (1.0, 0.5):
                canvas, layer = prepare(options.size, options.window, zoom)
                tool = Brush(diameter / 2, hardness)
                times = stroke(app, canvas, layer, tool, options.moves, clock)
                rows.append([f"{diameter} px, hardness {hardness:g}, {zoom}", *row(times)])
                canvas.close()
    height, width = options.size
    head = ["brush", "median", "99 %", "worst", "before the paint: median", "99 %"]
    unit = "ms on the processor" if options.processor else "ms"
    print_table(f"Painting at {width}x{height}, {unit} per move event", head, rows)


def prepare(size: tuple[int, int], window: tuple[int, int], zoom: str) -> tuple[Canvas, Layer]:
    """A canvas with a picture on it and one object that is already there."""
    random = np.random.default_rng(1)
    plate = random.integers(0, 256, (*size, 3), dtype=np.uint8)
    alpha = np.zeros(size, np.float32)
    alpha[size[0] // 4 : size[0] // 2, size[1] // 4 : size[1] // 2] = 1
    canvas = Canvas()
    canvas.resize(window[1], window[0])
    canvas.show_content(Content(plate, mattes={1: alpha}, colours={1: (0, 170, 255)}, active=1))
    canvas.set_view(View())
    canvas.show()
    if zoom != "fit":
        canvas.actual_size()
    return canvas, Layer(alpha, lambda: plate)


def stroke(
    app: QApplication,
    canvas: Canvas,
    layer: Layer,
    tool: Brush,
    moves: int,
    clock: Callable[[], float],
) -> Times:
    """Paint a stroke, and time each of its moves."""
    composed: list[float] = []

    def move(at: Pointer) -> None:
        box = tool.move(layer, at)
        if box is not None:
            canvas.refresh(box)
        composed.append(clock())

    canvas.pressed.connect(lambda at: tool.press(layer, at))
    canvas.moved.connect(move)
    canvas.set_ring(tool.radius)
    app.processEvents()
    path = places(canvas, moves)
    QTest.mousePress(canvas, LEFT, NO_KEYS, next(path))
    app.processEvents()
    started, painted = [], []
    for place in path:
        started.append(clock())
        QTest.mouseMove(canvas, place)
        app.processEvents()
        painted.append(clock())
    QTest.mouseRelease(canvas, LEFT, NO_KEYS, place)
    if len(composed) < len(started):
        raise SystemExit(f"Of {len(started)} moves {len(composed)} arrived.")
    return Times(differences(started, painted), differences(started, composed))


def places(canvas: Canvas, count: int) -> Iterator[QPoint]:
    """A path to and fro over the widget."""
    wide, high = canvas.width() * 6 // 10, canvas.height() // 2
    for n in range(count + 1):
        across = abs((n * STEP) % (2 * wide) - wide)
        down = high // 2 + (n * 2) % high
        yield QPoint(canvas.width() // 5 + across, down)


def differences(started: list[float], ended: list[float]) -> list[float]:
    """Milliseconds from the one to the other."""
    return [1000 * (b - a) for a, b in zip(started, ended, strict=False)]


def row(times: Times) -> list[object]:
    """Median, 99th percentile and worst of the one, median and 99th percentile of the other."""
    painted, composed = np.array(times.painted), np.array(times.composed)
    return [
        float(np.median(painted)),
        float(np.percentile(painted, 99)),
        float(painted.max()),
        float(np.median(composed)),
        float(np.percentile(composed, 99)),
    ]


if __name__ == "__main__":
    main()
