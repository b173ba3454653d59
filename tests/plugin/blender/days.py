"""What a test has an artist do in Blender; each is a process of its own. Runs inside Blender."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import bpy
from scenery import (
    EDITORS,
    FRAMES,
    animate,
    background,
    choose,
    circle,
    new_scene,
    paint,
    save,
    shot_scene,
    strips,
)
from stopping import stopping
from troubles import troubles

if TYPE_CHECKING:
    from host_inside import Host


def day(host: Host) -> None:
    """Install, propagate, receive in all three ways, correct, receive again, save."""
    host.install()
    scene = shot_scene()
    host.told["nothing"] = host.draw("CLIP_EDITOR")
    bpy.ops.wm.save_as_mainfile(filepath=str(host.folder / "shot.blend"))
    host.send_clip()
    host.ask(bpy.ops.roto.add_object, name="hero")
    key_animated_mask(host, scene)
    propagate_beside_other_work(host, scene)
    host.told["receipt"] = host.state.receipt
    host.copy_project("before.roto")
    receive_all(host, scene)
    host.told["panels"] = {kind: host.draw(kind) for kind in EDITORS}
    correct(host, scene)
    bpy.ops.wm.save_as_mainfile(filepath=str(host.folder / "shot.blend"))


def key_animated_mask(host: Host, scene) -> None:
    """Splines with shape keys at 1001 and 1005; keyframes at one of them, and in between."""
    space, mask = host.space("CLIP_EDITOR"), circle("round", 20.5, 32.5, 14)
    space.mode, space.mask = "MASK", mask
    animate(host, mask, {1001: (20.5, 32.5, 14), 1005: (44.5, 32.5, 14)})
    host.told["keyed"] = []
    for frame in (1001, 1003):
        scene.frame_set(frame)
        with host.editor("CLIP_EDITOR"):
            host.ask(bpy.ops.roto.key_mask)
        host.told["keyed"].append(host.state.line)


def propagate_beside_other_work(host: Host, scene) -> None:
    """The button returns at once; the playhead moves and the .blend is saved meanwhile."""
    host.lines.clear()
    assert bpy.ops.roto.propagate() == {"FINISHED"}
    scene.frame_set(1004)
    bpy.ops.wm.save_mainfile()
    host.told["meanwhile"] = [host.state.job is not None, host.draw("CLIP_EDITOR")["roto"]]
    host.told["again while busy"] = host.refuses(bpy.ops.roto.propagate)
    host.pump()
    host.told["propagating"] = list(host.lines)


def receive_all(host: Host, scene) -> None:
    host.ask(bpy.ops.roto.receive, kind="MATTE")
    host.render("matte", FRAMES)
    host.ask(bpy.ops.roto.receive, kind="CRYPTOMATTE")
    host.render("crypto", FRAMES)
    background(scene)
    host.ask(bpy.ops.roto.receive, kind="STRIP")
    host.render("strip", FRAMES, sequencer=True)
    host.told["strips"] = [[s.name, s.mute, s.frame_final_start] for s in strips(scene)]


def correct(host: Host, scene) -> None:
    """Paint frame 1005 anew; what was received follows."""
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
    host.render("moved", (1001, 1005, 1008))
    host.space("CLIP_EDITOR").clip = bpy.data.movieclips[0]
    host.told["offered"] = host.draw("CLIP_EDITOR")
    with host.editor("CLIP_EDITOR"):
        host.ask(bpy.ops.roto.send)
    host.told["project"] = host.state.project
    host.told["states"] = host.state.status["objects"]
    undo_in_roto(host)
    more_keyframes(host, scene)
    rename_and_remove(host)
    undo_in_blender(host)
    in_the_app(host)
    bpy.ops.wm.save_as_mainfile(filepath=str(host.folder / "shot.blend"))
    host.told["after saving"] = host.opened() is not None
    leave(host)


def undo_in_roto(host: Host) -> None:
    """That the clip lies elsewhere now is no step: undo does not lose it."""
    for name in ("undo", "redo"):
        host.ask(getattr(bpy.ops.roto, name))
        states = host.state.status["objects"][0]["states"]
        host.told[f"roto {name}"] = [host.state.line, states]


def more_keyframes(host: Host, scene) -> None:
    """A second object: a file, an absence, a job that is cancelled, and painting over a result."""
    told = host.told
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
    host.ask(bpy.ops.roto.receive, kind="MATTE")
    told["received"] = host.state.line
    scene.frame_set(1004)
    host.ask(bpy.ops.roto.paint)
    image = host.opened()[1].painting
    told["painting"] = [image.name, list(image.size)]
    save(image, host.folder / "painting.png")
    host.ask(bpy.ops.roto.revert)
    told["reverted"] = host.state.status["objects"][1]["states"]


def rename_and_remove(host: Host) -> None:
    bpy.context.scene.frame_set(1008)
    host.ask(bpy.ops.roto.key_remove)
    host.opened()[1].objects[1].name = "second"
    host.pump()
    host.told["renamed"] = [one["name"] for one in host.state.status["objects"]]
    host.ask(bpy.ops.roto.remove_object)
    host.told["removed"] = [one["name"] for one in host.state.status["objects"]]


def undo_in_blender(host: Host) -> None:
    """Nodes and strips go and come with Blender's own undo; the shot and its project stay."""
    title = "roto plate hero"

    def now() -> list:
        """Whether the Set Alpha node is there, whether the project is open, and its objects."""
        tree = host.part("compat").compositor_tree(bpy.context.scene)
        shown = host.opened()
        names = [] if shown is None else list(shown[1].objects.keys())
        return [title in tree.nodes, shown is not None, names]

    tree = host.part("compat").compositor_tree(bpy.context.scene)
    tree.nodes.remove(tree.nodes[title])
    bpy.ops.ed.undo_push(message="the artist removes the node")
    host.ask(bpy.ops.roto.receive, kind="MATTE")
    seen = [now()]
    for step in (bpy.ops.ed.undo, bpy.ops.ed.redo):
        assert step() == {"FINISHED"}
        seen.append(now())
    host.told["blender undo"] = seen
    host.ask(bpy.ops.roto.receive, kind="MATTE")
    host.render("undone", (1006,))


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
    host.told["uninstalled"] = host.uninstall()


