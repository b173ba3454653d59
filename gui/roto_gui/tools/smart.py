"""Smart select: strokes inside and outside an object find its edge."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from roto.painting import Before, Scribble, Selection, select, select_in_box
from roto_gui.tools.base import Box, Guide, Layer, Pointer, Tool
from roto_gui.tools.polygon import Point, opposite


class SmartSelect(Tool):
    """Strokes add up until Enter keeps what they found, or Escape gives it up.

    After every stroke the layer shows what is found. A drag with Control is a box around the
    object. Confirm before another frame or object is shown: strokes belong to one layer.

    Attributes:
        size: Radius of strokes in pixels of the plate.
    """

    name: ClassVar[str] = "smart"

    def __init__(self, size: float = 6.0) -> None:
        super().__init__()
        self.size = size
        self._before: Before | None = None
        self._scribbles: list[Scribble] = []
        self._points: list[Point] = []
        self._negative = False
        self._boxed = False

    @property
    def radius(self) -> float:
        """See :class:`Tool`."""
        return self.size

    @property
    def busy(self) -> bool:
        """See :class:`Tool`."""
        return self._before is not None

    @property
    def guides(self) -> tuple[Guide, ...]:
        """The strokes so far, and the one being drawn."""
        drawn = [Guide(s.points, negative=not s.inside) for s in self._scribbles]
        if self._points and self._boxed:
            (x0, y0), (x1, y1) = self._points
            drawn.append(Guide(((x0, y0), (x1, y0), (x1, y1), (x0, y1)), closed=True))
        elif self._points:
            drawn.append(Guide(tuple(self._points), negative=self._negative))
        return tuple(drawn)

    def press(self, layer: Layer, at: Pointer) -> Box | None:
        """A stroke or, with Control, a box begins."""
        self.complete = False
        if self._points:
            return None
        if self._before is None:
            self._before = Before(layer.alpha)
        self._negative, self._boxed = at.negative, at.ctrl and not at.negative
        self._points = [(at.x, at.y)] * (2 if self._boxed else 1)
        return None

    def move(self, layer: Layer, at: Pointer) -> Box | None:
        """It goes on."""
        del layer
        self.complete = False
        if self._points and self._boxed:
            self._points[1] = opposite(self._points[0], at)
        elif self._points and self._points[-1] != (at.x, at.y):
            self._points.append((at.x, at.y))
        return None

    def release(self, layer: Layer, at: Pointer) -> Box | None:
        """It ends, and the object is found anew."""
        self.move(layer, at)
        points, self._points = tuple(self._points), []
        if not points:
            return None
        prior = layer.alpha >= 0.5
        if self._boxed:
            return self._show(layer, select_in_box(layer.picture(), points[0], points[1], prior))
        self._scribbles.append(Scribble(points, self.size, inside=not self._negative))
        return self._show(layer, select(layer.picture(), self._scribbles, prior))

    def confirm(self, layer: Layer) -> Box | None:
        """Keep what was found; a stroke still being drawn is left off."""
        del layer
        self.complete = self._before is not None and self._before.changed
        self._forget()
        return None

    def cancel(self, layer: Layer) -> Box | None:
        """The layer is as it was before the first stroke."""
        del layer
        self.complete = False
        box = self._before.restore() if self._before is not None else None
        self._forget()
        return box

    def _show(self, layer: Layer, found: Selection | None) -> Box | None:
        """Change what the selection decides otherwise; soft pixels stay where it agrees."""
        if found is None or self._before is None:
            return None
        self._before.keep(found.box)
        part = layer.alpha[found.box]
        changed = (part >= 0.5) != found.mask
        if not changed.any():
            return None
        part[changed] = np.asarray(found.mask, np.float32)[changed]
        return found.box

    def _forget(self) -> None:
        self._before = None
        self._scribbles, self._points = [], []
