"""Brush and eraser."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from roto.painting import Brush as Tip
from roto.painting import Stroke
from roto_gui.tools.base import Box, Layer, Pointer, SizedTool

if TYPE_CHECKING:
    from collections.abc import Mapping

Pressure = Literal["off", "size", "opacity"]
"""What the pressure of a pen changes."""


class Brush(SizedTool):
    """Paints while the button is down; a straight line from the last stroke with Shift.

    Attributes:
        opacity: In [0, 1].
        pressure: What a pen's pressure changes.
    """

    name: ClassVar[str] = "brush"
    erases: ClassVar[bool] = False

    def __init__(self, size: float = 20.0, hardness: float = 1.0) -> None:
        super().__init__(size)
        self._hardness = 0.0
        self.hardness = hardness
        self.opacity = 1.0
        self.pressure: Pressure = "size"
        self._stroke: Stroke | None = None
        self._last: tuple[float, float] | None = None

    @property
    def hardness(self) -> float:
        """In [0, 1], 1 for whole pixels; what lies beyond becomes that."""
        return self._hardness

    @hardness.setter
    def hardness(self, hardness: float) -> None:
        self._hardness = min(max(float(hardness), 0.0), 1.0)

    @property
    def busy(self) -> bool:
        """See :class:`Tool`."""
        return self._stroke is not None

    def press(self, layer: Layer, at: Pointer) -> Box | None:
        """A stroke begins."""
        self.complete = False
        if self._stroke is not None:
            return None
        tip = Tip(self._size, self.hardness, self.opacity)
        self._stroke = Stroke(layer.alpha, tip, erase=self.erases != at.negative)
        if at.shift and self._last is not None:
            self._stroke.to(*self._last, **self._of_pen(at))
        self._go(at)
        return self._stroke.box

    def move(self, layer: Layer, at: Pointer) -> Box | None:
        """It goes on."""
        del layer
        self.complete = False
        return self._go(at)

    def release(self, layer: Layer, at: Pointer) -> Box | None:
        """It ends, where the pointer was last: a pen that is lifted reports no pressure."""
        del at
        return self.confirm(layer)

    def confirm(self, layer: Layer) -> Box | None:
        """Ends the stroke where it is."""
        del layer
        if self._stroke is not None:
            self.complete = self._stroke.changed
            self._stroke = None
        return None

    def cancel(self, layer: Layer) -> Box | None:
        """The stroke is gone."""
        del layer
        self.complete = False
        stroke, self._stroke = self._stroke, None
        return None if stroke is None else stroke.cancel()

    def _go(self, at: Pointer) -> Box | None:
        if self._stroke is None:
            return None
        x, y = at.x, at.y
        if self._size < 1:  # a brush of one pixel: the one under the pointer, wherever in it
            x, y = x // 1 + 0.5, y // 1 + 0.5
        self._last = (x, y)
        return self._stroke.to(x, y, **self._of_pen(at))

    def _of_pen(self, at: Pointer) -> Mapping[str, float]:
        return {} if self.pressure == "off" else {self.pressure: at.pressure}


class Eraser(Brush):
    """A brush that takes away; where the brush would take away, it adds."""

    name: ClassVar[str] = "eraser"
    erases: ClassVar[bool] = True
