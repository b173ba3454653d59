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
    estimate,
    file_count,
    folder_token,
    frame_span,
    request_of,
    size_words,
)
from roto_gui.export.exporting import order_of
from roto_gui.export.form import ExportForm, ExportSummary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QHideEvent

    from roto.states import State
    from roto_gui.state import ExportRequest, Snapshot

_PATIENCE_MS = 200  # after the last key before the disk is looked at
_UNFINISHED: frozenset[State] = frozenset({"missing", "open"})
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
        if not snapshot.objects:
            return self.tr("There are no objects yet: paint one first.")
        if not request.objects:
            return self.tr("No object is ticked.")
        token = folder_token(self.form.folder.text())
        if token is not None:
            text = self.tr("“{token}” in the folder's name would become a number or a name.")
            return text.format(token=token)
        if not self.form.name.text().strip():
            return self.tr("The files need a name.")
        try:
            order_of(request, {o.id: o.name for o in snapshot.objects}, snapshot.frames).check()
        except RotoError as error:
            return str(error)
        return ""

    def _forget_file_dialog(self) -> None:
        self.file_dialog = None

    def _renew(self) -> None:
        snapshot, asked = self._snapshot, self.request()
        if snapshot is None or asked is None:
            return
        choices = self.form.choices()
        self.form.show_span(*frame_span(choices, snapshot, self._range))
        self.summary.set_numbers(choices)
        problem = self.problem()
        self._show_gaps(asked)
        if problem:
            self.summary.show_problem(problem)
        else:
            self._show_files(snapshot, asked, choices)
        plain = replace(asked, overwrite=False, partial=False)
        if plain != self._asked:
            self._asked, self._on_disk = plain, None
            self.summary.show_existing(0)
            self.check.forget()
            if not problem:
                self._timer.start()
        self._allow()

    def _show_files(self, snapshot: Snapshot, asked: ExportRequest, choices: Choices) -> None:
        order = order_of(asked, {o.id: o.name for o in snapshot.objects}, snapshot.frames)
        first, last = order.paths(order.frames[0]), order.paths(order.frames[-1])
        folder = Path(self.form.folder.text()).expanduser()
        count = file_count(snapshot, asked)
        names = [_below(path, folder) for path in (*first[:2], last[-1])]
        size = size_words(estimate(choices, snapshot, count))
        self.summary.show_files(names if count > 2 else names[:count], count, size)

    def _show_gaps(self, asked: ExportRequest) -> None:
        assert self._snapshot is not None
        stale = counted(self._snapshot, asked, _STALE)
        self.summary.show_gaps(self._gaps(asked), stale)

    def _gaps(self, asked: ExportRequest) -> dict[str, int]:
        assert self._snapshot is not None
        return counted(self._snapshot, asked, _UNFINISHED)

    def _look(self) -> None:
        if self._snapshot is not None and self._asked is not None:
            names = {o.id: o.name for o in self._snapshot.objects}
            folder = Path(self.form.folder.text()).expanduser()
            self.check.ask(self._asked, names, self._snapshot.frames, folder)

    def _show_disk(self, found: OnDisk) -> None:
        if self._snapshot is None or self._asked is None:
            return
        self._on_disk = found
        self.summary.show_existing(len(found.existing))
        count = file_count(self._snapshot, self._asked)
        needed = estimate(self.form.choices(), self._snapshot, count)
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


def _below(path: Path, folder: Path) -> str:
    try:
        return path.relative_to(folder).as_posix()
    except ValueError:
        return str(path)
