"""Somebody who presses everything: nothing breaks, nothing is lost, nothing is left over."""

from __future__ import annotations

import gc
import random
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from gui_projects import COUNT, FIRST, SIZE, square_at, write_clip
from gui_windows import (
    LEFT,
    RIGHT,
    TIMEOUT,
    SlowEngine,
    arrive,
    end,
    make_window,
    propagate,
    rectangle,
    settle,
    show,
)
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest

import roto
from roto_gui.actions.table import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from roto.session import Session
    from roto_gui.main_window import MainWindow

STEPS = 300
LAST = FIRST + COUNT - 1
NOT_PRESSED = {"quit", "close", "open_sample", "full_screen"}
TOOLS = ("brush", "eraser", "polygon", "lasso", "rectangle", "fill", "smart")
MODIFIERS = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
KEYS = list(range(Qt.Key.Key_A.value, Qt.Key.Key_Z.value + 1)) + [
    k.value
    for k in (
        *(Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Space, Qt.Key.Key_Delete),
        *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Up),
        *(Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight, Qt.Key.Key_1, Qt.Key.Key_2),
    )
]


class Monkey:
    """Does one random thing after the other to a window."""

    def __init__(self, qtbot: QtBot, window: MainWindow, seed: int) -> None:
        self.qtbot, self.window = qtbot, window
        self.random = random.Random(seed)
        self.done: list[str] = []
        self.button: tuple[Qt.MouseButton, Qt.KeyboardModifier] | None = None

    def step(self) -> None:
        """One thing."""
        ways: list[tuple[int, Callable[[], str]]] = [
            (10, self.action),
            (7, self.stroke),
            (3, self.scrub),
            (4, self.key),
            (2, self.half_a_stroke),
            (2, self.propagate),
            (1, self.cancel),
            (1, self.pause),
            (2, self.wait),
            (1, self.wheel),
        ]
        weights, doings = zip(*ways, strict=True)
        self.done.append(self.random.choices(doings, weights)[0]())
        self.close_dialogs()

    def action(self) -> str:
        name = self.random.choice([s.id for s in ACTIONS if s.id not in NOT_PRESSED])
        ran = self.window.actions_.run(name)
        return f"action {name}" if ran else f"(greyed {name})"

    def stroke(self) -> str:
        name = self.random.choice(TOOLS)
        self.window.actions_.run(f"tool_{name}")
        self.window.work.set_brush(self.random.uniform(0.5, 12), self.random.random())
        self.press()
        for _ in range(self.random.randrange(5)):
            QTest.mouseMove(self.window.canvas, self.place())
        self.release()
        return f"stroke {name}"

    def half_a_stroke(self) -> str:
        """The button stays down while other things happen."""
        if self.button is None:
            self.press()
            return "press"
        self.release()
        return "release"

    def press(self) -> None:
        if self.button is not None:
            self.release()
        self.button = self.random.choice((LEFT, LEFT, RIGHT)), self.random.choice(MODIFIERS)
        QTest.mousePress(self.window.canvas, *self.button, self.place())

    def release(self) -> None:
        assert self.button is not None
        QTest.mouseRelease(self.window.canvas, *self.button, self.place())
        self.button = None

    def scrub(self) -> str:
        frames = [
            self.random.randint(FIRST - 1, LAST + 1) for _ in range(self.random.randint(1, 6))
        ]
        for frame in frames:
            self.window.timeline.frame_chosen.emit(frame)
        return f"scrub {frames}"

    def key(self) -> str:
        key, keys = self.random.choice(KEYS), self.random.choice(MODIFIERS)
        if keys == Qt.KeyboardModifier.ControlModifier and key in (Qt.Key.Key_Q, Qt.Key.Key_W):
            return "(quit)"
        QTest.keyClick(self.window.canvas, Qt.Key(key), keys)
        return f"key {keys} {Qt.Key(key)}"

    def propagate(self) -> str:
        way = self.random.choice(("both", "forward", "backward"))
        self.window.actions_.run(f"propagate_{way}")
        return f"propagate {way}"

    def cancel(self) -> str:
        self.window.status.cancel_wanted.emit()
        return "cancel"

    def pause(self) -> str:
        halt = self.random.random() < 0.5
        self.window.status.pause_wanted.emit(halt)
        return f"pause {halt}"

    def wait(self) -> str:
        self.qtbot.wait(self.random.randrange(40))
        return "wait"

    def wheel(self) -> str:
        self.window.canvas.zoom_by(self.random.choice((0.5, 0.8, 1.25, 2)))
        return "zoom"

    def close_dialogs(self) -> None:
        while (dialog := self.window.app_dialog()) is not None:
            dialog.close()
        self.window.palette_.hide()
        self.window.helping.overlay.leave()

    def place(self) -> QPoint:
        """Somewhere in the picture, or just outside it."""
        x, y = self.random.uniform(-4, SIZE[1] + 4), self.random.uniform(-4, SIZE[0] + 4)
        return self.window.canvas.to_screen(x, y).toPoint()

    def rest(self) -> None:
        """Let go of everything."""
        window = self.window
        if self.button is not None:
            self.release()
        window.work.painter.finish()
        window.work.player.stop()
        window.document.resume()
        window.document.cancel()
        self.qtbot.waitUntil(lambda: not window.document.busy, timeout=TIMEOUT)
        settle(self.qtbot, window)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_monkey_breaks_nothing(
    qtbot: QtBot, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _: True)
    clip = write_clip(tmp_path / "plates")
    window = make_window(SlowEngine())
    broken: list[str] = []
    window.work.failed.connect(lambda what, why: broken.append(f"{what}: {why}"))
    show(qtbot, window, clip)
    monkey = Monkey(qtbot, window, seed)
    try:
        for _ in range(STEPS):
            monkey.step()
            wrong = [text for text in broken if "inside roto" in text]
            assert not wrong, (wrong, monkey.done[-12:])
        monkey.rest()
        assert window.document.is_open
        show_both_ends(qtbot, window)
        assert not window.work.stage.holding
        snapshot = window.document.snapshot
        assert snapshot is not None
        assert snapshot.path is not None
    finally:
        end(window)
    wrong = [text for text in broken if "inside roto" in text]
    assert not wrong, (wrong, monkey.done[-12:])
    with roto.open_session(snapshot.path, model=SlowEngine()) as session:
        check_history(session)


