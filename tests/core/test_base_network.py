"""The base network: its ImageNet weights, its folding, its file, one step of training it."""

from __future__ import annotations

import copy
from importlib.resources import as_file, files

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from small_engines import plate, square, tiny_network
from torch import nn

from roto.engine import Settings
from roto.errors import SettingsError, WeightsError
from roto.media import open_clip
from roto.model.backbones import ResNet50V2, normalise
from roto.model.folding import fold_batch_norms
from roto.model.stcn import BASE, STCN, StcnConfig
from roto.model.weights import deduce_config, load_network, save_state_dict
from roto.stcn_engine import StcnEngine
from roto.train.backbone_weights import from_onnx_names, load_backbone
from roto.train.batches import Batch
from roto.train.faster import fold_for_training, unfolded
from roto.train.loop import Trainer
from roto.train.recipe import Recipe

GAIN = 8  # of the features at stride 16, over ImageNet's


def _onnx_forward(weights, x):
    """Features at strides 4, 8 and 16, in the file's own names and order, without modules."""

    def take(name):
        return weights[f"resnetv24_{name}"].float()

    def norm(name, x):
        parts = ("running_mean", "running_var", "gamma", "beta")
        return F.batch_norm(x, *(take(f"{name}_{part}") for part in parts), eps=1e-5)

    x = F.conv2d(norm("batchnorm0", x), take("conv0_weight"), stride=2, padding=3)
    x = F.max_pool2d(F.relu(norm("batchnorm1", x)), 3, 2, 1)
    found = []
    for stage, blocks in ((1, 3), (2, 4), (3, 6)):
        conv = norms = 0
        for block in range(blocks):
            stride = 2 if block == 0 and stage > 1 else 1
            shortcut = x
            for i in range(3):
                x = F.relu(norm(f"stage{stage}_batchnorm{norms}", x))
                if block == 0 and i == 0:
                    weight = take(f"stage{stage}_conv3_weight")
                    shortcut = F.conv2d(x, weight, stride=stride)
                weight = take(f"stage{stage}_conv{conv}_weight")
                x = F.conv2d(x, weight, stride=stride if i == 1 else 1, padding=int(i == 1))
                conv += 2 if block == 0 and i == 2 else 1
                norms += 1
            x = x + shortcut
        found.append(x)
    found[2] = F.relu(norm("stage4_batchnorm0", x))
    return found


@pytest.fixture(scope="module")
def onnx_path(shared):
    return shared / "data" / "resnet50v2_imagenet.safetensors"


@pytest.fixture(scope="module")
def imagenet(onnx_path):
    """The base network as its training starts."""
    torch.manual_seed(0)
    net = STCN(BASE)
    for path in (onnx_path, onnx_path.with_name("mobilenet_v2_imagenet.safetensors")):
        load_backbone(net, path)
    return net.eval()


@pytest.fixture
def random_net():
    """A base network whose batch norms all do something."""
    torch.manual_seed(0)
    net = STCN(BASE)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            for tensor in (module.weight, module.running_var):
                nn.init.uniform_(tensor, 0.5, 1.5)
            for tensor in (module.bias, module.running_mean):
                nn.init.normal_(tensor, std=0.1)
    return net.eval()


def _picture():
    """A part of the sample clip's first frame, as the network takes it."""
    path = files("roto_resources") / "clips" / "sample.mp4"
    with as_file(path) as movie, open_clip(movie) as source:
        image = source.read(source.clip.first_frame)[100:260, 200:392]
    return normalise(torch.from_numpy(image.copy()).permute(2, 0, 1)[None])


@pytest.mark.shared
def test_every_tensor_of_the_encoder_is_used_and_every_parameter_filled(onnx_path):
    weights = load_file(onnx_path)
    own = {n for n in ResNet50V2().state_dict() if not n.endswith("num_batches_tracked")}
    assert from_onnx_names(weights).keys() == own
    left = len(weights) - len(own)
    # What the file still holds of stage 4 and the classifier: eight batch norms and one.
    assert left == 9 * 4


@pytest.mark.shared
def test_the_encoder_computes_what_the_file_says(onnx_path, imagenet):
    x = _picture()
    with torch.inference_mode():
        f4, f8, f16 = _onnx_forward(load_file(onnx_path), x)
        found = imagenet.key_encoder.pyramid(x)
        key = imagenet.encode_image(x).key
    for mine, wanted in zip(found, (f16 * GAIN, f8, f4), strict=True):
        torch.testing.assert_close(mine, wanted, rtol=0, atol=1e-4)
        assert 0.1 < mine.std() < 1  # neither faded nor exploded after 13 blocks
        assert mine.abs().max() < 20
    assert 0.1 < key.std() < 1  # keys that differ, or each read would be a mean of the memory


