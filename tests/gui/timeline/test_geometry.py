"""Where frames and lanes lie, and what is hit. No widget."""

from __future__ import annotations

import pytest
from gui_timelines import axes
from hypothesis import given, settings
from hypothesis import strategies as st

from roto_gui.timeline.geometry import (
    WIDEST,
    Axis,
    Layout,
    Marks,
    handles,
    hit,
    moved,
    multiples,
    tick_spacing,
)


@settings(max_examples=40, deadline=None)
@given(axes(), st.floats(0, 1))
def test_the_frame_at_the_middle_of_a_frame_is_that_frame(axis, share):
    first, last = axis.shown
    frame = round(first + share * (last - first))
    assert axis.frame(axis.centre(frame)) == frame


@settings(max_examples=40, deadline=None)
@given(axes(), st.floats(-500, 5000))
def test_a_place_lies_in_the_frame_that_is_found_there(axis, x):
    frame = axis.frame(x)
    assert axis.first <= frame <= axis.last
    if axis.x(axis.first) <= x < axis.x(axis.last + 1):
        assert axis.x(frame) - 1e-3 <= x <= axis.x(frame + 1) + 1e-3


@settings(max_examples=40, deadline=None)
@given(axes())
def test_no_more_than_the_clip_is_shown(axis):
    first, last = axis.shown
    assert axis.first <= first <= last <= axis.last
    assert 0 < axis.scale <= WIDEST
    assert axis.start >= axis.first
    room = axis.start + axis.width / axis.scale
    assert room <= axis.last + 1 + 1e-6 or axis.start == axis.first


@settings(max_examples=40, deadline=None)
@given(axes(), st.floats(1.01, 8), st.floats(0, 1))
def test_zooming_in_keeps_what_is_under_the_pointer(axis, factor, share):
    x = axis.left + share * min(axis.width, (axis.last + 1 - axis.first) * axis.scale)
    before = axis.start + (x - axis.left) / axis.scale
    near = axis.zoomed(factor, x)
    assert near.start + (x - near.left) / near.scale == pytest.approx(before, abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(axes(), st.floats(0, 1))
def test_a_page_is_turned_only_for_a_frame_out_of_sight(axis, share):
    frame = round(axis.first + share * (axis.last - axis.first))
    turned = axis.showing(frame)
    if turned.width >= turned.scale:
        assert turned.shown[0] <= frame <= turned.shown[1]
    assert turned.showing(frame) == turned or axis.width < 2 * axis.scale


@settings(max_examples=40, deadline=None)
@given(st.floats(1e-4, WIDEST), st.floats(5, 80))
def test_numbers_never_run_into_each_other(scale, label):
    spacing = tick_spacing(scale, label)
    assert spacing.numbers * scale >= label + 10
    assert spacing.numbers % spacing.ticks == 0
    assert spacing.ticks * scale >= 4.9 or spacing.ticks == spacing.numbers


def test_ticks_lie_on_round_numbers_as_on_disk():
    assert tick_spacing(4.0, 28.0) == (20, 2)
    assert list(multiples(20, 1001, 1065)) == [1020, 1040, 1060]


def test_lanes_become_lower_before_they_scroll():
    few, many = Layout(800, 200, 2), Layout(800, 200, 40)
    assert few.lane_height > many.lane_height
    assert few.most_offset == 0 < many.most_offset
    last = Layout(800, 200, 40, many.most_offset)
    assert last.lane(39).bottom <= last.body.bottom
    assert set(last.in_sight()) < set(range(40))
    assert 39 in set(last.in_sight())


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(80, 600), st.floats(0, 1))
def test_every_lane_in_sight_is_found_at_its_middle(lanes, height, share):
    layout = Layout(900, height, lanes)
    layout = Layout(900, height, lanes, layout.most_offset * share)
    for index in layout.in_sight():
        rect = layout.lane(index)
        middle = rect.y + rect.height / 2
        if layout.body.y <= middle < layout.body.bottom:
            assert layout.index(middle) == index


def test_what_is_hit():
    layout = Layout(800, 160, 2)
    axis = Axis.fitted(1001, 1100, layout.left, layout.frames_width)
    marks = Marks({1: (1010, 1050), 7: (1020,)}, flags=(1033,), first=1005, last=None)
    ruler, lane = layout.ruler.y + 12, layout.lane(1).y + 10

    def at(x, y):
        return hit(axis, layout, marks, x, y)

    assert at(axis.centre(1040), ruler) == ("ruler", 1040, None)
    assert at(axis.centre(1033) + 3, 4) == ("flag", 1033, None)
    assert at(axis.centre(1060), 4) == ("ruler", 1060, None)
    assert at(handles(axis, marks)[0] - 3, ruler) == ("in", 1005, None)
    assert at(handles(axis, marks)[1] + 3, ruler) == ("out", 1100, None)
    assert at(axis.centre(1020) + 4, lane) == ("diamond", 1020, 7)
    assert at(axis.centre(1050), lane) == ("lane", 1050, 7)
    assert at(20, lane) == ("label", 1001, 7)
    assert at(400, 150).part == "nothing"
    near = axis.zoomed(4, 400)
    assert hit(near, layout, marks, 400, 156).part == "bar"


def test_in_and_out_never_cross_and_are_open_at_the_ends():
    axis = Axis.fitted(1001, 1100, 0, 800)
    marks = Marks({}, first=1010, last=1020)
    assert moved(axis, marks, "in", 1050) == (1020, 1020)
    assert moved(axis, marks, "out", 3) == (1010, 1010)
    assert moved(axis, marks, "in", 900) == (None, 1020)
    assert moved(axis, marks, "out", 1100) == (1010, None)
