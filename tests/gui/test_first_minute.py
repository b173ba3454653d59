"""The first minute of an artist, in the real window, on the sample clip, with the real network."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

import roto
from roto.delivery import Order, deliver, gaps
from roto.export import FramePattern
from roto.export.contract import Look
from roto_gui.main_window import MainWindow
from roto_gui.settings.config import Config
from roto_gui.state import ExportRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pytestqt.qtbot import QtBot

SHORT_SIDE = 128
TIMEOUT = 120_000


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    config = Config()
    config.update(short_side=SHORT_SIDE)
    window = MainWindow(config)
    window.resize(1200, 800)
    window.show()
    yield window
    window.close()
    window.deleteLater()


def drag(window: MainWindow, points: Sequence[tuple[float, float]]) -> None:
    """Left drag over points of the plate."""
    at = [window.canvas.to_screen(x, y).toPoint() for x, y in points]
    QTest.mousePress(window.canvas, Qt.MouseButton.LeftButton, pos=at[0])
    for point in at[1:]:
        QTest.mouseMove(window.canvas, point)
    QTest.mouseRelease(window.canvas, Qt.MouseButton.LeftButton, pos=at[-1])


def settle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.document.settled, timeout=TIMEOUT)


def key(window: MainWindow, which: Qt.Key) -> None:
    QTest.keyClick(window.canvas, which)


@pytest.mark.slow
def test_from_a_drop_to_files_that_a_script_would_have_written(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    document = window.document
    with qtbot.waitSignal(window.work.stage.shown, timeout=TIMEOUT):
        window.actions_.run("open_sample")
    assert document.snapshot is not None
    first, last = document.snapshot.frames[0], document.snapshot.frames[-1]
    clip = document.snapshot.clip
    where = files("roto_resources") / "clips" / "sample_key.1001.png"
    truth = roto.read_mask(str(where), frame=first, size=(clip.height, clip.width))
    rows, columns = np.nonzero(truth.layers[0].hard())
    y, x = float(np.median(rows)), float(np.median(columns))

    drag(window, [(x - 12, y), (x, y), (x + 12, y)])
    key(window, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert document.snapshot.object(1) is not None
    assert document.snapshot.keyframes == (first,)

    with qtbot.waitSignal(document.ended, timeout=TIMEOUT):
        key(window, Qt.Key.Key_T)
    settle(qtbot, window)
    known = document.snapshot.object(1)
    assert known is not None
    assert known.count("fresh") == last - first
    assert document.receipt is not None
    assert window.receipts.isVisible()

    key(window, Qt.Key.Key_J)
    suspect = window.work.frame
    assert suspect != first
    qtbot.waitUntil(lambda: not window.work.stage.waiting, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: document.result(suspect) is not None, timeout=TIMEOUT)
    window.actions_.run("tool_brush")
    drag(window, [(30, 30), (34, 30)])  # where nothing was: a correction that changes pixels
    settle(qtbot, window)
    assert suspect in document.snapshot.keyframes
    with qtbot.waitSignal(document.ended, timeout=TIMEOUT):
        key(window, Qt.Key.Key_T)
    settle(qtbot, window)

    pattern = str(tmp_path / "app" / "{object}.%04d.png")
    with qtbot.waitSignal(document.ended, timeout=TIMEOUT):
        window.files.write(ExportRequest(pattern, (), first, last, Look(bit_depth=16)))
    path = document.snapshot.path
    assert path is not None
    window.close()
    ours = by_script(path, tmp_path / "script")
    theirs = sorted((tmp_path / "app").iterdir())
    assert [p.name for p in theirs] == [p.name for p in ours]
    assert len(ours) == last - first + 1
    differ = [a.name for a, b in zip(ours, theirs, strict=True) if a.read_bytes() != b.read_bytes()]
    assert not differ


def by_script(project: Path, folder: Path) -> list[Path]:
    """The same masks through the Python API: a fresh session, keyframe by keyframe."""
    settings = roto.Settings(short_side=SHORT_SIDE)
    with (
        roto.open_session(project, read_only=True) as done,
        roto.new_session(done.project.clip.absolute, settings=settings) as session,
    ):
        keyframes = sorted(done.project.keyframes())
        for frame, object_id in keyframes[:1]:
            hard = done.result(frame).matte(object_id) == 1  # as one stroke is
            session.set_keyframe(frame, {"object1": hard})
        for _ in session.propagate():
            pass
        for frame, object_id in keyframes[1:]:
            session.correct(frame, object_id, done.result(frame).matte(object_id))
        for _ in session.propagate():
            pass
        order = Order(
            {1: "object1"},
            list(session.source.frame_numbers),
            FramePattern(str(folder / "{object}.%04d.png")),
            look=Look(bit_depth=16),
        )
        for _ in deliver(session, order, gaps(session, order)):
            pass
    return sorted(folder.iterdir())
