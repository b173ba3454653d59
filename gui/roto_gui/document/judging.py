"""What a file is that was dropped on an open clip: a mask of it, or a clip. No Qt."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from roto.errors import MaskError
from roto.masks import read_mask
from roto.media.images import is_image_name
from roto.media.naming import parse_pattern
from roto_gui.document.opening import as_clip

if TYPE_CHECKING:
    from roto.masks import KeyMask

_MOSTLY = 0.5  # share of the pixels that are neither 0 nor 1: more are a grey picture, likely


@dataclass(frozen=True)
class Verdict:
    """What a file is.

    Attributes:
        kind: A mask, a clip, or perhaps either.
        objects: How many the mask speaks of.
    """

    kind: Literal["mask", "clip", "either"]
    objects: int = 0


def may_be_mask(path: Path) -> bool:
    """Whether it is worth reading: a picture, and no folder, movie or project."""
    return is_image_name(path.name) and path.is_file()


def judge(path: Path, frame: int, size: tuple[int, int]) -> Verdict:
    """Read a picture and tell what it is.

    Args:
        path: The file.
        frame: Where it would be a mask.
        size: (H, W) of the plate; a picture of another size is a clip.
    """
    try:
        mask = read_mask(path, frame=frame, size=size)
    except (MaskError, OSError):
        return Verdict("clip")
    if len(mask.layers) != 1 or _has_others(path) or _is_grey(mask):
        return Verdict("either", len(mask.layers))
    return Verdict("mask", 1)


def _has_others(path: Path) -> bool:
    """Whether it is one picture of a numbered sequence."""
    pattern = parse_pattern(Path(as_clip(os.fspath(path))))
    return pattern is not None and len(pattern.find()) > 1


def _is_grey(mask: KeyMask) -> bool:
    (layer,) = mask.layers
    if not layer.is_soft:
        return False
    alpha = layer.matte()
    return float(np.count_nonzero((alpha > 0) & (alpha < 1))) > _MOSTLY * alpha.size
