"""The network: as published to 1e-4, and its parts against naive versions of themselves."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_weights import followed, reference_state, reference_tensor
from small_engines import TINY, tiny_network

from roto.engine import Settings
from roto.media import open_clip
from roto.model.aggregation import soft_aggregate, upsample_logits
from roto.model.backbones import MEAN, STD
from roto.model.folding import fold_batch_norms
from roto.model.memory import read, read_dense
from roto.model.stcn import SMALL, STCN, StcnConfig
from roto.propagation import Propagation
from roto.results import FrameResult, Grid, Logits, background_logit
from roto.stcn_engine import StcnEngine

KINDS = ("l2", "dot", "cosine")
TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def reference(shared):
    with np.load(shared / "reference" / "stcn_reference.npz") as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def published_state(shared):
    return reference_state(shared / "reference" / "stcn_state_dict.json")


@pytest.fixture
def published(published_state):
    net = STCN(StcnConfig())
    net.load_state_dict(published_state, strict=True)
    return net.eval()


def network_input(reference):
    """(T, 3, H, W), normalised and padded."""
    mean, std = (torch.tensor(v)[:, None, None] for v in (MEAN, STD))
    images = torch.from_numpy(reference["frames"]).permute(0, 3, 1, 2) / 255
    return F.pad((images - mean) / std, tuple(reference["pad"].tolist()))


def first_masks(reference):
    """(3, H, W): the given masks, aggregated."""
    labels = torch.from_numpy(reference["label_maps"][0])
    masks = torch.stack([(labels == i).float() for i in (1, 2)])
    return soft_aggregate(F.pad(masks, tuple(reference["pad"].tolist())))


def assert_near(found, wanted):
    np.testing.assert_allclose(np.asarray(found), wanted, rtol=0, atol=TOLERANCE)


@pytest.mark.shared
class TestPublished:
    def test_names_and_shapes(self, shared):
        shapes = json.loads((shared / "reference" / "stcn_state_dict.json").read_text())
        with torch.device("meta"):
            net = STCN(StcnConfig())
        assert {name: list(t.shape) for name, t in net.state_dict().items()} == shapes

    def test_features_and_values(self, published, reference):
        with torch.inference_mode():
            image = network_input(reference)[:1]
            features = published.encode_image(image)
            value = published.encode_value(image, features.f16, first_masks(reference)[None, 1:])
        pairs = {"f16_thin": features.thin, "key": features.key}
        pairs.update(f16=features.f16, f8=features.f8, f4=features.f4)
        for name, found in pairs.items():
            assert_near(found[:, : reference[name].shape[1]], reference[name])
        assert_near(value[0, :, :8], reference["value"][:, :, 0])

    def test_whole_clip_through_the_raw_network(self, published, reference):
        with torch.inference_mode():
            found = propagate_naively(published, reference)
        left, right, top, bottom = reference["pad"]
        height, width = found.shape[-2:]
        assert_near(found[..., top : height - bottom, left : width - right], reference["prob"])

    def test_whole_clip_through_the_session(self, published, reference):
        """Frame by frame in the engine's own code, memory policy included."""
        policy = Settings(
            memory_every=2,
            max_memory=99,
            top_k=20,
            short_side=480,
            enlarge=False,
        )
        engine = StcnEngine(published, policy, device="cpu", precision="float32")
        session = Propagation(open_clip(reference["frames"]), engine)
        session.set_keyframe(0, reference["label_maps"][0])
        for event in session.propagate():
            if event.frame == 0:
                continue
            # Mattes are stored in steps of a 4096th of probability.
            found = np.stack(list(event.result.mattes().values()))
            np.testing.assert_allclose(
                found, reference["prob"][1:, event.frame], rtol=0, atol=TOLERANCE + 2.5e-4
            )

    def test_whole_clip_through_the_engine(self, published, reference):
        policy = Settings(memory_every=2, max_memory=99, enlarge=False)
        engine = StcnEngine(published, policy, device="cpu", precision="float32")
        memory = engine.open_memory()
        pairs = list(followed(engine, memory, reference))
        assert len(pairs) == len(reference["frames"]) - 1
        for found, wanted in pairs:
            assert_near(found, wanted)
        assert memory.frames == [0, 2, 4]


