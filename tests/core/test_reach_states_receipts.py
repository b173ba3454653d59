"""What holds of plans, states, receipts and locks whatever the numbers are, by brute force."""

from collections import Counter

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from roto.project.records import KeyframeRecord, ObjectRecord, ResultRecord
from roto.propagation.reach import legs, nearest_first, neighbours, reach
from roto.results import FrameResult, Frozen, Given, Grid, Logits
from roto.session.receipts import boundary_move, compare
from roto.session.states import Timeline, key_name, pending, unused

FRAMES = st.lists(st.integers(-3, 25), min_size=1, max_size=20, unique=True).map(sorted)
often = settings(deadline=None, max_examples=60)
DIRECTIONS = st.sampled_from(["both", "forward", "backward"])


@st.composite
def plans(draw):
    """Frames with holes, objects with keyframes on some, and what is asked of them."""
    frames = draw(FRAMES)
    some = st.sets(st.sampled_from(frames))
    keys = draw(st.dictionaries(st.integers(1, 4), some.map(sorted), max_size=4))
    wanted = draw(st.dictionaries(st.integers(1, 5), some, max_size=5))
    return keys, frames, wanted, draw(DIRECTIONS)


def between(frames, low, high):
    return [f for f in frames if (low is None or f > low) and (high is None or f < high)]


class TestLegs:
    @often
    @given(plans())
    def test_every_wanted_frame_is_found_once_from_each_neighbouring_keyframe(self, plan):
        keys, _, wanted, direction = plan
        expected = Counter()
        for which, own in keys.items():
            for frame in set(wanted.get(which, ())) - set(own):
                left, right = neighbours(own, frame)
                if left is not None and direction != "backward":
                    expected[which, frame, 1, left] += 1
                if right is not None and direction != "forward":
                    expected[which, frame, -1, right] += 1
        found = Counter(
            (span.object, frame, way.step, span.key)
            for way in legs(*plan)
            for span in way.spans
            for frame in span.frames
            if frame in wanted.get(span.object, ())
        )
        assert found == expected

    @often
    @given(plans())
    def test_spans_start_beside_their_keyframe_and_end_where_they_are_asked_for(self, plan):
        keys, frames, wanted, _ = plan
        for way in legs(*plan):
            for span in way.spans:
                left, right = neighbours(keys[span.object], span.key)
                if way.step == 1:
                    inside = between(frames, span.key, right)
                else:
                    inside = between(frames, left, span.key)[::-1]
                assert list(span.frames) == inside[: len(span.frames)]
                assert not set(span.frames) & set(keys[span.object])
                assert span.frames[-1] in wanted[span.object]

    @often
    @given(plans())
    def test_legs_are_without_gaps_apart_from_each_other_and_in_order(self, plan):
        _, frames, _, direction = plan
        ways = legs(*plan)
        steps = [way.step for way in ways]
        assert steps == sorted(steps, reverse=True)
        assert direction == "both" or set(steps) <= {1 if direction == "forward" else -1}
        for step in (1, -1):
            mine = [way for way in ways if way.step == step]
            visited = [frame for way in mine for frame in way.frames[::step]]
            assert visited == sorted(set(visited))
        for way in ways:
            whole = [f for f in frames if min(way.frames) <= f <= max(way.frames)]
            assert list(way.frames) == whole[:: way.step]
            assert set(way.frames) == {f for span in way.spans for f in span.frames}

    @often
    @given(plans())
    def test_stops_say_who_is_followed_and_who_starts(self, plan):
        for way in legs(*plan):
            stops = list(way.stops())
            assert [frame for frame, _, _ in stops] == list(way.frames)
            for frame, objects, starting in stops:
                assert list(objects) == sorted(s.object for s in way.spans if frame in s.frames)
                assert set(starting) == {s.object for s in way.spans if s.frames[0] == frame}

    @often
    @given(plans(), st.integers(-3, 25))
    def test_nearest_first_loses_no_leg(self, plan, focus):
        ways = legs(*plan)
        groups = nearest_first(ways, focus)
        assert sorted(map(repr, ways)) == sorted(repr(way) for group in groups for way in group)
        from_focus = [way for way in ways if starts_at(way, focus)]
        if from_focus:
            assert groups[0] == from_focus
        rest = groups[1:] if from_focus else groups
        assert [way for group in rest for way in group] == [w for w in ways if w not in from_focus]
        assert all(len(group) == 1 for group in rest)

    @often
    @given(FRAMES, st.data())
    def test_reach_ends_at_the_neighbouring_keyframes(self, frames, data):
        keys = sorted(data.draw(st.sets(st.sampled_from(frames))))
        key = data.draw(st.sampled_from(frames))
        expected = [
            f
            for f in frames
            if f != key and not any(min(f, key) <= k <= max(f, key) for k in keys if k != key)
        ]
        assert reach(keys, frames, key) == expected
        before, after = [k for k in keys if k < key], [k for k in keys if k > key]
        assert neighbours(keys, key) == (max(before, default=None), min(after, default=None))


