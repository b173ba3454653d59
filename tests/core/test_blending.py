"""A correction keeps what was known where that is better supported, if it is asked to."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from small_engines import SIZE, bar, plate, square

from roto.fake_engine import FakeEngine
from roto.media import open_clip
from roto.project import ClipRecord, Project
from roto.results import Grid, Logits
from roto.session import Session
from roto.session.blending import Cause, blend, on_grid, regions
from roto.stcn_engine import working_grid

SHAPE = (30, 40)
COUNT = 12


def mask(*boxes):
    """Boxes as (top, bottom, left, right)."""
    found = np.zeros(SHAPE, bool)
    for top, bottom, left, right in boxes:
        found[top:bottom, left:right] = True
    return found


def logits(inside, sure=4.0):
    return np.where(inside, sure, -sure).astype(np.float32)


BODY = (5, 25, 5, 20)
ARM = (10, 14, 20, 30)
LEG = (25, 29, 8, 12)
GAVE_AN_ARM = Cause(mask(BODY), mask(BODY, ARM))


class TestRule:
    def test_what_the_correction_gave_is_believed_at_any_distance(self):
        new, old = logits(mask(BODY, ARM), 1), logits(mask(BODY), 9)
        for share in (0.1, 0.5, 0.9):
            values, kept = blend(new, old, GAVE_AN_ARM, share, 30)
            assert values is new
            assert not kept.any()

    def test_what_it_says_nothing_of_is_weighed(self):
        new, old = logits(mask(BODY, ARM), 2), logits(mask(BODY, LEG), 6)
        near, kept_near = blend(new, old, GAVE_AN_ARM, 0.9, 2)
        far, kept_far = blend(new, old, GAVE_AN_ARM, 0.3, 2)
        assert not kept_near.any()
        np.testing.assert_array_equal(near > 0, mask(BODY, ARM))
        np.testing.assert_array_equal(kept_far, mask(LEG))
        np.testing.assert_array_equal(far > 0, mask(BODY, ARM, LEG))

    def test_the_surer_side_wins_at_equal_distance(self):
        cause = Cause(mask(BODY), mask(BODY))
        for sure, keeps in ((3, True), (5, False)):
            new, old = logits(mask(BODY), sure), logits(mask(BODY, LEG), 4)
            assert blend(new, old, cause, 0.5, 2)[1].any() == keeps

    def test_a_consequence_moves_with_the_object(self):
        moved = [(t, b, left + 9, right + 9) for t, b, left, right in (BODY, ARM)]
        new, old = logits(mask(*moved), 1), logits(mask(moved[0]), 9)
        assert not blend(new, old, GAVE_AN_ARM, 0.1, 4)[1].any()

    def test_giving_explains_no_taking(self):
        new, old = logits(mask(BODY), 2), logits(mask(BODY, ARM), 6)
        assert blend(new, old, GAVE_AN_ARM, 0.3, 2)[1].any()

    def test_an_object_that_was_lost_comes_back(self):
        nothing = mask()
        cause = Cause(nothing, mask(BODY))
        new, old = logits(mask(BODY), 1), logits(nothing, 9)
        assert not blend(new, old, cause, 0.2, 5)[1].any()

    @settings(deadline=None, max_examples=40)
    @given(st.integers(0, 2**32 - 1), st.floats(0, 1), st.integers(1, 200))
    def test_every_cell_is_as_one_of_the_two_says(self, seed, share, distance):
        new, old, other = np.random.default_rng(seed).normal(0, 6, (3, *SHAPE)).astype(np.float32)
        old = np.clip(old, -12, 12)
        found, kept = blend(new, old, Cause(old > 0, other > 0), share, distance)
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found > 0, np.where(kept, old > 0, new > 0))
        assert ((old > 0) != (new > 0))[kept].all()


class TestTools:
    @settings(deadline=None, max_examples=60)
    @given(hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12)))
    def test_regions_are_those_of_opencv(self, where):
        count, expected = cv2.connectedComponents(where.astype(np.uint8), connectivity=4)
        found = regions(where)
        assert found.max(initial=0) == count - 1
        pairs = set(zip(found.ravel().tolist(), expected.ravel().tolist(), strict=True))
        assert len(pairs) == len({number for number, _ in pairs})

    def test_a_winding_region_is_one(self):
        snake = np.ones((41, 60), bool)
        snake[1::4, :-1] = False
        snake[3::4, 1:] = False
        assert regions(snake).max() == 1

    @pytest.mark.parametrize(("plate_size", "short"), [((270, 480), 120), ((40, 56), 96)])
    def test_a_matte_on_the_grid_lies_where_logits_do(self, plate_size, short):
        grid = working_grid(plate_size, short, enlarge=True)
        shape = (grid.padded[0] // 4, grid.padded[1] // 4)
        matte = np.zeros(plate_size, np.float32)
        matte[plate_size[0] // 4 : -plate_size[0] // 4, plate_size[1] // 4 : -5] = 1
        values = np.where(on_grid(matte, grid, shape), 4, -4).astype(np.float32)
        back = Logits((1,), values[None], grid).grid.to_plate(values[None])[0] > 0
        assert (back & (matte > 0)).sum() / (back | (matte > 0)).sum() > 0.9

    def test_a_grid_as_fine_as_the_plate_changes_nothing(self):
        grid = Grid(SIZE, SIZE, (0, 0, 0, 0), reduction=1)
        np.testing.assert_array_equal(on_grid(square(3).astype(np.float32), grid, SIZE), square(3))


def new_session(path=None, *, blend=True):
    record = ClipRecord("plate", "", None, "", SIZE[1], SIZE[0], "24", 0, COUNT, "srgb")
    session = Session(open_clip(plate(COUNT)), FakeEngine(), Project.create(record, path))
    session.blend = blend
    session.set_keyframe(0, {"box": square(0)})
    session.set_keyframe(11, {"box": square(11)})
    work(session)
    return session


def work(session, **options):
    return list(session.propagate(**options))


def shown(session):
    return {f: session.result(f).matte("box").tobytes() for f in range(COUNT)}


def earlier_of(session):
    """Frames whose result is an earlier one's in part."""
    project = session.project
    rows = project.results().items()
    return {f for (f, _), row in rows if "earlier" in project.provenance(row.provenance)}


