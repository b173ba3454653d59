"""Frames are encoded ahead while the artist paints, and nothing waits for that."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from gui_projects import COUNT, FIRST, square_at, write_clip
from gui_windows import TIMEOUT, drag, end, go, make_window, propagate, rectangle, settle, show

from roto.fake_engine import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    from pytestqt.qtbot import QtBot

    from roto.engine import Encoded
    from roto_gui.main_window import MainWindow


class Gated(FakeEngine):
    """Sees a frame each time it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Semaphore(0)
        self.seen = 0
        self.threads: set[str] = set()

    def encode(self, image: npt.NDArray[np.uint8]) -> Encoded:
        """Waits for the gate."""
        self.threads.add(threading.current_thread().name)
        assert self.gate.acquire(timeout=30)
        self.seen += 1
        return super().encode(image)


@pytest.fixture
def engine() -> Gated:
    return Gated()


@pytest.fixture
def window(qtbot: QtBot, engine: Gated, tmp_path: Path) -> Iterator[MainWindow]:
    window = make_window(engine)
    show(qtbot, window, write_clip(tmp_path / "plates"))
    yield window
    engine.gate.release(100)
    end(window)
    window.document.wait()


def encoded(window: MainWindow) -> list[int]:
    frames: list[int] = []
    window.document.encoded.connect(frames.append)
    return frames


def test_frames_near_the_stroke_come_first_and_edits_do_not_wait(
    qtbot: QtBot, window: MainWindow, engine: Gated
) -> None:
    frames = encoded(window)
    go(qtbot, window, FIRST + 3)
    qtbot.wait(600)
    assert engine.threads == set()  # who only looks does not need it
    rectangle(qtbot, window, square_at(3))
    qtbot.waitUntil(lambda: bool(engine.threads), timeout=TIMEOUT)
    assert not window.document.busy
    drag(window, [(50, 40), (60, 44)])  # comes back while a frame is being encoded
    settle(qtbot, window)
    assert engine.seen == 0
    engine.gate.release(4)
    qtbot.waitUntil(lambda: len(frames) == 4, timeout=TIMEOUT)
    assert frames == [FIRST + 3, FIRST + 2, FIRST + 4, FIRST + 1]
    assert all(name.startswith("roto ahead") for name in engine.threads)
    engine.gate.release(100)
    qtbot.waitUntil(lambda: len(frames) == COUNT, timeout=TIMEOUT)


def test_a_propagation_goes_first_and_finds_what_is_there(
    qtbot: QtBot, window: MainWindow, engine: Gated
) -> None:
    frames = encoded(window)
    rectangle(qtbot, window, square_at(0))
    qtbot.waitUntil(lambda: bool(engine.threads), timeout=TIMEOUT)
    engine.gate.release(5)
    qtbot.waitUntil(lambda: len(frames) == 5, timeout=TIMEOUT)
    engine.gate.release(100)
    propagate(qtbot, window)
    assert engine.seen == COUNT  # every frame once


def test_elsewhere_it_begins_there(qtbot: QtBot, window: MainWindow, engine: Gated) -> None:
    frames = encoded(window)
    rectangle(qtbot, window, square_at(0))
    engine.gate.release(2)
    qtbot.waitUntil(lambda: len(frames) == 2, timeout=TIMEOUT)
    go(qtbot, window, FIRST + 9)
    qtbot.wait(700)
    engine.gate.release(3)
    qtbot.waitUntil(lambda: len(frames) == 4, timeout=TIMEOUT)
    assert frames[2:4] == [FIRST + 9, FIRST + 8]  # the one that was at work is not told of
