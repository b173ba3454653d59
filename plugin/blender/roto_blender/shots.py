# SPDX-License-Identifier: GPL-3.0-or-later
"""What a .blend knows of roto: which clips have a project, and where it is."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import bpy
from bpy.app.handlers import persistent
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    FloatVectorProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from . import engine
from .plates import Plate, on_disk

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = (
    ("MATTE", "Compositor", "Mattes as an image sequence, and Set Alpha nodes"),
    ("CRYPTOMATTE", "Cryptomatte", "All objects in one Cryptomatte sequence, and its nodes"),
    ("STRIP", "Sequencer", "The active object's matte as a strip that masks the plate's"),
)


def _rename(item: Any, context: Any) -> None:
    """Somebody typed another name into the list."""
    if item.known and item.name and item.name != item.known:
        before, item.known = item.known, item.name
        engine.ask("rename_object", {"object": before, "name": item.name}, engine.refresh)


class RotoObject(bpy.types.PropertyGroup):
    """An object as the engine last told."""

    name: StringProperty(name="Name", update=_rename)
    known: StringProperty()
    colour: FloatVectorProperty(subtype="COLOR", size=3, min=0, max=1)
    state: StringProperty()


class RotoShot(bpy.types.PropertyGroup):
    """A clip, and the project that is about it. ``name`` is the clip's."""

    kind: StringProperty()
    source: StringProperty()
    plate: StringProperty()
    file: StringProperty()
    project: StringProperty()
    project_absolute: StringProperty()
    shift: IntProperty(min=-(10**9), max=10**9)
    rate: StringProperty()
    first: IntProperty(name="First", description="First frame number to work on")
    last: IntProperty(name="Last", description="Last frame number to work on")
    width: IntProperty()
    height: IntProperty()
    objects: CollectionProperty(type=RotoObject)
    active: IntProperty(name="Active object")
    mask: PointerProperty(
        type=bpy.types.Mask, name="Mask", description="Mask whose active layer is sent"
    )
    painting: PointerProperty(
        type=bpy.types.Image, name="Painted", description="Image that is the mask of this frame"
    )
    partial: BoolProperty(
        name="Also where frames are missing",
        description="Receive what is there, though not every frame has been propagated",
    )
    follow: BoolProperty(
        name="Keep up to date",
        description="Write what was received again after every propagation",
        default=True,
    )
    received: StringProperty(description="Names of the objects that were received, by kind; JSON")


class RotoScene(bpy.types.PropertyGroup):
    """The shots of a scene."""

    shots: CollectionProperty(type=RotoShot)


CLASSES = (RotoObject, RotoShot, RotoScene)


def all_shots() -> Iterator[tuple[Any, Any]]:
    """Every scene with each of its shots."""
    for scene in bpy.data.scenes:
        for shot in scene.roto.shots:
            yield scene, shot


def shot_of(scene: Any, plate: Plate) -> Any:
    """The shot that is about a plate, or None."""
    return next((s for s in scene.roto.shots if on_disk(s.plate) == plate.path), None)


def opened() -> tuple[Any, Any] | None:
    """The scene and the shot whose project is open, or None.

    Ask anew each time: Blender's undo and a new file leave no datablock where it was.
    """
    project = engine.state.project
    found = ((scene, s) for scene, s in all_shots() if project and project_of(s) == project)
    return next(found, None)


def project_of(shot: Any) -> str:
    """Where a shot's project is: beside the .blend as it was saved, or where it last was."""
    here = on_disk(shot.project) if shot.project else ""
    if shot.project_absolute and not os.path.exists(here):
        there = shot.project_absolute
        return there if os.path.exists(there) or not here else here
    return here


def new_project(plate: Plate) -> str:
    """Where a new shot's project goes: a folder ``roto`` beside the .blend, else the plate."""
    beside = os.path.dirname(bpy.data.filepath or plate.file)
    return os.path.join(beside, "roto", plate.name + ".roto")


def beside_project(shot: Any, *names: str) -> str:
    """A path in the folder that belongs to a shot's project."""
    return os.path.join(os.path.splitext(project_of(shot))[0], *names)


def frame_of(scene: Any, shot: Any) -> int:
    """The frame number of the plate at the playhead."""
    return scene.frame_current - shot.shift


def remember(scene: Any, plate: Plate, project: str) -> Any:
    """The shot of a plate, made where there is none yet."""
    shot = shot_of(scene, plate)
    if shot is None:
        name = _new_name(plate.name)
        shot = scene.roto.shots.add()
        shot.name, shot.plate, shot.first, shot.last = name, plate.path, 0, -1
    shot.kind, shot.source = plate.kind, plate.source
    shot.file, shot.shift, shot.rate = plate.file, plate.shift, plate.rate
    shot.project = shot.project_absolute = project
    if plate.frames is not None:
        shot.first, shot.last = plate.frames
    return shot


