"""What the artist chose in the export dialog, and what it comes to. No widgets."""

from __future__ import annotations

import os
import re
from dataclasses import asdict, dataclass, fields, replace
from importlib.resources import files as resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from roto.export.contract import Look
from roto.export.pattern import safe_file_name
from roto.export.pixels import to_light
from roto.package import EXTRAS
from roto.project.home import projects_folder
from roto_gui.export.hosts import hosts
from roto_gui.export.offers import LABELS, OFFERS, PACKAGE, PROJECT
from roto_gui.state import ExportRequest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from roto.export.contract import Content
    from roto.media.source import Clip, ColourSpace
    from roto.session.states import State
    from roto_gui.export.offers import Offer
    from roto_gui.state import Colour, Snapshot

Span = Literal["all", "range", "custom"]
Alpha = Literal["", "straight", "premultiplied"]
"""Of cut-outs; "": as programs expect it of the format."""

Wish = Literal["", "matte", "cutout", "over"]
"""What is to be in the pixels; "": what the format is for."""

_ENDING = ".mattes"  # of a package's folder
_NAMES = {
    "object": "name",
    "together": "together",
    "movie": "movie",
    "package": "package",
    "project": "project",
}
_VALUES: dict[str, tuple[object, ...]] = {
    "format": tuple(OFFERS),
    "content": ("", "matte", "cutout", "over"),
    "alpha": ("", "straight", "premultiplied"),
    "span": ("all", "range", "custom"),
    "feature": ("cutout", "grade", "alpha"),
}


@dataclass(frozen=True)
class Choices:
    """What is remembered from one export to the next.

    What a format cannot hold is kept as it was wished for, and comes back with another format:
    ask :attr:`content_now`, :attr:`premultiplied` and :attr:`depth` for what is written.

    Attributes:
        format: One of :data:`roto_gui.export.offers.OFFERS`.
        content: What is to be in the pixels.
        alpha: Whether cut-outs are premultiplied.
        bit_depth: Bits per channel; 0 for what the format has by default.
        colour: Behind the plate, as a display shows it.
        also: What is to be in a package besides EXR sequences.
        handles: Frames of a package beyond both ends of its range.
        host: For which program a project is.
        feature: What is seen in a project.
        backdrop: Behind the cut-out of a project, as a display shows it.
        folder: Where to; empty for :func:`default_folder`.
        name: Of stills with a file per object, without extension; "/" makes folders.
        together: The same of stills with one file for all objects.
        movie: The same of movies.
        package: Of a package; empty for :func:`package_name`.
        project: Of a project; empty for :func:`project_name`.
        left_out: Names of objects that are not to be exported.
        span: Which frames: all, from in to out point, or ``first`` to ``last``.
        first: First frame of "custom".
        last: Last frame of "custom".
    """

    format: str = "exr"
    content: Wish = ""
    alpha: Alpha = ""
    bit_depth: int = 0
    colour: Colour = (0, 0, 0)
    also: tuple[str, ...] = ()
    handles: int = 0
    host: str = "mlt"
    feature: str = "cutout"
    backdrop: Colour = (0, 255, 0)
    folder: str = ""
    name: str = "{object}/{object}.####"
    together: str = "{object}.####"
    movie: str = "{object}"
    package: str = ""
    project: str = ""
    left_out: tuple[str, ...] = ()
    span: Span = "range"
    first: int = 0
    last: int = 0

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Choices:
        """Choices of an earlier day; what is not understood is as if it was never chosen."""
        default = cls()
        fitting: dict[str, Any] = {}
        for field in fields(cls):
            value = values.get(field.name)
            value = tuple(value) if isinstance(value, list) else value
            if _fits(field.name, value, getattr(default, field.name)):
                fitting[field.name] = value
        return replace(default, **fitting)

    def values(self) -> dict[str, object]:
        """As a plain dict of JSON values."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}

    def lasting(self) -> dict[str, object]:
        """What also fits other projects: not a folder, nor objects, nor certain frames."""
        span: Span = "range" if self.span == "custom" else self.span
        kept = replace(self, folder="", package="", project="", left_out=(), span=span)
        return replace(kept, first=0, last=0).values()

    @property
    def offer(self) -> Offer:
        """The format of the files."""
        return OFFERS[self.format]

    @property
    def extension(self) -> str:
        """Of the files, with the dot; "" of a package, and where no adapter knows the program."""
        if self.format != PROJECT:
            return self.offer.extension
        return hosts()[self.host].extension if self.host in hosts() else ""

    @property
    def besides(self) -> tuple[str, ...]:
        """What is in the package besides EXR sequences: as ticked, or as the program needs it."""
        if self.format != PROJECT:
            return self.also
        return hosts()[self.host].needs if self.host in hosts() else ()

    @property
    def file_name(self) -> str:
        """What files of this format are named; may be empty for a package or a project."""
        found: str = getattr(self, _NAMES[self.offer.naming])
        return found

    def named(self, text: str) -> Choices:
        """The same with another :attr:`file_name`."""
        changes: dict[str, Any] = {_NAMES[self.offer.naming]: text}
        return replace(self, **changes)

    @property
    def content_now(self) -> Content:
        """What will be in the pixels: what was wished for, where the format holds it."""
        possible = self.offer.contents
        return self.content if self.content in possible else possible[0]

    @property
    def premultiplied(self) -> bool:
        """Whether colours will be multiplied by alpha."""
        possible = self.offer.premultiplied
        wished = self.alpha == "premultiplied" if self.alpha else possible[0]
        return self.content_now == "cutout" and (wished if wished in possible else possible[0])

    @property
    def depth(self) -> int:
        """Bits per channel that will be written; 0 where there is no choice."""
        possible = self.offer.depths
        default = possible[0] if possible else 0
        return self.bit_depth if self.bit_depth in possible else default


def _fits(name: str, value: Any, default: object) -> bool:
    if name in _VALUES:
        return value in _VALUES[name]
    if name in ("colour", "backdrop"):
        whole = isinstance(value, tuple) and len(value) == 3
        return whole and all(type(v) is int and 0 <= v <= 255 for v in value)
    if name == "also":
        return isinstance(value, tuple) and all(one in EXTRAS for one in value)
    if name == "handles":
        return type(value) is int and value >= 0
    if isinstance(value, tuple) and not all(isinstance(one, str) for one in value):
        return False
    return type(value) is type(default)


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


def default_name(choices: Choices, clip: Clip) -> str:
    """What is written without a name of the artist's; empty where there must be one."""
    if choices.format == PROJECT:
        return project_name(clip)
    return package_name(clip) if choices.format == PACKAGE else ""


