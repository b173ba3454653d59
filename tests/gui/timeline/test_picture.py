"""What a real timeline looks like, and what it does not draw twice."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from gui_timelines import RED, of_states, snapshot, two_objects

from roto_gui.state import Progress
from roto_gui.timeline import Timeline, picture
from roto_gui.timeline.spans import ORDER


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


def test_no_half_number_stands_beside_the_playheads(timeline):
    """At 1001 the playhead's number covers a part of its neighbour's, which would read 002."""
    timeline.set_snapshot(snapshot(*two_objects().objects, frames=range(1001, 1031)))
    rect, axis = timeline.layout_now.ruler, timeline.axis

    def bright(first, last):
        rows = pixels(timeline)[round(rect.y + 2) : round(rect.bottom - 9)]
        return int((rows[:, round(first) : round(last)].min(-1) > 110).sum())

    numbers = [f for f in range(1001, 1031) if f % 2 == 0]
    end = axis.centre(1001) + timeline.fontMetrics().horizontalAdvance("1001") / 2 + 6
    near = next(f for f in numbers if axis.centre(f) > axis.centre(1001))
    width = timeline.fontMetrics().horizontalAdvance(str(near)) / 2
    assert axis.centre(near) - width < end < axis.centre(near) + width  # they would overlap
    assert bright(end, axis.centre(near) + width) == 0
    timeline.set_frame(1015)
    assert bright(end, axis.centre(near) + width) > 0


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