def _new_name(name: str) -> str:
    """Nodes, strips and images are found by it: no two shots of a .blend have the same."""
    taken, made, count = {shot.name for _, shot in all_shots()}, name, 1
    while made in taken:
        count += 1
        made = f"{name} {count}"
    return made


def take_status(status: dict[str, Any]) -> None:
    """Show what the engine told of the open project."""
    found = opened()
    if found is None:
        return
    shot, clip = found[1], status["clip"]
    frames = clip["frames"]
    shot.width, shot.height = clip["width"], clip["height"]
    first, last = frames[0][0], frames[-1][1]
    if shot.first > shot.last:
        shot.first, shot.last = first, last
    shot.first, shot.last = max(first, shot.first), min(last, shot.last)
    active = shot.objects[shot.active].name if 0 <= shot.active < len(shot.objects) else ""
    shot.objects.clear()
    for told in status["objects"]:
        item = shot.objects.add()
        item.known = ""
        item.name = told["name"]
        item.known = told["name"]
        item.colour = [channel / 255 for channel in told["colour"]]
        item.state = state_line(told["states"])
    names = list(shot.objects.keys())
    shot.active = names.index(active) if active in names else max(len(names) - 1, 0)


def state_line(states: dict[str, list[list[int]]]) -> str:
    """How many frames are in which state, those that need work first."""
    order = ("missing", "open", "stale", "locked", "keyframe", "absent", "fresh")
    counts = {s: sum(last - first + 1 for first, last in states.get(s, ())) for s in order}
    return ", ".join(f"{counts[s]} {s}" for s in order if counts[s])


def active_object(shot: Any) -> str:
    """Name of the object that is worked on; "" where there is none."""
    return shot.objects[shot.active].name if 0 <= shot.active < len(shot.objects) else ""


def received(shot: Any) -> dict[str, list[str]]:
    """What was received, and is there still: names of objects by kind."""
    try:
        known = json.loads(shot.received or "{}")
    except ValueError:
        return {}
    return {
        k: kept for k, names in known.items() if (kept := [n for n in names if n in shot.objects])
    }


def remember_received(shot: Any, kind: str, names: list[str]) -> None:
    """Note what was received, so that it can be kept up to date."""
    known = {k: before for k, before in received(shot).items() if k != kind}
    shot.received = json.dumps({**known, kind: names})  # the newest last: it is what is connected


_PATHS = ("project", "plate", "file")
_absolute: list[dict[str, str]] = []  # of all shots, while a .blend is being saved


@persistent
def before_save(path: str, *_: Any) -> None:
    """Paths are saved relative to the .blend where they can be."""
    _absolute.clear()
    folder = os.path.dirname(path or bpy.data.filepath)
    for _scene, shot in all_shots():
        shot.project_absolute = project_of(shot)
        _absolute.append({name: on_disk(getattr(shot, name)) for name in _PATHS})
        for name, value in _absolute[-1].items() if folder else ():
            setattr(shot, name, _relative(value, folder))


@persistent
def after_save(*_: Any) -> None:
    """They stay absolute while one works: a copy saved elsewhere moves nothing."""
    for (_scene, shot), known in zip(all_shots(), _absolute, strict=False):
        for name, value in known.items():
            setattr(shot, name, value)
    _absolute.clear()


@persistent
def after_load(*_: Any) -> None:
    """Another .blend: what was open belongs to the one before."""
    for _scene, shot in all_shots():
        for name in _PATHS:
            setattr(shot, name, on_disk(getattr(shot, name)))
    engine.leave()


@persistent
def after_undo(*_: Any) -> None:
    """Blender's undo does not reach the project: show it as it is."""
    if engine.state.status:
        engine.take_status(engine.state.status)


def _relative(path: str, folder: str) -> str:
    try:
        return bpy.path.relpath(path, start=folder)
    except ValueError:  # another drive
        return path


def _handlers() -> tuple[tuple[Any, Any], ...]:
    handlers = bpy.app.handlers
    return (
        (handlers.save_pre, before_save),
        (handlers.save_post, after_save),
        (handlers.save_post_fail, after_save),
        (handlers.load_post, after_load),
        (handlers.undo_post, after_undo),
        (handlers.redo_post, after_undo),
    )


def register() -> None:
    """Give every scene its shots."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.Scene.roto = PointerProperty(type=RotoScene)
    for where, function in _handlers():
        where.append(function)
    engine.state.told.append(take_status)


def unregister() -> None:
    """Take all of it away; what is in the .blend stays there."""
    for where, function in _handlers():
        if function in where:
            where.remove(function)
    if take_status in engine.state.told:
        engine.state.told.remove(take_status)
    del bpy.types.Scene.roto
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
