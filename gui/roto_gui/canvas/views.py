"""The picture in the canvas: a plate and mattes, put together in one of several ways. No Qt.

``compose`` works on a box, so that a stroke at 4K costs what the stroke covers. Lines around
masks are as thin as the display allows, so they belong to the display, not to the plate:
``outlines`` says which there are, and :mod:`roto_gui.canvas.outline` draws them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from roto_gui.canvas.display import Rgb, display
from roto_gui.canvas.outline import Outline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from roto.media import Image
    from roto_gui.state import Colour, Region
    from roto_gui.tools.base import Alpha, Box

__all__ = [
    "Channel",
    "Content",
    "View",
    "ViewMode",
    "compose",
    "display",
    "hatched",
    "outlines",
    "wipe_column",
]

ViewMode = Literal[
    "overlay",
    "plate",
    "outline",
    "matte",
    "black",
    "white",
    "grey",
    "checker",
    "colour",
    "difference",
]
Channel = Literal["rgb", "r", "g", "b", "a"]
Weight = npt.NDArray[np.uint16]
"""(h, w) in 0..256."""

GAINED: Colour = (70, 235, 110)
"""In the difference: pixels that the correction added."""
LOST: Colour = (255, 60, 60)
"""In the difference: pixels that it took away."""
NEIGHBOURS: tuple[Colour, ...] = ((255, 150, 60), (80, 190, 255))
"""Onion skin: the frame before, the frame after, and so on by turns."""

_FLAT: dict[str, int] = {"black": 0, "white": 255, "grey": 128}
_CHECKER = (102, 153)
_DARKENED = 90  # of 256: what is left of the plate under a difference
_SMALL = 1 << 16  # pixels; below that looking for empty borders does not pay


@dataclass(frozen=True)
class View:
    """How the picture is shown.

    Attributes:
        mode: What is made of the plate and the mattes.
        channel: "rgb", one channel of the plate in grey, or "a": the matte, whatever the mode.
        exposure: In stops.
        gamma: Above 1 lifts dark tones; above 0.
        opacity: Of the objects' colours in overlays, 0..1.
        background: Behind the cut-out in mode "colour".
        onion: Whether the outlines of neighbouring frames are drawn.
        wipe: Share of the width, 0..1: left of it is the plate, right of it the mode; None: none.
    """

    mode: ViewMode = "overlay"
    channel: Channel = "rgb"
    exposure: float = 0.0
    gamma: float = 1.0
    opacity: float = 0.45
    background: Colour = (0, 177, 64)
    onion: bool = False
    wipe: float | None = None


@dataclass(eq=False)
class Content:
    """What there is to show at one frame. All arrays have the height and width of the plate.

    Attributes:
        plate: (H, W, 3) uint8 or float32.
        linear: Whether float values are scene-linear.
        mattes: Of the visible objects, by ascending id. The active object's array is the layer
            that tools change in place.
        colours: Of the objects in ``mattes``.
        active: The object being worked on; None: none, or it is not visible.
        before: Mattes before the last correction, by id, for the difference.
        neighbours: Masks of neighbouring frames, for the onion skin: the one before, the one after;
            None where there is none.
        aspect: Width of a plate pixel over its height.
        shown: What ``display`` makes of the plate, by whoever had the time; it stands until there
            is other content. None: it is made with the view's exposure and gamma when needed.
        locked: Parts of the picture that are locked.
    """

    plate: Image
    linear: bool = False
    mattes: dict[int, Alpha] = field(default_factory=dict)
    colours: dict[int, Colour] = field(default_factory=dict)
    active: int | None = None
    before: dict[int, Alpha] | None = None
    neighbours: tuple[Alpha | None, ...] = ()
    aspect: float = 1.0
    shown: Rgb | None = None
    locked: tuple[Region, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """(H, W)."""
        return self.plate.shape[0], self.plate.shape[1]

    @property
    def whole(self) -> Box:
        """The box of the whole picture."""
        return slice(0, self.size[0]), slice(0, self.size[1])


def compose(content: Content, view: View, box: Box, shown_plate: Rgb) -> Rgb:
    """One box of the picture.

    Args:
        content: What there is.
        view: How it is shown.
        box: Rows and columns inside the picture.
        shown_plate: What ``display`` makes of the whole plate with the view's exposure and gamma.

    Returns:
        (h, w, 3) uint8, a new array with rows one after the other in memory.
    """
    plate = _channel(shown_plate[box], view.channel)
    mode = "matte" if view.channel == "a" else view.mode
    if mode == "overlay":
        found = _overlay(content, view.opacity, box, plate)
    elif mode == "matte":
        found = _grey(_matte(content, box))
    elif mode == "difference":
        found = _difference(content, box, plate)
    elif mode in _FLAT or mode in ("checker", "colour"):
        found = _cut_out(content, view, box, plate)
    else:
        found = plate
    if view.wipe is not None:
        column = min(max(wipe_column(content, view.wipe) - box[1].start, 0), plate.shape[1])
        found[:, :column] = _channel(shown_plate[box][:, :column], view.channel)
    return found


def outlines(content: Content, view: View) -> list[Outline]:
    """The lines to draw over the picture, the lowest first."""
    found: list[Outline] = []
    if view.onion:
        for number, alpha in enumerate(content.neighbours):
            if alpha is not None:
                found.append(Outline(alpha, NEIGHBOURS[number % len(NEIGHBOURS)], 0))
    if view.mode not in ("overlay", "outline") or view.channel == "a":
        return found
    for i in sorted(content.mattes, key=lambda i: i == content.active):
        if i == content.active:
            found.append(Outline(content.mattes[i], content.colours[i], 2))
        elif view.mode == "outline":
            found.append(Outline(content.mattes[i], content.colours[i], 1))
    return found


def hatched(content: Content, view: View) -> tuple[Region, ...]:
    """The locked parts, where the view shows them."""
    return content.locked if view.mode in ("overlay", "outline") and view.channel != "a" else ()


def wipe_column(content: Content, wipe: float) -> int:
    """First column right of the wipe."""
    return round(min(max(wipe, 0.0), 1.0) * content.size[1])


def _channel(plate: Rgb, channel: Channel) -> Rgb:
    """A copy, of one channel as grey if one is asked for."""
    if channel in ("r", "g", "b"):
        return _grey(plate[:, :, "rgb".index(channel)])
    found: Rgb = plate.copy()
    return found


def _grey(values: npt.NDArray[np.uint8]) -> Rgb:
    found: Rgb = np.empty((*values.shape, 3), np.uint8)
    for i in range(3):
        found[:, :, i] = values
    return found


def _overlay(content: Content, opacity: float, box: Box, picture: Rgb) -> Rgb:
    for i, alpha in content.mattes.items():
        _tint(picture, alpha[box], opacity, content.colours[i])
    return picture


def _tint(picture: Rgb, alpha: Alpha, opacity: float, colour: Colour) -> None:
    """Blend a colour over the picture, in place, as far as alpha and opacity say."""
    part = _occupied(alpha)
    target = picture[part]
    weight = _weight(alpha[part], opacity)
    rest = np.uint16(256) - weight
    for i in range(3):
        values = rest * target[:, :, i]
        values += weight * np.uint16(colour[i])
        values += np.uint16(128)
        values >>= 8
        target[:, :, i] = values


def _occupied(alpha: Alpha) -> Box:
    """The rows that are not empty, and the columns; all of a small box."""
    height, width = alpha.shape
    if alpha.size < _SMALL:
        return slice(0, height), slice(0, width)
    rows = np.flatnonzero(alpha.max(axis=1))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    down = slice(int(rows[0]), int(rows[-1]) + 1)
    columns = np.flatnonzero(alpha[down].max(axis=0))
    return down, slice(int(columns[0]), int(columns[-1]) + 1)


def _weight(alpha: Alpha, opacity: float = 1.0) -> Weight:
    scaled = alpha * np.float32(256 * min(max(opacity, 0.0), 1.0))
    scaled += np.float32(0.5)
    found: Weight = scaled.astype(np.uint16)
    return found


def _union(mattes: Iterable[Alpha], box: Box) -> Alpha:
    """Of several mattes the greatest; zeros where there is none."""
    found: Alpha = np.zeros((box[0].stop - box[0].start, box[1].stop - box[1].start), np.float32)
    for alpha in mattes:
        np.maximum(found, alpha[box], out=found)
    return found


def _chosen(content: Content, box: Box) -> Alpha:
    """Alpha of the active object, or of all of them if none is active."""
    if content.active in content.mattes:
        return content.mattes[content.active][box]
    return _union(content.mattes.values(), box)


def _matte(content: Content, box: Box) -> npt.NDArray[np.uint8]:
    scaled = _chosen(content, box) * np.float32(255)
    scaled += np.float32(0.5)
    found: npt.NDArray[np.uint8] = scaled.astype(np.uint8)
    return found


def _cut_out(content: Content, view: View, box: Box, picture: Rgb) -> Rgb:
    """The plate times alpha, over a background."""
    weight = _weight(_chosen(content, box))
    rest = np.uint16(256) - weight
    for i in range(3):
        values = weight * picture[:, :, i]
        values += rest * _background(content, view, box, i)
        values += np.uint16(128)
        values >>= 8
        picture[:, :, i] = values
    return picture


def _background(content: Content, view: View, box: Box, channel: int) -> Weight:
    """What is behind the cut-out: of shape (h, w), or () where it is the same everywhere."""
    if view.mode == "colour":
        return np.asarray(view.background[channel], np.uint16)
    if view.mode != "checker":
        return np.asarray(_FLAT[view.mode], np.uint16)
    square = _square(content.size[0])
    rows = np.arange(box[0].start, box[0].stop) // square
    columns = np.arange(box[1].start, box[1].stop) // square
    odd: npt.NDArray[np.intp] = (rows[:, None] + columns) % 2
    return np.asarray(_CHECKER, np.uint16)[odd]


def _square(height: int) -> int:
    """Side of the checker's squares: about a 64th of the height, at least 8 pixels."""
    side = 8
    while side * 96 < height:
        side *= 2
    return side


def _difference(content: Content, box: Box, picture: Rgb) -> Rgb:
    """Gained pixels in green, lost ones in red, over a darkened plate."""
    picture[:] = _grey(_darkened(picture))
    if content.before is None:
        return picture
    shape = picture.shape[:2]
    gained, lost = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for i in content.before.keys() | content.mattes.keys():
        now, was = content.mattes.get(i), content.before.get(i)
        if now is None:
            continue  # not shown, so nothing can be said about it
        change = now[box] - was[box] if was is not None else now[box].copy()
        np.maximum(gained, change, out=gained)
        np.minimum(lost, change, out=lost)
    _tint(picture, gained, 1.0, GAINED)
    _tint(picture, -lost, 1.0, LOST)
    return picture


def _darkened(picture: Rgb) -> npt.NDArray[np.uint8]:
    grey = picture[:, :, 0].astype(np.uint16)
    grey += picture[:, :, 1]
    grey += picture[:, :, 1]
    grey += picture[:, :, 2]
    grey >>= 2
    grey *= np.uint16(_DARKENED)
    grey >>= 8
    found: npt.NDArray[np.uint8] = grey.astype(np.uint8)
    return found