@pytest.mark.shared
def test_backbone_files_go_where_they_fit(onnx_path, imagenet, tmp_path):
    stem = imagenet.value_encoder.features[0][0].weight
    file = load_file(onnx_path.with_name("mobilenet_v2_imagenet.safetensors"))
    assert torch.equal(stem[:, :3], file["features.0.0.weight"].float())
    weights = load_file(onnx_path)
    changes = {
        "unknown layer": {"resnetv24_stage3_conv19_weight": torch.zeros(1)},
        r"is \[7\], not \[64\]": {"resnetv24_batchnorm1_gamma": torch.zeros(7)},
        "lack the layer norm.bias": {"resnetv24_batchnorm1_beta": None},
    }
    for words, change in changes.items():
        path = tmp_path / "changed.safetensors"
        save_file({n: t for n, t in {**weights, **change}.items() if t is not None}, path)
        with pytest.raises(SettingsError, match=words):
            load_backbone(imagenet, path)
    with pytest.raises(SettingsError, match="no layer"):
        load_backbone(tiny_network(), onnx_path)


def test_a_backbone_file_that_is_none_is_refused_in_one_sentence(tmp_path):
    path = tmp_path / "backbone.safetensors"
    path.write_bytes(b"not weights")
    with pytest.raises(WeightsError, match="no safetensors file"):
        load_backbone(tiny_network(), path)


def test_folding_changes_no_output(random_net):
    folded, trained = copy.deepcopy(random_net), copy.deepcopy(random_net)
    fold_batch_norms(folded)
    fold_for_training(trained)
    again = unfolded(trained).eval()
    assert again.state_dict().keys() == random_net.state_dict().keys()
    # What stays: the input's, the last one, and the first of each of the 13 blocks.
    assert sum(isinstance(m, nn.BatchNorm2d) for m in folded.modules()) == 15
    x, masks = torch.randn(1, 3, 64, 64), torch.rand(1, 2, 64, 64)
    with torch.inference_mode():
        wanted = _answers(random_net, x, masks)
        for net in (folded, trained, again):
            for found, exact in zip(_answers(net, x, masks), wanted, strict=True):
                scale = float(exact.std())
                torch.testing.assert_close(found / scale, exact / scale, rtol=0, atol=1e-4)


def _answers(net, x, masks):
    features = net.encode_image(x)
    value = net.encode_value(x, features.f16, masks)
    prior = net.look_back(F.avg_pool2d(masks, 4))
    return [features.key, features.f8, value, net.decode(value, features, prior)]


def test_the_file_is_small_and_says_what_it_is(random_net, tmp_path):
    assert sum(p.numel() for p in random_net.parameters()) == 27_968_510
    path = tmp_path / "base.safetensors"
    save_state_dict(random_net.state_dict(), path)
    assert path.stat().st_size <= 60e6
    loaded = load_network(path)
    assert loaded.config == BASE
    for name, tensor in random_net.state_dict().items():
        torch.testing.assert_close(loaded.state_dict()[name], tensor, rtol=1e-3, atol=1e-6)


def test_value_encoders_of_another_depth():
    with torch.device("meta"):
        for blocks in (11, 14, 18):
            config = StcnConfig("resnet50v2", "mobilenet_v2", 8, 48, 40, value_blocks=blocks)
            state = STCN(config).state_dict()
            assert deduce_config(state) == config
    some = {n: t for n, t in state.items() if not n.startswith("value_encoder.features.17.")}
    with pytest.raises(WeightsError, match="17 blocks, not 11, 14 or 18"):
        deduce_config(some, "x.pth")


def test_a_training_step_leaves_the_first_blocks_as_they_are(random_net):
    recipe = Recipe(packs=(), size=32, batch=1, frames=2)
    trainer = Trainer(recipe, random_net, torch.device("cpu"))
    before = {name: t.clone() for name, t in trainer.net.state_dict().items()}
    frames = torch.from_numpy(plate(2)[None, :, :32, :32])
    labels = torch.from_numpy(np.stack([square(0), square(1)])[None, :, :32, :32]).long()
    trainer._step(Batch(frames, labels, 1, torch.full((1, 3), -1)))
    after = trainer.net.state_dict()
    assert all(t.isfinite().all() for t in after.values())
    frozen = [f"key_encoder.{part}" for part in ("input_norm.", "conv.", "norm.", "stage1.")]
    for name, tensor in before.items():
        stays = name.startswith(tuple(frozen)) or "running_" in name or "num_batches" in name
        if stays:
            assert torch.equal(after[name], tensor), name
    for name in ("decoder.pred.weight", "key_encoder.stage2.0.bn1.weight", "key_comp.weight"):
        assert not torch.equal(after[name], before[name]), name


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_engine_predicts_a_frame(random_net, precision):
    settings = Settings(short_side=64, enlarge=False)
    engine = StcnEngine(random_net, settings, device="cpu", precision=precision)
    memory = engine.open_memory()
    first, second = (engine.encode(picture) for picture in plate(2))
    memory.add(0, first, {1: square(0).astype(np.float32)}, permanent=True)
    logits = memory.predict(1, second, [1])
    assert logits.values.shape == (1, 12, 16)  # 40x56 padded to 48x64, at stride 4
    assert np.isfinite(logits.values).all()
