"""A real window that a benchmark drives as an artist does, on clips that it makes."""

from __future__ import annotations

import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from footage import footage, key_mask
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest

from roto.export.stills import write_picture
from roto_gui.main_window import MainWindow
from roto_gui.settings.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from roto.engine import Engine

LEFT = Qt.MouseButton.LeftButton
PATIENCE = 1800.0  # seconds


@contextmanager
def window(engine: Engine | None = None, **preferences: object) -> Iterator[MainWindow]:
    """A real window."""
    config = Config()
    config.update(**preferences)
    made = MainWindow(config)
    made.files.engine = engine
    made.resize(1440, 900)
    made.show()
    yield made
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@contextmanager
def folder_of(size: tuple[int, int], frames: int) -> Iterator[str]:
    """A sequence of PNGs on disk; its pattern."""
    with tempfile.TemporaryDirectory() as folder:
        for number, picture in zip(range(1001, 1001 + frames), footage(size), strict=False):
            write_picture(Path(folder) / f"plate.{number}.png", picture)
        yield str(Path(folder) / "plate.%04d.png")


def open_clip(shown: MainWindow, clip: str) -> None:
    """Open it and wait for its first picture."""
    until_signal(shown.document.opened, lambda: shown.open(clip))
    until(lambda: not shown.work.stage.waiting and shown.work.stage.whole)


def paint_van(shown: MainWindow) -> None:
    """The object of the sample's first frame."""
    snapshot = shown.document.snapshot
    assert snapshot is not None
    mask = key_mask((snapshot.clip.height, snapshot.clip.width))
    shown.document.paint_new(snapshot.frames[0], mask, "van")
    settle(shown)


def add_box(shown: MainWindow, size: tuple[int, int]) -> None:
    """A box of the picture as a keyframe here."""
    until(lambda: not shown.work.stage.waiting and shown.work.stage.whole)
    shown.actions_.run("tool_rectangle")
    first, last = (size[1] * 0.3, size[0] * 0.3), (size[1] * 0.6, size[0] * 0.7)
    drag(shown, [first, last])
    release(shown, *last)
    settle(shown)


def drag(shown: MainWindow, points: list[tuple[float, float]]) -> None:
    """Press and move over points of the plate; the button stays down."""
    at = [shown.canvas.to_screen(x, y).toPoint() for x, y in points]
    QTest.mousePress(shown.canvas, LEFT, pos=at[0])
    for point in at[1:]:
        QTest.mouseMove(shown.canvas, point)


def release(shown: MainWindow, x: float, y: float) -> None:
    """Let the button go."""
    QTest.mouseRelease(shown.canvas, LEFT, pos=shown.canvas.to_screen(x, y).toPoint())


def settle(shown: MainWindow) -> None:
    """Until every edit is on disk and in the snapshot."""
    until(lambda: shown.document.settled)


def until(true: Callable[[], bool]) -> None:
    """Let the window live until something is so.

    Raises:
        TimeoutError: it did not become so.
    """
    late = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > late:
            raise TimeoutError("The window did not come to that state.")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)


def until_signal(signal: object, start: Callable[[], object]) -> None:
    """Start something and let the window live until a signal comes."""
    came: list[bool] = []
    slot = lambda *_: came.append(True)  # noqa: E731 - to be disconnected again
    signal.connect(slot)  # type: ignore[attr-defined]
    start()
    until(lambda: bool(came))
    signal.disconnect(slot)  # type: ignore[attr-defined]


def rest(milliseconds: int) -> None:
    """Let the window live for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
