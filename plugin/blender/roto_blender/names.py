# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of files as roto makes them. No Blender in here: roto's tests compare the two."""

from __future__ import annotations

import os
import re

_FORBIDDEN = re.compile(r'[<>:"/\\|?*{}%#\x00-\x1f\x7f]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST = 120  # bytes


def in_path(name: str) -> str:
    """An object's name as part of a file name, as ``roto.export`` has it.

    >>> in_path("../hero: left arm")
    'hero_ left arm'
    """
    text = _FORBIDDEN.sub("_", name).strip(" ._") or "object"
    if _RESERVED.fullmatch(text):
        text += "_"
    return text.encode()[:_LONGEST].decode(errors="ignore").rstrip(" .")


def file_at(pattern: str, frame: int, name: str = "") -> str:
    """The file of an object's frame: ``####`` is its number, ``{object}`` its name.

    >>> file_at("/m/{object}/{object}.####.png", 7, "hero")
    '/m/hero/hero.0007.png'
    """
    folder, file = os.path.split(pattern.replace("{object}", in_path(name)))
    width = file.count("#")
    return os.path.join(folder, file.replace("#" * width, f"{frame:0{width}d}"))
