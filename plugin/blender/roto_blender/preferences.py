# SPDX-License-Identifier: GPL-3.0-or-later
"""Where roto is installed, and whether everything is there that it needs."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any

import bpy
from bpy.props import StringProperty

from . import engine

_WIDE = 90  # characters that a line of the preferences has room for
_NAMES = ("Scripts/python.exe", "python.exe") if sys.platform == "win32" else ("bin/python",)


class RotoPreferences(bpy.types.AddonPreferences):
    """The path of roto's environment."""

    bl_idname = __package__

    python: StringProperty(
        name="roto's Python",
        description="The Python that roto is installed in, or the folder of its environment",
        subtype="FILE_PATH",
    )

    def interpreter(self) -> str:
        """The Python to start: as given, inside the folder given, or beside ``roto`` in PATH."""
        given = bpy.path.abspath(self.python.strip().strip("\"'"))
        if not given:
            return beside_roto()
        inside = (os.path.join(given, name) for name in _NAMES)
        return next((path for path in inside if os.path.isfile(path)), given)

    def draw(self, _context: Any) -> None:
        """The path, the button, and what it found."""
        layout = self.layout
        layout.prop(self, "python")
        if not self.python:
            found = beside_roto()
            layout.label(text=f"Found: {found}" if found else "Nothing is chosen, and none found.")
        layout.operator("roto.check", icon="CHECKMARK")
        draw_checks(layout)


def draw_checks(layout: Any) -> None:
    """The environment report: a line for each thing, and what to do where it is wrong."""
    for name, good, found, advice in engine.state.checks:
        row = layout.row()
        row.alert = not good
        row.label(text=f"{name}: {found}", icon="CHECKMARK" if good else "ERROR")
        for line in wrapped(advice, _WIDE):
            layout.label(text=line, icon="BLANK1")


def wrapped(text: str, width: int) -> list[str]:
    """The lines of a text: Blender wraps no label, and cuts off what has no room."""
    lines: list[str] = []
    for word in text.split():
        if not lines or len(lines[-1]) + len(word) >= width:
            lines.append(word)
        else:
            lines[-1] += f" {word}"
    return lines


def beside_roto() -> str:
    """The Python beside the command ``roto`` of PATH; "" where there is none."""
    command = shutil.which("roto")
    if command is None:
        return ""
    name = "python.exe" if sys.platform == "win32" else "python"
    path = os.path.join(os.path.dirname(command), name)
    return path if os.path.isfile(path) else ""


class ROTO_OT_check(bpy.types.Operator):
    """Start roto and ask whether everything is there that it needs"""

    bl_idname = "roto.check"
    bl_label = "Check"

    def execute(self, _context: Any) -> set[str]:
        """Ask; the answer is drawn below the button."""
        engine.state.checks = []
        path = engine.python_path()
        if path and not os.path.exists(path):
            show_failure(f"There is no file {path}; choose roto's Python.")
        elif os.path.isdir(path):
            show_failure(f"There is no Python in the folder {path}; choose that of roto.")
        else:
            engine.say("Checking roto...")
            engine.ask("check", {}, _show, show_failure)
        return {"FINISHED"}


def show_failure(message: str) -> None:
    """The environment could not even be asked."""
    engine.state.checks = [("roto", False, "it does not start", message)]
    engine.say("", message)


def _show(report: dict[str, Any]) -> None:
    engine.state.checks = [
        (one["name"], one["ok"], one["found"], one["advice"]) for one in report["checks"]
    ]
    wrong = [one["name"] for one in report["checks"] if not one["ok"]]
    engine.say("roto is ready." if report["ok"] else f"To be put right: {', '.join(wrong)}.")


CLASSES = (RotoPreferences, ROTO_OT_check)
