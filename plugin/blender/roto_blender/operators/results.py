# SPDX-License-Identifier: GPL-3.0-or-later
"""Propagate, look at what it changed, and receive the mattes."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty

from .. import engine, receiving, shots
from ..plates import PlateError
from .base import DONE, STOPPED, Answer, NeedsObject, NeedsShot, NoJob, frames, refused
from .opening import look_at_receipt

_DIRECTIONS = (
    ("both", "Both", "From the keyframes before and after"),
    ("forward", "Forward", "Only from the keyframes before"),
    ("backward", "Backward", "Only from the keyframes after"),
)


class ROTO_OT_propagate(NoJob, NeedsObject, bpy.types.Operator):
    """Find the objects between first and last frame. Blender stays free meanwhile"""

    bl_idname = "roto.propagate"
    bl_label = "Propagate"
    direction: EnumProperty(name="Direction", items=_DIRECTIONS, default="both")
    stale: BoolProperty(name="Stale", description="Refresh stale frames, and only these")

    def execute(self, _context: Any) -> Answer:
        """Begin."""
        try:
            shot = self.shot()[1]
        except PlateError as error:
            return refused(self, error)
        order = {
            "range": [shot.first, shot.last],
            "direction": self.direction,
            "stale": self.stale,
        }
        engine.state.line, engine.state.receipt = "Propagating...", None
        engine.ask("propagate", order, _propagated)
        return DONE


def _propagated(result: dict[str, Any]) -> None:
    word = "Cancelled after" if result["ended"] == "cancelled" else "Done:"
    engine.say(f"{word} {frames(result['frames'])}.")
    engine.refresh()
    look_at_receipt()
    found = shots.opened()
    if result["ended"] == "done" and result["frames"] and found is not None and found[1].follow:
        receiving.receive(shots.received(found[1]))


class ROTO_OT_cancel(bpy.types.Operator):
    """End after the frame roto is at. What is finished stays"""

    bl_idname = "roto.cancel"
    bl_label = "Cancel"

    @classmethod
    def poll(cls, _context: Any) -> bool:
        """Whether there is anything to cancel."""
        return engine.state.job is not None

    def execute(self, _context: Any) -> Answer:
        """Ask for it."""
        engine.cancel()
        return DONE


class ROTO_OT_accept(NeedsShot, bpy.types.Operator):
    """The newest propagation is good: put its receipt away"""

    bl_idname = "roto.accept"
    bl_label = "Accept"

    def execute(self, _context: Any) -> Answer:
        """Accept it."""
        engine.ask("accept", {}, look_at_receipt)
        return DONE


class ROTO_OT_revert(NoJob, bpy.types.Operator):
    """Bring back what was known before the newest propagation"""

    bl_idname = "roto.revert"
    bl_label = "Revert"

    def execute(self, _context: Any) -> Answer:
        """Bring it back."""
        engine.ask("revert", {}, _reverted)
        return DONE


def _reverted(result: dict[str, Any]) -> None:
    count = sum(last - first + 1 for first, last in result["frames"])
    engine.say(f"As before: {frames(count)}.")
    engine.refresh()
    look_at_receipt()


class ROTO_OT_receive(NoJob, NeedsObject, bpy.types.Operator):
    """Write the mattes from first to last frame and place them in this .blend"""

    bl_idname = "roto.receive"
    bl_label = "Receive"
    kind: EnumProperty(name="As", items=shots.KINDS)

    def execute(self, _context: Any) -> Answer:
        """Begin to write."""
        try:
            self.shot()
        except PlateError as error:
            return refused(self, error)
        receiving.receive({self.kind: []})
        return DONE if not engine.state.error else STOPPED


CLASSES = (
    ROTO_OT_propagate,
    ROTO_OT_cancel,
    ROTO_OT_accept,
    ROTO_OT_revert,
    ROTO_OT_receive,
)
