"""A part of a lock is unlocked; the rest shows what it showed, and undo brings all of it back."""

from __future__ import annotations

import numpy as np
import pytest
from small_engines import SIZE, bar, plate, square

from roto.errors import KeyframeError, MaskError, SettingsError
from roto.fake_engine import FakeEngine
from roto.media import open_clip
from roto.project import ClipRecord, Project
from roto.session import Session

COUNT = 12
LEFT = np.zeros(SIZE, bool)
LEFT[:, :28] = True


@pytest.fixture
def session():
    """A square keyed at both ends, all propagated."""
    record = ClipRecord("plate", "", None, "", SIZE[1], SIZE[0], "24", 0, COUNT, "srgb")
    made = Session(open_clip(plate(COUNT)), FakeEngine(), Project.create(record))
    for frame in (0, 11):
        made.set_keyframe(frame, {"box": square(frame)})
    work(made)
    return made


def work(session):
    for _ in session.propagate():
        pass


def mattes(session):
    return [session.result(f).matte("box").tobytes() for f in range(COUNT)]


def locked(session):
    return session.status().frames("locked")


def spans(session):
    return {i: (k.first, k.last, k.object) for i, k in session.project.locks().items()}


def change(session):
    """A correction that every frame between the keyframes would follow."""
    session.correct(5, "box", bar())
    work(session)


class TestKeyframes:
    """A keyframe counts as shown only where it is."""

    def states(self, session, frame=5):
        return [state for state, frames in self.all(session).items() if frame in frames]

    def all(self, session):
        status = session.status()
        return {state: status.frames(state) for state in ("keyframe", "locked")}

    def test_one_that_came_after_the_lock_is_not_shown(self, session):
        before = mattes(session)
        session.lock((4, 6))
        session.set_keyframe(5, {"box": bar()})
        assert self.states(session) == ["locked"]
        assert mattes(session)[5] == before[5]
        session.unlock(frames=5)
        assert self.states(session) == ["keyframe"]
        assert mattes(session)[5] != before[5]

    @pytest.mark.parametrize("objects", [None, "box"])
    def test_one_that_was_locked_as_it_is_stays_one(self, session, objects):
        session.set_keyframe(5, {"box": bar()})
        work(session)
        session.lock((4, 6), *([] if objects is None else [objects]))
        assert self.all(session)["keyframe"] == [0, 5, 11]
        session.set_keyframe(5, {"box": square(5)})
        assert self.states(session) == ["locked"]
        session.undo()
        assert self.states(session) == ["keyframe"]

    def test_the_newest_lock_has_the_say(self, session):
        session.lock((4, 6))
        session.set_keyframe(5, {"box": bar()})
        session.lock((5, 5))
        assert self.states(session) == ["locked"]
        session.unlock(frames=5)
        session.lock((5, 5))
        assert self.states(session) == ["keyframe"]


class TestFrames:
    @pytest.mark.parametrize(
        ("free", "left"),
        [
            (5, {1: (2, 4, 1), 2: (6, 9, 1)}),
            ((2, 4), {1: (5, 9, 1)}),
            ((7, 11), {1: (2, 6, 1)}),
            ((1, 10), {}),
            (np.int64(10), {1: (2, 9, 1)}),
            ((10, 11), {1: (2, 9, 1)}),
        ],
    )
    def test_the_rest_stays_locked(self, session, free, left):
        (lock,) = session.lock((2, 9), "box")
        session.unlock(lock, free)
        assert spans(session) == left
        frames = [f for first, last, _ in left.values() for f in range(first, last + 1)]
        assert locked(session) == frames

    def test_what_stays_locked_shows_what_it_showed(self, session):
        before = mattes(session)
        session.lock((2, 9))
        session.unlock(frames=(5, 6))
        change(session)
        after = mattes(session)
        changed = [f for f in range(COUNT) if before[f] != after[f]]
        assert set(changed) >= {5, 6}
        assert not set(changed) & {2, 3, 4, 7, 8, 9}
        session.unlock()
        work(session)
        assert mattes(session)[4] != before[4]

    def test_it_is_one_step_back_and_forth(self, session):
        session.lock((2, 9))
        session.lock((4, 7), "box")
        whole = spans(session)
        session.unlock(frames=5)
        parts = spans(session)
        assert parts == {1: (2, 4, None), 2: (4, 4, 1), 3: (6, 9, None), 4: (6, 7, 1)}
        assert session.undo() == "unlock"
        assert spans(session) == whole
        assert session.redo() == "unlock"
        assert spans(session) == parts

    def test_only_the_locks_that_are_named_lose_frames(self, session):
        one, two = session.lock((2, 9), "box") + session.lock((2, 9))
        session.unlock(two, 5)
        assert spans(session)[one] == (2, 9, 1)
        assert locked(session) == list(range(2, 10))

    def test_it_is_the_same_after_a_crash(self, session, tmp_path):
        session.lock((2, 9))
        session.save(tmp_path / "shot.roto")
        session.unlock(frames=5)
        session.project.close()
        with Project.open(tmp_path / "shot.roto") as again:
            again.check()
            found = sorted((k.first, k.last) for k in again.locks().values())
        assert found == [(2, 4), (6, 9)]

    def test_where_nothing_is_locked_there_is_no_step(self, session):
        session.lock((2, 4))
        session.unlock(frames=(8, 9))
        assert session.undo() == "lock"

    def test_frames_that_are_not_there(self, session):
        session.lock((2, 4))
        with pytest.raises(KeyframeError, match="no frame from 40 to 50 to unlock"):
            session.unlock(frames=(40, 50))
        with pytest.raises(SettingsError, match="no lock"):
            session.unlock(2.5, 3)
        assert spans(session) == {1: (2, 4, None)}


class TestRegion:
    def test_a_part_of_the_picture_is_unlocked(self, session):
        before = session.result(4).matte("box")
        session.lock((2, 9))
        session.unlock(frames=(4, 5), region=LEFT)
        assert spans(session) == {1: (2, 3, None), 2: (4, 5, None), 3: (6, 9, None)}
        assert locked(session) == [2, 3, 6, 7, 8, 9]
        change(session)
        after = session.result(4).matte("box")
        assert (after != before)[LEFT].any()
        assert not (after != before)[~LEFT].any()

    def test_a_region_loses_a_part(self, session):
        right = np.zeros(SIZE, bool)
        right[:, 20:] = True
        session.lock(4, region=LEFT)
        session.unlock(region=right)
        (frozen,) = session.stored.frozen(4)
        assert np.array_equal(frozen.region, LEFT & ~right)
        session.unlock(region=LEFT)
        assert spans(session) == {}

    def test_a_region_elsewhere_changes_nothing(self, session):
        session.lock((2, 9), region=LEFT)
        session.unlock(frames=5, region=~LEFT)
        session.unlock(frames=5, region=np.zeros(SIZE, bool))
        assert spans(session) == {1: (2, 9, None)}
        assert session.undo() == "lock"

    def test_a_region_of_another_size_is_refused(self, session):
        session.lock(4)
        with pytest.raises(MaskError, match="region to unlock is 3x2"):
            session.unlock(region=np.ones((2, 3), bool))
