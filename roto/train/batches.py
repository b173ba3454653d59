"""Batches of synthetic clips, made in worker processes while the network computes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from roto.train.hard import Selection, hardest
from roto.train.synthesis import ClipMaker
from roto.train.warps import WarpMaker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from roto.train.distributed import Ranks
    from roto.train.motion import Rng
    from roto.train.packs import StillPack, Stills
    from roto.train.recipe import Recipe
    from roto.train.synthesis import SyntheticClip

_MOST_STILLS = 3  # of a clip: its background's and those of two targets


class Batch(NamedTuple):
    """Clips with the same number of targets."""

    frames: Tensor  # (B, T, S, S, 3) uint8
    labels: Tensor  # (B, T, S, S) uint8
    objects: int
    stills: Tensor  # (B, 3) int64, photos of background and targets, -1 for none


def clip_maker(recipe: Recipe, pack: Stills) -> Maker:
    """What makes the clips of a recipe."""
    size, frames = recipe.size, recipe.frames
    if recipe.clips == "warps":
        return WarpMaker(pack, size=size, frames=frames)
    layers = ClipMaker(pack, size=size, frames=frames)
    if not recipe.warps:
        return layers
    return MixedMaker(layers, WarpMaker(pack, size=size, frames=frames), recipe.warps)


class MixedMaker:
    """Clips of layers, and a share of warps."""

    def __init__(self, layers: ClipMaker, warps: WarpMaker, share: float) -> None:
        self.layers, self.warps, self.share = layers, warps, share

    def make(self, rng: Rng, targets: int) -> SyntheticClip:
        """See the makers that it chooses from."""
        maker: Maker = self.warps if rng.random() < self.share else self.layers
        return maker.make(rng, targets)


Maker: TypeAlias = ClipMaker | WarpMaker | MixedMaker


class Batches(Dataset[Batch]):
    """Batch ``i`` depends on the seed and ``i`` alone: a resumed run sees what it would have.

    With a table of recent losses (``roto.train.hard``), it depends on that table, too.
    """

    def __init__(self, recipe: Recipe, pack: StillPack, recent: Tensor | None = None) -> None:
        self.recipe, self.pack, self.recent = recipe, pack, recent
        self.maker = clip_maker(recipe, pack)

    def __getitem__(self, index: int) -> Batch:
        rng = np.random.default_rng((self.recipe.seed, index))
        objects = 2 if rng.random() < self.recipe.pairs else 1
        hard = self._hard_makers()
        makers = hard + [self.maker] * (self.recipe.batch - len(hard))
        clips = [maker.make(rng, objects) for maker in makers]
        frames = torch.from_numpy(np.stack([clip.frames for clip in clips]))
        labels = torch.from_numpy(np.stack([clip.labels for clip in clips]))
        stills = torch.full((len(clips), _MOST_STILLS), -1)
        for row, clip in zip(stills, clips, strict=True):
            row[: len(clip.stills)] = torch.tensor(clip.stills)
        return Batch(frames, labels, objects, stills)

    def _hard_makers(self) -> list[Maker]:
        """One for each clip of the batch that is to be made of hard stills."""
        if self.recent is None:
            return []
        numbers = hardest(self.recent)
        count = round(self.recipe.hard_clips * self.recipe.batch) if len(numbers) else 0
        return [clip_maker(self.recipe, Selection(self.pack, numbers))] * count


class _Every(Sampler[int]):
    """Batch numbers from ``first`` on, each ``stride`` after the one before."""

    def __init__(self, first: int, stride: int) -> None:
        self.first, self.stride = first, stride

    def __iter__(self) -> Iterator[int]:
        index = self.first
        while True:
            yield index
            index += self.stride


def default_workers(device: torch.device, ranks: Ranks) -> int:
    """One beside a network on the CPU; beside a GPU all cores but one, shared by its machine."""
    if device.type != "cuda":
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, (cores or 1) // ranks.local_count - 1)


def endless(
    batches: Batches, *, first: int, stride: int = 1, workers: int, pinned: bool = False
) -> DataLoader[Batch]:
    """Batches ``first``, ``first + stride`` and so on, for ever.

    Workers start once per stage of a run, which is one endless pass: they inherit the pack, so
    starting them again costs less than what they would have to throw away.
    """
    return DataLoader(
        batches,
        batch_size=None,
        sampler=_Every(first, stride),
        num_workers=workers,
        prefetch_factor=max(2, 8 // workers) if workers else None,
        worker_init_fn=_quiet_worker,
        pin_memory=pinned,
    )


def _quiet_worker(_: int) -> None:
    cv2.setNumThreads(0)  # the worker shares its cores with the network
    torch.set_num_threads(1)
