"""One clip through the network as it is used: each prediction becomes memory of the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from roto.model.aggregation import upsample_logits
from roto.model.backbones import normalise
from roto.model.context import CONTEXT_KEYFRAME_WEIGHT, RunningMean, distribute, extract, weigh
from roto.model.memory import read_dense
from roto.model.stcn import STCN, Codebook, ImageFeatures
from roto.train.losses import bootstrapped_cross_entropy, distance_from_teacher, soft_iou_loss
from roto.train.packs import IGNORE

if TYPE_CHECKING:
    from collections.abc import Iterator

_EPS = 1e-6


@dataclass(frozen=True, slots=True)
class StepResult:
    """Loss to descend, and what there is to watch."""

    loss: Tensor  # of the batch
    iou: Tensor  # hard IoU over targets and predicted frames
    clips: Tensor  # (B,) loss of each clip, but for its distance from the teacher


class ClipLoss(nn.Module):
    """``clip_loss`` as the forward pass of a module, which is what several processes share."""

    def __init__(self, net: STCN) -> None:
        super().__init__()
        self.net = net

    def forward(self, *arguments: Any, **options: Any) -> StepResult:
        return clip_loss(self.net, *arguments, **options)


def clip_loss(
    net: STCN,
    frames: Tensor,
    labels: Tensor,
    objects: int,
    hard: float,
    sighted: Tensor | None = None,
    *,
    remembered: tuple[bool, ...] | None = None,
    iou_share: float = 0.5,
    taught: list[Tensor] | None = None,
    teacher_share: float = 0.5,
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
        remembered: T flags, which frames become memory, the first among them; None: all do.
        iou_share: Weight of the soft IoU loss.
        taught: A teacher's ``rollout`` of the same clips; None: no teacher.
        teacher_share: Weight of the distance from the teacher.
    """
    losses, distances, ious = [], [], []
    for i, logits in enumerate(rollout(net, frames, labels, objects, sighted, remembered)):
        target = labels[:, i + 1].long()
        probabilities = logits.softmax(1)
        losses.append(
            bootstrapped_cross_entropy(logits, target, hard)
            + iou_share * soft_iou_loss(probabilities, target)
        )
        if taught is not None:
            distances.append(distance_from_teacher(logits, taught[i], target))
        ious.append(hard_iou(probabilities.detach(), target))
    clips = torch.stack(losses).mean(0)
    loss = clips.mean()
    if distances:
        loss = loss + teacher_share * torch.stack(distances).mean()
    return StepResult(loss, torch.stack(ious).mean(), clips.detach())


def rollout(
    net: STCN,
    frames: Tensor,
    labels: Tensor,
    objects: int,
    sighted: Tensor | None = None,
    remembered: tuple[bool, ...] | None = None,
) -> Iterator[Tensor]:
    """Aggregated logits (B, K + 1, H, W) of each frame after the first; see ``clip_loss``."""
    b, t = frames.shape[:2]
    images = normalise(frames.flatten(0, 1).permute(0, 3, 1, 2))
    features = net.encode_image(images)  # all frames at once: keys see no masks
    images = images.unflatten(0, (b, t))
    first = labels[:, 0]
    masks = torch.stack([first == k for k in range(1, objects + 1)], 1).to(images.dtype)
    seen = F.avg_pool2d(masks, 4)
    memory = _memory_of(net)
    for i in range(1, t):
        if remembered is None or remembered[i - 1]:
            past = _frame(features, i - 1, t)
            value = net.encode_value(images[:, i - 1], past.f16, masks)
            memory.add(_positions(past.key), _positions(value.flatten(1, 2)))
        if sighted is not None:
            seen = seen * sighted[:, None, None, None]
        at_4 = _segment(net, _frame(features, i, t), memory, seen)
        seen = aggregated_logits(at_4.detach().float()).softmax(1)[:, 1:]
        logits = aggregated_logits(upsample_logits(at_4, images.shape[-2:]))
        yield logits
        masks = logits.softmax(1)[:, 1:].to(images.dtype)


