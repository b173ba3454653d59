"""What a session knows, delivered as files: mattes per object, or label maps.

The command line and the app write through here, so both write the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from roto.errors import ExportError, SettingsError
from roto.export import FramePattern, write_label_map, write_matte
from roto.export.ahead import in_order, threads_for
from roto.export.atomic import remove_leftovers
from roto.export.contract import Job, Look, Picture, Provenance, Subject
from roto.export.inputs import spare
from roto.export.pattern import TOGETHER, suffixed
from roto.export.registry import check, check_names, check_some, format_for
from roto.masks import Matte, read_mask, soft
from roto.media import files_of
from roto.media.describe import frame_ranges
from roto.passes import Propagated
from roto.project import fingerprint
from roto.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from roto.export.contract import Exporter, Format
    from roto.masks import LabelMap
    from roto.media import FrameSource, Image
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
        format: How; None for what the extension of the pattern stands for.
        look: What is in the pixels.
        labels: One label map per frame instead of one matte per object.
        resume: Keep files that say in their headers that they were made of what is there now.
            Only headers are read, and movies are always written anew.
    """

    names: Mapping[int, str]
    frames: Sequence[int]
    pattern: FramePattern
    format: Format | None = None
    look: Look = field(default_factory=Look)
    labels: bool = False
    resume: bool = False

    def check(self) -> None:
        """Make sure that it can be written, as far as names and formats tell.

        Raises:
            ExportError: there are no objects or no frames.
            SettingsError: files would overwrite each other, or the format or bit depth cannot be.
        """
        if self.labels:
            self._check_labels()
        else:
            check_names(self.job(Subject((0, 0), self.names)), self.chosen)
        if self.resume and (self.labels or self.chosen.key_of is None):
            what = "A label map" if self.labels else self.chosen.title
            raise SettingsError(f"{what} does not say what it was made of; leave out resuming.")

    @property
    def chosen(self) -> Format:
        """The format that it is written in.

        Raises:
            SettingsError: mattes cannot be written with that extension, or not with such depth.
        """
        path = self.pattern.path(0, "")
        return self.format or format_for(path, self.look.bit_depth)

    def job(self, subject: Subject) -> Job:
        """The same in the exporters' words."""
        return Job(subject, self.look, self.pattern, self.frames)

    def paths(self, frame: int, known: Collection[int] | None = None) -> list[Path]:
        """The files of a frame, by ascending object id: of all objects, or of some.

        Formats that need two files for an object, such as fill and key, have both here.
        """
        ids = sorted(self.names if known is None else known)
        if self.labels or self.chosen.grouping == "frame":
            return [self.pattern.path(frame, LABELS if self.labels else TOGETHER)] if ids else []
        paths = [self.pattern.path(frame, self.names[i]) for i in ids]
        suffixes = self.chosen.suffixes(self.look)
        return [suffixed(path, suffix) for path in paths for suffix in suffixes]

    def all_paths(self) -> set[Path]:
        """The files of all frames."""
        return {path for frame in self.frames for path in self.paths(frame)}

    def _check_labels(self) -> None:
        check_some(self.names, self.frames)
        self.pattern.check([LABELS], frame_count=len(self.frames))
        path = self.pattern.path(self.frames[0], "")
        if path.suffix.lower() != ".png" or self.look.bit_depth not in (None, 8):
            raise SettingsError(f"Label maps are written as .png of 8 bits, not as {path.name}.")


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
        kept: What was there already and is current; only where that was asked for.
    """

    event: Propagated
    files: Sequence[Path]
    kept: Sequence[Path] = ()


def deliver(session: Session, order: Order, found: Gaps | None = None) -> Iterator[Written]:
    """Write an order; one event per frame. Stop asking to cancel: every file is whole.

    Stills are written by a few threads, ahead of their events; what is ahead when it ends early
    is removed again, or stays where it replaced a file. A movie appears after the last event.

    Args:
        session: What knows the frames.
        order: Checked already, see :meth:`Order.check`.
        found: Gaps that are known of: nothing is written of an object where it is missing. A
            label map shows the objects that are known, and is left out where none is. A movie
            must have none, so None is looked up for it.

    Raises:
        ExportError: nothing can be written there, the clip itself would be replaced, or a movie
            would have holes; the latter two before anything is written.
        RotoError: the format cannot hold this, or a frame cannot be read.
    """
    missing = {i: frozenset(where) for i, where in found.missing.items()} if found else {}
    spare(files_of(session.source), order.all_paths())
    for folder in {path.parent for frame in order.frames[:1] for path in order.paths(frame)}:
        remove_leftovers(folder, order.all_paths)
    with ExitStack() as stack:
        if order.labels:
            yield from _in_turn(session, order, missing, MatteWriter(order.pattern, None))
            return
        job = order.job(subject_of(session, order.names))
        check(job, order.chosen)
        if order.chosen.movie:
            _check_whole(order, gaps(session, order) if found is None else found)
        exporter = stack.enter_context(order.chosen.open(job))
        pictures = _Pictures(session, order, missing, exporter)
        threads = _threads(order, job.subject)
        yield from in_order(pictures.all(), threads, pictures.take_back)


def _in_turn(
    session: Session, order: Order, missing: Mapping[int, Collection[int]], writer: MatteWriter
) -> Iterator[Written]:
    """Label maps, one after the other."""
    for done, frame in enumerate(order.frames, start=1):
        result = session.result(frame)
        known = [i for i in order.names if frame not in missing.get(i, ())]
        files = writer.write_labels(result, known)
        yield Written(Propagated(frame, result, done, len(order.frames)), files)


def needs_all(order: Order, found: Gaps) -> bool:
    """Whether gaps cannot be left out of an order: a movie has no holes."""
    return not order.labels and order.chosen.movie and bool(found.missing)


def _check_whole(order: Order, found: Gaps) -> None:
    """Make sure that a movie has no holes, before an hour is spent on what comes before one."""
    if needs_all(order, found):
        holes = replace(found, open={})
        raise ExportError(
            f"A movie cannot have holes, but {holes}: propagate there, choose another range, or "
            "write stills."
        )


def _threads(order: Order, subject: Subject) -> int:
    """A movie's frames go through one encoder, which has threads of its own."""
    height, width = subject.size
    frame_bytes = height * width * 4 * (len(order.names) + 3)
    return 1 if order.chosen.movie else threads_for(frame_bytes)


