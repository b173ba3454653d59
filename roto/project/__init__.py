"""The project file: what is saved of a session, with its undo history, in one SQLite file.

    with Project.create(clip, "shot.roto") as project:
        with project.edit("add hero") as edit:
            edit.put_object(ObjectRecord(edit.next_object_id(), "hero", (255, 0, 0)))
        project.undo()

Nothing here knows how masks are made or what propagation is.
"""

from roto.project.edit import Edit
from roto.project.frames import pack_result, unpack_result
from roto.project.locate import Found, find_clip, fingerprint, relative_to
from roto.project.project import Project
from roto.project.records import (
    ClipRecord,
    KeyframeRecord,
    LockRecord,
    ObjectRecord,
    ResultRecord,
    Steps,
)

__all__ = [
    "ClipRecord",
    "Edit",
    "Found",
    "KeyframeRecord",
    "LockRecord",
    "ObjectRecord",
    "Project",
    "ResultRecord",
    "Steps",
    "find_clip",
    "fingerprint",
    "pack_result",
    "relative_to",
    "unpack_result",
]