def show_both_ends(qtbot: QtBot, window: MainWindow) -> None:
    """The canvas shows frames to the end."""
    for frame in (FIRST, LAST):
        window.work.visit(frame)
        arrive(qtbot, window)


def check_history(session: Session) -> None:
    """A project is whole, and the way to its beginning and back leads to the same."""
    session.project.check()
    before = state_of(session)
    count = 0
    while session.undo() is not None:
        count += 1
    assert not session.project.keyframes()
    assert not session.project.results()
    for _ in range(count):
        assert session.redo() is not None
    assert session.redo() is None or count == 0
    assert state_of(session) == before
    session.project.check()


def state_of(session: Session) -> tuple[Mapping[object, object], ...]:
    project = session.project
    parts = (project.objects(), project.keyframes(), project.results(), project.locks())
    return (*(dict(part) for part in parts), project.settings())


# Nothing is left


def threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("roto")]


def work(qtbot: QtBot, window: MainWindow, clip: str) -> None:
    """Something of everything."""
    show(qtbot, window, clip)
    window.work.stage.activate(None)
    rectangle(qtbot, window, square_at(0))
    propagate(qtbot, window)
    window.actions_.run("export")
    dialog = window.app_dialog()
    assert dialog is not None
    dialog.close()
    window.actions_.run("revert")
    settle(qtbot, window)


def test_windows_leave_nothing_behind(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    clips = [write_clip(tmp_path / f"plates{n}") for n in range(5)]
    gc.collect()
    before, alive = set(qapp.topLevelWidgets()), threads()
    for clip in clips:
        window = make_window()
        work(qtbot, window, clip)
        end(window)
        del window
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    assert set(qapp.topLevelWidgets()) - before == set()
    assert threads() == alive


@pytest.mark.slow
def test_memory_is_flat_over_the_same_work_again_and_again(qtbot: QtBot, tmp_path: Path) -> None:
    statm = Path("/proc/self/statm")
    if not statm.exists():
        pytest.skip("The kernel does not tell how much memory there is in use.")
    clip = write_clip(tmp_path / "plates")
    window = make_window()
    show(qtbot, window, clip)
    pages = []
    for _ in range(6):
        for _ in range(2):
            window.work.visit(FIRST)
            rectangle(qtbot, window, square_at(0))
            propagate(qtbot, window)
            for frame in range(FIRST, LAST + 1):
                window.work.visit(frame)
                arrive(qtbot, window)
            window.actions_.run("undo")
            settle(qtbot, window)
            window.actions_.run("undo")
            settle(qtbot, window)
        gc.collect()
        pages.append(int(statm.read_text().split()[1]))
    end(window)
    assert pages[-1] - pages[1] < 8 * 2**20 / 4096, pages  # 8 MiB
