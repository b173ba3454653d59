"""The rows of a project as a person thinks of them: plain values, no behaviour.

Frames are the plate's own numbers. A *blob* is named by its hash: the SHA-256 of its bytes,
64 hexadecimal digits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Colour = tuple[int, int, int]
"""Red, green and blue, 0..255 each, as shown on a display."""


@dataclass(frozen=True, slots=True)
class ClipRecord:
    """What is needed to find the clip again, to open it, and to notice that it changed.

    Attributes:
        name: What a person calls it, usually the last part of its path.
        absolute: Path, folder or pattern where it was; "" for a clip that is not on disk.
        relative: The same as seen from the project's folder, with forward slashes; None where
            there is no such way.
        fingerprint: See ``roto.project.locate.fingerprint``; "" where there is none.
        width: Pixels across.
        height: Pixels down.
        frame_rate: Frames per second, exact: "24000/1001" or "24".
        first_frame: Number of the first frame.
        frame_count: Number of frames; None where it is not known.
        colour_space: What float pixels mean, as ``roto.media.Clip`` says.
        arguments: What ``open_clip`` was given besides the path; JSON values.
    """

    name: str
    absolute: str
    relative: str | None
    fingerprint: str
    width: int
    height: int
    frame_rate: str
    first_frame: int
    frame_count: int | None
    colour_space: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ObjectRecord:
    """Something to be cut out.

    Attributes:
        id: 1..255; it is never given to another object.
        name: What the artist calls it.
        colour: How it is shown.
        visible: False where the artist has hidden it.
        first: First frame of its lifetime; None where that is open.
        last: Last frame of its lifetime, inclusive; None where that is open.
    """

    id: int
    name: str
    colour: Colour
    visible: bool = True
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class KeyframeRecord:
    """What the artist gave of one object at one frame.

    Attributes:
        frame: Frame number.
        object: Id of the object.
        blob: Hash of the stored mask; None where the object is absent.
        origin: "painted", "clicked", "imported", "corrected" or another word of the session's.
    """

    frame: int
    object: int
    blob: str | None
    origin: str

    @property
    def absent(self) -> bool:
        """True where the artist said that the object is not in this frame."""
        return self.blob is None


@dataclass(frozen=True, slots=True)
class ResultRecord:
    """What propagation found of one object at one frame.

    Attributes:
        frame: Frame number.
        object: Id of the object.
        blob: Hash of what ``pack_result`` made.
        confidence: In [0, 1].
        left: Names the nearest keyframe before that it was made from; opaque to the project.
        right: The same of the nearest keyframe after.
        provenance: Id of a row that ``Edit.put_provenance`` made.
    """

    frame: int
    object: int
    blob: str
    confidence: float
    left: str | None
    right: str | None
    provenance: str


@dataclass(frozen=True, slots=True)
class LockRecord:
    """Results that nothing may change.

    Attributes:
        id: Number of the lock, 1 or more.
        first: First locked frame.
        last: Last locked frame, inclusive.
        object: Id of the object that is locked; None for all.
        region: Hash of a label map that says where; None for the whole frame.
        snapshot: Hash of what was locked, in the session's own words; None where not needed.
    """

    id: int
    first: int
    last: int
    object: int | None = None
    region: str | None = None
    snapshot: str | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """Labels of what can be taken back and of what can be brought back.

    Attributes:
        undo: Newest first; the first is what ``Project.undo`` would take back.
        redo: Most recently undone first; the first is what ``Project.redo`` would bring back.
    """

    undo: tuple[str, ...]
    redo: tuple[str, ...]
