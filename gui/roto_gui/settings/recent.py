"""What was open lately: a bounded list, a menu of it, and which of it is still there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu

from roto.media.naming import parse_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

MOST = 12
"""Entries that are remembered."""


@dataclass(frozen=True)
class RecentEntry:
    """One clip or project that was open.

    Attributes:
        path: As it was opened: a file, a folder or a pattern.
        name: Its last part.
        folder: What it lies in, with ``~`` for the home folder.
        exists: Whether it is still there; of a pattern, its folder.
    """

    path: str
    name: str
    folder: str
    exists: bool


def remember(recent: Sequence[str], path: str) -> tuple[str, ...]:
    """The list with ``path`` first, no path twice, and no more than :data:`MOST`."""
    return (path, *(other for other in recent if other != path))[:MOST]


def entries(recent: Sequence[str]) -> list[RecentEntry]:
    """The list as it can be shown, in its order. Looks at the disk."""
    return [_entry(path) for path in recent]


def _entry(text: str) -> RecentEntry:
    path = Path(text)
    folder = path.parent
    there = folder if parse_pattern(path) else path
    home = Path.home()
    short = f"~/{folder.relative_to(home).as_posix()}" if folder.is_relative_to(home) else folder
    return RecentEntry(text, path.name or text, str(short), there.exists())


class RecentMenu(QMenu):
    """The menu "Open recent": missing files are greyed, looked for when it opens."""

    chosen = Signal(str)
    """Open this path."""
    cleared = Signal()
    """The list is to be emptied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recent: tuple[str, ...] = ()
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)

    def set_recent(self, recent: Sequence[str]) -> None:
        """The paths to offer, the latest first."""
        self._recent = tuple(recent)

    def fill(self) -> None:
        """Make the entries anew."""
        self.clear()
        for entry in entries(self._recent):
            name = entry.name if entry.exists else self.tr("{0} (missing)").format(entry.name)
            action = self.addAction(name.replace("&", "&&"))
            action.setToolTip(entry.path)
            action.setEnabled(entry.exists)
            action.triggered.connect(lambda _on, path=entry.path: self.chosen.emit(path))
        if not self._recent:
            self.addAction(self.tr("Nothing yet")).setEnabled(False)
            return
        self.addSeparator()
        self.addAction(self.tr("Clear this list")).triggered.connect(self.cleared)
