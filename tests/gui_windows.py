"""The real window on small clips, driven in image coordinates by mouse and keys."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QWidget

from roto.fake_engine import FakeEngine, FakeMemory
from roto_gui.main_window import MainWindow
from roto_gui.settings.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt
    from pytestqt.qtbot import QtBot

    from roto_gui.actions.action_set import ActionSet


TIMEOUT = 20_000
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class SlowMemory(FakeMemory):
    """Takes its time for every frame."""

    def wants(self, frame: int) -> bool:
        """Called once per predicted frame."""
        time.sleep(0.05)
        return super().wants(frame)


class SlowEngine(FakeEngine):
    """As quick as a network: 20 frames a second."""

    def open_memory(self) -> FakeMemory:
        return SlowMemory(self.settings)


class Ran(QObject):
    """Hears which commands run, whether by menu, key or palette."""

    one = Signal(str)
    """Its id."""

    def __init__(self, actions: ActionSet) -> None:
        super().__init__(actions)
        for name, action in actions.actions.items():
            action.triggered.connect(lambda _on, name=name: self.one.emit(name))


def bare_window(qtbot: QtBot, width: int = 640, height: int = 480) -> QMainWindow:
    """A window with nothing in it that is shown and has the keyboard."""
    made = QMainWindow()
    qtbot.addWidget(made)
    made.resize(width, height)
    middle = QWidget()
    middle.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.setCentralWidget(middle)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    middle.setFocus()
    return made


def make_window(engine: FakeEngine | None = None) -> MainWindow:
    """A window that is shown, with nothing open, and with an engine of its own."""
    window = MainWindow(Config())
    window.files.engine = engine or FakeEngine()
    window.resize(1200, 800)
    window.show()
    return window


def end(window: MainWindow) -> None:
    """Close a window and let Qt forget it."""
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def show(qtbot: QtBot, window: MainWindow, path: str) -> None:
    """Open something and wait until its first picture is there."""
    with qtbot.waitSignal(window.document.opened, timeout=TIMEOUT):
        window.open(path)
    arrive(qtbot, window)


def arrive(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until the frame asked for is on the canvas, with all its mattes."""
    stage = window.work.stage
    qtbot.waitUntil(lambda: not stage.waiting and stage.whole, timeout=TIMEOUT)


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until every edit has come back."""
    qtbot.waitUntil(lambda: window.document.settled, timeout=TIMEOUT)


def until(true: Callable[[], bool]) -> None:
    """The same without pytest: let the window live until something is so, for a minute at most."""
    loop, timer = QEventLoop(), QTimer()
    timer.timeout.connect(lambda: loop.quit() if true() else None)
    timer.start(5)
    QTimer.singleShot(60_000, loop.quit)
    loop.exec()
    assert true()


def go(qtbot: QtBot, window: MainWindow, frame: int) -> None:
    """Visit a frame and wait for its picture."""
    window.work.visit(frame)
    arrive(qtbot, window)


def act(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Run an action that must be possible, and wait for what it does."""
    assert window.actions_.run(name), f"{name} is greyed"
    settle(qtbot, window)


def propagate(qtbot: QtBot, window: MainWindow, name: str = "propagate_both") -> None:
    """Run a propagation to its end."""
    with qtbot.waitSignal(window.document.ended, timeout=TIMEOUT):
        assert window.actions_.run(name)
    settle(qtbot, window)


def key(window: MainWindow, which: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(window.canvas, which, keys)


def drag(
    window: MainWindow,
    points: Sequence[tuple[float, float]],
    button: Qt.MouseButton = LEFT,
    keys: Qt.KeyboardModifier = NONE,
) -> None:
    """Drag over points of the plate, (x, y) in its pixels."""
    at = [window.canvas.to_screen(x, y).toPoint() for x, y in points]
    QTest.mousePress(window.canvas, button, keys, at[0])
    for point in at[1:]:
        QTest.mouseMove(window.canvas, point)
    QTest.mouseRelease(window.canvas, button, keys, at[-1])


def rectangle(qtbot: QtBot, window: MainWindow, mask: npt.NDArray[np.bool_]) -> None:
    """Paint the box that a mask is, with the rectangle tool."""
    arrive(qtbot, window)
    rows, columns = np.nonzero(mask)
    window.actions_.run("tool_rectangle")
    first = float(columns.min()), float(rows.min())
    last = float(columns.max() + 1), float(rows.max() + 1)
    drag(window, [first, last])
    settle(qtbot, window)


def matte(
    qtbot: QtBot, window: MainWindow, frame: int, object_id: int = 1
) -> npt.NDArray[np.bool_]:
    """What the document knows of an object at a frame, (H, W)."""
    document = window.document
    document.request_result(frame)
    qtbot.waitUntil(lambda: document.result(frame) is not None, timeout=TIMEOUT)
    found = document.result(frame)
    assert found is not None
    answer: npt.NDArray[np.bool_] = np.asarray(found.matte(object_id)) >= 0.5
    return answer


def shown(window: MainWindow, object_id: int) -> npt.NDArray[np.float32] | None:
    """An object's matte on the canvas; None where it is not shown."""
    content = window.canvas.content
    assert content is not None
    return content.mattes.get(object_id)


def state(window: MainWindow, frame: int, object_id: int = 1) -> str:
    """Of an object at a frame: keyframe, fresh, ..."""
    assert window.document.snapshot is not None
    found = window.document.snapshot.object(object_id)
    assert found is not None
    return found.states[frame]
