"""Global context: the equivalence of the paper, its normalisation, and means that stay true."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from small_engines import bar, context_engine, context_network, plate, square, tiny_network

from roto.errors import SettingsError
from roto.media import open_clip
from roto.memories.bank import MemoryFrame
from roto.memories.contexts import ContextBank
from roto.model.context import RunningMean, distribute, extract, weigh
from roto.model.weights import load_network, save_state_dict
from roto.propagation import Propagation

sizes = st.integers(1, 9)


def random(*shape, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).normal(size=shape))


def events(engine, keyframes, count=8):
    """Results of all frames, in their order."""
    found = sorted(session_of(engine, keyframes, count).propagate(), key=lambda e: e.frame)
    return [event.result for event in found]


def session_of(engine, keyframes, count):
    session = Propagation(open_clip(plate(count)), engine)
    for frame, mask in keyframes.items():
        session.set_keyframe(frame, mask)
    return session


class TestEquivalence:
    @settings(max_examples=60, deadline=None)
    @given(
        frames=st.integers(1, 12),
        positions=sizes,
        queries=sizes,
        width=sizes,
        values=sizes,
        objects=st.integers(1, 4),
        seed=st.integers(0, 10_000),
    )
    def test_without_softmax_it_reads_what_stm_does(
        self, frames, positions, queries, width, values, objects, seed
    ):
        """q G is (1/t) (q K^T) V: ECCV 2020, section 3.3."""
        keys = random(frames, objects, positions, width, seed=seed)
        written = random(frames, objects, positions, values, seed=seed + 1)
        query = random(objects, queries, width, seed=seed + 2)
        mean = RunningMean()
        for k, v in zip(keys, written, strict=True):
            mean.add(extract(k, v, normalised=False))
        found = distribute(mean.mean, query, normalised=False)
        all_keys = keys.transpose(0, 1).flatten(1, 2)  # (K, T*N, Cg)
        all_values = written.transpose(0, 1).flatten(1, 2)
        expected = (query @ all_keys.transpose(1, 2)) @ all_values / frames
        assert found.dtype == torch.float64
        assert (found - expected).abs().max() < 1e-10

    @settings(max_examples=60, deadline=None)
    @given(positions=sizes, queries=sizes, width=sizes, seed=st.integers(0, 10_000))
    def test_with_both_softmaxes_each_position_gets_a_mean(self, positions, queries, width, seed):
        keys, query = random(positions, width, seed=seed), random(queries, width, seed=seed + 1)
        affinity = query.softmax(1) @ keys.softmax(0).T
        assert (affinity.sum(1) - 1).abs().max() < 1e-12
        values = random(positions, 3, seed=seed + 2)
        found = distribute(extract(keys, values), query)
        assert (found - affinity @ values).abs().max() < 1e-12

    def test_values_of_low_precision_are_summed_in_that_of_the_keys(self):
        keys, values = random(50, 4).float(), random(50, 6, seed=1).bfloat16()
        assert extract(keys, values).dtype == torch.float32


class TestMeans:
    def test_stays_true_over_a_hundred_thousand_frames(self):
        generator = torch.Generator().manual_seed(3)
        drift = torch.linspace(-1, 3, 100_000)
        mean, exact = RunningMean(), torch.zeros(4, 5, dtype=torch.float64)
        for shift in drift:
            context = torch.randn(4, 5, generator=generator) + shift
            mean.add(context)
            exact += context.double()
        assert mean.count == 100_000
        assert (mean.mean.double() - exact / 100_000).abs().max() < 2e-4

    def test_a_mean_that_was_handed_out_stays(self):
        mean = RunningMean()
        mean.add(torch.ones(2))
        before = mean.mean
        mean.add(torch.full((2,), 3.0))
        assert before.tolist() == [1, 1]
        assert mean.mean.tolist() == [2, 2]

    def test_keyframes_weigh_the_same_however_many_frames_follow(self):
        shown, predicted = torch.tensor([8.0]), torch.tensor([0.0])
        assert weigh(shown, predicted, 1.0).item() == 4
        assert weigh(shown, predicted, 3.0).item() == 6
        assert weigh(shown, None, 3.0).item() == 8
        assert weigh(None, predicted, 3.0).item() == 0
        with pytest.raises(ValueError, match="no context"):
            weigh(None, None, 1.0)


def entry(frame, **values):
    """Keys of one position each; values by object name: a=1 is object 1."""
    ids = {"a": 1, "b": 2}
    keys = torch.zeros(1, 2)
    found = {ids[name]: torch.full((1, 3), float(v)) for name, v in values.items()}
    return MemoryFrame(frame, dict.fromkeys(found, keys), found)


class Alike:
    """Positions all of which are like all codewords."""

    def queries(self, positions):
        return positions

    def keys(self, positions, values):
        return positions


def bank(weight=1.0):
    return ContextBank(Alike(), keyframe_weight=weight)


def value(of, *objects):
    """The first channel that each object's single position reads."""
    ((group, found),) = of.read(torch.zeros(1, 2), objects)
    assert group == objects
    return [round(v, 5) for v in found[0, ::3].tolist()]


