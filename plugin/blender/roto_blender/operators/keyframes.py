# SPDX-License-Identifier: GPL-3.0-or-later
"""Keyframes: from a mask, from a painted image, from a file, or that the object is absent.

Where roto had found something at the frame, the keyframe is a correction.
"""

from __future__ import annotations

import os
import shutil
from typing import Any

import bpy
from bpy.props import StringProperty

from .. import engine, images, masks, shots
from ..names import file_at, in_path
from ..plates import PlateError
from .base import DONE, Answer, NeedsObject, NoJob, frames, refused

_FOUND = ("fresh", "stale", "open", "locked")
_PICTURES = "*.png;*.tif;*.tiff;*.exr;*.jpg;*.jpeg;*.bmp"


class ROTO_OT_key_mask(NeedsObject, bpy.types.Operator):
    """The closed shapes of the mask's active layer, as they are at this frame"""

    bl_idname = "roto.key_mask"
    bl_label = "From Mask"
    mask: StringProperty(name="Mask", description="Empty: the editor's, or the panel's")
    layer: StringProperty(name="Layer", description="Empty: the active layer")

    def execute(self, context: Any) -> Answer:
        """Send them."""
        try:
            mask = bpy.data.masks.get(self.mask) if self.mask else mask_in(context)
            if mask is None:
                raise PlateError("There is no mask here; draw one in the mask mode of the editor.")
            scene, shot = self.shot()
            square = masks.Square.of(shot, _shown(context))
            give({"shapes": masks.shapes_of(mask, square, self.layer)}, (scene, shot))
        except PlateError as error:
            return refused(self, error)
        return DONE


def mask_in(context: Any) -> Any:
    """The mask that the editor shows, else the one chosen in the panel, or None."""
    shown, found = getattr(context.space_data, "mask", None), shots.opened()
    return shown if shown is not None or found is None else found[1].mask


def _shown(context: Any) -> Any:
    """The clip or image that an editor shows its mask on, or None."""
    space = context.space_data
    return getattr(space, "clip", None) or getattr(space, "image", None)


class ROTO_OT_key_image(NeedsObject, bpy.types.Operator):
    """A painted image is the mask of this frame. White is inside; or alpha, where it varies"""

    bl_idname = "roto.key_image"
    bl_label = "From Painted Image"
    image: StringProperty(name="Image", description="Empty: the one chosen in the panel")

    def execute(self, _context: Any) -> Answer:
        """Save it in the project's folder, and send it."""
        try:
            scene, shot = self.shot()
            image = bpy.data.images.get(self.image) if self.image else shot.painting
            if image is None:
                raise PlateError("Choose the image that you painted first.")
            path = _key_path(scene, shot, ".png")
            images.save_mask(image, (shot.width, shot.height), path)
            give({"file": path}, (scene, shot))
        except (PlateError, OSError) as error:
            return refused(self, error)
        return DONE


class ROTO_OT_key_file(NeedsObject, bpy.types.Operator):
    """An image file is the mask of this frame"""

    bl_idname = "roto.key_file"
    bl_label = "From File..."
    filepath: StringProperty(subtype="FILE_PATH")
    filter_glob: StringProperty(default=_PICTURES, options={"HIDDEN"})

    def invoke(self, context: Any, _event: Any) -> Answer:
        """Choose the file."""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, _context: Any) -> Answer:
        """Copy it into the project's folder, where the keyframe stays valid, and send it."""
        try:
            scene, shot = self.shot()
            source = bpy.path.abspath(self.filepath)
            path = _key_path(scene, shot, os.path.splitext(source)[1].lower())
            os.makedirs(os.path.dirname(path), exist_ok=True)
            shutil.copyfile(source, path)
            give({"file": path}, (scene, shot))
        except (PlateError, OSError) as error:
            return refused(self, error)
        return DONE


class ROTO_OT_key_absent(NeedsObject, bpy.types.Operator):
    """The active object is not in this frame"""

    bl_idname = "roto.key_absent"
    bl_label = "Absent Here"

    def execute(self, _context: Any) -> Answer:
        """Say so."""
        try:
            give({"absent": True}, self.shot())
        except PlateError as error:
            return refused(self, error)
        return DONE


