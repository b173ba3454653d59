"""A file that is dropped on the picture: the mask of this frame, or something to be opened."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from roto_gui.commands import locks
from roto_gui.document.judging import Verdict, judge, may_be_mask

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from roto_gui.workspace import Workspace


def drop(work: Workspace, path: Path, open_: Callable[[str], None]) -> None:
    """Import a mask, open a clip or project, or ask which; nothing waits meanwhile.

    Args:
        work: Where the mask would go: to the active object, at the frame on the canvas.
        path: What was dropped.
        open_: Opens it.
    """
    snapshot = work.snapshot
    if snapshot is None or snapshot.read_only or not may_be_mask(path):
        open_(str(path))
        return
    frame, clip = work.frame, snapshot.clip
    which = None if work.active is None else work.active.id
    size = clip.height, clip.width
    work.document.look(
        _tr("Drop"),
        lambda _: judge(path, frame, size),
        partial(_decide, work, path, frame, which, open_),
    )


def _decide(
    work: Workspace,
    path: Path,
    frame: int,
    which: int | None,
    open_: Callable[[str], None],
    verdict: Verdict,
) -> None:
    """It was read."""
    snapshot = work.snapshot
    if verdict.kind == "clip" or snapshot is None:
        open_(str(path))
        return
    whole = None if verdict.objects > 1 else which  # a label map says itself whose masks it has
    put = partial(_import, work, path, frame, whole)
    found = snapshot.object(whole)
    opening = (_tr("Open it as a clip"), partial(open_, str(path)))
    if verdict.kind == "mask":
        if put():
            text = _tr("{file} is the mask of {name} at frame {n} now.")
            name = _tr("a new object") if found is None else found.name
            text = text.format(file=path.name, name=name, n=frame)
            work.asked.emit(text, (opening,))
        return
    if verdict.objects > 1:
        label = _tr("Import {count} objects at frame {n}").format(count=verdict.objects, n=frame)
    elif found is None:
        label = _tr("Import as a new object at frame {n}").format(n=frame)
    else:
        label = _tr("Import as mask of {name} at frame {n}").format(name=found.name, n=frame)
    text = _tr("{file} may be a mask of this clip, or a clip of its own.").format(file=path.name)
    work.asked.emit(text, ((label, put), opening))


def _import(work: Workspace, path: Path, frame: int, which: int | None) -> bool:
    """Whether the mask is on its way: not where the object is locked, which is said."""
    if locks.refuse(work, frame, which):
        return False
    work.painter.finish()
    work.document.import_mask(frame, path, which)
    return True


def _tr(text: str) -> str:
    return QCoreApplication.translate("Dropping", text)
