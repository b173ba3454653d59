"""The menu "Mask"."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, get_args

import numpy as np
from PySide6.QtCore import QObject

from roto.errors import MaskError
from roto.painting import (
    feather,
    fill_holes,
    grow,
    invert,
    keep_largest,
    remove_specks,
    shrink,
    smooth,
)
from roto_gui.panels.tool_options import Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto_gui.state import ObjectState
    from roto_gui.tools.base import Alpha
    from roto_gui.workspace import Workspace

SPECK = 64.0
"""Area in pixels below which a piece is a speck."""

BUMP = 4.0
"""Size in pixels below which a bump of the edge is rounded off."""

_STEP = 1.25  # of the brush's size
TOOLS = ("brush", "eraser", "polygon", "lasso", "rectangle", "fill", "smart", "lock_region")


def operate(work: Workspace, name: str, amount: float = 0.0) -> None:
    """Change the whole mask of the active object here.

    Args:
        work: Where.
        name: One of :data:`roto_gui.panels.tool_options.Operation`.
        amount: Pixels, or an area in pixels.
    """
    operations: dict[str, Callable[[Alpha], Alpha]] = {
        "grow": lambda a: grow(a, amount or 1.0),
        "shrink": lambda a: shrink(a, amount or 1.0),
        "fill_holes": lambda a: fill_holes(a, amount or None),
        "remove_specks": lambda a: remove_specks(a, amount or SPECK),
        "keep_largest": keep_largest,
        "invert": invert,
        "smooth": lambda a: smooth(a, amount or BUMP),
        "feather": lambda a: feather(a, amount or 2.0),
    }
    if work.active is not None:
        work.painter.apply(
            operations[name] if name == "invert" else partial(_of_mask, work, operations[name])
        )


def _of_mask(work: Workspace, operation: Callable[[Alpha], Alpha], alpha: Alpha) -> Alpha:
    """Change a mask that there is: of an empty one a keyframe would come that says "not here".

    Raises:
        MaskError: there is none.
    """
    if not alpha.any():
        name = work.active.name if work.active is not None else ""
        text = work.tr("There is no mask of {name} at this frame.")
        raise MaskError(text.format(name=name))
    return operation(alpha)


def _as_found(work: Workspace, alpha: Alpha) -> Alpha:
    """What was found, as it is.

    Raises:
        MaskError: nothing was found here yet: an empty keyframe would say "not here".
    """
    active = work.active
    unknown = active is not None and active.states.get(work.frame) in ("missing", "absent")
    if active is not None and unknown and not alpha.any():
        text = work.tr("{name} was not found at this frame yet: propagate first.")
        raise MaskError(text.format(name=active.name))
    found: Alpha = alpha.copy()
    return found


def slots(work: Workspace) -> dict[str, Callable[..., None]]:
    """Functions by action id."""
    return {
        **{f"tool_{name}": partial(work.painter.choose, name) for name in TOOLS},
        **{f"mask_{name}": partial(operate, work, name) for name in get_args(Operation)},
        "mask_clear": partial(_clear, work),
        "copy_previous": lambda: _copy(work, -1),
        "copy_next": lambda: _copy(work, +1),
        "make_keyframe": lambda: work.painter.apply(partial(_as_found, work)),
        "remove_keyframe": partial(_remove_keyframe, work),
        "brush_larger": lambda: work.change_brush(_STEP, 0.0),
        "brush_smaller": lambda: work.change_brush(1 / _STEP, 0.0),
        "brush_harder": lambda: work.change_brush(1.0, 0.1),
        "brush_softer": lambda: work.change_brush(1.0, -0.1),
    }


def _clear(work: Workspace) -> None:
    """Take the last point of a polygon away, or else clear the mask."""
    if not work.painter.take_back_point() and work.active is not None:
        work.painter.apply(np.zeros_like)


def _copy(work: Workspace, step: int) -> None:
    """The active object's mask of a neighbouring frame becomes a keyframe here."""
    snapshot, found = work.snapshot, work.active
    if snapshot is None or found is None:
        return
    place = snapshot.frames.index(work.frame) + step
    if 0 <= place < len(snapshot.frames):
        Copying(work, snapshot.frames[place], found)


class Copying(QObject):
    """An object's mask on its way from another frame; it ends when the artist goes elsewhere.

    Args:
        work: Where it is to be.
        source: The frame it is from.
        of: The object.
    """

    def __init__(self, work: Workspace, source: int, of: ObjectState) -> None:
        super().__init__(work)
        work.painter.finish()
        self._work, self._source, self._of = work, source, of
        self._place = work.frame, work.stage.active
        supply = work.stage.supply
        supply.came.connect(self._look)
        supply.broke.connect(self._look)
        work.document.changed.connect(self._ask)
        for elsewhere in (work.stage.frame_changed, work.stage.active_changed):
            elsewhere.connect(self._check)
        work.painter.painted.connect(self._end)  # somebody else says what is here
        self._ask()

    def _ask(self) -> None:
        self._work.stage.supply.request(
            self._work.frame, 1 if self._source > self._place[0] else -1
        )
        self._look()

    def _look(self, _: int = 0) -> None:
        """Take the mask if it is there, and the frame that it is for."""
        work, supply = self._work, self._work.stage.supply
        if work.stage.waiting or not work.stage.whole or not work.document.settled:
            return
        found = supply.mattes(self._source)
        if found is None and self._source not in supply.unreadable:
            return
        matte = supply.matte(self._source, self._of.id)
        self._end()
        if matte is None:
            text = work.tr("There is no mask of {name} there.")
            work.noticed.emit(text.format(name=self._of.name))
        else:
            work.painter.apply(lambda _: matte)

    def _check(self) -> None:
        if self._place != (self._work.frame, self._work.stage.active):
            self._end()

    def _end(self, _: int = 0) -> None:
        work = self._work
        for signal, slot in (
            (work.stage.supply.came, self._look),
            (work.stage.supply.broke, self._look),
            (work.document.changed, self._ask),
            (work.stage.frame_changed, self._check),
            (work.stage.active_changed, self._check),
            (work.painter.painted, self._end),
        ):
            signal.disconnect(slot)
        self.deleteLater()


def _remove_keyframe(work: Workspace) -> None:
    work.painter.finish()
    if work.active is not None and work.frame in work.active.keyframes:
        work.document.remove_keyframe(work.frame, work.active.id)
    else:
        work.noticed.emit(work.tr("There is no keyframe of the active object at this frame."))