def starts_at(way, focus):
    return any(s.key == focus and s.frames[0] == way.frames[0] for s in way.spans)


KEYS = st.dictionaries(st.integers(0, 9), st.sampled_from([None, "a" * 64, "b" * 64]), max_size=5)
ENDS = st.none() | st.integers(0, 9)


def keys_within(low, high):
    """Keyframes with pixels."""
    blobs = st.sampled_from(["a" * 64, "b" * 64])
    return st.dictionaries(st.integers(low, high), blobs, min_size=1)


def timeline(keys, first=None, last=None, weights="w"):
    records = {f: KeyframeRecord(f, 1, blob, "painted") for f, blob in sorted(keys.items())}
    made = {"weights": weights, "keyframes": [key_name(record) for record in records.values()]}
    return Timeline(ObjectRecord(1, "hero", (1, 2, 3), first=first, last=last), records, made)


class TestStates:
    @often
    @given(KEYS, KEYS, st.integers(0, 9), ENDS, ENDS, st.sampled_from("wv"), st.booleans())
    def test_against_what_the_words_mean(self, then, now, frame, first, last, weights, locked):
        assume(first is None or last is None or first <= last)
        old, new = timeline(then), timeline(now, first, last, weights)
        result = ResultRecord(frame, 1, "c" * 64, 0.5, *old.around(frame), "p")
        low, high = 0 if first is None else first, 9 if last is None else last
        if frame in now:
            expected = "keyframe"
        elif not low <= frame <= high or not set(now.values()) - {None}:
            expected = "absent"
        elif locked:
            expected = "locked"
        elif beside(then, frame) != beside(now, frame):
            expected = "open"
        else:
            expected = "fresh" if then == now and weights == "w" else "stale"
        assert new.state(frame, result, old.provenance, locked=locked) == expected
        missing = new.state(frame, None, {}, locked=locked)
        known = ("keyframe", "absent", "locked")
        assert missing == (expected if expected in known else "missing")

    @often
    @given(KEYS, KEYS, st.integers(0, 9), st.booleans())
    def test_a_side_that_was_deliberately_not_asked_is_as_good(self, then, now, frame, left):
        old, new = timeline(then), timeline(now)
        around = list(old.around(frame))
        both = ResultRecord(frame, 1, "c" * 64, 0.5, *around, "p")
        around[1 - left] = unused(around[1 - left])
        one = ResultRecord(frame, 1, "c" * 64, 0.5, *around, "p")
        states = [new.state(frame, r, old.provenance, locked=False) for r in (both, one)]
        assert states[0] == states[1]

    @often
    @given(keys_within(0, 4), keys_within(6, 9), st.booleans())
    def test_a_side_that_is_still_to_answer_leaves_it_open(self, before, after, left):
        line = timeline(before | after)
        around = list(line.around(5))
        around[1 - left] = pending(around[1 - left])
        result = ResultRecord(5, 1, "c" * 64, 0.5, *around, "p")
        for keys in (line, timeline(after if left else before)):  # also when it goes
            assert keys.state(5, result, line.provenance, locked=False) == "open"


def beside(keys, frame):
    """The nearest keyframes and their masks."""
    sides = (
        max((k for k in keys if k < frame), default=None),
        min((k for k in keys if k > frame), default=None),
    )
    return [None if k is None else (k, keys[k]) for k in sides]


def edge(mask):
    """Pixels of a mask beside one that is not of it, told one by one."""
    padded = np.pad(mask, 1)
    return [
        (y, x)
        for y, x in np.argwhere(mask)
        if not all(padded[y + 1 + dy, x + 1 + dx] for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)))
    ]


@st.composite
def two_masks(draw):
    """Two masks of some noise and some rectangles."""
    size = draw(st.integers(1, 14)), draw(st.integers(1, 14))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    masks = []
    for _ in range(2):
        mask = rng.random(size) < draw(st.sampled_from([0, 0.05, 0.5, 1]))
        top, left = rng.integers(0, size)
        mask[top : top + rng.integers(9), left : left + rng.integers(9)] = True
        masks.append(mask)
    return masks


