"""What a button that goes down on the canvas begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QPointingDevice

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QMouseEvent, QTabletEvent

Kind = Literal["tool", "pan", "brush", "wipe"]

STILL = 4.0
"""A click may move so far, in logical units of the screen, and still be one."""

_Button = Qt.MouseButton
_Modifier = Qt.KeyboardModifier


@dataclass(frozen=True, slots=True)
class Touch:
    """One event of a mouse or a pen.

    Attributes:
        at: Where, in the widget.
        button: The one that changed; none for moves.
        keys: Modifiers held.
        pressure: In [0, 1]; 1 for a mouse.
        eraser: Whether it is a pen's other end.
    """

    at: QPointF
    button: Qt.MouseButton
    keys: Qt.KeyboardModifier
    pressure: float = 1.0
    eraser: bool = False

    @classmethod
    def of_mouse(cls, event: QMouseEvent) -> Touch:
        """From a mouse, or from a finger that Qt takes for one."""
        return cls(event.position(), event.button(), event.modifiers())

    @classmethod
    def of_pen(cls, event: QTabletEvent) -> Touch:
        """From a pen."""
        return cls(
            event.position(),
            event.button(),
            event.modifiers(),
            min(max(event.pressure(), 0.0), 1.0),
            event.pointerType() == QPointingDevice.PointerType.Eraser,
        )

    @property
    def shift(self) -> bool:
        """Whether Shift is held."""
        return bool(self.keys & _Modifier.ShiftModifier)

    @property
    def ctrl(self) -> bool:
        """Whether Control (Command on a Mac) is held."""
        return bool(self.keys & _Modifier.ControlModifier)

    @property
    def negative(self) -> bool:
        """Whether a press here means "not the object"."""
        alt = bool(self.keys & _Modifier.AltModifier)
        return alt or self.eraser or self.button == _Button.RightButton

    @property
    def plain(self) -> bool:
        """Whether it is the left button or a pen's point, and no key is held."""
        return self.button == _Button.LeftButton and not (self.negative or self.shift or self.ctrl)

    def begins(self, space: bool) -> Kind | None:
        """What a press is the beginning of; ``space`` is whether the space bar is held."""
        if self.button == _Button.MiddleButton:
            return "pan"
        if self.button == _Button.LeftButton:
            if space:
                return "pan"
            return "brush" if self.shift and not self.ctrl and not self.eraser else "tool"
        return "tool" if self.button == _Button.RightButton else None


@dataclass(slots=True)
class Drag:
    """A button that is down.

    Attributes:
        kind: What it does.
        button: Which one.
        start: Where it went down.
        last: Where it was last.
        negative: Of the press; it holds until the release.
        pressure: The last above 0: pens come up with 0.
        double: Whether it is the second press of a double click.
    """

    kind: Kind
    button: Qt.MouseButton
    start: QPointF
    last: QPointF
    negative: bool = False
    pressure: float = 1.0
    double: bool = False

    def moved(self, to: QPointF) -> bool:
        """Whether a move counts: for the brush's size only from some distance on, at once else."""
        if self.kind != "brush" or self.last != self.start:
            return True
        return (to - self.start).manhattanLength() > STILL
