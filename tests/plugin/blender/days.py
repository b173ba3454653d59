"""What a test has an artist do in Blender; each is a process of its own. Runs inside Blender."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import bpy
import paper
from host_inside import NAME

if TYPE_CHECKING:
    from host_inside import Host


def shot_scene(host: Host):
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = 24, 1.001
    scene.render.resolution_x, scene.render.resolution_y = 96, 64
    scene.render.resolution_percentage = 100
    scene.render.film_transparent = True
    scene.view_settings.view_transform = "Standard"
    scene.frame_start, scene.frame_end = 1001, 1008
    return scene


def circle(name: str, x: float, y: float, radius: float):
    """A mask with one round shape, in pixels of a plate of 96x64."""
    mask = bpy.data.masks.new(name)
    spline = mask.layers.new(name="round").splines.new()
    spline.use_cyclic = True
    spline.points.add(4 - len(spline.points))
    arm = 0.5523 * radius
    knots = [((1, 0), (0, 1)), ((0, 1), (-1, 0)), ((-1, 0), (0, -1)), ((0, -1), (1, 0))]
    for point, ((px, py), (tx, ty)) in zip(spline.points, knots, strict=True):
        point.handle_type = "FREE"
        where = (x + radius * px, y + radius * py)
        point.co = to_mask(*where)
        point.handle_left = to_mask(where[0] - arm * tx, where[1] - arm * ty)
        point.handle_right = to_mask(where[0] + arm * tx, where[1] + arm * ty)
    return mask


def to_mask(x: float, y: float) -> tuple[float, float]:
    return (x - 48) / 96 + 0.5, (32 - y) / 96 + 0.5


def paint(name: str, x: float, y: float, radius: float, *, floats: bool = False):
    """An image as an artist paints it: white on black."""
    image = bpy.data.images.new(name, 96, 64, float_buffer=floats)
    pixels = []
    for row in range(64):
        for column in range(96):
            inside = (column - x) ** 2 + (63 - row - y) ** 2 <= radius**2
            pixels += [float(inside)] * 3 + [1.0]
    image.pixels.foreach_set(pixels)
    return image


def send_clip(host: Host) -> None:
    clip = bpy.data.movieclips.load(str(host.folder / "plate" / "plate.1001.png"))
    clip.filepath = bpy.path.relpath(clip.filepath)
    clip.frame_start = 1001
    host.space("CLIP_EDITOR").clip = clip
    with host.editor("CLIP_EDITOR"):
        host.ask(bpy.ops.roto.send)


def draw(host: Host, kind: str) -> dict[str, list[str]]:
    """The panels of an editor, as they are now."""
    panels = [c for c in host.part("panels").PANELS if c.bl_space_type == kind]
    with host.editor(kind):
        return paper.draw(panels)


def day(host: Host) -> None:
    """Install, propagate, receive in all three ways, correct, receive again, save."""
    host.install()
    scene = shot_scene(host)
    host.told["nothing"] = draw(host, "CLIP_EDITOR")
    bpy.ops.wm.save_as_mainfile(filepath=str(host.folder / "shot.blend"))
    send_clip(host)
    host.ask(bpy.ops.roto.add_object, name="hero")
    scene.frame_set(1001)
    space = host.space("CLIP_EDITOR")
    space.mode, space.mask = "MASK", circle("round", 20.5, 32.5, 14)
    with host.editor("CLIP_EDITOR"):
        host.ask(bpy.ops.roto.key_mask)
    host.told["keyed"] = host.state.line
    host.lines.clear()
    host.ask(bpy.ops.roto.propagate)
    host.told["propagating"] = list(host.lines)
    host.told["receipt"] = host.state.receipt
    host.copy_project("before.roto")
    receive_all(host)
    host.told["panels"] = {k: draw(host, k) for k in EDITORS}
    correct(host)
    host.told["shots"] = [
        {"received": shot.received, "project": shot.project} for shot in scene.roto.shots
    ]
    bpy.ops.wm.save_as_mainfile(filepath=str(host.folder / "shot.blend"))


EDITORS = ("CLIP_EDITOR", "IMAGE_EDITOR", "SEQUENCE_EDITOR")
FRAMES = range(1001, 1009)


def receive_all(host: Host) -> None:
    scene = bpy.context.scene
    host.ask(bpy.ops.roto.receive, kind="MATTE")
    host.render("matte", FRAMES)
    host.ask(bpy.ops.roto.receive, kind="CRYPTOMATTE")
    host.render("crypto", FRAMES)
    background(scene)
    host.ask(bpy.ops.roto.receive, kind="STRIP")
    host.render("strip", FRAMES, sequencer=True)
    host.told["strips"] = [[s.name, s.mute, s.frame_final_start] for s in strips(scene)]


def correct(host: Host) -> None:
    """Paint frame 1005 anew; what was received follows."""
    scene = bpy.context.scene
    scene.frame_set(1005)
    image = paint("fix", 44, 40, 9)
    host.ask(bpy.ops.roto.key_image, image=image.name)
    host.told["corrected"] = host.state.line
    host.ask(bpy.ops.roto.propagate)
    host.told["second receipt"] = host.state.receipt
    host.told["states"] = host.state.status["objects"]
    host.render("strip2", FRAMES, sequencer=True)
    host.render("crypto2", FRAMES)
    host.ask(bpy.ops.roto.receive, kind="MATTE")
    host.render("matte2", FRAMES)


def again(host: Host) -> None:
    """The folder was moved; the mattes are there without roto, and the project is found again."""
    host.install()
    bpy.ops.wm.open_mainfile(filepath=str(host.folder / "shot.blend"))
    scene = bpy.context.scene
    host.told["quiet"] = host.part("engine")._client is None
    host.render("moved", FRAMES)
    host.space("CLIP_EDITOR").clip = bpy.data.movieclips[0]
    host.told["offered"] = draw(host, "CLIP_EDITOR")
    with host.editor("CLIP_EDITOR"):
        host.ask(bpy.ops.roto.send)
    host.told["project"] = host.state.project
    host.told["states"] = host.state.status["objects"]
    edit(host, scene)
    in_the_app(host)
    bpy.ops.wm.save_as_mainfile(filepath=str(host.folder / "shot.blend"))
    host.told["after saving"] = host.opened() is not None
    leave(host)


def edit(host: Host, scene) -> None:
    """Undo, more objects, all other kinds of keyframes, cancel."""
    told = host.told
    host.ask(bpy.ops.roto.undo)
    told["undone"] = [host.state.line, host.state.status["objects"][0]["states"]]
    host.ask(bpy.ops.roto.redo)
    told["redone"] = [host.state.line, host.state.status["objects"][0]["states"]]
    host.ask(bpy.ops.roto.add_object, name="other")
    scene.frame_set(1002)
    host.ask(bpy.ops.roto.key_file, filepath=str(host.folder / "file.png"))
    scene.frame_set(1008)
    host.ask(bpy.ops.roto.key_absent)
    bpy.ops.roto.propagate()
    bpy.ops.roto.cancel()
    host.pump()
    told["cancelled"] = [host.state.line, host.state.status["objects"][1]["states"]]
    host.ask(bpy.ops.roto.propagate)
    told["both"] = host.state.status["objects"]
    scene.frame_set(1004)
    host.ask(bpy.ops.roto.paint)
    image = host.opened()[1].painting
    told["painting"] = [image.name, list(image.size)]
    save(image, host.folder / "painting.png")
    host.ask(bpy.ops.roto.revert)
    told["reverted"] = host.state.status["objects"][1]["states"]
    scene.frame_set(1008)
    host.ask(bpy.ops.roto.key_remove)
    host.opened()[1].objects[1].name = "second"
    host.pump()
    told["renamed"] = [one["name"] for one in host.state.status["objects"]]
    host.ask(bpy.ops.roto.remove_object)
    told["removed"] = [one["name"] for one in host.state.status["objects"]]


def save(image, path) -> None:
    """As a PNG, whatever the image came from."""
    image.filepath_raw, image.file_format = str(path), "PNG"
    image.save()


def in_the_app(host: Host) -> None:
    """The desktop app takes the project; when it is closed the project can be opened here."""
    host.ask(bpy.ops.roto.app)
    host.told["app"] = [host.state.line, host.opened() is None]
    lock = host.folder / "roto" / "plate.roto-lock"
    os.kill(int(lock.read_text()), signal.SIGTERM)
    host.wait_for("The app is closed")
    with host.editor("CLIP_EDITOR"):
        host.ask(bpy.ops.roto.send)


def leave(host: Host) -> None:
    """Another file, and the add-on is removed: nothing of it stays."""
    engine = host.part("engine")
    bpy.ops.wm.read_homefile(use_empty=True)
    host.told["left"] = engine._client is None and not host.state.project
    repos = bpy.context.preferences.extensions.repos
    index = next(n for n, repo in enumerate(repos) if repo.module == "user_default")
    bpy.ops.extensions.package_uninstall(pkg_id="roto_blender", repo_index=index)
    host.told["uninstalled"] = {
        "operators": [n for n in dir(bpy.ops.roto) if not n.startswith("_")],
        "scene": hasattr(bpy.types.Scene, "roto"),
        "timer": bpy.app.timers.is_registered(engine.tick),
        "addon": NAME in bpy.context.preferences.addons,
        "handlers": [f.__module__ for f in bpy.app.handlers.save_pre if NAME in f.__module__],
    }


def strip(host: Host) -> None:
    """A trimmed strip, somewhere on the timeline, of a scene that is not the window's."""
    host.install()
    shot_scene(host)
    scene = bpy.data.scenes.new("edit")
    host.use_scene(scene)
    shot_scene(host)
    scene.frame_start, scene.frame_end = 1, 40
    bpy.ops.wm.save_as_mainfile(filepath=str(host.folder / "edit.blend"))
    background(scene, start=1, length=40)
    plate = host.folder / "plate"
    made = strips(scene).new_image("plate", str(plate / "plate.1001.png"), 3, 11)
    for frame in range(1002, 1009):
        made.elements.append(f"plate.{frame}.png")
    made.frame_final_duration = 8
    made.frame_offset_start, made.frame_offset_end = 2, 1
    made.blend_type = "ALPHA_OVER"
    scene.sequence_editor.active_strip = made
    with host.editor("SEQUENCE_EDITOR"):
        host.ask(bpy.ops.roto.send)
    host.ask(bpy.ops.roto.add_object, name="hero")
    scene.frame_set(13)
    host.ask(bpy.ops.roto.key_mask, mask=circle("round", 32.5, 32.5, 14).name)
    host.ask(bpy.ops.roto.propagate)
    host.ask(bpy.ops.roto.receive, kind="STRIP")
    shot = scene.roto.shots[0]
    host.told["shot"] = [shot.first, shot.last, shot.shift]
    host.render("edit", range(13, 18), sequencer=True)
    host.told["strips"] = [[s.name, s.frame_final_start, s.frame_final_end] for s in strips(scene)]


