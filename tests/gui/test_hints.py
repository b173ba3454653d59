"""The hint line says what to do next, also while something is begun."""

from __future__ import annotations

from gui_projects import square_at
from gui_windows import rectangle

from roto.media.source import Clip
from roto.session.guidance import Suggestion
from roto_gui.hints import hint
from roto_gui.state import ObjectState, Snapshot

CLIP = Clip("plate", 64, 48, 3, 1)


def way(name: str) -> str:
    return f"<{name}>"


def test_each_state_of_the_work_has_a_hint_of_its_own():
    new = ObjectState(1, "hero", (1, 2, 3))
    painted = ObjectState(1, "hero", (1, 2, 3), states={1: "keyframe", 2: "missing", 3: "missing"})
    found = ObjectState(1, "hero", (1, 2, 3), states={1: "keyframe", 2: "fresh", 3: "fresh"})
    with_new, done = Snapshot(CLIP, (1, 2, 3), (new,)), Snapshot(CLIP, (1, 2, 3), (found,))
    said = [
        hint(None, None, busy=False, receipt=False, way=way),
        hint(with_new, new, busy=False, receipt=False, way=way),
        hint(with_new, new, busy=False, receipt=False, way=way, begun="smart"),
        hint(with_new, new, busy=False, receipt=False, way=way, begun="polygon"),
        hint(done, painted, busy=False, receipt=False, way=way),
        hint(done, painted, busy=True, receipt=False, way=way),
        hint(done, found, busy=False, receipt=True, way=way),
        hint(done, found, busy=False, receipt=False, way=way),
        hint(done, found, busy=False, receipt=False, way=way, locked=True),
    ]
    assert len(set(said)) == len(said)
    assert "Enter keeps" in said[2]
    assert "Enter" in said[3]
    assert said[4].startswith("<propagate_both>")
    assert "<accept>" in said[6]
    assert "<export>" in said[7]
    assert "<unlock> unlocks" in said[8]


def test_a_frame_worth_a_check_is_named_with_the_way_there():
    found = ObjectState(1, "hero", (1, 2, 3), states={1: "keyframe", 2: "fresh", 3: "fresh"})
    suggested = Suggestion(2, 1, "low confidence", 0.5)
    said = hint(
        Snapshot(CLIP, (1, 2, 3), (found,), (suggested,)), found, busy=False, receipt=False, way=way
    )
    assert said.startswith("<next_suspect> goes")


def test_a_brush_stroke_needs_no_other_hint():
    snapshot = Snapshot(CLIP, (1, 2, 3))
    usual = hint(snapshot, None, busy=False, receipt=False, way=way)
    assert hint(snapshot, None, busy=False, receipt=False, way=way, begun="brush") == usual


def test_hints_name_the_keys_in_force_as_soon_as_they_change(qtbot, window):
    rectangle(qtbot, window, square_at(0))
    said = window.status.hint.text
    assert said() == "T finds it on all frames, both ways."
    window.config.update(bindings={"propagate_both": ("F13", "T")})
    assert said() == "F13 finds it on all frames, both ways."
    window.config.update(bindings={"propagate_both": ()})
    assert said() == "Propagate > Both ways finds it on all frames, both ways."
    window.config.update(bindings={}, preset="After Effects")
    assert said() == "T finds it on all frames, both ways."
    assert window.actions_.way("next_suspect") == "Ctrl+J"


def test_other_texts_name_them_too(window, qtbot):
    rectangle(qtbot, window, square_at(0))
    window.config.update(bindings={"undo": ("F14",), "keys": ()})
    window.objects_panel._remove(1)
    assert "F14 brings it back" in window.objects_panel.hint.text()
    qtbot.waitUntil(lambda: window.document.settled)
    window.actions_.run("close")
    assert "Help > Keys" in window.welcome._foot.text()