def propagate_naively(net, reference):
    """The published loop in the plainest words: dense affinity, everything kept, (3, T, H, W)."""
    images = network_input(reference)
    every, top_k = int(reference["mem_every"]), int(reference["top_k"])
    size = images.shape[-2:]
    masks = first_masks(reference)
    result, keys, values = [masks], [], []
    for frame, image in enumerate(images):
        features = net.encode_image(image[None])
        if frame:
            flat = torch.cat([v.flatten(3) for v in values], 3)  # (1, K, Cv, N)
            weights = naive_weights(torch.cat(keys), rows(features.key), "l2", top_k)
            readout = (flat @ weights.T).unflatten(-1, features.key.shape[-2:])
            logits = upsample_logits(net.decode(readout, features), tuple(size))
            masks = soft_aggregate(torch.sigmoid(logits)[0])
            result.append(masks)
        if frame % every == 0:
            keys.append(rows(features.key))
            values.append(net.encode_value(image[None], features.f16, masks[None, 1:]))
    return torch.stack(result, 1)


def rows(key):
    return key[0].flatten(1).T


def naive_weights(memory, query, kind, top_k):
    """(M, N), position by position, in float64."""
    memory, query = memory.double(), query.double()
    if kind == "cosine":
        memory = memory / memory.norm(dim=1, keepdim=True)
        query = query / query.norm(dim=1, keepdim=True)
    scale = math.sqrt(memory.shape[1])
    weights = torch.zeros(len(query), len(memory), dtype=torch.float64)
    for i, q in enumerate(query):
        score = -((memory - q) ** 2).sum(1) if kind == "l2" else memory @ q
        score = score / scale
        chosen = score.argsort(descending=True)[:top_k]
        weights[i, chosen] = torch.softmax(score[chosen], 0)
    return weights.float()


class TestRead:
    @settings(max_examples=60, deadline=None)
    @given(
        n=st.integers(1, 60),
        m=st.integers(1, 25),
        ck=st.integers(2, 12),  # with one channel all cosines tie, and either choice is right
        c=st.integers(1, 9),
        kind=st.sampled_from(KINDS),
        top_k=st.one_of(st.none(), st.integers(1, 70)),
        workspace=st.integers(1, 4000),
        seed=st.integers(0, 10_000),
    )
    def test_agrees_with_a_naive_read(self, n, m, ck, c, kind, top_k, workspace, seed):
        rng = torch.Generator().manual_seed(seed)
        memory, query = torch.randn(n, ck, generator=rng), torch.randn(m, ck, generator=rng)
        values = torch.randn(n, c, generator=rng)
        found = read(memory, values, query, top_k=top_k, kind=kind, workspace=workspace)
        wanted = naive_weights(memory, query, kind, top_k) @ values
        torch.testing.assert_close(found, wanted, rtol=0, atol=1e-4)

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("top_k", [None, 5])
    def test_the_workspace_changes_nothing(self, kind, top_k):
        rng = torch.Generator().manual_seed(1)
        memory, query = torch.randn(90, 16, generator=rng), torch.randn(70, 16, generator=rng)
        values = torch.randn(90, 8, generator=rng)
        whole = read(memory, values, query, top_k=top_k, kind=kind)
        for workspace in (1, 90 * 4 * 3, 90 * 4 * 64):
            part = read(memory, values, query, top_k=top_k, kind=kind, workspace=workspace)
            torch.testing.assert_close(part, whole, rtol=0, atol=1e-6)

    @pytest.mark.parametrize("kind", KINDS)
    def test_top_k_of_all_is_the_whole_softmax(self, kind):
        rng = torch.Generator().manual_seed(2)
        memory, query = torch.randn(30, 8, generator=rng), torch.randn(20, 8, generator=rng)
        values = torch.randn(30, 4, generator=rng)
        whole = read_dense(memory[None], values[None], query[None], kind)[0]
        for top_k in (30, 99, None):
            found = read(memory, values, query, top_k=top_k, kind=kind)
            torch.testing.assert_close(found, whole, rtol=0, atol=1e-5)

    def test_bfloat16_values_are_chosen_by_float32_scores(self):
        """Two keys that bfloat16 cannot tell apart: the nearer one is read."""
        memory = torch.tensor([[100.0], [100.25]])
        values = torch.tensor([[1.0], [2.0]], dtype=torch.bfloat16)
        found = read(memory, values, torch.tensor([[100.25]]), top_k=1)
        assert found.dtype == torch.bfloat16
        assert found.item() == 2


