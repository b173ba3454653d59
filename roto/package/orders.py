"""What of a session is to be packaged, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from roto.delivery import Order, gaps
from roto.errors import ExportError, SettingsError
from roto.export import FramePattern
from roto.export.contract import Job, Look
from roto.export.pattern import TOGETHER, safe_file_name
from roto.export.registry import check, format_named
from roto.media.describe import frame_ranges
from roto.package.records import Frames
from roto.propagation.shot import frames_between

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roto.delivery import Gaps
    from roto.export.contract import Format, Subject
    from roto.session import Session

BASE = "exr"
"""The format that every package holds: half floats, a file per object and frame."""

EXTRAS = {
    "layers": "exr-layers",
    "cryptomatte": "cryptomatte",
    "png": "png",
    "movie": "qt-animation",
}
"""Short names of representations that can be asked for, and their formats."""

_PAIR = "fill-key"
_DEPTHS = {"png": 16}  # where the format's default would lose steps


@dataclass(frozen=True)
class PackageOrder:
    """What is to be in a package.

    Attributes:
        objects: Ids; None for all.
        range: First and last frame of the cut, both included; None for the whole clip.
        handles: Frames beyond both ends of the range, as far as the clip has them.
        also: Representations besides EXR sequences: "layers", "cryptomatte", "png", "movie", or
            the name of a format.
        overwrite: Replace an older package.
        partial: Also where frames are missing or open; the package says which.
    """

    objects: Sequence[int] | None = None
    range: tuple[int, int] | None = None
    handles: int = 0
    also: Sequence[str] = ()
    overwrite: bool = False
    partial: bool = False

    def names(self, session: Session) -> dict[int, str]:
        """Names by id of the objects, ascending."""
        ids = sorted(session.objects if self.objects is None else self.objects)
        return {i: session.objects[session.object_id(i)].name for i in ids}

    def frames(self, session: Session) -> tuple[Frames, tuple[int, int]]:
        """The frames, handles included, and how many at both ends are handles.

        Raises:
            KeyframeError: the clip has none of these frames.
            SettingsError: handles of no range, or fewer than none.
        """
        numbers = session.source.frame_numbers
        if self.handles < 0:
            raise SettingsError(f"There are no {self.handles} handles; give 0 or more frames.")
        if self.handles and self.range is None:
            raise SettingsError("Handles are frames beyond a range: give the range, too.")
        first, last = frames_between(session.source, self.range, "package")
        low, high = first - self.handles, last + self.handles
        frames = Frames.of(frame for frame in numbers if low <= frame <= high)
        return frames, (max(0, first - frames[0]), max(0, frames[-1] - last))

    def formats(self) -> list[Format]:
        """The formats that are asked for, each once; the base first.

        Raises:
            SettingsError: there is no such format.
        """
        names = dict.fromkeys([BASE, *(EXTRAS.get(name, name) for name in self.also)])
        if _PAIR in names:
            raise SettingsError(
                f"A package does not hold {_PAIR}, whose mattes are in two files; choose a movie "
                "with alpha, such as prores-4444."
            )
        return [format_named(name) for name in names]


@dataclass(frozen=True)
class InFolder(FramePattern):
    """A pattern inside a folder whose own name may hold ``#`` and ``%``.

    Attributes:
        root: The folder.
    """

    root: Path = field(default=Path())

    def path(self, frame: int, object_name: str) -> Path:
        """As of any pattern, but in the folder."""
        return self.root / super().path(frame, object_name)


@dataclass(frozen=True)
class Way:
    """One format of a package, and where its files are.

    Attributes:
        format: The format.
        pattern: Of the files inside the package.
    """

    format: Format
    pattern: str

    @classmethod
    def of(cls, format: Format, name: str) -> Way:
        """In a folder of its own, named after the format; one per object where that is apt."""
        extension = format.extensions[0]
        number = "" if format.movie else ".####"
        if format.grouping == "object":
            inner = "{object}/" if not format.movie else ""
            return cls(format, f"{format.name}/{inner}{{object}}{number}{extension}")
        return cls(format, f"{format.name}/{safe_file_name(name)}{number}{extension}")

    @property
    def kind(self) -> str:
        """See :class:`roto.package.Representation`."""
        if self.format.movie:
            return "movie"
        if self.format.grouping == "object":
            return "sequence"
        return "cryptomatte" if self.format.name == "cryptomatte" else "layer"

    @property
    def bit_depth(self) -> int:
        """Bits per value."""
        return _DEPTHS.get(self.format.name, self.format.depths[0])

    def of_object(self, name: str) -> str:
        """The pattern of one object's files inside the package."""
        return self.pattern.replace("{object}", safe_file_name(name))

    def job(self, subject: Subject, frames: Sequence[int], root: Path) -> Job:
        """The same in the exporters' words, checked.

        Raises:
            SettingsError: it cannot be written so.
        """
        job = Job(
            subject, Look(bit_depth=self.bit_depth), InFolder(self.pattern, root=root), frames
        )
        check(job, self.format)
        return job


def check_gaps(
    session: Session, names: Mapping[int, str], frames: Frames, *, partial: bool
) -> Gaps:
    """What is not found yet.

    Raises:
        ExportError: something, and that is not allowed.
    """
    found = gaps(session, Order(names, frames, FramePattern(TOGETHER)))
    if found and not partial:
        raise ExportError(f"{found}: propagate first, or allow a partial package.")
    return found


def check_movies(ways: Sequence[Way], found: Gaps) -> None:
    """Make sure that no movie would leave a frame out: a host would show all later ones too early.

    Raises:
        ExportError: one would.
    """
    movies = ", ".join(way.format.name for way in ways if way.format.movie)
    missing = sorted({frame for where in found.missing.values() for frame in where})
    if movies and missing:
        raise ExportError(
            f"A movie cannot leave frames out, and there is no matte at {frame_ranges(missing)}: "
            f"propagate there, or package without {movies}."
        )
