"""A project is left at once, and nothing that was asked for is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_projects import FIRST, opened, settle, square_at, write_clip

from roto import open_session
from roto.errors import KeyframeError
from roto.fake_engine import FakeEngine
from roto_gui.document.document import Document
from roto_gui.document.opening import Opening, project_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from roto.session import Session

TIMEOUT = 10_000


@pytest.fixture
def clip(tmp_path: Path) -> str:
    return write_clip(tmp_path / "plates")


class Gate:
    """Something in the session's thread that takes until it is let go."""

    def __init__(self) -> None:
        self.inside, self.open = threading.Event(), threading.Event()

    def wait(self, _: object = None) -> None:
        self.inside.set()
        assert self.open.wait(20)


def test_edits_that_were_posted_are_done_after_it_was_left(
    qtbot: QtBot, clip: str, tmp_path: Path
) -> None:
    document, gate = opened(qtbot, clip, tmp_path), Gate()
    document.edit("wait", gate.wait)
    document.paint_new(FIRST, square_at(0), "stroke")
    told: list[object] = []
    document.changed.connect(lambda: told.append(document.snapshot))
    document.close()
    assert document.snapshot is None
    assert not document.wait(0)
    gate.open.set()
    assert document.wait()
    qtbot.wait(20)
    assert told == []
    with open_session(project_of(clip, tmp_path), read_only=True) as session:
        assert np.array_equal(session.result(FIRST).matte(1) == 1, square_at(0))


def test_the_same_project_waits_for_its_end(qtbot: QtBot, clip: str, tmp_path: Path) -> None:
    document, gate = opened(qtbot, clip, tmp_path), Gate()
    document.edit("wait", gate.wait)
    document.paint_new(FIRST, square_at(0), "stroke")
    told: list[object] = []
    document.progress.connect(told.append)
    document.open(Opening(clip, model=FakeEngine(), folder=tmp_path).session)
    assert told[-1] is not None  # it shows that it is being opened
    qtbot.wait(50)
    assert not document.is_open
    with qtbot.waitSignal(document.opened, timeout=TIMEOUT):
        gate.open.set()
    assert document.snapshot is not None
    assert not document.snapshot.read_only
    assert document.snapshot.keyframes == (FIRST,)
    document.close()
    assert document.wait()


def test_what_hangs_while_it_opens_is_left(qtbot: QtBot, clip: str, tmp_path: Path) -> None:
    document, gate = Document(), Gate()
    problems: list[str] = []
    document.failed.connect(lambda _, why: problems.append(why))

    def opener() -> Session:
        gate.wait()
        return Opening(clip, model=FakeEngine(), folder=tmp_path).session()

    document.open(opener)
    assert gate.inside.wait(10)
    with qtbot.waitSignal(document.closed):
        document.cancel()  # as "Stop" does
    assert document.wait()  # nothing of it can be lost
    gate.open.set()
    again = opened(qtbot, clip, tmp_path / "others")
    settle(qtbot, again)
    assert not document.is_open
    assert problems == []
    again.close()
    again.wait()


def test_an_edit_that_fails_after_it_was_left_is_told(
    qtbot: QtBot, clip: str, tmp_path: Path
) -> None:
    document, gate = opened(qtbot, clip, tmp_path), Gate()
    document.edit("wait", gate.wait)

    def wrong(_: Session) -> None:
        raise KeyframeError("The disk is full.")

    document.edit("Paint", wrong)
    document.close()
    with qtbot.waitSignal(document.failed) as failed:
        gate.open.set()
    assert failed.args == ["Paint", "The disk is full."]
    assert document.wait()


MAIN = """
import sys
sys.path[:0] = [{tests!r}]
from gui_projects import FIRST, square_at
from PySide6.QtCore import QTimer
from roto_gui import app, main_window
from roto_gui.document.document import Document

main_window._LINGER = 0.0
app._SETTLED = 10**8
show = main_window.MainWindow.show

def go(window):
    document = window.document
    def work():
        import time
        document.edit("wait", lambda _: time.sleep(0.5))
        for n in range(3):
            document.paint_new(FIRST + n, square_at(n), "stroke")
        window.close()
    document.opened.connect(work)
    show(window)

main_window.MainWindow.show = go
print(app.main([{clip!r}]))
"""


def test_the_program_ends_when_all_is_on_disk(clip: str, tmp_path: Path) -> None:
    tests = os.path.dirname(os.path.dirname(__file__))
    code = MAIN.format(tests=tests, clip=clip)
    config = tmp_path / "config"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "ROTO_CONFIG": str(config)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=100
    )
    assert done.stdout.split() == ["0"], done.stderr
    (project,) = (config / "projects").glob("*.roto")
    with open_session(project, read_only=True) as session:
        assert sorted(f for f, _ in session.project.keyframes()) == [FIRST, FIRST + 1, FIRST + 2]
