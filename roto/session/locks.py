"""Locks that are made, and what is left of them when a part of them is unlocked.

A lock's snapshot says frame by frame what was shown when it was locked, and all of it. So any part
of a lock can go on with the same snapshot, and shows what it showed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from roto.errors import MaskError
from roto.masks import unpack_label_map
from roto.project.records import LockRecord
from roto.session.stored import pack_region

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    import numpy as np
    import numpy.typing as npt

    from roto.project import Project
    from roto.project.edit import Edit
    from roto.session.stored import StoredFrames

    Region = npt.NDArray[np.bool_]


def check_region(region: Region | None, size: tuple[int, int], what: str) -> None:
    """Whether a region fits the plate.

    Args:
        region: (H, W) bool; None for the whole frame.
        size: (H, W) of the plate.
        what: What is to be done with it: lock, unlock.

    Raises:
        MaskError: it has another size.
    """
    if region is not None and region.shape != size:
        raise MaskError(
            f"The region to {what} is {'x'.join(map(str, region.shape[::-1]))} but the plate is "
            f"{size[1]}x{size[0]}."
        )


def put_locks(
    edit: Edit,
    stored: StoredFrames,
    frames: Iterable[int],
    ends: tuple[int, int],
    objects: Iterable[int | None],
    region: Region | None,
) -> list[int]:
    """Lock frames as they are now; returns the ids of the locks, one per object.

    Args:
        edit: What stores them.
        stored: What the frames show.
        frames: Those of the clip.
        ends: First and last of the range.
        objects: Ids; None for all objects.
        region: (H, W) bool, where; None for the whole frame.
    """
    place = None if region is None else edit.put_blob(pack_region(region))
    snapshot = edit.put_blob(stored.snapshot(frames, edit.put_blob))
    start = max(stored.project.locks(), default=0) + 1
    made = dict(enumerate(objects, start))
    for number, object_id in made.items():
        edit.put_lock(LockRecord(number, *ends, object_id, place, snapshot))
    return list(made)


def unlock(
    project: Project,
    edit: Edit,
    locks: Collection[int],
    frames: Collection[int],
    free: tuple[int, int] | None,
    region: Region | None,
) -> None:
    """Remove locks, or take a part out of them.

    Args:
        project: Where the locks are.
        edit: What changes them.
        locks: Ids; what is no lock is left out.
        frames: All frame numbers of the clip.
        free: First and last frame to unlock; None for all.
        region: (H, W) bool, what to unlock there; None for the whole frame.
    """
    there = project.locks()
    number = max(there, default=0) + 1
    for lock in [there[i] for i in sorted(set(locks)) if i in there]:
        first, last = free or (lock.first, lock.last)
        if lock.last < first or lock.first > last:
            continue
        kept = None if region is None else _outside(project, lock, region)
        if region is not None and kept is None:
            continue  # it lies elsewhere in the picture
        left = [part for part in _parts(edit, lock, (first, last), kept) if _holds(part, frames)]
        if not left:
            edit.remove_lock(lock.id)
        for place, part in enumerate(left):
            edit.put_lock(part if place == 0 else replace(part, id=number))
            number += place > 0


def _parts(
    edit: Edit, lock: LockRecord, free: tuple[int, int], kept: Region | None
) -> Iterator[LockRecord]:
    """What stays of a lock: before the range, inside it, and after it."""
    first, last = free
    if lock.first < first:
        yield replace(lock, last=first - 1)
    if kept is not None and kept.any():
        inside = replace(lock, first=max(lock.first, first), last=min(lock.last, last))
        yield replace(inside, region=edit.put_blob(pack_region(kept)))
    if lock.last > last:
        yield replace(lock, first=last + 1)


def _outside(project: Project, lock: LockRecord, region: Region) -> Region | None:
    """Where a lock holds beyond a region; None where it holds nothing inside it."""
    if lock.region is None:
        return ~region if region.any() else None
    locked: Region = unpack_label_map(project.blob(lock.region)) > 0
    return locked & ~region if (locked & region).any() else None


def _holds(lock: LockRecord, frames: Collection[int]) -> bool:
    """Whether the clip has any of its frames."""
    return any(lock.first <= frame <= lock.last for frame in frames)
