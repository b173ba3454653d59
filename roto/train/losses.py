"""What the network is punished for."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from roto.train.packs import IGNORE


def bootstrapped_cross_entropy(logits: Tensor, labels: Tensor, share: float) -> Tensor:
    """Mean cross-entropy (B,) of the hardest ``share`` of each clip's valid pixels.

    Cheng et al., STCN, NeurIPS 2021, section 4.1: the easy background would drown the edges.

    Args:
        logits: (B, K + 1, H, W), background first.
        labels: (B, H, W) int64, 255 = ignore.
        share: In (0, 1].
    """
    loss = F.cross_entropy(logits, labels, ignore_index=IGNORE, reduction="none").flatten(1)
    if share < 1:
        loss = loss.topk(max(1, int(share * loss.shape[1])), dim=1, sorted=False).values
    return loss.mean(1)


def soft_iou_loss(probabilities: Tensor, labels: Tensor) -> Tensor:
    """One minus the soft intersection over union (B,), mean of objects; it weighs small ones up.

    Args:
        probabilities: (B, K + 1, H, W), background first.
        labels: (B, H, W) int64, 255 = ignore.
    """
    objects = probabilities.shape[1] - 1
    valid = (labels != IGNORE)[:, None].float()
    truth = torch.stack([labels == k for k in range(1, objects + 1)], 1).float()
    guess = probabilities[:, 1:] * valid
    overlap = (guess * truth).sum((2, 3))
    union = guess.sum((2, 3)) + truth.sum((2, 3)) - overlap
    # The constant keeps objects that are hidden in this frame from weighing like whole ones.
    return (1 - (overlap + 20) / (union + 20)).mean(1)


def distance_from_teacher(logits: Tensor, taught: Tensor, labels: Tensor) -> Tensor:
    """Kullback-Leibler divergence (B,) of the teacher's distribution, mean of valid pixels.

    Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", arXiv:1503.02531,
    2015, section 2, at a temperature of 1.

    Args:
        logits: (B, K + 1, H, W) of the network that learns, background first.
        taught: (B, K + 1, H, W), the teacher's.
        labels: (B, H, W) int64, 255 = ignore.
    """
    own, other = logits.log_softmax(1), taught.log_softmax(1)
    divergence = (other.exp() * (other - own)).sum(1)
    valid = labels != IGNORE
    return (divergence * valid).sum((1, 2)) / valid.sum((1, 2)).clamp(min=1)
