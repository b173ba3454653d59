"""What a stroke hands to the session, and what comes back: the same bytes, little of it twice."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from gui_windows import arrive, drag, settle, shown

from roto_gui.canvas.changes import changed_box
from roto_gui.canvas.views import Content
from roto_gui.copies import Copies, hard_or_soft

PLATE = np.zeros((300, 20, 3), np.uint8)


def soft(seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).random((300, 20), np.float32)


def content(alpha: np.ndarray, **more: object) -> Content:
    return Content(PLATE, mattes={1: alpha}, colours={1: (1, 2, 3)}, active=1, **more)


def test_a_hard_mask_arrives_as_bool_and_a_soft_one_bit_by_bit():
    hard = (soft() > 0.5).astype(np.float32)
    assert hard_or_soft(hard).dtype == bool
    copies, alpha = Copies(), soft()
    give, as_it_was = copies.take(alpha), alpha.copy()
    alpha[:] = 0
    found = give()
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, as_it_was)


def test_memory_is_used_again_but_never_what_was_given():
    copies = Copies()
    first = copies.take(soft(1))()
    waiting = copies.take(soft(2))
    second = copies.take(soft(3))()
    third = copies.take(soft(4))()
    for found, seed in ((first, 1), (waiting(), 2), (second, 3), (third, 4)):
        np.testing.assert_array_equal(found, soft(seed))
    smaller = np.full((3, 4), 0.25, np.float32)
    np.testing.assert_array_equal(copies.take(smaller)(), smaller)


def test_memory_is_ready_when_it_is_needed(qtbot):
    copies = Copies()
    copies.prepare((300, 20))
    qtbot.waitUntil(lambda: len(copies._spare) == 1)
    ready = copies._spare[0]
    copies.prepare((300, 20))
    give = copies.take(soft(5))
    assert give.args[0] is ready
    assert not copies._spare
    np.testing.assert_array_equal(give(), soft(5))


def test_the_window_does_not_look_through_a_mask(window, qtbot, monkeypatch):
    """Telling hard masks from soft ones is the session's thread's work."""
    seen = []

    def watched(alpha):
        seen.append(threading.current_thread().name)
        return hard_or_soft(alpha)

    monkeypatch.setattr("roto_gui.copies.hard_or_soft", watched)
    window.actions_.run("tool_brush")
    window.work.set_brush(5, 0.5)
    drag(window, [(20, 20), (40, 24)])
    settle(qtbot, window)
    assert seen == ["roto session"]


def test_what_the_session_keeps_is_what_was_painted(window, qtbot):
    window.actions_.run("tool_brush")
    window.work.set_brush(5, 0.5)
    for y in (10, 20, 30):  # faster than they are kept
        drag(window, [(10, y), (50, y + 3)])
        painted = window.work.stage.layer().alpha.copy()
    settle(qtbot, window)
    window.document.request_result(1001)
    qtbot.waitUntil(lambda: window.document.result(1001) is not None)
    np.testing.assert_array_equal(window.document.result(1001).matte(1), painted)
    assert len(np.unique(painted)) > 10


def test_a_stroke_that_comes_back_is_not_composed_again(window, qtbot, monkeypatch):
    """The canvas shows it already; nothing of the picture is made anew."""
    window.actions_.run("tool_brush")
    window.work.set_brush(5, 0.5)
    drag(window, [(20, 20), (40, 24)])
    composed = []
    refresh = window.canvas.refresh
    monkeypatch.setattr(
        window.canvas, "refresh", lambda box=None: (composed.append(box), refresh(box))
    )
    settle(qtbot, window)
    with qtbot.waitSignal(window.work.stage.shown):
        window.work.stage.refresh()
    assert composed == []
    window.actions_.run("undo")
    settle(qtbot, window)
    qtbot.waitUntil(lambda: shown(window, 1) is None)
    assert composed


def test_a_mask_painted_and_given_up_leaves_no_trace(window, qtbot):
    """Arrays are shown again as long as nothing else is known, but not what a tool changed."""
    window.actions_.run("tool_brush")
    drag(window, [(20, 20), (40, 24)])
    settle(qtbot, window)
    arrive(qtbot, window)
    stage = window.work.stage
    stage.refresh()
    qtbot.waitUntil(lambda: not stage._again.isActive())
    kept = shown(window, 1).copy()
    stage.layer().alpha[:] = 1
    stage.forget_layer()
    qtbot.waitUntil(lambda: not stage._again.isActive())
    np.testing.assert_array_equal(shown(window, 1), kept)


def test_only_rows_that_look_otherwise_are_made_anew():
    one, other = soft(), soft()
    assert changed_box(content(one), content(other)) is None
    assert changed_box(content(one), content(one)) is None
    other[70, 3] = 2
    assert changed_box(content(one), content(other)) == (slice(64, 128), slice(0, 20))
    other[299] = 2
    assert changed_box(content(one), content(other)) == (slice(64, 300), slice(0, 20))


@pytest.mark.parametrize(
    "now",
    [
        content(soft(), neighbours=(soft(),)),
        content(soft(), before={1: soft()}),
        content(soft(), linear=True),
        Content(PLATE.copy(), mattes={1: soft()}, colours={1: (1, 2, 3)}, active=1),
        Content(PLATE, mattes={1: soft()}, colours={1: (1, 2, 4)}, active=1),
        Content(PLATE, mattes={1: soft()}, colours={1: (1, 2, 3)}, active=None),
        Content(PLATE, mattes={}, colours={1: (1, 2, 3)}, active=1),
    ],
)
def test_where_more_may_differ_all_is_made_anew(now):
    assert changed_box(content(soft()), now) == now.whole
