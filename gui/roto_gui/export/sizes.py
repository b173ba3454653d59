"""How much room an export will take, roughly: measured on a person-sized outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roto.package import EXTRAS
from roto_gui.export.offers import OFFERS, PACKAGE, PROJECT
from roto_gui.language import number

if TYPE_CHECKING:
    from roto_gui.export.choices import Choices
    from roto_gui.state import ExportRequest, Snapshot

_MATTE = {
    "png": {8: 0.22, 16: 0.6},
    "tiff": {8: 0.25, 16: 0.83, 32: 1.2},
    "exr": {16: 0.51, 32: 1.57},
    "exr-layers": {16: 0.51, 32: 1.57},
    "exr-parts": {16: 0.51, 32: 1.57},
    "cryptomatte": {32: 1.7},
    "labels": {0: 0.05},
    "prores-4444": {10: 0.7},
    "qt-animation": {8: 0.6},
    "png-mov": {8: 0.35, 16: 0.75},
    "ffv1": {8: 0.2, 16: 0.6},
    "vp9": {8: 0.06},
    "fill-key": {10: 0.35},
}
"""Bits per pixel and object of a matte alone, by format and depth: twice what an outline as
wiggly as a person's takes at 1080p. Hair takes more."""

_PLATE = {
    "png": {8: 16.0, 16: 25.0},
    "tiff": {8: 15.0, 16: 20.0, 32: 33.0},
    "exr": {16: 22.0, 32: 44.0},
    "exr-layers": {16: 22.0, 32: 44.0},
    "exr-parts": {16: 22.0, 32: 44.0},
    "prores-4444": {10: 12.0},
    "qt-animation": {8: 31.0},
    "png-mov": {8: 15.0, 16: 19.0},
    "ffv1": {8: 8.0, 16: 16.0},
    "vp9": {8: 1.5},
    "fill-key": {10: 7.0},
}
"""The same where the plate is shown, all of it: a straight cut-out."""

_SHOWN = 0.3  # of the plate, where what is outside of the object is one colour
_UNKNOWN = 16.0  # bits per pixel of a format that was never measured
_HEADER = 500  # bytes per file


def estimate(choices: Choices, snapshot: Snapshot, request: ExportRequest, files: int) -> int:
    """Bytes that an export will take, roughly.

    Args:
        choices: What is written.
        snapshot: The clip.
        request: Of the same choices: its objects and frames count.
        files: How many files it comes to.
    """
    pixels = snapshot.clip.width * snapshot.clip.height
    frames = sum(map(request.covers, snapshot.frames))
    bits = _bits(choices) * pixels * frames * len(request.objects)
    return round(bits / 8 + files * _HEADER)


def _bits(choices: Choices) -> float:
    """Per pixel and object."""
    if choices.format in (PACKAGE, PROJECT):
        return sum(_of_package(EXTRAS.get(name, name)) for name in ("exr", *choices.besides))
    name, depth = choices.format, choices.depth
    if choices.content_now == "matte":
        return _MATTE.get(name, {}).get(depth, _UNKNOWN)
    whole = choices.content_now == "cutout" and not choices.premultiplied
    return _PLATE.get(name, {}).get(depth, _UNKNOWN) * (1 if whole else _SHOWN)


def _of_package(name: str) -> float:
    depth = 16 if name == "png" else OFFERS[name].depths[0]  # as packages have it
    return _MATTE.get(name, {}).get(depth, _UNKNOWN)


def size_words(count: int) -> str:
    """Bytes as people say them: ``340 MB``, ``1.2 GB``.

    >>> size_words(340_000_000)
    '340 MB'
    """
    amount = float(count)
    for unit in ("bytes", "KB", "MB", "GB"):
        if amount < 1000:
            short = amount < 10 and unit != "bytes"
            return f"{number(amount, 1 if short else 0)} {unit}"
        amount /= 1000
    return f"{number(amount, 1)} TB"
