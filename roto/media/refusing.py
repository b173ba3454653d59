"""What is said of files that are no clip: their name, what they were taken for, what to do."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from roto.decoding import MOVIE, READ, kind_meant, kind_of
from roto.errors import ClipNotFoundError, DecodeError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MOVIES = frozenset(
    {".mov", ".mp4", ".m4v", ".mkv", ".webm", ".avi", ".mxf", ".mpg", ".mpeg", ".ts", ".m2ts"}
    | {".mts", ".wmv", ".flv", ".ogv", ".3gp", ".dv", ".h264", ".264", ".hevc", ".h265", ".265"}
    | {".m2v", ".ivf", ".y4m", ".gif", ".r3d", ".braw"}
)
"""Lower-case endings by which movies are told from other files, for sentences only."""

EXPECTED = f"a movie, such as MOV, MP4 or MXF, or images: {READ}"

_MOST_NAMES = 3


def refusal(path: Path, data: bytes, reason: str) -> DecodeError:
    """The error for a picture file that cannot be read.

    Args:
        path: The file; its extension tells what it was taken for.
        data: Its first bytes, not none, which tell what it is.
        reason: What follows the file's name: "is cut off".
    """
    meant, found = kind_meant(path.suffix.lower()), kind_of(data[:16])
    if not found:
        return DecodeError(
            f"{path} holds no {meant} picture, or its first bytes are damaged; copy or render it "
            "again."
        )
    if found != meant:
        what = "a movie" if found == MOVIE else f"{found} data"
        return DecodeError(
            f"{path} holds {what} and not {meant}, as its name says; give it the right ending, or "
            f"render it again as {meant}."
        )
    return DecodeError(f"{path} {reason}; copy or render it again.")


def no_movie(path: Path) -> DecodeError:
    """The error for a file that FFmpeg cannot open, and whose name is no image's."""
    if path.is_file() and path.stat().st_size == 0:
        return DecodeError(f"{path} is empty; copy or render it again.")
    if path.suffix.lower() in MOVIES:
        return DecodeError(
            f"{path} cannot be read as a movie: it is cut off or damaged; copy or render it again."
        )
    return DecodeError(f"{path} is no clip that can be read; give {EXPECTED}.")


def no_sequence(folder: Path) -> ClipNotFoundError:
    """The error for a folder without numbered images: says what is there instead."""
    names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    if not names:
        return ClipNotFoundError(f"The folder {folder} is empty; give the folder of the images.")
    movies = [name for name in names if ending_of(name) in MOVIES]
    images = [name for name in names if kind_meant(ending_of(name))]
    if images:
        text = f"holds no image with a frame number, only {some(images)}; give the file itself"
    elif movies:
        text = f"holds no images but {some(movies)}; give the movie itself"
    else:
        text = f"holds no images, only {some(names)}; give a folder of numbered images: {READ}"
    return ClipNotFoundError(f"The folder {folder} {text}.")


def ending_of(name: str) -> str:
    """The extension of a file name in lower case, with its dot; "" for none."""
    return PurePath(name).suffix.lower()


def some(names: Sequence[str]) -> str:
    """A few names and how many more there are.

    >>> some(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
