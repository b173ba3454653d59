"""Whether a picture's file is all there, by its structure alone; nothing is decoded.

Every reader takes a file as it may come from a stopped render or a broken copy: no number in it
is believed before it is compared with the length of the file.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from roto.decoding.errors import CUT_OFF, DAMAGED, BrokenPictureError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from mmap import mmap

    import numpy.typing as npt

_MOST_PIXELS = 1 << 30  # of a picture; OpenCV's own limit
_TOO_LARGE = "says that it is {} x {} pixels, which no picture is"
UNFINISHED = "is not complete: what writes it was stopped, or is still at it"

_PNG_NEEDED = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
_PNG_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}

_EXTRA_SAMPLES, _PREMULTIPLIED, _STRAIGHT = 338, 1, 2  # what the fourth channel of a TIFF is

# By the number of the compression: none, RLE, ZIPS, ZIP, PIZ, PXR24, B44, B44A, DWAA, DWAB, HTJ2K.
_EXR_ROWS = (1, 1, 1, 16, 32, 16, 32, 32, 32, 256, 256, 32)
_EXR_TILED, _EXR_DEEP, _EXR_MULTIPART = 0x200, 0x800, 0x1000


def check_png(data: bytes) -> bytes:
    """Look whether a PNG is all there, by its checksums.

    Returns:
        The same without what is not its picture, such as animation and broken colour profiles.

    Raises:
        BrokenPictureError: cut off, or a checksum is wrong.
    """
    chunks = list(_png_chunks(data))
    if chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 25:
        raise BrokenPictureError(DAMAGED)
    width, height, depth, colour, *_ = struct.unpack(">IIBB", chunks[0][1][8:18])
    if depth not in _PNG_DEPTHS.get(colour, ()):
        raise BrokenPictureError(DAMAGED)
    _check_size(width, height)
    return data[:8] + b"".join(chunk for kind, chunk in chunks if kind in _PNG_NEEDED)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and bytes of each chunk; the checksums of those that matter are right."""
    start, kind = 8, b""
    while kind != b"IEND":
        if start + 12 > len(data):
            raise BrokenPictureError(CUT_OFF)
        length = int.from_bytes(data[start : start + 4], "big")
        end = start + 12 + length
        if end > len(data):
            raise BrokenPictureError(CUT_OFF)
        kind, chunk = data[start + 4 : start + 8], data[start:end]
        found = int.from_bytes(chunk[-4:], "big")
        if kind in _PNG_NEEDED and zlib.crc32(chunk[4:-4]) != found:
            raise BrokenPictureError(DAMAGED)
        yield kind, chunk
        start = end


def check_tiff(data: bytes) -> bytes:
    """Look whether all strips or tiles of a TIFF's first picture are in the file.

    Returns:
        The same file, its alpha called premultiplied: OpenCV would multiply 8-bit colours by
        what is called straight, and they are wanted as they are stored.

    Raises:
        BrokenPictureError: cut off.
    """
    order = "<" if data[:2] == b"II" else ">"
    try:
        fields = {field.tag: field for field in _tiff_fields(data, order)}
    except struct.error:  # a place beyond the end
        raise BrokenPictureError(CUT_OFF) from None
    numbers = {tag: _tiff_numbers(data, order, field) for tag, field in fields.items()}
    for offsets, sizes in ((273, 279), (324, 325)):
        places, lengths = numbers.get(offsets, []), numbers.get(sizes, [])
        if any(place + size > len(data) for place, size in zip(places, lengths, strict=False)):
            raise BrokenPictureError(CUT_OFF)
    if numbers.get(_EXTRA_SAMPLES) == [_STRAIGHT]:
        place = fields[_EXTRA_SAMPLES].place
        return data[:place] + struct.pack(f"{order}H", _PREMULTIPLIED) + data[place + 2 :]
    return data


class _TiffField(NamedTuple):
    """An entry of a directory, and where its value is."""

    tag: int
    kind: int
    number: int
    value: bytes
    place: int


def _tiff_fields(data: bytes, order: str) -> Iterator[_TiffField]:
    """The entries of the first directory."""
    if data[2:4] in (b"+\0", b"\0+"):
        head, entry, place = "Q", "HHQ8s", struct.unpack_from(f"{order}Q", data, 8)[0]
    else:
        head, entry, place = "H", "HHI4s", struct.unpack_from(f"{order}I", data, 4)[0]
    (count,) = struct.unpack_from(order + head, data, place)
    place += struct.calcsize(order + head)
    size = struct.calcsize(order + entry)
    for start in range(place, place + count * size, size):
        tag, kind, many, value = struct.unpack_from(order + entry, data, start)
        yield _TiffField(tag, kind, many, value, start + size - len(value))