class ROTO_OT_key_remove(NeedsObject, bpy.types.Operator):
    """Forget what was given of the active object at this frame"""

    bl_idname = "roto.key_remove"
    bl_label = "Remove Keyframe"

    def execute(self, _context: Any) -> Answer:
        """Forget it."""
        try:
            scene, shot = self.shot()
            where = {"frame": shots.frame_of(scene, shot), "object": shots.active_object(shot)}
        except PlateError as error:
            return refused(self, error)
        engine.ask("remove_keyframe", where, engine.refresh)
        return DONE


class ROTO_OT_paint(NoJob, NeedsObject, bpy.types.Operator):
    """Have the active object's matte of this frame as an image to paint on"""

    bl_idname = "roto.paint"
    bl_label = "Paint This Frame"

    def execute(self, context: Any) -> Answer:
        """Fetch the matte; where nothing is known the image is black."""
        try:
            scene, shot = self.shot()
        except PlateError as error:
            return refused(self, error)
        name, frame = shots.active_object(shot), shots.frame_of(scene, shot)
        title = f"roto {shot.name} {name} {frame}"
        if _state(name, frame) in ("missing", None):
            image = bpy.data.images.get(title) or bpy.data.images.new(
                title, shot.width, shot.height, is_data=True
            )
            _show_painting(image, context.space_data)
            return DONE
        pattern = shots.beside_project(shot, "painting", "{object}.####.png")
        order = {
            "format": "png",
            "pattern": pattern,
            "objects": [name],
            "range": [frame, frame],
            "bit_depth": 8,
        }
        path = file_at(pattern, frame, name)
        engine.ask("export", order, lambda _: _load_painting(title, path))
        return DONE


def _load_painting(title: str, path: str) -> None:
    """A copy in memory: what is painted there is kept in the .blend until it is sent."""
    old = bpy.data.images.get(title)
    if old is not None:
        bpy.data.images.remove(old)
    image = bpy.data.images.load(path)
    image.name = title
    image.colorspace_settings.name = "Non-Color"
    image.pack()
    _show_painting(image, None)


def _show_painting(image: Any, space: Any) -> None:
    image.use_fake_user = True
    found = shots.opened()
    if found is not None:
        found[1].painting = image
    if getattr(space, "type", "") == "IMAGE_EDITOR":
        space.image = image
    engine.say(f"Paint on {image.name}, then press From Painted Image.")


def give(mask: dict[str, Any], where: tuple[Any, Any]) -> None:
    """Send a mask of the active object at the playhead: a keyframe or a correction.

    Raises:
        PlateError: the clip does not reach to the playhead.
    """
    scene, shot = where
    name, frame = shots.active_object(shot), shots.frame_of(scene, shot)
    ranges = engine.state.status.get("clip", {}).get("frames", ())
    if not any(first <= frame <= last for first, last in ranges):
        raise PlateError(f"The clip has no frame {frame}; move the playhead onto the clip.")
    method = "correct" if _state(name, frame) in _FOUND else "set_keyframe"

    def given(result: dict[str, Any]) -> None:
        count = sum(last - first + 1 for first, last in result["reach"])
        word = "Correction" if method == "correct" else "Keyframe"
        engine.say(f"{word} of {name} at {frame}: {frames(count)} to propagate.")
        engine.refresh()

    engine.ask(method, {"frame": frame, "object": name, **mask}, given)


def _state(name: str, frame: int) -> str | None:
    for told in engine.state.status.get("objects", ()):
        if told["name"] == name:
            for state, ranges in told["states"].items():
                if any(first <= frame <= last for first, last in ranges):
                    return state
    return None


def _key_path(scene: Any, shot: Any, ending: str) -> str:
    name = f"{in_path(shots.active_object(shot))}.{shots.frame_of(scene, shot):04d}{ending}"
    return shots.beside_project(shot, "keyframes", name)


CLASSES = (
    ROTO_OT_key_mask,
    ROTO_OT_key_image,
    ROTO_OT_key_file,
    ROTO_OT_key_absent,
    ROTO_OT_key_remove,
    ROTO_OT_paint,
)
