"""Undo and redo, and what they would take back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto_gui.workspace import Workspace


def slots(work: Workspace) -> dict[str, Callable[..., None]]:
    """Functions by action id."""
    return {"undo": partial(_undo, work), "redo": partial(_redo, work)}


def step_title(label: str | None) -> str:
    """What an artist calls a step of the session's; "" for none, and for one we have no word for.

    Args:
        label: What the session calls it.
    """
    titles = {
        "accept": _tr("accepting"),
        "add object": _tr("adding an object"),
        "change network": _tr("another network"),
        "correct": _tr("correction"),
        "hide object": _tr("visibility"),
        "lock": _tr("locking"),
        "paint": _tr("painting"),
        "propagate": _tr("propagation"),
        "recolour object": _tr("colour"),
        "remove keyframe": _tr("removing a keyframe"),
        "remove object": _tr("removing an object"),
        "rename object": _tr("name"),
        "revert": _tr("reverting"),
        "set keyframe": _tr("mask"),
        "set keyframes": _tr("masks"),
        "set lifetime": _tr("lifetime"),
        "show object": _tr("visibility"),
        "unlock": _tr("unlocking"),
    }
    return titles.get(label or "", "")


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


def _tr(text: str) -> str:
    return QCoreApplication.translate("History", text)
