# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's masks as roto's shapes: splines in pixels of the plate, y down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy

from .plates import PlateError

Shape = dict[str, Any]


@dataclass(frozen=True)
class Square:
    """Where a mask's points are: a square around the plate as it is shown, centred, y up.

    Attributes:
        width: Of the plate in pixels.
        height: Likewise.
        stretch: How much higher than wide a pixel is drawn: 0.5 for a 2:1 anamorphic plate.
    """

    width: int
    height: int
    stretch: float = 1.0

    @classmethod
    def of(cls, shot: Any, shown: Any = None) -> Square:
        """The square of a shot's plate; ``shown`` is the clip or image the mask is drawn on."""
        if shown is None and shot.kind == "CLIP":
            shown = bpy.data.movieclips.get(shot.source)
        elif shown is None and shot.kind == "IMAGE":
            shown = bpy.data.images.get(shot.source)
        if shown is None:
            return cls(shot.width, shot.height)
        stretch = shown.display_aspect[1] / shown.display_aspect[0]
        if hasattr(shown, "tracking"):
            stretch /= shown.tracking.camera.pixel_aspect
        return cls(shot.width, shot.height, stretch)

    def to_pixels(self, place: Any) -> tuple[float, float]:
        """A point of a mask in pixels of the plate, y down.

        >>> Square(96, 64).to_pixels((0.5, 0.5))
        (48.0, 32.0)
        >>> Square(96, 64, 0.5).to_pixels((1.0, 0.5 + 1 / 6))
        (96.0, 0.0)
        """
        side = max(self.width, self.height * self.stretch)
        x, y = (place[0] - 0.5) * side, (place[1] - 0.5) * side / self.stretch
        return x + self.width / 2, self.height / 2 - y


def shapes_of(mask: Any, square: Square, layer: str = "") -> list[Shape]:
    """The closed splines of one layer as they are at the scene's current frame.

    Feather, falloff, opacity and blending are Blender's and stay there.

    Args:
        mask: A mask datablock.
        square: Where its points are.
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
    return [{"closed": True, "points": [_knot(p, square) for p in s.points]} for s in splines]


def _knot(point: Any, square: Square) -> list[float]:
    places = (point.co, point.handle_left, point.handle_right)
    return [round(value, 4) for place in places for value in square.to_pixels(place)]
