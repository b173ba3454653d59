"""The table of formats, and what must hold of a job whatever its format."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from roto.errors import ExportError, SettingsError
from roto.export import cryptomatte, exr, movies, still_formats
from roto.export.contract import no_format
from roto.export.pattern import TOGETHER

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from roto.export.contract import Format, Job


_ALL = (*still_formats.FORMATS, *exr.FORMATS, *cryptomatte.FORMATS, *movies.FORMATS)

FORMATS: dict[str, Format] = {one.name: one for one in _ALL}
"""All formats by name. Where several have an extension, the first is what it stands for."""


def format_named(name: str) -> Format:
    """The format of that name.

    Raises:
        SettingsError: there is none.
    """
    found = FORMATS.get(name)
    if found is None:
        raise SettingsError(f"There is no format {name!r}; there are {', '.join(FORMATS)}.")
    return found


def format_for(path: Path, bit_depth: int | None = None) -> Format:
    """The format that the extension of ``path`` stands for.

    Args:
        path: Of a file to write.
        bit_depth: What was asked for; None for the format's default.

    Raises:
        SettingsError: mattes cannot be written in that format, or not with so many bits.
    """
    extension = path.suffix.lower()
    for one in FORMATS.values():
        if extension in one.extensions:
            check_depth(one, bit_depth, extension)
            return one
    raise no_format(path, dict.fromkeys(e for one in FORMATS.values() for e in one.extensions))


def check(job: Job, format: Format) -> None:
    """Make sure that a job can be written in a format, as far as can be told beforehand.

    Raises:
        ExportError: there are no objects or no frames.
        SettingsError: files would overwrite each other, or the format cannot hold what is asked.
    """
    check_names(job, format)
    format.check(job)


def check_names(job: Job, format: Format) -> None:
    """The same, where of the subject only the names are known.

    Raises:
        ExportError: as :func:`check`.
        SettingsError: as :func:`check`.
    """
    check_some(job.subject.names, job.frames)
    files = list(job.subject.names.values()) if format.grouping == "object" else [TOGETHER]
    job.pattern.check(files, frame_count=1 if format.movie else len(job.frames))
    path = job.pattern.path(job.frames[0], "")
    extension = path.suffix.lower()
    if extension not in format.extensions:
        possible = " or ".join(format.extensions)
        raise SettingsError(f"{path.name}: {format.title} is written as {possible}.")
    check_depth(format, job.look.bit_depth, extension)
    _check_look(job, format)


def check_some(names: Collection[int], frames: Sequence[int]) -> None:
    """Make sure that there is something to write.

    Raises:
        ExportError: there are no objects or no frames.
    """
    if not names:
        raise ExportError("There is nothing to export: the project has no objects.")
    if not frames:
        raise ExportError("There is nothing to export: the range holds no frame of the clip.")


def check_depth(format: Format, bit_depth: int | None, extension: str = "") -> None:
    """Make sure that a format has so many bits.

    Raises:
        SettingsError: it has not.
    """
    if bit_depth is not None and bit_depth not in format.depths:
        possible = " or ".join(map(str, sorted(format.depths)))
        raise SettingsError(
            f"{extension or format.name} mattes have {possible} bits, not {bit_depth}."
        )


def _check_look(job: Job, format: Format) -> None:
    look = job.look
    if look.content not in format.contents:
        possible = " or ".join(format.contents)
        raise SettingsError(f"{format.title} holds {possible}, not {look.content}.")
    if look.premultiplied and look.content != "cutout":
        raise SettingsError(
            f"Only a cutout is premultiplied or straight: a {look.content} is neither."
        )
    if look.content == "cutout" and look.premultiplied not in format.premultiplied:
        only = "premultiplied" if True in format.premultiplied else "straight"
        raise SettingsError(f"{format.title} holds {only} cut-outs only.")
    if not all(isfinite(part) and 0 <= part <= 1 for part in look.colour):
        raise SettingsError(f"The colour {look.colour} is none: give three numbers from 0 to 1.")
