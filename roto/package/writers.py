"""All representations of a package, written in one go: every matte is computed once."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from roto.errors import SettingsError
from roto.export.ahead import in_order, threads_for
from roto.export.contract import Picture
from roto.package.checking import record_of
from roto.propagation.passes import Propagated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from roto.export.contract import Exporter, Subject
    from roto.media import Image
    from roto.package.orders import Way
    from roto.package.records import FileRecord
    from roto.session import Session


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """Event: one frame is written in all representations.

    Attributes:
        event: The frame, as a propagation would tell of it.
        files: By path inside the package; movies without a checksum, for they go on.
    """

    event: Propagated
    files: Mapping[str, FileRecord | None]


class Writers:
    """Writes the files of a package.

    Args:
        session: What knows the frames.
        subject: What all frames share.
        ways: The representations.
        frames: Ascending.
        missing: Frames at which nothing is known, by object id; nothing is written of these.
        root: The folder to write into.

    Attributes:
        files: What was written so far, by path inside the package.
    """

    def __init__(
        self,
        session: Session,
        subject: Subject,
        ways: Sequence[Way],
        frames: Sequence[int],
        missing: Mapping[int, Sequence[int]],
        root: Path,
    ) -> None:
        self.session, self.subject, self.frames, self.root = session, subject, frames, root
        self.ways = ways
        self.files: dict[str, FileRecord] = {}
        self._missing = {i: frozenset(where) for i, where in missing.items()}
        self._stills: list[Exporter] = []
        self._movies: list[Exporter] = []

    def write(self) -> Iterator[Done]:
        """Write everything; one event per frame. A movie is there after the last event."""
        height, width = self.subject.size
        threads = threads_for(height * width * 4 * (len(self.subject.names) + 1))
        movies: dict[str, None] = {}
        with ExitStack() as stack:
            for way in self.ways:
                job = way.job(self.subject, self.frames, self.root)
                exporter = stack.enter_context(way.format.open(job))
                (self._movies if way.format.movie else self._stills).append(exporter)
            for done in in_order(self._pieces(), threads, _leave):
                for name, record in done.files.items():
                    if record is None:
                        movies[name] = None
                    else:
                        self.files[name] = record
                yield done
        self.files |= {name: record_of(self.root / name) for name in movies}

    def _pieces(self) -> Iterator[Callable[[], Done]]:
        """What is to be done for each frame. The session is asked in the caller's thread only."""
        for number, frame in enumerate(self.frames, start=1):
            result = self.session.result(frame)
            known = [i for i in self.subject.names if frame not in self._missing.get(i, ())]
            picture = Picture(frame, result.mattes_of(known), _no_plate)
            # The pictures of a movie must come in their order, so no thread may have them.
            movies = [path for movie in self._movies for path in movie.write(picture)]
            event = Propagated(frame, result, number, len(self.frames))
            yield self._piece(event, picture, movies)

    def _piece(
        self, event: Propagated, picture: Picture, movies: Sequence[Path]
    ) -> Callable[[], Done]:
        def write() -> Done:
            paths = [path for stills in self._stills for path in stills.write(picture)]
            # Read again at once, while they are in the system's memory.
            files: dict[str, FileRecord | None] = {self._inside(p): record_of(p) for p in paths}
            return Done(event, files | {self._inside(path): None for path in movies})

        return write

    def _inside(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def _no_plate() -> Image:
    raise SettingsError("A package holds mattes alone, without the plate.")


def _leave(done: Done) -> None:
    """Nothing is to be taken back of a frame that was ahead: the whole folder goes."""
