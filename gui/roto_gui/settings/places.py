"""Where an artist was in each project: its frame and active object, for the next time.

It is no part of a project: to look at another frame is no edit, and nothing to undo. What is
written is safe from a program that ends without notice, half a second after it was true.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from roto.errors import ExportError
from roto.export import write_bytes_atomic
from roto_gui.settings.config import config_folder

if TYPE_CHECKING:
    from pathlib import Path

MOST = 200
"""Projects that are remembered."""

_REST = 500  # milliseconds without a new place before it is written

FILE_NAME = "places.json"


@dataclass(frozen=True)
class Place:
    """Where somebody was.

    Attributes:
        frame: Frame number.
        object: Id of the active object; None: there was none.
    """

    frame: int
    object: int | None = None


class Places(QObject):
    """Remembers a place per project, in one small file.

    A file that cannot be read or written is done without: nothing but a convenience is lost.

    Args:
        folder: Where the file is; None for that of the preferences.
    """

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = (folder or config_folder()) / FILE_NAME
        self._new: dict[str, Place] = {}
        self._timer = QTimer(self, singleShot=True, interval=_REST)
        self._timer.timeout.connect(self.write)

    def find(self, project: Path | None) -> Place | None:
        """Where somebody was in a project last; None where that is not known."""
        if project is None:
            return None
        return self._new.get(str(project)) or _place(self._read().get(str(project)))

    def note(self, project: Path | None, place: Place) -> None:
        """Somebody is there now. It is written once they have come to rest."""
        if project is not None:
            self._new[str(project)] = place
            self._timer.start()

    def write(self) -> None:
        """Write what is noted, beside what other windows have written."""
        self._timer.stop()
        if not self._new:
            return
        places = self._read()
        for project, place in self._new.items():
            places.pop(project, None)  # what was worked on last is forgotten last
            places[project] = [place.frame, place.object]
        self._new.clear()
        kept = dict(list(places.items())[-MOST:])
        try:
            write_bytes_atomic(self.path, json.dumps(kept).encode())
        except ExportError:
            return

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def _place(value: object) -> Place | None:
    """A place as the file has it; None for whatever else stands there."""
    if not isinstance(value, list) or len(value) != 2:
        return None
    frame, which = value
    if not isinstance(frame, int) or not isinstance(which, (int, type(None))):
        return None
    return Place(frame, which)
