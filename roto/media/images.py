"""Single image files, for plates and for masks."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from roto.decoding import BrokenPictureError, decode_still
from roto.errors import ClipNotFoundError, DecodeError
from roto.media.exr import read_exr
from roto.media.pixels import as_depth, scaled
from roto.media.refusing import refusal

if TYPE_CHECKING:
    import os

    from roto.media.source import Image

IMAGE_EXTENSIONS = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".tif", ".tiff", ".exr", ".dpx", ".webp"}
    | {".bmp", ".jp2", ".ppm", ".pgm", ".pnm"}
)
"""Lower-case endings of the files that ``read_image`` is made for."""


def is_image_name(name: str) -> bool:
    """Whether a file name ends like an image file; the case does not matter."""
    return Path(name).suffix.lower() in IMAGE_EXTENSIONS


def read_image(path: str | os.PathLike[str]) -> Image:
    """Read an image file in its own depth and with its own channels.

    Returns:
        (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA: uint8 for 8-bit files; float32 in 0..1 for
        10 to 16 bit; float32 in scene-linear light for OpenEXR. JPEG files are turned upright.

    Raises:
        ClipNotFoundError: there is no such file.
        DecodeError: it is not an image, or it is damaged.
    """
    return read_described(path).pixels


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """An image and what its file says about it.

    Attributes:
        pixels: As ``read_image`` gives them.
        codec: Name of the encoding: "png 16 bit", "exr half".
        pixel_aspect: Width of a pixel over its height.
        timecode: See ``Clip``.
        data_window: See ``Clip``.
        frame_rate: Frames per second; None where the file does not say.
    """

    pixels: Image
    codec: str
    pixel_aspect: Fraction = Fraction(1)
    timecode: str = ""
    data_window: tuple[int, int, int, int] | None = None
    frame_rate: Fraction | None = None


def read_described(path: str | os.PathLike[str]) -> Described:
    """Like ``read_image``, with what the file says besides."""
    path = Path(path)
    if not path.is_file():
        raise ClipNotFoundError(f"There is no image file {path}; check the path.")
    kind = path.suffix.lower().lstrip(".")
    if kind == "exr":
        exr = read_exr(path)
        return Described(
            exr.pixels,
            f"exr {exr.depth}",
            exr.pixel_aspect,
            exr.timecode,
            exr.data_window,
            exr.frame_rate,
        )
    if kind == "dpx":
        image, bits = _read_dpx(path)
    else:
        image, bits = _read_still(path)
    depth = "" if bits == 8 else f" {bits} bit"
    return Described(image, kind + depth)


def _bytes_of(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DecodeError(f"{path} cannot be read ({error.strerror}).") from error
    if not data:
        raise DecodeError(f"{path} is empty; copy or render it again.")
    return data


def _read_still(path: Path) -> tuple[Image, int]:
    data = _bytes_of(path)
    try:
        picture = decode_still(data, upright=True)
    except BrokenPictureError as error:
        raise refusal(path, data, str(error)) from error
    return as_depth(picture, str(path)), 8 * picture.dtype.itemsize


def _read_dpx(path: Path) -> tuple[Image, int]:
    """DPX of 8 to 16 bit through FFmpeg; code values as they are, also where they are log."""
    import av

    data = _bytes_of(path)
    try:
        decoder = av.CodecContext.create("dpx", "r")
        decoded = [*decoder.decode(av.Packet(data)), *decoder.decode(None)]
        frame = next((found for found in decoded if isinstance(found, av.VideoFrame)), None)
        picture = None if frame is None else frame.to_ndarray()
    except (av.FFmpegError, ValueError) as error:
        raise refusal(path, data, "is cut off or damaged") from error
    if frame is None or picture is None:
        raise refusal(path, data, "holds no picture")
    bits = frame.format.components[0].bits
    if picture.dtype == np.uint16:
        return scaled(picture.astype(np.uint16), (1 << bits) - 1), bits
    return as_depth(picture, str(path)), bits
