"""Why no tool can work on an object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from roto_gui.state import Snapshot


def obstacle(snapshot: Snapshot, object_id: int | None, *, paints: bool) -> str:
    """Why no tool can work on an object, in one sentence; empty: it can.

    Args:
        snapshot: The project.
        object_id: The active object; None: one that is still to come.
        paints: Whether the tool changes its mask.
    """
    active = snapshot.object(object_id)
    if snapshot.read_only:
        return _tr("The project is open for reading only: save it as another.")
    if active is not None and not active.visible:
        text = _tr("{name} is hidden: show it before you paint on it.")
        return text.format(name=active.name)
    if active is None and not paints:
        return _tr("There is no object to lock yet: paint it first.")
    return ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Painter", text)
