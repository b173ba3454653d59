"""Mask files as raw pixels. The libraries that read them are loaded when a file is read."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from roto.decoding import DPX, EXR, MOVIE, BrokenPictureError, check_png, decode_still, kind_of
from roto.errors import MaskError, MaskNotFoundError

if TYPE_CHECKING:
    from pathlib import Path

Pixels: TypeAlias = npt.NDArray[Any]
Kind = Literal["plain", "indexed", "lossy"]

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_COLOUR_TYPE = 25  # offset in the file: the header chunk always comes first
_PNG_INDEXED = 3


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Pixels of a still: (H, W), (H, W, 3) RGB or (H, W, 4) RGBA.

    ``kind``: "indexed" pixels are places in a coloured palette, "lossy" ones came through
    JPEG and are not exact.
    """

    pixels: Pixels
    kind: Kind


def read_picture(path: Path) -> Picture:
    """Read a PNG, TIFF, JPEG or any other still that OpenCV knows, bit depth unchanged.

    Raises:
        MaskNotFoundError: there is no such file.
        MaskError: it cannot be read as a picture.
    """
    return decode_picture(read_bytes(path), path)


def decode_picture(data: bytes, name: str | Path) -> Picture:
    """What :func:`read_picture` does, for the bytes of a file; ``name`` is for error messages.

    Raises:
        MaskError: they are not a picture.
    """
    if _is_indexed_png(data):
        return _decode_indexed_png(data, name)
    try:
        pixels = decode_still(data)
    except BrokenPictureError as error:
        raise refusal(name, data, str(error)) from error
    return Picture(pixels, "lossy" if kind_of(data) == "JPEG" else "plain")


def refusal(name: str | Path, data: bytes, reason: str) -> MaskError:
    """The error for a file that is no mask: its name, what is wrong, what to do.

    Args:
        name: Of the file.
        data: Its bytes, which tell what it is.
        reason: What follows the file's name: "is cut off".
    """
    kind = kind_of(data)
    if data and kind in ("", MOVIE, DPX):
        what = {"": "no picture that can be read, or it is damaged", DPX: "a DPX file"}
        return MaskError(
            f"Mask {name} is {what.get(kind, 'a movie')}; give a PNG, TIFF, JPEG or OpenEXR file."
        )
    return MaskError(f"Mask {name} {reason}; copy or save it again.")


def is_exr(path: Path) -> bool:
    """Whether a file is an OpenEXR: by its first bytes; by its name where it has none."""
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except (OSError, ValueError):  # whoever reads it will say why
        start = b""
    kind = kind_of(start)
    return kind == EXR if kind else path.suffix.lower() == ".exr"


def read_bytes(path: Path) -> bytes:
    """All bytes of a mask file.

    Raises:
        MaskNotFoundError: there is no such file.
        MaskError: it is a folder, or reading is not permitted.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise MaskNotFoundError(f"There is no mask file {path}; check the path.") from None
    except ValueError:  # a zero byte in the name
        raise MaskNotFoundError(f"There is no mask file {str(path)!r}; check the path.") from None
    except IsADirectoryError:
        raise MaskError(f"Mask {path} is a folder; give the mask file of the frame.") from None
    except OSError as error:
        raise MaskError(f"Mask {path} cannot be read: {error.strerror}.") from error


def _is_indexed_png(data: bytes) -> bool:
    return (
        data.startswith(_PNG_SIGNATURE)
        and len(data) > _PNG_COLOUR_TYPE
        and data[_PNG_COLOUR_TYPE] == _PNG_INDEXED
    )


def _decode_indexed_png(data: bytes, name: str | Path) -> Picture:
    """Palette indices, or gray levels where the palette is only a way to store grays."""
    from PIL.PngImagePlugin import PngImageFile  # Image.open warns of large pictures

    try:
        with PngImageFile(io.BytesIO(check_png(data))) as image:
            indices = np.asarray(image)
            palette = np.array(image.getpalette("RGB") or [], np.uint8).reshape(-1, 3)
    except BrokenPictureError as error:
        raise refusal(name, data, str(error)) from error
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises on damaged files
        raise refusal(name, data, "is damaged") from error
    if (palette != palette[:, :1]).any():
        return Picture(indices, "indexed")
    grays = np.zeros(256, np.uint8)
    grays[: len(palette)] = palette[:, 0]
    return Picture(grays[indices], "plain")
