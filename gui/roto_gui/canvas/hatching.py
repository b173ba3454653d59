"""Locked parts of the picture: a line around them, and hatching, in pixels of the display."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from roto_gui.canvas.outline import Traced, grown, reach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from roto_gui.canvas.outline import Bools, Pixels
    from roto_gui.canvas.viewport import Index
    from roto_gui.state import Region
    from roto_gui.tools.base import Box

_STEP = 14  # display pixels of a plain display between two lines
_LINE = 0xE07E98B8  # premultiplied 0xAARRGGBB, the colour of locks in the timeline
_HATCH = 0x6036414F
_HALO = 0x78000000


def hatch(
    regions: Sequence[Region],
    rows: Index,
    columns: Index,
    origin: tuple[int, int],
    thickness: int = 1,
) -> Traced | None:
    """Display pixels that mark regions.

    Args:
        regions: Which.
        rows: Plate row of each row of display pixels; beyond the picture: none.
        columns: Plate column of each column of display pixels.
        origin: Where the first row and the first column are among the display pixels of the
            picture: the hatching goes on from one part of the picture to the next.
        thickness: Of a line in display pixels.

    Returns:
        The part of those display pixels where there is something; None where there is nothing.
    """
    inside: Bools = np.zeros((len(rows), len(columns)), bool)
    for region in regions:
        height, width = region.inside.shape
        down, across = rows - region.top, columns - region.left
        y = np.flatnonzero((down >= 0) & (down < height))
        x = np.flatnonzero((across >= 0) & (across < width))
        if len(y) and len(x):
            part = (slice(y[0], y[-1] + 1), slice(x[0], x[-1] + 1))
            inside[part] |= region.inside.take(down[y], axis=0).take(across[x], axis=1)
    box = _around(inside, reach(thickness))
    if box is None:
        return None
    inside = inside[box]
    core = ~grown(~inside, thickness)
    halo = grown(inside, thickness)
    slant = np.arange(inside.shape[0])[:, None] + np.arange(inside.shape[1])
    slant += origin[0] + box[0].start + origin[1] + box[1].start
    found: Pixels = np.zeros(inside.shape, np.uint32)
    found[core & (slant % (_STEP * thickness) < thickness)] = _HATCH
    found[halo & ~inside] = _HALO
    found[inside & ~core] = _LINE
    return Traced(box[0].start, box[1].start, found)


def _around(inside: Bools, margin: int) -> Box | None:
    """The box around what is inside, with a margin; None where that is nothing."""
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not len(rows):
        return None
    top, left = max(0, int(rows[0]) - margin), max(0, int(columns[0]) - margin)
    return slice(top, int(rows[-1]) + margin + 1), slice(left, int(columns[-1]) + margin + 1)
