"""The real engine with tiny random networks: memory, precision, grids and determinism."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from small_engines import SIZE, bar, plate, square, tiny_engine

import roto.memories.frames
import roto.model.memory
from roto.engine import Settings
from roto.errors import DeviceError, SettingsError
from roto.media import open_clip
from roto.model.window import Window, window_around
from roto.propagation import Propagation
from roto.results import Grid, Logits, fuse
from roto.stcn_engine import working_grid


def session_of(engine, keyframes, count=8):
    session = Propagation(open_clip(plate(count)), engine)
    for frame, mask in keyframes.items():
        session.set_keyframe(frame, mask)
    return session


def mattes(engine, keyframes, count=8):
    """All mattes of all frames, (T, K, H, W)."""
    events = sorted(session_of(engine, keyframes, count).propagate(), key=lambda e: e.frame)
    return np.stack([np.stack(list(e.result.mattes().values())) for e in events])


@pytest.fixture
def encoded():
    """An engine and its view of eight frames."""
    engine = tiny_engine(memory_every=1, max_memory=3)
    return engine, [engine.encode(picture) for picture in plate(8)]


class TestDeterminism:
    @pytest.mark.parametrize("precision", ["float32", "bfloat16"])
    def test_same_input_same_bytes(self, precision):
        keys = {0: {"box": square(0), "bar": bar()}, 3: {"box": square(3)}}
        first = mattes(tiny_engine(precision), keys, 4)
        assert first.tobytes() == mattes(tiny_engine(precision), keys, 4).tobytes()
        assert np.isfinite(first).all()
        assert first.min() >= 0
        assert first.max() <= 1

    def test_a_second_propagation_of_one_session_gives_the_same_bytes(self):
        session = session_of(tiny_engine(), {0: square(0), 3: square(3)}, 4)
        runs = [{e.frame: e.result.matte().tobytes() for e in session.propagate()} for _ in "12"]
        assert runs[0] == runs[1]

    def test_chunks_change_nothing(self, monkeypatch):
        keys = {0: square(0) + 2 * bar()}
        whole = mattes(tiny_engine(top_k=None), keys, 4)
        read = roto.model.memory.read
        monkeypatch.setattr(
            roto.memories.frames, "read", lambda *a, **k: read(*a, **k, workspace=1)
        )
        np.testing.assert_allclose(mattes(tiny_engine(top_k=None), keys, 4), whole, atol=5e-4)

    def test_objects_decoded_together_or_apart_agree(self):
        keys = {0: {f"o{i}": np.roll(square(0), 4 * i, 1) for i in range(5)}}
        together = mattes(tiny_engine(), keys, 3)
        apart = mattes(tiny_engine(objects_at_once=2), keys, 3)
        np.testing.assert_allclose(apart, together, atol=1e-3)


class TestMemory:
    def test_predictions_are_thinned_and_keyframes_stay(self, encoded):
        engine, frames = encoded
        memory = engine.open_memory()
        memory.add(0, frames[0], {1: square(0)}, permanent=True)
        memory.add(7, frames[7], {1: square(7)}, permanent=True)
        for frame in range(1, 7):
            memory.predict(frame, frames[frame], [1])
            assert memory.frames[:2] == [0, 7]
            assert len(memory.frames) <= 2 + 3
            assert memory.frames[-1] == frame  # the newest is always there
        memory.forget()
        assert memory.frames == [0, 7]

    def test_thinning_spreads_what_is_kept(self):
        engine = tiny_engine(memory_every=1, max_memory=4)
        picture = engine.encode(plate(1)[0])
        memory = engine.open_memory()
        memory.add(0, picture, {1: square(0)}, permanent=True)
        for frame in range(1, 33):
            memory.predict(frame, picture, [1])
        kept = memory.frames[1:]
        assert len(kept) == 4
        assert kept == sorted(kept)
        assert max(np.diff([0, *kept])) <= 16

    @pytest.mark.parametrize(("every", "wanted"), [(1, [1, 2, 3, 4, 5]), (2, [2, 4]), (9, [])])
    def test_every_nth_prediction_is_remembered(self, encoded, every, wanted):
        _, frames = encoded
        memory = tiny_engine(memory_every=every).open_memory()
        memory.add(0, frames[0], {1: square(0)}, permanent=True)
        for frame in range(1, 6):
            memory.predict(frame, frames[frame], [1])
        assert memory.frames == [0, *wanted]

    def test_without_memory_only_keyframes_are_remembered(self, encoded):
        _, frames = encoded
        memory = tiny_engine(memory_every=1, max_memory=0).open_memory()
        memory.add(0, frames[0], {1: square(0)}, permanent=True)
        for frame in range(1, 4):
            memory.predict(frame, frames[frame], [1])
            assert not memory.wants(frame)
        assert memory.frames == [0]

    def test_the_last_frame_can_be_remembered_for_one_frame(self, encoded):
        _, frames = encoded
        answers = []
        for remember_last in (False, True):
            engine = tiny_engine(memory_every=99, remember_last=remember_last, top_k=None)
            memory = engine.open_memory()
            memory.add(0, frames[0], {1: square(0)}, permanent=True)
            answers.append([memory.predict(f, frames[f], [1]).values for f in (1, 2)])
            assert memory.frames == [0]
        np.testing.assert_array_equal(answers[0][0], answers[1][0])
        assert np.abs(answers[0][1] - answers[1][1]).max() > 0.01

    def test_objects_with_different_keyframes_are_read_as_if_alone(self, encoded):
        """One object's keyframes must not leak into the memory of another."""
        engine, frames = encoded
        engine = tiny_engine(memory_every=99)
        both, alone = engine.open_memory(), engine.open_memory()
        both.add(0, frames[0], {1: square(0)}, permanent=True)
        both.add(3, frames[3], {2: bar()}, permanent=True)
        alone.add(3, frames[3], {2: bar()}, permanent=True)
        found = both.predict(4, frames[4], [1, 2])
        assert found.ids == (1, 2)
        wanted = alone.predict(4, frames[4], [2]).values[0]
        np.testing.assert_allclose(found.values[1], wanted, atol=1e-4)
        alone.add(0, frames[0], {2: square(0)}, permanent=True)
        assert np.abs(alone.predict(4, frames[4], [2]).values[0] - wanted).max() > 0.01

    def test_the_order_of_objects_is_the_callers(self, encoded):
        _, frames = encoded
        memory = tiny_engine(memory_every=99).open_memory()
        memory.add(0, frames[0], {3: square(0), 9: bar()}, permanent=True)
        there = memory.predict(1, frames[1], [3, 9]).values
        back = memory.predict(1, frames[1], [9, 3]).values
        np.testing.assert_allclose(back[::-1], there, atol=1e-4)
        assert np.abs(there[0] - there[1]).max() > 0.01

    def test_forgetting_one_object_keeps_the_other(self, encoded):
        engine, frames = encoded
        memory = engine.open_memory()
        memory.add(0, frames[0], {1: square(0), 2: bar()}, permanent=True)
        memory.predict(1, frames[1], [1, 2])
        memory.forget([1])
        assert memory.frames == [0, 1]
        memory.forget([2])
        assert memory.frames == [0]

    def test_an_object_that_was_never_shown_is_an_error(self, encoded):
        engine, frames = encoded
        memory = engine.open_memory()
        memory.add(0, frames[0], {1: square(0)}, permanent=True)
        with pytest.raises(SettingsError, match="Object 2"):
            memory.predict(1, frames[1], [1, 2])


