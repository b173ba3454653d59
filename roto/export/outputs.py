"""Which of the files to be written are there already."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def existing(paths: Sequence[Path]) -> list[Path]:
    """Those that are there. Folders are listed once: asking file by file is slow on servers."""
    listed: dict[Path, frozenset[str]] = {}
    for folder in {path.parent for path in paths}:
        try:
            listed[folder] = frozenset(name.casefold() for name in os.listdir(folder))
        except OSError:  # not there, or not readable: writing will say why
            listed[folder] = frozenset()
    likely = [path for path in paths if path.name.casefold() in listed[path.parent]]
    return [path for path in likely if path.exists()]
