"""A contact sheet of what the network sees: look at it before training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from roto.export.overlay import contact_sheet, overlay
from roto.train.batches import clip_maker
from roto.train.packs import IGNORE, StillPack

if TYPE_CHECKING:
    import numpy.typing as npt

    from roto.train.recipe import Recipe


def training_sheet(recipe: Recipe, pack: StillPack, clips: int = 12) -> npt.NDArray[np.uint8]:
    """Frames of some clips with their targets coloured, one clip per row."""
    maker = clip_maker(recipe, pack)
    rng = np.random.default_rng(recipe.seed)
    pictures = []
    for index in range(clips):
        clip = maker.make(rng, 1 + index % 2)
        for frame, labels in zip(clip.frames, clip.labels, strict=True):
            targets = np.where(labels == IGNORE, np.uint8(0), labels)
            pictures.append(overlay(frame, targets))
    return contact_sheet(pictures, 2 * recipe.frames)
