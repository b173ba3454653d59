"""Which paths a client may name: those inside the folders that it opened."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from roto_plugin.protocol import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterable


class Roots:
    """Folders in which paths are accepted, with all that is below them.

    This keeps a host's mistakes, and files made by others that a host reads paths from, inside the
    shot's folders. It is no wall against a program that may write into these folders itself.

    Args:
        folders: Absolute; links in them are followed now.
    """

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        # The root of a disk would let everything in.
        self.folders = [f for f in map(_real, folders) if f != Path(f.anchor)]

    def __add__(self, other: Roots) -> Roots:
        both = Roots()
        both.folders = [*self.folders, *(f for f in other.folders if f not in self.folders)]
        return both

    def check(self, text: str) -> Path:
        """The path in a text, with its links followed.

        Raises:
            ProtocolError: it is not absolute, has ``..`` in it, or is outside all folders.
        """
        path = _real(absolute(text))
        if not any(path.is_relative_to(folder) for folder in self.folders):
            raise ProtocolError(
                "PathError",
                f"{text!r:.300} is outside the folders of clip and project; name its folder in the "
                "roots of open.",
            )
        return path


def absolute(text: str) -> Path:
    """The absolute path in a text; nothing is looked up on disk.

    Raises:
        ProtocolError: it is none, or has ``..`` in it.
    """
    path = Path(text)
    if "\0" in text or not path.is_absolute():
        raise ProtocolError("PathError", f"{text!r:.300} is no absolute path; give one.")
    if ".." in path.parts:
        raise ProtocolError("PathError", f"{text!r:.300} has .. in it; give a path without.")
    return path


def clip_folder(clip: Path) -> Path:
    """The folder that a clip lies in: a folder of images is its own."""
    return clip if clip.is_dir() else clip.parent


def _real(path: Path) -> Path:
    try:
        return Path(os.path.realpath(path))
    except (OSError, ValueError) as error:  # a name that this system cannot have
        raise ProtocolError("PathError", f"{str(path)!r:.300} cannot be a path here.") from error