class _Pictures:
    """What is to be written of each frame. The session is asked in the caller's thread only."""

    def __init__(
        self,
        session: Session,
        order: Order,
        missing: Mapping[int, Collection[int]],
        exporter: Exporter,
    ) -> None:
        self.session, self.order, self.missing = session, order, missing
        self.exporter, self.format = exporter, order.chosen
        self.new: dict[int, list[Path]] = {}
        self.plate = plate_key(session) if order.look.content != "matte" else ""

    def all(self) -> Iterator[Callable[[], Written]]:
        """The frames in their order."""
        for done, frame in enumerate(self.order.frames, start=1):
            result = self.session.result(frame)
            event = Propagated(frame, result, done, len(self.order.frames))
            known = [i for i in self.order.names if frame not in self.missing.get(i, ())]
            yield self._piece(event, known)

    def _piece(self, event: Propagated, known: Sequence[int]) -> Callable[[], Written]:
        key = self._key(event.frame, known)
        if self.order.resume and self._current(event.frame, known, key):
            kept = Written(event, (), self.order.paths(event.frame, known))
            return lambda: kept
        mattes = event.result.mattes_of(known)
        shown = self.order.look.content != "matte" and bool(known or self.format.movie)
        # Sources are not for several threads, so the plate is read here.
        plate = self.session.source.read(event.frame) if shown else None
        picture = Picture(event.frame, mattes, lambda: _there(plate), key)
        self.new[event.frame] = [p for p in self.order.paths(event.frame) if not p.exists()]
        return lambda: Written(event, self.exporter.write(picture))

    def take_back(self, written: Written) -> None:
        """Remove the files of a frame that nobody was told about, but none that it replaced."""
        for path in self.new.get(written.event.frame, ()):
            path.unlink(missing_ok=True)

    def _key(self, frame: int, known: Sequence[int]) -> str:
        look, order = self.order.look, self.order
        depth = look.bit_depth or self.format.depths[0]  # asked for or by default: the same bytes
        made = [
            __version__,
            self.format.name,
            [look.content, look.premultiplied, look.colour, depth],
            [[i, order.names[i]] for i in sorted(order.names)],
            sorted(known),
            self.session.stored.state(frame, known),
            self.plate,
        ]
        return hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:32]

    def _current(self, frame: int, known: Sequence[int], key: str) -> bool:
        """Whether all files of a frame are there and were made of the same."""
        key_of = self.format.key_of
        paths = self.order.paths(frame, known)
        return key_of is not None and all(p.is_file() and key_of(p) == key for p in paths)


def _there(plate: Image | None) -> Image:
    assert plate is not None, "the look shows no plate"
    return plate


def plate_key(session: Session) -> str:
    """Another text where the plate is another, as far as its fingerprint tells; "" for arrays."""
    path = session.source.clip.path
    return fingerprint(path) if path else ""


def subject_of(session: Session, names: Mapping[int, str]) -> Subject:
    """What all frames of an export share. No network is loaded for it.

    Args:
        session: What knows the clip and what was propagated.
        names: Names by id of the objects to export.
    """
    clip = session.source.clip
    return Subject(
        size=(clip.height, clip.width),
        names=dict(sorted(names.items())),
        frame_rate=clip.frame_rate,
        pixel_aspect=clip.pixel_aspect,
        colour_space=clip.colour_space,
        timecode=clip.timecode,
        first_frame=clip.first_frame,
        data_window=clip.data_window,
        provenance=_provenance(session, names),
    )


def _provenance(session: Session, names: Mapping[int, str]) -> Provenance:
    """What most of the results were made with: some may be older than others."""
    project = session.project
    made = Counter(row.provenance for (_, i), row in project.results().items() if i in names)
    most = project.provenance(made.most_common(1)[0][0]) if made else {}
    keyframes: dict[str, list[int]] = {name: [] for name in names.values()}
    for frame, object_id in sorted(project.keyframes()):
        if object_id in names:
            keyframes[names[object_id]].append(frame)
    return Provenance(
        roto=__version__,
        model=str(most.get("model", "")),
        weights=str(most.get("weights", "")),
        settings=dict(most.get("settings", {})),
        keyframes=keyframes,
    )


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
