# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab "roto" in the sidebar of the clip editor, the image editor and the sequencer."""

from __future__ import annotations

from typing import Any

import bpy

from . import compat, engine, shots
from .plates import Plate, PlateError, on_disk, plate_in
from .preferences import wrapped

_EDITORS = {"CLIP": "CLIP_EDITOR", "IMAGE": "IMAGE_EDITOR", "SEQUENCER": "SEQUENCE_EDITOR"}
_NARROW = 44  # characters that a line of the sidebar has room for
_CHANGES = 5  # are shown of a receipt


class ROTO_UL_objects(bpy.types.UIList):
    """Objects, and what is left to do for each."""

    def draw_item(
        self,
        _context: Any,
        layout: Any,
        _data: Any,
        item: Any,
        _icon: int,
        _active_data: Any,
        _active_name: str,
    ) -> None:
        """One of them."""
        row = layout.row(align=True)
        colour = row.row()
        colour.scale_x = 0.3
        colour.enabled = False
        colour.prop(item, "colour", text="")
        row.prop(item, "name", text="", emboss=False)
        row.label(text=item.state)


def _plate(context: Any) -> tuple[Plate | None, str]:
    try:
        return plate_in(context), ""
    except PlateError as error:
        return None, str(error)


class _Main:
    bl_label = "roto"

    def draw(self, context: Any) -> None:
        """Clip, project, and what is going on."""
        layout, found = self.layout, shots.opened()
        plate, problem = _plate(context)
        if not engine.python_path():
            layout.label(text="Say where roto is installed", icon="ERROR")
            layout.operator("preferences.addon_show", text="Preferences").module = __package__
            return
        if problem:
            layout.label(text=problem, icon="ERROR")
        if found is not None:
            scene, shot = found
            layout.label(text=f"{shot.name}, frame {shots.frame_of(scene, shot)}", icon="SEQUENCE")
        if plate is not None and (found is None or on_disk(found[1].plate) != plate.path):
            scene = compat.sequencer_scene(context) if plate.kind == "STRIP" else context.scene
            known = shots.shot_of(scene, plate) is not None
            text = f"Open {plate.name} Again" if known else f"Send {plate.name}"
            layout.operator("roto.send", text=text, icon="EXPORT")
        elif plate is None and found is None and not problem:
            layout.label(text="Load a clip, or select a strip")
        _draw_state(layout)
        if found is not None:
            row = layout.row(align=True)
            row.operator("roto.undo", text="Undo", icon="LOOP_BACK")
            row.operator("roto.redo", text="Redo", icon="LOOP_FORWARDS")
            row = layout.row(align=True)
            row.operator("roto.app", text="Open in App", icon="WINDOW")
            row.operator("roto.close", text="Close", icon="X")


def _draw_state(layout: Any) -> None:
    state = engine.state
    if state.error:
        column = layout.column()
        column.alert = True
        for line in wrapped(state.error, _NARROW):
            column.label(text=line)
    if state.job is not None:
        done, total = state.progress
        row = layout.row(align=True)
        text = f"{done} / {total}" if total else ""
        row.progress(factor=done / total if total else 0.0, text=text)
        row.operator("roto.cancel", text="", icon="CANCEL")
    for line in wrapped(state.line, _NARROW):
        layout.label(text=line)


class _NeedsShot:
    @classmethod
    def poll(cls, _context: Any) -> bool:
        """Only where a project is open."""
        return shots.opened() is not None


class _Objects(_NeedsShot):
    bl_label = "Objects"

    def draw(self, _context: Any) -> None:
        """The list."""
        shot = shots.opened()[1]
        row = self.layout.row()
        row.template_list("ROTO_UL_objects", "", shot, "objects", shot, "active", rows=3)
        column = row.column(align=True)
        column.operator("roto.add_object", text="", icon="ADD")
        column.operator("roto.remove_object", text="", icon="REMOVE")


class _Keyframe(_NeedsShot):
    bl_label = "Keyframe"

    def draw(self, context: Any) -> None:
        """What can be the mask of this frame."""
        layout, shot = self.layout, shots.opened()[1]
        shown = getattr(context.space_data, "mask", None)
        if shown is not None:
            layout.operator("roto.key_mask", text=f"From Mask {shown.name}", icon="MOD_MASK")
        else:
            row = layout.row(align=True)
            row.prop(shot, "mask", text="")
            row.operator("roto.key_mask", text="Use", icon="MOD_MASK")
        row = layout.row(align=True)
        row.prop(shot, "painting", text="")
        row.operator("roto.key_image", text="Use", icon="IMAGE_DATA")
        layout.operator("roto.paint", icon="BRUSH_DATA")
        layout.operator("roto.key_file", icon="FILE_FOLDER")
        row = layout.row(align=True)
        row.operator("roto.key_absent", icon="HIDE_ON")
        row.operator("roto.key_remove", text="", icon="X")


class _Propagate(_NeedsShot):
    bl_label = "Propagate"

    def draw(self, _context: Any) -> None:
        """Range, buttons, receipt."""
        layout, shot = self.layout, shots.opened()[1]
        row = layout.row(align=True)
        row.prop(shot, "first")
        row.prop(shot, "last")
        row = layout.row(align=True)
        row.operator("roto.propagate", text="", icon="TRIA_LEFT").direction = "backward"
        row.operator("roto.propagate", icon="ARROW_LEFTRIGHT").direction = "both"
        row.operator("roto.propagate", text="", icon="TRIA_RIGHT").direction = "forward"
        row.operator("roto.propagate", text="", icon="FILE_REFRESH").stale = True
        for note in engine.state.notes:
            for place, line in enumerate(wrapped(note, _NARROW)):
                layout.label(text=line, icon="BLANK1" if place else "INFO")
        receipt = engine.state.receipt
        if receipt is None:
            return
        layout.label(text=receipt["label"], icon="PRESET")
        for change in receipt["changes"][:_CHANGES]:
            layout.label(text=change_line(change), icon="BLANK1")
        row = layout.row(align=True)
        row.operator("roto.accept", icon="CHECKMARK")
        row.operator("roto.revert", icon="LOOP_BACK")


def change_line(change: dict[str, Any]) -> str:
    """One line of a receipt."""
    line = f"{change['frame']} {change['object']}: {change['pixels']} px"
    if change["first"]:
        return line + ", new"
    moved = "" if change["boundary"] is None else f", edge {change['boundary']:.1f} px"
    return f"{line}, IoU {change['iou']:.3f}{moved}"


class _Receive(_NeedsShot):
    bl_label = "Receive"

    def draw(self, _context: Any) -> None:
        """Where the mattes go."""
        layout, shot = self.layout, shots.opened()[1]
        for kind, label, _text in shots.KINDS:
            layout.operator("roto.receive", text=label, icon="IMPORT").kind = kind
        layout.prop(shot, "follow")
        layout.prop(shot, "partial")


def _panels() -> list[type]:
    """Each part for each editor."""
    made = []
    for short, editor in _EDITORS.items():
        where = {"bl_space_type": editor, "bl_region_type": "UI", "bl_category": "roto"}
        main = f"ROTO_PT_{short}"
        made.append(type(main, (_Main, bpy.types.Panel), {**where, "bl_idname": main}))
        for part in (_Objects, _Keyframe, _Propagate, _Receive):
            name = f"{main}{part.__name__}"
            more = {**where, "bl_idname": name, "bl_parent_id": main}
            made.append(type(name, (part, bpy.types.Panel), more))
    return made


PANELS = _panels()
CLASSES = (ROTO_UL_objects, *PANELS)
