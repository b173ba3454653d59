"""What a session yields, with an engine that knows objects by their colour."""

from __future__ import annotations

import gc
import logging
import weakref

import cv2
import numpy as np
import pytest
from small_engines import SIZE, bar, plate, square, write_plate

from roto.engine import Settings
from roto.errors import FrameNotFoundError, KeyframeError, SettingsError
from roto.fake_engine import FakeEngine
from roto.masks import labels
from roto.media import IteratorSource, open_clip
from roto.propagation import Propagation

COUNT = 8


def session_of(keyframes, frames=None, engine=None, **options):
    source = open_clip(plate(COUNT) if frames is None else frames, **options)
    session = Propagation(source, engine or FakeEngine())
    for frame, mask in keyframes.items():
        session.set_keyframe(frame, mask)
    return session


def results(session, *args, **kwargs):
    """Results by frame; a frame that comes twice is an error."""
    found = {}
    for event in session.propagate(*args, **kwargs):
        assert event.frame not in found
        assert event.result.frame == event.frame
        found[event.frame] = event.result
    return found


def same_bytes(first, second):
    return first.label_map.tobytes() == second.label_map.tobytes() and all(
        a.tobytes() == b.tobytes()
        for a, b in zip(first.mattes().values(), second.mattes().values(), strict=True)
    )


def both_objects(position):
    return square(position) + 2 * bar()


class TestEvents:
    @pytest.mark.parametrize("keys", [[0], [7], [3], [0, 7], [2, 5], [0, 3, 4, 7], range(8)])
    @pytest.mark.parametrize("partial", [False, True])
    def test_every_frame_exactly_once(self, keys, partial):
        masks = {k: {"it": square(k)} if partial else square(k) for k in keys}
        session = session_of(masks)
        events = list(session.propagate())
        assert sorted(e.frame for e in events) == list(range(COUNT))
        assert [e.done for e in events] == list(range(1, COUNT + 1))
        assert {e.total for e in events} == {COUNT}
        for event in events:
            expected = "keyframe" if event.frame in keys else "propagated"
            assert event.result.kind == expected
            np.testing.assert_array_equal(event.result.label_map, square(event.frame))

    @pytest.mark.parametrize(
        ("direction", "wanted"),
        [("forward", range(2, 8)), ("backward", range(6)), ("both", range(8))],
    )
    def test_a_direction_finds_the_frames_on_its_side(self, direction, wanted):
        session = session_of({2: square(2), 5: square(5)})
        assert sorted(results(session, direction)) == list(wanted)

    def test_another_direction_is_an_error(self):
        with pytest.raises(SettingsError, match="sideways"):
            list(session_of({0: square(0)}).propagate("sideways"))

    def test_confidence_is_high_where_the_engine_is_sure(self):
        found = results(session_of({0: square(0)}))
        assert found[0].confidence == 1
        assert all(0.5 < r.confidence <= 1 for r in found.values())

    def test_no_engine_and_no_keyframe(self):
        source = open_clip(plate(2))
        session = Propagation(source)
        session.set_keyframe(0, square(0))
        with pytest.raises(SettingsError, match="engine"):
            list(session.propagate())
        with pytest.raises(KeyframeError, match="no keyframe"):
            list(Propagation(source, FakeEngine()).propagate())

    def test_cancel_midway_keeps_what_was_yielded(self):
        session = session_of({0: square(0)})
        events = session.propagate()
        first = [next(events) for _ in range(3)]
        events.close()
        assert [e.frame for e in first] == [0, 1, 2]
        again = results(session)  # the session can go on
        assert sorted(again) == list(range(COUNT))
        assert all(same_bytes(e.result, again[e.frame]) for e in first)


