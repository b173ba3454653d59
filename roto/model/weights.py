"""Weight files in, networks out.

The configuration of a network is read off its parameters' names and shapes, so a
weight file needs nothing beside it. Files are read without running any code in them.
"""

from __future__ import annotations

import pickle
import warnings
from typing import TYPE_CHECKING, TypeAlias

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from roto.errors import WeightsError, WeightsNotFoundError
from roto.model.backbones import MobileNetV2, widen_input
from roto.model.stcn import STCN, KeyBackbone, StcnConfig, ValueBackbone
from roto.model.stm import STM

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

StateDict = dict[str, Tensor]
Network: TypeAlias = STCN | STM

_KEY_BACKBONES: dict[str, KeyBackbone] = {
    "key_encoder.res2.0.conv1.weight": "resnet50",
    "key_encoder.stage1.0.conv1.weight": "resnet50v2",
    "key_encoder.features.0.0.weight": "mobilenet_v2",
}
_STM_STEM = "Encoder_M.conv1_m.weight"
_VALUE_STEMS: dict[str, ValueBackbone] = {
    "value_encoder.conv1.weight": "resnet18",
    "value_encoder.features.0.0.weight": "mobilenet_v2",
}


def load_any_network(path: Path) -> Network:
    """The network a weight file describes, with its weights, in float32 and evaluation mode.

    Raises:
        WeightsNotFoundError: no such file.
        WeightsError: damaged, of an unknown network, incomplete, or a pickle that runs code.
    """
    state = read_state_dict(path)
    return _stm(state, path) if _STM_STEM in state else _stcn(state, path)


def load_network(path: Path) -> STCN:
    """The STCN in a weight file, which must hold one.

    Raises:
        WeightsNotFoundError, WeightsError: as :func:`load_any_network`.
    """
    return _stcn(read_state_dict(path), path)


def _stm(state: StateDict, path: Path) -> STM:
    net = STM()
    try:
        net.load_state_dict(state, strict=True)
    except RuntimeError as error:
        raise _misfit(path, error) from error
    return net.eval()


def _stcn(state: StateDict, path: Path) -> STCN:
    config = deduce_config(state, path)
    stem = next(name for name in _VALUE_STEMS if name in state)
    try:
        state[stem] = widen_input(state[stem], config.value_inputs)
        net = STCN(config)
        net.load_state_dict(state, strict=True)
    except (RuntimeError, IndexError) as error:
        raise _misfit(path, error) from error
    return net.eval()


def deduce_config(state: Mapping[str, Tensor], path: Path | str = "") -> StcnConfig:
    """Widths and backbones from names and shapes.

    Stage-0 files, whose value encoder sees no other objects (4 inputs), are described as the
    5-input network they are loaded into: a zero channel is added.

    Args:
        state: Tensors by the published names of parameters.
        path: For messages.

    Raises:
        WeightsError: no STCN, a layer is missing, or a shape that no STCN has.
    """
    key = next((b for name, b in _KEY_BACKBONES.items() if name in state), None)
    stem = next((name for name in _VALUE_STEMS if name in state), None)
    if key is None or stem is None:
        raise WeightsError(
            f"The file {path} holds no STCN or STM weights: it has neither a known key encoder nor "
            "a known value encoder. Give an stcn.pth, an STM_weights.pth, or what roto trained."
        )
    try:
        return StcnConfig(
            key_backbone=key,
            value_backbone=_VALUE_STEMS[stem],
            key_width=_out(state, "key_proj.key_proj"),
            value_width=_out(state, "value_encoder.fuser.block2.conv2"),
            thin_width=_out(state, "key_comp"),
            decoder_widths=(
                _out(state, "decoder.compress.conv1"),
                _out(state, "decoder.up_16_8.out_conv.conv1"),
                _out(state, "decoder.up_8_4.out_conv.conv1"),
            ),
            prior="decoder.prior.conv.weight" in state,
            value_blocks=_value_blocks(state),
            codewords=len(state.get("codebook.query.weight", ())),
        )
    except KeyError as error:
        raise WeightsError(f"The weights {path} lack the layer {error.args[0]}.") from error
    except ValueError as error:
        raise WeightsError(f"The weights {path} do not fit the network: {error}.") from error