class TestDevices:
    @pytest.mark.parametrize("name", ["cuda:99", "meta", "tpu", "", "cpu:x"])
    def test_an_unknown_device_is_refused(self, name):
        with pytest.raises(DeviceError, match="no device") as caught:
            tiny_engine_on(name)
        assert isinstance(caught.value, RuntimeError)

    def test_an_unknown_precision_is_refused(self):
        with pytest.raises(SettingsError, match="float8"):
            tiny_engine("float8")

    def test_capabilities_say_what_runs(self):
        shown = tiny_engine("bfloat16").capabilities
        assert (shown.device, shown.precision, shown.max_objects) == ("cpu", "bfloat16", 255)
        assert shown.parameters > 100_000

    @pytest.mark.parametrize(
        "wrong",
        [
            {"short_side": 31},
            {"memory_every": 0},
            {"max_memory": -1},
            {"top_k": 0},
            {"similarity": "manhattan"},
        ],
    )
    def test_settings_out_of_range_are_refused(self, wrong):
        with pytest.raises(SettingsError) as caught:
            Settings(**wrong)
        assert "\n" not in str(caught.value)


def tiny_engine_on(device):
    from small_engines import tiny_network

    from roto.stcn_engine import StcnEngine

    return StcnEngine(tiny_network(), device=device)


