"""Locks in the window: regions drawn around, frames unlocked one by one, strokes refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_projects import COUNT, FIRST, SIZE, square_at, write_clip
from gui_windows import (
    CTRL,
    RIGHT,
    act,
    arrive,
    drag,
    go,
    matte,
    propagate,
    rectangle,
    settle,
    show,
    state,
)
from PySide6.QtCore import QCoreApplication, QEvent

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from roto_gui.main_window import MainWindow
    from roto_gui.state import LockState, Snapshot

LAST = FIRST + COUNT - 1
BOX = [(0.0, 0.0), (24.0, 48.0)]
INSIDE = np.zeros(SIZE, bool)
INSIDE[:, :24] = True


@pytest.fixture
def window(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """The red square, painted on the first frame and found on all others."""
    rectangle(qtbot, window, square_at(0))
    propagate(qtbot, window)
    return window


def snapshot(window: MainWindow) -> Snapshot:
    found = window.document.snapshot
    assert found is not None
    return found


def locks(window: MainWindow) -> list[tuple[int, int, bool]]:
    """First, last, whether in a region."""
    found: tuple[LockState, ...] = snapshot(window).locks
    return sorted((k.first, k.last, k.region is not None) for k in found)


def lock_box(qtbot: QtBot, window: MainWindow, **how: object) -> None:
    act(qtbot, window, "tool_lock_region")
    drag(window, BOX, keys=CTRL, **how)  # type: ignore[arg-type]
    settle(qtbot, window)
    wait_for_locks(qtbot, window)


def wait_for_locks(qtbot: QtBot, window: MainWindow) -> None:
    """Until the canvas shows what is locked now."""
    stage, canvas = window.work.stage, window.canvas

    def there() -> bool:
        found = snapshot(window).locked_parts(stage.frame, stage.active)
        return canvas.content is not None and canvas.content.locked == found

    qtbot.waitUntil(there)
    arrive(qtbot, window)


def pixels(window: MainWindow) -> np.ndarray:
    """What the canvas shows, (h, w) 0xffRRGGBB."""
    window.notices.clear()  # it would take room
    QCoreApplication.sendEvent(window.canvas, QEvent(QEvent.Type.Leave))
    QCoreApplication.processEvents()
    image = window.canvas.grab().toImage()
    data = np.frombuffer(image.constBits(), np.uint32)
    found: np.ndarray = data.reshape(image.height(), image.bytesPerLine() // 4).copy()
    return found


def test_a_region_is_locked_and_keeps_its_pixels(qtbot: QtBot, window: MainWindow) -> None:
    go(qtbot, window, FIRST + 3)
    before = matte(qtbot, window, FIRST + 3)
    lock_box(qtbot, window)
    assert locks(window) == [(FIRST + 3, FIRST + 3, True)]
    (lock,) = snapshot(window).locks
    assert lock.region is not None
    assert (lock.region.top, lock.region.left) == (0, 0)
    assert np.array_equal(lock.region.inside, np.ones((48, 24), bool))
    window.document.paint(FIRST + 2, 1, ~square_at(2))
    propagate(qtbot, window)
    after = matte(qtbot, window, FIRST + 3)
    assert np.array_equal(after[INSIDE], before[INSIDE])
    assert not np.array_equal(after, before)


def test_it_is_seen_on_the_picture_and_in_the_timeline(qtbot: QtBot, window: MainWindow) -> None:
    go(qtbot, window, FIRST + 3)
    bare, lane = pixels(window), window.timeline.grab().toImage()
    lock_box(qtbot, window)
    assert not np.array_equal(pixels(window), bare)
    assert window.timeline.grab().toImage() != lane
    assert snapshot(window).objects[0].partly == {FIRST + 3}
    assert state(window, FIRST + 3) == "fresh"
    act(qtbot, window, "view_plate")
    plate = pixels(window)
    act(qtbot, window, "unlock")
    wait_for_locks(qtbot, window)
    assert np.array_equal(pixels(window), plate)
    act(qtbot, window, "view_overlay")
    assert np.array_equal(pixels(window), bare)


def test_in_the_range_where_one_is_set(qtbot: QtBot, window: MainWindow) -> None:
    window.work.set_range(FIRST + 2, FIRST + 5)
    go(qtbot, window, FIRST + 3)
    lock_box(qtbot, window)
    assert locks(window) == [(FIRST + 2, FIRST + 5, True)]
    go(qtbot, window, FIRST + 8)  # outside of the range it is about this frame
    lock_box(qtbot, window)
    assert locks(window) == [(FIRST + 2, FIRST + 5, True), (FIRST + 8, FIRST + 8, True)]
    assert "locked at 1009" in window.notices.what.text()


def test_drawn_freely_and_taken_back(qtbot: QtBot, window: MainWindow) -> None:
    go(qtbot, window, FIRST + 3)
    act(qtbot, window, "tool_lock_region")
    before = matte(qtbot, window, FIRST + 3)
    drag(window, [(10, 10), (40, 10), (40, 40), (10, 40)])
    settle(qtbot, window)
    (lock,) = snapshot(window).locks
    assert lock.region is not None
    assert np.array_equal(lock.region.inside, np.ones((30, 30), bool))
    assert np.array_equal(matte(qtbot, window, FIRST + 3), before)
    act(qtbot, window, "undo")
    assert locks(window) == []
    drag(window, [(10, 10), (10, 10)])  # nothing is inside
    settle(qtbot, window)
    assert snapshot(window).redo is not None


def test_the_right_button_unlocks_a_region(qtbot: QtBot, window: MainWindow) -> None:
    window.work.set_range(FIRST + 2, FIRST + 5)
    act(qtbot, window, "lock_range")
    window.work.set_range(None, None)
    go(qtbot, window, FIRST + 3)
    lock_box(qtbot, window, button=RIGHT)
    expected = [
        (FIRST + 2, FIRST + 2, False),
        (FIRST + 3, FIRST + 3, True),
        (FIRST + 4, FIRST + 5, False),
    ]
    assert locks(window) == expected
    (region,) = snapshot(window).locked_parts(FIRST + 3, 1)
    assert (region.left, region.inside.shape) == (24, (48, 40))
    go(qtbot, window, FIRST + 8)
    lock_box(qtbot, window, button=RIGHT)
    assert "Nothing" in window.notices.what.text()
    assert locks(window) == expected


def test_one_frame_of_a_longer_lock_is_unlocked(qtbot: QtBot, window: MainWindow) -> None:
    window.work.set_range(FIRST + 2, FIRST + 8)
    act(qtbot, window, "lock_range")
    window.work.set_range(None, None)
    go(qtbot, window, FIRST + 5)
    act(qtbot, window, "unlock")
    assert locks(window) == [(FIRST + 2, FIRST + 4, False), (FIRST + 6, FIRST + 8, False)]
    assert state(window, FIRST + 5) == "fresh"
    assert state(window, FIRST + 6) == "locked"
    assert "Locked at this frame" not in window.status.hint.whole
    go(qtbot, window, FIRST + 6)
    assert "Locked at this frame" in window.status.hint.whole
    act(qtbot, window, "undo")
    assert locks(window) == [(FIRST + 2, FIRST + 8, False)]
    go(qtbot, window, LAST)
    act(qtbot, window, "unlock")
    assert f"Nothing is locked at {LAST}" in window.notices.what.text()


def test_a_stroke_on_a_locked_frame_is_refused_with_a_way_out(
    qtbot: QtBot, window: MainWindow
) -> None:
    go(qtbot, window, FIRST + 3)
    act(qtbot, window, "lock_frame")
    before = snapshot(window).undo
    rectangle(qtbot, window, square_at(9))
    assert "is locked at frame 1004" in window.notices.what.text()
    assert snapshot(window).undo == before
    assert not window.work.stage.holding
    for name in ("mask_grow", "make_keyframe", "absent_here", "mask_clear", "import_mask"):
        window.notices.dismiss()
        act(qtbot, window, name)
        assert "is locked at frame 1004" in window.notices.what.text(), name
        assert window.app_dialog() is None
        assert snapshot(window).undo == before
    (button,) = window.notices.buttons
    assert button.text() == "Unlock frame 1004"
    button.click()
    settle(qtbot, window)
    assert not window.notices.isVisible()
    rectangle(qtbot, window, square_at(9))
    assert matte(qtbot, window, FIRST + 3)[square_at(9)].all()


def test_a_locked_keyframe_is_refused_too(qtbot: QtBot, window: MainWindow) -> None:
    go(qtbot, window, FIRST)
    act(qtbot, window, "lock_frame")
    rectangle(qtbot, window, square_at(9))
    assert np.array_equal(matte(qtbot, window, FIRST), square_at(0))
    assert window.notices.buttons


def test_what_a_lock_on_its_way_hides_is_kept_and_told(qtbot: QtBot, window: MainWindow) -> None:
    go(qtbot, window, FIRST + 3)
    window.document.lock(FIRST + 3, FIRST + 3, [1])
    window.document.paint(FIRST + 3, 1, square_at(9))
    settle(qtbot, window)
    assert "seen when you unlock" in window.notices.what.text()
    act(qtbot, window, "unlock")
    assert np.array_equal(matte(qtbot, window, FIRST + 3), square_at(9))


def test_without_an_object_there_is_nothing_to_lock(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    show(qtbot, window, write_clip(tmp_path / "others"))
    lock_box(qtbot, window)
    assert "no object to lock" in window.notices.what.text()
    assert locks(window) == []
