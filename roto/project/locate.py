"""Where a project's clip is now, and whether it is still the same.

A clip is looked for where it lies as seen from the project, so that a moved or mounted folder
with both in it works, then where it was when it was last opened.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from roto.errors import ClipNotFoundError, DecodeError, MediaError
from roto.media.naming import parse_pattern, the_sequence_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from roto.project.records import ClipRecord

_SAMPLE = 2**20  # bytes


@dataclass(frozen=True, slots=True)
class Found:
    """A clip on disk.

    Attributes:
        path: File, folder or pattern, to be given to ``open_clip``.
        changed: True where it is another than the project was made with.
    """

    path: Path
    changed: bool


def relative_to(path: str | os.PathLike[str], project_path: str | os.PathLike[str]) -> str | None:
    """The way from a project's folder to a clip, with forward slashes.

    Returns:
        None where there is none: a clip that is not on disk, or is on another drive.
    """
    if not os.fspath(path):
        return None
    folder = os.path.dirname(os.path.abspath(project_path))
    try:
        way = os.path.relpath(os.path.abspath(path), folder)
    except ValueError:  # on another drive of Windows
        return None
    return Path(way).as_posix()


def fingerprint(path: str | os.PathLike[str]) -> str:
    """A short text that is another when the clip is another; reads three megabytes at most.

    Of a file its size and its first, middle and last megabyte; of a sequence (a pattern, or a
    folder that holds one) all names and sizes, and the first and the last file in the same way.
    Where it lies and when it was written make no difference.

    Raises:
        ClipNotFoundError: nothing is there.
        DecodeError: it cannot be read.
    """
    path = Path(path)
    try:
        if path.is_file():
            return f"file:{path.stat().st_size}:{_digest([path])}"
        files = _sequence(path)
        return f"sequence:{len(files)}:{_digest(files)}"
    except OSError as error:
        if isinstance(error, MediaError):
            raise
        raise DecodeError(f"{path} cannot be read: {error.strerror or error}.") from error


def find_clip(record: ClipRecord, project_path: str | os.PathLike[str] | None) -> Found:
    """Find a project's clip.

    Args:
        record: What the project knows of it.
        project_path: Where the project is; None for one that was never saved.

    Returns:
        The place with the very same clip if there is one; else the first with a clip of its name.

    Raises:
        ClipNotFoundError: it is at none of the places; the message names them.
    """
    places = list(dict.fromkeys(_places(record, project_path)))
    changed: Path | None = None
    for place in places:
        try:
            found = fingerprint(place)
        except (MediaError, ValueError):  # ValueError: a text that is no path
            continue
        if found == record.fingerprint or not record.fingerprint:
            return Found(place, changed=False)
        changed = changed or place
    if changed is not None:
        return Found(changed, changed=True)
    if not places:
        raise ClipNotFoundError(
            f"The clip {record.name!r} was not opened from a path of this computer, so it cannot "
            "be found again; hand it over when opening the project."
        )
    raise ClipNotFoundError(
        f"The clip {record.name!r} is not at {' or '.join(map(str, places))}; move it back, or "
        "give its new path when opening the project."
    )


def _places(record: ClipRecord, project_path: str | os.PathLike[str] | None) -> Iterator[Path]:
    relative = Path(record.relative or "")
    if record.relative and project_path is not None and not relative.is_absolute():
        yield Path(os.path.abspath(Path(project_path).absolute().parent / relative))
    # What is no absolute path here was one on another system, or never one.
    if record.absolute and Path(record.absolute).is_absolute():
        yield Path(record.absolute)


def _sequence(path: Path) -> list[Path]:
    pattern = the_sequence_in(path) if path.is_dir() else parse_pattern(path)
    files = list(pattern.find().values()) if pattern and pattern.folder.is_dir() else []
    if not files:
        raise ClipNotFoundError(f"There is no clip {str(path)!r}; check the path.")
    return files


def _digest(files: list[Path]) -> str:
    total = hashlib.sha256()
    for path in files if len(files) > 1 else ():
        total.update(os.fsencode(path.name) + b"\0%d\n" % path.stat().st_size)
    for path in dict.fromkeys((files[0], files[-1])):
        for sample in _samples(path):
            total.update(sample)
    return total.hexdigest()


def _samples(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size <= 3 * _SAMPLE:
            yield file.read(3 * _SAMPLE)
            return
        for start in (0, (size - _SAMPLE) // 2, size - _SAMPLE):
            file.seek(start)
            yield file.read(_SAMPLE)
