"""This Blender as a test drives it: editors, buttons, the timer, renders. Runs inside Blender."""

from __future__ import annotations

import importlib
import sqlite3
import sys
import time
from typing import TYPE_CHECKING

import bpy
import paper

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
        assert NAME in bpy.context.preferences.addons
        bpy.context.preferences.addons[NAME].preferences.python = self.python

    def part(self, name: str):
        return importlib.import_module(f"{NAME}.{name}")

    @property
    def state(self):
        return self.part("engine").state

    def pump(self, enough: Callable[[], bool] = lambda: False) -> None:
        """What Blender's timer does, until every answer has come, or it is enough."""
        engine, until = self.part("engine"), time.monotonic() + SECONDS
        while engine.busy() and not enough():
            assert time.monotonic() < until, f"no answer: {self.state.line}"
            assert bpy.app.timers.is_registered(engine.tick)
            time.sleep(min(self.tick(), 0.02))
            if self.state.line and self.state.line not in self.lines[-1:]:
                self.lines.append(self.state.line)

    def tick(self) -> float:
        """Blender's timer: it knows no window."""
        with bpy.context.temp_override(window=None):
            return self.part("engine").tick()

    def wait_for(self, words: str) -> None:
        """Until the panel says so."""
        until = time.monotonic() + SECONDS
        while words not in self.state.line:
            assert time.monotonic() < until, f"{self.state.line} {self.state.error}"
            time.sleep(min(self.tick(), 0.02))
        self.pump()

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

    def use_scene(self, scene) -> None:
        """Show a scene in the window, and in the sequencer where that has one of its own."""
        window = bpy.context.window_manager.windows[0]
        window.scene = scene
        if hasattr(window.workspace, "sequencer_scene"):
            window.workspace.sequencer_scene = scene

    def plate(self, frame: int) -> Path:
        return self.folder / "plate" / f"plate.{frame}.png"

    def send_clip(self) -> None:
        """The plate as a movie clip, sent from the clip editor."""
        clip = bpy.data.movieclips.load(str(self.plate(1001)))
        clip.filepath = bpy.path.relpath(clip.filepath)
        clip.frame_start = 1001
        self.space("CLIP_EDITOR").clip = clip
        with self.editor("CLIP_EDITOR"):
            self.ask(bpy.ops.roto.send)

    def draw(self, kind: str) -> dict[str, list[str]]:
        """The panels of an editor, as they are now."""
        panels = [c for c in self.part("panels").PANELS if c.bl_space_type == kind]
        with self.editor(kind):
            return paper.draw(panels)

    def uninstall(self) -> dict[str, object]:
        """Have Blender remove the add-on; returns what is left of it."""
        engine = self.part("engine")
        repos = bpy.context.preferences.extensions.repos
        index = next(n for n, repo in enumerate(repos) if repo.module == "user_default")
        bpy.ops.extensions.package_uninstall(pkg_id="roto_blender", repo_index=index)
        return {
            "operators": [n for n in dir(bpy.ops.roto) if not n.startswith("_")],
            "scene": hasattr(bpy.types.Scene, "roto"),
            "timer": bpy.app.timers.is_registered(engine.tick),
            "addon": NAME in bpy.context.preferences.addons,
            "handlers": [f.__module__ for f in bpy.app.handlers.save_pre if NAME in f.__module__],
        }

    def end(self) -> None:
        """Wait until the engine has let go of the project: the test is going to move it."""
        client = getattr(sys.modules.get(f"{NAME}.engine"), "_client", None)
        if client is not None:
            client.close(wait=SECONDS)

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

    def copy_project(self, name: str) -> None:
        """The open project as it is now, beside the plate, for the test to look into."""
        source = sqlite3.connect(f"file:{self.state.project}?mode=ro", uri=True)
        target = sqlite3.connect(self.folder / name)
        with source, target:
            source.backup(target)
        source.close()
        target.close()