class TestKeyframes:
    def test_label_map_is_exact_though_the_pictures_disagree(self):
        rng = np.random.default_rng(0)
        noise = rng.integers(0, 3, SIZE).astype(np.uint8)
        other = rng.integers(0, 3, SIZE).astype(np.uint8)
        found = results(session_of({1: noise, 6: other}))
        np.testing.assert_array_equal(found[1].label_map, noise)
        np.testing.assert_array_equal(found[6].label_map, other)
        np.testing.assert_array_equal(found[1].matte("object2"), (noise == 2).astype(np.float32))

    def test_soft_matte_is_exact_and_the_callers_own(self):
        matte = np.random.default_rng(0).random(SIZE).astype(np.float32)
        found = results(session_of({3: matte}))
        found[3].matte()[:] = 0
        np.testing.assert_array_equal(found[3].matte(), matte)
        np.testing.assert_array_equal(found[3].label_map, matte >= 0.5)
        found[3].label_map[:] = 7
        assert found[3].label_map.max() == 1

    def test_a_given_array_may_change_afterwards(self):
        mask = square(0)
        session = session_of({0: mask})
        mask[:] = 0
        np.testing.assert_array_equal(results(session)[0].label_map, square(0))

    def test_partial_keyframes_speak_of_one_object_only(self):
        found = results(session_of({0: {"box": square(0)}, 4: {"bar": bar()}}))
        for frame, result in found.items():
            np.testing.assert_array_equal(result.matte("box") > 0.5, square(frame) == 1)
            np.testing.assert_array_equal(result.matte("bar") > 0.5, bar() == 1)
        assert found[0].kind == found[4].kind == "keyframe"
        np.testing.assert_array_equal(found[4].matte("bar"), bar())
        np.testing.assert_array_equal(found[0].matte("box"), square(0))

    def test_mattes_of_a_partial_keyframe_leave_room_for_the_given_object(self):
        """What was predicted of others never covers what the artist painted."""
        everything = np.ones(SIZE, np.uint8)
        found = results(session_of({0: {"box": square(0)}, 4: {"bar": everything}}))
        assert not found[4].matte("box").any()
        assert (found[4].label_map == found[4].label_map[0, 0]).all()

    def test_an_object_enters_at_a_later_keyframe(self):
        later = {4: {"bar": bar()}}
        found = results(session_of({0: {"box": square(0)}, **later}), "forward")
        for frame in range(4):
            assert not found[frame].matte("bar").any()
        assert (found[5].matte("bar")[30:36] > 0.9).all()

    def test_an_object_that_a_label_map_leaves_out_is_absent_there(self):
        """Between the two keyframes it is fused; beyond the second the second counts."""
        found = results(session_of({0: both_objects(0), 5: labels(square(5), {2: "object2"})}))
        assert found[1].names == {1: "object1", 2: "object2"}
        assert not found[5].matte("object2").any()
        assert found[5].matte("object1").any()

    def test_a_replaced_keyframe_counts(self):
        session = session_of({0: bar()})
        session.set_keyframe(0, square(0))
        np.testing.assert_array_equal(results(session)[5].label_map, square(5))

    def test_a_frame_outside_is_refused(self):
        session = session_of({0: square(0)})
        for frame in (-1, COUNT, 1001):
            with pytest.raises(KeyframeError, match=f"no frame {frame} .* 0 to 7"):
                session.set_keyframe(frame, square(0))


class TestFusion:
    def test_between_keyframes_both_count_and_beyond_only_the_nearer(self):
        """The object changes colour from keyframe to keyframe and the engine mistakes both."""
        alone_left = results(session_of({2: square(2)}))
        alone_right = results(session_of({6: bar()}))
        found = results(session_of({2: square(2), 6: {"object1": bar()}}))
        # Both keyframes are in the memory of both passes, so the object is either.
        assert found[4].label_map[moving(4)].all()
        assert found[4].label_map[bar() == 1].all()
        assert alone_left[4].label_map.sum() == square(4).sum()
        assert alone_right[4].label_map.sum() == bar().sum()

    def test_the_nearer_keyframe_weighs_more(self):
        engine = Directional()
        session = session_of({0: square(0), 6: square(6)}, plate(7), engine)
        found = results(session)
        shares = [float(found[f].matte()[0, 0]) for f in range(1, 6)]
        assert shares == sorted(shares, reverse=True)  # the forward pass says yes, the other no
        assert shares[0] > 0.9
        assert shares[2] == pytest.approx(0.5, abs=0.05)
        assert shares[4] < 0.1

    def test_a_correction_leaves_frames_beyond_the_next_keyframe_untouched(self):
        """Predictions beyond a keyframe do not depend on what lies before it."""
        engine = Directional()
        before = results(session_of({2: square(2), 5: square(5)}, engine=engine))
        moved = results(session_of({2: bar(), 5: square(5)}, engine=engine))
        assert all(same_bytes(before[f], moved[f]) for f in (5, 6, 7))
        assert not same_bytes(before[2], moved[2])


