"""What always holds of plans, states, receipts and locks, whatever the numbers are."""

import numpy as np
import pytest

from roto.engine import Settings
from roto.fake_engine import FakeEngine
from roto.media import open_clip
from roto.project import ClipRecord, Project
from roto.session import Session
from roto.session.editing import FOCUS

SIZE, COUNT = (12, 16), 8


def rectangle(top, left, value=1.0):
    mask = np.zeros(SIZE, np.float32)
    mask[top : top + 6, left : left + 6] = value
    return mask


@pytest.fixture
def session():
    """Three objects that overlap, in noise, keyed at both ends and propagated."""
    clip = np.random.default_rng(3).integers(0, 255, (COUNT, *SIZE, 3), np.uint8)
    record = ClipRecord("noise", "", None, "", SIZE[1], SIZE[0], "24", 0, COUNT, "srgb")
    engine = FakeEngine(Settings(memory_every=1, max_memory=2))
    made = Session(open_clip(clip), engine, Project.create(record))
    for frame in (0, COUNT - 1):
        made.set_keyframe(frame, {n: rectangle(2 * i, 3 * i) for i, n in enumerate("abc")})
    list(made.propagate())
    return made


def content(session, which=None):
    """Bytes of what every frame shows: of one object, or of all."""
    results = [session.result(frame) for frame in range(COUNT)]
    if which is not None:
        return [(r.matte(which).tobytes(), (r.label_map == which).tobytes()) for r in results]
    mattes = [b"".join(m.tobytes() for m in r.mattes().values()) for r in results]
    return [(r.label_map.tobytes(), m) for r, m in zip(results, mattes, strict=True)]


class TestLocks:
    def test_locking_changes_nothing(self, session):
        before = content(session)
        for which in ("a", ["b", "c"], None):
            session.lock((0, COUNT - 1), which)
            assert content(session) == before

    def test_results_below_a_lock_stay_below_further_locks(self, session):
        region = np.ones(SIZE, bool)
        before = content(session)
        session.lock((1, 6), region=region)  # a region is propagated below
        session.correct(0, "a", rectangle(5, 8))
        session.correct(0, "b", rectangle(1, 9))
        list(session.propagate())
        assert content(session)[1:-1] == before[1:-1]
        session.lock((1, 6))
        assert content(session)[1:-1] == before[1:-1]
        session.unlock(1)
        assert content(session)[1:-1] == before[1:-1]
        session.project.compact(keep_steps=0)
        assert content(session)[1:-1] == before[1:-1]

    def test_removing_an_object_leaves_what_is_locked_of_the_others(self, session):
        session.lock((0, COUNT - 1))
        before = content(session, 1)
        session.remove_object("b")
        assert content(session, 1) == before
        assert all(2 not in session.result(f).label_map for f in range(COUNT))

    def test_a_lock_of_one_object_leaves_keyframes_of_others_exact(self, session):
        soft = np.random.default_rng(0).random(SIZE, np.float32)
        session.lock((0, 4), "a")
        session.correct(3, "b", soft)
        assert session.result(3).matte("b").tobytes() == soft.tobytes()
        assert session.result(0).matte("b").tobytes() == rectangle(2, 3).tobytes()

    def test_several_locked_objects_leave_the_others_what_is_left(self, session):
        session.lock((1, 6), ["a", "b"])
        for which in ("a", "b"):
            session.correct(0, which, rectangle(6, 8))
        session.correct(0, "c", np.ones(SIZE, np.float32))
        list(session.propagate())
        for frame in range(1, COUNT - 1):
            assert sum(session.result(frame).mattes().values()).max() <= 1 + 1e-5


class TestNames:
    def test_an_object_without_a_name_gets_one_that_is_free(self, session):
        session.add_object("object5")
        assert session.add_object() == 5
        names = [record.name for record in session.objects.values()]
        assert names == ["a", "b", "c", "object5", "object6"]
        assert len(session.result(3).mattes()) == 5


class TestReceipts:
    def test_what_was_reverted_is_not_listed(self, session):
        assert session.revert((2, 3)) == [2, 3]
        receipt = session.receipt()
        assert receipt is not None
        assert {change.frame for change in receipt.changes} == {1, 4, 5, 6}
        assert session.revert((1, 3)) == [1]
        assert session.undo() == "revert"
        assert session.revert((1, 3)) == [1]


class TestStopped:
    def test_a_side_that_never_answered_leaves_a_frame_open_when_its_keyframe_goes(self, session):
        session.correct(3, "a", rectangle(5, 8))
        run = session.propagate()
        assert next(run).frame == 4
        run.close()
        session.remove_keyframe(COUNT - 1, "a")
        assert session.status().frames("open", 1) == [1, 2, 4, 5, 6]
        list(session.propagate())
        assert session.status().count("stale") == 0


class TestEditsBetweenEvents:
    def test_what_a_run_did_not_know_makes_its_results_open(self, session):
        session.correct(3, "a", rectangle(5, 8))
        run = session.propagate()
        next(run)
        session.correct(5, "a", rectangle(5, 3))
        list(run)
        assert set(session.status().frames("open", 1)) == {4, 6}
        assert {2, 1} <= set(session.status().frames("stale", 1))

    def test_an_object_may_go(self, session):
        session.correct(3, "a", rectangle(5, 8))
        session.correct(3, "b", rectangle(2, 8))
        run = session.propagate()
        next(run)
        session.remove_object("a")
        list(run)
        assert session.status().count("open") == 0
        assert session.objects.keys() == {2, 3}

    def test_what_was_undone_stays_undone(self, session):
        session.correct(3, "a", rectangle(5, 8))
        run = session.propagate()
        next(run)
        assert [session.undo() for _ in range(2)] == ["propagate", "correct"]
        list(run)
        assert (3, 1) not in session.project.keyframes()
        assert session.status().frames("open", 1) == [1, 2, 4, 5, 6]
        list(session.propagate())
        assert session.status().frames("fresh", 1) == [1, 2, 3, 4, 5, 6]
        assert session.undo() == "propagate"

    def test_a_lock_holds_from_then_on(self, session):
        session.correct(3, "a", rectangle(5, 8))
        run = session.propagate()
        next(run)
        session.lock((1, 6))
        before = content(session)
        events = list(run)
        assert content(session) == before
        for event in events:
            shown = session.result(event.frame)
            assert event.result.matte("a").tobytes() == shown.matte("a").tobytes()


class TestOrder:
    def test_answers_do_not_depend_on_which_side_came_first(self, session):
        session.correct(3, "a", rectangle(5, 8))
        order = [event.frame for event in session.propagate()]
        near_first = content(session)
        session.undo()
        with session.project.edit("forget") as edit:  # as after a run that was stopped
            edit.set_setting(FOCUS, None)
        assert [event.frame for event in session.propagate()] != order
        assert content(session) == near_first

    def test_what_an_event_shows_is_what_is_stored(self, session):
        for which in "cab":
            session.correct(3, which, rectangle(5, 8, 0.8))
            for event in session.propagate():
                stored = session.result(event.frame)
                assert event.result.label_map.tobytes() == stored.label_map.tobytes()
                for name, matte in event.result.mattes().items():
                    assert matte.tobytes() == stored.matte(name).tobytes()
                assert event.result.confidences == stored.confidences
