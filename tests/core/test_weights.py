"""Weight files: what is saved is loaded, whatever its wrapping; what is not weights is refused."""

from __future__ import annotations

import os
import pickle
import zipfile

import pytest
import torch
from small_engines import TINY, tiny_network

from roto.errors import RotoError, WeightsError, WeightsNotFoundError
from roto.model.stcn import SMALL, STCN, StcnConfig
from roto.model.weights import deduce_config, load_network, save_state_dict
from roto.models import find_model, list_models

CONFIGS = [
    SMALL,
    TINY,
    StcnConfig("resnet50", "mobilenet_v2", 8, 48, 40, (36, 28, 20)),
    StcnConfig("mobilenet_v2", "resnet18", 24, 64, 16, (32, 16, 17)),
]
STEM = "value_encoder.features.0.0.weight"


def assert_same(found, wanted):
    assert list(found) == list(wanted)
    for name, tensor in wanted.items():
        torch.testing.assert_close(found[name], tensor, rtol=0, atol=0, msg=name)


def refused(path, *words, kind=WeightsError):
    """Loading fails with one sentence that names the file and holds the words."""
    with pytest.raises(kind) as caught:
        load_network(path)
    text = str(caught.value)
    assert isinstance(caught.value, (RotoError, ValueError))
    assert str(path) in text
    assert "\n" not in text
    for word in words:
        assert word in text
    return text


class TestRoundTrip:
    @pytest.mark.parametrize("config", [StcnConfig(), *CONFIGS])
    def test_the_configuration_is_read_off_the_shapes(self, config):
        with torch.device("meta"):
            assert deduce_config(STCN(config).state_dict()) == config

    @pytest.mark.parametrize("config", CONFIGS)
    def test_safetensors_come_back_exactly(self, config, tmp_path):
        net, path = STCN(config), tmp_path / "net.safetensors"
        save_state_dict(net.state_dict(), path, half=False)
        loaded = load_network(path)
        assert loaded.config == config
        assert not loaded.training
        assert_same(loaded.state_dict(), net.state_dict())
        assert os.listdir(tmp_path) == ["net.safetensors"]

    def test_the_published_network_comes_back_exactly(self, tmp_path):
        path = tmp_path / "stcn.pth"
        state = STCN(StcnConfig()).state_dict()
        torch.save(state, path)
        loaded = load_network(path)
        assert loaded.config == StcnConfig()
        assert_same(loaded.state_dict(), state)

    @pytest.mark.parametrize(
        "wrap",
        [
            lambda state: state,
            lambda state: {f"module.{name}": tensor for name, tensor in state.items()},
            lambda state: {"state_dict": state, "epoch": 3},
        ],
        ids=["plain", "module", "checkpoint"],
    )
    @pytest.mark.parametrize("legacy", [False, True])
    def test_pickles_of_tensors_come_back_however_wrapped(self, wrap, legacy, tmp_path):
        state, path = tiny_network().state_dict(), tmp_path / "net.pth"
        torch.save(wrap(state), path, _use_new_zipfile_serialization=not legacy)
        assert_same(load_network(path).state_dict(), state)

    def test_half_precision_files_are_read_as_float32(self, tmp_path):
        state, path = tiny_network().state_dict(), tmp_path / "net.safetensors"
        save_state_dict(state, path)
        loaded = load_network(path).state_dict()
        for name, tensor in state.items():
            assert loaded[name].dtype == tensor.dtype
            torch.testing.assert_close(loaded[name], tensor, rtol=1e-3, atol=1e-6)

    def test_stage_0_files_ignore_the_mask_of_others(self, tmp_path):
        """Four input channels: the fifth is added as zeros, and changes nothing."""
        state, path = tiny_network().state_dict(), tmp_path / "stage0.pth"
        torch.save({**state, STEM: state[STEM][:, :4]}, path)
        net = load_network(path)
        assert net.config == TINY
        assert not net.state_dict()[STEM][:, 4].any()
        image, masks = torch.rand(1, 3, 32, 32), torch.rand(1, 2, 32, 32)
        with torch.inference_mode():
            f16 = net.encode_image(image).f16
            alone = net.encode_value(image, f16, masks[:, :1])
            together = net.encode_value(image, f16, masks)[:, :1]
        torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)