def moving(position):
    return square(position) == 1


class Directional(FakeEngine):
    """Says yes everywhere on the way up and no everywhere on the way down."""

    def open_memory(self):
        return DirectionalMemory(self.settings)


class DirectionalMemory(type(FakeEngine().open_memory())):
    def predict(self, frame, encoded, objects, known=None, before=None):
        logits = super().predict(frame, encoded, objects, known, before)
        if not hasattr(self, "value"):  # a branch goes one way: from the keyframe beside it
            self.value = 4 if frame - 1 in self._permanent else -4
        logits.values[:] = self.value
        return logits


class TestAbsent:
    @pytest.mark.parametrize("mask", [np.zeros(SIZE, np.uint8), labels(np.zeros(SIZE, np.uint8))])
    def test_an_empty_mask_is_allowed_with_one_warning(self, mask, caplog):
        with caplog.at_level(logging.WARNING):
            found = results(session_of({0: mask}))
        assert len(found) == COUNT
        assert all(not r.label_map.any() and not r.matte().any() for r in found.values())
        assert [r.kind for r in found.values()] == ["keyframe"] + ["absent"] * (COUNT - 1)
        assert [r.message for r in caplog.records] == [
            "The object 'object1' has no pixel in any keyframe: it is absent."
        ]

    def test_an_empty_keyframe_among_others_says_that_the_object_has_left(self, caplog):
        found = results(session_of({0: square(0), 7: np.zeros(SIZE, bool)}))
        assert not caplog.records
        assert not found[7].label_map.any()
        np.testing.assert_array_equal(found[1].label_map, square(1))

    def test_before_the_first_keyframe_forward_has_nothing(self):
        session = session_of({0: {"a": square(0)}, 3: {"b": bar()}})
        found = results(session, "forward")
        assert found[1].matte("b").max() == 0
        assert set(found[1].confidences) == {"a"}


class TestNames:
    def test_names_come_from_dictionaries_files_or_numbers(self, tmp_path):
        cv2.imwrite(str(tmp_path / "hero.0003.png"), square(3) * 255)
        path = tmp_path / "hero.0003.png"
        assert session_of({3: path}).shot.names == {1: "hero"}
        assert session_of({0: square(0), 3: path}).shot.names == {1: "hero"}
        assert session_of({0: both_objects(0)}).shot.names == {1: "object1", 2: "object2"}
        assert session_of({0: {"van": bar(), "dog": square(0)}}).shot.names == {1: "van", 2: "dog"}

    def test_a_name_that_was_given_is_not_replaced_by_a_files(self, tmp_path):
        cv2.imwrite(str(tmp_path / "hero.0003.png"), square(3) * 255)
        session = session_of({0: {"object1": square(0)}, 3: tmp_path / "hero.0003.png"})
        assert session.shot.names == {1: "object1"}
        np.testing.assert_array_equal(results(session)[3].matte("object1"), square(3))

    def test_an_unnamed_mask_among_several_objects_is_ambiguous(self):
        with pytest.raises(KeyframeError, match="frame 3 does not say which"):
            session_of({0: both_objects(0), 3: square(3)}).shot  # noqa: B018

    def test_names_of_label_maps(self):
        given = labels(both_objects(0), {1: "box", 2: "bar"})
        session = session_of({0: given, 5: {"bar": bar()}, 7: both_objects(7)})
        assert session.shot.names == {1: "box", 2: "bar"}
        assert session.shot.frames_of(2) == [0, 5, 7]
        assert session.shot.frames_of(1) == [0, 7]


