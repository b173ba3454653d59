"""OpenEXR pictures: half and float, data window pasted into the display window."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from mmap import ACCESS_READ, mmap
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from roto.decoding import BrokenPictureError, check_exr
from roto.errors import DecodeError
from roto.media.refusing import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Plane = npt.NDArray[np.float32]

# What the channels of a layer are called: the EXR habit, and Nuke's.
_LETTERS = {
    "r": "R", "red": "R", "g": "G", "green": "G", "b": "B", "blue": "B",
    "a": "A", "alpha": "A", "y": "Y",
}  # fmt: skip
_FASTEST = 1000  # frames per second that a header can mean


@dataclass(frozen=True, slots=True)
class Exr:
    """The picture of an EXR file and what its header says about it.

    Attributes:
        pixels: (H, W), (H, W, 3) or (H, W, 4) float32 in scene-linear light, of the size of the
            display window.
        depth: "half", "float" or "uint".
        pixel_aspect: Width of a pixel over its height.
        timecode: See ``roto.media.Clip``.
        data_window: See ``roto.media.Clip``.
        frame_rate: Frames per second; None where the header does not say.
    """

    pixels: Plane
    depth: str
    pixel_aspect: Fraction
    timecode: str = ""
    data_window: tuple[int, int, int, int] | None = None
    frame_rate: Fraction | None = None


def read_exr(path: Path) -> Exr:
    """Read the colour channels of an EXR file: R, G, B and A where present, else Y.

    Files whose only picture is in a named layer (``beauty.R``) give that layer.

    Raises:
        DecodeError: damaged, deep, or without colour channels.
    """
    _check_whole(path)
    import OpenEXR

    try:
        with OpenEXR.File(str(path), separate_channels=True) as file:
            for part in file.parts:
                names = _colour_channels(part.channels)
                if names:
                    return _assemble(part, names)
            found = sorted(name for part in file.parts for name in part.channels)
    except (RuntimeError, ValueError, TypeError, OSError, MemoryError) as error:
        raise DecodeError(f"{path} is damaged ({error}); copy or render it again.") from error
    if not found:
        raise DecodeError(f"{path} is damaged; copy or render it again.")
    raise DecodeError(
        f"{path} has no colour channels R, G, B or Y, only {', '.join(found)}; "
        "render the picture into the main layer."
    )


def _check_whole(path: Path) -> None:
    """Refuse what is not all there: OpenEXR would write about it to stderr, and go on."""
    try:
        with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            start = data[:16]
            check_exr(data)
    except BrokenPictureError as error:
        raise refusal(path, start, str(error)) from error
    except ValueError:  # nothing to map
        raise DecodeError(f"{path} is empty; copy or render it again.") from None
    except OSError as error:
        raise DecodeError(f"{path} cannot be read ({error.strerror}).") from error


def _colour_channels(channels: Mapping[str, Any]) -> list[str]:
    """Names of the channels to read, in the order of the picture's last axis."""
    layers: dict[str, dict[str, str]] = {"": {}}
    for name in sorted(channels):
        layer, _, component = name.rpartition(".")
        letter = _LETTERS.get(component.lower())
        if letter is not None:
            layers.setdefault(layer, {}).setdefault(letter, name)
    pictures = {layer: found for layer, found in layers.items() if found.keys() >= set("RGB")}
    # The main layer first; a named one only where it is the only picture.
    only = next(iter(pictures.values())) if len(pictures) == 1 else {}
    if chosen := pictures.get("", only):
        return [chosen[letter] for letter in "RGBA" if letter in chosen]
    return [layers[""]["Y"]] if "Y" in layers[""] else []


def _assemble(part: Any, names: list[str]) -> Exr:
    planes = [part.channels[name].pixels for name in names]
    header = part.header
    windows = np.array([header["dataWindow"], header["displayWindow"]], dtype=np.int64)
    pixels = np.stack([_in_display_window(plane, windows) for plane in planes], axis=-1)
    depth = {"float16": "half", "float32": "float"}.get(str(planes[0].dtype), "uint")
    aspect = Fraction(float(header.get("pixelAspectRatio", 1.0))).limit_denominator(10_000)
    return Exr(
        pixels[..., 0] if len(names) == 1 else pixels,
        depth,
        aspect or Fraction(1),
        _timecode(header),
        _window(windows),
        _rate(header),
    )


def _window(windows: npt.NDArray[np.int64]) -> tuple[int, int, int, int] | None:
    """The data window as seen from the displayed picture; None where they are the same."""
    (data_first, data_last), (first, _) = windows
    if np.array_equal(windows[0], windows[1]):
        return None
    left, top = (data_first - first).tolist()
    right, bottom = (data_last - first + 1).tolist()
    return left, top, right, bottom


def _rate(header: Mapping[str, Any]) -> Fraction | None:
    """``framesPerSecond``, a standard attribute, where it can be one."""
    rate = header.get("framesPerSecond")
    return rate if isinstance(rate, Fraction) and 0 < rate <= _FASTEST else None


def _timecode(header: Mapping[str, Any]) -> str:
    """``timeCode`` as text; above 30 frames per second its field phase is half a number."""
    code: Any = header.get("timeCode")
    if not hasattr(code, "fieldPhase"):  # none, or something else of that name
        return ""
    rate, frame = _rate(header), code.frame
    if rate is not None and round(rate) > 30:
        frame = 2 * frame + int(code.fieldPhase)
    sign = ";" if code.dropFrame else ":"
    return f"{code.hours:02}:{code.minutes:02}:{code.seconds:02}{sign}{frame:02}"


def _in_display_window(plane: npt.NDArray[Any], windows: npt.NDArray[np.int64]) -> Plane:
    """The part of a channel that is displayed, black where the file has no data.

    Args:
        plane: One channel, of the size of the data window.
        windows: (2, 2, 2): data and display window, each as its first and last pixel (x, y).
    """
    (data_first, _), (first, last) = windows
    width, height = last - first + 1
    full = np.zeros((height, width), np.float32)
    x, y = data_first - first
    rows, columns = plane.shape
    top, left = max(y, 0), max(x, 0)
    bottom, right = min(y + rows, height), min(x + columns, width)
    if top < bottom and left < right:
        full[top:bottom, left:right] = plane[top - y : bottom - y, left - x : right - x]
    return full
