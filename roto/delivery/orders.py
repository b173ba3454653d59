"""What of a session is to be written, as which files, and what of it nobody has found yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from roto.delivery.mattes import LABELS
from roto.errors import SettingsError
from roto.export.contract import Job, Look, Subject
from roto.export.pattern import TOGETHER, suffixed
from roto.export.registry import check_names, check_some, format_for
from roto.media.describe import frame_ranges

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from roto.export import FramePattern
    from roto.export.contract import Format
    from roto.session import Session


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


def needs_all(order: Order, found: Gaps) -> bool:
    """Whether gaps cannot be left out of an order: a movie has no holes."""
    return not order.labels and order.chosen.movie and bool(found.missing)
