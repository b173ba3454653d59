"""Masks that come from elsewhere: files that are dropped, neighbouring frames."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_projects import FIRST, SIZE, square_at, write_clip
from gui_windows import (
    TIMEOUT,
    act,
    arrive,
    go,
    matte,
    propagate,
    rectangle,
    settle,
    state,
)
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from roto.export.stills import write_picture
from roto_gui.document.judging import judge

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from roto_gui.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """The red square, painted on the first frame and found on all others."""
    rectangle(qtbot, window, square_at(0))
    propagate(qtbot, window)
    window.notices.clear()
    return window


def drop(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    """Let a file go over the picture, and wait until it was looked at."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    at, none = QPointF(window.canvas.rect().center()), Qt.KeyboardModifier.NoModifier
    left = Qt.MouseButton.LeftButton
    window.canvas.dropEvent(QDropEvent(at, Qt.DropAction.CopyAction, data, left, none))
    looked: list[object] = []
    window.document.look("test", lambda _: None, looked.append)
    qtbot.waitUntil(lambda: bool(looked) or not window.document.is_open, timeout=TIMEOUT)
    settle(qtbot, window)


def keyed(window: MainWindow) -> tuple[int, ...]:
    assert window.document.snapshot is not None
    return window.document.snapshot.keyframes


def mask_file(path: Path, mask: np.ndarray) -> Path:
    write_picture(path, (mask * 255).astype(np.uint8))
    return path


class TestDropping:
    def test_a_mask_becomes_the_keyframe_here(
        self, qtbot: QtBot, window: MainWindow, tmp_path: Path
    ) -> None:
        go(qtbot, window, FIRST + 4)
        drop(qtbot, window, mask_file(tmp_path / "hero.png", square_at(9)))
        assert np.array_equal(matte(qtbot, window, FIRST + 4), square_at(9))
        assert keyed(window) == (FIRST, FIRST + 4)
        assert "is the mask of object1 at frame 1005" in window.notices.what.text()
        act(qtbot, window, "undo")
        assert keyed(window) == (FIRST,)

    def test_it_can_still_be_opened_as_a_clip(
        self, qtbot: QtBot, window: MainWindow, tmp_path: Path
    ) -> None:
        drop(qtbot, window, mask_file(tmp_path / "hero.png", square_at(9)))
        (button,) = window.notices.buttons
        with qtbot.waitSignal(window.document.opened, timeout=TIMEOUT):
            button.click()
        assert window.document.snapshot is not None
        assert len(window.document.snapshot.frames) == 1
        arrive(qtbot, window)

    def test_one_of_a_sequence_is_asked_about(
        self, qtbot: QtBot, window: MainWindow, tmp_path: Path
    ) -> None:
        for frame in (1001, 1002):
            mask_file(tmp_path / f"matte.{frame}.png", square_at(9))
        go(qtbot, window, FIRST + 4)
        drop(qtbot, window, tmp_path / "matte.1002.png")
        assert keyed(window) == (FIRST,)
        first, second = window.notices.buttons
        assert first.text() == "Import as mask of object1 at frame 1005"
        assert second.text() == "Open it as a clip"
        go(qtbot, window, FIRST + 6)  # what was asked is still meant
        first.click()
        settle(qtbot, window)
        assert keyed(window) == (FIRST, FIRST + 4)
        assert np.array_equal(matte(qtbot, window, FIRST + 4), square_at(9))

    def test_a_label_map_speaks_for_itself(
        self, qtbot: QtBot, window: MainWindow, tmp_path: Path
    ) -> None:
        labels = np.zeros(SIZE, np.uint8)
        labels[:8], labels[40:] = 1, 2
        write_picture(tmp_path / "labels.png", labels)
        drop(qtbot, window, tmp_path / "labels.png")
        first, _ = window.notices.buttons
        assert first.text() == "Import 2 objects at frame 1001"
        first.click()
        settle(qtbot, window)
        assert window.document.snapshot is not None
        assert len(window.document.snapshot.objects) == 2
        assert np.array_equal(matte(qtbot, window, FIRST, 2), labels == 2)

    @pytest.mark.parametrize("what", ["another size", "photo", "folder"])
    def test_what_is_no_mask_of_this_clip_is_opened(
        self, qtbot: QtBot, window: MainWindow, tmp_path: Path, what: str
    ) -> None:
        path = tmp_path / "new" / "other.png"
        path.parent.mkdir()
        if what == "another size":
            mask_file(path, np.ones((10, 20), bool))
        elif what == "photo":
            noise = np.random.default_rng(0).integers(0, 256, (*SIZE, 3), np.uint8)
            write_picture(path, noise)
        else:
            path = Path(write_clip(path.parent / "others", 3)).parent
        before = window.document.snapshot
        with qtbot.waitSignal(window.document.opened, timeout=TIMEOUT):
            drop(qtbot, window, path)
        assert window.document.snapshot is not None
        assert before is not None
        assert window.document.snapshot.path != before.path
        arrive(qtbot, window)

    def test_a_locked_frame_takes_none(
        self, qtbot: QtBot, window: MainWindow, tmp_path: Path
    ) -> None:
        go(qtbot, window, FIRST + 4)
        act(qtbot, window, "lock_frame")
        drop(qtbot, window, mask_file(tmp_path / "hero.png", square_at(9)))
        assert keyed(window) == (FIRST,)
        assert "is locked at frame 1005" in window.notices.what.text()

    def test_without_an_object_it_makes_one(
        self, qtbot: QtBot, window: MainWindow, tmp_path: Path
    ) -> None:
        act(qtbot, window, "remove_object")
        drop(qtbot, window, mask_file(tmp_path / "hero.png", square_at(9)))
        assert window.document.snapshot is not None
        (found,) = window.document.snapshot.objects
        assert found.keyframes == (FIRST,)
        assert "a new object" in window.notices.what.text()


