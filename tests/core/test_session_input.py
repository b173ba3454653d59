"""What a session is told: ids in label maps, frame numbers of any kind, several edits as one."""

from __future__ import annotations

import numpy as np
import pytest
from small_engines import SIZE, bar, plate, square

from roto.errors import KeyframeError, MaskError, ProjectEditError, SettingsError
from roto.fake_engine import FakeEngine
from roto.media import open_clip
from roto.project import ClipRecord, Project
from roto.session import Session

COUNT = 12


@pytest.fixture
def session():
    record = ClipRecord("plate", "", None, "", SIZE[1], SIZE[0], "24", 0, COUNT, "srgb")
    return Session(open_clip(plate(COUNT)), FakeEngine(), Project.create(record))


def finals(events):
    return sorted(event.frame for event in events if event.final)


def sparse(position):
    """A label map of a square with id 1 and a bar with id 7."""
    labels = 7 * bar()
    labels[square(position) > 0] = 1
    return labels


class TestIdsOfLabelMaps:
    def test_a_label_that_was_never_used_is_the_id(self, session):
        for frame in (0, 6):
            session.set_keyframe(frame, sparse(frame))
            assert list(session.objects) == [1, 7]
            assert session.objects[7].name == "object7"
            np.testing.assert_array_equal(session.result(frame).label_map, sparse(frame))
        assert sorted(session.project.keyframes()) == [(0, 1), (0, 7), (6, 1), (6, 7)]
        assert session.add_object() == 8

    def test_an_id_that_was_removed_is_never_another_objects(self, session):
        session.set_keyframe(0, sparse(0))
        session.remove_object(7)
        session.set_keyframe(3, sparse(3))
        assert list(session.objects) == [1, 8]
        session.project.compact(0)
        session.set_keyframe(4, sparse(4))
        assert 7 not in session.objects

    def test_what_was_undone_can_be_said_again(self, session):
        session.set_keyframe(0, sparse(0))
        session.undo()
        assert not session.objects
        session.set_keyframe(0, sparse(0))
        assert list(session.objects) == [1, 7]
        assert session.redo() is None
        session.undo()
        session.add_object("dog")
        session.set_keyframe(0, sparse(0))
        assert 7 not in session.objects  # its first life cannot be told from a removal any more

    def test_a_removal_that_was_undone_leaves_the_id_where_it_was(self, session):
        session.set_keyframe(0, sparse(0))
        session.remove_object(7)
        session.undo()
        session.set_keyframe(3, sparse(3))
        assert list(session.objects) == [1, 7]

    def test_two_labels_never_share_an_object(self, session):
        session.add_object("dog")
        session.remove_object("dog")  # 1 is gone for ever
        two = 2 * bar()
        two[square(0) > 0] = 1
        session.set_keyframe(0, two)
        assert len(session.objects) == 2
        assert len(session.project.keyframes()) == 2