def movie(host: Host) -> None:
    """A movie from frame 1 of the scene, and an image editor with a sequence of another offset."""
    host.install()
    scene = shot_scene(host)
    scene.frame_start, scene.frame_end = 1, 8
    clip = bpy.data.movieclips.load(str(host.folder / "plate.mp4"))
    host.space("CLIP_EDITOR").clip = clip
    with host.editor("CLIP_EDITOR"):
        host.ask(bpy.ops.roto.send)
    host.told["project"] = host.state.project
    host.ask(bpy.ops.roto.add_object, name="hero")
    scene.frame_set(3)
    host.ask(bpy.ops.roto.key_image, image=paint("first", 32, 32, 14, floats=True).name)
    host.ask(bpy.ops.roto.propagate, direction="forward")
    shot = scene.roto.shots[0]
    host.told["gaps"] = host.refuses(bpy.ops.roto.receive, kind="MATTE")
    shot.first = 1003
    host.ask(bpy.ops.roto.receive, kind="MATTE")
    host.render("movie", range(3, 9))
    space = host.space("IMAGE_EDITOR")
    space.image = bpy.data.images.load(str(host.folder / "plate" / "plate.1001.png"))
    space.image.source = "SEQUENCE"
    user = space.image_user
    user.frame_start, user.frame_offset, user.frame_duration = 101, 1000, 8
    with host.editor("IMAGE_EDITOR"):
        host.ask(bpy.ops.roto.send)
    shot = scene.roto.shots[1]
    host.told["image"] = [shot.name, shot.first, shot.last, shot.shift, shot.rate]


