"""Looks at the disk for the export dialog, in a thread: file servers may take seconds to answer."""

from __future__ import annotations

import shutil
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from roto.errors import RotoError
from roto_gui.export.listing import existing_files, obstacle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from roto_gui.state import ExportRequest

    Question = tuple[ExportRequest, Mapping[int, str], Sequence[int], Path]


@dataclass(frozen=True)
class OnDisk:
    """What there is where files are to be written.

    Attributes:
        existing: Files that would be replaced.
        free: Bytes of room; None where that is not known.
        obstacle: Why it cannot be written, or not replace what is there; empty where it can.
    """

    existing: tuple[Path, ...]
    free: int | None
    obstacle: str = ""


class DiskCheck(QObject):
    """Answers the newest question; older ones are forgotten. At most one thread is at work."""

    answered = Signal(object)
    """An :class:`OnDisk`, in the thread this object lives in."""

    _found = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest = 0
        self._waiting: Question | None = None
        self._thread: threading.Thread | None = None
        self._found.connect(self._pass_on)

    def ask(
        self, request: ExportRequest, names: Mapping[int, str], frames: Sequence[int], folder: Path
    ) -> None:
        """Look for the files of a request, and for the room in a folder or what is above it."""
        self._newest += 1
        self._waiting = (request, names, frames, folder)
        if self._thread is None:
            self._begin()

    def forget(self) -> None:
        """There is no question any more."""
        self._newest += 1
        self._waiting = None

    def _begin(self) -> None:
        if self._waiting is None:
            return
        question, self._waiting = self._waiting, None
        self._thread = threading.Thread(
            target=self._look, args=(self._newest, *question), name="roto disk check", daemon=True
        )
        self._thread.start()

    def _look(
        self,
        number: int,
        request: ExportRequest,
        names: Mapping[int, str],
        frames: Sequence[int],
        folder: Path,
    ) -> None:
        try:
            existing = tuple(existing_files(request, names, frames))
            why = obstacle(request)
        except RotoError:  # the dialog knows already what is wrong with it
            existing, why = (), ""
        found = OnDisk(existing, _room(folder), why)
        with suppress(RuntimeError):  # the dialog was destroyed meanwhile
            self._found.emit(number, found)

    def _pass_on(self, number: int, found: OnDisk) -> None:
        self._thread = None
        if number == self._newest:
            self.answered.emit(found)
        self._begin()


def _room(folder: Path) -> int | None:
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except OSError:  # not there yet: it will be made in what is above it
            continue
    return None