def _tiff_numbers(data: bytes, order: str, field: _TiffField) -> list[int]:
    """The whole numbers of an entry; none for other values."""
    _, kind, count, value, _ = field
    letter = {3: "H", 4: "I", 16: "Q"}.get(kind)
    if letter is None:
        return []
    if struct.calcsize(f"={letter}") * count <= len(value):
        return list(struct.unpack_from(f"{order}{count}{letter}", value))
    (place,) = struct.unpack(order + {4: "I", 8: "Q"}[len(value)], value)
    if place + struct.calcsize(f"={letter}") * count > len(data):
        raise BrokenPictureError(CUT_OFF)
    return list(struct.unpack_from(f"{order}{count}{letter}", data, place))


class _ExrPart(NamedTuple):
    """What of an EXR part's header tells where its pixels are."""

    chunks: int  # in the table of offsets
    needed: int  # the first ones that a picture has; tiles of smaller levels may be left out
    is_deep: bool
    is_tiled: bool


def check_exr(data: bytes | mmap) -> None:
    """Look whether all pixels of an OpenEXR file are in it.

    Raises:
        BrokenPictureError: empty, no OpenEXR file, cut off, or not written to its end.
    """
    if not data:
        raise BrokenPictureError("is empty")
    if data[:4] != b"\x76\x2f\x31\x01":
        raise BrokenPictureError(DAMAGED)
    try:
        parts, place, extra = _exr_parts(data)
        for part in parts:
            place = _check_exr_chunks(data, part, place, extra)
    except (struct.error, IndexError):
        raise BrokenPictureError("is cut off or damaged") from None


def _exr_parts(data: bytes | mmap) -> tuple[list[_ExrPart], int, int]:
    """The parts, where their tables of chunks begin, and the bytes before a chunk's own head."""
    (version,) = struct.unpack_from("<I", data, 4)
    many, place = bool(version & _EXR_MULTIPART), 8
    parts: list[_ExrPart] = []
    while not parts or (many and data[place]):
        attributes, place = _exr_attributes(data, place)
        parts.append(_exr_part(attributes, version))
    return parts, place + many, 4 * many


def _exr_attributes(data: bytes | mmap, place: int) -> tuple[dict[bytes, bytes], int]:
    """Attributes of one header by name, and where it ends."""
    found: dict[bytes, bytes] = {}
    while data[place]:
        texts = data[place : place + 600].split(b"\0", 2)
        if len(texts) < 3:
            raise IndexError
        place += len(texts[0]) + len(texts[1]) + 2
        (size,) = struct.unpack_from("<I", data, place)
        found[texts[0]] = data[place + 4 : place + 4 + size]
        place += 4 + size
    return found, place + 1


def _exr_part(attributes: dict[bytes, bytes], version: int) -> _ExrPart:
    columns, rows = 0, 0
    for name in (b"displayWindow", b"dataWindow"):
        left, top, right, bottom = struct.unpack("<4i", attributes.get(name, b""))
        columns, rows = right - left + 1, bottom - top + 1
        _check_size(columns, rows)
    kind = attributes.get(b"type", b"")
    tiled = b"tile" in kind or (not kind and bool(version & _EXR_TILED))
    deep = b"deep" in kind or bool(version & _EXR_DEEP)
    if tiled:
        width, height, _ = struct.unpack("<IIB", attributes.get(b"tiles", b""))
        needed = -(-columns // max(width, 1)) * -(-rows // max(height, 1))
    else:
        compression = attributes.get(b"compression", b"\xff")[0]
        # Of a compression that came later, the table alone is looked at.
        lines = _EXR_ROWS[compression] if compression < len(_EXR_ROWS) else rows
        needed = -(-rows // lines)
    (chunks,) = struct.unpack("<i", attributes.get(b"chunkCount", struct.pack("<i", needed)))
    return _ExrPart(chunks, needed, deep, tiled)


def _check_exr_chunks(data: bytes | mmap, part: _ExrPart, place: int, extra: int) -> int:
    """Look whether the chunks of a part are there; where its table ends."""
    end = place + 8 * part.chunks
    if not 0 < part.needed <= part.chunks or end > len(data):
        raise BrokenPictureError(CUT_OFF)
    offsets: npt.NDArray[np.uint64] = np.frombuffer(data[place:end], "<u8")[: part.needed]
    if not offsets.all():
        raise BrokenPictureError(UNFINISHED)
    head, form = extra + (16 if part.is_tiled else 4), "<QQ" if part.is_deep else "<I"
    for offset in offsets.tolist():
        sizes = struct.unpack_from(form, data, offset + head)
        if not sum(sizes):  # as where a block of the file was never copied
            raise BrokenPictureError(DAMAGED)
        if offset + head + sum(sizes) > len(data):
            raise BrokenPictureError(CUT_OFF)
    return end


def _check_size(width: int, height: int) -> None:
    if min(width, height) < 1:
        raise BrokenPictureError(DAMAGED)
    if width * height > _MOST_PIXELS:
        raise BrokenPictureError(_TOO_LARGE.format(width, height))