def troubles(host: Host) -> None:
    """What goes wrong says what to do, and Blender goes on."""
    host.install()
    told = host.told
    preferences = bpy.context.preferences.addons[NAME].preferences
    for name, python in (
        ("no file", str(host.folder / "nobody")),
        ("no roto", sys.executable),
        ("no python", "/bin/false"),
    ):
        preferences.python = python
        bpy.ops.roto.check()
        host.pump()
        told[name] = [host.state.checks, host.state.error]
    preferences.python = str(Path(host.python).parent.parent)
    host.ask(bpy.ops.roto.check)
    told["good"] = host.state.checks
    sheet = paper.Paper()
    type(preferences).draw(SimpleNamespace(layout=sheet, python=preferences.python), bpy.context)
    told["preferences"] = sheet.drawn
    scene = shot_scene(host)
    with host.editor("CLIP_EDITOR"):
        told["no clip"] = host.refuses(bpy.ops.roto.send)
    bpy.ops.wm.save_as_mainfile(filepath=str(host.folder / "shot.blend"))
    send_clip(host)
    host.ask(bpy.ops.roto.add_object, name="hero")
    scene.frame_set(1001)
    mask = circle("m", 20.5, 32.5, 14)
    mask.layers[0].invert = True
    told["inverted"] = host.refuses(bpy.ops.roto.key_mask, mask="m")
    mask.layers[0].invert = False
    mask.layers[0].splines[0].use_cyclic = False
    told["open"] = host.refuses(bpy.ops.roto.key_mask, mask="m")
    mask.layers[0].splines[0].use_cyclic = True
    small = bpy.data.images.new("small", 48, 32)
    told["small"] = host.refuses(bpy.ops.roto.key_image, image=small.name)
    told["nowhere"] = host.refuses(bpy.ops.roto.key_file, filepath="/nowhere/mask.png")
    scene.frame_set(999)
    told["outside"] = host.refuses(bpy.ops.roto.key_absent)
    scene.frame_set(1001)
    host.ask(bpy.ops.roto.key_mask, mask="m")
    bpy.ops.roto.propagate()
    host.part("engine")._client.kill()
    host.pump()
    told["killed"] = [host.state.error, host.opened() is not None]
    host.ask(bpy.ops.roto.propagate)
    told["states"] = host.state.status["objects"][0]["states"]


def background(scene, start=1001, length=8) -> None:
    """A green strip below all others, so that a render shows the plate's alpha."""
    editor = scene.sequence_editor_create()
    found = editor.strips if hasattr(editor, "strips") else editor.sequences
    try:
        strip = found.new_effect("green", "COLOR", 1, start, length=length)
    except TypeError:
        strip = found.new_effect("green", "COLOR", 1, start, frame_end=start + length)
    strip.color = (0, 1, 0)


def strips(scene):
    editor = scene.sequence_editor
    return editor.strips if hasattr(editor, "strips") else editor.sequences


DAYS = {"day": day, "again": again, "strip": strip, "movie": movie, "troubles": troubles}
