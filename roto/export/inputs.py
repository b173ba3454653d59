"""The files that a clip is read from are never written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roto.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def spare(inputs: Iterable[Path], outputs: Iterable[Path]) -> None:
    """Make sure that no file to be written is one that is read.

    Folders are compared as the system knows them, so another way to the same folder, or a link, is
    seen; names without regard to case, which Windows and macOS do not tell apart.

    Args:
        inputs: Files of the clip. None of them need exist any more.
        outputs: Files that are going to be written, in any folders.

    Raises:
        ExportError: one of them is both; nothing was written.
    """
    folders = _Folders()
    read = {folders.place(path) for path in inputs}
    if not read:
        return
    for path in outputs:
        if folders.place(path) in read:
            raise ExportError(
                f"Cannot write {path}: the clip is read from it; choose another folder or name."
            )


class _Folders:
    """Where files are, asking the system once per folder."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[int, int] | str] = {}

    def place(self, path: Path) -> tuple[tuple[int, int] | str, str]:
        """A value that two paths of one file share."""
        folder = path.parent
        if folder not in self._known:
            self._known[folder] = _identity(folder)
        return self._known[folder], path.name.casefold()


def _identity(folder: Path) -> tuple[int, int] | str:
    try:
        found = folder.stat()
    except OSError:  # not there yet, so nothing can be read from it
        return str(folder)
    return found.st_dev, found.st_ino
