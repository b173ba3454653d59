"""Pixel aspect in Matroska and WebM, which PyAV cannot write there.

The track is given a name that only keeps room. When the file is whole, the elements of the track
are written anew without it and with a display size, in the same number of bytes, so that nothing
else in the file moves. The file must be without checksums of its elements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from roto.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction
    from pathlib import Path

PLACEHOLDER = "room for the display size" * 2
"""Name of the track, which becomes the display size."""

_SEGMENT, _TRACKS, _ENTRY = b"\x18\x53\x80\x67", b"\x16\x54\xae\x6b", b"\xae"
_NAME, _VIDEO, _VOID = b"\x53\x6e", b"\xe0", b"\xec"
_DISPLAY_WIDTH, _DISPLAY_HEIGHT, _UNIT = b"\x54\xb0", b"\x54\xba", b"\x54\xb2"
_HEAD = 1 << 20  # bytes in which the tracks are; tags come after them


def set_pixel_aspect(path: Path, size: tuple[int, int], aspect: Fraction) -> None:
    """Write the display size of the only track, whose name is ``PLACEHOLDER``.

    Args:
        path: A Matroska or WebM file without checksums.
        size: (H, W) in pixels.
        aspect: Width of a pixel over its height.

    Raises:
        ExportError: the file has no room for it.
        OSError: it cannot be read or written.
    """
    with path.open("r+b") as file:
        head = file.read(_HEAD)
        start, end = 0, len(head)
        for wanted in (_SEGMENT, _TRACKS, _ENTRY):
            found = [part[1:] for part in _elements(head, start, end) if part[0] == wanted]
            start, end = found[0] if found else (0, 0)
        entry = _with_display_size(head, start, end, size, aspect)
        if len(entry) != end - start:
            raise ExportError(f"Cannot write {path}: there is no room for the pixel aspect.")
        file.seek(start)
        file.write(entry)


def _with_display_size(
    data: bytes, start: int, end: int, size: tuple[int, int], aspect: Fraction
) -> bytes:
    height, width = size[0], size[1] * aspect
    whole = width.denominator  # both are multiplied by it: the ratio is exact
    display = _element(_DISPLAY_WIDTH, _number(width.numerator))
    display += _element(_DISPLAY_HEIGHT, _number(height * whole))
    entry, has_room = b"", False
    for name, first, last in _elements(data, start, end):
        if name == _NAME and data[first:last] == PLACEHOLDER.encode():
            has_room = True
        elif name == _VIDEO:
            entry += _element(name, _without_display_size(data, first, last) + display)
        else:
            entry += _element(name, data[first:last])
    room = end - start - len(entry) - len(_VOID) - 1
    if not has_room or not 0 <= room < 127:
        return b""
    return entry + _VOID + bytes([0x80 | room]) + bytes(room)


def _without_display_size(data: bytes, start: int, end: int) -> bytes:
    old = (_DISPLAY_WIDTH, _DISPLAY_HEIGHT, _UNIT)  # FFmpeg writes that the unit is not known
    kept = [part for part in _elements(data, start, end) if part[0] not in old]
    return b"".join(_element(name, data[first:last]) for name, first, last in kept)


def _elements(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name of each element between two places, and where its body begins and ends."""
    while start + 1 < end and data[start]:
        length = 9 - data[start].bit_length()
        name, start = data[start : start + length], start + length
        length = 9 - data[start].bit_length()
        value = int.from_bytes(data[start : start + length], "big") & ((1 << 7 * length) - 1)
        start += length
        body = min(start + value, end)  # a segment may be longer than what was read
        yield name, start, body
        start = body


def _element(name: bytes, body: bytes) -> bytes:
    """An element whose size takes one byte where it can, else two."""
    if len(body) < 127:
        return name + bytes([0x80 | len(body)]) + body
    return name + (0x4000 | len(body)).to_bytes(2, "big") + body


def _number(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")