def misleading():
    """The square where it is at frame 3, and a part of the bar, which changes later frames."""
    given = square(3)
    given[30:36, :20] = 1
    return given


class TestSession:
    def test_it_is_off_unless_asked_for(self):
        assert Session.blend is False
        session = new_session(blend=False)
        session.correct(3, "box", misleading())
        work(session)
        assert earlier_of(session) == set()

    def test_only_far_frames_keep_what_was_known(self):
        session, plain = new_session(), new_session(blend=False)
        for s in (session, plain):
            s.correct(3, "box", misleading())
            work(s)
        assert earlier_of(session) == {1}  # nearer to the keyframe at 0 than to the correction
        assert {f for f in range(COUNT) if shown(session)[f] != shown(plain)[f]} == {1}
        assert session.status().frames("open") == []
        assert session.status().count("fresh") == 9

    def test_what_is_yielded_is_what_is_kept(self):
        session = new_session()
        session.correct(3, "box", misleading())
        for event in session.propagate():
            now = session.result(event.frame)
            assert now.matte("box").tobytes() == event.result.matte("box").tobytes()
            assert now.confidence == event.result.confidence
            assert 0 <= now.confidence <= 1

    def test_stopping_and_going_on_gives_the_same(self):
        whole = new_session()
        whole.correct(3, "box", misleading())
        work(whole)
        for stop in (1, 4, 9, 13):
            session = new_session()
            session.correct(3, "box", misleading())
            for _ in range(2):  # stopped twice
                events = session.propagate()
                list(itertools.islice(events, stop))
                events.close()
            work(session)
            assert shown(session) == shown(whole)
            assert earlier_of(session) == earlier_of(whole)

    def test_keyframes_and_all_that_is_out_of_reach_stay_and_undo_takes_back(self):
        session = new_session()
        session.correct(6, "box", square(6))
        work(session)
        before = shown(session)
        session.correct(3, "box", misleading())
        between = shown(session)
        work(session)
        after = shown(session)
        assert all(after[f] == before[f] for f in (0, *range(6, COUNT)))
        np.testing.assert_array_equal(session.result(3).label_map, misleading())
        session.undo()
        assert shown(session) == between
        session.redo()
        assert shown(session) == after

    def test_a_keyframe_that_was_changed_leaves_no_evidence(self):
        session, plain = new_session(), new_session(blend=False)
        for s in (session, plain):
            s.correct(0, "box", bar())
            work(s)
        assert earlier_of(session) == set()
        assert shown(session) == shown(plain)

    def test_other_settings_leave_no_evidence(self):
        session = new_session()
        session.engine = FakeEngine(type(session.engine.settings)(memory_every=2))
        session.correct(3, "box", misleading())
        work(session)
        assert earlier_of(session) == set()

    def test_a_damaged_earlier_result_is_replaced(self, tmp_path):
        session = new_session(tmp_path / "a.roto")
        session.correct(3, "box", misleading())
        connection = session.project._file.connection
        for row in session.project.results().values():
            connection.execute("UPDATE blobs SET data = x'00' WHERE hash = ?", [row.blob])
        work(session)
        assert earlier_of(session) == set()
        assert session.status().count("fresh") == 9
        session.close()

    def test_several_corrections_at_once_are_all_answered(self):
        session = new_session()
        session.correct(3, "box", misleading())
        session.correct(8, "box", square(8))
        work(session)
        assert session.status().frames("open") == []
        assert session.result(8).kind == "keyframe"
