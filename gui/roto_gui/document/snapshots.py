"""What a session knows, as the values the app shows. Runs in the worker's thread; no Qt."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import numpy as np

from roto.masks import unpack_label_map
from roto_gui.state import LockState, ObjectState, Region, Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from roto.project import Project
    from roto.project.records import LockRecord, ObjectRecord
    from roto.session import Session

_SUGGESTIONS = 5

_regions: WeakValueDictionary[str, Region] = WeakValueDictionary()
"""By the hash of their bytes, which says what they are in any project."""


def take(session: Session, *, suggestions: bool = True) -> Snapshot:
    """Everything as it is now.

    Args:
        session: Of the calling thread.
        suggestions: Whether to look for frames worth a keyframe, which costs some milliseconds
            on long clips.
    """
    project = session.project
    status = session.status()
    confidence: dict[int, dict[int, float]] = {i: {} for i in status.states}
    for (frame, object_id), row in project.results().items():
        if object_id in confidence:
            confidence[object_id][frame] = row.confidence
    objects = tuple(
        ObjectState(
            id=i,
            name=record.name,
            colour=record.colour,
            visible=record.visible,
            first=record.first,
            last=record.last,
            states=MappingProxyType(dict(status.states[i])),
            confidence=MappingProxyType(confidence[i]),
            partly=_partly(session, i),
            overruled=frozenset(
                f for f, o in project.keyframes() if o == i and status.states[i].get(f) == "locked"
            ),
        )
        for i, record in session.objects.items()
    )
    frames = tuple(session.source.frame_numbers)
    steps = project.steps()
    return Snapshot(
        clip=session.source.clip,
        frames=frames,
        objects=objects,
        suggestions=session.suggest(_SUGGESTIONS) if suggestions else (),
        undo=steps.undo[0] if steps.undo else None,
        redo=steps.redo[0] if steps.redo else None,
        path=project.path,
        read_only=project.read_only,
        versions=MappingProxyType(versions(project)),
        locks=tuple(_lock(project, lock) for lock in project.locks().values()),
    )


def _lock(project: Project, lock: LockRecord) -> LockState:
    region = None if lock.region is None else _region(project, lock.region)
    return LockState(lock.first, lock.last, lock.object, region)


def _region(project: Project, blob: str) -> Region:
    found = _regions.get(blob)
    if found is None:
        inside = unpack_label_map(project.blob(blob)) > 0
        rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
        top, left = (int(at[0]) if len(at) else 0 for at in (rows, columns))
        bottom, right = (int(at[-1]) + 1 if len(at) else 0 for at in (rows, columns))
        found = _regions[blob] = Region(top, left, inside[top:bottom, left:right].copy())
    return found


def _partly(session: Session, object_id: int) -> frozenset[int]:
    """Frames of an object of which a part is locked."""
    locks = session.project.locks().values()
    ranges = [
        (lock.first, lock.last)
        for lock in locks
        if lock.region is not None and lock.object in (None, object_id)
    ]
    if not ranges:
        return frozenset()
    frames = session.source.frame_numbers
    return frozenset(f for f in frames if any(first <= f <= last for first, last in ranges))


def versions(project: Project) -> Mapping[int, int]:
    """A number per frame that differs where what is shown of it differs."""
    objects, locks = project.objects(), project.locks()
    known = {frame for frame, _ in (*project.keyframes(), *project.results())}
    return {frame: _version(project, frame, objects, locks) for frame in known}


def version(project: Project, frame: int) -> int:
    """The same number of one frame; it is 0 where nothing is known of it."""
    return _version(project, frame, project.objects(), project.locks())


def _version(
    project: Project,
    frame: int,
    objects: Mapping[int, ObjectRecord],
    locks: Mapping[int, LockRecord],
) -> int:
    keys, results = project.keyframes(), project.results()
    parts: list[object] = []
    for i, record in objects.items():
        if (key := keys.get((frame, i))) is not None:
            parts.append((i, key.blob))
        elif (result := results.get((frame, i))) is not None:
            parts.append((i, result.blob, record.first, record.last))
    if not parts:
        return 0
    held = [(i, lock.region) for i, lock in locks.items() if lock.first <= frame <= lock.last]
    parts += held
    return hash(tuple(parts))
