"""Mattes in OpenEXR files: named layers, multi-part files, cropped data windows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from roto.decoding import BrokenPictureError, check_exr
from roto.errors import MaskError
from roto.masks.files import read_bytes, refusal

if TYPE_CHECKING:
    from pathlib import Path

Pixels: TypeAlias = npt.NDArray[Any]

# What the channels of a layer are called: the EXR habit, and Nuke's.
_COMPONENTS = {
    "a": "A", "alpha": "A", "y": "Y", "r": "R", "red": "R",
    "g": "G", "green": "G", "b": "B", "blue": "B",
}  # fmt: skip
_DATA = frozenset({
    "zback", "depth", "deep", "motion", "velocity", "forward", "backward", "normal", "normals",
    "position", "pref", "uv", "uvs", "ids", "objectid", "materialid", "motionvector",
})  # fmt: skip
_MAIN_LAYERS = ("", "rgba", "rgb")


def read_exr_layers(path: Path) -> dict[str, Pixels]:
    """Read the layers of an EXR that may be mattes.

    Returns:
        Pixels by layer name, in the file's order: (H, W), (H, W, 3) RGB or (H, W, 4) RGBA of
        the display window. The unnamed layer is called "" and is left out where named ones
        exist; depth, motion and other data that are no colours are left out too.

    Raises:
        MaskNotFoundError: there is no such file.
        MaskError: it cannot be read, is a Cryptomatte, or has no channel that can be a mask.
    """
    data = read_bytes(path)
    try:
        check_exr(data)  # OpenEXR would write about what is missing to stderr, and go on
    except BrokenPictureError as error:
        raise refusal(path, data, str(error)) from error
    import OpenEXR

    layers: dict[str, dict[str, Pixels]] = {}
    others: dict[str, Pixels] = {}
    try:
        with OpenEXR.File(str(path), separate_channels=True) as exr:
            for part in exr.parts:
                _collect(part, len(exr.parts) > 1, layers, others, path)
    except MaskError:
        raise
    except (RuntimeError, ValueError, TypeError) as error:
        raise refusal(path, data, "is damaged") from error
    named = {name: parts for name, parts in layers.items() if name}
    pictures = {name: _picture(parts) for name, parts in (named or layers).items()}
    if not layers:  # channels that are named after objects themselves: "hero", "mattes.hero"
        mattes = {name.rpartition(".")[2]: name for name in others if not _is_data(name)}
        pictures = {name: others[channel] for name, channel in mattes.items()}
    if not pictures:
        if not others:  # OpenEXR leaves out what it cannot decode
            raise refusal(path, data, "is damaged")
        raise MaskError(
            f"Mask {path} has no channel A, Y or RGB that could be a mask, only "
            f"{', '.join(sorted(others))}; "
            "save the matte as A, or in a layer named after its object, as hero.A."
        )
    return pictures


def _collect(
    part: Any,
    many_parts: bool,
    layers: dict[str, dict[str, Pixels]],
    others: dict[str, Pixels],
    path: Path,
) -> None:
    """Sort the channels of a part: into layers, or beside them what no layer has."""
    header = part.header
    if any(key.startswith("cryptomatte/") for key in header):
        raise MaskError(
            f"Mask {path} is a Cryptomatte, which holds ids and not mattes; "
            "extract the mattes in your compositor first."
        )
    fallback = str(header.get("name", "")) if many_parts else ""
    for channel in part.channels.values():
        layer, _, component = channel.name.rpartition(".")
        known = _COMPONENTS.get(component.lower())
        if known is None:
            others[channel.name] = _in_display_window(channel.pixels, header)
            continue
        name = layer or fallback
        name = "" if name.lower() in _MAIN_LAYERS else name
        layers.setdefault(name, {})[known] = _in_display_window(channel.pixels, header)


def _is_data(channel: str) -> bool:
    """Whether a channel holds depth, motion, positions or ids, by its name."""
    parts = channel.lower().split(".")
    return len(parts[-1]) < 3 or not _DATA.isdisjoint(parts)


def _in_display_window(pixels: Pixels, header: dict[str, Any]) -> Pixels:
    """Place the stored pixels, often cropped to what is not black, in the whole frame."""
    (left, top), (right, bottom) = header["displayWindow"]
    (x, y), _ = header["dataWindow"]
    height, width = pixels.shape
    x, y = int(x - left), int(y - top)
    whole = np.zeros((int(bottom - top) + 1, int(right - left) + 1), pixels.dtype)
    if whole.shape == pixels.shape and x == 0 and y == 0:
        return pixels
    rows = slice(max(y, 0), max(min(y + height, whole.shape[0]), 0))
    columns = slice(max(x, 0), max(min(x + width, whole.shape[1]), 0))
    whole[rows, columns] = pixels[
        rows.start - y : max(rows.stop - y, 0), columns.start - x : max(columns.stop - x, 0)
    ]
    return whole


def _picture(parts: dict[str, Pixels]) -> Pixels:
    """The channels of one layer as one array; a lone channel stays (H, W)."""
    if {"R", "G", "B"} <= parts.keys():
        return np.stack([parts[c] for c in "RGBA" if c in parts], axis=2)
    return next(parts[c] for c in "AYRGB" if c in parts)
