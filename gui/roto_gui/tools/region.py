"""Lock region: the artist draws around what is to stay as it is. The mask is not touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from roto.painting import fill_polygon
from roto_gui.tools.base import Box, Guide, Layer, Pointer, Tool
from roto_gui.tools.polygon import opposite

if TYPE_CHECKING:
    from roto_gui.tools.polygon import Point


@dataclass(frozen=True, eq=False)
class Drawn:
    """A part of the picture that was drawn around.

    Attributes:
        inside: (H, W) bool, True somewhere.
        free: Whether it is to be unlocked.
    """

    inside: npt.NDArray[np.bool_]
    free: bool


class LockRegion(Tool):
    """A drag draws around what is to be locked, with Ctrl a box; negative: unlocked.

    Attributes:
        drawn: What was drawn; whoever takes it puts None there.
    """

    name: ClassVar[str] = "lock_region"

    def __init__(self) -> None:
        super().__init__()
        self.drawn: Drawn | None = None
        self._points: list[Point] = []
        self._box = self._negative = False

    @property
    def busy(self) -> bool:
        """See :class:`Tool`."""
        return bool(self._points)

    @property
    def guides(self) -> tuple[Guide, ...]:
        """The outline so far."""
        if not self._points:
            return ()
        return (Guide(self._corners, closed=True, negative=self._negative),)

    def press(self, layer: Layer, at: Pointer) -> Box | None:
        """It begins."""
        del layer
        self.drawn = None
        self._box, self._negative = at.ctrl, at.negative
        self._points = [(at.x, at.y)]
        return None

    def move(self, layer: Layer, at: Pointer) -> Box | None:
        """It goes on, while the button is down."""
        del layer
        if self._points and self._box:
            self._points[1:] = [opposite(self._points[0], at)]
        elif self._points:
            self._points.append((at.x, at.y))
        return None

    def release(self, layer: Layer, at: Pointer) -> Box | None:
        """It is closed."""
        self.move(layer, at)
        return self.confirm(layer)

    def confirm(self, layer: Layer) -> Box | None:
        """It is closed; what has no pixel inside is nothing."""
        points, self._points = self._corners, []
        area = np.zeros(layer.size, np.float32)
        if len(points) > 2 and fill_polygon(area, points) is not None:
            inside = area >= np.float32(0.5)
            self.drawn = Drawn(inside, self._negative) if inside.any() else None
        return None

    def cancel(self, layer: Layer) -> Box | None:
        """As if nothing had been drawn."""
        del layer
        self._points, self.drawn = [], None
        return None

    @property
    def _corners(self) -> tuple[Point, ...]:
        if not self._box or len(self._points) < 2:
            return tuple(self._points)
        (x0, y0), (x1, y1) = self._points
        return (x0, y0), (x1, y0), (x1, y1), (x0, y1)
