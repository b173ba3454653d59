"""Whether the files of a package are what they were when it was written."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from roto.errors import PackageError
from roto.package.paths import within
from roto.package.reading import read_package
from roto.package.records import MANIFEST, FileRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from roto.package.records import Package

_BLOCK = 2**20  # bytes

FileState: TypeAlias = Literal["ok", "changed", "missing", "extra"]
"""``extra``: in the folder but not in ``matte.json``; harmless, and nothing reads it."""


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What was found of one file.

    Attributes:
        file: Its path inside the package.
        state: See :data:`FileState`.
        note: Why, where there is more to say; "" else.
    """

    file: str
    state: FileState
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found of a package.

    Attributes:
        package: What it says of itself.
        files: What was found of every file, by path; extra ones last.
    """

    package: Package
    files: tuple[FileCheck, ...]

    @property
    def ok(self) -> bool:
        """True where nothing is changed or missing; files that are extra do no harm."""
        return not any(one.state in ("changed", "missing") for one in self.files)

    @property
    def counts(self) -> dict[FileState, int]:
        """How many files are in each state."""
        found = Counter(one.state for one in self.files)
        states: tuple[FileState, ...] = ("ok", "changed", "missing", "extra")
        return {state: found[state] for state in states}


def verify(folder: str | os.PathLike[str]) -> Verification:
    """Read every file of a package again and compare it with what ``matte.json`` says.

    Raises:
        PackageError: there is no package, or its ``matte.json`` is damaged.
    """
    package = read_package(folder)
    return Verification(package, tuple(check_files(package)))


def check_files(package: Package) -> Iterator[FileCheck]:
    """The same file by file, for a progress bar; extra files come last."""
    for name in sorted(package.files):
        yield _check(package, name)
    for name in extra_files(package):
        yield FileCheck(name, "extra")


def extra_files(package: Package) -> Iterator[str]:
    """Files in the folder that ``matte.json`` does not list; links to folders are not followed."""
    known = {MANIFEST, *package.files}
    for folder, folders, names in os.walk(package.folder):
        folders.sort()
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in sorted([*names, *links]):
            path = Path(folder, name).relative_to(package.folder).as_posix()
            if path not in known:
                yield _printable(path)


def record_of(path: Path) -> FileRecord:
    """Checksum and length of a file.

    Raises:
        OSError: it cannot be read.
    """
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return FileRecord(digest.hexdigest(), size)


def _check(package: Package, name: str) -> FileCheck:
    expected = package.files[name]
    try:
        path = within(package.folder, name)
    except PackageError:
        return FileCheck(name, "changed", "it is a link that leads out of the package")
    try:
        if not os.path.lexists(path):
            return FileCheck(name, "missing")
        if not path.is_file():  # a pipe would never end
            return FileCheck(name, "changed", "it is not a file")
        size = path.stat().st_size
        if size != expected.bytes:
            return FileCheck(name, "changed", f"{size} bytes instead of {expected.bytes}")
        same = record_of(path) == expected
    except OSError as error:
        return FileCheck(name, "changed", f"it cannot be read: {error.strerror or error}")
    return FileCheck(name, "ok") if same else FileCheck(name, "changed", "other bytes")


def _printable(name: str) -> str:
    """A name that somebody else chose, fit for a terminal."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
