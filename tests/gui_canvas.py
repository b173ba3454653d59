"""A canvas with two objects on it, and what is done to it with a mouse."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QImage,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
MIDDLE, NONE = Qt.MouseButton.MiddleButton, Qt.MouseButton.NoButton
NO, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
HEIGHT, WIDTH = 120, 200


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


# Zoom


def turn(canvas, point, notches, keys=NO):
    place = QPointF(point)
    event = QWheelEvent(
        place, canvas.mapToGlobal(place), QPoint(), QPoint(0, 120 * notches), NONE, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)
