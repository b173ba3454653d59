"""Paths inside a package: relative, with forward slashes, and never out of it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from roto.errors import PackageError

_LONGEST = 1000  # characters
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')  # on any of the three systems
_HASHES = re.compile(r"#+")


def check_inside(path: str, where: str) -> None:
    """Make sure that a path of a manifest stays in the package, on any system.

    Args:
        path: The path, or a pattern with ``####``.
        where: What messages call it.

    Raises:
        PackageError: it is absolute, has "..", a backslash or another sign that leads elsewhere.
    """
    parts = path.split("/")
    if len(path) > _LONGEST or _FORBIDDEN.search(path):
        raise PackageError(f"{where} is no path inside a package: {path!r:.100}.")
    if any(part in ("", ".", "..") for part in parts):
        raise PackageError(
            f"{where} must be relative and stay inside the package, not be {path!r:.100}."
        )


def numbered(pattern: str, frame: int) -> str:
    """A pattern with the frame number in the place of every ``####``, as wide as the signs.

    >>> numbered("exr/hero/hero.####.exr", 7)
    'exr/hero/hero.0007.exr'
    """
    return _HASHES.sub(lambda signs: f"{frame:0{len(signs[0])}d}", pattern)


def within(folder: Path, file: str) -> Path:
    """A file of a package, as an absolute path with links resolved. It need not be there.

    Raises:
        PackageError: a link leads out of the package.
    """
    check_inside(file, f"A file of {folder}")
    root = os.path.realpath(folder)
    found = os.path.realpath(os.path.join(root, *file.split("/")))
    if os.path.commonpath([root, found]) != root:
        raise PackageError(f"{file} of {folder} is a link that leads out of the package.")
    return Path(found)
