"""The decoder's prior: where an object was a frame ago, and nothing it should not know."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from small_engines import SIZE, TINY, bar, plate, square, tiny_network

from roto.engine import Settings
from roto.media import open_clip
from roto.model.weights import deduce_config
from roto.propagation import Propagation
from roto.results import FrameResult
from roto.stcn_engine import StcnEngine
from roto.train.__main__ import with_prior
from roto.train.step import clip_loss

if TYPE_CHECKING:
    from roto.model.stcn import STCN


def network(strength: float = 0.0) -> STCN:
    """The tiny network with a prior that has learnt something, if so told."""
    net = with_prior(tiny_network()).eval()
    assert net.decoder.prior is not None
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(1)
        net.decoder.prior.conv.weight.normal_(0, strength)
    return net


def engine(strength: float, memory_every: int = 2) -> StcnEngine:
    settings = Settings(short_side=64, enlarge=False, memory_every=memory_every)
    return StcnEngine(network(strength), settings, device="cpu", precision="float32")


@pytest.fixture(scope="module")
def pictures():
    return plate(6)


def test_a_prior_starts_out_silent(pictures):
    x = torch.from_numpy(pictures[:1, :32, :48]).permute(0, 3, 1, 2) / 64 - 2
    old, new = tiny_network(), network()
    features = old.encode_image(x)
    readout = torch.randn(1, 2, 32, 2, 3)
    prior = new.look_back(torch.rand(1, 2, 8, 12))
    assert prior is not None
    assert torch.equal(old.decode(readout, features), new.decode(readout, features, prior))
    assert old.look_back(torch.rand(1, 2, 8, 12)) is None


def test_a_weight_file_says_whether_there_is_one():
    assert deduce_config(tiny_network().state_dict()) == TINY
    assert deduce_config(network().state_dict()) == replace(TINY, prior=True)
    taught = network(0.1)
    assert with_prior(taught) is taught


def test_each_object_sees_the_others_apart_from_itself():
    net = network(0.3)
    masks = torch.rand(1, 3, 8, 12)
    swapped = net.look_back(masks[:, [1, 0, 2]])
    straight = net.look_back(masks)
    assert straight is not None
    assert swapped is not None
    assert torch.allclose(straight[:, [1, 0, 2]], swapped, atol=1e-5)
    assert not torch.allclose(straight, swapped, atol=1e-3)


def run(strength, keyframes, finished=None, **settings):
    session = Propagation(open_clip(plate(6)), engine(strength, **settings))
    for frame, masks in keyframes.items():
        session.set_keyframe(frame, masks)
    events = session.propagate("forward", finished=finished or {})
    return {e.frame: next(iter(e.result.mattes().values())) for e in events}


def test_it_changes_what_is_predicted():
    with_it, without = run(0.3, {0: square(0)}), run(0.0, {0: square(0)})
    assert not np.allclose(with_it[3], without[3], atol=1e-3)


def test_what_lies_beyond_a_keyframe_does_not_depend_on_what_was_guessed_before_it():
    """The prior of the frame after a keyframe is the keyframe's mask, not the last guess."""
    both = {0: square(0), 3: square(3)}
    whole = run(0.3, both)
    memory = engine(0.3).open_memory()
    used = memory._engine
    encoded = [used.encode(picture) for picture in plate(6)]
    for frame, mask in both.items():
        memory.add(frame, encoded[frame], {1: mask.astype(np.float32)}, permanent=True)
    alone = memory.predict(4, encoded[4], [1])  # never saw frames 1 and 2
    matte = FrameResult(4, {1: "1"}, SIZE, logits=[alone.pack()]).matte()
    assert np.allclose(matte, whole[4], atol=2e-3)


def test_a_run_that_goes_on_after_finished_frames_looks_at_the_last_of_them():
    """And at no other: the memory is kept from asking for any of their values."""

    def goes_on(masks):
        finished = {f: (lambda f=f: {1: masks[f]}) for f in (0, 1, 2)}
        return run(0.3, {0: square(0)}, finished, memory_every=99)

    masks = {f: square(f).astype(np.float32) for f in (0, 1, 2)}
    rest = goes_on(masks)
    assert sorted(rest) == [3, 4, 5]
    assert np.array_equal(goes_on({**masks, 1: masks[0]})[3], rest[3])
    assert not np.allclose(goes_on({**masks, 2: 1 - masks[2]})[3], rest[3], atol=1e-2)


def test_a_mask_that_is_followed_is_seen_at_stride_4():
    memory = engine(0.3).open_memory()
    mask = np.zeros((48, 64), np.float32)
    mask[8:16, 4:8] = 1
    memory.follow({1: mask})
    assert memory._seen[1].shape == (12, 16)
    assert memory._seen[1].sum() == 2
    memory.forget([1])
    assert not memory._seen


def test_objects_of_different_keyframes_each_have_their_own():
    result = run(0.3, {0: {"box": square(0)}, 2: {"bar": bar()}})
    assert all(np.isfinite(m).all() for m in result.values())
    assert sorted(result) == [0, 1, 2, 3, 4, 5]


def test_training_reaches_the_prior_and_blind_clips_do_not():
    net = network().train()
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eval()
    frames = torch.from_numpy(plate(3)[None, :, :32, :48])
    labels = torch.zeros(1, 3, 32, 48, dtype=torch.uint8)
    labels[:, :, 8:20, 8:20] = 1
    assert net.decoder.prior is not None
    for sighted, learns in ((True, True), (False, False)):
        net.zero_grad()
        clip_loss(net, frames, labels, 1, 1.0, torch.tensor([sighted])).loss.backward()
        assert bool(net.decoder.prior.conv.weight.grad.abs().sum() > 0) is learns
