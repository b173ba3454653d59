"""Polygon, lasso and rectangle: outlines that are filled when they are closed."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from roto.painting import fill_polygon, fill_rectangle
from roto_gui.tools.base import Alpha, Box, Guide, Layer, Pointer, Tool

if TYPE_CHECKING:
    from collections.abc import Callable

Point = tuple[float, float]


class _Outline(Tool):
    """What has points that become a filled shape."""

    def __init__(self) -> None:
        super().__init__()
        self._points: list[Point] = []
        self._negative = False

    @property
    def busy(self) -> bool:
        """See :class:`Tool`."""
        return bool(self._points)

    def cancel(self, layer: Layer) -> Box | None:
        """The outline is gone; the layer was never touched."""
        del layer
        self.complete = False
        self._points.clear()
        return None

    def confirm(self, layer: Layer) -> Box | None:
        """Close the outline and fill it."""
        self.complete = False
        box = self._fill(layer.alpha) if self._points else None
        self._points.clear()
        return box

    @abstractmethod
    def _fill(self, alpha: Alpha) -> Box | None: ...

    def _changed(self, alpha: Alpha, fill: Callable[[Alpha], Box | None]) -> Box | None:
        """Fill and note whether that made a difference."""
        painted = alpha.copy()
        box = fill(painted)
        if box is None or np.array_equal(painted[box], alpha[box]):
            return None
        alpha[box] = painted[box]
        self.complete = True
        return box


class Polygon(_Outline):
    """Clicks add corners; Enter, a double click or a click on the first corner closes it.

    Attributes:
        snap: How near to the first corner a click closes, in pixels of the plate. The window sets
            it by the zoom.
    """

    name: ClassVar[str] = "polygon"

    def __init__(self) -> None:
        super().__init__()
        self.snap = 0.0
        self._pointer: Point | None = None

    @property
    def guides(self) -> tuple[Guide, ...]:
        """The corners so far, and from the last to the pointer."""
        if not self._points:
            return ()
        points = [*self._points, self._pointer] if self._pointer else self._points
        return (Guide(tuple(points), closed=len(points) > 2, negative=self._negative),)

    def press(self, layer: Layer, at: Pointer) -> Box | None:
        """One more corner."""
        self.complete = False
        if len(self._points) > 2 and math.dist(self._points[0], (at.x, at.y)) < self.snap:
            return self.confirm(layer)
        if not self._points:
            self._negative = at.negative
        self._points.append((at.x, at.y))
        self._pointer = None
        return None

    def move(self, layer: Layer, at: Pointer) -> Box | None:
        """The rubber band follows."""
        del layer
        self.complete = False
        if self._points:
            self._pointer = (at.x, at.y)
        return None

    def release(self, layer: Layer, at: Pointer) -> Box | None:
        """Nothing; but a corner that was dragged away stays where it was put down."""
        del layer, at
        self.complete = False
        return None

    def remove_last_point(self) -> None:
        """Backspace: without the last corner."""
        self.complete = False
        if self._points:
            self._points.pop()
        if not self._points:
            self._pointer = None

    def _fill(self, alpha: Alpha) -> Box | None:
        self._pointer = None
        return self._changed(alpha, lambda a: fill_polygon(a, self._points, erase=self._negative))


class Lasso(_Outline):
    """An outline drawn by hand, closed where the button comes up."""

    name: ClassVar[str] = "lasso"

    @property
    def guides(self) -> tuple[Guide, ...]:
        """The outline so far."""
        if not self._points:
            return ()
        return (Guide(tuple(self._points), closed=True, negative=self._negative),)

    def press(self, layer: Layer, at: Pointer) -> Box | None:
        """It begins."""
        del layer
        self.complete = False
        if not self._points:
            self._negative = at.negative
            self._points.append((at.x, at.y))
        return None

    def move(self, layer: Layer, at: Pointer) -> Box | None:
        """It goes on, while the button is down."""
        del layer
        self.complete = False
        if self._points:
            self._points.append((at.x, at.y))
        return None

    def release(self, layer: Layer, at: Pointer) -> Box | None:
        """It is closed and filled."""
        self.move(layer, at)
        return self.confirm(layer)

    def _fill(self, alpha: Alpha) -> Box | None:
        return self._changed(alpha, lambda a: fill_polygon(a, self._points, erase=self._negative))


class Rectangle(_Outline):
    """Dragged from corner to corner; a square with Shift."""

    name: ClassVar[str] = "rectangle"

    @property
    def guides(self) -> tuple[Guide, ...]:
        """Its four sides."""
        if not self._points:
            return ()
        (x0, y0), (x1, y1) = self._points
        corners = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
        return (Guide(corners, closed=True, negative=self._negative),)

    def press(self, layer: Layer, at: Pointer) -> Box | None:
        """The first corner."""
        del layer
        self.complete = False
        if not self._points:
            self._negative = at.negative
            self._points = [(at.x, at.y)] * 2
        return None

    def move(self, layer: Layer, at: Pointer) -> Box | None:
        """The opposite corner follows."""
        del layer
        self.complete = False
        if self._points:
            self._points[1] = opposite(self._points[0], at)
        return None

    def release(self, layer: Layer, at: Pointer) -> Box | None:
        """It is filled."""
        self.move(layer, at)
        return self.confirm(layer)

    def _fill(self, alpha: Alpha) -> Box | None:
        first, second = self._points
        return self._changed(
            alpha, lambda a: fill_rectangle(a, first, second, erase=self._negative)
        )


def opposite(first: Point, at: Pointer) -> Point:
    """The corner opposite to the first: at the pointer, or with Shift where a square has it."""
    dx, dy = at.x - first[0], at.y - first[1]
    if at.shift:
        side = max(abs(dx), abs(dy))
        dx, dy = math.copysign(side, dx), math.copysign(side, dy)
    return first[0] + dx, first[1] + dy
