"""Windows without a screen, and none left over."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication, QWidget
    from pytestqt.qtbot import QtBot

    from roto_gui.main_window import MainWindow


@pytest.fixture(autouse=True)
def _settings_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests never see or change the preferences of the person who runs them."""
    monkeypatch.setenv("ROTO_CONFIG", str(tmp_path / "config"))


@pytest.fixture(autouse=True)
def _no_window_left(qapp: QApplication) -> Iterator[None]:
    """A widget that outlives its test is a leak."""
    before = _windows(qapp)
    yield
    qapp.sendPostedEvents(None, 0)
    if left := _windows(qapp) - before:
        gc.collect()  # slow with all of torch and Qt in memory: only where it may help
        left = _windows(qapp) - before
    assert not left, f"These windows are still there: {left}"


def _windows(app: QApplication) -> set[QWidget]:
    return {widget for widget in app.topLevelWidgets() if widget.isVisible()}


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """A window with the clip of the red square open; nothing may fail in it."""
    from gui_projects import write_clip
    from gui_windows import end, make_window, show

    made = make_window()
    problems: list[str] = []
    made.document.failed.connect(lambda what, why: problems.append(f"{what}: {why}"))
    show(qtbot, made, write_clip(tmp_path / "plates"))
    yield made
    end(made)
    assert problems == []
