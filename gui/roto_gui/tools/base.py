"""What a tool is: a small state machine between the pointer and a mask. No Qt in here.

A tool gets pointer events in picture coordinates, changes the layer, and says which part of it
changed. When an edit is complete the window takes the layer's alpha to the document.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable

Alpha = npt.NDArray[np.float32]
"""(H, W) in [0, 1]."""

Box = tuple[slice, slice]
"""Rows and columns of the picture, with a start and a stop, inside it."""

_SIZES = (0.5, 2000.0)


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the pointer is, in pixels of the plate: (0, 0) is the corner of the first pixel.

    Attributes:
        x: To the right; the first pixel spans 0 to 1.
        y: Downwards.
        pressure: Of a pen, in [0, 1]; 1 for a mouse.
        negative: True for "not the object": right button, Alt held, or a pen's eraser end.
        shift: Whether Shift is held.
        ctrl: Whether Control (Command on a Mac) is held.
    """

    x: float
    y: float
    pressure: float = 1.0
    negative: bool = False
    shift: bool = False
    ctrl: bool = False


@dataclass
class Layer:
    """The mask of one object at one frame while it is being edited.

    Attributes:
        alpha: Changed in place, only inside the boxes that tools report.
        picture: Gives the plate, (H, W, 3) uint8 display-referred; read when a tool asks for it,
            in any thread.
    """

    alpha: Alpha
    picture: Callable[[], npt.NDArray[np.uint8]]

    @property
    def size(self) -> tuple[int, int]:
        """(H, W)."""
        return self.alpha.shape[0], self.alpha.shape[1]


@dataclass(frozen=True, slots=True)
class Guide:
    """A line the canvas draws above the picture while a tool is at work.

    Attributes:
        points: (x, y) in pixels of the plate.
        closed: Whether the last is joined to the first.
        negative: Drawn as "not the object".
    """

    points: tuple[tuple[float, float], ...]
    closed: bool = False
    negative: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Something that takes longer to find than a window may wait.

    Attributes:
        find: Finds it; works on values that nobody changes, in any thread. Raises RotoErrors.
        about: The tool's own note of what it asked.
    """

    find: Callable[[], object]
    about: object = None


class Tool(ABC):
    """One way to change a mask.

    ``press``, ``move`` and ``release`` return the box that changed, None for nothing. After each
    of them, and after ``confirm``, ``complete`` says whether there is a finished edit to keep.

    What a tool cannot find at once it asks for: ``question`` is looked at after each of them,
    and ``answer`` is called with what was found, one question at a time, in the order asked.
    Before ``confirm`` all questions have been answered.
    """

    name: ClassVar[str]

    def __init__(self) -> None:
        self.complete = False

    @property
    def guides(self) -> tuple[Guide, ...]:
        """What is to be drawn above the picture now."""
        return ()

    @property
    def radius(self) -> float | None:
        """Of the cursor's ring in pixels of the plate; None: a cross."""
        return None

    @property
    def busy(self) -> bool:
        """Whether an edit is begun and not finished: Escape cancels it, Enter confirms it."""
        return False

    @abstractmethod
    def press(self, layer: Layer, at: Pointer) -> Box | None:
        """The button goes down."""

    @abstractmethod
    def move(self, layer: Layer, at: Pointer) -> Box | None:
        """The pointer moves, with the button down or (polygons) up."""

    @abstractmethod
    def release(self, layer: Layer, at: Pointer) -> Box | None:
        """The button comes up."""

    def question(self, layer: Layer) -> Question | None:
        """What is to be found next for the layer to be right; None: it is as right as it gets."""
        del layer
        return None

    def answer(self, layer: Layer, question: Question, found: object) -> Box | None:
        """Show what was found. What is not wanted any more changes nothing."""
        del layer, question, found
        return None

    def confirm(self, layer: Layer) -> Box | None:
        """Enter, or a double click: finish what is begun."""
        del layer
        return None

    @abstractmethod
    def cancel(self, layer: Layer) -> Box | None:
        """Escape: the layer is as it was before the edit began; returns what that changed."""


class SizedTool(Tool):
    """A tool whose strokes have a width, which the cursor shows.

    Args:
        size: See the attribute.
    """

    def __init__(self, size: float) -> None:
        super().__init__()
        self._size = 0.0
        self.size = size

    @property
    def size(self) -> float:
        """Radius of strokes in pixels of the plate, in [0.5, 2000]; what lies beyond becomes that.

        A stroke that is drawn already keeps its own.
        """
        return self._size

    @size.setter
    def size(self, size: float) -> None:
        self._size = min(max(float(size), _SIZES[0]), _SIZES[1])

    @property
    def radius(self) -> float:
        """See :class:`Tool`."""
        return self._size
