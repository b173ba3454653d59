"""What the artist chose in the export dialog, and what it comes to. No widgets."""

from __future__ import annotations

import os
import re
from dataclasses import asdict, dataclass, fields, replace
from importlib.resources import files as resources
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from roto.project.home import projects_folder
from roto_gui.state import ExportRequest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from roto.states import State
    from roto_gui.state import Snapshot

Span = Literal["all", "range", "custom"]


@dataclass(frozen=True)
class Format:
    """A way to write mattes.

    Attributes:
        extension: Of the files, with the dot.
        bit_depth: Bits per pixel.
        share: Of the unpacked size that a packed matte of one object takes, roughly: twice what
            an outline as wiggly as a person's takes at 1080p. Hair takes more.
    """

    extension: str
    bit_depth: int
    share: float


FORMATS: dict[str, Format] = {
    "exr-half": Format(".exr", 16, 0.032),
    "exr-float": Format(".exr", 32, 0.049),
    "png-8": Format(".png", 8, 0.027),
    "png-16": Format(".png", 16, 0.038),
    "tiff-16": Format(".tif", 16, 0.052),
}
"""By the name that choices are remembered by."""

LABEL_MAP = Format(".png", 8, 0.006)


@dataclass(frozen=True)
class Choices:
    """What is remembered from one export to the next.

    Attributes:
        format: One of :data:`FORMATS`.
        combined: One label map of all objects instead of a matte for each.
        folder: Where to; empty for :func:`default_folder`.
        name: Of the files in it, without extension; "/" makes folders.
        left_out: Names of objects that are not to be exported.
        span: Which frames: all, from in to out point, or ``first`` to ``last``.
        first: First frame of "custom".
        last: Last frame of "custom".
    """

    format: str = "exr-half"
    combined: bool = False
    folder: str = ""
    name: str = "{object}/{object}.####"
    left_out: tuple[str, ...] = ()
    span: Span = "range"
    first: int = 0
    last: int = 0

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Choices:
        """Choices of an earlier day; what is not understood is as if it was never chosen."""
        default = cls()
        known = {
            field.name: tuple(value) if isinstance(value, list) else value
            for field in fields(cls)
            if (value := values.get(field.name)) is not None
        }
        fitting = {k: v for k, v in known.items() if type(v) is type(getattr(default, k))}
        found = replace(default, **fitting)  # type: ignore[arg-type]
        return replace(
            found,
            format=found.format if found.format in FORMATS else default.format,
            span=found.span if found.span in ("all", "range", "custom") else default.span,
            left_out=tuple(str(name) for name in found.left_out),
        )

    def values(self) -> dict[str, object]:
        """As a plain dict of JSON values."""
        return {**asdict(self), "left_out": list(self.left_out)}

    def lasting(self) -> dict[str, object]:
        """What also fits other projects: not a folder, nor objects, nor certain frames."""
        kept = replace(
            Choices(),
            format=self.format,
            combined=self.combined,
            name=self.name,
            span="range" if self.span == "custom" else self.span,
        )
        return kept.values()

    @property
    def written(self) -> Format:
        """The format of the files."""
        return LABEL_MAP if self.combined else FORMATS[self.format]


def default_folder(snapshot: Snapshot) -> str:
    """The folder "mattes" beside the clip's files, else beside the project, else at home.

    Where nothing can be written is no place; nor is what belongs to roto, where nobody would
    look for mattes: its folder of projects, and that of the sample.
    """
    clip, project = Path(snapshot.clip.path), snapshot.path
    places = [clip.parent] if snapshot.clip.path and clip.is_absolute() else []
    places += [project.parent] if project is not None else []
    fitting = (p for p in places if not _is_rotos(p) and os.access(p, os.W_OK | os.X_OK))
    return str(next(fitting, Path.home()) / "mattes")


def _is_rotos(folder: Path) -> bool:
    own = (projects_folder(), Path(str(resources("roto_resources"))))
    return any(folder.is_relative_to(place) for place in own)


def frame_span(
    choices: Choices, snapshot: Snapshot, chosen: tuple[int | None, int | None]
) -> tuple[int, int]:
    """First and last frame number to export; ``chosen`` are the in and out point."""
    low, high = snapshot.frames[0], snapshot.frames[-1]
    if choices.span == "custom":
        return choices.first, choices.last
    if choices.span == "range":
        return (low if chosen[0] is None else chosen[0], high if chosen[1] is None else chosen[1])
    return low, high


def request_of(
    choices: Choices, snapshot: Snapshot, chosen: tuple[int | None, int | None]
) -> ExportRequest:
    """What is to be written. Its objects are empty where all were left out."""
    first, last = frame_span(choices, snapshot, chosen)
    folder = choices.folder or default_folder(snapshot)
    return ExportRequest(
        pattern=os.path.join(os.path.expanduser(folder), choices.name + choices.written.extension),
        objects=tuple(o.id for o in snapshot.objects if o.name not in choices.left_out),
        first=first,
        last=last,
        bit_depth=None if choices.combined else choices.written.bit_depth,
        kind="labels" if choices.combined else "mattes",
    )


def folder_token(folder: str) -> str | None:
    """What in a folder's name would be taken for a frame or an object; None: nothing."""
    found = re.search(r"#+|%\d*d|[{}]", folder)
    return None if found is None else found[0]


def counted(
    snapshot: Snapshot, request: ExportRequest, states: Collection[State]
) -> dict[str, int]:
    """How many frames of the request each object is in one of some states; only where any."""
    found = {}
    for known in snapshot.objects:
        if known.id in request.objects:
            frames = [f for f, s in known.states.items() if s in states]
            found[known.name] = sum(request.first <= f <= request.last for f in frames)
    return {name: n for name, n in found.items() if n}


def file_count(snapshot: Snapshot, request: ExportRequest) -> int:
    """How many files it comes to where nothing is missing."""
    frames = sum(request.first <= f <= request.last for f in snapshot.frames)
    return frames * (1 if request.kind == "labels" else len(request.objects))


def estimate(choices: Choices, snapshot: Snapshot, files: int) -> int:
    """Bytes that so many files will take, roughly."""
    pixels = snapshot.clip.width * snapshot.clip.height
    written = choices.written
    return round(files * (pixels * written.bit_depth / 8 * written.share + 500))


def size_words(count: int) -> str:
    """Bytes as people say them: ``340 MB``, ``1.2 GB``.

    >>> size_words(340_000_000)
    '340 MB'
    """
    amount = float(count)
    for unit in ("bytes", "KB", "MB", "GB"):
        if amount < 1000:
            return (
                f"{amount:.1f} {unit}"
                if amount < 10 and unit != "bytes"
                else f"{amount:.0f} {unit}"
            )
        amount /= 1000
    return f"{amount:.1f} TB"
