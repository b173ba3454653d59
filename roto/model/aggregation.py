"""From per-object masks to one distribution over objects and background, and back."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

_EPS = 1e-7


def soft_aggregate(masks: Tensor, dim: int = 0) -> Tensor:
    """Soft aggregation (Oh et al., STM, ICCV 2019, section 3.4).

    The background's probability is that of no object being there, and the odds of
    all are normalised together.

    Args:
        masks: Independent probabilities of K objects, (..., K, H, W) along ``dim``.
        dim: Axis of the objects.

    Returns:
        (..., K + 1, H, W), background first, sums to 1 along ``dim``. Float32 whatever
        the input: in bfloat16 1 - 1e-7 would round to 1.
    """
    masks = masks.float()
    background = torch.prod(1 - masks, dim, keepdim=True)
    probabilities = torch.cat([background, masks], dim).clamp(_EPS, 1 - _EPS)
    return torch.softmax(torch.logit(probabilities), dim)


def upsample_logits(logits: Tensor, size: tuple[int, int]) -> Tensor:
    """Bilinear (..., K, h, w) -> (..., K, H, W) in float32.

    Logits, not probabilities: their zero crossing moves smoothly between samples, so the
    edge of a mask stays sharp at any size.
    """
    return F.interpolate(logits.float(), size=size, mode="bilinear", align_corners=False)
