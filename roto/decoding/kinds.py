"""What a file holds, told from its first bytes, whatever its name says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PNG, JPEG, TIFF, EXR, DPX = "PNG", "JPEG", "TIFF", "OpenEXR", "DPX"
WEBP, BMP, JPEG_2000, PNM = "WebP", "BMP", "JPEG 2000", "PNM"
MOVIE = "movie"
READ = "PNG, JPEG, TIFF, OpenEXR, DPX, WebP, BMP, JPEG 2000 or PNM"
"""The kinds of pictures that roto reads, for sentences."""

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),
    (b"MM\0+", TIFF),
    (b"\x76\x2f\x31\x01", EXR),
    (b"SDPX", DPX),
    (b"XPDS", DPX),
    (b"BM", BMP),
    (b"\0\0\0\x0cjP  ", JPEG_2000),
    (b"\xff\x4f\xff\x51", JPEG_2000),
    (b"\x1a\x45\xdf\xa3", MOVIE),  # Matroska, WebM
    (b"\x06\x0e\x2b\x34", MOVIE),  # MXF
    *((b"P%d" % digit, PNM) for digit in range(1, 7)),
)
_QUICKTIME = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")

_EXTENSIONS: Mapping[str, str] = {
    ".png": PNG, ".jpg": JPEG, ".jpeg": JPEG, ".jpe": JPEG, ".tif": TIFF, ".tiff": TIFF,
    ".exr": EXR, ".dpx": DPX, ".webp": WEBP, ".bmp": BMP, ".jp2": JPEG_2000, ".ppm": PNM,
    ".pgm": PNM, ".pnm": PNM,
}  # fmt: skip


def kind_of(data: bytes) -> str:
    """Tell "PNG", "JPEG", "TIFF", "OpenEXR", "DPX", ..., "movie", or "" for the unknown.

    Args:
        data: The first 16 bytes of a file, or more.

    >>> kind_of(b"SDPX" + bytes(100))
    'DPX'
    """
    if data[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"AVI ": MOVIE}.get(bytes(data[8:12]), "")
    if data[4:8] in _QUICKTIME:
        return MOVIE
    return next((kind for start, kind in _SIGNATURES if data.startswith(start)), "")


def kind_meant(extension: str) -> str:
    """The kind of picture that a lower-case extension (``.exr``) promises, or ""."""
    return _EXTENSIONS.get(extension, "")