class TestFrames:
    def test_one_frame_is_a_range_too(self, session):
        session.set_keyframe(0, {"box": square(0)})
        assert finals(session.propagate(3)) == [3]
        assert finals(session.propagate(np.int64(4))) == [4]
        assert finals(session.propagate((np.int64(5), 6))) == [5, 6]
        assert finals(session.propagate([7, 8])) == [7, 8]
        assert session.revert(8) == [8]

    def test_several_ranges_are_one_propagation(self, session):
        session.set_keyframe(0, {"box": square(0)})
        assert finals(session.propagate([(1, 2), (np.int64(4), 4)])) == [1, 2, 4]
        assert session.undo() == "propagate"
        assert not session.project.results()

    def test_numbers_of_numpy_are_numbers(self, session):
        session.set_keyframe(np.int64(0), {"box": square(0)})
        session.correct(np.uint8(5), np.int64(1), square(5))
        (lock,) = session.lock(np.int64(3), np.int64(1))
        record = session.project.locks()[lock]
        assert (record.first, record.last, type(record.first)) == (3, 3, int)
        session.unlock(np.int64(lock))
        assert not session.project.locks()
        session.set_lifetime("box", np.int64(0), np.int64(9))
        assert session.objects[1].last == 9
        assert list(session.prefetch(np.int64(3))) == [3]
        assert len(session.suggest(np.int64(2))) == 0
        session.remove_keyframe(np.int64(5), "box")

    @pytest.mark.parametrize("frames", ["3", 3.5, (1, 2, 3), (1,), (), (1, None), True, {1: 2}])
    def test_what_is_no_range_is_said_to_be_none(self, session, frames):
        session.set_keyframe(0, {"box": square(0)})
        for act in (lambda f: list(session.propagate(f)), session.lock, session.revert):
            with pytest.raises(KeyframeError, match=r"neither a frame nor .* range; the clip has"):
                act(frames)

    def test_ranges_that_run_backwards_or_miss_the_clip(self, session):
        session.set_keyframe(0, {"box": square(0)})
        with pytest.raises(KeyframeError, match=r"5-1 runs backwards; give \(1, 5\)"):
            list(session.propagate((5, 1)))
        with pytest.raises(KeyframeError, match=r"5-3 runs backwards"):
            list(session.propagate([(1, 2), (5, 3)]))
        with pytest.raises(KeyframeError, match=r"\(1,\) is neither a frame nor"):
            list(session.propagate([(1, 2), (1,)]))
        with pytest.raises(KeyframeError, match="There is no frame 40 to propagate"):
            list(session.propagate(40))
        with pytest.raises(KeyframeError, match="no frame from 40 to 50 to lock"):
            session.lock((40, 50))

    @pytest.mark.parametrize("frame", ["3", 3.0, None, True, np.arange(2), [3]])
    def test_what_is_no_frame_number(self, session, frame):
        for act in (
            lambda: session.set_keyframe(frame, {"box": square(0)}),
            lambda: list(session.prefetch([frame])),
        ):
            with pytest.raises(KeyframeError, match="is no frame number"):
                act()

    def test_objects_and_numbers_of_the_wrong_kind(self, session):
        session.set_keyframe(0, {"box": square(0)})
        with pytest.raises(MaskError, match=r"no object 3\.5"):
            list(session.propagate(objects=3.5))
        for n in ("x", 2.5, True):
            with pytest.raises(SettingsError, match="number of suggestions"):
                session.suggest(n)
        with pytest.raises(SettingsError, match="no lock"):
            session.unlock(2.5)
        with pytest.raises(KeyframeError, match="is no frame number"):
            list(session.prefetch(2.5))


class TestSteps:
    def test_several_edits_are_one_step(self, session):
        with session.step("lay out"):
            session.set_keyframe(0, {"box": square(0)})
            session.add_object("dog")
            with session.step("inside"):
                session.rename_object("dog", "cat")
            np.testing.assert_array_equal(session.result(0).label_map, square(0))
        assert session.project.steps().undo == ("lay out",)
        assert [o.name for o in session.objects.values()] == ["box", "cat"]
        assert session.undo() == "lay out"
        assert not session.objects
        session.redo()
        assert len(session.objects) == 2

    def test_a_step_that_fails_leaves_nothing_of_it(self, session):
        def lay_out():
            with session.step("lay out"):
                session.set_keyframe(0, {"box": square(0)})
                session.set_keyframe(40, {"box": square(0)})

        with pytest.raises(KeyframeError):
            lay_out()
        assert not session.objects
        assert session.project.steps().undo == ()
        session.add_object("dog")
        assert session.project.steps().undo == ("add object",)

    def test_an_edit_that_fails_and_is_forgiven_leaves_the_others(self, session):
        def fail():
            with session.project.edit("bad") as edit:
                edit.remove_object(1)
                edit.set_setting("x", object())

        session.set_keyframe(0, {"box": square(0)})
        with session.step("lay out"):
            session.rename_object("box", "van")
            with pytest.raises(ProjectEditError):
                fail()
            session.add_object("dog")
        assert [o.name for o in session.objects.values()] == ["van", "dog"]
        assert (0, 1) in session.project.keyframes()

    def test_what_cannot_be_part_of_a_step(self, session, tmp_path):
        session.set_keyframe(0, {"box": square(0)})
        with session.step("all"):
            with pytest.raises(ProjectEditError, match="cannot be a part of a step"):
                list(session.propagate())
            for act in (session.undo, session.redo, lambda: session.save(tmp_path / "a.roto")):
                with pytest.raises(ProjectEditError, match="being edited already"):
                    act()
        assert session.project.steps().undo == ("set keyframe",)
        assert len(finals(session.propagate())) == COUNT - 1