def editors(host: Host) -> None:
    """A trimmed strip, a movie clip, an image sequence and a movie strip, each in its scene."""
    host.install()
    shot_scene()
    image_strip(host)
    movie_clip(host)
    image_editor(host)
    movie_strip(host)
    host.told["shots"] = [
        [s.name, s.kind, s.first, s.last, s.shift, s.rate, os.path.basename(s.project)]
        for scene in bpy.data.scenes
        for s in scene.roto.shots
    ]
    host.told["shots"].sort()


def image_strip(host: Host) -> None:
    """Trimmed at both ends, somewhere on the timeline of a scene that is not the window's."""
    scene = new_scene(host, "a strip", 1, 40)
    bpy.ops.wm.save_as_mainfile(filepath=str(host.folder / "edit.blend"))
    background(scene, start=1, length=40)
    made = strips(scene).new_image("plate", str(host.plate(1001)), 3, 11)
    for frame in FRAMES[1:]:
        made.elements.append(host.plate(frame).name)
    made.frame_final_duration = 8
    made.frame_offset_start, made.frame_offset_end = 2, 1
    choose(scene, made)
    with host.editor("SEQUENCE_EDITOR"):
        host.ask(bpy.ops.roto.send)
        host.ask(bpy.ops.roto.add_object, name="hero")
        scene.frame_set(13)
        host.opened()[1].mask = circle("chosen", 32.5, 32.5, 14)
        host.ask(bpy.ops.roto.key_mask)
    host.ask(bpy.ops.roto.propagate)
    host.ask(bpy.ops.roto.receive, kind="STRIP")
    host.render("edit", range(13, 18), sequencer=True)


def movie_clip(host: Host) -> None:
    """From frame 1 of its scene; nothing is known before the keyframe."""
    scene = new_scene(host, "a movie", 1, 8)
    host.space("CLIP_EDITOR").clip = bpy.data.movieclips.load(str(host.folder / "plate.mp4"))
    with host.editor("CLIP_EDITOR"):
        host.ask(bpy.ops.roto.send)
    host.ask(bpy.ops.roto.add_object, name="hero")
    scene.frame_set(3)
    host.ask(bpy.ops.roto.key_image, image=paint("first", 32, 32, 14, floats=True).name)
    host.ask(bpy.ops.roto.propagate, direction="forward")
    host.told["gaps"] = host.refuses(bpy.ops.roto.receive, kind="MATTE")
    host.opened()[1].first = 1003
    host.ask(bpy.ops.roto.receive, kind="MATTE")


def image_editor(host: Host) -> None:
    """Frame 1001 of a sequence at frame 101, and a clip of the same name in another scene."""
    movie, scene = bpy.context.scene, new_scene(host, "images", 101, 108)
    space = host.space("IMAGE_EDITOR")
    space.image = bpy.data.images.load(str(host.plate(1001)))
    space.image.source = "SEQUENCE"
    user = space.image_user
    user.frame_start, user.frame_offset, user.frame_duration = 101, 1000, 8
    with host.editor("IMAGE_EDITOR"):
        host.ask(bpy.ops.roto.send)
    host.ask(bpy.ops.roto.add_object, name="hero")
    scene.frame_set(104)
    host.ask(bpy.ops.roto.key_image, image=paint("second", 38, 32, 14).name)
    shot = host.opened()[1]
    shot.first, shot.last = 1003, 1005
    host.ask(bpy.ops.roto.propagate)
    host.ask(bpy.ops.roto.receive, kind="MATTE")
    host.render("images", range(103, 106))
    host.use_scene(movie)
    host.render("movie", range(3, 9))


def movie_strip(host: Host) -> None:
    """A movie in the sequencer, trimmed, rendered with its matte and without."""
    scene = new_scene(host, "a cut", 51, 58)
    background(scene, start=51, length=8)
    made = strips(scene).new_movie("film", str(host.folder / "plate.mp4"), 2, 51)
    made.frame_offset_start, made.frame_offset_end = 2, 3
    choose(scene, made)
    with host.editor("SEQUENCE_EDITOR"):
        host.ask(bpy.ops.roto.send)
    host.render("film", range(53, 56), sequencer=True)
    host.ask(bpy.ops.roto.add_object, name="hero")
    scene.frame_set(54)
    host.ask(bpy.ops.roto.key_image, image="second")
    host.ask(bpy.ops.roto.propagate)
    host.ask(bpy.ops.roto.receive, kind="STRIP")
    host.render("cut", range(53, 56), sequencer=True)


DAYS = {"day": day, "again": again, "editors": editors, "stopping": stopping, "troubles": troubles}
