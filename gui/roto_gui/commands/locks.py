"""What stays as it is: frames, and regions of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto_gui.tools.region import Drawn
    from roto_gui.workspace import Workspace


def slots(work: Workspace) -> dict[str, Callable[..., None]]:
    """Functions by action id."""
    return {
        "lock_frame": lambda: _lock(work, (work.frame, work.frame)),
        "lock_range": lambda: _lock(work, work.range or (work.frame, work.frame)),
        "unlock": lambda: _unlock(work),
    }


def refuse_active(work: Workspace, frame: int) -> bool:
    """The same for the active object."""
    return refuse(work, frame, None if work.active is None else work.active.id)


def refuse(work: Workspace, frame: int, which: int | None) -> bool:
    """Whether an object is locked at a frame, which is said, with a button to unlock it.

    What would be painted there would be kept, but not be seen.

    Args:
        work: Where.
        frame: Frame number.
        which: Id of the object; None: one that is still to come.
    """
    snapshot = work.snapshot
    found = None if snapshot is None else snapshot.object(which)
    if snapshot is None or not snapshot.locked(frame, which):
        return False
    name = _tr("A new object") if found is None else found.name
    text = _tr("{name} is locked at frame {n}: unlock the frame to change it.")
    unlock = (_tr("Unlock frame {n}").format(n=frame), lambda: _free(work, frame, which))
    work.asked.emit(text.format(name=name, n=frame), (unlock,))
    return True


def take(work: Workspace, frame: int, drawn: Drawn) -> None:
    """Lock or unlock what was drawn around: in the range if the frame is in it, else there."""
    if work.active is None:
        return
    frames = work.range
    if frames is None or not frames[0] <= frame <= frames[1]:
        frames = frame, frame
    name = work.active.name
    if not drawn.free:
        work.document.lock(*frames, [work.active.id], drawn.inside)
        text = _tr("A region of {name} is locked at {frames}. Alt, or the right button, unlocks.")
    elif not _something(work, frames, work.active.id):
        text = _tr("Nothing of {name} is locked at {frames}.")
    else:
        work.document.unlock(*frames, work.active.id, drawn.inside)
        text = _tr("What lies in the region is unlocked at {frames}, of {name}.")
    work.noticed.emit(text.format(name=name, frames=_range(frames)))


def _lock(work: Workspace, frames: tuple[int, int]) -> None:
    work.painter.finish()
    if work.active is not None:
        work.document.lock(*frames, [work.active.id])


def _unlock(work: Workspace) -> None:
    """All that is locked here, or in the range; the rest of longer locks stays."""
    work.painter.finish()
    frames = work.range or (work.frame, work.frame)
    if _something(work, frames, None):
        work.document.unlock(*frames)
    else:
        work.noticed.emit(_tr("Nothing is locked at {frames}.").format(frames=_range(frames)))


def _free(work: Workspace, frame: int, object_id: int | None) -> None:
    if work.snapshot is not None and frame in work.snapshot.frames:
        work.document.unlock(frame, frame, object_id)


def _something(work: Workspace, frames: tuple[int, int], object_id: int | None) -> bool:
    """Whether a lock touches the frames; also where edits are on their way that may make one."""
    snapshot = work.snapshot
    if snapshot is None or not work.document.settled:
        return snapshot is not None
    met = [k for k in snapshot.locks if k.first <= frames[1] and k.last >= frames[0]]
    return any(object_id is None or k.object in (None, object_id) for k in met)


def _range(frames: tuple[int, int]) -> str:
    return str(frames[0]) if frames[0] == frames[1] else f"{frames[0]}\N{EN DASH}{frames[1]}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Locks", text)
