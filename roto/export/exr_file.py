"""EXR files, written whole: channels with a header, cut to a data window."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from roto.errors import ExportError
from roto.export.atomic import write_bytes_atomic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from roto.export.contract import Box

_HALF_MAX = np.float32(65504)


@dataclass(frozen=True, slots=True, eq=False)
class ExrPart:
    """One part of a file; most files have one.

    Attributes:
        channels: (H, W) float16 or float32 by name, all of the picture's size.
        header: Attributes besides the windows.
        name: Of the part; "" in a file of one part.
        window: Where pixels are stored; may reach beyond the picture, where they are 0.
    """

    channels: Mapping[str, npt.NDArray[Any]]
    header: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    window: Box | None = None


def write_exr(path: Path, parts: Sequence[ExrPart]) -> None:
    """Write a file, wholly or not at all.

    Raises:
        ExportError: nothing can be written there.
    """
    import OpenEXR

    made = [OpenEXR.Part(_header(part), _cut(part), *_name(part)) for part in parts]
    # Through memory: the library says nothing where only the last bytes do not fit on the disk.
    buffer = io.BytesIO()
    try:
        OpenEXR.File(made).write(buffer)
    except RuntimeError as error:
        raise ExportError(f"Cannot write {path}: the EXR library refuses ({error}).") from error
    write_bytes_atomic(path, buffer.getvalue())


def exr_notes(path: Path) -> dict[str, str]:
    """The text attributes of an EXR's first part; nothing for what is no EXR."""
    import OpenEXR

    try:
        with OpenEXR.File(str(path), header_only=True) as file:
            return {n: text for n, text in file.header().items() if isinstance(text, str)}
    except (RuntimeError, ValueError, TypeError, OSError):
        return {}


def as_depth(values: npt.NDArray[np.float32], depth: int) -> npt.NDArray[Any]:
    """Values as 16-bit half or 32-bit float; what half cannot hold becomes its largest."""
    if depth == 32:
        return np.ascontiguousarray(values, np.float32)
    return np.ascontiguousarray(np.clip(values, -_HALF_MAX, _HALF_MAX), np.float16)


def window_for(
    window: Box | None, size: tuple[int, int], planes: Sequence[npt.NDArray[Any]]
) -> Box | None:
    """The plate's data window, where it loses nothing of the planes; else the whole picture too.

    Args:
        window: Of the plate; None for the whole picture.
        size: (H, W) of the picture.
        planes: (H, W) each; what is not 0 in them must be kept.
    """
    if window is None:
        return None
    left, top, right, bottom = window
    height, width = size
    inside = (slice(max(top, 0), max(bottom, 0)), slice(max(left, 0), max(right, 0)))
    if all(np.count_nonzero(plane) == np.count_nonzero(plane[inside]) for plane in planes):
        return window
    return min(left, 0), min(top, 0), max(right, width), max(bottom, height)


def _name(part: ExrPart) -> tuple[str, ...]:
    return (part.name,) if part.name else ()


def _header(part: ExrPart) -> dict[str, Any]:
    import OpenEXR

    height, width = next(iter(part.channels.values())).shape
    left, top, right, bottom = part.window or (0, 0, width, height)
    return {
        "compression": OpenEXR.ZIP_COMPRESSION,
        "type": OpenEXR.scanlineimage,
        **part.header,
        "displayWindow": (_corner(0, 0), _corner(width - 1, height - 1)),
        "dataWindow": (_corner(left, top), _corner(right - 1, bottom - 1)),
    }


def _corner(x: int, y: int) -> npt.NDArray[np.int32]:
    return np.array([x, y], np.int32)


def _cut(part: ExrPart) -> dict[str, npt.NDArray[Any]]:
    """The channels as the data window has them."""
    if part.window is None:
        return dict(part.channels)
    return {name: _placed(plane, part.window) for name, plane in part.channels.items()}


def _placed(plane: npt.NDArray[Any], window: Box) -> npt.NDArray[Any]:
    left, top, right, bottom = window
    height, width = plane.shape
    placed = np.zeros((bottom - top, right - left), plane.dtype)
    x0, x1, y0, y1 = max(left, 0), min(right, width), max(top, 0), min(bottom, height)
    if x0 < x1 and y0 < y1:
        placed[y0 - top : y1 - top, x0 - left : x1 - left] = plane[y0:y1, x0:x1]
    return placed
