"""A long job is cancelled with the button, and gone on with. Runs inside Blender."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from scenery import paint, shot_scene

if TYPE_CHECKING:
    from host_inside import Host

LAST = 1012


def stopping(host: Host) -> None:
    """Propagate, cancel after some frames, receive what is there, propagate the rest."""
    host.install()
    scene = shot_scene(last=LAST)
    bpy.ops.wm.save_as_mainfile(filepath=str(host.folder / "shot.blend"))
    host.send_clip()
    host.ask(bpy.ops.roto.add_object, name="hero")
    scene.frame_set(1001)
    host.ask(bpy.ops.roto.key_image, image=paint("first", 20, 32, 14).name)
    stop(host)
    host.copy_project("stopped.roto")
    host.opened()[1].partial = True
    host.ask(bpy.ops.roto.receive, kind="MATTE")
    host.told["received"] = received(host)
    host.lines.clear()
    host.ask(bpy.ops.roto.propagate)
    host.told["went on"] = list(host.lines)
    host.told["states at the end"] = host.state.status["objects"][0]["states"]
    host.told["received at the end"] = received(host)


def received(host: Host) -> list[str]:
    """The mattes that are on disk."""
    files = (host.folder / "roto" / "plate" / "mattes" / "hero").iterdir()
    return sorted(path.name for path in files)


def stop(host: Host) -> None:
    """Two frames are told, then the button beside the bar is pressed."""
    told = host.told
    assert bpy.ops.roto.propagate() == {"FINISHED"}
    host.pump(lambda: host.state.progress[0] >= 2)
    assert host.state.job is not None, (host.state.line, host.state.error)
    told["before"] = [*host.state.progress, host.draw("CLIP_EDITOR")["roto"]]
    assert bpy.ops.roto.cancel() == {"FINISHED"}
    told["pressed"] = host.state.line
    host.pump()
    told["stopped"] = host.state.line
    told["states"] = host.state.status["objects"][0]["states"]
    told["free"] = host.state.job is None and not bpy.ops.roto.cancel.poll()
    told["after"] = host.draw("CLIP_EDITOR")
