"""Mask files as raw pixels. The libraries that read them are loaded when a file is read."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from roto.errors import MaskError, MaskNotFoundError

if TYPE_CHECKING:
    from pathlib import Path

Pixels: TypeAlias = npt.NDArray[Any]
Kind = Literal["plain", "indexed", "lossy"]

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_COLOUR_TYPE = 25  # offset in the file: the header chunk always comes first
_PNG_INDEXED = 3
_JPEG_SIGNATURE = b"\xff\xd8\xff"


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
    import cv2

    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:  # an empty buffer raises, a damaged one gives None
        pixels = None
    if pixels is None:
        raise MaskError(f"Mask {name} cannot be read: it is damaged or not a picture.")
    if pixels.ndim == 3:
        pixels = pixels[..., [2, 1, 0, 3][: pixels.shape[2]]]
    return Picture(pixels, "lossy" if data.startswith(_JPEG_SIGNATURE) else "plain")


def read_bytes(path: Path) -> bytes:
    """All bytes of a mask file.

    Raises:
        MaskNotFoundError: there is no such file.
        MaskError: it is a folder, or reading is not permitted.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise MaskNotFoundError(f"There is no mask file {path}.") from None
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
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as image:
            indices = np.asarray(image)
            palette = np.array(image.getpalette("RGB") or [], np.uint8).reshape(-1, 3)
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises on damaged files
        raise MaskError(f"Mask {name} cannot be read: it is damaged ({error}).") from error
    if (palette != palette[:, :1]).any():
        return Picture(indices, "indexed")
    grays = np.zeros(256, np.uint8)
    grays[: len(palette)] = palette[:, 0]
    return Picture(grays[indices], "plain")
