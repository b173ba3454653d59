# SPDX-License-Identifier: GPL-3.0-or-later
"""Mattes in the sequencer: a muted strip with the matte, and a mask modifier on the plate's strip.

The matte's strip keeps the sequencer's own colour space. Non-Color, which is right in the
compositor, would bend the edges here.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from . import compat
from .names import file_at
from .plates import MOVIE_FIRST

if TYPE_CHECKING:
    from collections.abc import Sequence

MODIFIER = "roto"
_TRANSFORM = ("scale_x", "scale_y", "offset_x", "offset_y", "rotation")
_CROP = ("min_x", "max_x", "min_y", "max_y")


def mask_strip(scene: Any, shot: Any, name: str, files: Sequence[str]) -> None:
    """Have an object's matte mask the plate's strip.

    Args:
        scene: Whose sequencer.
        shot: What the matte is of.
        name: Of the object.
        files: One for each frame from the shot's first to its last.
    """
    with compat.sequencing(scene):
        editor = scene.sequence_editor or scene.sequence_editor_create()
        strips = compat.strips_of(editor)
        plate = _plate(strips, shot)
        matte = _matte(strips, shot, name, files)
        for part, names in (("transform", _TRANSFORM), ("crop", _CROP)):
            for one in names:
                setattr(getattr(matte, part), one, getattr(getattr(plate, part), one))
        modifier = plate.modifiers.get(MODIFIER) or plate.modifiers.new(MODIFIER, "MASK")
        modifier.input_mask_type = "STRIP"
        modifier.input_mask_strip = matte


def _plate(strips: Any, shot: Any) -> Any:
    """The strip that was sent, or one of the plate that was sent from another editor."""
    name = shot.source if shot.kind == "STRIP" else f"roto {shot.name}"
    found = strips.get(name)
    if found is not None:
        return found
    start, channel = shot.first + shot.shift, _free_channel(strips)
    if "#" in os.path.basename(shot.plate):
        files = [file_at(shot.plate, frame) for frame in range(shot.first, shot.last + 1)]
        plate = _images(strips, name, files, channel, start)
    else:
        plate = strips.new_movie(
            name, compat.saved_path(shot.file), channel, MOVIE_FIRST + shot.shift
        )
    plate.blend_type = "ALPHA_OVER"
    return plate


def _matte(strips: Any, shot: Any, name: str, files: Sequence[str]) -> Any:
    """The matte's strip, made anew: its range may be another one."""
    title = f"roto {shot.name} {name} matte"
    before = strips.get(title)
    channel = _free_channel(strips) if before is None else before.channel
    if before is not None:
        strips.remove(before)
    strip = _images(strips, title, files, channel, shot.first + shot.shift)
    strip.mute = True  # only the modifier sees it
    compat.read_again(strip)
    return strip


def _images(strips: Any, name: str, files: Sequence[str], channel: int, start: int) -> Any:
    first = compat.saved_path(files[0])
    strip = strips.new_image(name, first, channel, start, fit_method="ORIGINAL")
    for file in files[1:]:
        strip.elements.append(os.path.basename(file))
    strip.frame_final_duration = len(files)
    strip.name = name
    return strip


def _free_channel(strips: Any) -> int:
    return max((strip.channel for strip in strips), default=0) + 1
