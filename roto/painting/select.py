"""Smart select: the object that an artist scribbled on, found by its colours and its edge.

The strokes say what is surely inside and outside. The rest of a crop around them is divided in
three steps: by the way from the strokes that crosses the weakest edges (so that a far-off thing of
the same colour is another thing), by GrabCut, both on a small copy; then the edge is drawn at full
size by a guided filter, which follows the picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
import numpy.typing as npt

from roto.painting.boxes import box_around, box_of, union, whole
from roto.painting.brush import Brush, Stroke

if TYPE_CHECKING:
    from collections.abc import Sequence

    from roto.painting.boxes import Alpha, Box, Mask

Picture = npt.NDArray[np.uint8]
Reals = npt.NDArray[np.float32]

SIDE = 128
"""Of the small copy, in pixels, if the crop is a square: its area is this squared."""

NEAR = 6
"""How far from the small copy's edge the edge is looked for at full size, in its pixels."""


@dataclass(frozen=True, slots=True)
class Scribble:
    """What an artist drew to say what is, or is not, the object.

    Attributes:
        points: (x, y) in pixels, one or more, joined by lines.
        radius: In pixels, above 0.
        inside: False: this is not the object.
    """

    points: tuple[tuple[float, float], ...]
    radius: float = 4.0
    inside: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """What was found.

    Attributes:
        box: Where the mask may differ from the one before; outside of it nothing changes.
        mask: (h, w) of the box, True on the object.
    """

    box: Box
    mask: Mask
