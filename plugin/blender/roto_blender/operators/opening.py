# SPDX-License-Identifier: GPL-3.0-or-later
"""Clips to roto, projects opened and closed, the desktop app, and the list of objects."""

from __future__ import annotations

import os
from typing import Any

import bpy
from bpy.props import StringProperty

from .. import compat, engine, shots
from ..plates import Plate, PlateError, plate_in
from .base import DONE, Answer, NeedsObject, NeedsShot, NoJob, refused

_SIGNS = "#%{}"  # mean something in the names of mattes


class ROTO_OT_send(bpy.types.Operator):
    """Open this clip in roto. A clip that was sent before goes on where it was left"""

    bl_idname = "roto.send"
    bl_label = "Send to roto"

    def execute(self, context: Any) -> Answer:
        """Open the project of the editor's clip, made where there is none."""
        try:
            plate = plate_in(context)
            if plate is None:
                raise PlateError(
                    "There is no clip here; load a movie clip or an image sequence, or select an "
                    "image or movie strip."
                )
            scene = context.scene
            if plate.kind == "STRIP":
                scene = compat.sequencer_scene(context)
            send(scene, plate)
        except (PlateError, OSError) as error:
            return refused(self, error)
        return DONE


def send(scene: Any, plate: Plate) -> None:
    """Open the project of a plate, made where there is none.

    Raises:
        PlateError: its project would be where mattes cannot be named.
    """
    shot = shots.shot_of(scene, plate)
    project = shots.project_of(shot) if shot is not None else shots.new_project(plate)
    taken = {shots.project_of(s) for _, s in shots.all_shots() if s != shot}
    stem, count = os.path.splitext(project)[0], 1
    while project in taken:
        count += 1
        project = f"{stem}_{count}.roto"
    if any(sign in project for sign in _SIGNS):
        raise PlateError(f"{project} has one of {_SIGNS} in it; save the .blend somewhere else.")
    order: dict[str, Any] = {"clip": plate.path, "project": project}
    if plate.rate:
        order["rate"] = plate.rate
    name = scene.name

    def opened(status: dict[str, Any]) -> None:
        scene = bpy.data.scenes.get(name)
        if scene is not None:
            shots.remember(scene, plate, status["project"])
            compat.push_undo("roto: send")
        engine.take_status(status)
        engine.say(f"{plate.name} is open in roto.")
        look_at_receipt()

    if engine.state.project and engine.state.project != project:
        engine.ask("close")
    engine.state.line = "Opening..."
    engine.ask("open", order, opened)


def look_at_receipt(_: dict[str, Any] | None = None) -> None:
    """Ask what the newest propagation changed."""

    def show(result: dict[str, Any]) -> None:
        engine.state.receipt = result["receipt"]
        engine.redraw()

    engine.ask("receipt", {"limit": 200}, show)


class ROTO_OT_close(NeedsShot, bpy.types.Operator):
    """Close the project and end roto. Everything is saved already"""

    bl_idname = "roto.close"
    bl_label = "Close Project"

    def execute(self, _context: Any) -> Answer:
        """Close it."""
        engine.leave()
        return DONE


class ROTO_OT_app(NoJob, bpy.types.Operator):
    """Open the project in the desktop app. Close the app to go on here"""

    bl_idname = "roto.app"
    bl_label = "Open in the roto App"

    def execute(self, _context: Any) -> Answer:
        """Hand the project over."""
        engine.say("Opening the app...")
        engine.ask("app", {}, _handed_over)
        return DONE


def _handed_over(_: dict[str, Any]) -> None:
    engine.forget()
    engine.say("The project is open in the app; close it there, then open it again here.")


class ROTO_OT_add_object(NeedsShot, bpy.types.Operator):
    """A new object to cut out"""

    bl_idname = "roto.add_object"
    bl_label = "Add Object"
    name: StringProperty(name="Name", description="Empty: roto chooses one")

    def execute(self, _context: Any) -> Answer:
        """Add it, and make it the active one."""

        def added(result: dict[str, Any]) -> None:
            engine.ask("status", {}, lambda status: _activate(status, result["name"]))

        engine.ask("add_object", {"name": self.name} if self.name else {}, added)
        return DONE


def _activate(status: dict[str, Any], name: str) -> None:
    engine.take_status(status)
    found = shots.opened()
    if found is not None and name in found[1].objects:
        found[1].active = found[1].objects.find(name)


class ROTO_OT_remove_object(NeedsObject, bpy.types.Operator):
    """Remove the active object with all that is known of it"""

    bl_idname = "roto.remove_object"
    bl_label = "Remove Object"

    def execute(self, _context: Any) -> Answer:
        """Remove it; undo brings it back."""
        try:
            name = shots.active_object(self.shot()[1])
        except PlateError as error:
            return refused(self, error)
        engine.ask("remove_object", {"object": name}, engine.refresh)
        return DONE


class _Step(NeedsShot):
    """No operator itself: Blender loses one that another derives from."""

    method = ""

    def execute(self, _context: Any) -> Answer:
        """One step."""
        method = self.method
        engine.ask(method, {}, lambda result: _stepped(method, result))
        return DONE


class ROTO_OT_undo(_Step, bpy.types.Operator):
    """Take roto's newest step back. Blender's own undo does not reach the project"""

    bl_idname = "roto.undo"
    bl_label = "Undo in roto"
    method = "undo"


class ROTO_OT_redo(_Step, bpy.types.Operator):
    """Bring back what was undone last"""

    bl_idname = "roto.redo"
    bl_label = "Redo in roto"
    method = "redo"


def _stepped(method: str, result: dict[str, Any]) -> None:
    label = result["label"]
    engine.say(f"{method.capitalize()}: {label}." if label else f"There is nothing to {method}.")
    engine.refresh()
    look_at_receipt()


CLASSES = (
    ROTO_OT_send,
    ROTO_OT_close,
    ROTO_OT_app,
    ROTO_OT_add_object,
    ROTO_OT_remove_object,
    ROTO_OT_undo,
    ROTO_OT_redo,
)
