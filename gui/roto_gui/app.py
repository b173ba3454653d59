"""``roto gui``: the desktop app."""

from __future__ import annotations

import os
import sys
import threading
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication

from roto_gui.language import speak
from roto_gui.main_window import MainWindow
from roto_gui.settings.config import Config
from roto_gui.theme import apply_theme

if TYPE_CHECKING:
    from collections.abc import Sequence

_SETTLED = 300  # milliseconds after which the window is on the screen
_SWITCH_INTERVAL = 0.001  # seconds; the window's thread waits at most so long for its turn


def make_app(arguments: Sequence[str] = ()) -> QApplication:
    """The application, themed; the one there is, if there is one."""
    # OpenCV's wheels for the desktop bring a Qt of their own and point these at its plugins.
    for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
        if "cv2" in os.environ.get(name, ""):
            del os.environ[name]
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(["roto", *arguments])
    QCoreApplication.setApplicationName("roto")
    app.setApplicationDisplayName("roto")
    apply_theme(app)
    return app


def warm_up() -> threading.Thread:
    """Load the network's code ahead, in a thread.

    It takes seconds, some of them in pieces that hold up the window: better while the artist looks
    for a clip than in the first propagation.
    """
    thread = threading.Thread(
        target=import_module, args=("roto.stcn_engine",), name="roto warm-up", daemon=True
    )
    thread.start()
    return thread


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window, with a clip or project if one is named.

    Returns when it is closed, and every edit is on disk.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    sys.setswitchinterval(_SWITCH_INTERVAL)
    app = make_app()
    config = Config()
    speak(app, config.preferences.language)
    window = MainWindow(config)
    window.show()
    if arguments:
        path = arguments[0]
        QTimer.singleShot(0, lambda: window.open(path))
    QTimer.singleShot(_SETTLED, warm_up)
    code = app.exec()
    window.document.wait()
    return code
