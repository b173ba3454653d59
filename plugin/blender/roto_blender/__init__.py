# SPDX-License-Identifier: GPL-3.0-or-later
"""roto in Blender: a thin client of roto's engine process.

The standard library and bpy only. ``vendor`` holds copies of roto's own client, put there by
``build.py``; nothing else of roto is ever loaded into Blender.
"""

from __future__ import annotations

import bpy

from . import engine, operators, panels, preferences, shots

_CLASSES = (*preferences.CLASSES, *operators.CLASSES, *panels.CLASSES)


def register() -> None:
    """Add preferences, operators and panels; nothing is started and nothing is read."""
    shots.register()
    for cls in _CLASSES:
        bpy.utils.register_class(cls)


def unregister() -> None:
    """End the engine and take everything away; projects and mattes stay on disk."""
    engine.stop()
    for cls in reversed(_CLASSES):
        bpy.utils.unregister_class(cls)
    shots.unregister()
