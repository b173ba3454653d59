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

    from PySide6.QtWidgets import QApplication


@pytest.fixture(autouse=True)
def _settings_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests never see or change the preferences of the person who runs them."""
    monkeypatch.setenv("ROTO_CONFIG", str(tmp_path / "config"))


@pytest.fixture(autouse=True)
def _no_window_left(qapp: QApplication) -> Iterator[None]:
    """A widget that outlives its test is a leak."""
    before = set(qapp.topLevelWidgets())
    yield
    qapp.sendPostedEvents(None, 0)
    gc.collect()
    left = [w for w in qapp.topLevelWidgets() if w not in before and w.isVisible()]
    assert not left, f"These windows are still there: {left}"
