"""What must hold from morning to evening: opening, closing, crashes, and other people's Qt."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_projects import COUNT, FIRST, square_at, write_clip
from gui_windows import (
    TIMEOUT,
    SlowEngine,
    arrive,
    drag,
    end,
    go,
    make_window,
    matte,
    rectangle,
    settle,
    show,
    state,
)
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest

import roto
from roto_gui.document.opening import project_of
from roto_gui.settings.places import MOST, Place, Places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from roto_gui.main_window import MainWindow

LAST = FIRST + COUNT - 1
TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture
def clip(tmp_path: Path) -> str:
    return write_clip(tmp_path / "plates")


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    window = make_window()
    yield window
    end(window)


def drop(widget: QWidget, path: Path) -> None:
    """Let a file go over a widget."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    at = QPointF(widget.rect().center())
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(at.toPoint(), copy, data, left, none)
    widget.dragEnterEvent(entering)
    assert entering.isAccepted()
    widget.dropEvent(QDropEvent(at, copy, data, left, none))


# Opening


@pytest.mark.parametrize("where", ["welcome", "canvas"])
def test_a_folder_that_is_dropped_is_opened(
    qtbot: QtBot, window: MainWindow, clip: str, tmp_path: Path, where: str
) -> None:
    if where == "canvas":
        show(qtbot, window, write_clip(tmp_path / "before", 3))
    with qtbot.waitSignal(window.document.opened, timeout=TIMEOUT):
        drop(getattr(window, where), Path(clip).parent)
    arrive(qtbot, window)
    assert window.document.snapshot is not None
    assert window.document.snapshot.frames == tuple(range(FIRST, LAST + 1))
    assert window.canvas.isVisible()


@pytest.mark.parametrize("name", ["plate.mov", "shot.roto", "nothing.mov"])
def test_what_cannot_be_opened_is_said_and_the_window_works_on(
    qtbot: QtBot, window: MainWindow, clip: str, tmp_path: Path, name: str
) -> None:
    if name != "nothing.mov":
        (tmp_path / name).write_bytes(b"no such thing" * 100)
    with qtbot.waitSignal(window.document.failed, timeout=TIMEOUT) as failed:
        window.open(str(tmp_path / name))
    assert "inside roto" not in failed.args[1]
    assert window.notices.isVisible()
    assert not window.document.is_open
    assert window.config.preferences.recent == ()
    window.notices.dismiss()
    show(qtbot, window, clip)
    rectangle(qtbot, window, square_at(0))
    assert state(window, FIRST) == "keyframe"
    assert window.config.preferences.recent == (clip,)


def test_a_second_window_may_look_and_says_so(qtbot: QtBot, window: MainWindow, clip: str) -> None:
    show(qtbot, window, clip)
    rectangle(qtbot, window, square_at(0))
    second = make_window()
    show(qtbot, second, clip)
    assert second.document.snapshot is not None
    assert second.document.snapshot.read_only
    assert "elsewhere" in second.notices.what.text()
    second.actions_.run("tool_brush")
    drag(second, [(50, 40), (55, 40)])
    settle(qtbot, second)
    assert np.array_equal(matte(qtbot, second, FIRST), square_at(0))
    assert "reading only" in second.notices.what.text()
    end(second)


# Going on


def test_a_project_opens_at_the_frame_and_object_it_was_left_at(
    qtbot: QtBot, window: MainWindow, clip: str, tmp_path: Path
) -> None:
    show(qtbot, window, clip)
    rectangle(qtbot, window, square_at(0))
    with qtbot.waitSignal(window.work.stage.active_changed):
        window.actions_.run("add_object")
    settle(qtbot, window)
    rectangle(qtbot, window, square_at(10))
    window.work.stage.activate(2)
    go(qtbot, window, FIRST + 7)
    show(qtbot, window, write_clip(tmp_path / "others", 3))
    assert window.work.frame == FIRST
    show(qtbot, window, clip)
    assert (window.work.frame, window.work.stage.active) == (FIRST + 7, 2)
    window.close()
    again = make_window()
    show(qtbot, again, clip)
    assert (again.work.frame, again.work.stage.active) == (FIRST + 7, 2)
    assert again.document.snapshot is not None
    assert again.document.snapshot.undo != "relink clip"  # to look around is no edit
    end(again)


def test_places_are_bounded_shared_and_never_in_the_way(tmp_path: Path) -> None:
    one, two = Places(tmp_path), Places(tmp_path)
    one.note(Path("/a.roto"), Place(5, 2))
    two.note(Path("/b.roto"), Place(6))
    assert one.find(Path("/a.roto")) == Place(5, 2)
    one.write()
    two.write()
    assert Places(tmp_path).find(Path("/a.roto")) == Place(5, 2)
    assert Places(tmp_path).find(Path("/b.roto")) == Place(6)
    assert Places(tmp_path).find(None) is None
    for n in range(MOST):
        one.note(Path(f"/{n}.roto"), Place(n))
    one.write()
    assert one.find(Path("/a.roto")) is None
    assert len(json.loads(one.path.read_text())) == MOST
    for text in ("[", "[1]", '{"/c.roto": 7}', '{"/c.roto": ["x", null]}'):
        one.path.write_text(text)
        assert one.find(Path("/c.roto")) is None


