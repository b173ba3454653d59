"""Confidence, suggestions and the self-test: what a session says about its own masks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_engines import SIZE, bar, plate, square

from roto.confidence import decidedness, support
from roto.fake_engine import FakeEngine
from roto.media import open_clip
from roto.project import ClipRecord, Project
from roto.session import Session
from roto.session.guidance import suggest

COUNT = 12

log_odds = st.floats(-9, 9, width=32)


def new_session(engine=None, path=None):
    record = ClipRecord("plate", "", None, "", SIZE[1], SIZE[0], "24", 0, COUNT, "srgb")
    project = Project.create(record, path)
    return Session(open_clip(plate(COUNT)), engine or FakeEngine(), project)


def propagate(session):
    return {event.frame: event for event in session.propagate() if event.final}


def field(inside, outside=-8.0):
    """Log-odds of a square of certainty ``inside``, (8, 8)."""
    values = np.full((8, 8), outside, np.float32)
    values[2:6, 2:6] = inside
    return values


class Contrary(FakeEngine):
    """Moves every answer of the backward pass sideways, by ``shift`` pixels."""

    def __init__(self, shift):
        super().__init__()
        self.shift = shift

    def open_memory(self):
        ContraryMemory.shift = self.shift
        return ContraryMemory(self.settings)


class ContraryMemory(type(FakeEngine().open_memory())):
    shift = 0

    def predict(self, frame, encoded, objects, known=None, before=None):
        logits = super().predict(frame, encoded, objects, known, before)
        if not hasattr(self, "backward"):  # a branch goes one way: from the keyframe beside it
            self.backward = frame + 1 in self._permanent
        if self.backward:
            logits.values[:] = np.roll(logits.values, self.shift, -1)
        return logits


class Blind(FakeEngine):
    """Finds nothing, and is sure of it."""

    def open_memory(self):
        return BlindMemory(self.settings)


class BlindMemory(type(FakeEngine().open_memory())):
    def predict(self, frame, encoded, objects, known=None, before=None):
        logits = super().predict(frame, encoded, objects, known, before)
        logits.values[:] = -6
        return logits


class TestConfidence:
    @settings(deadline=None)
    @given(log_odds, log_odds)
    def test_without_another_side_it_is_the_margin(self, inside, outside):
        values = field(inside, outside)
        expected = decidedness(values) if (values > 0).any() else 0
        assert support(values > 0, [(values, 1)]) == pytest.approx(expected, abs=1e-6)

    @settings(deadline=None)
    @given(st.floats(0.125, 9, width=32), st.floats(0, 1))
    def test_sides_that_agree_cost_nothing(self, inside, share):
        values = field(inside)
        both = support(values > 0, [(values, share), (values, 1 - share)])
        assert both == pytest.approx(decidedness(values), abs=1e-5)
        assert both <= 1

    def test_it_falls_the_farther_sides_are_apart_though_each_is_sure(self):
        sure = field(9.0, -9.0)
        found = []
        for shift in range(4):
            moved = np.roll(sure, shift, 1)
            mask = (sure + moved * 0.9) > 0
            found.append(support(mask, [(sure, 0.5), (moved, 0.5)]))
        assert found[0] > 0.99
        assert found == sorted(found, reverse=True)
        assert found[3] < 0.6

    def test_a_far_side_with_a_small_share_costs_little(self):
        sure, wrong = field(8.0), np.roll(field(8.0), 3, 1)
        costs = [1 - support(sure > 0, [(sure, s), (wrong, 1 - s)]) for s in (0.95, 0.5)]
        assert costs[0] < 0.1 < costs[1]

    @pytest.mark.parametrize("frame", [4, 5, 6])
    def test_a_session_is_less_sure_where_its_passes_disagree(self, frame):
        sure = {}
        for shift in (0, 3, 8):
            session = new_session(Contrary(shift))
            session.set_keyframe(0, {"box": square(0)})
            session.set_keyframe(11, {"box": square(11)})
            (answer,) = propagate(session)[frame].answers
            assert (answer.left, answer.right) == (0, 11)
            assert session.result(frame).confidence == answer.confidence
            sure[shift] = answer.confidence
        assert sure[0] > 0.8  # the ground is not entirely unlike the square
        assert sure[0] > sure[3] > sure[8]

    def test_nowhere_is_certain_only_where_the_artist_says_so(self):
        session = new_session(Blind())
        session.set_keyframe(0, {"box": square(0), "bar": bar()})
        session.set_keyframe(4, {"bar": None})
        found = propagate(session)
        for frame in (2, 6):
            sure = {a.object: a.confidence for a in found[frame].answers}
            assert sure[session.object_id("box")] == 0
            assert sure[session.object_id("bar")] > 0.9


def states(count, keys=(0,), **others):
    """States of one object over frames 0, 1, 2 ..., fresh where nothing else is said."""
    found = dict.fromkeys(range(count), "fresh") | dict.fromkeys(keys, "keyframe")
    for state, frames in others.items():
        found |= dict.fromkeys(frames, state)
    return {1: found}


def even(count, value=0.9):
    return {(frame, 1): value for frame in range(count)}


class TestSuggest:
    def test_low_confidence_is_preferred(self):
        sure = even(60) | {(frame, 1): 0.3 for frame in range(20, 25)}
        (found,) = suggest(states(60, (0, 59)), sure)
        assert 19 <= found.frame <= 25
        assert (found.object, found.reason) == (1, "low confidence")

    def test_of_equals_the_farthest_from_keyframes_is_taken(self):
        (found,) = suggest(states(61, (0, 60)), even(61))
        assert found.reason == "far from keyframes"
        assert 28 <= found.frame <= 32
        (found,) = suggest(states(60, (0,)), even(60))
        assert 30 <= found.frame <= 55  # beyond the middle: there is no keyframe at the end

    def test_suggestions_are_apart_in_time(self):
        sure = even(80) | {(frame, 1): 0.1 for frame in range(40, 46)}
        found = suggest(states(80), sure, 4)
        frames = sorted(s.frame for s in found)
        assert len(frames) == 4
        assert np.diff(frames).min() > 8
        assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)

    def test_more_suggestions_begin_with_the_fewer(self):
        rng = np.random.default_rng(3)
        sure = {(frame, 1): float(rng.random()) for frame in range(50)}
        five = suggest(states(50), sure, 5)
        assert suggest(states(50), sure, 2) == five[:2]
        assert suggest(states(50), dict(reversed(sure.items())), 5) == five

    @settings(deadline=None)
    @given(st.data())
    def test_only_what_is_known_and_free_is_suggested_once(self, data):
        choices = st.sampled_from(["fresh", "stale", "keyframe", "locked", "missing", "open"])
        known = {1: dict(enumerate(data.draw(st.lists(choices, max_size=15))))}
        sure = {(frame, 1): data.draw(st.floats(0, 1)) for frame in known[1]}
        found = suggest(known, sure, 20)
        free = [f for f, state in known[1].items() if state in ("fresh", "stale")]
        assert sorted(s.frame for s in found) == free
        assert all(s.score >= 0 for s in found)

    def test_locked_and_unknown_frames_neither_count_nor_come(self):
        doubtful = {(frame, 1): 0.0 for frame in range(10, 30)}
        held = states(60, (0,), locked=range(10, 20), missing=range(20, 25), open=range(25, 30))
        frames = [s.frame for s in suggest(held, even(60) | doubtful, 5)]
        assert not set(frames) & set(range(10, 30))
        assert frames[0] > 30  # where most of what is known is, though all of that is surer

    def test_the_object_that_gains_most_is_named(self):
        both = {1: states(40)[1], 2: states(40)[1]}
        sure = even(40) | {(frame, 2): 0.2 for frame in range(40)}
        assert {s.object for s in suggest(both, sure, 3)} == {2}

    def test_a_session_suggests_and_stores_nothing(self):
        session = new_session()
        assert session.suggest() == ()
        session.set_keyframe(0, {"box": square(0), "bar": bar()})
        assert session.suggest() == ()  # nothing is known yet
        propagate(session)
        steps = session.project.steps()
        (found,) = session.suggest()
        assert 4 <= found.frame < COUNT
        assert session.project.steps() == steps
        session.lock((found.frame, COUNT - 1))
        (other,) = session.suggest(objects="box")
        assert other.frame < found.frame
        assert other.object == session.object_id("box")

    def test_a_suggestion_that_is_followed_is_settled(self):
        session = new_session()
        session.set_keyframe(0, {"box": square(0)})
        propagate(session)
        (first,) = session.suggest()
        session.correct(first.frame, "box", square(first.frame))
        propagate(session)
        (second,) = session.suggest()
        assert abs(second.frame - first.frame) > 1
        assert second.score < first.score


class TestSelfTest:
    def test_a_perfect_engine_gets_a_perfect_score(self):
        session = new_session()
        for frame in (0, 5, 11):
            session.set_keyframe(frame, {"box": square(frame)})
        found = session.self_test()
        assert [h.frame for h in found.hidden] == [0, 5, 11]
        assert {h.name for h in found.hidden} == {"box"}
        assert (found.j, found.f, found.boundary) == (1, 1, 0)

    def test_a_keyframe_that_the_others_contradict_is_found(self):
        session = new_session()
        wrong = np.roll(square(5), 4, 0)  # the artist slipped by four pixels
        for frame, mask in ((0, square(0)), (5, wrong), (11, square(11))):
            session.set_keyframe(frame, {"box": mask})
        found = {h.frame: h for h in session.self_test().hidden}
        assert found[5].boundary == 4
        assert found[5].j == pytest.approx(8 / 16)
        assert found[5].f < 1

    def test_the_only_keyframe_of_an_object_stays(self):
        session = new_session()
        session.set_keyframe(0, {"box": square(0), "bar": bar()})
        session.set_keyframe(6, {"box": square(6)})
        session.set_keyframe(9, {"bar": None})  # does not show it
        found = session.self_test()
        names = {h.frame: h.name for h in found.hidden}
        assert names == {0: "box", 6: "box", 9: "bar"}
        assert all(h.j == 1 for h in found.hidden if h.name == "box")

    def test_without_a_second_keyframe_there_is_nothing_to_hide(self):
        session = new_session()
        assert session.self_test().hidden == ()
        session.set_keyframe(0, {"box": square(0)})
        found = session.self_test()
        assert found.hidden == ()
        assert math.isnan(found.j)
        assert math.isnan(found.f)
        assert found.boundary == 0

    def test_it_tells_how_far_it_is(self):
        session = new_session()
        for frame in (0, 5, 11):
            session.set_keyframe(frame, {"box": square(frame)})
        steps = list(session.self_test_steps())
        # Three keyframes are learnt; 0 and 11 are found from 5, and 5 from both sides.
        total = 3 + 5 + (5 + 6) + 6
        assert {step.total for step in steps} == {total}
        done = [step.done for step in steps]
        assert sorted(set(done)) == list(range(1, total + 1))
        assert done == sorted(done)
        assert [step.frame for step in steps if step.frame is None] == [None] * 3
        assert [len(s.found.hidden) for s in steps[-2:]] == [2, 3]
        assert steps[-1].found == session.self_test()

    def test_it_can_be_stopped_at_any_step(self):
        session = new_session()
        for frame in (0, 5, 11):
            session.set_keyframe(frame, {"box": square(frame)})
        whole = session.self_test()
        for count in (1, 3, 4, 9, 12):
            steps = session.self_test_steps()
            for _ in range(count):
                next(steps)
            steps.close()
        assert session.self_test() == whole

    def test_the_project_stays_as_it_is_to_the_byte(self, tmp_path):
        path = tmp_path / "shot.roto"
        session = new_session(path=path)
        for frame in (0, 5, 11):
            session.set_keyframe(frame, {"box": square(frame), "bar": bar()})
        propagate(session)
        steps = session.project.steps()
        before = {p.name: p.read_bytes() for p in tmp_path.glob("shot.roto*") if p.is_file()}
        assert session.self_test().j == 1
        after = {p.name: p.read_bytes() for p in tmp_path.glob("shot.roto*") if p.is_file()}
        assert before == after
        assert session.project.steps() == steps
        session.close()

    def test_what_is_propagated_afterwards_is_what_would_have_been(self):
        shown = []
        for tested in (False, True):
            session = new_session()
            for frame in (0, 11):
                session.set_keyframe(frame, {"box": square(frame)})
            if tested:
                session.self_test()
            found = propagate(session)
            shown.append([found[f].result.matte("box").tobytes() for f in sorted(found)])
        assert shown[0] == shown[1]
