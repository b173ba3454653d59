"""``python -m roto_gui.screenshots FOLDER``: pictures of the main states, of a real day's start.

It opens the real window on the sample clip, paints with real mouse events, propagates with the
real network, and grabs what is there. The README and the manual show these pictures. With
``--language de`` they are in German; ``QT_SCALE_FACTOR=2`` makes them as on a fine screen.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtTest import QTest

from roto_gui.app import make_app
from roto_gui.export.dialog import ExportDialog
from roto_gui.language import ENGLISH, speak
from roto_gui.main_window import MainWindow
from roto_gui.settings.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import SignalInstance
    from PySide6.QtWidgets import QWidget

_WIDTH, _HEIGHT = 1440, 900
_SHORT_SIDE = 240  # of the plate: a propagation in seconds
_PATIENCE = 600_000  # milliseconds

INSIDE = (((0.12, 0.48), (0.28, 0.50), (0.45, 0.52)), ((0.12, 0.36), (0.40, 0.36)))
OUTSIDE = ((0.02, 0.61), (0.05, 0.655), (0.30, 0.66), (0.50, 0.63), (0.62, 0.64))
"""Strokes over the van of the sample's first frame, in shares of its size."""


class Tour:
    """Goes through the states of one window.

    Args:
        folder: Where the pictures go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        config = Config()
        config.update(short_side=_SHORT_SIDE)
        self.window = MainWindow(config)
        self.window.resize(_WIDTH, _HEIGHT)
        self.window.show()

    def take(self) -> None:
        """All pictures."""
        for state in (
            self.welcome,
            self.first_frame,
            self.stroke,
            self.propagating,
            self.receipt,
            self.views,
            self.correction,
            self.dialogs,
        ):
            state()
        self.window.close()

    def welcome(self) -> None:
        """Before anything is open."""
        self._grab("welcome")

    def first_frame(self) -> None:
        """The clip is open."""
        _wait(self.window.work.stage.shown, self.window.files.open_sample)
        self._grab("first-frame")

    def stroke(self) -> None:
        """One stroke has made a mask."""
        for points in INSIDE:
            self._drag(points)
        self._drag(OUTSIDE, Qt.MouseButton.RightButton)
        _until(lambda: not self.window.work.painter.due)
        self._grab("selecting")
        self.window.work.painter.finish()
        _until(lambda: self.window.document.settled)
        self._grab("stroke")

    def propagating(self) -> None:
        """Frames are being found."""
        document = self.window.document
        self.window.actions_.run("propagate_both")
        _until(lambda: len(_fresh(self.window)) > 20)
        self._grab("propagating")
        if document.busy:
            _wait(document.ended)

    def receipt(self) -> None:
        """What was found, and where to look."""
        self.window.actions_.run("next_suspect")
        _until(lambda: not self.window.work.stage.waiting)
        self._grab("receipt")

    def views(self) -> None:
        """The same frame in other ways."""
        for mode in ("outline", "matte", "checker"):
            self.window.actions_.run(f"view_{mode}")
            self._grab(f"view-{mode}")
        self.window.actions_.run("view_overlay")

    def correction(self) -> None:
        """A dab, and what it changed."""
        window = self.window
        window.actions_.run("accept")
        window.actions_.run("tool_brush")
        self._drag(((0.16, 0.68), (0.52, 0.66)), Qt.MouseButton.RightButton)
        _until(lambda: window.document.settled)
        _wait(window.document.ended, lambda: window.actions_.run("propagate_both"))
        self._grab("correction")

    def dialogs(self) -> None:
        """What can be opened."""
        window = self.window
        window.actions_.run("palette")
        window.palette_.line.setText("prop")
        self._grab("palette")
        window.palette_.hide()
        window.actions_.run("keys")
        self._grab("keys")
        window.helping.overlay.leave()
        for name in ("export", "preferences", "shortcuts"):
            window.actions_.run(name)
            dialog = window.app_dialog()
            if dialog is not None:
                if isinstance(dialog, ExportDialog):
                    dialog.form.set_folder("/shots/sh010/mattes")
                self._grab(name, dialog)
                if isinstance(dialog, ExportDialog):
                    self._exports(dialog)
                dialog.close()

    def _exports(self, dialog: ExportDialog) -> None:
        """What else can be exported."""
        form = dialog.form
        form.format.setCurrentIndex(form.format.findData("fill-key"))
        self._grab("export-movie", dialog)
        form.format.setCurrentIndex(form.format.findData("package"))
        form.package.boxes["movie"].click()
        self._grab("export-package", dialog)
        form.format.setCurrentIndex(form.format.findData("project"))
        self._grab("export-project", dialog)
        form.format.showPopup()
        self._grab("export-formats", form.format.view().window())
        form.format.hidePopup()

    def _drag(
        self,
        shares: Sequence[tuple[float, float]],
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    ) -> None:
        """Drag over the plate."""
        canvas, snapshot = self.window.canvas, self.window.document.snapshot
        assert snapshot is not None
        size = snapshot.clip.width, snapshot.clip.height
        points = [canvas.to_screen(x * size[0], y * size[1]) for x, y in shares]
        at = [_rounded(point) for point in points]
        QTest.mousePress(canvas, button, pos=at[0])
        for point in at[1:]:
            QTest.mouseMove(canvas, point)
        QTest.mouseRelease(canvas, button, pos=at[-1])

    def _grab(self, name: str, widget: QWidget | None = None) -> None:
        _rest(500)
        (widget or self.window).grab().save(str(self.folder / f"{name}.png"))


def _rounded(point: QPointF) -> QPoint:
    return point.toPoint()


def _fresh(window: MainWindow) -> list[int]:
    snapshot = window.document.snapshot
    if snapshot is None:
        return []
    return [f for o in snapshot.objects for f, state in o.states.items() if state == "fresh"]


def _wait(signal: SignalInstance, start: Callable[[], object] | None = None) -> None:
    """Start something and wait for a signal.

    Raises:
        TimeoutError: it did not come.
    """
    came: list[bool] = []
    slot = lambda *_: came.append(True)  # noqa: E731 - to be disconnected again
    signal.connect(slot)
    if start is not None:
        start()
    _until(lambda: bool(came))
    signal.disconnect(slot)


def _until(true: Callable[[], bool]) -> None:
    """Wait until something is so.

    Raises:
        TimeoutError: it did not become so.
    """
    loop, late, look = QEventLoop(), QElapsedTimer(), QTimer()
    late.start()
    look.timeout.connect(lambda: loop.quit() if true() or late.elapsed() > _PATIENCE else None)
    look.start(20)
    if not true():
        loop.exec()
    if not true():
        raise TimeoutError("The window did not come to that state.")


def _rest(milliseconds: int) -> None:
    """Let the window live for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def main(arguments: Sequence[str] | None = None) -> int:
    """Take all pictures into a folder."""
    parser = argparse.ArgumentParser(description="Pictures of the app's main states.")
    parser.add_argument("folder", nargs="?", default="screenshots", help="where they go")
    parser.add_argument("--language", default=ENGLISH, help="its code, such as de")
    options = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as own:
        os.environ["ROTO_CONFIG"] = own  # nobody's preferences, nobody's projects
        app = make_app()
        speak(app, options.language)
        Tour(Path(options.folder).absolute()).take()
        app.processEvents()
    return 0


if __name__ == "__main__":
    sys.exit(main())