WORKER_OF_A_DAY = """
import sys, time
sys.path[:0] = [{tests!r}]
from gui_projects import FIRST, square_at
from gui_windows import drag, make_window, until
from roto_gui.app import make_app

app = make_app()
window = make_window()
stage, document = window.work.stage, window.document
window.open({clip!r})
until(lambda: document.is_open and stage.whole)
window.work.visit(FIRST + 4)
until(lambda: not stage.waiting and stage.whole)
window.actions_.run("tool_rectangle")
drag(window, [(16.0, 16.0), (32.0, 32.0)])
until(lambda: document.settled)
window.actions_.run("propagate_forward")
until(lambda: document.result(FIRST + 6) is not None)
until(lambda: not window.places._new)
print("working", flush=True)
app.exec()  # until it is killed
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_after_a_crash_all_is_there_and_where_it_was(
    qtbot: QtBot, window: MainWindow, clip: str
) -> None:
    code = WORKER_OF_A_DAY.format(tests=str(TESTS), clip=clip)
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "working\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    show(qtbot, window, clip)
    assert window.work.frame == FIRST + 4
    assert window.work.stage.active == 1
    assert np.array_equal(matte(qtbot, window, FIRST + 4), square_at(4))
    assert np.array_equal(matte(qtbot, window, FIRST + 6), square_at(6))
    assert window.document.snapshot is not None
    assert not window.document.snapshot.read_only
    assert window.document.snapshot.undo == "propagate"
    place = window.document.snapshot.path
    assert place is not None
    window.close()
    with roto.open_session(place, read_only=True) as session:
        session.project.check()


# Closing


def test_closing_during_a_propagation_is_quick_and_loses_nothing(qtbot: QtBot, clip: str) -> None:
    window = make_window(SlowEngine())
    show(qtbot, window, clip)
    rectangle(qtbot, window, square_at(0))
    with qtbot.waitSignal(window.document.result_ready, timeout=TIMEOUT):
        window.actions_.run("propagate_both")
    window.document.paint(LAST, 1, square_at(COUNT - 1))  # on its way
    window.actions_.run("tool_brush")
    started = time.monotonic()
    end(window)
    assert time.monotonic() - started < 2
    with roto.open_session(project_of(clip), read_only=True) as session:
        session.project.check()
        assert (LAST, 1) in session.project.keyframes()
        assert (FIRST + 1, 1) in session.project.results()


def test_a_stroke_that_is_not_finished_is_kept_when_the_window_closes(
    qtbot: QtBot, clip: str
) -> None:
    window = make_window()
    show(qtbot, window, clip)
    window.work.set_brush(0.5, 1.0)
    window.actions_.run("tool_brush")
    at = window.canvas.to_screen(10.5, 20.5).toPoint()
    QTest.mousePress(window.canvas, Qt.MouseButton.LeftButton, pos=at)
    end(window)
    with roto.open_session(project_of(clip), read_only=True) as session:
        mask = session.result(FIRST).matte(1)
    assert np.argwhere(mask >= 0.5).tolist() == [[20, 10]]


# Programs around it


def run(*arguments: str, **more: str) -> str:
    """Python, in a process of its own; what it prints."""
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **more},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("first", ["cv2", "PySide6.QtWidgets"])
def test_opencv_does_not_take_qt_its_plugins(first: str) -> None:
    second = "PySide6.QtWidgets" if first == "cv2" else "cv2"
    code = (
        f"import os, {first}, {second}, cv2\n"
        # as wheels with a Qt of their own do on import
        "os.environ['QT_QPA_PLATFORM_PLUGIN_PATH'] = os.path.join(cv2.__path__[0], 'qt/plugins')\n"
        "from roto_gui.app import make_app\n"
        "app = make_app()\n"
        "from roto_gui.main_window import MainWindow\n"
        "from roto_gui.settings.config import Config\n"
        "window = MainWindow(Config())\n"
        "window.show()\n"
        "print(app.platformName(), window.grab().width() > 100)\n"
        "window.close()\n"
    )
    assert run("-c", code).split() == ["offscreen", "True"]


def test_roto_gui_says_what_it_takes() -> None:
    text = run("-m", "roto", "gui", "--help")
    assert "roto gui" in text
    assert "CLIP-OR-PROJECT" in text


ON_A_SCREEN = """
import sys
sys.path[:0] = [{tests!r}]
from gui_windows import drag, make_window, until
from roto_gui.app import make_app

app = make_app()
window = make_window()

window.files.open_sample()
until(lambda: window.document.is_open and window.work.stage.whole)
before = window.canvas.grab().toImage()
window.actions_.run("tool_brush")
drag(window, [(100, 100), (300, 200)])
until(lambda: window.document.settled)
until(lambda: window.work.stage.whole)
after = window.canvas.grab().toImage()
print(app.platformName(), before != after, len(window.document.snapshot.keyframes))
window.close()
"""


@pytest.mark.slow
def test_it_paints_on_an_x11_screen(xvfb: str) -> None:
    code = ON_A_SCREEN.format(tests=str(TESTS))
    found = run("-c", code, QT_QPA_PLATFORM="xcb", DISPLAY=xvfb)
    assert found.split() == ["xcb", "True", "1"]


@pytest.fixture
def xvfb() -> Iterator[str]:
    """A screen in memory; the name of its display."""
    reader, writer = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(writer),
        "-screen",
        "0",
        "1600x1000x24",
        "-nolisten",
        "tcp",
    ]
    try:
        server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    except FileNotFoundError:
        os.close(reader)
        os.close(writer)
        pytest.skip("There is no Xvfb.")
    os.close(writer)
    with os.fdopen(reader) as told:
        number = told.readline().strip()
    assert number, "Xvfb did not start"
    yield f":{number}"
    server.terminate()
    server.wait(10)