def package_name(clip: Clip) -> str:
    """What a package is called: as a project, with ``.mattes``."""
    return project_name(clip) + _ENDING


def project_name(clip: Clip) -> str:
    """What a project is called, without extension: the clip's name without its frame number."""
    stem = Path(clip.path).stem
    return safe_file_name(re.split(r"[._ -]*(?:%\d*d|#+)", stem)[0] or "shot")


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
    folder = os.path.expanduser(choices.folder or default_folder(snapshot))
    name = choices.file_name or default_name(choices, snapshot.clip)
    asked = ExportRequest(
        pattern=os.path.join(folder, name + choices.extension),
        objects=tuple(o.id for o in snapshot.objects if o.name not in choices.left_out),
        first=first,
        last=last,
    )
    if choices.format in (PACKAGE, PROJECT):
        asked = replace(asked, kind="package", also=choices.besides, handles=choices.handles)
    if choices.format == PROJECT:
        background = "#{:02x}{:02x}{:02x}".format(*choices.backdrop)
        asked = replace(asked, kind="project", host=choices.host, feature=choices.feature)
        return replace(asked, background=background)
    if choices.format == PACKAGE:
        return asked
    if choices.format == LABELS:
        return replace(asked, kind="labels")
    return replace(asked, format=choices.format, look=look_of(choices, snapshot.clip.colour_space))


def look_of(choices: Choices, space: ColourSpace) -> Look:
    """What will be in the pixels.

    Args:
        choices: Of a format of the core.
        space: Of the plate: the colour behind it is meant alike.
    """
    look = Look(choices.content_now, choices.premultiplied, bit_depth=choices.depth)
    if look.content != "over":
        return look
    red, green, blue = (value / 255 for value in choices.colour)
    if space == "linear":
        colour = to_light(np.array([[choices.colour]], np.uint8), "display", "linear")
        red, green, blue = colour[0, 0].tolist()
    return replace(look, colour=(red, green, blue))


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
            found[known.name] = sum(
                state in states and request.covers(frame) for frame, state in known.states.items()
            )
    return {name: n for name, n in found.items() if n}
