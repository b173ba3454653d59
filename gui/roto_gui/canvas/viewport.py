"""Where the picture lies in the canvas: zoom, position, and the way from pixels to pixels. No Qt.

Two kinds of coordinates meet here. *Plate*: pixels of the plate, (0, 0) is the corner of the
first pixel. *Screen*: the widget's own logical units, as Qt's events give them; one unit is
``ratio`` pixels of the display.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor

import numpy as np
import numpy.typing as npt

LEAST, MOST = 0.02, 64.0
"""Limits of the scale: 2 % and 6400 %."""

_MARGIN = 32.0
"""So much of the picture stays in the window, in screen units, however it is panned."""

Index = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Viewport:
    """A picture in a window. Every change makes a new one.

    Attributes:
        picture: (width, height) of the plate in pixels.
        window: (width, height) of the widget in logical units.
        ratio: Pixels of the display per logical unit.
        aspect: Width of a plate pixel over its height.
        scale: Pixels of the display per plate pixel, measured downwards, 0.02..64.
        x: Screen position of the picture's left edge.
        y: Screen position of the picture's upper edge.
    """

    picture: tuple[int, int]
    window: tuple[float, float]
    ratio: float = 1.0
    aspect: float = 1.0
    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0

    @property
    def step(self) -> tuple[float, float]:
        """Screen units per plate pixel, to the right and downwards."""
        return self.scale * self.aspect / self.ratio, self.scale / self.ratio

    def to_plate(self, x: float, y: float) -> tuple[float, float]:
        """Plate position of a screen position; it may lie outside the picture."""
        across, down = self.step
        return (x - self.x) / across, (y - self.y) / down

    def to_screen(self, x: float, y: float) -> tuple[float, float]:
        """Screen position of a plate position."""
        across, down = self.step
        return self.x + x * across, self.y + y * down

    def fitted(self) -> Viewport:
        """The whole picture, centred, as large as the window allows."""
        width, height = self.picture
        if min(width, height, *self.window) <= 0:
            return self
        free = min(self.window[0] / (width * self.aspect), self.window[1] / height)
        return replace(self, scale=_limited(free * self.ratio))._centred()

    def actual(self, at: tuple[float, float] | None = None) -> Viewport:
        """One display pixel per plate pixel; the point ``at`` (the middle) stays where it is.

        The picture's corner falls on a whole display pixel, so that nothing is blurred.
        """
        found = self.zoomed(1 / self.scale, at)
        return replace(found, scale=1.0, x=found._whole(found.x), y=found._whole(found.y))

    def zoomed(self, factor: float, at: tuple[float, float] | None = None) -> Viewport:
        """Larger by a factor, within the limits; what is at the screen position ``at`` stays there.

        Args:
            factor: Above 1 for larger.
            at: None for the window's middle. Beside the picture it is taken to the nearest edge.
        """
        x, y = at if at is not None else (self.window[0] / 2, self.window[1] / 2)
        x, y = self._on_picture(x, y)
        scale = _limited(self.scale * factor)
        grown = scale / self.scale
        return replace(self, scale=scale, x=x - (x - self.x) * grown, y=y - (y - self.y) * grown)

    def panned(self, dx: float, dy: float) -> Viewport:
        """Moved by screen units; a part of the picture always stays in the window."""
        across, down = self.step
        x = _kept(self.x + dx, self.picture[0] * across, self.window[0])
        y = _kept(self.y + dy, self.picture[1] * down, self.window[1])
        return replace(self, x=x, y=y)

    def resized(self, window: tuple[float, float], ratio: float) -> Viewport:
        """In a window of another size or on another display: the same plate point in the middle."""
        x, y = self.to_plate(self.window[0] / 2, self.window[1] / 2)
        found = replace(self, window=window, ratio=ratio)
        across, down = found.step
        return replace(found, x=window[0] / 2 - x * across, y=window[1] / 2 - y * down).panned(0, 0)

    def rows_and_columns(self, left: int, top: int, right: int, bottom: int) -> tuple[Index, Index]:
        """Which plate row and column each display pixel of an area shows: the nearest one.

        Args:
            left: First display pixel across (not logical units), as the others.
            top: First one down.
            right: One beyond the last across.
            bottom: One beyond the last down.

        Returns:
            Rows (bottom - top) and columns (right - left), -1 or the picture's size and more
            where there is no picture.
        """
        across = (np.arange(left, right) + 0.5) / self.ratio - self.x
        down = (np.arange(top, bottom) + 0.5) / self.ratio - self.y
        step = self.step
        return (
            np.floor(down / step[1]).astype(np.intp),
            np.floor(across / step[0]).astype(np.intp),
        )

    def on_display(
        self, left: float, top: float, right: float, bottom: float, margin: int = 0
    ) -> tuple[int, int, int, int]:
        """The display pixels that a plate area touches: left, top, and one beyond right and bottom.

        Args:
            left: Plate coordinates, as the others.
            top: Upper edge.
            right: Right edge.
            bottom: Lower edge.
            margin: Display pixels to add all around.
        """
        x0, y0 = self.to_screen(left, top)
        x1, y1 = self.to_screen(right, bottom)
        return (
            floor(x0 * self.ratio) - margin,
            floor(y0 * self.ratio) - margin,
            ceil(x1 * self.ratio) + margin,
            ceil(y1 * self.ratio) + margin,
        )

    def visible(self) -> tuple[int, int, int, int]:
        """Plate pixels in the window: left, top, and one beyond right and bottom; maybe none."""
        x0, y0 = self.to_plate(0, 0)
        x1, y1 = self.to_plate(*self.window)
        width, height = self.picture
        left, right = max(0, floor(x0)), min(width, ceil(x1))
        top, bottom = max(0, floor(y0)), min(height, ceil(y1))
        return left, top, max(left, right), max(top, bottom)

    def _centred(self) -> Viewport:
        across, down = self.step
        x = (self.window[0] - self.picture[0] * across) / 2
        y = (self.window[1] - self.picture[1] * down) / 2
        return replace(self, x=self._whole(x), y=self._whole(y))

    def _whole(self, position: float) -> float:
        """The nearest whole display pixel."""
        return round(position * self.ratio) / self.ratio

    def _on_picture(self, x: float, y: float) -> tuple[float, float]:
        right, bottom = self.to_screen(*self.picture)
        return min(max(x, self.x), right), min(max(y, self.y), bottom)


def _limited(scale: float) -> float:
    return min(max(scale, LEAST), MOST)


def _kept(start: float, length: float, window: float) -> float:
    """A start that leaves a margin of the length inside the window."""
    margin = min(_MARGIN, length, window)
    return min(max(start, margin - length), window - margin)
