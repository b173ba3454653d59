"""What a session knows, as the values the app shows. Runs in the worker's thread; no Qt."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from roto_gui.state import ObjectState, Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from roto.project import Project
    from roto.project.records import LockRecord, ObjectRecord
    from roto.session import Session

_SUGGESTIONS = 5


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
    )


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
    parts += [number for number, lock in locks.items() if lock.first <= frame <= lock.last]
    return hash(tuple(parts))
