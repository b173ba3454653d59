"""What goes wrong says what to do, and Blender goes on. Runs inside Blender."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import bpy
import paper
from host_inside import NAME
from scenery import circle, shot_scene

if TYPE_CHECKING:
    from host_inside import Host

# An engine of another time: roto's own, but for the number that it speaks.
OLD = """#!/bin/sh
exec {python} -c 'import runpy, roto_plugin.protocol as p
p.PROTOCOL = 0
runpy.run_module("roto_plugin.server", run_name="__main__")'
"""


def troubles(host: Host) -> None:
    host.install()
    check_environments(host)
    with host.editor("CLIP_EDITOR"):
        host.told["no clip"] = host.refuses(bpy.ops.roto.send)
    scene = shot_scene()
    bpy.ops.wm.save_as_mainfile(filepath=str(host.folder / "shot.blend"))
    host.send_clip()
    host.ask(bpy.ops.roto.add_object, name="hero")
    scene.frame_set(1001)
    refuse_masks(host, scene)
    host.told["square"] = [where_masks_are(host, 1, 1), where_masks_are(host, 2, 1)]
    host.told["square"] += [where_masks_are(host, 1, 2), where_masks_are(host, 1, 1)]
    kill_the_engine(host)


def check_environments(host: Host) -> None:
    """The check button of the preferences, with what people choose by mistake."""
    preferences = bpy.context.preferences.addons[NAME].preferences
    old = host.folder / "old"
    old.write_text(OLD.format(python=host.python))
    old.chmod(0o755)
    for name, python in (
        ("no file", str(host.folder / "nobody")),
        ("folder", str(host.folder)),
        ("no roto", sys.executable),
        ("no python", "/bin/false"),
        ("old", str(old)),
    ):
        preferences.python = python
        bpy.ops.roto.check()
        host.pump()
        host.told[name] = [drawn(preferences), host.state.error]
    preferences.python = str(Path(host.python).parent.parent)
    host.ask(bpy.ops.roto.check)
    host.told["good"] = [host.state.checks, drawn(preferences)]


def drawn(preferences) -> list[str]:
    """What the preferences show."""
    sheet = paper.Paper()
    kind = type(preferences)
    shown = SimpleNamespace(layout=sheet, python=preferences.python, bl_rna=preferences.bl_rna)
    kind.draw(shown, bpy.context)
    return sheet.drawn


def refuse_masks(host: Host, scene) -> None:
    told, mask = host.told, circle("m", 20.5, 32.5, 14)
    mask.layers[0].invert = True
    told["inverted"] = host.refuses(bpy.ops.roto.key_mask, mask="m")
    mask.layers[0].invert = False
    mask.layers[0].splines[0].use_cyclic = False
    told["open"] = host.refuses(bpy.ops.roto.key_mask, mask="m")
    mask.layers[0].splines[0].use_cyclic = True
    told["no mask"] = host.refuses(bpy.ops.roto.key_mask)
    small = bpy.data.images.new("small", 48, 32)
    told["small"] = host.refuses(bpy.ops.roto.key_image, image=small.name)
    told["nowhere"] = host.refuses(bpy.ops.roto.key_file, filepath="/nowhere/mask.png")
    scene.frame_set(999)
    told["outside"] = host.refuses(bpy.ops.roto.key_absent)
    scene.frame_set(1001)


def where_masks_are(host: Host, aspect: float, pixel_aspect: float) -> list[float]:
    """A mask's right upper corner in pixels, on a clip that is shown stretched."""
    clip, square = bpy.data.movieclips[0], host.part("masks").Square
    clip.display_aspect, clip.tracking.camera.pixel_aspect = (aspect, 1), pixel_aspect
    return [round(value, 3) for value in square.of(host.opened()[1]).to_pixels((1, 1))]


def kill_the_engine(host: Host) -> None:
    """In the middle of a job: nothing that was answered is lost."""
    host.ask(bpy.ops.roto.key_mask, mask="m")
    bpy.ops.roto.propagate()
    host.part("engine")._client.kill()
    host.pump()
    host.told["killed"] = [host.state.error, host.opened() is not None]
    host.ask(bpy.ops.roto.propagate)
    host.told["states"] = host.state.status["objects"][0]["states"]