def _memory_of(net: STCN) -> _Frames | _Context:
    return _Context(net.codebook, net.config.value_width) if net.codebook else _Frames()


class _Frames:
    """Frames side by side, each position of which may be matched."""

    def __init__(self) -> None:
        self._keys: list[Tensor] = []
        self._values: list[Tensor] = []

    def add(self, keys: Tensor, values: Tensor) -> None:
        """keys: (B, h*w, Ck); values: (B, h*w, K*Cv)."""
        self._keys.append(keys)
        self._values.append(values)

    def read(self, query: Tensor) -> Tensor:
        """(B, h*w, Ck) -> (B, h*w, K*Cv)."""
        return read_dense(torch.cat(self._keys, 1), torch.cat(self._values, 1), query)


class _Context:
    """One matrix for each object; the first frame, which is given, has a weight of its own."""

    def __init__(self, codebook: Codebook, value_width: int) -> None:
        self._codebook, self._width = codebook, value_width
        self._shown: Tensor | None = None
        self._predicted = RunningMean()

    def add(self, keys: Tensor, values: Tensor) -> None:
        """As of ``_Frames``."""
        each = values.unflatten(-1, (-1, self._width)).transpose(1, 2)  # (B, K, h*w, Cv)
        context = extract(self._codebook.keys(keys[:, None], each), each)
        if self._shown is None:
            self._shown = context
        else:
            self._predicted.add(context)

    def read(self, query: Tensor) -> Tensor:
        """As of ``_Frames``."""
        context = weigh(self._shown, self._predicted.mean, CONTEXT_KEYFRAME_WEIGHT)
        found = distribute(context, self._codebook.queries(query)[:, None])  # (B, K, h*w, Cv)
        return found.transpose(1, 2).flatten(2)


def _segment(
    net: STCN, features: ImageFeatures, memory: _Frames | _Context, seen: Tensor
) -> Tensor:
    """Logits (B, K, 4h, 4w) of one frame; ``seen`` are the masks of the one before."""
    h, w = features.key.shape[-2:]
    out = memory.read(_positions(features.key))
    objects = out.shape[-1] // net.config.value_width
    readout = out.transpose(1, 2).unflatten(1, (objects, -1)).unflatten(-1, (h, w))
    return net.decode(readout, features, net.look_back(seen))


def aggregated_logits(logits: Tensor) -> Tensor:
    """Soft aggregation of per-object logits (B, K, H, W), as logits of the K + 1 classes.

    The same as ``soft_aggregate`` of their sigmoid, without leaving the logarithm.
    """
    log_none = F.logsigmoid(-logits).sum(1, keepdim=True)
    background = log_none - torch.log1p(-log_none.exp().clamp(max=1 - _EPS))
    return torch.cat([background, logits], 1).clamp(-16, 16)


def hard_iou(probabilities: Tensor, labels: Tensor) -> Tensor:
    """Mean over objects of the IoU of the winning labels; objects that are hidden do not count.

    Every fourth pixel is enough to watch a run, and a sixteenth of the work. The number stays
    on its device, which need not wait for it.
    """
    probabilities, labels = probabilities[..., ::4, ::4].contiguous(), labels[..., ::4, ::4]
    winner = probabilities.argmax(1).masked_fill(labels == IGNORE, 0)
    ids = torch.arange(1, probabilities.shape[1], device=labels.device)[:, None, None, None]
    guess, truth = winner == ids, labels == ids  # (K, B, H, W)
    overlap, union = (guess & truth).sum((2, 3)), (guess | truth).sum((2, 3))
    there = truth.any(3).any(2)
    return (overlap / union.clamp(min=1) * there).sum() / there.sum().clamp(min=1)


def _frame(features: ImageFeatures, i: int, frames: int) -> ImageFeatures:
    return ImageFeatures(*(f.unflatten(0, (-1, frames))[:, i] for f in features))


def _positions(key: Tensor) -> Tensor:
    """(B, C, h, w) -> (B, h*w, C)."""
    return key.flatten(2).transpose(1, 2)
