"""Where a network with a global context starts: codewords spread over the keys of a trained STCN.

A softmax over codewords says which of them a position is like, as the similarity of an STCN says
which remembered position it is like; so values that are averaged per codeword can be found again
before anything is trained.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch import Tensor

from roto.model.backbones import normalise
from roto.model.stcn import STCN
from roto.train.batches import Batches
from roto.train.packs import StillPack

if TYPE_CHECKING:
    from roto.train.recipe import Recipe

_BATCHES = 24
_PER_BATCH = 4000  # positions
_SHARPNESS = 1.0  # of the similarity that a trained STCN uses; 3 and 8 started worse


def with_codebook(net: STCN, recipe: Recipe, words: int) -> STCN:
    """The same network, reading a global context; one that does already stays as it is.

    Args:
        net: An STCN with weights.
        recipe: Its clips say what keys are like.
        words: Number of codewords.
    """
    if net.config.codewords:
        return net
    wider = STCN(replace(net.config, codewords=words))
    wider.load_state_dict(net.state_dict(), strict=False)
    assert wider.codebook is not None
    centres = _centres(_keys(net, recipe), words, recipe.seed)
    scale = _SHARPNESS / centres.shape[1] ** 0.5
    with torch.no_grad():  # the scaled negative squared distance, but for the key's own norm
        wider.codebook.query.weight.copy_(2 * scale * centres)
        wider.codebook.query.bias.copy_(-scale * centres.pow(2).sum(1))
    return wider


@torch.inference_mode()
def _keys(net: STCN, recipe: Recipe) -> Tensor:
    """(N, Ck) of positions drawn from the clips."""
    pack = StillPack([Path(p) for p in recipe.packs])
    batches, rng = Batches(recipe, pack), np.random.default_rng(recipe.seed)
    found = []
    for index in range(_BATCHES):
        images = normalise(batches[index].frames[:, 0].permute(0, 3, 1, 2))
        keys = net.eval().encode_image(images).key.movedim(1, -1).flatten(0, -2)
        found.append(keys[rng.permutation(len(keys))[:_PER_BATCH]])
    return torch.cat(found)


def _centres(keys: Tensor, count: int, seed: int) -> Tensor:
    """(count, Ck): the centres that k-means finds, begun as by k-means++ (Arthur, 2007)."""
    cv2.setRNGSeed(seed)
    criteria = (cv2.TERM_CRITERIA_MAX_ITER, 20, 0.0)
    found = cv2.kmeans(keys.numpy(), count, None, criteria, 1, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    return torch.from_numpy(found[2])
