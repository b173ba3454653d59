"""From mattes and plates to the planes of code values that encoders take.

Luma and chroma are computed here, exactly, by BT.709 and in limited range, for FFmpeg's scaler
dithers and is off by some codes. Alpha has the full range in every format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from roto.export.pixels import Floats, picture_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from roto.export.contract import Job, Picture
    from roto.masks.key_mask import Matte

Planes: TypeAlias = "Sequence[npt.NDArray[Any]]"

_RED, _BLUE = 0.2126, 0.0722  # BT.709
_LUMA = np.array([_RED, 1 - _RED - _BLUE, _BLUE])
_BLUE_SPAN, _RED_SPAN = 2 * (1 - _BLUE), 2 * (1 - _RED)
_TO_YUV = np.stack(
    [
        _LUMA,
        (np.array([0, 0, 1]) - _LUMA) / _BLUE_SPAN,
        (np.array([1, 0, 0]) - _LUMA) / _RED_SPAN,
    ]
).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Pixels:
    """One picture before it is packed.

    Attributes:
        colour: (H, W, 3) float32 RGB, or (H, W) where it is grey, in 0..1.
        alpha: (H, W) float32 in 0..1; None where the picture is opaque.
    """

    colour: Floats
    alpha: Matte | None = None


def pixels_of(job: Job, picture: Picture, object_id: int) -> Pixels:
    """What a movie shows of one object.

    A matte alone is grey and alpha at once, so that hosts may read either: some ignore the alpha of
    one codec or the other, and masks of sequencers read the colours.
    """
    values = picture_of(job, picture, object_id, "display")
    if values.ndim == 2:
        return Pixels(values, values)
    alpha = values[:, :, 3] if values.shape[2] == 4 else None
    colour = np.ascontiguousarray(values[:, :, :3])
    return Pixels(np.nan_to_num(colour, copy=False, nan=0.0), alpha)


def packed(pixels: Pixels, layout: str) -> Planes:
    """The planes of a picture, in FFmpeg's order, as unsigned integers of one depth.

    Args:
        pixels: The picture. Without an alpha it is opaque.
        layout: FFmpeg's name of a pixel format; one of ``LAYOUTS``.
    """
    return LAYOUTS[layout](pixels)


def _codes(values: Floats, low: int, span: int, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    codes: npt.NDArray[Any] = np.rint(values * np.float32(span) + np.float32(low)).astype(dtype)
    return codes


def _luma_and_chroma(pixels: Pixels, depth: int, halve: Callable[[Floats], Floats]) -> Planes:
    """Y, U and V in limited range; ``halve`` makes chroma coarser."""
    import cv2

    dtype, unit = (np.uint8, 1) if depth == 8 else (np.uint16, 1 << (depth - 8))
    grey = pixels.colour
    if grey.ndim == 2:
        chroma = np.full(halve(grey).shape, 128 * unit, dtype)
        return [_codes(grey, 16 * unit, 219 * unit, dtype), chroma, chroma]
    planes = cv2.split(cv2.transform(pixels.colour, _TO_YUV))
    luma, blue, red = cast("list[Floats]", list(planes))
    return [
        _codes(luma, 16 * unit, 219 * unit, dtype),
        _codes(halve(blue), 128 * unit, 224 * unit, dtype),
        _codes(halve(red), 128 * unit, 224 * unit, dtype),
    ]


def _whole(plane: Floats) -> Floats:
    return plane


def _half_columns(plane: Floats) -> Floats:
    """Every second column, each mixed with its neighbours: chroma lies on the left luma pixel."""
    padded = np.pad(plane, ((0, 0), (1, 1)), mode="edge")
    left, right = padded[:, :-2:2], padded[:, 2::2]
    return cast("Floats", (left + 2 * plane[:, ::2] + right) / 4)


def _half_both(plane: Floats) -> Floats:
    """The same of pairs of rows, between which chroma lies."""
    columns = np.pad(_half_columns(plane), ((0, len(plane) % 2), (0, 0)), mode="edge")
    return cast("Floats", (columns[::2] + columns[1::2]) / 2)


def _yuv(
    depth: int, halve: Callable[[Floats], Floats], *, alpha: bool
) -> Callable[[Pixels], Planes]:
    def pack(pixels: Pixels) -> Planes:
        planes = list(_luma_and_chroma(pixels, depth, halve))
        if alpha:
            planes.append(_codes(_alpha(pixels), 0, (1 << depth) - 1, planes[0].dtype))
        return planes

    return pack


def _interleaved(order: str, dtype: str) -> Callable[[Pixels], Planes]:
    """One plane of neighbouring components: ``order`` such as "argb"; "0" is not used."""
    white = 255 if np.dtype(dtype).itemsize == 1 else 65535

    def pack(pixels: Pixels) -> Planes:
        height, width = pixels.colour.shape[:2]
        whole = np.zeros((height, width, len(order)), dtype)
        for place, letter in enumerate(order):
            if letter != "0":
                whole[:, :, place] = _codes(_channel(pixels, letter), 0, white, dtype)
        return [whole.reshape(height, -1)]

    return pack


def _planar(order: str) -> Callable[[Pixels], Planes]:
    """A plane of 16 bits per component."""

    def pack(pixels: Pixels) -> Planes:
        return [_codes(_channel(pixels, letter), 0, 65535, "<u2") for letter in order]

    return pack


def _channel(pixels: Pixels, letter: str) -> Floats:
    if letter == "a":
        return _alpha(pixels)
    if pixels.colour.ndim == 2:
        return pixels.colour
    channel: Floats = pixels.colour[:, :, "rgb".index(letter)]
    return channel


def _alpha(pixels: Pixels) -> Floats:
    if pixels.alpha is None:
        return np.ones(pixels.colour.shape[:2], np.float32)
    return pixels.alpha


LAYOUTS: dict[str, Callable[[Pixels], Planes]] = {
    "yuva444p10le": _yuv(10, _whole, alpha=True),
    "yuv444p10le": _yuv(10, _whole, alpha=False),
    "yuv422p10le": _yuv(10, _half_columns, alpha=False),
    "yuva420p": _yuv(8, _half_both, alpha=True),
    "yuv420p": _yuv(8, _half_both, alpha=False),
    "argb": _interleaved("argb", "u1"),
    "rgb24": _interleaved("rgb", "u1"),
    "rgba": _interleaved("rgba", "u1"),
    "bgra": _interleaved("bgra", "u1"),
    "bgr0": _interleaved("bgr0", "u1"),
    "rgba64be": _interleaved("rgba", ">u2"),
    "rgb48be": _interleaved("rgb", ">u2"),
    "gray": _interleaved("r", "u1"),
    "gray16le": _planar("r"),
    "gbrap16le": _planar("gbra"),
    "gbrp16le": _planar("gbr"),
}
"""How planes are made, by FFmpeg's name of the pixel format."""
