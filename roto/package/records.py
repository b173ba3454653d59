"""A package of mattes as plain values: what ``matte.json`` says, and where the files are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING, Literal, TypeAlias, overload

from roto.errors import PackageError
from roto.export.contract import Provenance
from roto.package.paths import numbered, within

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from roto.export.contract import Box
    from roto.media.source import ColourSpace

MANIFEST = "matte.json"
"""Name of the file that makes a folder a package."""

Alpha: TypeAlias = Literal["straight", "premultiplied"]
Range: TypeAlias = Literal["full", "limited"]


class Frames(Sequence[int]):
    """Ascending frame numbers, kept as ranges: a million of them take no more room than two.

    >>> frames = Frames.of([1001, 1002, 1003, 1007])
    >>> frames.ranges
    ((1001, 1003), (1007, 1007))
    >>> frames[-1], 1003 in frames, len(frames)
    (1007, True, 4)

    Args:
        ranges: First and last frame of each range, both included; ascending, with gaps between.

    Raises:
        PackageError: they are not ascending, or touch each other.
    """

    __slots__ = ("_starts", "ranges")

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        self.ranges = tuple(ranges)
        for first, last in self.ranges:
            if first > last:
                raise PackageError(f"The frames {first} to {last} run backwards.")
        for (_, last), (first, _) in zip(self.ranges, self.ranges[1:], strict=False):
            if first <= last + 1:
                raise PackageError(f"The ranges that meet at frame {first} are not ascending.")
        sizes = (last - first + 1 for first, last in self.ranges)
        self._starts = tuple(accumulate(sizes, initial=0))

    @classmethod
    def of(cls, frames: Iterable[int]) -> Frames:
        """From frame numbers, in any order."""
        ranges: list[tuple[int, int]] = []
        for frame in sorted(set(frames)):
            if ranges and ranges[-1][1] == frame - 1:
                ranges[-1] = (ranges[-1][0], frame)
            else:
                ranges.append((frame, frame))
        return cls(ranges)

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, index: int) -> int: ...

    @overload
    def __getitem__(self, index: slice) -> Frames: ...

    def __getitem__(self, index: int | slice) -> int | Frames:
        if isinstance(index, slice):
            return Frames.of(self[i] for i in range(*index.indices(len(self))))
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(index)
        which = bisect_right(self._starts, place) - 1
        return self.ranges[which][0] + place - self._starts[which]

    def __contains__(self, frame: object) -> bool:
        if not isinstance(frame, int):
            return False
        which = bisect_right(self.ranges, frame, key=lambda found: found[0]) - 1
        return which >= 0 and frame <= self.ranges[which][1]

    def index(self, value: int, start: int = 0, stop: int | None = None) -> int:
        """The place of a frame: of a movie the picture that shows it, counted from 0."""
        which = bisect_right(self.ranges, value, key=lambda found: found[0]) - 1
        if value not in self:
            raise ValueError(f"{value} is not among the frames")
        place = self._starts[which] + value - self.ranges[which][0]
        if not start <= place < (len(self) if stop is None else stop):
            raise ValueError(f"{value} is not among these frames")
        return place

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frames) and self.ranges == other.ranges

    def __hash__(self) -> int:
        return hash(self.ranges)

    def __repr__(self) -> str:
        return f"Frames({self.ranges!r})"


@dataclass(frozen=True, slots=True)
class PackagedClip:
    """The plate that the mattes belong to.

    Attributes:
        path: Where it was when the package was written; "" for a clip that is not on disk.
        relative: The same as seen from the package, with forward slashes; None where there is
            no such way. It may lead out of the package: the plate is not in it.
        fingerprint: See :func:`roto.project.fingerprint`; "" where there is none.
        start: Number of the plate's own first frame: the first picture of a movie.
        frames: Frames of the package that the plate has, ascending.
        handles: How many frames at the beginning and at the end lie beyond the cut.
        width: Pixels across.
        height: Pixels down.
        rate: Frames per second, exact.
        pixel_aspect: Width of a pixel over its height.
        colour_space: Of the plate: "display" or "linear". Mattes are data and have none.
        timecode: ``HH:MM:SS:FF``, with ``;`` before FF for drop frame; "" where there is none.
        timecode_frame: The frame that it belongs to.
        data_window: Where the plate's files had pixels: left, top, right, bottom, the latter two
            exclusive; None where it is the whole picture.
    """

    path: str
    frames: Frames
    width: int
    height: int
    rate: Fraction = Fraction(24)
    pixel_aspect: Fraction = Fraction(1)
    colour_space: ColourSpace = "display"
    relative: str | None = None
    fingerprint: str = ""
    start: int = 0
    handles: tuple[int, int] = (0, 0)
    timecode: str = ""
    timecode_frame: int = 0
    data_window: Box | None = None

    @property
    def first(self) -> int:
        """First frame of the package, handles included."""
        return self.frames[0]

    @property
    def last(self) -> int:
        """Last frame of the package, handles included."""
        return self.frames[-1]


@dataclass(frozen=True, slots=True)
class Representation:
    """One way in which an object's mattes are in the package.

    Attributes:
        kind: "sequence": a file per frame, of this object alone. "layer": a file per frame that
            holds all objects, this one in a channel of its own. "cryptomatte": alike, in
            Cryptomatte's ranks. "movie": all frames in one file. A later roto may know more.
        pattern: The file inside the package, with forward slashes; ``####`` stands for the frame
            number, padded with zeros. Of a movie simply its path.
        format: Name of the format: "exr", "png", "exr-layers", "cryptomatte", "qt-animation" ...
        bit_depth: Bits per value.
        frames: Frames that are there, ascending. In a movie the n-th picture shows the n-th.
        channel: Which channel holds the matte: "Y", "A", "hero.A"; of a Cryptomatte the name
            that the object has in its manifest; None where it is not told.
        alpha: Whether colour beside the matte is multiplied by it. Mattes alone are "straight".
        range: Code values: "full" 0..1, or "limited" as in video, 16..235 of 255.
        colour: Role in colour management; mattes are "data" and never colour-converted.
    """

    kind: str
    pattern: str
    format: str
    bit_depth: int
    frames: Frames
    channel: str | None = None
    alpha: Alpha = "straight"
    range: Range = "full"
    colour: str = "data"

    @property
    def numbered(self) -> bool:
        """Whether every frame has a file of its own."""
        return "#" in self.pattern

    def file(self, frame: int) -> str:
        """The file of a frame inside the package, whether it is there or not."""
        return numbered(self.pattern, frame)


@dataclass(frozen=True, slots=True)
class PackagedObject:
    """One object.

    Attributes:
        id: 1..255, the same as in the project.
        name: What the artist calls it.
        colour: In which it is shown over the plate, red, green, blue in 0..255.
        representations: Ways in which its mattes are here; the first is the best to have.
        states: Frames by :data:`roto.session.states.State` when the package was written:
            "keyframe", "fresh", "stale", "open", "missing", "locked", "absent".
    """

    id: int
    name: str
    colour: tuple[int, int, int]
    representations: tuple[Representation, ...] = ()
    states: Mapping[str, Frames] = field(default_factory=dict)

    def representation(self, kind: str, format: str | None = None) -> Representation | None:
        """The first of a kind, and of a format if one is named; None where there is none."""
        for one in self.representations:
            if one.kind == kind and format in (None, one.format):
                return one
        return None


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What a file was when the package was written: SHA-256 in hexadecimal, and its length."""

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Package:
    """A folder with mattes, see docs/package.md. Made by :func:`roto.package.read_package`.

    Attributes:
        folder: Where it is.
        name: Of the shot.
        clip: The plate it belongs to.
        objects: By ascending id.
        provenance: What the mattes were made of.
        files: Every file but ``matte.json``, by its path inside the folder.
    """

    folder: Path
    name: str
    clip: PackagedClip
    objects: tuple[PackagedObject, ...]
    provenance: Provenance = field(default_factory=lambda: Provenance(""))
    files: Mapping[str, FileRecord] = field(default_factory=dict)

    def object(self, which: int | str) -> PackagedObject:
        """An object by id or name.

        Raises:
            PackageError: there is none.
        """
        for one in self.objects:
            if which in (one.id, one.name):
                return one
        have = ", ".join(repr(one.name) for one in self.objects) or "none"
        raise PackageError(f"{self.folder} has no object {which!r}; it has {have}.")

    def frames(self, representation: Representation) -> Frames:
        """Frames at which a representation has a matte, ascending."""
        return representation.frames

    def path(self, representation: Representation, frame: int) -> Path:
        """Where a matte is: of a movie its path, whatever the frame.

        Nothing is opened. The path lies in the package, links resolved.

        Raises:
            PackageError: there is no such frame, or the file would lie outside the package.
        """
        if frame not in representation.frames:
            raise PackageError(
                f"{self.folder} has no frame {frame} as {representation.kind} "
                f"{representation.pattern}."
            )
        return self.locate(representation.file(frame))

    def locate(self, file: str) -> Path:
        """Where a file of the package is.

        Args:
            file: Its path inside the package, as in ``files``.

        Raises:
            PackageError: ``matte.json`` does not list it, or it would lie outside the package.
        """
        if file not in self.files:
            raise PackageError(f"{self.folder / MANIFEST} does not list the file {file!r}.")
        return within(self.folder, file)
