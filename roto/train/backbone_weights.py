"""ImageNet weights into a network's encoders."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from roto.errors import SettingsError, WeightsError, WeightsNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from torch import nn

    from roto.model.stcn import STCN

_ONNX_PREFIX = re.compile(r"resnetv2\d_")
# Stage 4 and the classifier's batch norm come after what the network keeps of ResNet-50 v2.
_ONNX_BEYOND = re.compile(r"stage4_(?!batchnorm0_)|batchnorm2_|dense\d_")


def load_backbone(net: STCN, path: Path) -> None:
    """ImageNet weights into the encoders they fit, one or both.

    Names are torchvision's, or for ResNet-50 v2 those of the ONNX model zoo.

    Raises:
        WeightsNotFoundError: no such file.
        WeightsError: damaged, or of another kind of file.
        SettingsError: the file holds no layer of the network, or only some of an encoder's.
    """
    weights = _read(path)
    if any(_ONNX_PREFIX.match(name) for name in weights):
        weights = _amplified(from_onnx_names(weights, path))
    loaded = [_fill(encoder, weights, path) for encoder in (net.key_encoder, net.value_encoder)]
    if not any(loaded):
        raise SettingsError(f"The backbone weights {path} hold no layer of this network.")


def _read(path: Path) -> dict[str, Tensor]:
    if not path.is_file():
        raise WeightsNotFoundError(f"There are no backbone weights at {path}.")
    try:
        weights = load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise WeightsError(f"The backbone weights {path} are no safetensors file.") from error
    return {name: tensor.float() for name, tensor in weights.items()}


def _fill(encoder: nn.Module, weights: Mapping[str, Tensor], path: Path) -> bool:
    """Fill one encoder; False, with nothing changed, where the file is of another network."""
    own = {
        name: tensor
        for name, tensor in encoder.state_dict().items()
        if not name.startswith("fuser.") and not name.endswith("num_batches_tracked")
    }
    if not any(name in weights for name in own):
        return False
    fitting: dict[str, Tensor] = {}
    for name, tensor in own.items():
        if name not in weights:
            raise SettingsError(f"The backbone weights {path} lack the layer {name}.")
        fitting[name] = _with_mask_inputs(weights[name], tensor.shape)
        if fitting[name].shape != tensor.shape:
            wanted, found = list(tensor.shape), list(weights[name].shape)
            raise SettingsError(
                f"The layer {name} of the backbone weights {path} is {found}, not {wanted}."
            )
    encoder.load_state_dict(fitting, strict=False)
    return True


def _with_mask_inputs(weight: Tensor, shape: torch.Size) -> Tensor:
    """A first convolution's weight with random channels for the masks beside those of the image.

    They start as strong as the image's own: from zero, an adaptive optimiser's small equal
    steps leave the network blind to its masks for its first few hundred steps.
    """
    is_stem = weight.dim() == 4 and weight.shape[1] == 3 < shape[1]
    if not is_stem or weight.shape[0] != shape[0] or weight.shape[2:] != shape[2:]:
        return weight
    masks = torch.randn(shape[0], shape[1] - 3, *shape[2:]) * weight.std() * 2
    return torch.cat([weight, masks], 1)


def from_onnx_names(weights: Mapping[str, Tensor], path: Path | str = "") -> dict[str, Tensor]:
    """The ONNX model zoo's ResNet-50 v2 under the names of ``ResNet50V2``.

    Raises:
        SettingsError: a tensor whose place in the network is not known.
    """
    names = _onnx_names()
    renamed: dict[str, Tensor] = {}
    for name, tensor in weights.items():
        plain = _ONNX_PREFIX.sub("", name, count=1)
        if plain in names:
            renamed[names[plain]] = tensor
        elif not _ONNX_BEYOND.match(plain):
            raise SettingsError(f"The backbone weights {path} hold an unknown layer {name}.")
    return renamed


def _amplified(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """ResNet-50 v2 whose features at stride 16 are eight times as large, and the same otherwise.

    They are small (root mean square 0.036 on the sample clip; 0.2 with MobileNetV2). Keys made
    of them start out so alike that every read is a plain mean over the memory: of two frames,
    the 20 best positions of 920 weigh 2.2 %, as any 20 do; with this factor they weigh 3.6 %,
    with MobileNetV2 3.2 %. After the last batch norm comes a ReLU, which lets the factor pass.
    """
    last = {f"last_norm.{kind}": 8.0 for kind in ("weight", "bias")}
    return {name: tensor * last.get(name, 1.0) for name, tensor in weights.items()}


def _onnx_names() -> dict[str, str]:
    """Names of tensors in the ONNX file, to those in ``ResNet50V2``."""
    names: dict[str, str] = {}
    for theirs, ours in _onnx_layers():
        if "conv" in theirs:
            names[f"{theirs}_weight"] = f"{ours}.weight"
            continue
        names[f"{theirs}_gamma"] = f"{ours}.weight"
        names[f"{theirs}_beta"] = f"{ours}.bias"
        for statistic in ("running_mean", "running_var"):
            names[f"{theirs}_{statistic}"] = f"{ours}.{statistic}"
    return names


def _onnx_layers() -> Iterator[tuple[str, str]]:
    """Layers of the ONNX file, each with its counterpart.

    In a stage, the file counts convolutions and batch norms on from block to block; the
    first block's shortcut is counted after that block's other convolutions.
    """
    yield from (("batchnorm0", "input_norm"), ("conv0", "conv"), ("batchnorm1", "norm"))
    for stage, blocks in ((1, 3), (2, 4), (3, 6)):
        at = f"stage{stage}"
        yield f"{at}_conv3", f"{at}.0.shortcut"
        for block in range(blocks):
            for i in range(3):
                conv = 3 * block + i + (block > 0)
                yield f"{at}_batchnorm{3 * block + i}", f"{at}.{block}.bn{i + 1}"
                yield f"{at}_conv{conv}", f"{at}.{block}.conv{i + 1}"
    yield "stage4_batchnorm0", "last_norm"
