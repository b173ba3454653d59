"""Small clips on disk, and documents with the engine that knows objects by their colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from roto.export.stills import write_picture
from roto.fake_engine import FakeEngine
from roto_gui.document.document import Document
from roto_gui.document.opening import Opening

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt
    from pytestqt.qtbot import QtBot

SIZE = (48, 64)
COUNT = 12
FIRST = 1001


def square_at(position: int) -> npt.NDArray[np.bool_]:
    """Where the red square is, (48, 64) bool; ``position`` counts from 0."""
    mask = np.zeros(SIZE, bool)
    mask[16:32, 4 + 3 * position : 20 + 3 * position] = True
    return mask


def write_clip(folder: Path, count: int = COUNT) -> str:
    """A red square that moves right on blue, as PNGs 1001, 1002, ...; returns the pattern."""
    folder.mkdir(parents=True, exist_ok=True)
    for position in range(count):
        picture = np.full((*SIZE, 3), (20, 40, 200), np.uint8)
        picture[square_at(position)] = (230, 30, 30)
        write_picture(folder / f"plate.{FIRST + position}.png", picture)
    return str(folder / "plate.%04d.png")


def opened(qtbot: QtBot, path: str, folder: Path) -> Document:
    """A document with that clip or project open."""
    document = Document()
    with qtbot.waitSignal(document.opened, timeout=10_000):
        document.open(Opening(path, model=FakeEngine(), folder=folder).session)
    return document


def settle(qtbot: QtBot, document: Document) -> None:
    """Wait until every edit that was asked for has come back."""
    qtbot.waitUntil(lambda: document.settled, timeout=10_000)


def propagate(qtbot: QtBot, document: Document, **options: object) -> None:
    """Propagate and wait for the end."""
    with qtbot.waitSignal(document.ended, timeout=20_000):
        document.propagate(**options)  # type: ignore[arg-type]
