"""What the app shows, as values: no Qt, no session, nothing that can change under a widget."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from roto.export.contract import Look

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from roto.media.source import Clip
    from roto.session.guidance import Suggestion
    from roto.session.states import State

Colour = tuple[int, int, int]
"""Red, green and blue, 0..255."""


@dataclass(frozen=True, eq=False)
class Region:
    """A part of the picture, the same value as long as anybody has it.

    Attributes:
        top: First row of the array.
        left: First column of it.
        inside: (h, w) bool.
    """

    top: int
    left: int
    inside: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class LockState:
    """Frames, or a part of them, that stay as they are.

    Attributes:
        first: First frame.
        last: Last frame.
        object: Id of whose mattes; None: everybody's.
        region: Where; None: everywhere.
    """

    first: int
    last: int
    object: int | None = None
    region: Region | None = None

    def about(self, frame: int, object_id: int | None) -> bool:
        """Whether it holds something of an object (None: of one still to come) at a frame."""
        return self.first <= frame <= self.last and self.object in (None, object_id)


@dataclass(frozen=True)
class ObjectState:
    """One object and where its work stands.

    Attributes:
        id: Its id, 1..255, as in label maps.
        name: What the artist calls it.
        colour: In overlays and lanes.
        visible: Whether the canvas shows it.
        first: First frame of its lifetime; None: open.
        last: Last frame of its lifetime; None: open.
        states: State per frame: keyframe, fresh, stale, open, missing, locked, absent.
        confidence: In [0, 1], per frame where something was propagated.
        partly: Frames of which a part is locked.
        overruled: Frames with a keyframe that came after a lock, which shows what it showed.
    """

    id: int
    name: str
    colour: Colour
    visible: bool = True
    first: int | None = None
    last: int | None = None
    states: Mapping[int, State] = field(default_factory=lambda: MappingProxyType({}))
    confidence: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    partly: frozenset[int] = frozenset()
    overruled: frozenset[int] = frozenset()

    @cached_property
    def keyframes(self) -> tuple[int, ...]:
        """Frames with a keyframe, ascending."""
        given = {f for f, state in self.states.items() if state == "keyframe"}
        return tuple(sorted(given | self.overruled))

    def count(self, state: State) -> int:
        """How many of its frames are in that state."""
        return sum(found == state for found in self.states.values())


@dataclass(frozen=True)
class Snapshot:
    """A project as it was at one moment.

    Attributes:
        clip: What the plate is.
        frames: Frame numbers that can be read, ascending; at least one.
        objects: By ascending id.
        suggestions: Frames where one more keyframe helps most, the best first.
        undo: What undo would take back; None: nothing.
        redo: What redo would bring back; None: nothing.
        path: Project file; None for one in memory.
        read_only: True where nothing can be changed.
        versions: A number per frame that differs where what is shown of it differs; a frame that
            is not there shows nothing.
        locks: What is locked.
    """

    clip: Clip
    frames: tuple[int, ...]
    objects: tuple[ObjectState, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    undo: str | None = None
    redo: str | None = None
    path: Path | None = None
    read_only: bool = False
    versions: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    locks: tuple[LockState, ...] = ()

    def locked(self, frame: int, object_id: int | None) -> bool:
        """Whether all of an object, or of one still to come, is locked at a frame."""
        return any(k.region is None and k.about(frame, object_id) for k in self.locks)

    def locked_parts(self, frame: int, object_id: int | None) -> tuple[Region, ...]:
        """Parts of the picture that are locked at a frame."""
        found = (k.region for k in self.locks if k.about(frame, object_id))
        return tuple(region for region in found if region is not None)

    def object(self, object_id: int | None) -> ObjectState | None:
        """The object of an id; None where there is none."""
        return next((o for o in self.objects if o.id == object_id), None)

    @cached_property
    def keyframes(self) -> tuple[int, ...]:
        """Frames with a keyframe of any object, ascending."""
        return tuple(sorted({f for o in self.objects for f in o.keyframes}))

    def with_versions(self, versions: Mapping[int, int]) -> Snapshot:
        """The same with other versions."""
        return replace(self, versions=MappingProxyType(dict(versions)))

    def nearest(self, frame: int) -> int:
        """The readable frame nearest to a number; of two the lower."""
        at = bisect_left(self.frames, frame)
        return min(self.frames[max(at - 1, 0) : at + 1], key=lambda known: abs(known - frame))


@dataclass(frozen=True)
class Progress:
    """How far the work in the background is.

    Attributes:
        what: "propagate", "export", "open", "self-test".
        done: Frames finished.
        total: Frames asked for; 0 where that is not known.
        frame: The frame finished last; None: none yet.
        paused: True while it waits for the artist.
        seconds: Since it began, pauses left out.
    """

    what: Literal["propagate", "export", "open", "self-test"]
    done: int
    total: int
    frame: int | None = None
    paused: bool = False
    seconds: float = 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds it will still take, by what it took so far; None where nothing is known."""
        if not self.done or not self.total:
            return None
        return self.seconds * (self.total - self.done) / self.done


@dataclass(frozen=True)
class ExportRequest:
    """Mattes to write.

    Attributes:
        pattern: As ``roto export`` takes it: ``mattes/{object}/{object}.%04d.exr``; of a package
            its folder; of a project its file.
        objects: Ids; empty for all.
        first: First frame.
        last: Last frame.
        look: What is in the pixels, and how many bits; not of a package, nor of label maps.
        format: Its name in ``roto.export.registry.FORMATS``; "": what the extension stands for.
        kind: "mattes", files of a format; "labels", one label map per frame; "package", a folder
            that says everything about its mattes; "project", another program's project, with a
            package beside it.
        also: What is in a package besides EXR sequences, see ``roto.package.PackageOrder``.
        handles: Frames beyond both ends of the range; of a package only.
        host: For which program a project is, see :class:`roto.hosts.HostChoice`.
        feature: What is seen in a project: "cutout", "grade" or "alpha".
        background: Behind the cut-out of a project, as "#rrggbb".
        overwrite: Whether existing files may be replaced; asked before, once.
        partial: Whether to write what is there where frames are missing or open.
    """

    pattern: str
    objects: tuple[int, ...]
    first: int
    last: int
    look: Look = field(default_factory=Look)
    format: str = ""
    kind: Literal["mattes", "labels", "package", "project"] = "mattes"
    also: tuple[str, ...] = ()
    handles: int = 0
    host: str = ""
    feature: str = "cutout"
    background: str = "#00ff00"
    overwrite: bool = False
    partial: bool = False

    @property
    def packaged(self) -> bool:
        """Whether there will be a package, be it for itself or beside a project."""
        return self.kind in ("package", "project")

    def covers(self, frame: int) -> bool:
        """Whether a frame is written, if the clip has it."""
        return self.first - self.handles <= frame <= self.last + self.handles
