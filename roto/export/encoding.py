"""PNG and TIFF as bytes, with notes in them, and the notes of such files read again."""

from __future__ import annotations

import io
import json
import struct
import zlib
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from roto.errors import ExportError
from roto.export.pixels import strips

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_AFTER_HEADER = 33  # the signature and the first chunk of every PNG
_MOST_NOTES = 1 << 20  # bytes of a PNG in which notes are looked for
_STRIP_BYTES = 1 << 18  # readers take strips one by one
_SQUARE = Fraction(1)


def levels_of(values: npt.NDArray[np.float32], depth: int) -> npt.NDArray[Any]:
    """Values in [0, 1] in the number type of 8, 16 or 32 (float) bits, rounded to nearest."""
    if depth == 32:
        return values
    highest, dtype = (255, np.uint8) if depth == 8 else (65535, np.uint16)
    levels: npt.NDArray[Any] = np.empty(values.shape, dtype)
    for rows in strips(values.shape):
        levels[rows] = np.rint(values[rows] * np.float32(highest))
    return levels


def encode_png(
    levels: npt.NDArray[Any],
    notes: Mapping[str, str] | None = None,
    *,
    pixel_aspect: Fraction = _SQUARE,
) -> bytes:
    """A PNG; alpha in it is straight, as the standard has it.

    Args:
        levels: uint8 or uint16: (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGB and alpha.
        notes: Text of 7 bits by keyword.
        pixel_aspect: Width of a pixel over its height; written where it is not 1.

    Raises:
        ExportError: the library refuses.
    """
    import cv2

    if levels.ndim == 3:
        swap = cv2.COLOR_RGBA2BGRA if levels.shape[2] == 4 else cv2.COLOR_RGB2BGR
        levels = cv2.cvtColor(levels, swap)
    done, data = cv2.imencode(".png", levels)
    if not done:
        raise ExportError("Cannot write a PNG: the picture could not be encoded.")
    whole = data.tobytes()
    chunks = b"".join(_text_chunk(name, text) for name, text in (notes or {}).items())
    if pixel_aspect != 1:
        across, down = _pixels_per_unit(pixel_aspect)
        chunks += _chunk(b"pHYs" + struct.pack(">IIB", across, down, 0))  # 0: of no known length
    return whole[:_AFTER_HEADER] + chunks + whole[_AFTER_HEADER:]


def encode_tiff(
    levels: npt.NDArray[Any],
    notes: Mapping[str, str] | None = None,
    *,
    premultiplied: bool = False,
    pixel_aspect: Fraction = _SQUARE,
) -> bytes:
    """A deflated TIFF; the tag ExtraSamples says whether colours are multiplied by alpha.

    Args:
        levels: uint8, uint16 or float32: (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGB and alpha.
        notes: Text of 7 bits by keyword; goes into ImageDescription as JSON.
        premultiplied: What is said of alpha.
        pixel_aspect: Width of a pixel over its height.
    """
    import tifffile

    row = levels[:1].nbytes
    buffer = io.BytesIO()
    alpha = ["assocalpha" if premultiplied else "unassalpha"]
    tifffile.imwrite(
        buffer,
        levels,
        photometric="minisblack" if levels.ndim == 2 else "rgb",
        planarconfig=None if levels.ndim == 2 else "contig",
        extrasamples=alpha if levels.ndim == 3 and levels.shape[2] == 4 else None,
        compression="adobe_deflate",
        compressionargs={"level": 1},  # more takes seven times as long for a twelfth less
        predictor=levels.dtype != np.float32,
        rowsperstrip=max(1, _STRIP_BYTES // row),
        description=json.dumps(dict(notes)) if notes else None,
        software="roto",
        resolution=_pixels_per_unit(pixel_aspect) if pixel_aspect != 1 else None,
        resolutionunit="none" if pixel_aspect != 1 else None,
        metadata=None,
        byteorder="<",
    )
    return buffer.getvalue()


def png_notes(path: Path) -> dict[str, str]:
    """The text chunks of a PNG before its pixels; nothing for what is no PNG."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_NOTES)
    except OSError:
        return {}
    notes, position = {}, len(_SIGNATURE)
    while data.startswith(_SIGNATURE) and position + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, position)
        if kind == b"IDAT":
            break
        if kind == b"tEXt":
            name, _, text = data[position + 8 : position + 8 + size].partition(b"\0")
            notes[name.decode("latin-1")] = text.decode("latin-1")
        position += size + 12
    return notes


def tiff_notes(path: Path) -> dict[str, str]:
    """The notes of a TIFF that we wrote; nothing for any other file."""
    import tifffile

    try:
        with tifffile.TiffFile(path) as file:
            notes = json.loads(file.pages.first.description)
    except (OSError, ValueError, LookupError, AttributeError, tifffile.TiffFileError):
        return {}
    return notes if isinstance(notes, dict) else {}


def _pixels_per_unit(pixel_aspect: Fraction) -> tuple[int, int]:
    """Across and down: of wide pixels there are fewer across."""
    return pixel_aspect.denominator, pixel_aspect.numerator


def _text_chunk(name: str, text: str) -> bytes:
    return _chunk(b"tEXt" + name.encode("latin-1") + b"\0" + text.encode("latin-1", "replace"))


def _chunk(body: bytes) -> bytes:
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