def _value_blocks(state: Mapping[str, Tensor]) -> int:
    """How many blocks a MobileNetV2 value encoder has; the default for any other."""
    prefix = "value_encoder.features."
    found = {name.removeprefix(prefix).split(".")[0] for name in state if name.startswith(prefix)}
    if not found:
        return StcnConfig().value_blocks
    if len(found) not in MobileNetV2.WIDTH_AT_STRIDE_16:
        raise ValueError(f"the value encoder has {len(found)} blocks, not 11, 14 or 18")
    return len(found)


def _out(state: Mapping[str, Tensor], layer: str) -> int:
    shape = state[f"{layer}.weight"].shape
    if len(shape) != 4 or shape[0] == 0:
        raise ValueError(f"the layer {layer} is no convolution")
    return shape[0]


def read_state_dict(path: Path) -> StateDict:
    """Tensors of a ``.pth`` or ``.safetensors`` file as float32, ``module.`` prefixes removed.

    Raises:
        WeightsNotFoundError: no such file.
        WeightsError: damaged, no plain list of tensors, or a pickle that runs code.
    """
    if not path.is_file():
        raise WeightsNotFoundError(f"There is no weight file at {path}.")
    raw = _read_safetensors(path) if path.suffix == ".safetensors" else _read_pickle(path)
    return {
        name.removeprefix("module."): tensor.float() if tensor.is_floating_point() else tensor
        for name, tensor in raw.items()
    }


def save_state_dict(state: Mapping[str, Tensor], path: Path, *, half: bool = True) -> None:
    """Write tensors as safetensors, wholly or not at all.

    Args:
        state: Tensors by name.
        path: Where to; a file that is there is replaced.
        half: Floating tensors in float16, which ships; False: in float32.
    """
    kind = torch.float16 if half else torch.float32
    tensors = {
        name: (tensor.to(kind) if tensor.is_floating_point() else tensor).contiguous()
        for name, tensor in state.items()
    }
    part = path.with_suffix(".part")
    save_file(tensors, part)
    part.replace(path)


def _read_safetensors(path: Path) -> StateDict:
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise _damaged(path) from error


def _read_pickle(path: Path) -> StateDict:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pickles so new that torch refuses them as well
            content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged pickle can raise anything
        if _runs_code(path, error):
            raise WeightsError(
                f"The weights {path} were refused: the file is not a plain list of tensors, so "
                "reading it could run foreign code; save its state dict anew or as .safetensors."
            ) from error
        raise _damaged(path) from error
    state = content.get("state_dict", content) if isinstance(content, dict) else content
    if not isinstance(state, dict) or not all(
        isinstance(name, str) and isinstance(value, Tensor) for name, value in state.items()
    ):
        raise WeightsError(f"The file {path} holds no state dict: it is no file of weights.")
    return state


def _runs_code(path: Path, error: Exception) -> bool:
    """Whether torch refused a pickle because it would call something."""
    if not isinstance(error, pickle.UnpicklingError):
        return False
    with path.open("rb") as file:
        start = file.read(2)
    # Of pickles newer than its own torch does not even look at what they call.
    is_new_pickle = start[:1] == b"\x80" and 3 <= start[1] <= pickle.HIGHEST_PROTOCOL
    return is_new_pickle or "GLOBAL" in str(error)


def _misfit(path: Path, error: Exception) -> WeightsError:
    detail = " ".join(str(error).split())[:300]
    return WeightsError(f"The weights {path} do not fit the network: {detail}")


def _damaged(path: Path) -> WeightsError:
    return WeightsError(
        f"The weights {path} are damaged or of another kind of file; copy or download them again."
    )
