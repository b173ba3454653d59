"""The hint line says what to do next, also while something is begun."""

from __future__ import annotations

from roto.media.source import Clip
from roto_gui.hints import hint
from roto_gui.state import ObjectState, Snapshot

CLIP = Clip("plate", 64, 48, 3, 1)


def test_each_state_of_the_work_has_a_hint_of_its_own():
    new = ObjectState(1, "hero", (1, 2, 3))
    painted = ObjectState(1, "hero", (1, 2, 3), states={1: "keyframe", 2: "missing", 3: "missing"})
    found = ObjectState(1, "hero", (1, 2, 3), states={1: "keyframe", 2: "fresh", 3: "fresh"})
    with_new, done = Snapshot(CLIP, (1, 2, 3), (new,)), Snapshot(CLIP, (1, 2, 3), (found,))
    said = [
        hint(None, None, busy=False, receipt=False),
        hint(with_new, new, busy=False, receipt=False),
        hint(with_new, new, busy=False, receipt=False, begun="smart"),
        hint(with_new, new, busy=False, receipt=False, begun="polygon"),
        hint(done, painted, busy=False, receipt=False),
        hint(done, painted, busy=True, receipt=False),
        hint(done, found, busy=False, receipt=True),
        hint(done, found, busy=False, receipt=False),
    ]
    assert len(set(said)) == len(said)
    assert "Enter keeps" in said[2]
    assert "Enter" in said[3]


def test_a_brush_stroke_needs_no_other_hint():
    snapshot = Snapshot(CLIP, (1, 2, 3))
    usual = hint(snapshot, None, busy=False, receipt=False)
    assert hint(snapshot, None, busy=False, receipt=False, begun="brush") == usual
