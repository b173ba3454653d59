"""The window as an artist uses it: objects, masks from elsewhere, receipts, playback, settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from gui_projects import FIRST, square_at
from gui_windows import (
    act,
    arrive,
    drag,
    go,
    key,
    matte,
    propagate,
    rectangle,
    settle,
    shown,
    state,
)

from roto.export.stills import write_picture
from roto.painting import smooth

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from roto_gui.main_window import MainWindow
from gui_pixels import LAST, K, assert_pixels, pixels

# Objects


def test_locked_absent_and_lifetime(qtbot: QtBot, window: MainWindow) -> None:
    rectangle(qtbot, window, square_at(0))
    propagate(qtbot, window)
    go(qtbot, window, FIRST + 3)
    before = matte(qtbot, window, FIRST + 3)
    act(qtbot, window, "lock_frame")
    assert state(window, FIRST + 3) == "locked"
    go(qtbot, window, FIRST + 5)
    act(qtbot, window, "absent_here")
    assert state(window, FIRST + 5) in ("absent", "keyframe")
    assert not matte(qtbot, window, FIRST + 5).any()
    propagate(qtbot, window)
    assert_pixels(qtbot, window, before, FIRST + 3)
    go(qtbot, window, FIRST + 3)
    act(qtbot, window, "unlock")
    assert state(window, FIRST + 3) != "locked"
    go(qtbot, window, FIRST + 8)
    act(qtbot, window, "lifetime_last")
    assert state(window, FIRST + 9) == "absent"
    act(qtbot, window, "lifetime_clear")
    assert state(window, FIRST + 9) != "absent"


def test_solo_and_hide(qtbot: QtBot, window: MainWindow) -> None:
    stage = window.work.stage
    rectangle(qtbot, window, square_at(0))
    with qtbot.waitSignal(stage.active_changed):
        window.actions_.run("add_object")
    settle(qtbot, window)
    assert stage.active == 2
    rectangle(qtbot, window, square_at(10))
    qtbot.waitUntil(lambda: shown(window, 1) is not None and shown(window, 2) is not None)
    act(qtbot, window, "solo_object")
    qtbot.waitUntil(lambda: shown(window, 1) is None and shown(window, 2) is not None)
    key(window, K.Key_1)
    qtbot.waitUntil(lambda: shown(window, 1) is not None and shown(window, 2) is None)
    act(qtbot, window, "solo_object")
    qtbot.waitUntil(lambda: shown(window, 2) is not None)
    act(qtbot, window, "hide_object")
    qtbot.waitUntil(lambda: shown(window, 1) is None)
    before = window.document.snapshot
    drag(window, [(50, 40), (60, 46)])
    settle(qtbot, window)
    assert window.document.snapshot == before  # what cannot be seen is not painted on
    assert "hidden" in window.notices.what.text()
    act(qtbot, window, "hide_object")
    qtbot.waitUntil(lambda: shown(window, 1) is not None)


def test_the_solo_object_that_is_removed_leaves_the_others_to_be_seen(
    qtbot: QtBot, window: MainWindow
) -> None:
    rectangle(qtbot, window, square_at(0))
    with qtbot.waitSignal(window.work.stage.active_changed):
        window.actions_.run("add_object")
    settle(qtbot, window)
    rectangle(qtbot, window, square_at(10))
    act(qtbot, window, "solo_object")
    act(qtbot, window, "remove_object")
    assert window.work.stage.active == 1
    qtbot.waitUntil(lambda: shown(window, 1) is not None)


# Masks from elsewhere


def test_a_mask_file_and_the_mask_of_the_frame_before(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    rectangle(qtbot, window, square_at(0))
    key(window, K.Key_Right)
    arrive(qtbot, window)
    act(qtbot, window, "copy_previous")
    assert_pixels(qtbot, window, square_at(0), FIRST + 1)
    picture = np.repeat(np.where(square_at(3), 255, 0).astype(np.uint8)[..., None], 3, 2)
    write_picture(tmp_path / "mask.png", picture)
    go(qtbot, window, FIRST + 3)
    window.actions_.run("import_mask")
    dialog = window.app_dialog()
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "mask.png"))  # type: ignore[attr-defined]
    dialog.close()
    settle(qtbot, window)
    assert state(window, FIRST + 3) == "keyframe"
    assert_pixels(qtbot, window, square_at(3), FIRST + 3)
    act(qtbot, window, "remove_keyframe")
    assert state(window, FIRST + 3) != "keyframe"


def test_the_corners_of_a_mask_are_rounded_off(qtbot: QtBot, window: MainWindow) -> None:
    rectangle(qtbot, window, square_at(0))
    act(qtbot, window, "mask_smooth")
    rounded = smooth(square_at(0).astype(np.float32), 4.0) > 0
    assert_pixels(qtbot, window, rounded, FIRST)
    assert 0 < rounded.sum() < square_at(0).sum()
    window.tool_options.amounts["smooth"].setValue(8.0)
    window.tool_options.operations["smooth"].click()
    settle(qtbot, window)
    assert_pixels(qtbot, window, smooth(rounded.astype(np.float32), 8.0) > 0, FIRST)


# Receipts


def test_a_receipt_is_accepted_or_taken_back_in_a_range(qtbot: QtBot, window: MainWindow) -> None:
    document = window.document
    rectangle(qtbot, window, square_at(0))
    propagate(qtbot, window)
    act(qtbot, window, "accept")
    assert document.receipt is None
    go(qtbot, window, FIRST + 6)
    act(qtbot, window, "mask_invert")
    propagate(qtbot, window)
    assert document.receipt is not None
    changed = {change.frame for change in document.receipt.changes}
    assert changed
    spoilt = min(changed)
    window.work.set_range(spoilt, spoilt)
    act(qtbot, window, "revert_range")
    assert np.array_equal(matte(qtbot, window, spoilt), square_at(spoilt - FIRST))
    assert document.receipt is None or spoilt not in {c.frame for c in document.receipt.changes}


# Playback


def test_playback_shows_the_frames_in_their_order_and_stops(
    qtbot: QtBot, window: MainWindow
) -> None:
    frames: list[int] = []
    window.work.stage.shown.connect(frames.append)
    window.actions_.run("loop")  # off
    frames.clear()
    with qtbot.waitSignal(window.work.player.stopped, timeout=10_000):
        window.actions_.run("play_forward")
    qtbot.waitUntil(lambda: frames[-1] == LAST)
    order = [f for n, f in enumerate(frames) if n == 0 or f != frames[n - 1]]
    assert order == sorted(set(order))
    assert window.work.player.direction == 0
    frames.clear()
    window.actions_.run("play_backward")
    qtbot.waitUntil(lambda: len(set(frames)) > 3)
    key(window, K.Key_Space)  # a tap stops it
    assert window.work.player.direction == 0
    order = [f for n, f in enumerate(frames) if n == 0 or f != frames[n - 1]]
    assert order == sorted(set(order), reverse=True)


# Settings


def test_what_was_changed_by_key_stays_when_other_settings_change(window: MainWindow) -> None:
    window.actions_.run("tool_brush")
    window.actions_.run("brush_larger")
    brush = window.work.brush
    window.work.stage.change_view(opacity=0.9)
    window.config.update(last_folder="/somewhere")
    assert window.work.brush == brush
    assert window.work.stage.view.opacity == 0.9
    window.config.update(brush_size=10.0, overlay_opacity=0.2)
    assert window.work.brush[0] == 5.0
    assert window.work.stage.view.opacity == 0.2


def test_the_difference_shows_what_a_correction_changed(qtbot: QtBot, window: MainWindow) -> None:
    rectangle(qtbot, window, square_at(0))
    qtbot.waitUntil(lambda: bool(window.work.stage.supply.mattes(FIRST)))
    window.actions_.run("view_difference")
    window.work.set_brush(0.5, 1.0)
    window.actions_.run("tool_brush")
    drag(window, [(50.5, 40.5)])
    settle(qtbot, window)

    def differs() -> bool:
        content = window.canvas.content
        if content is None or 1 not in content.mattes or 1 not in (content.before or {}):
            return False
        assert content.before is not None
        return np.array_equal(content.mattes[1] != content.before[1], pixels((50, 40)))

    qtbot.waitUntil(differs)
