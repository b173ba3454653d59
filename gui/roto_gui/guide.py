"""Says what an artist can do now: the hint line, and which commands there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roto_gui.actions.table import EDITS
from roto_gui.commands.history import step_title
from roto_gui.hints import hint

if TYPE_CHECKING:
    from roto_gui.actions.table import Needs
    from roto_gui.main_window import MainWindow
    from roto_gui.state import Progress


class Guide:
    """Keeps a window's hint and its commands true; asked to whenever something has changed.

    Args:
        window: Which.

    Attributes:
        progress: Of what is under way; None: nothing is.
    """

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.work, self.document = window.work, window.document
        self.painter = window.work.painter
        self.progress: Progress | None = None

    def show_state(self) -> None:
        """The hint, and which commands there are."""
        snapshot, window = self.document.snapshot, self.window
        active = self.work.active
        self.show_hint()
        have: list[Needs] = []
        without = self._nothing_to()
        if snapshot is not None:
            have.append("clip")
            if active is not None:
                have.append("object")
            if any(o.confidence for o in snapshot.objects):
                have.append("result")
            if self.document.receipt is not None:
                have.append("receipt")
        window.actions_.set_available(have, without)
        self._name_steps()
        window.tool_options.set_operations_enabled(active is not None)

    def _name_steps(self) -> None:
        """What undo and redo are about; a stroke that is begun is what undo gives up first."""
        snapshot = self.document.snapshot
        undo = None if snapshot is None or self.painter.busy else snapshot.undo
        redo = None if snapshot is None else snapshot.redo
        self.window.actions_.say_what("undo", step_title(undo))
        self.window.actions_.say_what("redo", step_title(redo))

    def show_hint(self) -> None:
        """What to do next, unless the artist does not want to be told."""
        window, snapshot = self.window, self.document.snapshot
        if not window.config.preferences.hints:
            window.status.set_hint("")
            return
        receipt, work = self.document.receipt, self.work
        text = hint(
            snapshot,
            work.active,
            busy=self.document.busy,
            begun=self.painter.tool.name if self.painter.tool.busy else "",
            receipt=receipt is not None and any(not change.first for change in receipt.changes),
            way=window.actions_.way,
            exporting=self.progress is not None and self.progress.what == "export",
            locked=snapshot is not None and snapshot.locked(work.frame, work.stage.active),
        )
        window.status.set_hint(text)

    def _nothing_to(self) -> list[str]:
        """Commands there is nothing for: undo, redo, stop, and all edits where one may look."""
        snapshot = self.document.snapshot
        idle = [] if self.progress is not None else ["stop", "pause"]
        if snapshot is not None and snapshot.read_only:
            return [*EDITS, *idle]
        undo = snapshot is not None and (snapshot.undo or self.painter.busy)
        redo = snapshot is not None and snapshot.redo
        return [*idle, *(name for name, some in (("undo", undo), ("redo", redo)) if not some)]
