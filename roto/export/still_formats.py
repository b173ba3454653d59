"""PNG and TIFF in the table of formats: a file per object and frame, as a display shows it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from roto.export.atomic import write_bytes_atomic
from roto.export.contract import Format
from roto.export.encoding import encode_png, encode_tiff, levels_of, png_notes, tiff_notes
from roto.export.exr import nothing_more, opener
from roto.export.notes import KEY, as_json, notes_of
from roto.export.pixels import picture_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from roto.export.contract import Job, Picture
    from roto.export.pixels import Floats

    Encode = Callable[[Floats, int, Mapping[str, str], Job], bytes]

_PNG_DEPTHS, _TIFF_DEPTHS = (8, 16), (16, 8, 32)


class _Stills:
    """Writes the files of a job."""

    def __init__(self, job: Job, encode: Encode, depth: int) -> None:
        self.job, self.encode = job, encode
        self.depth = job.look.bit_depth or depth

    def write(self, picture: Picture) -> list[Path]:
        paths = []
        notes = notes_of(self.job, picture.key, "display")
        for object_id in picture.mattes:
            name = self.job.subject.names[object_id]
            path = self.job.pattern.path(picture.frame, name)
            shown = picture_of(self.job, picture, object_id, "display")
            own = {**notes, "roto/object": as_json([name])}
            data = self.encode(shown, self.depth, own, self.job)
            write_bytes_atomic(path, data)
            paths.append(path)
        return paths


def _png(shown: Floats, depth: int, notes: Mapping[str, str], job: Job) -> bytes:
    # The standard knows straight alpha only, and the table says so.
    return encode_png(levels_of(shown, depth), notes, pixel_aspect=job.subject.pixel_aspect)


def _tiff(shown: Floats, depth: int, notes: Mapping[str, str], job: Job) -> bytes:
    return encode_tiff(
        levels_of(shown, depth),
        notes,
        premultiplied=job.look.premultiplied,
        pixel_aspect=job.subject.pixel_aspect,
    )


def _format(
    name: str,
    extensions: tuple[str, ...],
    depths: tuple[int, ...],
    encode: Encode,
    notes: Callable[[Path], dict[str, str]],
) -> Format:
    def key_of(path: Path) -> str:
        return notes(path).get(KEY, "")

    return Format(
        name=name,
        title=name.upper(),
        extensions=extensions,
        depths=depths,
        grouping="object",
        movie=False,
        contents=("matte", "cutout", "over"),
        premultiplied=(False,) if encode is _png else (False, True),
        floating=False,
        check=nothing_more,
        open=opener(partial(_Stills, encode=encode, depth=depths[0])),
        key_of=key_of,
    )


FORMATS = (
    _format("png", (".png",), _PNG_DEPTHS, _png, png_notes),
    _format("tiff", (".tif", ".tiff"), _TIFF_DEPTHS, _tiff, tiff_notes),
)
