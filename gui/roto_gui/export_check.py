"""Looks at the disk for the export dialog, in a thread: file servers may take seconds to answer."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from roto.errors import RotoError
from roto_gui.exporting import existing_files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from roto_gui.state import ExportRequest


@dataclass(frozen=True)
class OnDisk:
    """What there is where files are to be written.

    Attributes:
        existing: Files that would be replaced.
        free: Bytes of room; None where that is not known.
    """

    existing: tuple[Path, ...]
    free: int | None


class DiskCheck(QObject):
    """Answers the newest question; older ones are forgotten."""

    answered = Signal(object)
    """An :class:`OnDisk`, in the thread this object lives in."""

    _found = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._newest = 0
        self._found.connect(self._pass_on)

    def ask(
        self, request: ExportRequest, names: Mapping[int, str], frames: Sequence[int], folder: Path
    ) -> None:
        """Look for the files of a request, and for the room in a folder or what is above it."""
        self._newest += 1
        self._pool.clear()
        number, tell = self._newest, self._found.emit

        def look() -> None:
            try:
                existing = tuple(existing_files(request, names, frames))
            except RotoError:  # the dialog knows already what is wrong with it
                existing = ()
            found = OnDisk(existing, _room(folder))
            with suppress(RuntimeError):  # the dialog was destroyed meanwhile
                tell(number, found)

        self._pool.start(QRunnable.create(look))

    def forget(self) -> None:
        """There is no question any more."""
        self._newest += 1
        self._pool.clear()

    def close(self) -> None:
        """Wait for what is under way, so that nothing outlives the dialog."""
        self.forget()
        self._pool.waitForDone()

    def _pass_on(self, number: int, found: OnDisk) -> None:
        if number == self._newest:
            self.answered.emit(found)


def _room(folder: Path) -> int | None:
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except OSError:  # not there yet: it will be made in what is above it
            continue
    return None
