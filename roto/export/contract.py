"""What every way of writing mattes has in common: one table of formats, one small protocol.

A :class:`Format` says what it can hold; ``Format.open`` gives an :class:`Exporter` for one
:class:`Job`, which is handed one :class:`Picture` after the other, in ascending frames. Code that
delivers mattes asks the table and never names a codec.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from roto.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from roto.export.pattern import FramePattern
    from roto.masks.key_mask import Matte
    from roto.media.source import ColourSpace, Image

Content = Literal["matte", "cutout", "over"]
"""``matte``: alpha alone. ``cutout``: the plate with alpha. ``over``: the plate over a colour."""

Grouping = Literal["object", "frame"]
"""``object``: each object has files of its own. ``frame``: one file holds all objects."""

Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels, right and bottom exclusive."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What mattes were made of; goes into headers and manifests.

    Attributes:
        roto: Version of roto.
        model: Name of the network; "" where nothing was propagated.
        weights: SHA-256 of its weights, hexadecimal; "" alike.
        settings: Of the engine; JSON values.
        keyframes: Frames that the artist gave, ascending, by object name.
    """

    roto: str
    model: str = ""
    weights: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    keyframes: Mapping[str, Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """What all frames of an export share.

    Attributes:
        size: (H, W) of plate and mattes in pixels.
        names: Object names by id, ascending.
        frame_rate: Frames per second, exact.
        pixel_aspect: Width of a pixel over its height.
        colour_space: Of the plate, see ``roto.media.Clip``.
        timecode: Of the clip's first frame, ``HH:MM:SS:FF`` (``;`` before FF: drop frame); "" where
            the plate has none.
        first_frame: Frame number that the timecode belongs to.
        data_window: Where the plate's file had pixels, in pixels of the picture; may reach beyond
            it (overscan). None where it is the whole picture.
        provenance: What the mattes were made of.
    """

    size: tuple[int, int]
    names: Mapping[int, str]
    frame_rate: Fraction = Fraction(24)
    pixel_aspect: Fraction = Fraction(1)
    colour_space: ColourSpace = "display"
    timecode: str = ""
    first_frame: int = 0
    data_window: Box | None = None
    provenance: Provenance = field(default_factory=lambda: Provenance(""))


@dataclass(frozen=True, slots=True)
class Look:
    """What is in the pixels.

    Attributes:
        content: Alpha alone, or with the plate.
        premultiplied: True where colour is multiplied by alpha ("cutout" only).
        colour: Behind the plate ("over" only), RGB in the plate's colour space, 0..1.
        bit_depth: Bits per channel; None for the format's default.
    """

    content: Content = "matte"
    premultiplied: bool = False
    colour: tuple[float, float, float] = (0.0, 0.0, 0.0)
    bit_depth: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One frame to be written.

    Attributes:
        frame: Its number.
        mattes: (H, W) float32 in [0, 1] by object id; objects that are not known here are left out.
        plate: Reads (H, W, 3) uint8 or float32; called only where the plate is shown.
        key: Differs where the pixels may differ; goes into headers, so that a later export can
            tell whether a file is current. "" where nobody wants to know.
    """

    frame: int
    mattes: Mapping[int, Matte]
    plate: Callable[[], Image]
    key: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One export: what, how, where and which frames.

    Attributes:
        subject: What all frames share.
        look: What is in the pixels.
        pattern: Names of the files.
        frames: Frame numbers, ascending.
    """

    subject: Subject
    look: Look
    pattern: FramePattern
    frames: Sequence[int]


class Exporter(Protocol):
    """Writes one job; used in a ``with`` block, whose end finishes movies.

    Stills are whole on disk when ``write`` returns their paths; several threads may write stills
    at once. Movies appear when the block ends without an error, and not at all when it raises;
    one thread writes them, in ascending frames.
    """

    def write(self, picture: Picture) -> Sequence[Path]:
        """Write one frame; returns the files it went to (of a movie: its path, every time).

        Raises:
            ExportError: nothing can be written there.
        """
        ...


def no_format(path: Path, known: Iterable[str]) -> SettingsError:
    """The error of a file name whose extension mattes are not written with.

    Args:
        path: The name.
        known: Extensions that they are written with.
    """
    extension = path.suffix.lower()
    if extension in (".jpg", ".jpeg"):
        return SettingsError(
            f"{path.name}: JPEG smears the edges of mattes; write .png, .tif or .exr instead."
        )
    return SettingsError(
        f"{path.name}: mattes are written as {', '.join(known)}, not as {extension!r}."
    )


def one_file(look: Look) -> tuple[str, ...]:
    """``Format.suffixes`` of formats that write an object, or all of them, to one file."""
    del look
    return ("",)


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write mattes.

    Attributes:
        name: What ``--format`` calls it: "exr", "exr-layers", "cryptomatte", "prores-4444", ...
        title: For people: "OpenEXR, one layer per object".
        extensions: With the dot; the first is the default.
        depths: Bits per channel that can be asked for; the first is the default.
        grouping: Whether objects have files of their own.
        movie: Whether all frames are in one file.
        contents: What it can hold.
        premultiplied: Whether a cut-out may be premultiplied, straight (False) or either; the
            first is what programs expect that read such files.
        floating: Whether values are stored as floats, so that nothing is quantised to steps.
        check: Raises SettingsError or ExportError where a job cannot be written so.
        open: Begins a job.
        key_of: Reads a file's ``Picture.key``; "" where it has none. None for formats that
            keep none, so that they are always written anew.
        suffixes: What stands before the extension of each file that a name of the pattern
            becomes: ``(".fill", ".key")`` where two movies make up a matte.
    """

    name: str
    title: str
    extensions: tuple[str, ...]
    depths: tuple[int, ...]
    grouping: Grouping
    movie: bool
    contents: tuple[Content, ...]
    premultiplied: tuple[bool, ...]
    floating: bool
    check: Callable[[Job], None]
    open: Callable[[Job], AbstractContextManager[Exporter]]
    key_of: Callable[[Path], str] | None = None
    suffixes: Callable[[Look], tuple[str, ...]] = one_file
