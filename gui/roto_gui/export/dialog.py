"""The export dialog: what will be written is seen before it is. It stops no work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QVBoxLayout, QWidget

from roto.errors import RotoError
from roto_gui.export.check import DiskCheck, OnDisk
from roto_gui.export.choices import (
    Choices,
    counted,
    default_folder,
    folder_token,
    frame_span,
    request_of,
)
from roto_gui.export.form import ExportForm
from roto_gui.export.listing import check_request, listing
from roto_gui.export.sizes import estimate, size_words
from roto_gui.export.summary import ExportSummary
from roto_gui.export.words import numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QHideEvent

    from roto.session.states import State
    from roto_gui.state import ExportRequest, Snapshot

_PATIENCE_MS = 200  # after the last key before the disk is looked at
_UNFINISHED: frozenset[State] = frozenset({"missing", "open"})
_MISSING: frozenset[State] = frozenset({"missing"})
_STALE: frozenset[State] = frozenset({"stale"})


class ExportDialog(QDialog):
    """Asks for an :class:`ExportRequest`. Give it a snapshot, then ``open`` it.

    It may stay open while work goes on: ``set_snapshot`` and ``set_range`` bring it up to date.
    """

    export_wanted = Signal(object)
    """An :class:`roto_gui.state.ExportRequest`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export mattes"))
        self.setModal(False)
        self._snapshot: Snapshot | None = None
        self._range: tuple[int | None, int | None] = (None, None)
        self._on_disk: OnDisk | None = None
        self._asked: ExportRequest | None = None
        self._busy = False
        self._looking = False  # the disk was asked about it
        self.form = ExportForm(self)
        self.summary = ExportSummary(self)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        role = QDialogButtonBox.ButtonRole.AcceptRole
        self.export_button = self.buttons.addButton(self.tr("Export"), role)
        self.export_button.setDefault(True)
        self.file_dialog: QFileDialog | None = None
        self.check = DiskCheck(self)
        self._timer = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addWidget(self.form)
        layout.addWidget(self.summary)
        layout.addStretch(1)
        layout.addWidget(self.buttons)
        self.form.changed.connect(self._renew)
        self.form.browse.clicked.connect(self.browse)
        for box in (self.summary.partial, self.summary.replace):
            box.toggled.connect(self._allow)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._timer.timeout.connect(self._look)
        self.check.answered.connect(self._show_disk)
        self.resize(620, 480)

    def set_snapshot(self, snapshot: Snapshot | None) -> None:
        """Another state of the project; without one there is nothing to export."""
        self._snapshot = snapshot
        if snapshot is None:
            self.hide()
            return
        self.form.set_snapshot(snapshot, default_folder(snapshot))
        self._renew()

    def set_range(self, first: int | None, last: int | None) -> None:
        """In and out point; None: open."""
        self._range = (first, last)
        self.form.set_range(first, last)
        self._renew()

    def set_busy(self, busy: bool) -> None:
        """Whether something else is under way: only one long work can be."""
        self._busy = busy
        self._renew()

    def set_choices(self, values: Mapping[str, object]) -> None:
        """What ``choices`` gave another time; what is not understood is left as it was."""
        self.form.set_choices(Choices.of(values))
        self._renew()

    def choices(self) -> dict[str, object]:
        """What is to be remembered for the next time: JSON values by name."""
        return self.form.choices().values()

    def lasting(self) -> dict[str, object]:
        """What of ``choices`` is to be remembered for other projects."""
        return self.form.choices().lasting()

    def open(self) -> None:
        """Show it beside the work. What was allowed last time is asked again."""
        self.summary.partial.setChecked(False)
        self.summary.replace.setChecked(False)
        self._asked = None
        self._renew()
        self.show()
        self.raise_()
        self.activateWindow()

    def request(self) -> ExportRequest | None:
        """What would be exported now; None without a project."""
        if self._snapshot is None:
            return None
        asked = request_of(self.form.choices(), self._snapshot, self._range)
        existing = self._on_disk is not None and bool(self._on_disk.existing)
        return replace(
            asked,
            overwrite=existing and self.summary.replace.isChecked(),
            partial=bool(self._gaps(asked)) and self.summary.partial.isChecked(),
        )

    def accept(self) -> None:
        """Tell what is wanted, and go."""
        request = self.request()
        if request is None or not self.export_button.isEnabled():
            return
        super().accept()
        self.export_wanted.emit(request)

    def browse(self) -> None:
        """Choose a folder; work goes on beside it."""
        if self.file_dialog is not None:
            self.file_dialog.close()
        start = Path(self.form.folder.text() or ".").expanduser()
        while not start.is_dir() and start != start.parent:
            start = start.parent
        dialog = QFileDialog(self, self.tr("Folder for the mattes"), str(start))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.form.set_folder)
        dialog.finished.connect(self._forget_file_dialog)
        self.file_dialog = dialog
        dialog.show()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nobody needs to know any more what is on the disk."""
        self._timer.stop()
        self.check.forget()
        super().hideEvent(event)

    def problem(self) -> str:
        """Why nothing can be exported as it stands; empty where it can."""
        snapshot, request = self._snapshot, self.request()
        if snapshot is None or request is None:
            return self.tr("There is no clip.")
        if self._busy:
            return self.tr("Something is under way: export when it has ended, or stop it.")
        if not snapshot.objects:
            return self.tr("There are no objects yet: paint one first.")
        if not request.objects:
            return self.tr("No object is ticked.")
        token = folder_token(self.form.folder.text())
        if token is not None and not request.packaged:
            text = self.tr("“{token}” in the folder's name would become a number or a name.")
            return text.format(token=token)
        if not self.form.name.text().strip():
            return self.tr("The files need a name.")
        try:
            check_request(request, snapshot.clip, _names(snapshot), snapshot.frames)
        except RotoError as error:
            return str(error)
        if self._holes(request) and request.kind == "project":
            return self.tr("A project needs every frame: propagate them first, or export others.")
        if self._holes(request):
            return self.tr(
                "A movie cannot leave frames out: propagate them first, export other frames, or "
                "write stills."
            )
        return self._on_disk.obstacle if self._on_disk is not None else ""

    def _forget_file_dialog(self) -> None:
        self.file_dialog = None

    def _renew(self) -> None:
        snapshot, asked = self._snapshot, self.request()
        if snapshot is None or asked is None:
            return
        choices = self.form.choices()
        self.form.show_span(*frame_span(choices, snapshot, self._range))
        self.summary.set_numbers(numbers(choices, snapshot.clip.colour_space))
        plain = replace(asked, overwrite=False, partial=False)
        if plain != self._asked:
            self._asked, self._on_disk, self._looking = plain, None, False
            self.summary.show_existing(0)
            self.check.forget()
            self._timer.stop()
        problem = self.problem()
        waits = self._looking or self._timer.isActive()
        if not problem and self._on_disk is None and not waits:
            self._timer.start()
        self._show_gaps(asked)
        if problem:
            self.summary.show_problem(problem)
        else:
            self._show_files(snapshot, asked, choices)
        self._allow()

    def _show_files(self, snapshot: Snapshot, asked: ExportRequest, choices: Choices) -> None:
        found = listing(asked, _names(snapshot), snapshot.frames)
        folder = Path(self.form.folder.text()).expanduser()
        size = size_words(estimate(choices, snapshot, asked, found.count))
        self.summary.show_files([_below(p, folder) for p in found.shown], found.count, size)

    def _show_gaps(self, asked: ExportRequest) -> None:
        assert self._snapshot is not None
        stale = counted(self._snapshot, asked, _STALE)
        self.summary.show_gaps(self._gaps(asked), stale, allowable=not self._holes(asked))

    def _gaps(self, asked: ExportRequest) -> dict[str, int]:
        assert self._snapshot is not None
        return counted(self._snapshot, asked, _UNFINISHED)

    def _holes(self, asked: ExportRequest) -> bool:
        """Whether frames are not known, of what cannot be without them: a movie, a project."""
        assert self._snapshot is not None
        movie = self.form.choices().offer.movie or "movie" in asked.also
        whole = movie or asked.kind == "project"
        return whole and bool(counted(self._snapshot, asked, _MISSING))

    def _look(self) -> None:
        if self._snapshot is not None and self._asked is not None and not self.problem():
            names = _names(self._snapshot)
            folder = Path(self.form.folder.text()).expanduser()
            self._looking = True
            self.check.ask(self._asked, names, self._snapshot.frames, folder)

    def _show_disk(self, found: OnDisk) -> None:
        if self._snapshot is None or self._asked is None:
            return
        self._on_disk, self._looking = found, False
        problem = self.problem()
        if problem:
            self.summary.show_problem(problem)
        count = 0 if problem else len(found.existing)
        self.summary.show_existing(count, self._asked.kind)
        names, choices = _names(self._snapshot), self.form.choices()
        files = 0 if problem else listing(self._asked, names, self._snapshot.frames).count
        needed = estimate(choices, self._snapshot, self._asked, files)
        room = found.free is None or found.free > needed
        self.summary.show_room("" if room or found.free is None else size_words(found.free))
        self._allow()

    def _allow(self) -> None:
        """Export once all that is to be allowed is, and the disk was looked at."""
        request = self.request()
        if request is None:
            self.export_button.setEnabled(False)
            return
        known = self._on_disk is not None
        replaced = known and (not self.summary.count_existing or self.summary.replace.isChecked())
        whole = not self._gaps(request) or self.summary.partial.isChecked()
        self.export_button.setEnabled(not self.problem() and whole and replaced)


def _names(snapshot: Snapshot) -> dict[int, str]:
    return {known.id: known.name for known in snapshot.objects}


def _below(path: Path, folder: Path) -> str:
    try:
        return path.relative_to(folder).as_posix()
    except ValueError:
        return str(path)