class TestNumbering:
    def test_sequences_keep_their_numbers_and_their_gaps(self, tmp_path):
        write_plate(tmp_path, COUNT)
        for missing in (1004, 1005):
            (tmp_path / f"plate.{missing}.png").unlink()
        session = session_of({1001: square(0)}, tmp_path / "plate.%04d.png")
        found = results(session)
        assert sorted(found) == [1001, 1002, 1003, 1006, 1007, 1008]
        np.testing.assert_array_equal(found[1008].label_map, square(7))
        with pytest.raises(KeyframeError, match="1001 to 1008, 2 of them missing"):
            session.set_keyframe(1004, square(3))

    def test_a_frame_that_vanishes_stops_with_its_number(self, tmp_path):
        session = session_of({1001: square(0)}, write_plate(tmp_path, 4))
        (tmp_path / "plate.1003.png").unlink()
        events = session.propagate()
        assert [next(events).frame for _ in range(2)] == [1001, 1002]
        with pytest.raises(FrameNotFoundError, match="1003"):
            next(events)


class TestResume:
    @pytest.mark.parametrize("keys", [[0], [4], [1, 6], [0, 3, 7]])
    @pytest.mark.parametrize("done", [[], [0], [0, 1, 2, 3], [5, 6, 7], [2, 4, 6], range(8)])
    def test_only_the_rest_is_yielded(self, keys, done):
        session = session_of(
            {k: square(k) for k in keys}, engine=FakeEngine(Settings(memory_every=2))
        )
        whole = results(session)
        kept = {f: (lambda f=f: {1: whole[f].matte()}) for f in done}
        rest = results(session, finished=kept)
        assert sorted(rest) == sorted(set(range(COUNT)) - set(done))
        for frame, result in rest.items():
            np.testing.assert_array_equal(result.label_map, whole[frame].label_map)

    def test_finished_frames_are_read_only_when_the_memory_asks(self):
        asked = []

        def matte(frame):
            asked.append(frame)
            return {1: square(frame).astype(np.float32)}

        kept = {f: (lambda f=f: matte(f)) for f in range(1, 7)}
        session = session_of({0: square(0)}, engine=FakeEngine(Settings(memory_every=3)))
        assert list(results(session, finished=kept)) == [0, 7]
        assert asked == [3, 6]


class TestStream:
    def test_a_generator_of_unknown_length_is_taken_frame_by_frame(self):
        taken = []

        def camera():
            for position in range(10**9):
                taken.append(position)
                yield plate(COUNT)[position % COUNT]

        session = Propagation(IteratorSource(camera()), FakeEngine())
        session.set_keyframe(2, square(2))
        events = session.stream()
        for frame in range(12):
            event = next(events)
            assert (event.frame, event.total, event.done) == (frame, None, frame + 1)
            assert len(taken) == frame + 1
            wanted = square(frame % COUNT) if frame >= 2 else np.zeros(SIZE)
            np.testing.assert_array_equal(event.result.label_map, wanted)
        events.close()

    def test_frames_do_not_stay_in_memory(self):
        alive = []

        class Frames(FakeEngine):
            def encode(self, picture):
                encoded = super().encode(picture)
                alive.append(weakref.ref(encoded.colours))
                return encoded

        frames = (plate(COUNT)[i % COUNT] for i in range(60))
        session = Propagation(
            IteratorSource(frames), Frames(Settings(memory_every=1, max_memory=3))
        )
        session.set_keyframe(0, square(0))
        for event in session.stream():
            del event
            gc.collect(0)
            assert sum(ref() is not None for ref in alive) <= 3

    def test_a_keyframe_after_the_end_is_told(self):
        session = Propagation(IteratorSource(iter(plate(3))), FakeEngine())
        session.set_keyframe(0, square(0))
        session.set_keyframe(9, square(0))
        events = session.stream()
        assert [next(events).frame for _ in range(3)] == [0, 1, 2]
        with pytest.raises(KeyframeError, match="ended at frame 2, before its keyframe at frame 9"):
            next(events)

    def test_a_keyframe_before_the_start_is_told(self):
        session = Propagation(IteratorSource(iter(plate(3)), first_frame=5), FakeEngine())
        with pytest.raises(KeyframeError, match="no frame 4"):
            session.set_keyframe(4, square(0))

    def test_streaming_a_clip_equals_propagating_it_forward(self):
        session = session_of({0: square(0), 4: square(4)})
        streamed = {e.frame: e.result for e in session.stream()}
        assert list(streamed) == list(range(COUNT))
        for frame in range(COUNT):
            np.testing.assert_array_equal(streamed[frame].label_map, square(frame))
