"""Panels stay where, and as, the artist left them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from gui_projects import write_clip
from gui_windows import end, make_window, show
from PySide6.QtWidgets import QScrollArea

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from roto_gui.main_window import MainWindow


def shown(window: MainWindow) -> list[str]:
    return [dock.objectName() for dock in window.docks if dock.isVisible()]


ALL = ["timeline", "tools", "objects", "view"]


def test_a_panel_that_was_put_away_stays_away(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    menu = window.actions_.actions["panels"].menu()
    assert [entry.text() for entry in menu.actions()] == ["Timeline", "Tools", "Objects", "View"]
    assert shown(window) == ALL
    window.docks[1].close()
    window.files.close()
    assert shown(window) == []  # the welcome page stands alone
    show(qtbot, window, write_clip(tmp_path / "others", 3))
    assert shown(window) == ["timeline", "objects", "view"]
    window.files.close()
    window.close()

    again = make_window()
    assert shown(again) == []
    show(qtbot, again, write_clip(tmp_path / "others", 3))
    assert shown(again) == ["timeline", "objects", "view"]
    again.actions_.actions["panels"].menu().actions()[1].trigger()
    assert shown(again) == ALL
    again.docks[0].close()
    again.actions_.run("reset_layout")
    assert shown(again) == ALL
    again.docks[0].close()
    again.files.close()
    again.actions_.run("reset_layout")
    assert shown(again) == []
    show(qtbot, again, write_clip(tmp_path / "others", 3))
    assert shown(again) == ALL
    end(again)


def test_nothing_of_the_view_is_cut_off(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: window.width() == 1440)
    area = window.docks[3].findChild(QScrollArea)
    assert area is not None
    assert area.viewport().height() >= window.view_options.minimumSizeHint().height()
    assert window.objects_panel.height() >= 200


def test_the_window_fits_a_small_screen(window: MainWindow) -> None:
    assert window.minimumSizeHint().width() <= 1280
    assert window.minimumSizeHint().height() <= 720


def test_the_zoom_is_seen(window: MainWindow) -> None:
    window.actions_.run("actual_size")
    assert window.transport.zoom.text() == "100 %"
    window.actions_.run("zoom_in")
    assert window.transport.zoom.text() == f"{100 * window.canvas.scale:.0f} %"


@pytest.mark.parametrize("what", ["opacity", "off"])
def test_what_pressure_changes_is_remembered(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, what: str
) -> None:
    box = window.tool_options.pressure
    box.setCurrentIndex(box.findData(what))
    box.activated.emit(box.currentIndex())
    assert window.work.painter.tools["eraser"].pressure == what  # type: ignore[attr-defined]
    again = make_window()
    assert again.tool_options.pressure.currentData() == what
    assert again.work.painter.tools["brush"].pressure == what  # type: ignore[attr-defined]
    end(again)
