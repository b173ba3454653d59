"""Where the plate of a package is now."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from roto.package.records import MANIFEST
from roto.project import ClipRecord, find_clip

if TYPE_CHECKING:
    from roto.package.records import Package
    from roto.project.locate import Found


def find_plate(package: Package) -> Found:
    """Look for the plate: where it lies as seen from the package, then where it was.

    The only function that follows a package out of its folder. It opens what is found there to
    compare it with the plate's fingerprint, and nothing more.

    Raises:
        ClipNotFoundError: it is at neither place; the message names them.
    """
    clip = package.clip
    record = ClipRecord(
        name=_name(clip.path) or package.name,
        absolute=clip.path,
        relative=clip.relative,
        fingerprint=clip.fingerprint,
        width=clip.width,
        height=clip.height,
        frame_rate=str(clip.rate),
        first_frame=clip.start,
        frame_count=None,
        colour_space=clip.colour_space,
    )
    return find_clip(record, package.folder / MANIFEST)


def _name(path: str) -> str:
    windows = "\\" in path
    return (PureWindowsPath(path) if windows else PurePosixPath(path)).name
