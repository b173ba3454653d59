"""``roto gui``: starts the desktop app."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from roto.errors import SettingsError

if TYPE_CHECKING:
    import argparse

_APP = "roto_gui.app"  # by name: the core knows no shell, and runs where there is no Qt


def run(options: argparse.Namespace) -> int:
    """Open the window; returns when it is closed.

    Raises:
        SettingsError: Qt cannot be loaded here.
    """
    try:
        app = import_module(_APP)
    except ImportError as error:
        raise SettingsError(
            f"The desktop app cannot start: {error}. Install PySide6-Essentials, and on Linux the "
            "libraries libegl1 and libxkbcommon0."
        ) from None
    return int(app.main([options.path] if options.path else []))
