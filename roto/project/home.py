"""Where a clip's project is made when nobody says where: the same place for every program."""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from roto.media.images import is_image_name
from roto.media.naming import parse_pattern, sequences_in

if TYPE_CHECKING:
    from roto.media.naming import SequencePattern

PROJECT = ".roto"
"""Ending of a project file."""


def project_of(clip: str | os.PathLike[str], folder: Path | None = None) -> Path:
    """Where the project of a clip is, or will be: the same for the same clip on disk.

    A folder, a pattern however it is written, and a way through links lead to the same project.
    One that was made when each had its own is found by the way it was opened then.
    """
    home = folder or projects_folder()
    made = [home / _file_name(place) for place in (os.path.abspath(clip), *_places(clip))]
    return next((place for place in made if place.exists()), made[-1])


def _file_name(place: str) -> str:
    name = Path(place).name.split(".")[0].split("%")[0].strip("_-# ") or "clip"
    mark = hashlib.sha256(place.encode()).hexdigest()[:8]
    return f"{name}-{mark}{PROJECT}"


def _places(clip: str | os.PathLike[str]) -> list[str]:
    """A clip's place without links; of a sequence its pattern, and then how it is called here."""
    path = Path(os.path.abspath(Path(clip).expanduser()))
    try:
        if path.is_dir():
            found = sequences_in(Path(os.path.realpath(path)))
            return _spelled(found[0]) if len(found) == 1 else [os.path.realpath(path)]
        pattern = None if path.exists() else parse_pattern(path)
        if pattern is None or not is_image_name(path.name):
            return [os.path.realpath(path)]
        return _spelled(replace(pattern, folder=Path(os.path.realpath(path.parent))))
    except OSError:  # opening it will say what is wrong
        return [str(path)]


def _spelled(pattern: SequencePattern) -> list[str]:
    """Its usual spelling; and without digits, whose number may grow with the frames to come."""
    files = pattern.find()
    alike = [p for p in sequences_in(pattern.folder) if p.head == pattern.head]
    alike = [p for p in alike if p.tail.lower() == pattern.tail.lower()]
    if len(alike) != 1 or alike[0].find() != files:  # another padding is another clip
        return [str(pattern)]
    return [str(alike[0]), str(pattern.folder / f"{pattern.head}#{pattern.tail.lower()}")]


def projects_folder() -> Path:
    """Roto's own folder for projects, under the folder of ROTO_CONFIG if that is set."""
    own = os.environ.get("ROTO_CONFIG")
    return (Path(own) if own else _data_folder() / "roto") / "projects"


def _data_folder() -> Path:
    """Where programs of this system keep what belongs to their user."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    given = os.environ.get("XDG_DATA_HOME", "")
    return Path(given) if os.path.isabs(given) else Path.home() / ".local" / "share"
