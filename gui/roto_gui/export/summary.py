"""What an export comes to: numbers, files, and what has to be allowed first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QVBoxLayout, QWidget

from roto_gui.language import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SHOWN = 3  # objects that a warning names before it says how many more


class ExportSummary(QFrame):
    """What the numbers will mean, which files it will be, and what has to be allowed first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numbers, self.files, self.total = QLabel(self), QLabel(self), QLabel(self)
        self.problem, self.stale, self.room = QLabel(self), QLabel(self), QLabel(self)
        self.partial, self.replace = QCheckBox(self), QCheckBox(self)
        self.gaps = QLabel(self)
        self.count_existing = 0
        for label in (self.numbers, self.total):
            label.setProperty("muted", True)
        for label in (self.problem, self.gaps, self.stale, self.room):
            label.setProperty("warning", True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        parts = (self.numbers, self.files, self.total, self.problem, self.gaps, self.partial)
        for part in (*parts, self.stale, self.replace, self.room):
            layout.addWidget(part)
            if isinstance(part, QLabel):
                part.setTextFormat(Qt.TextFormat.PlainText)
                part.setWordWrap(True)
        self.partial.setText(self.tr("Export what is there"))
        for part in (self.problem, self.gaps, self.partial, self.stale, self.replace, self.room):
            part.hide()

    def set_numbers(self, text: str) -> None:
        """State what a pixel's value is."""
        self.numbers.setText(text)

    def show_files(self, names: Sequence[str], count: int, size: str) -> None:
        """Show the first names and the last one, how many files, how many bytes."""
        shown = list(names)
        if count > len(shown):
            shown.insert(-1, "…")
        self.files.setText("\n".join(shown))
        text = self.tr("1 file, about {size}") if count == 1 else self.tr("{n} files, about {size}")
        self.total.setText(text.format(n=number(count), size=size))
        self.files.show()
        self.total.show()
        self.problem.hide()

    def show_problem(self, text: str) -> None:
        """Say why nothing can be written."""
        self.problem.setText(text)
        self.problem.show()
        self.files.hide()
        self.total.hide()

    def show_gaps(
        self, gaps: Mapping[str, int], stale: Mapping[str, int], *, allowable: bool
    ) -> None:
        """Say how many frames nobody has found yet, per object, and how many are out of date.

        Args:
            gaps: Frames that are missing or open, by object name.
            stale: Frames that are out of date, alike.
            allowable: Whether they may be left out.
        """
        text = self.tr("Frames not propagated yet: {which}.").format(which=_listed(gaps))
        self.gaps.setText(text)
        self.gaps.setVisible(bool(gaps))
        self.partial.setVisible(bool(gaps) and allowable)
        text = self.tr("Stale frames, exported as they are: {which}.").format(which=_listed(stale))
        self.stale.setText(text)
        self.stale.setVisible(bool(stale))

    def show_existing(self, count: int, kind: str = "mattes") -> None:
        """Ask once whether files may be replaced, or a package or project (``kind``)."""
        self.count_existing = count
        text = self.tr("Replace {n} files that exist").format(n=number(count))
        if kind == "package":
            text = self.tr("Replace the package that exists")
        elif kind == "project":
            text = self.tr("Replace the project and the package that exist")
        elif count == 1:
            text = self.tr("Replace the file that exists")
        self.replace.setText(text)
        self.replace.setVisible(bool(count))

    def show_room(self, free: str) -> None:
        """Warn of a disk with too little room; empty: it has enough."""
        text = self.tr("Only {size} are free on that disk.").format(size=free)
        self.room.setText(text)
        self.room.setVisible(bool(free))


def _listed(counts: Mapping[str, int]) -> str:
    """``hero 12, van 3``."""
    shown = [f"{name} {n}" for name, n in list(counts.items())[:_SHOWN]]
    more = len(counts) - _SHOWN
    return ", ".join([*shown, *([f"+{more}"] if more > 0 else [])])
