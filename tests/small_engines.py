"""Networks and clips so small that tests can afford them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import torch

from roto.engine import Settings
from roto.model.stcn import STCN, StcnConfig
from roto.stcn_engine import StcnEngine

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

TINY = StcnConfig("mobilenet_v2", "mobilenet_v2", 16, 32, 24, (24, 20, 18))
"""Odd widths on purpose: nothing may assume those of the published network."""

SIZE = (40, 56)


def tiny_network() -> STCN:
    """Random weights, the same ones each time, that answer to what they see."""
    net = STCN(TINY)
    net.load_state_dict(_tiny_state())
    return net.eval()


@lru_cache(maxsize=1)
def _tiny_state() -> dict[str, torch.Tensor]:
    """Without statistics of real pictures a random network's activations fade to nothing."""
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(0)
        net = STCN(TINY).train()
        for module in net.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.momentum = 1.0
        pictures = torch.from_numpy(plate(8)[:, :32, :48]).permute(0, 3, 1, 2) / 64 - 2
        masks = torch.rand(8, 2, 32, 48)
        features = net.encode_image(pictures)
        values = net.encode_value(pictures, features.f16, masks)
        logits = net.decode(values, features)
        net.decoder.pred.weight.mul_(3 / logits.std())
        net.decoder.pred.bias.sub_(net.decoder.pred.bias)
        return net.state_dict()


def tiny_engine(precision: str = "float32", **settings: Any) -> StcnEngine:
    engine_settings = Settings(
        **{"short_side": 64, "enlarge": False, "memory_every": 2, **settings}
    )
    return StcnEngine(tiny_network(), engine_settings, device="cpu", precision=precision)


def context_network(words: int = 24) -> STCN:
    """The tiny network with a global context instead of frames; its codewords are keys."""
    plain = tiny_network()
    net = STCN(replace(TINY, codewords=words))
    net.load_state_dict(plain.state_dict(), strict=False)
    assert net.codebook is not None
    pictures = torch.from_numpy(plate(2)[:, :32, :48]).permute(0, 3, 1, 2) / 64 - 2
    with torch.no_grad():
        keys = plain.encode_image(pictures).key.movedim(1, -1).flatten(0, -2)
        centres = keys[torch.linspace(0, len(keys) - 1, words).long()]
        net.codebook.query.weight.copy_(centres)
        net.codebook.query.bias.copy_(-0.5 * centres.pow(2).sum(1))
    return net.eval()


def context_engine(precision: str = "float32", **settings: Any) -> StcnEngine:
    """See ``context_network``."""
    own = Settings(**{"short_side": 64, "enlarge": False, "memory_every": 2, **settings})
    return StcnEngine(context_network(), own, device="cpu", precision=precision)


def moving_square(position: int, side: int = 12) -> tuple[slice, slice]:
    """Where the red square is at a frame."""
    return slice(8, 8 + side), slice(4 + 3 * position, 4 + 3 * position + side)


def plate(count: int = 8) -> npt.NDArray[np.uint8]:
    """A red square that moves right over a blue ground with a green bar, (T, 40, 56, 3)."""
    frames = np.zeros((count, *SIZE, 3), np.uint8)
    frames[...] = (20, 40, 200)
    frames[:, 30:36, :] = (20, 220, 40)
    for position in range(count):
        frames[position][moving_square(position)] = (230, 30, 30)
    return frames


def write_plate(folder: Path, count: int = 8, first: int = 1001) -> Path:
    """The plate as PNGs ``plate.1001.png``, ... in a folder, which is made; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, picture in enumerate(plate(count), start=first):
        cv2.imwrite(str(folder / f"plate.{number}.png"), picture[..., ::-1])
    return folder


def square(position: int) -> npt.NDArray[np.uint8]:
    """The square's true mask, 0 and 1."""
    mask = np.zeros(SIZE, np.uint8)
    mask[moving_square(position)] = 1
    return mask


def bar() -> npt.NDArray[np.uint8]:
    """The bar's true mask, 0 and 1."""
    mask = np.zeros(SIZE, np.uint8)
    mask[30:36] = 1
    return mask
