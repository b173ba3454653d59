"""The menu "Propagate"."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto.propagation.reach import Direction
    from roto_gui.workspace import Workspace


def slots(work: Workspace) -> dict[str, Callable[..., None]]:
    """Functions by action id."""
    document = work.document
    return {
        "propagate_both": partial(propagate, work),
        "propagate_forward": partial(propagate, work, "forward"),
        "propagate_backward": partial(propagate, work, "backward"),
        "propagate_one_forward": partial(_one, work, +1),
        "propagate_one_backward": partial(_one, work, -1),
        "refresh_stale": partial(propagate, work, stale=True),
        "stop": document.cancel,
        "pause": partial(_pause, work),
        "accept": document.accept,
        "revert": lambda: document.revert(),
        "revert_range": partial(_revert_range, work),
        "next_suspect": partial(_suspect, work, +1),
        "previous_suspect": partial(_suspect, work, -1),
        "self_test": document.self_test,
    }


def propagate(work: Workspace, direction: Direction = "both", *, stale: bool = False) -> None:
    """Find what is missing, in the range if one is set."""
    work.painter.finish()
    snapshot = work.snapshot
    if snapshot is None:
        return
    if _nothing_yet(work):
        return
    frames = work.range
    if frames is None and direction == "forward":
        frames = work.frame, snapshot.frames[-1]
    elif frames is None and direction == "backward":
        frames = snapshot.frames[0], work.frame
    if not _all_found(work, frames or (snapshot.frames[0], snapshot.frames[-1]), stale=stale):
        work.document.propagate(frames, direction=direction, stale=stale)


def _nothing_yet(work: Workspace) -> bool:
    """Whether there is no mask to begin with, which is said."""
    snapshot = work.snapshot
    if snapshot is None or snapshot.keyframes or not work.document.settled:
        return False
    work.noticed.emit(work.tr("There is no mask yet: paint the object on one frame first."))
    return True


def _all_found(work: Workspace, frames: tuple[int, int], *, stale: bool) -> bool:
    """Whether there is nothing to find, which is said; never where edits are on their way."""
    snapshot = work.snapshot
    if snapshot is None or not work.document.settled or work.document.busy:
        return False
    wanted = ("stale",) if stale else ("missing", "open")
    for known in snapshot.objects:
        if any(s in wanted and frames[0] <= f <= frames[1] for f, s in known.states.items()):
            return False
    text = work.tr("All frames from {first} to {last} are found already.")
    if stale:
        text = work.tr("No frame from {first} to {last} is stale.")
    work.noticed.emit(text.format(first=frames[0], last=frames[1]))
    return True


def _one(work: Workspace, step: int) -> None:
    """One frame, and go there."""
    snapshot = work.snapshot
    if snapshot is None:
        return
    work.painter.finish()
    if _nothing_yet(work):
        return
    place = snapshot.frames.index(work.frame) + step
    if 0 <= place < len(snapshot.frames):
        frame = snapshot.frames[place]
        work.document.propagate((frame, frame), direction="forward" if step > 0 else "backward")
        work.visit(frame)


def _pause(work: Workspace) -> None:
    if work.document.paused:
        work.document.resume()
    else:
        work.document.pause()


def _revert_range(work: Workspace) -> None:
    work.document.revert(*(work.range or (work.frame, work.frame)))


def _suspect(work: Workspace, step: int) -> None:
    """To the next frame worth a look, in the order of the clip."""
    snapshot = work.snapshot
    if snapshot is None:
        return
    frames = sorted({found.frame for found in snapshot.suggestions})
    later = [f for f in frames if (f - work.frame) * step > 0]
    if not frames:
        work.noticed.emit(work.tr("There is no frame to check: propagate first."))
        return
    frame = (later or frames)[0 if step > 0 else -1]
    worst = next(found for found in snapshot.suggestions if found.frame == frame)
    work.visit(frame)
    work.activate(worst.object)