class TestNetwork:
    @pytest.mark.parametrize("config", [TINY, StcnConfig(value_width=64, thin_width=32)])
    def test_every_parameter_gets_a_gradient(self, config):
        torch.manual_seed(0)
        net = STCN(config).train()
        images = torch.randn(2, 3, 64, 64)
        masks = torch.rand(2, 2, 64, 64)
        features = net.encode_image(images)
        values = net.encode_value(images, features.f16, masks)  # (B, K, Cv, h, w)
        keys = features.key.flatten(2).transpose(1, 2)
        flat = values.flatten(3).flatten(1, 2).transpose(1, 2)
        found = read_dense(keys, flat, keys.flip(0)).transpose(1, 2)
        readout = found.unflatten(1, values.shape[1:3]).unflatten(-1, values.shape[-2:])
        net.decode(readout, features).pow(2).sum().backward()
        without = [n for n, p in net.named_parameters() if p.grad is None or not p.grad.any()]
        assert without == []

    @pytest.mark.parametrize("config", [TINY, StcnConfig(value_width=64, thin_width=32)])
    def test_folding_batch_norms_changes_nothing(self, config):
        torch.manual_seed(0)
        net = STCN(config)
        for name, tensor in net.state_dict().items():
            if tensor.is_floating_point() and tensor.ndim == 1:
                tensor.copy_(reference_tensor(name, list(tensor.shape)))
        net.eval()
        image, masks = torch.randn(1, 3, 64, 48), torch.rand(1, 2, 64, 48)
        with torch.inference_mode():
            before = outputs(net, image, masks)
            fold_batch_norms(net)
            after = outputs(net, image, masks)
        assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in net.modules())
        for old, new in zip(before, after, strict=True):
            torch.testing.assert_close(new, old, rtol=1e-4, atol=1e-4)

    def test_objects_do_not_see_each_other_but_for_the_mask_of_others(self):
        net = tiny_network()
        image, masks = torch.randn(1, 3, 32, 32), torch.rand(1, 3, 32, 32)
        with torch.inference_mode():
            features = net.encode_image(image)
            together = net.encode_value(image, features.f16, masks)
            order = [2, 0, 1]
            shuffled = net.encode_value(image, features.f16, masks[:, order])
        torch.testing.assert_close(shuffled, together[:, order], rtol=1e-4, atol=1e-5)

    def test_small_is_small(self):
        with torch.device("meta"):
            net = STCN(SMALL)
        assert 4e6 < sum(p.numel() for p in net.parameters()) < 7e6


def outputs(net, image, masks):
    features = net.encode_image(image)
    values = net.encode_value(image, features.f16, masks)
    return [*features, values, net.decode(values, features)]


class TestAggregation:
    @settings(max_examples=40, deadline=None)
    @given(k=st.integers(1, 6), seed=st.integers(0, 10_000), scale=st.floats(0.1, 8))
    def test_sums_to_one_and_agrees_with_logits(self, k, seed, scale):
        values = np.random.default_rng(seed).normal(0, scale, (k, 5, 7)).astype(np.float32)
        values = np.clip(values, -9, 9)
        masks = torch.sigmoid(torch.from_numpy(values))
        wanted = soft_aggregate(masks).numpy()
        np.testing.assert_allclose(wanted.sum(0), 1, atol=1e-5)
        classes = np.concatenate([background_logit(values)[None], values]).astype(np.float64)
        softmax = np.exp(classes) / np.exp(classes).sum(0)
        # soft_aggregate holds probabilities off 0 and 1 by 1e-7, which logits need not.
        np.testing.assert_allclose(softmax, wanted, atol=2e-3)

    def test_sums_to_one_at_the_extremes(self):
        masks = torch.tensor([[0.0, 1.0, 1.0, 0.5], [0.0, 1.0, 0.0, 0.5]])[..., None]
        found = soft_aggregate(masks)
        torch.testing.assert_close(found.sum(0), torch.ones(4, 1))
        assert found[0, 0] > 0.999
        assert found[1, 2] > 0.999

    def test_any_axis_and_any_precision(self):
        masks = torch.rand(2, 3, 4, 5)
        batched = soft_aggregate(masks, 1)
        for item, single in zip(batched, masks, strict=True):
            torch.testing.assert_close(item, soft_aggregate(single))
        assert soft_aggregate(masks.bfloat16()).dtype == torch.float32

    @pytest.mark.parametrize("k", [1, 2, 4])
    def test_mattes_of_a_frame_are_the_aggregated_masks(self, k):
        rng = np.random.default_rng(k)
        values = np.clip(rng.normal(0, 3, (k, 6, 8)), -8, 8).astype(np.float32)
        ids = tuple(range(1, k + 1))
        grid = Grid((6, 8), (6, 8), (0, 0, 0, 0), reduction=1)
        packed = Logits(ids, values, grid).pack()
        result = FrameResult(0, {i: f"o{i}" for i in ids}, (6, 8), logits=[packed])
        wanted = soft_aggregate(torch.sigmoid(torch.from_numpy(values))).numpy()
        mattes = np.stack([result.matte(i) for i in ids])
        np.testing.assert_allclose(mattes, wanted[1:], atol=2e-3)
        sure = np.abs(np.sort(wanted, 0)[-1] - np.sort(wanted, 0)[-2]) > 0.01
        np.testing.assert_array_equal(result.label_map[sure], wanted.argmax(0)[sure])
