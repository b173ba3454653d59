"""What a session knows, as JSON values that the protocol's schemas describe."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, get_args

from roto.session.states import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from roto.project.records import LockRecord, ObjectRecord
    from roto.session import Session
    from roto.session.receipts import Change, Receipt

_STEPS = 20  # of the undo history are named
_STATES: tuple[State, ...] = get_args(State)


def ranges(frames: Iterable[int]) -> list[list[int]]:
    """Frames as first and last of each unbroken run, ascending."""
    found: list[list[int]] = []
    for frame in sorted(frames):
        if found and frame == found[-1][1] + 1:
            found[-1][1] = frame
        else:
            found.append([frame, frame])
    return found


def status(session: Session, job: dict[str, Any] | None) -> dict[str, Any]:
    """Everything about the open project; ``job`` is what is under way."""
    board, steps = session.status(), session.project.steps()
    clip = session.source.clip
    return {
        "project": str(session.project.path or ""),
        "read_only": session.project.read_only,
        "clip": {
            "path": clip.path,
            "width": clip.width,
            "height": clip.height,
            "frames": ranges(session.source.frame_numbers),
            "rate": str(clip.frame_rate),
            "pixel_aspect": str(clip.pixel_aspect),
            "colour_space": clip.colour_space,
        },
        "objects": [
            _object(session, record, {s: board.frames(s, i) for s in _STATES})
            for i, record in session.objects.items()
        ],
        "locks": [_lock(session, lock) for lock in session.project.locks().values()],
        "undo": list(steps.undo[:_STEPS]),
        "redo": list(steps.redo[:_STEPS]),
        "job": job,
    }


def receipt(found: Receipt | None, limit: int) -> dict[str, Any]:
    """What the newest propagation changed, the largest changes first."""
    if found is None:
        return {"receipt": None}
    order = sorted(found.changes, key=lambda c: (-c.pixels, c.frame, c.object))
    changes = [_change(one) for one in order[:limit]]
    return {"receipt": {"label": found.label, "count": len(order), "changes": changes}}


def _object(
    session: Session, record: ObjectRecord, states: dict[State, list[int]]
) -> dict[str, Any]:
    keys = [frame for frame, i in session.project.keyframes() if i == record.id]
    return {
        "id": record.id,
        "name": record.name,
        "colour": list(record.colour),
        "visible": record.visible,
        "keyframes": ranges(keys),
        "states": {state: ranges(frames) for state, frames in states.items() if frames},
    }


def _lock(session: Session, lock: LockRecord) -> dict[str, Any]:
    name = None if lock.object is None else session.objects[lock.object].name
    place = {"range": [lock.first, lock.last], "object": name}
    return {"id": lock.id, **place, "region": lock.region is not None}


def _change(change: Change) -> dict[str, Any]:
    return {
        "frame": change.frame,
        "object": change.name,
        "pixels": change.pixels,
        "iou": round(change.iou, 4),
        # JSON knows no infinity
        "boundary": round(change.boundary, 2) if math.isfinite(change.boundary) else None,
        "first": change.first,
    }
