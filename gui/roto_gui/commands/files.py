"""The menu "File": what is opened, imported, saved and exported. Dialogs never block."""

from __future__ import annotations

from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog

from roto.models import DEFAULT
from roto.project.home import PROJECT
from roto_gui.commands import locks
from roto_gui.commands.dropping import drop
from roto_gui.document.opening import Opening, as_clip
from roto_gui.export.dialog import ExportDialog
from roto_gui.settings.recent import remember

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from roto.engine import Engine
    from roto_gui.settings.config import Config
    from roto_gui.state import ExportRequest, Progress
    from roto_gui.workspace import Workspace


class Files:
    """Opens and writes.

    Args:
        work: What is worked on.
        config: Remembers folders and what was opened.
        window: Parent of the dialogs.

    Attributes:
        engine: Works in place of the network that the preferences name; None: that network.
        exported: Where the newest export writes to.
    """

    def __init__(self, work: Workspace, config: Config, window: QWidget) -> None:
        self.work, self.config, self.window = work, config, window
        self.engine: Engine | None = None
        self.exported = ""
        self._export: ExportDialog | None = None
        self._progress: Progress | None = None
        self._path = ""  # of what is being opened
        self._wanted: Opening | None = None
        work.document.opened.connect(self._remember)
        work.document.clip_missing.connect(self.find_clip)
        work.document.progress.connect(self._follow)

    def slots(self) -> dict[str, Callable[..., None]]:
        """Functions by action id."""
        return {
            "open": self.browse,
            "open_folder": self.browse_folder,
            "open_sample": self.open_sample,
            "save": self.save,
            "save_as": self.save_as,
            "import_mask": self.browse_mask,
            "export": self.export,
            "close": self.close,
        }

    def open(self, path: str, clip: str | None = None) -> None:
        """Open a project or a clip; what was open is closed, if there is something to open.

        Args:
            path: Of the project, or of the clip.
            clip: Where the project's clip is now, if it was moved.
        """
        path = path if path.endswith(PROJECT) else as_clip(path)
        chosen = self.config.preferences
        document = self.work.document
        self.work.painter.finish()
        model = self.engine or chosen.model or DEFAULT
        opening = self._wanted = Opening(path, model, chosen.short_side, chosen.device, clip=clip)
        if document.is_open:
            document.look(
                document.opening, lambda _: opening.check(), lambda _: self._open(opening)
            )
        else:
            self._open(opening)

    def _open(self, opening: Opening) -> None:
        if opening is self._wanted:  # nobody has thought better of it meanwhile
            self._path = opening.path
            self.work.document.open(opening.session)

    def drop(self, paths: Sequence[Path]) -> None:
        """The first of what was dropped on the picture: a mask, or something to open."""
        drop(self.work, paths[0], self.open)

    def close(self) -> None:
        """Close the project; what is begun is kept."""
        self.work.painter.finish()
        self.work.document.close()

    def open_sample(self) -> None:
        """The clip that comes with roto."""
        with as_file(files("roto_resources") / "clips" / "sample.mp4") as path:
            self.open(str(path))

    def find_clip(self) -> None:
        """Ask where a project's clip is now, and open the project with it."""
        project = self._path
        if project.endswith(PROJECT):
            self._ask(
                _tr("Where is the clip of this project now?"),
                lambda path: self.open(project, as_clip(path)),
                QFileDialog.FileMode.ExistingFile,
                filters=(),
            )

    def browse(self) -> None:
        """Ask for a clip or a project."""
        self._ask(
            _tr("Open clip or project"), self.open, QFileDialog.FileMode.ExistingFile, filters=()
        )

    def browse_folder(self) -> None:
        """Ask for a folder of frames, as the platform asks for folders."""
        self._ask(
            _tr("Open the folder of an image sequence"),
            self.open,
            QFileDialog.FileMode.Directory,
            filters=(),
        )

    def browse_mask(self) -> None:
        """Ask for a mask file, which becomes a keyframe here."""
        if locks.refuse_active(self.work, self.work.frame):
            return
        self._ask(
            _tr("Import mask"),
            self._mask_here(),
            QFileDialog.FileMode.ExistingFile,
            filters=(_tr("Masks (*.png *.exr *.tif *.tiff *.jpg *.webp)"), _tr("All files (*)")),
        )

    def _mask_here(self) -> Callable[[str], None]:
        """Imports a file as the mask of what is the active object now, at the frame of now."""
        active, frame = self.work.active, self.work.frame
        which = None if active is None else active.id
        return lambda path: self.work.document.import_mask(frame, Path(path), which)

    def save(self) -> None:
        """All is on disk; a project in roto's own folder may want another place."""
        snapshot = self.work.snapshot
        if snapshot is not None and snapshot.path is not None:
            text = _tr("Every edit is on disk already, in {path}.")
            self.work.noticed.emit(text.format(path=snapshot.path))

    def save_as(self) -> None:
        """Ask for a place and go on there."""
        dialog = self._ask(
            _tr("Save project as"),
            self._save_to,
            QFileDialog.FileMode.AnyFile,
            filters=(_tr("roto projects (*.roto)"),),
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # a project never overwrites
        dialog.setDefaultSuffix(PROJECT[1:])

    def export(self) -> None:
        """Ask what to write where."""
        self.work.painter.finish()
        if self._export is None:
            self._export = ExportDialog(self.window)
            self._export.set_choices(self.config.preferences.export)
            self._export.export_wanted.connect(self.write)
            self.work.document.changed.connect(self._renew_export)
            self.work.range_changed.connect(self._export.set_range)
        self._renew_export()
        self._export.set_busy(self._progress is not None)
        self._export.set_range(self.work.first, self.work.last)
        self._export.open()

    def _renew_export(self) -> None:
        """The dialog shows the project as it is, while work goes on beside it."""
        if self._export is not None:
            self._export.set_snapshot(self.work.snapshot)

    def write(self, request: ExportRequest) -> None:
        """Write mattes in the background."""
        if self._export is not None:
            self.config.update(export=self._export.lasting())
        self.exported = request.pattern
        self.work.document.export(request)

    def _follow(self, progress: Progress | None) -> None:
        """An export cannot begin while something else is under way."""
        if (progress is None) != (self._progress is None) and self._export is not None:
            self._export.set_busy(progress is not None)
        self._progress = progress

    def _remember(self) -> None:
        """What did open is offered again."""
        self.config.update(recent=remember(self.config.preferences.recent, self._path))

    def _save_to(self, path: str) -> None:
        self.work.document.save_as(Path(path))
        self.config.update(recent=remember(self.config.preferences.recent, path))

    def _folder(self) -> str:
        return self.config.preferences.last_folder or str(Path.home())

    def _ask(
        self,
        title: str,
        chosen: Callable[[str], None],
        mode: QFileDialog.FileMode,
        filters: tuple[str, ...],
    ) -> QFileDialog:
        dialog = QFileDialog(self.window, title, self._folder())
        dialog.setFileMode(mode)
        if filters:
            dialog.setNameFilters(list(filters))
        dialog.fileSelected.connect(partial(self._chosen, chosen))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _chosen(self, then: Callable[[str], None], path: str) -> None:
        self.config.update(last_folder=str(Path(path).parent))
        then(path)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Files", text)
