"""Work that goes on: corrections that stay put, locks, undo, and what is left to do."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from small_engines import SIZE, bar, plate, square

from roto.engine import Settings
from roto.errors import KeyframeError, MaskError
from roto.fake_engine import FakeEngine
from roto.masks import labels
from roto.media import open_clip
from roto.project import ClipRecord, Project
from roto.session import Session
from roto.session.receipts import boundary_move

COUNT = 12


def clip_record():
    return ClipRecord("plate", "", None, "", SIZE[1], SIZE[0], "24", 0, COUNT, "srgb")


def new_session(engine=None):
    source = open_clip(plate(COUNT))
    return Session(source, engine or FakeEngine(), Project.create(clip_record()))


def work(session, **options):
    """Propagate to the end; the frames that were finished, in order."""
    return [e.frame for e in session.propagate(**options) if e.final]


def digests(session):
    """Hash of all mattes per frame."""
    found = {}
    for frame in range(COUNT):
        result = session.result(frame)
        content = result.label_map.tobytes()
        content += b"".join(m.tobytes() for m in result.mattes().values())
        found[frame] = hashlib.sha256(content).hexdigest()
    return found


def changed(before, after):
    return [f for f in before if before[f] != after[f]]


@pytest.fixture
def session():
    """A square keyed at both ends and in the middle, all propagated."""
    made = new_session()
    for frame in (0, 6, 11):
        made.set_keyframe(frame, {"box": square(frame)})
    work(made)
    return made


class TestObjects:
    def test_ids_stay_names_and_colours_change(self):
        session = new_session()
        one, two = session.add_object("van"), session.add_object()
        assert (one, two) == (1, 2)
        assert session.objects[2].name == "object2"
        assert session.objects[1].colour != session.objects[2].colour
        session.rename_object("van", "truck")
        session.show_object("truck", visible=False)
        assert (session.objects[1].name, session.objects[1].visible) == ("truck", False)
        session.remove_object(2)
        assert session.add_object("dog") == 3  # an id is never used again
        assert [session.undo() for _ in range(3)] == ["add object", "remove object", "hide object"]
        assert set(session.objects) == {1, 2}

    def test_a_name_is_taken_once(self):
        session = new_session()
        session.add_object("van")
        for name in ("van", ""):
            with pytest.raises(MaskError, match="cannot be called"):
                session.add_object(name)
        with pytest.raises(MaskError, match=r"no object .cat. in .* has .van."):
            session.rename_object("cat", "dog")

    def test_removing_an_object_leaves_the_others_as_they_are(self, session):
        session.set_keyframe(3, {"bar": bar()})
        work(session)
        session.remove_object("bar")
        assert session.result(5).names == {1: "box"}
        assert session.status().count("missing") == 0

    def test_a_lifetime_ends(self, session):
        session.set_lifetime("box", 0, 8)
        assert session.status().frames("absent") == [9, 10]  # 11 is a keyframe
        assert not session.result(9).matte("box").any()
        session.undo()
        assert session.result(9).matte("box").any()


class TestKeyframes:
    def test_not_annotated_and_absent_are_different(self):
        session = new_session()
        session.set_keyframe(0, {"box": square(0), "bar": bar()})
        session.set_keyframe(6, {"box": None})
        keys = session.project.keyframes()
        assert keys[6, 1].absent
        assert (6, 2) not in keys
        assert not session.result(6).matte("box").any()

    def test_a_label_map_speaks_of_everybody(self):
        session = new_session()
        session.set_keyframe(0, {"box": square(0), "bar": bar()})
        session.set_keyframe(5, labels(square(5), {1: "box"}))
        assert session.project.keyframes()[5, 2].absent
        with pytest.raises(KeyframeError, match="does not say which object"):
            session.set_keyframe(7, square(7))

    def test_pixels_come_back_exactly(self):
        soft = np.random.default_rng(0).random(SIZE).astype(np.float32)
        session = new_session()
        session.set_keyframe(2, {"fog": soft})
        work(session)
        assert session.result(2).matte("fog").tobytes() == soft.tobytes()
        assert session.result(2).kind == "keyframe"

    def test_a_bad_one_changes_nothing(self, session):
        before = digests(session)
        with pytest.raises(MaskError):
            session.set_keyframe(4, {"box": np.zeros((3, 3), np.uint8), "new": square(4)})
        with pytest.raises(KeyframeError, match="no frame 40"):
            session.correct(40, "box", square(0))
        with pytest.raises(MaskError, match="shows 2 objects"):
            session.correct(4, "box", square(4) + 2 * bar())
        with pytest.raises(KeyframeError, match="no keyframe to remove at frame 4"):
            session.remove_keyframe(4)
        assert digests(session) == before
        assert set(session.objects) == {1}


class TestReach:
    def test_a_first_propagation_finds_everything(self, session):
        status = session.status()
        assert status.frames("keyframe") == [0, 6, 11]
        assert status.frames("fresh") == [1, 2, 3, 4, 5, 7, 8, 9, 10]
        assert work(session) == []

    def test_a_correction_reaches_the_neighbouring_keyframes_and_no_further(self, session):
        before = digests(session)
        correction = session.correct(3, "box", bar())
        assert correction.frames == (2, 4, 1, 5)
        assert session.status().frames("open") == [1, 2, 4, 5]
        assert session.status().frames("stale") == [7, 8, 9, 10]
        assert changed(before, digests(session)) == [3]
        assert sorted(work(session)) == [1, 2, 4, 5]
        assert set(changed(before, digests(session))) <= {1, 2, 3, 4, 5}
        np.testing.assert_array_equal(session.result(3).label_map, bar())

    def test_nearest_frames_come_first_and_at_once(self, session):
        session.correct(3, "box", bar())
        events = list(session.propagate())
        assert [e.frame for e in events[:4]] == [4, 2, 5, 1]
        assert not any(e.final for e in events[:4])
        assert sorted(e.frame for e in events if e.final) == [1, 2, 4, 5]
        assert events[-1].done == events[-1].total == 4

    def test_what_was_yielded_is_kept_and_the_rest_stays_open(self, session):
        session.correct(3, "box", bar())
        events = session.propagate()
        first = next(events)
        events.close()
        kept = session.result(first.frame).matte("box")
        assert kept.tobytes() == first.result.matte("box").tobytes()
        assert session.status().frames("open") == [1, 2, 4, 5]  # one side has not answered
        assert sorted(work(session)) == [1, 2, 4, 5]
        assert session.status().frames("open") == []

    def test_stale_frames_are_refreshed_when_asked_and_only_these(self, session):
        session.correct(3, "box", bar())
        work(session)
        assert sorted(work(session, stale=True)) == [7, 8, 9, 10]
        assert session.status().frames("stale") == []

    def test_undoing_an_edit_makes_fresh_what_it_had_made_stale(self, session):
        session.correct(3, "box", bar())
        assert session.status().count("stale") == 4
        session.undo()
        assert session.status().count("fresh") == 9

    def test_a_range_some_objects_one_direction(self, session):
        session.set_keyframe(0, {"bar": bar()})
        assert work(session, frames=(2, 4)) == [2, 3, 4]
        assert work(session, frames=(8, 9), objects="box") == []
        assert work(session, frames=(8, 9), objects=["bar"]) == [8, 9]
        assert work(session, objects="bar", direction="backward") == []
        assert work(session, objects="bar", direction="forward") == [1, 5, 6, 7, 10, 11]
        assert session.status().count("missing") == 0

    def test_one_way_results_are_not_asked_for_again(self):
        session = new_session()
        session.set_keyframe(0, {"box": square(0)})
        session.set_keyframe(11, {"box": square(11)})
        work(session, direction="forward")
        assert work(session) == []
        session.correct(5, "box", square(5))
        assert sorted(work(session)) == [1, 2, 3, 4, 6, 7, 8, 9, 10]

    def test_other_settings_make_stale_and_nothing_else(self, session):
        before = digests(session)
        session.engine = FakeEngine(Settings(memory_every=2))
        assert session.status().count("stale") == 9
        assert digests(session) == before
        assert work(session) == []

    def test_another_object_keeps_what_was_found_of_it(self, session):
        session.set_keyframe(0, {"bar": bar()})
        work(session)
        rows = {k: r for k, r in session.project.results().items() if k[1] == 2}
        session.correct(3, "box", square(3))
        work(session)
        assert rows == {k: r for k, r in session.project.results().items() if k[1] == 2}


class TestLocks:
    def test_a_locked_frame_is_left_alone(self, session):
        session.lock((4, 5))
        before = digests(session)
        session.correct(3, "box", bar())
        assert sorted(work(session)) == [1, 2]
        after = digests(session)
        assert (after[4], after[5]) == (before[4], before[5])
        assert session.status().frames("locked") == [4, 5]

    def test_a_locked_region_keeps_its_pixels(self, session):
        region = np.zeros(SIZE, bool)
        region[:, :28] = True
        before = session.result(4)
        session.lock(4, region=region)
        session.correct(3, "box", bar())
        work(session)
        after = session.result(4)
        assert (after.matte("box")[region] == before.matte("box")[region]).all()
        assert (after.label_map[region] == before.label_map[region]).all()
        assert (after.matte("box") != before.matte("box")).any()

    def test_a_locked_object_keeps_its_matte_while_others_move(self, session):
        session.set_keyframe(0, {"bar": bar()})
        work(session)
        session.lock((1, 5), "bar")
        before = [session.result(f).matte("bar") for f in range(1, 6)]
        session.correct(3, "box", np.ones(SIZE, np.uint8))
        work(session)
        after = [session.result(f).matte("bar") for f in range(1, 6)]
        assert all(a.tobytes() == b.tobytes() for a, b in zip(before, after, strict=True))

    def test_unlocking_gives_way_again(self, session):
        (number,) = session.lock((4, 5))
        session.correct(3, "box", bar())
        work(session)
        session.unlock(number)
        assert session.status().frames("open") == [4, 5]
        session.undo()
        assert session.status().frames("locked") == [4, 5]

    def test_frames_that_are_not_there_cannot_be_locked(self, session):
        with pytest.raises(KeyframeError, match="no frame from 40 to 50"):
            session.lock((40, 50))

    def test_a_region_of_another_size_is_refused(self, session):
        with pytest.raises(MaskError, match="region to lock is 3x2"):
            session.lock(4, region=np.ones((2, 3), bool))


class TestUndo:
    def test_all_the_way_back_and_forth_gives_the_same_bytes(self, session):
        session.correct(3, "box", bar())
        work(session)
        session.lock(8)
        session.set_keyframe(9, {"bar": bar()})
        work(session)
        end = digests(session)
        undone = []
        while (label := session.undo()) is not None:
            undone.append(label)
        assert undone[:3] == ["propagate", "set keyframe", "lock"]
        assert undone.count("propagate") == 3
        assert session.objects == {}
        while session.redo() is not None:
            pass
        assert digests(session) == end

    def test_a_propagation_is_one_step(self, session):
        assert session.undo() == "propagate"
        assert session.status().count("missing") == 9
        assert session.redo() == "propagate"
        assert session.status().count("fresh") == 9


class TestReceipts:
    def test_a_receipt_says_what_changed_and_nothing_else(self, session):
        session.accept()
        assert session.receipt() is None
        before = {f: session.result(f).label_map for f in range(COUNT)}
        session.correct(3, "box", bar())
        work(session)
        receipt = session.receipt()
        assert receipt is not None
        for change in receipt.changes:
            assert change.name == "box"
            after = session.result(change.frame).label_map
            assert change.pixels == np.count_nonzero(before[change.frame] ^ after) > 0
            assert 0 <= change.iou < 1
            assert not change.first
        listed = {c.frame for c in receipt.changes}
        same = set(range(COUNT)) - listed - {3}
        assert all(np.array_equal(before[f], session.result(f).label_map) for f in same)

    def test_a_range_can_be_reverted_and_the_rest_accepted(self, session):
        before = digests(session)
        session.accept()
        session.correct(3, "box", bar())
        work(session)
        after = digests(session)
        assert session.revert((4, 5)) == [4, 5]
        now = digests(session)
        assert [now[4], now[5]] == [before[4], before[5]]
        assert [now[1], now[2]] == [after[1], after[2]]
        assert session.status().frames("open") == [4, 5]
        receipt = session.receipt()
        assert receipt is not None
        assert not {4, 5} & {c.frame for c in receipt.changes}
        session.undo()
        assert digests(session) == after

    def test_a_first_propagation_has_one_too(self):
        session = new_session()
        session.set_keyframe(0, {"box": square(0)})
        work(session)
        receipt = session.receipt()
        assert receipt is not None
        assert receipt.label == "11 frames changed"
        assert all(c.first and c.iou == 0 for c in receipt.changes)
        assert session.revert() == list(range(1, COUNT))
        assert session.status().count("missing") == 11

    @pytest.mark.parametrize("shift", [1, 3, 10])
    def test_a_boundary_move_is_how_far_it_moved(self, shift):
        old = np.zeros((40, 60), bool)
        old[10:20, 10:20] = True
        new = np.roll(old, shift, axis=1)
        assert boundary_move(old, new) == shift
        assert boundary_move(old, old) == 0
        assert boundary_move(old, np.zeros_like(old)) == np.inf


def test_snapshots_of_locks_survive_compacting(session):
    session.lock((4, 5))
    before = digests(session)
    session.correct(3, "box", bar())
    work(session)
    with session.project.edit("forget") as edit:  # as if another run had replaced them
        for frame in (4, 5):
            edit.remove_result(frame, 1)
    session.project.compact(keep_steps=0)
    after = digests(session)
    assert [after[4], after[5]] == [before[4], before[5]]


def test_numbers_of_steps_never_come_again(session):
    session.accept()
    accepted = session.project.settings()["accepted"]
    session.project.compact(keep_steps=0)
    session.project.compact(keep_steps=0)
    assert session.project.steps().undo == session.project.steps().redo == ()
    assert session.undo() is None
    assert session.redo() is None
    numbers = []
    for frame in (3, 4, 8):
        session.correct(frame, "box", bar())
        work(session)
        receipt = session.receipt()
        assert receipt is not None
        numbers.append(receipt.step)
        session.undo()
    assert accepted < numbers[0] < numbers[1] < numbers[2]
