"""Lines around masks, in pixels of the display: as thin at 6400 % as at 2 %."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from roto_gui.canvas.viewport import Index
    from roto_gui.state import Colour
    from roto_gui.tools.base import Alpha, Box

Bools = npt.NDArray[np.bool_]
Pixels = npt.NDArray[np.uint32]
"""(h, w) with premultiplied 0xAARRGGBB, as QImage.Format_ARGB32_Premultiplied has them."""

_HALO = 0xA0000000  # black, 63 %
_FAINT_HALO = 0x70000000
_LIGHTER = 0.35  # lines are lighter than areas of the same colour, which they lie on


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A line around one mask.

    Attributes:
        alpha: (H, W); the line is where it crosses one half.
        colour: Of the line.
        strength: 0: faint, for other frames; 1: a plain line; 2: twice as thick, the active object.
    """

    alpha: Alpha
    colour: Colour
    strength: int = 1

    @property
    def line(self) -> int:
        """The colour as premultiplied 0xAARRGGBB."""
        share = 0xE8 if self.strength == 0 else 0xFF
        red, green, blue = (round((c + (255 - c) * _LIGHTER) * share / 255) for c in self.colour)
        return share << 24 | red << 16 | green << 8 | blue


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """A line that was traced.

    Attributes:
        top: Row of the first of the pixels, counted in the rows that were given.
        left: Column of the first of them.
        pixels: 0 where there is no line.
    """

    top: int
    left: int
    pixels: Pixels


def reach(thickness: int) -> int:
    """So many display pixels beyond a changed one may a line change; thickness as in ``trace``."""
    return 2 * thickness + 1


def trace(outline: Outline, rows: Index, columns: Index, thickness: int = 1) -> Traced | None:
    """The line as display pixels.

    It is drawn just inside the mask (strength 2: on both sides of its edge), with a dark halo just
    outside, so that it is seen on light and on dark pictures. The edge of the picture is no edge.

    Args:
        outline: What to draw.
        rows: Plate row of each row of display pixels; beyond the picture: none.
        columns: Plate column of each column of display pixels.
        thickness: Of a plain line in display pixels; 2 on a display with twice the pixels.

    Returns:
        The part of those display pixels where there is a line; None where there is none.
    """
    height, width = outline.alpha.shape
    inside = _sample(outline.alpha, np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1))
    box = _around(inside, reach(thickness))
    if box is None:
        return None
    inside, rows, columns = inside[box], rows[box[0]], columns[box[1]]
    core = ~grown(~inside, thickness)
    outer = grown(inside, thickness) if outline.strength == 2 else inside
    halo = grown(outer, thickness)
    found: Pixels = np.zeros(inside.shape, np.uint32)
    found[halo & ~outer] = _HALO if outline.strength else _FAINT_HALO
    found[outer & ~core] = outline.line
    found[(rows < 0) | (rows >= height)] = 0
    found[:, (columns < 0) | (columns >= width)] = 0
    return Traced(box[0].start, box[1].start, found)


def _sample(alpha: Alpha, rows: Index, columns: Index) -> Bools:
    part = alpha[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] >= np.float32(0.5)
    found: Bools = part.take(rows - rows[0], axis=0).take(columns - columns[0], axis=1)
    return found


def grown(inside: Bools, steps: int) -> Bools:
    """What is inside, and as many display pixels around it."""
    for _ in range(steps):
        grown = inside.copy()
        grown[1:] |= inside[:-1]
        grown[:-1] |= inside[1:]
        grown[:, 1:] |= inside[:, :-1]
        grown[:, :-1] |= inside[:, 1:]
        inside = grown
    return inside


def _around(inside: Bools, margin: int) -> Box | None:
    """The box around what is inside, with a margin; None where there is no edge at all."""
    rows = np.flatnonzero(inside.any(axis=1))
    if not len(rows) or inside.all():
        return None
    columns = np.flatnonzero(inside.any(axis=0))
    top, left = max(0, int(rows[0]) - margin), max(0, int(columns[0]) - margin)
    return slice(top, int(rows[-1]) + margin + 1), slice(left, int(columns[-1]) + margin + 1)
