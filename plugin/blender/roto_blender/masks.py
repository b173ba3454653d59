# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's masks as roto's shapes: splines in pixels of the plate, y down."""

from __future__ import annotations

from typing import Any

from .plates import PlateError

Shape = dict[str, Any]


def shapes_of(mask: Any, size: tuple[int, int], layer: str = "") -> list[Shape]:
    """The closed splines of one layer as they are at the scene's current frame.

    Feather, falloff, opacity and blending are Blender's and stay there.

    Args:
        mask: A mask datablock.
        size: Width and height of the plate in pixels.
        layer: Name of the layer; "" for the active one.

    Raises:
        PlateError: there is no shape, or one that cannot be told in points.
    """
    chosen = (
        mask.layers.get(layer) if layer else mask.layers.active or next(iter(mask.layers), None)
    )
    if chosen is None:
        raise PlateError(f"The mask {mask.name} has no layer {layer}; draw a shape first.")
    if chosen.invert:
        raise PlateError(f"Layer {chosen.name} is inverted; roto needs the shape itself.")
    splines = [s for s in chosen.splines if s.use_cyclic and s.use_fill and len(s.points) > 2]
    if not splines:
        raise PlateError(f"Layer {chosen.name} has no closed shape; close one with Alt+C.")
    if any(point.parent.parent for spline in splines for point in spline.points):
        raise PlateError(
            f"Layer {chosen.name} has points that follow a track, and Blender does not tell where "
            "they are; clear their parent, or paint the frame."
        )
    return [{"closed": True, "points": [_knot(p, size) for p in s.points]} for s in splines]


def to_pixels(place: Any, size: tuple[int, int]) -> tuple[float, float]:
    """From the mask's square of side max(width, height), centred, y up.

    >>> to_pixels((0.5, 0.5), (96, 64))
    (48.0, 32.0)
    """
    width, height = size
    side = max(size)
    return (place[0] - 0.5) * side + width / 2, height / 2 - (place[1] - 0.5) * side


def _knot(point: Any, size: tuple[int, int]) -> list[float]:
    places = (point.co, point.handle_left, point.handle_right)
    return [round(value, 4) for place in places for value in to_pixels(place, size)]
