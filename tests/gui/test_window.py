"""The window as an artist uses it: mouse and keys in, pixels and states out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from gui_projects import COUNT, FIRST, square_at, write_clip
from gui_windows import (
    CTRL,
    NONE,
    RIGHT,
    SHIFT,
    SlowEngine,
    arrive,
    drag,
    go,
    key,
    matte,
    propagate,
    rectangle,
    settle,
    show,
    state,
)
from PySide6.QtCore import SIGNAL, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest

from roto_gui.actions.table import ACTIONS

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from roto_gui.main_window import MainWindow
from gui_pixels import LAST, K, assert_pixels, pixels

# Actions


def test_every_action_does_something(window: MainWindow) -> None:
    signal = SIGNAL("triggered(bool)")
    for spec in ACTIONS:
        action = window.actions_.actions[spec.id]
        # One receiver only notes that the action ran.
        assert action.receivers(signal) > 1 or action.menu() is not None, spec.id


@pytest.mark.slow
@pytest.mark.parametrize("what", ["clip", "painted", "propagated"])
def test_each_action_that_is_enabled_can_be_run(
    qtbot: QtBot, window: MainWindow, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _: True)
    ran = 0
    for spec in ACTIONS:
        if spec.id in ("quit", "close", "open_sample"):
            continue
        prepare(qtbot, window, what)
        ran += window.actions_.run(spec.id)
        close_dialogs(window)
        qtbot.waitUntil(lambda: not window.document.busy)
        settle(qtbot, window)
        window.work.player.stop()
    assert ran > {"clip": 50, "painted": 80, "propagated": 90}[what]


def prepare(qtbot: QtBot, window: MainWindow, what: str) -> None:
    """One object that is not locked, hidden or gone, and what else is asked for."""
    document = window.document
    assert document.snapshot is not None
    if what == "clip":
        return
    document.unlock(FIRST, LAST)
    if not document.snapshot.objects:
        document.add_object()
    settle(qtbot, window)
    found = document.snapshot.objects[0]
    document.show_object(found.id, True)
    document.set_lifetime(found.id, None, None)
    settle(qtbot, window)
    window.work.stage.activate(found.id)
    window.work.visit(FIRST + 2)
    if window.work.frame not in found.keyframes:
        document.paint(window.work.frame, found.id, square_at(2))
    settle(qtbot, window)
    if what == "propagated" and not document.receipt:
        with qtbot.waitSignal(document.ended):
            document.propagate()
        settle(qtbot, window)
    arrive(qtbot, window)


def close_dialogs(window: MainWindow) -> None:
    while (dialog := window.app_dialog()) is not None:
        dialog.close()
    window.palette_.hide()
    window.helping.overlay.leave()


# Painting


def test_a_brush_of_one_pixel_paints_the_pixels_it_goes_over(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.work.set_brush(0.5, 1.0)
    window.actions_.run("tool_brush")
    drag(window, [(10.5, 20.5), (13.5, 20.5)])
    settle(qtbot, window)
    expected = pixels((10, 20), (11, 20), (12, 20), (13, 20))
    assert_pixels(qtbot, window, expected)
    drag(window, [(12.5, 20.5)], RIGHT)
    settle(qtbot, window)
    expected[20, 12] = False
    assert_pixels(qtbot, window, expected)
    window.actions_.run("tool_eraser")
    drag(window, [(10.5, 20.5)])
    settle(qtbot, window)
    expected[20, 10] = False
    assert_pixels(qtbot, window, expected)


def test_a_pixel_is_hit_at_any_zoom(qtbot: QtBot, window: MainWindow) -> None:
    window.work.set_brush(0.5, 1.0)
    window.actions_.run("tool_brush")
    expected = pixels()
    for n, scale in enumerate((4.0, 9.0, 31.0)):
        window.canvas.zoom_by(scale / window.canvas.scale)
        x, y = window.canvas.to_plate(window.canvas.rect().center().toPointF())
        x, y = int(x) - n, int(y)
        drag(window, [(x + 0.5, y + 0.5)])
        settle(qtbot, window)
        expected[y, x] = True
        assert_pixels(qtbot, window, expected)


def test_rectangle_polygon_lasso_and_fill_make_the_masks_they_show(
    qtbot: QtBot, window: MainWindow
) -> None:
    rectangle(qtbot, window, square_at(0))
    assert_pixels(qtbot, window, square_at(0))

    corners = [(24.0, 16.0), (40.0, 16.0), (40.0, 32.0), (24.0, 32.0)]
    window.actions_.run("tool_polygon")
    for corner in corners:
        drag(window, [corner])
    key(window, K.Key_Return)
    settle(qtbot, window)
    both = square_at(0).copy()
    both[16:32, 24:40] = True
    assert_pixels(qtbot, window, both)

    window.actions_.run("tool_lasso")
    drag(window, [*corners, corners[0]], RIGHT)
    settle(qtbot, window)
    assert_pixels(qtbot, window, square_at(0))

    window.actions_.run("tool_fill")
    drag(window, [(8.5, 20.5)], RIGHT)
    settle(qtbot, window)
    assert not matte(qtbot, window, FIRST).any()


def test_leaving_a_frame_with_the_button_down_keeps_the_stroke(
    qtbot: QtBot, window: MainWindow
) -> None:
    for tool, frame in (("brush", FIRST), ("rectangle", FIRST + 2), ("fill", FIRST)):
        go(qtbot, window, frame)
        window.actions_.run(f"tool_{tool}")
        at = window.canvas.to_screen(10.5, 20.5).toPoint()
        far = window.canvas.to_screen(20, 30).toPoint()
        QTest.mousePress(window.canvas, Qt.MouseButton.LeftButton, NONE, at)
        QTest.mouseMove(window.canvas, far)
        key(window, K.Key_Right)
        QTest.mouseRelease(window.canvas, Qt.MouseButton.LeftButton, NONE, far)
        settle(qtbot, window)
        arrive(qtbot, window)  # the canvas goes on showing frames
        assert window.work.frame == frame + 1
        assert state(window, frame) == "keyframe"
        assert state(window, frame + 1) != "keyframe"


def test_escape_gives_up_a_stroke(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_.run("tool_polygon")
    for corner in ((4, 4), (20, 4), (20, 20)):
        drag(window, [corner])
    key(window, K.Key_Escape)
    settle(qtbot, window)
    assert window.document.snapshot is not None
    assert window.document.snapshot.objects == ()
    assert not window.work.painter.busy


# Keys


def test_propagate_check_undo_and_redo_by_keys(qtbot: QtBot, window: MainWindow) -> None:
    document = window.document
    rectangle(qtbot, window, square_at(0))
    with qtbot.waitSignal(document.ended):
        key(window, K.Key_T)
    settle(qtbot, window)
    for position in (1, 5, COUNT - 1):
        assert_pixels(qtbot, window, square_at(position), FIRST + position)
    key(window, K.Key_J)
    assert document.snapshot is not None
    assert window.work.frame in {found.frame for found in document.snapshot.suggestions}

    frame = window.work.frame
    arrive(qtbot, window)
    key(window, K.Key_K)
    key(window, K.Key_C)  # "K C": the result becomes a keyframe
    settle(qtbot, window)
    assert state(window, frame) == "keyframe"
    key(window, K.Key_Z, CTRL)
    settle(qtbot, window)
    assert state(window, frame) == "fresh"
    assert document.receipt is not None
    key(window, K.Key_Z, CTRL)
    settle(qtbot, window)
    assert state(window, frame) == "missing"
    assert document.receipt is None
    assert not window.receipts.isVisible()
    key(window, K.Key_Z, CTRL | SHIFT)
    settle(qtbot, window)
    assert state(window, frame) == "fresh"
    assert document.receipt is not None
    key(window, K.Key_Z, CTRL | SHIFT)
    settle(qtbot, window)
    assert state(window, frame) == "keyframe"


def test_undo_ends_a_propagation_and_takes_it_back(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    window.files.engine = SlowEngine()
    show(qtbot, window, write_clip(tmp_path / "others"))
    document = window.document
    rectangle(qtbot, window, square_at(0))
    with qtbot.waitSignal(document.result_ready):
        key(window, K.Key_T)
    with qtbot.waitSignal(document.ended) as ended:
        key(window, K.Key_Z, CTRL)
    settle(qtbot, window)
    assert ended.args == ["propagate", "cancelled"]
    assert {state(window, f) for f in range(FIRST + 1, LAST + 1)} == {"missing"}
    assert state(window, FIRST) == "keyframe"
    assert not document.busy


def test_stepping_and_the_range_by_keys(qtbot: QtBot, window: MainWindow) -> None:
    work = window.work
    for which, frame in (
        (K.Key_Right, FIRST + 1),
        (K.Key_Period, FIRST + 2),
        (K.Key_Left, FIRST + 1),
        (K.Key_End, LAST),
        (K.Key_Home, FIRST),
    ):
        key(window, which)
        assert work.frame == frame
    go(qtbot, window, FIRST + 2)
    key(window, K.Key_I)
    go(qtbot, window, FIRST + 5)
    key(window, K.Key_O)
    assert work.range == (FIRST + 2, FIRST + 5)
    assert work.frames == list(range(FIRST + 2, FIRST + 6))
    go(qtbot, window, FIRST + 3)
    rectangle(qtbot, window, square_at(3))
    propagate(qtbot, window)
    known = {f for f in range(FIRST, LAST + 1) if state(window, f) == "fresh"}
    assert known == {FIRST + 2, FIRST + 4, FIRST + 5}
    key(window, K.Key_I, SHIFT)
    assert work.range is None
