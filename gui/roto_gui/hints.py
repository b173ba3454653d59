"""The hint line: what to do next, in one sentence. No Qt but for translation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto_gui.state import ObjectState, Snapshot


def hint(
    snapshot: Snapshot | None,
    active: ObjectState | None,
    *,
    busy: bool,
    receipt: bool,
    way: Callable[[str], str],
    begun: str = "",
    locked: bool = False,
    exporting: bool = False,
) -> str:
    """What an artist would want to know now.

    Args:
        snapshot: The project; None: none is open.
        active: The active object.
        busy: Whether something is under way.
        receipt: Whether a propagation waits to be accepted that changed what was known.
        way: Gives how a command is reached, by its id: its key, or else its menu.
        begun: Name of the tool that has begun something and not finished it; empty: none.
        locked: Whether the active object is locked at the frame on the canvas.
        exporting: Whether what is under way is an export.
    """
    if snapshot is None:
        return _tr("Drop a clip or a project here, or open the sample.")
    if snapshot.read_only:
        return _tr("Open elsewhere: you can look. Save the project as another one to go on.")
    if begun == "smart":
        return _tr("More strokes refine it, with Alt or the right button outside. Enter keeps it.")
    if begun == "polygon":
        return _tr(
            "Clicks add corners. Enter, or a click on the first one, closes it; Esc drops it."
        )
    if exporting:
        return _tr("Mattes are being written. An edit makes the export begin anew.")
    if active is not None and not active.visible:
        text = _tr("{name} is hidden: {show} shows it again.")
        return text.format(name=active.name, show=way("hide_object"))
    if locked:
        text = _tr("Locked at this frame: it stays as it is. {unlock} unlocks it.")
        return text.format(unlock=way("unlock"))
    if active is None or not active.keyframes:
        return _tr("Draw a stroke inside the object. Right button or Alt: what is not the object.")
    if busy:
        return _tr("You can go on painting while frames are found.")
    if active.count("missing") or active.count("open"):
        text = _tr("{propagate} finds it on all frames, both ways.")
        return text.format(propagate=way("propagate_both"))
    if receipt:
        text = _tr("Look at what changed in the strip; {accept} accepts it.")
        return text.format(accept=way("accept"))
    if snapshot.suggestions:
        text = _tr(
            "{next} goes to the frame that is worth a check; paint to correct it. {export} exports."
        )
        return text.format(next=way("next_suspect"), export=way("export"))
    return _tr("{export} exports the mattes.").format(export=way("export"))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Hints", text)
