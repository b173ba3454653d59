"""Masks by pixel, and whether a document has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from gui_projects import COUNT, FIRST, SIZE
from gui_windows import (
    matte,
)
from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from roto_gui.main_window import MainWindow


LAST = FIRST + COUNT - 1
K = Qt.Key


def pixels(*at: tuple[int, int]) -> np.ndarray:
    """(H, W) bool with these (x, y) set."""
    mask = np.zeros(SIZE, bool)
    for x, y in at:
        mask[y, x] = True
    return mask


def assert_pixels(
    qtbot: QtBot, window: MainWindow, expected: np.ndarray, frame: int = FIRST
) -> None:
    """The document has exactly this mask."""
    found = matte(qtbot, window, frame)
    assert np.argwhere(found).tolist() == np.argwhere(expected).tolist()
