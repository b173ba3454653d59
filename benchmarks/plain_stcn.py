"""STCN run in the straightforward way: what roto's paths are measured against.

Float32 in torch's contiguous layout, batch norms left alone, and the affinity as the
published code has it: one dense matrix, of which all but the top k of each column are set
to zero before it is multiplied with the values. Memory schedule as roto's.
"""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from roto.model.aggregation import soft_aggregate, upsample_logits
from roto.model.backbones import MEAN, STD
from roto.model.stcn import STCN, StcnConfig
from roto.stcn_engine import working_grid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from footage import Mask, Picture

    from roto.engine import Settings
    from roto.results import Grid


@torch.inference_mode()
def propagate(
    net: STCN, pictures: Sequence[Picture], mask: Mask, settings: Settings, device: str
) -> Iterator[Mask]:
    """Masks (H, W) of one object for all pictures but the first, whose mask is given.

    Pictures are at working size already, and fewer than the memory's bound.
    """
    grid = working_grid(mask.shape, settings.short_side)
    first = _prepare(pictures[0], grid, device)
    features = net.encode_image(first)
    soft = _pad(torch.from_numpy(mask).float()[None, None], grid).to(device)
    keys = [features.key]
    values = [net.encode_value(first, features.f16, _compete(soft))[:, 0]]
    for number, picture in enumerate(pictures[1:], 1):
        image = _prepare(picture, grid, device)
        features = net.encode_image(image)
        readout = read(torch.stack(keys, 2), torch.stack(values, 2), features.key, settings.top_k)
        logits = upsample_logits(net.decode(readout[:, None], features)[:, 0][:, None], grid.padded)
        yield _crop(logits[0, 0] > 0, grid).cpu().numpy()
        if number % settings.memory_every == 0:
            keys.append(features.key)
            soft = _compete(torch.sigmoid(logits))
            values.append(net.encode_value(image, features.f16, soft)[:, 0])


def read(memory: Tensor, values: Tensor, query: Tensor, top_k: int | None) -> Tensor:
    """memory: (1, Ck, T, h, w); values: (1, Cv, T, h, w); query: (1, Ck, h, w)."""
    mk, qk = memory.flatten(2), query.flatten(2)
    squares = mk.pow(2).sum(1)[:, :, None]
    affinity = (2 * (mk.transpose(1, 2) @ qk) - squares) / math.sqrt(mk.shape[1])  # (1, THW, HW)
    if top_k is None:
        weights = torch.softmax(affinity, 1)
    else:
        scores, chosen = torch.topk(affinity, top_k, dim=1)
        weights = affinity.zero_().scatter_(1, chosen, torch.softmax(scores, 1))
    return (values.flatten(2) @ weights).view(1, -1, *query.shape[-2:])


@torch.no_grad()
def published_size(picture: Picture, mask: Mask) -> STCN:
    """The published network without its training, made so that its masks mean something.

    Its weights are random, always the same; then the last layer is fitted so that the network
    answers with ``mask`` at ``picture``, given that very picture and mask as memory.
    """
    net = STCN(StcnConfig()).eval()
    net.load_state_dict({name: _draw(name, t) for name, t in net.state_dict().items()})
    grid = working_grid(mask.shape, min(mask.shape))
    image = _prepare(picture, grid, "cpu")
    soft = _pad(torch.from_numpy(mask).float()[None, None], grid)
    features = net.encode_image(image)
    value = net.encode_value(image, features.f16, _compete(soft))[:, 0]
    readout = read(features.key[:, :, None], value[:, :, None], features.key, 20)
    inputs: list[Tensor] = []
    hook = net.decoder.pred.register_forward_pre_hook(lambda _, x: inputs.append(x[0]))
    net.decode(readout[:, None], features)
    hook.remove()
    _fit(net.decoder.pred, inputs[0], F.avg_pool2d(soft, 4))
    return net


def _draw(name: str, like: Tensor) -> Tensor:
    """Weights of a tensor by its name: the same on every machine."""
    normal = np.random.default_rng(zlib.crc32(name.encode())).standard_normal(like.shape)
    if not like.is_floating_point():
        return torch.zeros_like(like)
    if name.endswith("running_var"):
        drawn = 1 + 0.2 * np.abs(normal)
    elif like.dim() > 1:
        drawn = normal / math.sqrt(math.prod(like.shape[1:]))
    elif name.endswith(".weight"):
        drawn = 0.7 + 0.1 * normal
    else:
        drawn = 0.05 * normal
    return torch.from_numpy(np.asarray(drawn, np.float32))


def _fit(layer: nn.Conv2d, x: Tensor, mask: Tensor) -> None:
    """Ridge regression of logits of +-4 on x (1, C, h, w), in the centre tap of a convolution."""
    rows = x[0].flatten(1).T.double()  # (h*w, C)
    rows = torch.cat([rows, torch.ones_like(rows[:, :1])], 1)
    share = mask.flatten().double()
    # The object and what is not the object weigh the same, however small it is.
    weight = torch.where(share > 0.5, 0.5 / share.mean(), 0.5 / (1 - share.mean()))
    gram = rows.T @ (rows * weight[:, None])
    gram += 1e-3 * gram.diagonal().mean() * torch.eye(len(gram), dtype=gram.dtype)
    solution = torch.linalg.solve(gram, rows.T @ (weight * (8 * share - 4))).float()
    assert layer.bias is not None
    layer.weight.zero_()
    layer.weight[0, :, 1, 1] = solution[:-1]
    layer.bias.fill_(float(solution[-1]))


def _prepare(picture: Picture, grid: Grid, device: str) -> Tensor:
    """(H, W, 3) uint8 -> (1, 3, H', W') normalised and padded."""
    image = torch.from_numpy(picture).to(device).permute(2, 0, 1)[None].float() / 255
    mean, std = (torch.tensor(v, device=device)[:, None, None] for v in (MEAN, STD))
    return F.pad((image - mean) / std, grid.pad).contiguous()


def _pad(mask: Tensor, grid: Grid) -> Tensor:
    return F.pad(mask, grid.pad)


def _crop(mask: Tensor, grid: Grid) -> Tensor:
    left, _, top, _ = grid.pad
    return mask[top : top + grid.work[0], left : left + grid.work[1]]


def _compete(mask: Tensor) -> Tensor:
    """(1, 1, H, W) -> the same after soft aggregation with the background."""
    return soft_aggregate(mask, 1)[:, 1:]