class TestBank:
    def test_a_correction_is_not_drowned_after_a_thousand_frames(self):
        memory = bank()
        memory.show(entry(0, a=0))
        for frame in range(1, 1001):
            memory.keep(entry(frame, a=0))
        memory.show(entry(1001, a=12))
        assert value(memory, 1) == [3]  # half of the weight, shared with the first keyframe

    def test_dropping_a_keyframe_leaves_what_was_there_before(self):
        memory = bank()
        memory.show(entry(0, a=2, b=4))
        memory.show(entry(9, a=6))
        assert value(memory, 1, 2) == [4, 4]
        memory.drop(9, [1])
        assert value(memory, 1, 2) == [2, 4]
        memory.drop(0, [2])
        assert value(memory, 1) == [2]
        with pytest.raises(SettingsError, match="Object 2 was predicted before"):
            value(memory, 2)

    def test_branches_share_keyframes_and_no_predictions(self):
        memory = bank()
        memory.show(entry(0, a=2))
        memory.keep(entry(1, a=8))
        other = memory.branch()
        assert (value(memory, 1), value(other, 1)) == ([5], [2])
        memory.forget([1])
        assert value(memory, 1) == [2]

    def test_the_frame_before_counts_until_the_next(self):
        memory = bank()
        memory.show(entry(0, a=0))
        memory.keep(entry(1, a=4))
        memory.hold(entry(2, a=8))
        assert value(memory, 1) == [3]
        memory.hold(None)
        assert value(memory, 1) == [2]

    def test_it_does_not_grow(self):
        memory = bank()
        memory.show(entry(0, a=0, b=1))
        memory.keep(entry(1, a=0, b=1))
        value(memory, 1, 2)
        size = memory.nbytes
        for frame in range(2, 50):
            memory.keep(entry(frame, a=frame, b=1))
        value(memory, 1, 2)
        assert memory.nbytes == size
        assert memory.frames == [0]


class TestNetwork:
    def test_a_weight_file_says_that_it_reads_a_context(self, tmp_path):
        net = context_network(words=24)
        save_state_dict(net.state_dict(), tmp_path / "gc.safetensors")
        assert load_network(tmp_path / "gc.safetensors").config.codewords == 24
        save_state_dict(tiny_network().state_dict(), tmp_path / "plain.safetensors")
        assert load_network(tmp_path / "plain.safetensors").config.codewords == 0

    def test_two_objects_are_followed_and_found_the_same_again(self):
        both = {0: square(0) + 2 * bar()}
        found = events(context_engine(), both)
        assert [list(result.mattes()) for result in found] == [["object1", "object2"]] * 8
        for one, other in zip(found, events(context_engine(), both), strict=True):
            for i in ("object1", "object2"):
                np.testing.assert_array_equal(one.mattes()[i], other.mattes()[i])

    def test_time_does_not_matter_to_its_size(self):
        engine = context_engine(memory_every=1)
        memory = engine.open_memory()
        encoded = [engine.encode(picture) for picture in plate(6)]
        memory.add(0, encoded[0], {1: square(0).astype(np.float32)}, permanent=True)
        sizes = []
        for number in range(1, 25):
            memory.predict(number, encoded[number % 6], [1])
            sizes.append(memory.nbytes)
        assert len(set(sizes[1:])) == 1