def test_what_files_are(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (48, 1))
    write_picture(tmp_path / "grey.png", ramp)
    assert judge(tmp_path / "grey.png", FIRST, SIZE).kind == "either"
    mask_file(tmp_path / "hero.1001.png", square_at(0))
    assert judge(tmp_path / "hero.1001.png", FIRST, SIZE).kind == "mask"  # numbered, but alone
    shutil.copy(tmp_path / "hero.1001.png", tmp_path / "hero.1002.png")
    assert judge(tmp_path / "hero.1001.png", FIRST, SIZE).kind == "either"
    (tmp_path / "broken.png").write_bytes(b"no picture")
    assert judge(tmp_path / "broken.png", FIRST, SIZE).kind == "clip"


class TestCopying:
    def test_a_neighbour_that_is_not_at_hand_is_fetched(
        self, qtbot: QtBot, window: MainWindow
    ) -> None:
        go(qtbot, window, FIRST + 4)
        forget(window)
        assert window.work.stage.matte(FIRST + 3, 1) is None
        window.actions_.run("copy_previous")
        qtbot.waitUntil(lambda: FIRST + 4 in keyed(window), timeout=TIMEOUT)
        assert np.array_equal(matte(qtbot, window, FIRST + 4), square_at(3))
        assert state(window, FIRST + 4) == "keyframe"

    def test_going_elsewhere_ends_it(self, qtbot: QtBot, window: MainWindow) -> None:
        go(qtbot, window, FIRST + 4)
        forget(window)
        window.actions_.run("copy_next")
        go(qtbot, window, FIRST + 8)
        qtbot.wait(100)
        settle(qtbot, window)
        assert keyed(window) == (FIRST,)

    def test_what_was_painted_a_moment_ago_is_copied(
        self, qtbot: QtBot, window: MainWindow
    ) -> None:
        go(qtbot, window, FIRST + 4)
        window.document.paint(FIRST + 3, 1, square_at(9))
        assert not window.document.settled
        window.actions_.run("copy_previous")
        qtbot.waitUntil(lambda: FIRST + 4 in keyed(window), timeout=TIMEOUT)
        assert np.array_equal(matte(qtbot, window, FIRST + 4), square_at(9))

    def test_where_there_is_none_it_says_so(self, qtbot: QtBot, window: MainWindow) -> None:
        window.document.set_absent(FIRST + 4, 1)
        settle(qtbot, window)
        go(qtbot, window, FIRST + 5)
        window.actions_.run("copy_previous")
        qtbot.waitUntil(lambda: "no mask of object1" in window.notices.what.text(), timeout=TIMEOUT)
        assert keyed(window) == (FIRST, FIRST + 4)


def forget(window: MainWindow) -> None:
    """Nothing but this frame is at hand any more; its neighbours' results are not, either."""
    document, stage = window.document, window.work.stage
    loader = stage.supply._loader
    assert loader is not None
    loader.request([])
    kept = stage.frame, document.version(stage.frame)
    for key in loader._mattes.keys():  # noqa: SIM118
        if key != kept:
            del loader._mattes._values[key]
    document._results.clear()
    document._asked.clear()
