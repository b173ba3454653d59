"""The artist's tools without a window: strokes, shapes, changes of a mask, smart select.

All work on an alpha, (H, W) float32 in [0, 1]. Points are (x, y) in pixels of the plate: the
first pixel spans 0 to 1, its centre is (0.5, 0.5). Strokes and fills change the alpha in place
and return the box that they changed, or None; :mod:`operations` return another alpha.
"""

from roto.painting.beziers import bezier_matte
from roto.painting.boxes import Before
from roto.painting.brush import Brush, Stroke
from roto.painting.operations import (
    feather,
    fill_holes,
    grow,
    invert,
    is_hard,
    keep_largest,
    remove_specks,
    shrink,
    smooth,
)
from roto.painting.select import Scribble, Selection, select, select_in_box
from roto.painting.shapes import (
    fill_polygon,
    fill_rectangle,
    fill_region,
    polygon_mask,
    region_at,
)

__all__ = [
    "Before",
    "Brush",
    "Scribble",
    "Selection",
    "Stroke",
    "bezier_matte",
    "feather",
    "fill_holes",
    "fill_polygon",
    "fill_rectangle",
    "fill_region",
    "grow",
    "invert",
    "is_hard",
    "keep_largest",
    "polygon_mask",
    "region_at",
    "remove_specks",
    "select",
    "select_in_box",
    "shrink",
    "smooth",
]
