"""One clip through the network as it is used: each prediction becomes memory of the next."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from roto.model.aggregation import upsample_logits
from roto.model.backbones import normalise
from roto.model.memory import read_dense
from roto.model.stcn import STCN, ImageFeatures
from roto.train.losses import bootstrapped_cross_entropy, soft_iou_loss

_EPS = 1e-6


@dataclass(frozen=True, slots=True)
class StepResult:
    """Loss to descend, and the hard IoU over targets and predicted frames to watch."""

    loss: Tensor
    iou: float


def clip_loss(
    net: STCN,
    frames: Tensor,
    labels: Tensor,
    objects: int,
    hard: float,
    sighted: Tensor | None = None,
) -> StepResult:
    """Propagate from the first frame's labels and compare.

    Args:
        net: The network, in training mode with frozen batch statistics.
        frames: (B, T, H, W, 3) uint8.
        labels: (B, T, H, W) uint8; 1..K targets, 255 = ignore.
        objects: K.
        hard: Share of pixels the cross-entropy keeps.
        sighted: (B,) bool, which clips may look at the masks of the frame before; None: all.
            The blind ones keep the read-out able to find what was lost from sight.
    """
    b, t = frames.shape[:2]
    images = normalise(frames.flatten(0, 1).permute(0, 3, 1, 2))
    features = net.encode_image(images)  # all frames at once: keys see no masks
    images = images.unflatten(0, (b, t))
    truth = labels.long()
    masks = torch.stack([truth[:, 0] == k for k in range(1, objects + 1)], 1).to(images.dtype)
    seen = F.avg_pool2d(masks, 4)
    keys: list[Tensor] = []
    values: list[Tensor] = []
    losses, ious = [], []
    for i in range(1, t):
        past = _frame(features, i - 1, t)
        keys.append(_positions(past.key))
        value = net.encode_value(images[:, i - 1], past.f16, masks)
        values.append(value.flatten(1, 2).flatten(2).transpose(1, 2))  # (B, h*w, K*Cv)
        if sighted is not None:
            seen = seen * sighted[:, None, None, None]
        at_4 = _segment(
            net, _frame(features, i, t), torch.cat(keys, 1), torch.cat(values, 1), seen
        )
        seen = aggregated_logits(at_4.detach().float()).softmax(1)[:, 1:]
        logits = aggregated_logits(upsample_logits(at_4, images.shape[-2:]))
        probabilities = logits.softmax(1)
        target = truth[:, i]
        losses.append(
            bootstrapped_cross_entropy(logits, target, hard)
            + 0.5 * soft_iou_loss(probabilities, target)
        )
        ious.append(hard_iou(probabilities.detach(), target))
        masks = probabilities[:, 1:].to(images.dtype)
    return StepResult(torch.stack(losses).mean(), sum(ious) / len(ious))


def _segment(
    net: STCN, features: ImageFeatures, keys: Tensor, values: Tensor, seen: Tensor
) -> Tensor:
    """Logits (B, K, 4h, 4w) of one frame; ``seen`` are the masks of the one before."""
    h, w = features.key.shape[-2:]
    objects = values.shape[-1] // net.config.value_width
    out = read_dense(keys, values, _positions(features.key))
    readout = out.transpose(1, 2).unflatten(1, (objects, -1)).unflatten(-1, (h, w))
    return net.decode(readout, features, net.look_back(seen))


def aggregated_logits(logits: Tensor) -> Tensor:
    """Soft aggregation of per-object logits (B, K, H, W), as logits of the K + 1 classes.

    The same as ``soft_aggregate`` of their sigmoid, without leaving the logarithm.
    """
    log_none = F.logsigmoid(-logits).sum(1, keepdim=True)
    background = log_none - torch.log1p(-log_none.exp().clamp(max=1 - _EPS))
    return torch.cat([background, logits], 1).clamp(-16, 16)


def hard_iou(probabilities: Tensor, labels: Tensor) -> float:
    """Mean over objects of the IoU of the winning labels; objects that are hidden do not count.

    Every fourth pixel is enough to watch a run, and a sixteenth of the work.
    """
    probabilities, labels = probabilities[..., ::4, ::4].contiguous(), labels[..., ::4, ::4]
    winner = probabilities.argmax(1)
    winner[labels == 255] = 0
    total, count = 0.0, 0
    for k in range(1, probabilities.shape[1]):
        truth = labels == k
        union = ((winner == k) | truth).sum((1, 2))
        there = truth.sum((1, 2)) > 0
        overlap = ((winner == k) & truth).sum((1, 2))
        total += float((overlap / union.clamp(min=1))[there].sum())
        count += int(there.sum())
    return total / max(count, 1)


def _frame(features: ImageFeatures, i: int, frames: int) -> ImageFeatures:
    return ImageFeatures(*(f.unflatten(0, (-1, frames))[:, i] for f in features))


def _positions(key: Tensor) -> Tensor:
    """(B, C, h, w) -> (B, h*w, C)."""
    return key.flatten(2).transpose(1, 2)
