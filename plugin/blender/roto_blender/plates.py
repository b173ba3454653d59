# SPDX-License-Identifier: GPL-3.0-or-later
"""Which clip is meant: what the editor shows, as a path, and where it lies on the timeline."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import bpy

from . import compat

MOVIE_FIRST = 1001
"""Number that roto gives to the first frame of a movie."""


class PlateError(Exception):
    """Why something cannot be sent: one sentence, and what to do."""


@dataclass(frozen=True)
class Plate:
    """A clip in Blender.

    Attributes:
        kind: "CLIP", "IMAGE" or "STRIP".
        source: Name of the datablock or strip.
        path: As roto opens it: a movie, or a pattern such as ``plate.####.exr``.
        file: The movie, or one file of the sequence.
        shift: Added to a frame number it gives the frame of the scene.
        rate: Frames per second as "24000/1001"; "" where the movie knows it.
        frames: First and last frame number that are shown; None for all there are.
    """

    kind: str
    source: str
    path: str
    file: str
    shift: int
    rate: str = ""
    frames: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """For files and people: the file's name without its number and ending."""
        stem = os.path.splitext(os.path.basename(self.path))[0]
        return re.sub(r"[\W_]*#+$", "", stem) or "plate"


def plate_in(context: Any) -> Plate | None:
    """What the editor shows; None where it shows no clip.

    Raises:
        PlateError: it shows one that cannot be sent.
    """
    space = context.space_data
    kind = getattr(space, "type", "")
    if kind == "CLIP_EDITOR" and space.clip is not None:
        return plate_of_clip(space.clip, context.scene)
    if kind == "IMAGE_EDITOR" and getattr(space.image, "source", "") in ("SEQUENCE", "MOVIE"):
        return plate_of_image(space.image, space.image_user, context.scene)
    if kind == "SEQUENCE_EDITOR":
        strip = compat.active_strip(context)
        if strip is not None and strip.type in ("IMAGE", "MOVIE"):
            return plate_of_strip(strip, compat.sequencer_scene(context))
    return None


def plate_of_clip(clip: Any, scene: Any) -> Plate:
    """A movie clip."""
    file = on_disk(clip.filepath, clip)
    start = clip.frame_start - clip.frame_offset
    if clip.source == "MOVIE":
        return Plate("CLIP", clip.name, file, file, start - MOVIE_FIRST)
    path, number = pattern_of(file)
    return Plate("CLIP", clip.name, path, file, start - number, rate_of(scene))


def plate_of_image(image: Any, user: Any, scene: Any) -> Plate:
    """An image sequence or movie as the image editor shows it."""
    file = on_disk(image.filepath, image)
    shift = user.frame_start - 1 - user.frame_offset
    if image.source == "MOVIE":
        return Plate("IMAGE", image.name, file, file, shift - MOVIE_FIRST + 1)
    return Plate("IMAGE", image.name, pattern_of(file)[0], file, shift, rate_of(scene))


def plate_of_strip(strip: Any, scene: Any) -> Plate:
    """An image or movie strip, from its first frame to its last as it is trimmed.

    Raises:
        PlateError: its frames are not those of its files, one after the other.
    """
    if getattr(strip, "retiming_keys", ()):
        raise PlateError(f"{strip.name} is retimed; send it before, or render it first.")
    start = round(strip.frame_start)
    if strip.type == "MOVIE":
        shown = scene.render.fps / scene.render.fps_base
        if strip.fps and abs(strip.fps - shown) > 0.01:
            raise PlateError(
                f"{strip.name} has {strip.fps:.3f} frames per second and the scene {shown:.3f}; "
                "set the scene's frame rate to that of the movie."
            )
        path = file = on_disk(strip.filepath)
        shift, rate = start - strip.animation_offset_start - MOVIE_FIRST, ""
    else:
        names = [element.filename for element in strip.elements]
        file = on_disk(os.path.join(strip.directory, names[0]))
        path, number = pattern_of(file)
        last = pattern_of(os.path.join(os.path.dirname(file), names[-1]))
        if last != (path, number + len(names) - 1):
            raise PlateError(f"{strip.name} skips files; make a strip of all files in between.")
        shift, rate = start - number, rate_of(scene)
    frames = (strip.frame_final_start - shift, strip.frame_final_end - 1 - shift)
    return Plate("STRIP", strip.name, path, file, shift, rate, frames)


def on_disk(path: str, datablock: Any = None) -> str:
    """An absolute path without ``//`` and ``..``."""
    library = None if datablock is None else datablock.library
    return os.path.normpath(os.path.abspath(bpy.path.abspath(path, library=library)))


def pattern_of(file: str) -> tuple[str, int]:
    """A sequence's pattern, and the number of this file in it.

    Raises:
        PlateError: its name has no number.
    """
    folder, name = os.path.split(file)
    stem, ending = os.path.splitext(name)
    found = re.search(r"^(.*?)(\d+)$", stem)
    if found is None:
        raise PlateError(f"{name} has no frame number at its end; name files plate.1001.exr.")
    return os.path.join(folder, found[1] + "#" * len(found[2]) + ending), int(found[2])


def rate_of(scene: Any) -> str:
    """The scene's frame rate as an exact fraction."""
    base = Fraction(scene.render.fps_base).limit_denominator(1001)
    return str(Fraction(scene.render.fps) / base)
