"""Playing: the frame that is due by the clock, and an honest count of those left out."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roto_gui.playback.pace import Pace, Schedule
from roto_gui.playback.player import Player

FRAMES = range(1001, 1011)


def test_every_frame_is_due_for_its_time():
    schedule = Schedule.of(FRAMES, 25.0)
    assert [schedule.frame(schedule.tick(s)) for s in (0, 0.039, 0.04, 0.08)] == [
        1001,
        1001,
        1002,
        1003,
    ]
    assert schedule.wait(0.05) == pytest.approx(0.03)


def test_it_goes_round_both_ways_from_where_we_are():
    ahead = Schedule.of(FRAMES, 24, start=1009)
    assert [ahead.frame(i) for i in range(4)] == [1009, 1010, 1001, 1002]
    back = Schedule.of(FRAMES, 24, forward=False, start=1002)
    assert [back.frame(i) for i in range(4)] == [1002, 1001, 1010, 1009]
    assert Schedule.of(FRAMES, 24, start=7).frame(0) == 1001
    assert Schedule.of(FRAMES, 24, forward=False).frame(0) == 1010


@pytest.mark.parametrize(("frames", "rate"), [((), 24), ((1,), 0), ((1,), -1)])
def test_nothing_to_play_is_said(frames, rate):
    with pytest.raises(ValueError, match="at least one frame"):
        Schedule.of(frames, rate)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.0001, 0.7), max_size=40), st.sampled_from([23.976, 24.0, 25.0, 60.0]))
def test_shown_and_dropped_add_up_to_the_time(pauses, rate):
    pace, now = Pace(Schedule.of(range(100), rate)), 0.0
    for pause in (0.0, *pauses):
        now += pause
        if (frame := pace.due(now)) is not None:
            pace.show(now)
            assert frame == pace.schedule.tick(now) % 100
    assert pace.shown + pace.dropped == pace.schedule.tick(now) + 1


def test_the_measured_rate_is_what_was_shown():
    in_time, late = (Pace(Schedule.of(range(100), 24.0)) for _ in range(2))
    for tick in range(49):
        now = tick / 24
        assert in_time.due(now) == tick
        in_time.show(now)
        if tick % 3 == 0:
            late.due(now)
            late.show(now)
    assert in_time.rate(2.0) == pytest.approx(24)
    assert late.rate(2.0) == pytest.approx(8, abs=0.6)
    assert (in_time.dropped, late.dropped) == (0, 32)
    assert in_time.rate(2.9) < 12, "a frame that does not come makes it slower at once"
    assert Pace(in_time.schedule).rate(0) == 0


@pytest.fixture
def player(qapp):
    player = Player()
    yield player
    player.stop()


def test_it_plays_and_stops(qtbot, player):
    seen = []
    player.frame_due.connect(seen.append)
    player.play(FRAMES, 50.0, start=1009)
    assert seen == [1009], "the first is shown at once"
    assert player.direction == 1
    qtbot.waitUntil(lambda: len(seen) >= 4, timeout=5000)
    with qtbot.waitSignals([player.stopped, player.rate_measured]):
        player.stop()
    count = len(seen)
    qtbot.wait(60)
    assert len(seen) == count
    assert player.direction == 0
    assert set(seen) <= set(FRAMES)
    player.stop()


def test_who_is_late_loses_frames_but_no_time(qtbot, player):
    seen, dropped = [], []
    frames = range(1000)

    def slow(frame):
        seen.append((frame, time.perf_counter()))
        time.sleep(0.05)

    player.frame_due.connect(slow)
    player.rate_measured.connect(lambda _rate, count: dropped.append(count))
    player.play(frames, 100.0)
    qtbot.waitUntil(lambda: len(seen) >= 5, timeout=5000)
    player.stop()
    for frame, when in seen[1:]:
        assert frame == pytest.approx((when - seen[0][1]) * 100, abs=1.5)
    assert dropped[-1] == seen[-1][0] - (len(seen) - 1)
    assert dropped[-1] >= 12


def test_backward(qtbot, player):
    seen = []
    player.frame_due.connect(seen.append)
    player.play((1, 2, 3), 200.0, False)
    qtbot.waitUntil(lambda: len(seen) >= 2, timeout=5000)
    assert seen[0] == 3
    assert player.direction == -1


def test_a_window_that_waits_for_pictures_is_not_overrun(qtbot, qapp):
    player, seen = Player(acknowledged=True), []
    player.frame_due.connect(seen.append)
    player.play(range(1000), 100.0)
    qtbot.wait(80)
    assert seen == [0], "the first picture is not there yet"
    player.shown(55)
    player.shown(0)
    qtbot.waitUntil(lambda: len(seen) == 2, timeout=5000)
    assert seen[1] > 1, "frames whose time went by are left out, however many they were"
    assert player.dropped == seen[1] - 1
    player.stop()


def test_it_may_be_stopped_or_started_anew_by_who_shows_a_frame(qtbot, player):
    seen = []

    def show(frame):
        seen.append(frame)
        if frame == 2:
            player.play((7, 8), 50.0)
        if frame == 8:
            player.stop()

    player.frame_due.connect(show)
    player.play((2, 3), 50.0)
    qtbot.waitUntil(lambda: player.direction == 0, timeout=5000)
    assert seen[:2] == [2, 7]
    assert seen[-1] == 8
