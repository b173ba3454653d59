"""Writes an order, a frame at a time."""

from __future__ import annotations

import hashlib
import json
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from roto.delivery.mattes import MatteWriter
from roto.delivery.orders import gaps, needs_all
from roto.delivery.subjects import subject_of
from roto.errors import ExportError
from roto.export.ahead import in_order, threads_for
from roto.export.atomic import remove_leftovers
from roto.export.contract import Picture
from roto.export.inputs import spare
from roto.export.registry import check
from roto.media import files_of
from roto.project import fingerprint
from roto.propagation.passes import Propagated
from roto.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from roto.delivery.orders import Gaps, Order
    from roto.export.contract import Exporter, Subject
    from roto.media import Image
    from roto.session import Session


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
