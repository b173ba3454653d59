"""Colours: the palette that DAVIS and VOC label maps share, one for overlays, and names."""

from __future__ import annotations

import colorsys
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

IGNORE_LABEL = 255
"""DAVIS and VOC mark pixels nobody decided on with the last palette entry."""

Colour: TypeAlias = tuple[int, int, int]

_PLAIN_NAMES: dict[Colour, str] = {
    (255, 0, 0): "red",
    (0, 255, 0): "green",
    (0, 0, 255): "blue",
    (255, 255, 0): "yellow",
    (0, 255, 255): "cyan",
    (255, 0, 255): "magenta",
    (255, 255, 255): "white",
}

_OVERLAY: tuple[Colour, ...] = (
    (255, 75, 120),
    (255, 210, 0),
    (75, 135, 255),
    (0, 240, 210),
    (225, 135, 60),
    (225, 135, 225),
    (165, 240, 120),
    (255, 0, 255),
    (60, 185, 60),
    (255, 165, 150),
)
"""Lightness above 58 of 100, so that they are seen on dark plates. Chosen so that the least
difference of any two (CIELAB), as people with normal sight, protanopia, deuteranopia and
tritanopia see them, is large: 30 among the first five, where the DAVIS palette has 4."""

_GOLDEN = 0.381966  # of a turn: hues that are never near the ones before


def davis_palette() -> npt.NDArray[np.uint8]:
    """The 256 colours of DAVIS and PASCAL VOC label maps, (256, 3) uint8 RGB.

    Bits 0, 3, 6 of a label become the top bits of red, bits 1, 4, 7 those of green and
    2, 5 those of blue, the lowest first: close labels get very different colours.
    """
    labels = np.arange(256)
    palette = np.zeros((256, 3), np.uint8)
    for place in range(3):
        for channel in range(3):
            bit = labels >> (3 * place + channel) & 1
            palette[:, channel] |= (bit << 7 - place).astype(np.uint8)
    return palette


def overlay_colour(object_id: int) -> Colour:
    """What an object is shown in over a plate unless its artist says otherwise: bright, distinct.

    Args:
        object_id: From 1 on. The first ten are chosen by hand, the others by hue.
    """
    if object_id <= len(_OVERLAY):
        return _OVERLAY[object_id - 1]
    turns = object_id * _GOLDEN % 1.0
    red, green, blue = (round(255 * c) for c in colorsys.hsv_to_rgb(turns, 0.6, 1.0))
    return red, green, blue


@lru_cache(maxsize=1)
def davis_labels() -> dict[Colour, int]:
    """Label of each colour of the DAVIS palette."""
    return {(int(r), int(g), int(b)): label for label, (r, g, b) in enumerate(davis_palette())}


def colour_name(colour: Colour) -> str:
    """Name for an object known by its colour only: "red", otherwise "#80c040"."""
    return _PLAIN_NAMES.get(colour) or "#{:02x}{:02x}{:02x}".format(*colour)