class Evil:
    """Unpickling it would create a file."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, "w")


class TestRefused:
    @pytest.mark.parametrize("how", ["zip", "legacy", "plain", "protocol 2"])
    def test_pickles_that_run_code_are_not_run(self, how, tmp_path):
        path, proof = tmp_path / "net.pth", tmp_path / "executed"
        content = {"key_comp.weight": Evil(proof)}
        if how in ("zip", "legacy"):
            torch.save(content, path, _use_new_zipfile_serialization=how == "zip")
        else:
            path.write_bytes(pickle.dumps(content, 4 if how == "plain" else 2))
        refused(path, "foreign code")
        assert not proof.exists()

    def test_whole_modules_are_refused(self, tmp_path):
        torch.save(torch.nn.Linear(2, 2), tmp_path / "net.pth")
        refused(tmp_path / "net.pth", "foreign code")

    @pytest.mark.parametrize("ending", ["pth", "safetensors"])
    @pytest.mark.parametrize(
        "data", [b"", b"hello world", bytes(1000), b"\xff" * 1000, b"PK\x03\x04", b"\x80\x02."]
    )
    def test_other_files_are_refused(self, data, ending, tmp_path):
        path = tmp_path / f"net.{ending}"
        path.write_bytes(data)
        refused(path)

    @pytest.mark.parametrize("ending", ["pth", "safetensors"])
    @pytest.mark.parametrize("share", [0.0001, 0.1, 0.5, 0.99, 0.99999])
    def test_truncated_files_are_refused(self, ending, share, tmp_path):
        path = tmp_path / f"net.{ending}"
        state = tiny_network().state_dict()
        torch.save(state, path) if ending == "pth" else save_state_dict(state, path)
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])
        refused(path, "damaged")

    def test_a_zip_that_is_no_checkpoint(self, tmp_path):
        path = tmp_path / "net.pth"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "hello")
        refused(path, "damaged")

    @pytest.mark.parametrize(
        "content", [[torch.zeros(2)], {1: torch.zeros(2)}, torch.zeros(2), {"a": 1}, None]
    )
    def test_what_is_no_state_dict_is_refused(self, content, tmp_path):
        path = tmp_path / "net.pth"
        torch.save(content, path)
        refused(path, "no state dict")

    def test_weights_of_another_network_are_refused(self, tmp_path):
        path = tmp_path / "net.pth"
        torch.save(torch.nn.Linear(3, 3).state_dict(), path)
        refused(path, "no STCN or STM weights")

    @pytest.mark.parametrize("name", ["key_proj.key_proj.weight", "decoder.pred.bias"])
    def test_a_missing_layer_is_named(self, name, tmp_path):
        state, path = tiny_network().state_dict(), tmp_path / "net.pth"
        del state[name]
        torch.save(state, path)
        refused(path, name)

    @pytest.mark.parametrize("name", ["key_comp.weight", STEM, "decoder.pred.weight"])
    @pytest.mark.parametrize("shape", [(), (7,), (0, 3, 3, 3), (3, 99, 3, 3)])
    def test_a_layer_of_another_shape(self, name, shape, tmp_path):
        state, path = tiny_network().state_dict(), tmp_path / "net.pth"
        state[name] = torch.zeros(shape)
        torch.save(state, path)
        refused(path, "do not fit")

    def test_a_surplus_layer_is_named(self, tmp_path):
        state, path = tiny_network().state_dict(), tmp_path / "net.pth"
        torch.save({**state, "decoder.more.weight": torch.zeros(1)}, path)
        refused(path, "decoder.more.weight")

    @pytest.mark.parametrize("name", ["none.pth", "none.safetensors", "folder.pth"])
    def test_missing_files_are_told(self, name, tmp_path):
        (tmp_path / "folder.pth").mkdir()
        refused(tmp_path / name, kind=WeightsNotFoundError)
        with pytest.raises(FileNotFoundError):
            load_network(tmp_path / name)


class TestNames:
    def test_the_embedded_model_is_found_and_counted(self):
        model = find_model("small")
        assert model.embedded
        assert model in list_models()
        net = load_network(model.path)
        assert net.config == SMALL
        assert model.parameters == sum(p.numel() for p in net.parameters())

    def test_a_folder_of_ones_own(self, tmp_path, monkeypatch):
        save_state_dict(tiny_network().state_dict(), tmp_path / "mine.safetensors")
        (tmp_path / "stcn.pth").write_bytes(b"")
        (tmp_path / "notes.txt").write_text("not weights")
        monkeypatch.setenv("ROTO_MODELS", str(tmp_path))
        own = {m.name: m for m in list_models() if not m.embedded}
        assert set(own) == {"mine", "stcn"}
        assert find_model("mine").path == tmp_path / "mine.safetensors"
        assert own["mine"].parameters == sum(p.numel() for p in tiny_network().parameters())
        assert own["stcn"].parameters is None

    def test_a_folder_that_is_not_there_holds_no_models(self, tmp_path, monkeypatch):
        own = list_models()
        assert [m.embedded for m in own] == [True] * len(own) != []
        monkeypatch.setenv("ROTO_MODELS", str(tmp_path / "nowhere"))
        assert list_models() == own

    @pytest.mark.parametrize(
        "data", [b"", b"12345678", bytes(20), b"\xff" * 20, b"\2" + bytes(7) + b"[]"]
    )
    def test_damaged_models_are_listed_without_a_size(self, data, tmp_path, monkeypatch):
        (tmp_path / "bad.safetensors").write_bytes(data)
        monkeypatch.setenv("ROTO_MODELS", str(tmp_path))
        assert find_model("bad").parameters is None

    def test_a_path_is_a_model(self, tmp_path):
        path = tmp_path / "Some Name.pth"
        path.write_bytes(b"")
        for given in (path, str(path)):
            model = find_model(given)
            assert (model.name, model.path, model.embedded) == ("Some Name", path, False)

    @pytest.mark.parametrize("name", ["medium", "", "/nowhere/net.pth", "~/nowhere.safetensors"])
    def test_an_unknown_name_is_told_with_those_there_are(self, name):
        with pytest.raises(WeightsNotFoundError) as caught:
            find_model(name)
        assert "\n" not in str(caught.value)
        if "." not in name:
            assert "small" in str(caught.value)
