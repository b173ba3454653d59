"""Where a clip's project is made when nobody says where: the same place for every program."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

PROJECT = ".roto"
"""Ending of a project file."""


def project_of(clip: str | os.PathLike[str], folder: Path | None = None) -> Path:
    """Where the project of a clip is, or will be: the same for the same place on disk."""
    place = os.path.abspath(clip)
    name = Path(place).name.split(".")[0].split("%")[0].strip("_- ") or "clip"
    mark = hashlib.sha256(place.encode()).hexdigest()[:8]
    return (folder or projects_folder()) / f"{name}-{mark}{PROJECT}"


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
