"""The timeline: where frames lie, what is hit, and what a real widget does with a mouse."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from roto.guidance import Suggestion
from roto.media.source import Clip
from roto.states import State
from roto_gui.state import ObjectState, Progress, Snapshot
from roto_gui.timeline import Timeline, picture
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
from roto_gui.timeline.spans import ORDER, Lane, Lanes, heights, stretches
from roto_gui.timeline.words import nearest_number, state_words

RED, GREEN = (200, 40, 40), (40, 200, 40)
LEFT = Qt.MouseButton.LeftButton


def of_states(i, name, colour, states, confidence=None):
    return ObjectState(i, name, colour, states=states, confidence=confidence or {})


def snapshot(*objects, frames=range(1001, 1101), suggestions=(), missing=(), read_only=False):
    frames = tuple(f for f in frames if f not in missing)
    clip = Clip("a.%04d.exr", 64, 48, len(frames), frames[0], missing=tuple(missing))
    return Snapshot(clip, frames, tuple(objects), tuple(suggestions), read_only=read_only)


def two_objects(**more):
    frames = range(1001, 1101)
    first = dict.fromkeys(frames, "missing") | {1010: "keyframe", 1050: "keyframe"}
    second = dict.fromkeys(frames, "fresh") | {1020: "keyframe"}
    sure = dict.fromkeys(frames, 0.9)
    return snapshot(
        of_states(1, "Actor", RED, first), of_states(7, "Car", GREEN, second, sure), **more
    )


# Where things lie


@st.composite
def axes(draw):
    first = draw(st.integers(0, 200_000))
    last = first + draw(st.integers(0, 20_000))
    axis = Axis.fitted(first, last, draw(st.floats(0, 300)), draw(st.floats(1, 4000)))
    for _ in range(draw(st.integers(0, 4))):
        axis = axis.zoomed(draw(st.floats(0.05, 20)), draw(st.floats(0, 4000)))
        axis = axis.scrolled(draw(st.floats(-3000, 3000)))
    return axis


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


# What lanes show


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


# The widget


@pytest.fixture
def timeline(qtbot):
    widget = Timeline()
    qtbot.addWidget(widget)
    widget.resize(800, 160)
    widget.set_snapshot(two_objects(suggestions=[Suggestion(1033, 7, "low confidence", 2.0)]))
    widget.set_frame(1001)
    widget.show()
    return widget


def point(timeline, frame, lane=None, y=None):
    layout = timeline.layout_now
    if lane is not None:
        rect = layout.lane(lane)
        y = rect.y + rect.height / 2
    elif y is None:
        y = layout.ruler.y + 12
    return QPoint(round(timeline.axis.centre(frame)), round(y))


def drag(qtbot, timeline, start, *points, button=LEFT):
    qtbot.mousePress(timeline, button, pos=start)
    for place in points:
        qtbot.mouseMove(timeline, place)
    qtbot.mouseRelease(timeline, button, pos=points[-1] if points else start)


def wheel(timeline, place, notches, modifiers=Qt.KeyboardModifier.NoModifier):
    event = QWheelEvent(
        QPointF(place),
        QPointF(timeline.mapToGlobal(place)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(timeline, event)


def heard(signal):
    found = []
    signal.connect(lambda *values: found.append(values if len(values) > 1 else values[0]))
    return found


def test_scrubbing_chooses_each_frame_once(qtbot, timeline):
    chosen = heard(timeline.frame_chosen)
    places = [point(timeline, f) for f in (1042, 1042, 1043)]
    places.insert(1, places[0] + QPoint(1, 0))
    drag(qtbot, timeline, point(timeline, 1040), *places)
    assert chosen == [1040, 1042, 1043]
    assert timeline.frame == 1043
    qtbot.mouseMove(timeline, point(timeline, 1090))
    assert chosen[-1] == 1043, "the button is up"


def test_scrubbing_beyond_the_edges_stays_in_the_clip(qtbot, timeline):
    chosen = heard(timeline.frame_chosen)
    drag(qtbot, timeline, point(timeline, 1040, lane=0), QPoint(5000, 20), QPoint(-90, 20))
    assert chosen == [1040, 1100, 1001]


def test_only_frames_on_disk_are_chosen(qtbot, timeline):
    frames = range(1001, 1101)
    timeline.set_snapshot(snapshot(frames=frames, missing=range(1040, 1050)))
    chosen = heard(timeline.frame_chosen)
    drag(qtbot, timeline, point(timeline, 1041), point(timeline, 1042), point(timeline, 1048))
    assert chosen == [1039, 1050]
    assert "not on disk" in timeline.words_at(point(timeline, 1045))


def test_a_flag_and_a_diamond_are_gone_to_exactly(qtbot, timeline):
    chosen = heard(timeline.frame_chosen)
    drag(qtbot, timeline, point(timeline, 1033, y=5) + QPoint(4, 0))
    drag(qtbot, timeline, point(timeline, 1050, lane=0) - QPoint(4, 0))
    assert chosen == [1033, 1050]


def test_clicking_a_name_chooses_the_object(qtbot, timeline):
    chosen, frames = heard(timeline.object_chosen), heard(timeline.frame_chosen)
    drag(qtbot, timeline, QPoint(40, point(timeline, 1001, lane=1).y()))
    assert chosen == [7]
    assert frames == []


def test_in_and_out_points_are_dragged_and_cleared(qtbot, timeline):
    ranges = heard(timeline.range_changed)
    y = round(timeline.layout_now.ruler.y + 6)
    left, right = (round(x) for x in handles(timeline.axis, timeline.marks))
    drag(qtbot, timeline, QPoint(left - 3, y), QPoint(round(timeline.axis.x(1020)), y))
    drag(qtbot, timeline, QPoint(right + 3, y), QPoint(round(timeline.axis.x(1081)), y))
    assert ranges[-1] == (1020, 1080)
    assert (timeline.marks.first, timeline.marks.last) == (1020, 1080)
    assert timeline.frame == 1001
    place = QPoint(round(timeline.axis.x(1020)) - 3, y)
    qtbot.mouseDClick(timeline, LEFT, pos=place)
    assert ranges[-1] == (None, 1080)


def test_wheel_zooms_at_the_pointer_and_shift_scrolls(timeline):
    place = point(timeline, 1060, lane=0)
    wheel(timeline, place, 6)
    assert timeline.axis.frame(place.x()) == 1060
    assert timeline.axis.scale > 20
    before = timeline.axis.shown
    wheel(timeline, place, -2, Qt.KeyboardModifier.ShiftModifier)
    assert timeline.axis.shown[0] > before[0]
    wheel(timeline, place, -40)
    assert timeline.axis.whole


def test_the_middle_button_and_the_bar_scroll(qtbot, timeline):
    timeline.zoom(8, 400)
    first = timeline.axis.start
    middle = Qt.MouseButton.MiddleButton
    drag(qtbot, timeline, QPoint(500, 60), QPoint(450, 60), button=middle)
    assert timeline.axis.start > first
    thumb = timeline.layout_now.thumb(timeline.axis)
    place = QPoint(round(thumb.x + 5), round(thumb.y + 2))
    drag(qtbot, timeline, place, QPoint(-900, place.y()))
    assert timeline.axis.start == 1001


def test_zoom_stays_while_the_clip_is_the_same(timeline):
    timeline.zoom(5, 400)
    axis = timeline.axis
    timeline.set_snapshot(two_objects())
    assert timeline.axis == axis
    timeline.set_snapshot(snapshot(frames=range(10)))
    assert timeline.axis.whole
    assert (timeline.axis.first, timeline.axis.last, timeline.frame) == (0, 9, 9)


def test_the_playhead_turns_the_page(timeline):
    timeline.zoom(8, 132)
    timeline.set_frame(1090)
    first, last = timeline.axis.shown
    assert first <= 1090 <= last


def test_the_menu_of_a_diamond_removes_the_keyframe(timeline):
    removed, chosen = heard(timeline.keyframe_removed), heard(timeline.frame_chosen)
    found = timeline.at(QPointF(point(timeline, 1050, lane=0)))
    menu = timeline.menu_at(found)
    actions = {action.text(): action for action in menu.actions()}
    actions["Go to frame 1050"].trigger()
    actions["Remove keyframe of Actor at 1050"].trigger()
    assert chosen == [1050]
    assert removed == [(1050, 1)]
    assert not actions["Clear in and out points"].isEnabled()
    actions["Set in point here"].trigger()
    assert timeline.marks.first == 1050
    menu.deleteLater()


def test_nothing_is_removed_from_a_project_that_cannot_be_changed(timeline):
    timeline.set_snapshot(two_objects(read_only=True))
    menu = timeline.menu_at(timeline.at(QPointF(point(timeline, 1050, lane=0))))
    (remove,) = [a for a in menu.actions() if a.text().startswith("Remove")]
    assert not remove.isEnabled()
    menu.deleteLater()


def test_tooltips_say_state_confidence_and_frame(timeline):
    words = timeline.words_at(point(timeline, 1044, lane=1))
    assert words == "Car, frame 1044\nup to date\nconfidence 90 %"
    assert "keyframe" in timeline.words_at(point(timeline, 1010, lane=0))
    assert "uncertain" in timeline.words_at(point(timeline, 1033, y=5))
    timeline.mark_changed({1070: 5.0})
    assert "last propagation" in timeline.words_at(point(timeline, 1070))


def test_without_a_clip_it_stays_still(qtbot, timeline):
    timeline.set_snapshot(None)
    chosen = heard(timeline.frame_chosen)
    drag(qtbot, timeline, QPoint(400, 20), QPoint(500, 20))
    wheel(timeline, QPoint(400, 40), 1)
    timeline.set_progress(Progress("open", 0, 0))
    timeline.grab()
    assert chosen == []


# What it looks like


def pixels(widget):
    """(H, W, 3) uint8 of a grab."""
    image = widget.grab().toImage().convertToFormat(widget.grab().toImage().Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).astype(int)


def band(timeline, first, last):
    """The middle of the first lane from a frame to another."""
    picture, rect = pixels(timeline), timeline.layout_now.lane(0)
    left, right = round(timeline.axis.x(first)), round(timeline.axis.x(last + 1))
    return picture[round(rect.y) : round(rect.bottom), left + 4 : right - 4]


def test_states_look_different(timeline):
    timeline.set_range(None, None)
    length, states = 14, {}
    for index, state in enumerate(ORDER):
        states |= dict.fromkeys(range(1001 + index * length, 1001 + (index + 1) * length), state)
    states |= dict.fromkeys(range(1099, 1101), "missing")
    timeline.set_snapshot(snapshot(of_states(1, "a", RED, states)))
    looks = {}
    for index, state in enumerate(ORDER):
        part = band(timeline, 1001 + index * length + 1, 1001 + (index + 1) * length - 2)
        looks[state] = np.array([*part.mean((0, 1)), part.std()])
    for one in ORDER:
        for other in ORDER:
            if one != other:
                assert np.abs(looks[one] - looks[other]).max() > 8, (one, other)
    assert looks["missing"][3] < 1, "nothing is there"
    assert looks["stale"][3] > 10, "hatched"
    assert looks["fresh"][0] > looks["missing"][0] + 40


def test_progress_grows_and_the_finished_frames_fill(timeline):
    before = band(timeline, 1060, 1065).mean()
    states = dict(timeline._snapshot.objects[0].states) | dict.fromkeys(range(1060, 1066), "fresh")
    timeline.set_snapshot(snapshot(of_states(1, "Actor", RED, states)))
    assert band(timeline, 1060, 1065).mean() > before + 5
    y = round(timeline.layout_now.body.y - 2)
    blue = []
    for done in (10, 50, 90):
        timeline.set_progress(Progress("propagate", done, 100, 1070))
        row = pixels(timeline)[y]
        blue.append(int(((row[:, 2] - row[:, 0]) > 80).sum()))
    assert blue[0] < blue[1] < blue[2]


def test_suggestions_cached_frames_and_the_playhead_are_seen(timeline):
    picture = pixels(timeline)
    flag = picture[5, round(timeline.axis.centre(1033))]
    assert flag[0] > 200 > 100 > flag[2]
    row = round(timeline.layout_now.cache.y + 1)
    assert np.ptp(picture[row, round(timeline.axis.centre(1080))]) < 20
    timeline.set_cached({1080, 1081})
    cached = pixels(timeline)[row, round(timeline.axis.centre(1080))]
    assert cached[1] > cached[0] + 40
    timeline.set_frame(1070)
    rect = timeline.layout_now.body
    line = pixels(timeline)[round(rect.bottom - 4), :]
    assert np.argmax(line.sum(1)) == pytest.approx(timeline.axis.centre(1070), abs=1.5)


def test_ten_thousand_frames_of_eight_objects_paint_at_once(qtbot):
    rng = np.random.default_rng(0)
    frames = range(1001, 11_001)
    objects = []
    for i in range(1, 9):
        states = dict(zip(frames, rng.choice(ORDER, len(frames)).tolist(), strict=True))
        known = dict(zip(frames, rng.random(len(frames)).tolist(), strict=True))
        objects.append(of_states(i, f"Object {i}", RED, states, known))
    timeline = Timeline()
    qtbot.addWidget(timeline)
    timeline.resize(1600, 300)
    timeline.set_snapshot(snapshot(*objects, frames=frames))
    timeline.grab()
    began = time.perf_counter()
    for frame in range(1001, 1021):
        timeline.set_frame(frame)
        timeline.grab()
    moving = (time.perf_counter() - began) / 20
    timeline._picture.forget()
    began = time.perf_counter()
    timeline.grab()
    assert moving < (time.perf_counter() - began) / 2, "the playhead must not draw lanes anew"


def test_only_lanes_that_changed_are_drawn_again(qtbot, timeline, monkeypatch):
    drawn = []
    monkeypatch.setattr(picture, "draw_lane", lambda p, r, a, lane, **_: drawn.append(lane.of.id))
    before = two_objects()
    timeline.set_snapshot(None)
    timeline.grab()
    timeline.set_snapshot(before)
    timeline.grab()
    assert sorted(drawn) == [o.id for o in before.objects]
    drawn.clear()
    first, *others = before.objects
    states = {**first.states, 1050: "open"}
    same = [replace(o, states=dict(o.states)) for o in others]
    timeline.set_snapshot(replace(before, objects=(replace(first, states=states), *same)))
    timeline.set_cached({1001, 1002})
    timeline.set_frame(1002)
    timeline.grab()
    assert drawn == [first.id]
    drawn.clear()
    timeline.set_active(others[0].id)
    timeline.grab()
    assert others[0].id in drawn


def test_the_menu_of_a_name_is_the_objects(qtbot, timeline):
    wanted = heard(timeline.object_menu_wanted)
    label = timeline.layout_now.label(1)
    place = QPoint(round(label.x + 20), round(label.y + 5))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, timeline.mapToGlobal(place))
    QApplication.sendEvent(timeline, event)
    assert wanted == [(timeline._snapshot.objects[1].id, timeline.mapToGlobal(place))]


@pytest.mark.parametrize("wanted", [-5, 1001, 1002, 1004, 1005, 1006, 9999])
def test_the_nearest_frame_there_is(wanted):
    found = snapshot(frames=range(1001, 1011), missing=range(1003, 1007))
    assert found.nearest(wanted) == min(found.frames, key=lambda f: abs(f - wanted))
