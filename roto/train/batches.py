"""Batches of synthetic clips, made in a worker process while the network computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from roto.train.synthesis import ClipMaker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from roto.train.packs import StillPack
    from roto.train.recipe import Recipe

Batch = tuple[Tensor, Tensor, int]
"""Frames (B, T, S, S, 3) uint8, labels (B, T, S, S) uint8, number of targets."""


class Batches(Dataset[Batch]):
    """Batch ``i`` depends on the seed and ``i`` alone: a resumed run sees what it would have."""

    def __init__(self, recipe: Recipe, pack: StillPack) -> None:
        self.recipe = recipe
        self.maker = ClipMaker(pack, size=recipe.size, frames=recipe.frames)

    def __getitem__(self, index: int) -> Batch:
        rng = np.random.default_rng((self.recipe.seed, index))
        objects = 2 if rng.random() < self.recipe.pairs else 1
        clips = [self.maker.make(rng, objects) for _ in range(self.recipe.batch)]
        frames = torch.from_numpy(np.stack([clip.frames for clip in clips]))
        labels = torch.from_numpy(np.stack([clip.labels for clip in clips]))
        return frames, labels, objects


class _From(Sampler[int]):
    """All step numbers from one on."""

    def __init__(self, first: int) -> None:
        self.first = first

    def __iter__(self) -> Iterator[int]:
        index = self.first
        while True:
            yield index
            index += 1


def endless(recipe: Recipe, pack: StillPack, *, first: int, workers: int) -> DataLoader[Batch]:
    """Batches from step ``first`` on, for ever."""
    return DataLoader(
        Batches(recipe, pack),
        batch_size=None,
        sampler=_From(first),
        num_workers=workers,
        prefetch_factor=8 if workers else None,
        worker_init_fn=_quiet_worker,
    )


def _quiet_worker(_: int) -> None:
    cv2.setNumThreads(0)  # the worker shares its cores with the network
    torch.set_num_threads(1)