class TestGrid:
    @settings(max_examples=50, deadline=None)
    @given(
        h=st.integers(32, 90), w=st.integers(32, 90), k=st.integers(1, 3), seed=st.integers(0, 999)
    )
    def test_plates_of_the_working_size_equal_torch(self, h, w, k, seed):
        grid = working_grid((h, w), 4096)
        assert grid.work == (h, w)
        assert all(side % 16 == 0 for side in grid.padded)
        cells = tuple(side // 4 for side in grid.padded)
        values = np.random.default_rng(seed).normal(size=(k, *cells)).astype(np.float32)
        left, _, top, _ = grid.pad
        wanted = F.interpolate(
            torch.from_numpy(values)[None], scale_factor=4, mode="bilinear", align_corners=False
        )[0, :, top : top + h, left : left + w]
        np.testing.assert_allclose(grid.to_plate(values), wanted, atol=2e-5)

    @pytest.mark.parametrize("plate", [(1080, 1920), (720, 405), (33, 1000), (480, 854)])
    def test_the_working_size_keeps_the_aspect(self, plate):
        grid = working_grid(plate, 480)
        assert min(grid.work) == min(480, *plate)
        assert grid.work[1] / grid.work[0] == pytest.approx(plate[1] / plate[0], rel=0.01)
        values = np.zeros((1, grid.padded[0] // 4, grid.padded[1] // 4), np.float32)
        assert grid.to_plate(values).shape == (1, *plate)

    def test_a_ramp_stays_a_ramp_at_another_size(self):
        """No shift by half a pixel between plate, working size and grid."""
        grid = working_grid((200, 300), 100)
        left = grid.pad[0]
        cells = grid.padded[1] // 4
        at_cells = ((np.arange(cells) + 0.5) * 4 - left) * 2  # in plate pixels
        values = np.broadcast_to(at_cells, (1, grid.padded[0] // 4, cells)).astype(np.float32)
        found = grid.to_plate(values)[0, 50, 8:-8]
        np.testing.assert_allclose(found, np.arange(300)[8:-8] + 0.5, atol=1e-3)


class TestPacking:
    @settings(max_examples=60, deadline=None)
    @given(
        hnp.arrays(
            np.float32,
            st.tuples(st.integers(1, 4), st.integers(1, 9), st.integers(1, 9)),
            elements=st.floats(-40, 40, width=32),
        )
    )
    def test_packing_loses_half_a_step_once(self, values):
        grid = Grid(SIZE, SIZE, (0, 0, 0, 0))
        ids = tuple(range(5, 5 + len(values)))
        found = Logits(ids, values, grid).pack().unpack()
        assert (found.ids, found.grid) == (ids, grid)
        assert found.values.dtype == np.float32
        assert np.abs(found.values - np.clip(values, -12, 12)).max() <= 1 / 2048 + 1e-6
        again = found.pack().unpack()
        np.testing.assert_array_equal(again.values, found.values)

    def test_a_frame_takes_kilobytes(self):
        rows, columns = np.mgrid[:120, :214].astype(np.float32)
        values = (6 - np.hypot(rows - 60, columns - 100) / 5)[None]
        assert (
            Logits((1,), values, Grid((480, 854), (480, 854), (0, 0, 0, 0))).pack().nbytes < 40_000
        )

    def test_fusing_weighs_each_object_and_keeps_what_only_one_knows(self):
        grid = Grid(SIZE, SIZE, (0, 0, 0, 0))
        first = Logits((1, 2), np.array([[[4.0]], [[40.0]]], np.float32), grid)
        second = Logits((1, 3), np.array([[[-4.0]], [[2.0]]], np.float32), grid)
        found = fuse(first, second, {1: 0.75})
        assert found.ids == (1, 2, 3)
        np.testing.assert_allclose(found.values.ravel(), [2, 40, 2])


class TestWindow:
    def test_it_has_room_around_what_was_there(self):
        there = torch.zeros(80, 160, dtype=torch.bool)
        there[40:44, 80:84] = True
        window = window_around(there)
        assert window == Window(slice(7, 14), slice(17, 24))

    def test_there_is_none_for_nothing_and_for_nearly_everything(self):
        assert window_around(torch.zeros(80, 160, dtype=torch.bool)) is None
        assert window_around(torch.ones(80, 160, dtype=torch.bool)) is None

    def test_what_is_found_inside_is_put_back_where_it_was(self):
        window = Window(slice(1, 3), slice(2, 4))
        logits = torch.arange(64.0).reshape(1, 8, 8)
        whole = window.back(logits, (5, 6), -12)
        assert torch.equal(whole[:, 4:12, 8:16], logits)
        assert (whole == -12).sum() == 20 * 24 - 64

    @pytest.mark.parametrize(("place", "expected"), [((10, 3), True), ((10, 7), False)])
    def test_only_edges_inside_the_picture_count(self, place, expected):
        window = Window(slice(0, 5), slice(4, 6))
        logits = torch.full((1, 20, 8), -1.0)
        logits[0, place[0], place[1]] = 1
        assert window.on_edge(logits, (5, 6)) is expected

    def test_looking_where_things_were_finds_the_same(self):
        """A square far from the borders of a large plate: its surroundings are enough."""
        engine = tiny_engine(short_side=320, memory_every=5)
        frames = np.zeros((3, 320, 480, 3), np.uint8)
        frames[...] = (20, 40, 200)
        mask = np.zeros((320, 480), np.float32)
        mask[140:180, 200:250] = 1
        frames[:, mask > 0] = (230, 30, 30)
        encoded = [engine.encode(frame) for frame in frames]
        logits = []
        for before in (None, [Logits((1,), 8 * pooled(mask)[None] - 4, encoded[1].grid)]):
            memory = engine.open_memory()
            memory.add(0, encoded[0], {1: mask}, permanent=True)
            logits.append(memory.predict(1, encoded[1], [1], None, before).values)
        everywhere, around = logits
        assert (around == -12).mean() > 0.3
        looked = around != -12
        assert np.abs(everywhere - around)[looked].mean() < 0.2 * np.abs(everywhere).mean()


def pooled(mask):
    """(H, W) -> (H / 4, W / 4) means."""
    return mask.reshape(mask.shape[0] // 4, 4, -1, 4).mean((1, 3))
