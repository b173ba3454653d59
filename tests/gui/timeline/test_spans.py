"""What lanes show: spans of states, curves of confidence. No widget."""

from __future__ import annotations

import itertools
from dataclasses import replace
from types import MappingProxyType
from typing import get_args

import numpy as np
import pytest
from gui_timelines import RED, axes, of_states, snapshot, two_objects
from hypothesis import given, settings
from hypothesis import strategies as st

from roto.session.states import State
from roto_gui.state import ObjectState
from roto_gui.timeline.geometry import (
    Axis,
)
from roto_gui.timeline.spans import ORDER, Lane, Lanes, heights, stretches
from roto_gui.timeline.words import nearest_number, state_words


def test_every_state_has_its_place_in_the_order():
    assert set(ORDER) == set(get_args(State))
    assert len({state_words(state) for state in (*ORDER, None)}) == len(ORDER) + 1


def test_equal_neighbours_are_one_rectangle_and_missing_numbers_break_it():
    states = {f: "fresh" for f in range(1001, 1031) if f not in (1010, 1011)} | {1020: "stale"}
    lane = Lane(of_states(1, "a", RED, states))
    axis = Axis.fitted(1001, 1030, 0, 300)
    spans = [(round(s.left), round(s.right), s.state) for s in lane.spans(axis)]
    assert spans == [
        (0, 90, "fresh"),
        (110, 190, "fresh"),
        (190, 200, "stale"),
        (200, 300, "fresh"),
    ]


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.integers(0, 300), st.sampled_from(ORDER), min_size=1), axes())
def test_spans_neither_overlap_nor_leave_out_what_needs_work(states, axis):
    frames = sorted(states)
    axis = Axis.fitted(frames[0], frames[-1], 10, axis.width)
    spans = list(Lane(of_states(1, "a", RED, states)).spans(axis))
    assert all(a.right <= b.left + 1e-6 for a, b in itertools.pairwise(spans))
    assert len(spans) <= max(axis.width + 1, len(states))
    for frame, state in states.items():
        x = axis.x(frame) + min(axis.scale, 1) / 2
        shown = [s.state for s in spans if s.left - 1 <= x <= s.right + 1]
        assert any(ORDER.index(found) >= ORDER.index(state) for found in shown)


def test_the_curve_shows_the_worst_of_frames_that_share_a_pixel():
    known = dict.fromkeys(range(10_000), 0.9) | {5003: 0.2}
    lane = Lane(of_states(1, "a", RED, {}, known))
    (line,) = lane.curve(Axis.fitted(0, 9_999, 0, 1000))
    assert len(line[0]) <= 1002
    assert line[1].min() == 0.2
    assert line[0][np.argmin(line[1])] == pytest.approx(500, abs=1.5)


def test_the_curve_breaks_where_confidence_is_unknown():
    known = {f: 0.5 for f in range(10) if f != 4}
    lane = Lane(of_states(1, "a", RED, {}, known))
    assert len(list(lane.curve(Axis.fitted(0, 9, 0, 500)))) == 2


def test_lanes_of_objects_that_did_not_change_are_not_computed_again():
    first = two_objects().objects
    lanes = Lanes()
    lanes.update(first)
    kept, arrays = lanes[7], lanes[7]._states
    renamed = ObjectState(7, "Lorry", RED, states=first[1].states, confidence=first[1].confidence)
    lanes.update((first[0], renamed))
    assert lanes[7] is not kept
    assert lanes[7].of.name == "Lorry"
    assert lanes[7]._states is arrays
    lanes.update((of_states(7, "Lorry", RED, {1001: "keyframe"}),))
    assert lanes.keyframes == {7: (1001,)}


def test_a_keyframe_below_a_lock_keeps_its_diamond():
    states = MappingProxyType({1001: "keyframe", 1002: "locked", 1003: "locked"})
    lane = Lane(ObjectState(7, "Car", RED, states=states))
    assert lane.keyframes == (1001,)
    lane = lane.now(replace(lane.of, overruled=frozenset([1003])))
    assert lane.keyframes == lane.of.keyframes == (1001, 1003)


def test_stretches_and_heights_hold_out_of_order_and_at_any_scale():
    axis = Axis.fitted(0, 9, 0, 100)
    assert list(stretches({5, 3, 4, 9}, axis)) == [(30, 60), (90, 100)]
    assert list(heights({5: 2.0, 1: 3.0}, axis)) == [(10, 20, 3.0), (50, 60, 2.0)]
    far = Axis.fitted(0, 99, 0, 10)
    assert list(heights({11: 2.0, 12: 3.0}, far)) == [(1, 2, 3.0)]
    assert list(stretches((), far)) == list(heights({}, far)) == []


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(0, 50), min_size=1), st.integers(-5, 60))
def test_the_nearest_frame_on_disk(numbers, wanted):
    found = nearest_number(sorted(numbers), wanted)
    assert abs(found - wanted) == min(abs(n - wanted) for n in numbers)


@pytest.mark.parametrize("wanted", [-5, 1001, 1002, 1004, 1005, 1006, 9999])
def test_the_nearest_frame_there_is(wanted):
    found = snapshot(frames=range(1001, 1011), missing=range(1003, 1007))
    assert found.nearest(wanted) == min(found.frames, key=lambda f: abs(f - wanted))