class TestReceipts:
    @often
    @given(two_masks())
    def test_a_boundary_move_is_the_distance_of_boundaries(self, masks):
        first, second = (edge(mask) for mask in masks)
        moved = boundary_move(*masks)
        assert moved == boundary_move(*masks[::-1])
        if not first or not second:
            assert moved == (0 if not first and not second else np.inf)
            return
        squares = [[(y - v) ** 2 + (x - u) ** 2 for v, u in second] for y, x in first]
        table = np.array(squares)
        assert moved == pytest.approx(np.sqrt(max(table.min(0).max(), table.min(1).max())))
        farthest = 0
        for points, others in ((first, second), (second, first)):
            free = np.ones(masks[0].shape, np.uint8)
            free[tuple(np.transpose(others))] = 0
            away = cv2.distanceTransform(free, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
            farthest = max(farthest, away[tuple(np.transpose(points))].max())
        assert moved == pytest.approx(farthest, abs=1e-3)

    @often
    @given(two_masks())
    def test_pixels_and_overlap_are_counted(self, masks):
        old, new = ({tuple(p) for p in np.argwhere(mask)} for mask in masks)
        pixels, iou, moved = compare(*masks)
        assert pixels == len(old ^ new)
        assert iou == (len(old & new) / len(old | new) if old | new else 1)
        assert (pixels == 0) <= (moved == 0)


SIZE = (6, 7)
NAMES = {1: "a", 2: "b", 3: "c"}


def shown(rng, given_ids, found_ids, **options):
    """A frame of random masks and random logits."""
    mattes = {i: rng.random(SIZE, np.float32) for i in given_ids}
    grid = Grid(SIZE, SIZE, (0, 0, 0, 0), 1)
    logits = [
        Logits((i,), rng.normal(0, 3, (1, *SIZE)).astype(np.float32), grid).pack()
        for i in found_ids
    ]
    labels = rng.choice(np.array([0, *given_ids], np.uint8), SIZE)
    known = Given(mattes, labels, len(mattes) == len(NAMES)) if mattes else None
    return FrameResult(5, NAMES, SIZE, logits=logits, given=known, **options)


SHARES = st.sets(st.sampled_from([*NAMES])).map(lambda ids: (sorted(ids), sorted({*NAMES} - ids)))
LOCKS = st.lists(
    st.tuples(st.none() | st.frozensets(st.sampled_from([*NAMES])), st.booleans(), SHARES),
    max_size=3,
)


def frozen_by(locks, rng):
    return [
        Frozen(whose, rng.random(SIZE) < 0.5 if part else None, shown(rng, *past))
        for whose, part, past in locks
    ]


class TestFrozen:
    @often
    @given(st.integers(0, 999), SHARES, LOCKS)
    def test_locked_pixels_are_what_they_were_and_others_keep_out(self, seed, shares, locks):
        frozen = frozen_by(locks, np.random.default_rng(seed))
        free = shown(np.random.default_rng(seed), *shares)
        held = shown(np.random.default_rng(seed), *shares, frozen=frozen)
        expected, where = free.mattes_of([*NAMES]), {i: np.zeros(SIZE, bool) for i in NAMES}
        for lock in frozen:
            for i in filter(lock.holds, NAMES):
                place = np.ones(SIZE, bool) if lock.region is None else lock.region
                expected[i][place] = lock.shown.matte(i)[place]
                where[i] |= place
        room = 1 - sum(np.where(where[i], expected[i], 0) for i in NAMES)
        for i, matte in held.mattes_of([*NAMES]).items():
            exact = np.ones(SIZE, bool) if i in shares[0] else where[i]
            np.testing.assert_array_equal(matte[exact], expected[i][exact])
            assert (matte <= expected[i]).all()
            assert (matte <= np.maximum(room, 0) + 1.1e-5)[~exact].all()

    @often
    @given(st.integers(0, 999), SHARES, LOCKS)
    def test_labels_of_the_newest_lock_are_what_they_were(self, seed, shares, locks):
        frozen = frozen_by(locks, np.random.default_rng(seed))
        free = shown(np.random.default_rng(seed), *shares).label_map
        held = shown(np.random.default_rng(seed), *shares, frozen=frozen).label_map
        touched = np.zeros(SIZE, bool)
        for lock in frozen:
            touched |= True if lock.region is None else lock.region
        np.testing.assert_array_equal(held[~touched], free[~touched])
        if frozen:
            newest = frozen[-1]
            place = np.ones(SIZE, bool) if newest.region is None else newest.region
            for i in filter(newest.holds, NAMES):
                was = newest.shown.label_map == i
                np.testing.assert_array_equal((held == i)[place], was[place])
