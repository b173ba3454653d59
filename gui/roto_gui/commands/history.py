"""Undo and redo."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto_gui.workspace import Workspace


def slots(work: Workspace) -> dict[str, Callable[..., None]]:
    """Functions by action id."""
    return {"undo": partial(_undo, work), "redo": partial(_redo, work)}


def _undo(work: Workspace) -> None:
    """Take back the stroke that is begun, or else the newest edit."""
    if work.painter.busy:
        work.painter.cancel()
        return
    work.stage.forget_layer()
    work.document.undo()


def _redo(work: Workspace) -> None:
    work.painter.finish()
    work.stage.forget_layer()
    work.document.redo()
