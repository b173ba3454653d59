"""The Space-Time Memory network: as published to 1e-4, and in everyday use."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from reference_weights import followed, reference_state

import roto
from roto.engine import Settings
from roto.errors import WeightsError
from roto.media import open_clip
from roto.model.stm import STM
from roto.model.weights import load_any_network, load_network
from roto.propagation import Propagation
from roto.stcn_engine import StcnEngine

TOLERANCE = 1e-4
AS_PUBLISHED = {"max_memory": 99, "top_k": None, "enlarge": False, "keyframe_weight": 1.0}


@pytest.fixture(scope="module")
def reference(shared):
    with np.load(shared / "reference" / "stm_reference.npz") as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def weights(shared, tmp_path_factory):
    """A file as the authors published it: every name behind ``module.``."""
    path = tmp_path_factory.mktemp("weights") / "STM_weights.pth"
    state = reference_state(shared / "reference" / "stm_state_dict.json")
    torch.save({f"module.{name}": tensor for name, tensor in state.items()}, path)
    return path


def engine_of(weights, reference, precision="float32"):
    policy = Settings(memory_every=int(reference["mem_every"]), **AS_PUBLISHED)
    return StcnEngine(load_any_network(weights), policy, device="cpu", precision=precision)


@pytest.mark.shared
class TestPublished:
    def test_names_and_shapes(self, shared):
        shapes = json.loads((shared / "reference" / "stm_state_dict.json").read_text())
        with torch.device("meta"):
            net = STM()
        assert {name: list(t.shape) for name, t in net.state_dict().items()} == shapes

    @pytest.mark.parametrize("prefix", ["", "module."])
    def test_loads_with_and_without_prefix(self, shared, tmp_path, prefix):
        state = reference_state(shared / "reference" / "stm_state_dict.json")
        path = tmp_path / "stm.pth"
        torch.save({prefix + name: tensor for name, tensor in state.items()}, path)
        net = load_any_network(path)
        assert isinstance(net, STM)
        torch.testing.assert_close(net.state_dict(), state, rtol=0, atol=0)

    def test_whole_clip_through_the_engine(self, weights, reference):
        """Memory: the first frame, every second one, and always the one before."""
        engine = engine_of(weights, reference)
        pairs = list(followed(engine, engine.open_memory(), reference))
        assert len(pairs) == len(reference["frames"]) - 1
        for found, wanted in pairs:
            np.testing.assert_allclose(found, wanted, rtol=0, atol=TOLERANCE)

    def test_whole_clip_through_the_session(self, weights, reference):
        session = Propagation(open_clip(reference["frames"]), engine_of(weights, reference))
        session.set_keyframe(0, reference["label_maps"][0])
        for event in session.propagate():
            found = np.stack(list(event.result.mattes().values()))
            wanted = reference["prob"][1:, event.frame]
            if event.frame:  # mattes are stored in steps of a 4096th of probability
                np.testing.assert_allclose(found, wanted, rtol=0, atol=TOLERANCE + 2.5e-4)

    def test_objects_do_not_depend_on_their_order(self, weights, reference):
        net = load_any_network(weights)
        image = net.prepare(
            torch.from_numpy(reference["frames"][0]).permute(2, 0, 1)[None], (0,) * 4
        )
        image = image[..., :96, :144]
        masks = torch.rand(1, 3, 96, 144, generator=torch.Generator().manual_seed(1)) / 3
        order = [2, 0, 1]
        with torch.inference_mode():
            keys, values = net.encode_memory(image, image, masks)
            turned = net.encode_memory(image, image, masks[:, order])
        torch.testing.assert_close(turned[0], keys[:, order], rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(turned[1], values[:, order], rtol=1e-4, atol=1e-4)

    def test_one_call_by_the_name_of_the_file(self, weights, reference):
        found = roto.propagate(
            reference["frames"][:3], {0: reference["label_maps"][0]}, model=weights, device="cpu"
        )
        assert sorted(found) == [0, 1, 2]
        assert np.isfinite(found[2].matte("object1")).all()

    def test_a_correction_changes_what_follows(self, weights, reference):
        """A project's session: objects enter at different frames, and one is corrected."""
        clip, first = reference["frames"][:5], reference["label_maps"][0]
        engine = engine_of(weights, reference)
        with roto.new_session(open_clip(clip), model=engine) as session:
            session.set_keyframe(0, {"a": first == 1})
            session.set_keyframe(1, {"b": first == 2})
            list(session.propagate())
            before = session.result(4).matte("a").copy()
            session.correct(2, "a", np.roll(first == 1, 3, axis=1))
            list(session.propagate())
            assert not np.array_equal(session.result(4).matte("a"), before)
            np.testing.assert_array_equal(
                session.result(2).matte("a"), np.roll(first == 1, 3, axis=1)
            )

    def test_training_says_that_it_wants_an_stcn(self, weights):
        with pytest.raises(WeightsError, match="no STCN"):
            load_network(weights)


@pytest.mark.shared
def test_a_damaged_file_is_told_in_one_sentence(shared, tmp_path):
    state = reference_state(shared / "reference" / "stm_state_dict.json")
    del state["Decoder.pred2.bias"]
    path = tmp_path / "stm.pth"
    torch.save(state, path)
    with pytest.raises(WeightsError, match=r"do not fit the network.*Decoder\.pred2\.bias"):
        load_any_network(path)
