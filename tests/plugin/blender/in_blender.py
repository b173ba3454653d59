"""Runs inside Blender's own Python, not in roto's: a day with the add-on, told as JSON.

    python in_blender.py SCENARIO FOLDER ZIP ROTO_PYTHON

The test that starts it has made FOLDER and reads FOLDER/SCENARIO.json when it has ended.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import traceback
from pathlib import Path

import bpy

NAME = "bl_ext.user_default.roto_blender"
SECONDS = 300.0


class Host:
    """This Blender, its editors, and the add-on in it."""

    def __init__(self, folder: Path, archive: str, python: str) -> None:
        self.folder, self.archive, self.python = folder, archive, python
        self.told: dict[str, object] = {"version": bpy.app.version_string}
        self.lines: list[str] = []

    def install(self) -> None:
        import addon_utils  # is found once bpy is there

        addon_utils.enable("bl_pkg")
        bpy.ops.extensions.package_install_files(
            filepath=self.archive, repo="user_default", enable_on_install=True
        )
        self.part("preferences")
        bpy.context.preferences.addons[NAME].preferences.python = self.python

    def part(self, name: str):
        return importlib.import_module(f"{NAME}.{name}")

    @property
    def state(self):
        return self.part("engine").state

    def pump(self) -> None:
        """What Blender's timer does, until every answer has come."""
        engine, until = self.part("engine"), time.monotonic() + SECONDS
        while engine.busy():
            assert time.monotonic() < until, f"no answer: {self.state.line}"
            assert bpy.app.timers.is_registered(engine.tick)
            time.sleep(min(engine.tick(), 0.02))
            if self.state.line and self.state.line not in self.lines[-1:]:
                self.lines.append(self.state.line)

    def ask(self, operator, **options) -> None:
        """Press a button and wait for the answer."""
        assert operator(**options) == {"FINISHED"}, self.state.error
        self.pump()
        log = list(getattr(self.part("engine")._client, "log", ()))
        assert not self.state.error, f"{self.state.error} {log[-8:]}"

    def refuses(self, operator, **options) -> str:
        """What a button says that cannot do it."""
        try:
            operator(**options)
        except RuntimeError as error:
            return str(error)
        self.pump()
        return self.state.error

    def editor(self, kind: str):
        """Act inside an editor of that kind."""
        window = bpy.context.window_manager.windows[0]
        area = window.screen.areas[0]
        area.type = kind
        region = next(r for r in area.regions if r.type == "WINDOW")
        return bpy.context.temp_override(
            window=window, screen=window.screen, area=area, region=region
        )

    def space(self, kind: str):
        area = bpy.context.window_manager.windows[0].screen.areas[0]
        area.type = kind
        return area.spaces.active

    def opened(self):
        return self.part("shots").opened()

    def render(self, name: str, frames, *, sequencer: bool = False) -> None:
        """Have Blender write frames, 16-bit RGBA, as NAME.####.png."""
        scene = bpy.context.scene
        scene.render.use_sequencer = sequencer
        settings = scene.render.image_settings
        if hasattr(settings, "media_type"):
            settings.media_type = "IMAGE"
        settings.file_format, settings.color_mode = "PNG", "RGBA"
        settings.color_depth = "16"
        for frame in frames:
            scene.frame_set(frame)
            scene.render.filepath = str(self.folder / f"{name}.{frame}.png")
            bpy.ops.render.render(write_still=True)

    def end(self) -> None:
        self.part("engine").leave()


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
    clip.frame_start = 1001
    host.space("CLIP_EDITOR").clip = clip
    with host.editor("CLIP_EDITOR"):
        host.ask(bpy.ops.roto.send)


def day(host: Host) -> None:
    """Install, propagate, receive in all three ways, correct, receive again, save."""
    host.install()
    host.ask(bpy.ops.roto.check)
    host.told["checks"] = host.state.checks
    scene = shot_scene(host)
    bpy.ops.wm.save_as_mainfile(filepath=str(host.folder / "shot.blend"))
    send_clip(host)
    host.ask(bpy.ops.roto.add_object, name="hero")
    scene.frame_set(1001)
    space = host.space("CLIP_EDITOR")
    space.mode, space.mask = "MASK", circle("m", 20.5, 32.5, 14)
    with host.editor("CLIP_EDITOR"):
        host.ask(bpy.ops.roto.key_mask)
    host.lines.clear()
    host.ask(bpy.ops.roto.propagate)
    host.told["propagating"] = list(host.lines)
    host.told["receipt"] = host.state.receipt
    host.ask(bpy.ops.roto.receive, kind="MATTE")
    host.render("matte", range(1001, 1009))
    host.ask(bpy.ops.roto.receive, kind="CRYPTOMATTE")
    host.render("crypto", range(1001, 1009))
    background(scene)
    host.ask(bpy.ops.roto.receive, kind="STRIP")
    host.render("strip", range(1001, 1009), sequencer=True)
    host.told["strips"] = {s.name: [s.frame_final_start, s.frame_final_end] for s in strips(scene)}
    host.told["before"] = states(host)
    correct(host)
    bpy.ops.wm.save_as_mainfile(filepath=str(host.folder / "shot.blend"))
    host.told["saved"] = saved_paths(scene)
    host.end()


def correct(host: Host) -> None:
    """Paint frame 1005 anew; what was received follows."""
    scene = bpy.context.scene
    scene.frame_set(1005)
    image = paint("fix", 44, 40, 9)
    host.ask(bpy.ops.roto.key_image, image=image.name)
    host.told["corrected"] = states(host)
    host.ask(bpy.ops.roto.propagate)
    host.told["second receipt"] = host.state.receipt
    host.told["after"] = states(host)
    host.render("strip2", range(1001, 1009), sequencer=True)
    host.render("crypto2", range(1001, 1009))
    host.ask(bpy.ops.roto.receive, kind="MATTE")
    host.render("matte2", range(1001, 1009))


def background(scene) -> None:
    """A green strip below all others, so that a render shows the plate's alpha."""
    editor = scene.sequence_editor_create()
    found = editor.strips if hasattr(editor, "strips") else editor.sequences
    try:
        strip = found.new_effect("green", "COLOR", 1, 1001, length=8)
    except TypeError:
        strip = found.new_effect("green", "COLOR", 1, 1001, frame_end=1009)
    strip.color = (0, 1, 0)


def strips(scene):
    editor = scene.sequence_editor
    return editor.strips if hasattr(editor, "strips") else editor.sequences


def states(host: Host):
    return host.state.status["objects"]


def saved_paths(scene):
    return [
        {"project": shot.project, "plate": shot.plate, "absolute": shot.project_absolute}
        for shot in scene.roto.shots
    ]


SCENARIOS = {"day": day}


def main() -> None:
    scenario, folder, archive, python = sys.argv[1:5]
    host = Host(Path(folder), archive, python)
    try:
        SCENARIOS[scenario](host)
    except BaseException:
        host.told["failed"] = traceback.format_exc()
    text = json.dumps(host.told, default=str)
    (host.folder / f"{scenario}.json").write_text(text, encoding="utf-8")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # bpy 4.5 may hang in its own clean-up when a script defined classes


main()
