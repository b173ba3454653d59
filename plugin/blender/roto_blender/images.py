# SPDX-License-Identifier: GPL-3.0-or-later
"""Painted images as mask files. What is painted is the mask: no colour space is applied."""

from __future__ import annotations

import os
import struct
import sys
import zlib
from array import array
from typing import TYPE_CHECKING, Any

from .plates import PlateError

if TYPE_CHECKING:
    from collections.abc import Sequence

_BYTE = 255
_SPREAD = 1e-4  # less is no alpha that somebody painted


def save_mask(image: Any, size: tuple[int, int], path: str) -> None:
    """Write what was painted as a PNG with alpha, whole or not at all.

    Where the image's alpha varies it is the mask, else the brightest of red, green and blue.

    Args:
        image: An image datablock, painted or loaded.
        size: Width and height of the plate in pixels.
        path: Of the file; its folder is made.

    Raises:
        PlateError: it is no single picture, or has another size.
        OSError: nothing can be written there.
    """
    if image.source not in ("FILE", "GENERATED"):
        raise PlateError(f"{image.name} is no single picture; paint on a new image.")
    width, height = image.size
    if (width, height) != size:
        raise PlateError(
            f"{image.name} has {width}x{height} pixels and the plate {size[0]}x{size[1]}; "
            "paint on an image of the plate's size."
        )
    levels = 65535 if image.is_float else _BYTE
    values = _levels(_mask(image), levels)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    draft = path + ".part"
    with open(draft, "wb") as file:
        file.write(_png(values, width, height, wide=image.is_float))
    os.replace(draft, path)


def _mask(image: Any) -> array[float]:
    pixels = array("f", bytes(4 * len(image.pixels)))
    image.pixels.foreach_get(pixels)
    channels = image.channels
    if channels == 4:
        alpha = pixels[3::4]
        if max(alpha) - min(alpha) > _SPREAD:
            return alpha
    planes = [pixels[n::channels] for n in range(min(channels, 3))]
    if all(plane == planes[0] for plane in planes[1:]):  # the usual grey, which is quick to tell
        return planes[0]
    return array("f", map(max, *planes))


def _levels(values: array[float], levels: int) -> Sequence[int]:
    if levels == _BYTE:
        try:
            return array("B", map(_of_bytes().__getitem__, values))
        except KeyError:
            pass  # a number that is no byte's: another Blender than those we know
    return [int(min(max(v, 0.0), 1.0) * levels + 0.5) for v in values]


def _of_bytes() -> dict[float, int]:
    """Bytes by the number that Blender gives for each: five times as quick as rounding."""
    single = array("f", [n / _BYTE for n in range(_BYTE + 1)])
    other = array("f", [n * array("f", [1 / _BYTE])[0] for n in range(_BYTE + 1)])
    return {value: n for values in (single, other) for n, value in enumerate(values)}


def _png(values: Sequence[int], width: int, height: int, *, wide: bool) -> bytes:
    """All four channels are the mask: whoever reads colour or alpha reads the same."""
    code = "H" if wide else "B"
    rows = []
    for row in range(height - 1, -1, -1):  # Blender's first row is the lowest
        line = array(code, bytes(4 * width * array(code).itemsize))
        part = array(code, values[row * width : (row + 1) * width])
        if wide and sys.byteorder == "little":
            part.byteswap()  # PNG is big-endian
        for channel in range(4):
            line[channel::4] = part
        rows.append(b"\0" + line.tobytes())
    header = struct.pack(">IIBBBBB", width, height, 16 if wide else 8, 6, 0, 0, 0)
    data = zlib.compress(b"".join(rows), 6)
    parts = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
