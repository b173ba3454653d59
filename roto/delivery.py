"""What a session knows, delivered as files: mattes per object, or label maps.

The command line and the app write through here, so both write the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from roto.errors import ExportError, SettingsError
from roto.export import FramePattern, write_label_map, write_matte
from roto.export.stills import depth_of
from roto.masks import Matte, read_mask, soft
from roto.media.describe import frame_ranges
from roto.passes import Propagated

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from roto.masks import LabelMap
    from roto.media import FrameSource
    from roto.passes import Finished
    from roto.results import FrameResult
    from roto.session import Session
    from roto.shot import Shot

LABELS = "labels"
"""What stands for ``{object}`` in the name of a label map, which shows all objects."""


@dataclass(frozen=True)
class Order:
    """What is to be written.

    Attributes:
        names: Object names by id.
        frames: Frame numbers, ascending.
        pattern: Names of the files.
        bit_depth: Of mattes; None for the format's default.
        labels: One label map per frame instead of one matte per object.
    """

    names: Mapping[int, str]
    frames: Sequence[int]
    pattern: FramePattern
    bit_depth: int | None = None
    labels: bool = False

    def check(self) -> None:
        """Make sure that it can be written, as far as names and formats tell.

        Raises:
            ExportError: there are no objects or no frames.
            SettingsError: files would overwrite each other, or the format or bit depth cannot be.
        """
        if not self.names:
            raise ExportError("There is nothing to export: the project has no objects.")
        if not self.frames:
            raise ExportError("There is nothing to export: the range holds no frame of the clip.")
        files = [LABELS] if self.labels else list(self.names.values())
        self.pattern.check(files, frame_count=len(self.frames))
        path = self.pattern.path(self.frames[0], "")
        if not self.labels:
            depth_of(path, self.bit_depth)
        elif path.suffix.lower() != ".png" or self.bit_depth not in (None, 8):
            raise SettingsError(f"Label maps are written as .png of 8 bits, not as {path.name}.")

    def paths(self, frame: int) -> list[Path]:
        """The files of a frame, by ascending object id."""
        if self.labels:
            return [self.pattern.path(frame, LABELS)]
        return [self.pattern.path(frame, self.names[i]) for i in sorted(self.names)]


@dataclass(frozen=True)
class Gaps:
    """What of an order nobody has found yet.

    Attributes:
        names: Object names by id.
        missing: Frames at which nothing is known, per object id; never empty lists.
        open: Frames that an edit reaches and that were not propagated since, alike.
    """

    names: Mapping[int, str]
    missing: Mapping[int, Sequence[int]]
    open: Mapping[int, Sequence[int]]

    def __bool__(self) -> bool:
        return bool(self.missing or self.open)

    def __str__(self) -> str:
        """``van is missing at 1002-1010; dog is open at 1004``."""
        found = [("missing", self.missing), ("open", self.open)]
        return "; ".join(
            f"{self.names[i]} is {state} at {frame_ranges(where)}"
            for state, objects in found
            for i, where in objects.items()
        )


def gaps(session: Session, order: Order) -> Gaps:
    """What of an order has yet to be propagated."""
    status, inside = session.status(), set(order.frames)

    def frames_of(state: str) -> dict[int, list[int]]:
        found = {
            i: [f for f, known in status.states[i].items() if known == state and f in inside]
            for i in order.names
        }
        return {i: sorted(where) for i, where in found.items() if where}

    return Gaps(order.names, frames_of("missing"), frames_of("open"))


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """Event: the files of one frame are on disk.

    Attributes:
        event: The frame, as a propagation would tell of it.
        files: What was written; nothing where no object is known.
    """

    event: Propagated
    files: Sequence[Path]


def deliver(session: Session, order: Order, found: Gaps | None = None) -> Iterator[Written]:
    """Write an order; one event per frame. Stop asking to cancel: every file is whole.

    Args:
        session: What knows the frames.
        order: Checked already, see :meth:`Order.check`.
        found: Gaps that are known of: nothing is written of an object where it is missing. A
            label map shows the objects that are known, and is left out where none is.
    """
    missing = {i: frozenset(where) for i, where in found.missing.items()} if found else {}
    writer = MatteWriter(order.pattern, order.bit_depth)
    for done, frame in enumerate(order.frames, start=1):
        result = session.result(frame)
        known = [i for i in order.names if frame not in missing.get(i, ())]
        write = writer.write_labels if order.labels else writer.write
        files = write(result, known)
        yield Written(Propagated(frame, result, done, len(order.frames)), files)


def only(label_map: LabelMap, objects: Collection[int]) -> LabelMap:
    """A label map without the other objects: (H, W) uint8."""
    there = np.isin(label_map, np.array(sorted(objects), np.uint8))
    kept: LabelMap = np.where(there, label_map, np.uint8(0))
    return kept


class MatteWriter:
    """Writes the mattes of finished frames, and finds those of an earlier run.

    Args:
        pattern: Names of the files.
        bit_depth: None for the format's default.
    """

    def __init__(self, pattern: FramePattern, bit_depth: int | None) -> None:
        self.pattern, self.bit_depth = pattern, bit_depth

    def write(self, result: FrameResult, objects: Sequence[int] | None = None) -> list[Path]:
        """One file per object: of all, or of those with some ids."""
        paths = []
        ids = list(result.names) if objects is None else objects
        for object_id, matte in result.mattes_of(ids).items():
            path = self.pattern.path(result.frame, result.names[object_id])
            write_matte(path, matte, bit_depth=self.bit_depth)
            paths.append(path)
        return paths

    def write_labels(self, result: FrameResult, objects: Sequence[int]) -> list[Path]:
        """One label map of the objects with some ids; none where there are none."""
        if not objects:
            return []
        path = self.pattern.path(result.frame, LABELS)
        write_label_map(path, only(result.label_map, objects))
        return [path]

    def finished(self, source: FrameSource, shot: Shot) -> Finished:
        """Frames all of whose mattes are on disk. Writing is atomic, so none is half there."""
        size = (source.clip.height, source.clip.width)
        found: dict[int, Callable[[], Mapping[int, Matte]]] = {}
        for frame in source.frame_numbers:
            paths = {i: self.pattern.path(frame, name) for i, name in shot.names.items()}
            if all(path.is_file() for path in paths.values()):
                found[frame] = _Reader(frame, size, paths)
        return found


class _Reader:
    """Reads one frame's mattes back when the memory asks for them."""

    def __init__(self, frame: int, size: tuple[int, int], paths: Mapping[int, Path]) -> None:
        self.frame, self.size, self.paths = frame, size, paths

    def __call__(self) -> Mapping[int, Matte]:
        mattes = {}
        for object_id, path in self.paths.items():
            mask = read_mask(soft(path), frame=self.frame, size=self.size)
            mattes[object_id] = mask.layers[0].matte()
        return mattes
