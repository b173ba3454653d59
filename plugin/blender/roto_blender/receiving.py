# SPDX-License-Identifier: GPL-3.0-or-later
"""Results as files, and the files as nodes and strips."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import compat, compositor, engine, sequencer, shots
from .names import file_at

if TYPE_CHECKING:
    from collections.abc import Sequence

_FORMATS = {
    "MATTE": ("exr", "mattes/{object}/{object}.####.exr"),
    "CRYPTOMATTE": ("cryptomatte", "cryptomatte/objects.####.exr"),
    "STRIP": ("png", "strips/{object}/{object}.####.png"),
}


def receive(wanted: dict[str, list[str]]) -> None:
    """Have the engine write mattes, one kind after the other, and place them.

    Args:
        wanted: Names of objects by kind (of ``shots.KINDS``); none: all of them, or the active
            one where only one fits.
    """
    found = shots.opened()
    if not wanted or found is None:
        return
    shot = found[1]
    kind, given = next(iter(wanted.items()))
    rest = {k: names for k, names in wanted.items() if k != kind}
    every = [item.name for item in shot.objects]
    names = given or ([shots.active_object(shot)] if kind == "STRIP" else every)
    order = {
        "format": _FORMATS[kind][0],
        "pattern": shots.beside_project(shot, *_FORMATS[kind][1].split("/")),
        "objects": names,
        "range": [shot.first, shot.last],
        "partial": shot.partial,
    }

    def written(result: dict[str, Any]) -> None:
        if result["ended"] == "cancelled":
            engine.say("Stopped: what was received before is as it was, or newer.")
            return
        place(kind, names)
        receive(rest)

    engine.state.line = "Writing mattes..."
    engine.ask("export", order, written)


def place(kind: str, names: Sequence[str]) -> None:
    """Show mattes that are on disk in the scene of the open shot."""
    found = shots.opened()
    if found is None:
        return
    scene, shot = found
    pattern = shots.beside_project(shot, *_FORMATS[kind][1].split("/"))
    if kind == "MATTE":
        firsts = {name: file_at(pattern, shot.first, name) for name in names}
        compositor.wire_mattes(scene, shot, names, firsts)
    elif kind == "CRYPTOMATTE":
        compositor.wire_cryptomatte(scene, shot, names, file_at(pattern, shot.first))
    else:
        for name in names:
            frames = range(shot.first, shot.last + 1)
            files = [file_at(pattern, frame, name) for frame in frames]
            sequencer.mask_strip(scene, shot, name, files)
    shots.remember_received(shot, kind, list(names))
    line = f"Received {', '.join(names)}: frames {shot.first} to {shot.last}."
    unused = [] if kind == "STRIP" else compositor.loose(scene, shot, names)
    if unused:
        line += f" To be connected: node {', '.join(unused)}."
    engine.say(line)
    compat.push_undo("roto: receive")
