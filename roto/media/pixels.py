"""Pixels as arrays: any numeric picture to RGB, and RGB to what a person sees."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from roto.errors import DecodeError

if TYPE_CHECKING:
    from roto.media.source import ColourSpace, Image


def as_rgb(picture: npt.NDArray[Any], where: str) -> Image:
    """Turn a picture of any common kind into RGB; the result may share memory with it.

    Args:
        picture: (H, W), (H, W, 1), (H, W, 3) or (H, W, 4); the fourth channel, alpha, is dropped.
        where: What the picture is, for the error text.

    Returns:
        (H, W, 3) uint8 for bool and uint8, float32 for all others; uint16 is scaled to 0..1.

    Raises:
        DecodeError: the shape or type is not that of a picture.
    """
    picture = as_depth(picture, where)
    if picture.ndim == 2:
        picture = picture[:, :, None]
    if picture.ndim != 3 or picture.shape[2] not in (1, 3, 4) or 0 in picture.shape:
        shape = " x ".join(map(str, picture.shape))
        raise DecodeError(f"{where} has the shape {shape}, which is not height x width x RGB.")
    if picture.shape[2] == 1:
        return cast("Image", np.repeat(picture, 3, axis=2))
    return cast("Image", np.ascontiguousarray(picture[:, :, :3]))


def as_depth(picture: npt.NDArray[Any], where: str) -> Image:
    """Turn the numbers of a picture into uint8 (0..255) or float32; the shape stays.

    Raises:
        DecodeError: numbers that have no usual meaning as pixels, such as int64.
    """
    if picture.dtype == np.bool_:
        return cast("Image", np.where(picture, np.uint8(255), np.uint8(0)))
    if picture.dtype == np.uint8:
        return cast("npt.NDArray[np.uint8]", picture)
    if picture.dtype == np.uint16:
        return scaled(picture, 65535)
    if picture.dtype.kind == "f":
        with np.errstate(over="ignore"):  # float64 beyond float32 becomes infinite, as in EXR
            return cast("Image", picture.astype(np.float32, copy=False))
    raise DecodeError(
        f"{where} has pixels of type {picture.dtype}; give uint8, uint16 or float32 pixels."
    )


def scaled(picture: npt.NDArray[np.uint16], white: int) -> npt.NDArray[np.float32]:
    """Integer code values to float32 0..1, with ``white`` (1023 for 10 bit) as 1."""
    values = picture.astype(np.float32)
    values /= white
    return values


def to_display(image: Image, colour_space: ColourSpace = "display") -> npt.NDArray[np.uint8]:
    """The picture that a person, or a network trained on photographs, sees.

    Linear light gets the sRGB transfer function; values outside 0..1 are clipped. A uint8 image
    is display-referred by definition and comes back as it is.

    Bad pixels of a render stay harmless, because nothing that is not finite leaves here: infinite
    light is white, or black below zero, as any other light that is too bright or too dark. A
    pixel with NaN in any channel has no colour at all, and takes that of the nearest pixel that
    has one; a picture of nothing else is black. What is resized or encoded later therefore sees a
    plate without holes. The plate itself, and what is exported of it, keeps its pixels.

    Args:
        image: (H, W, 3) uint8 or float32.
        colour_space: What the float values mean.

    Returns:
        (H, W, 3) uint8 sRGB.
    """
    if image.dtype == np.uint8:
        return cast("npt.NDArray[np.uint8]", image)
    if np.isnan(image).any():
        image = _without_nan(image)
    with np.errstate(over="ignore"):  # beyond the range of half float: infinite, so white
        half = image.astype(np.float16)
    codes: npt.NDArray[np.uint8] = _half_to_display(colour_space)[half.view(np.uint16)]
    return codes


def count_not_finite(image: Image) -> int:
    """How many pixels of a picture (H, W, 3) are NaN or infinite in any channel."""
    if image.dtype == np.uint8:
        return 0
    return int(np.count_nonzero(~np.isfinite(image).all(axis=2)))


def _without_nan(image: Image) -> Image:
    """The picture with each NaN pixel in the colour of the nearest that has one; a copy."""
    import cv2

    holes = np.asarray(np.isnan(image).any(axis=2))
    if holes.all():
        return np.zeros(image.shape, np.float32)
    _, nearest = cv2.distanceTransformWithLabels(
        holes.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(~holes)
    place = np.zeros(len(rows) + 1, np.intp)
    place[nearest[rows, columns]] = np.arange(len(rows))
    chosen = place[nearest[holes]]
    filled: Image = image.copy()
    filled[holes] = image[rows[chosen], columns[chosen]]
    return filled


@lru_cache(maxsize=2)
def _half_to_display(colour_space: ColourSpace) -> npt.NDArray[np.uint8]:
    """8-bit codes of all 65,536 half floats.

    A table is many times faster than a power per pixel, and the 11 bits of a half float are finer
    than the 8 bits that come out: the result is within one code of the exact formula.
    """
    values = np.arange(65536, dtype=np.uint16).view(np.float16).astype(np.float32)
    values = np.clip(np.nan_to_num(values, nan=0.0), 0.0, 1.0)
    if colour_space == "linear":
        curve = 1.055 * np.power(values, 1 / 2.4) - 0.055
        values = np.where(values <= 0.0031308, 12.92 * values, curve)
    table: npt.NDArray[np.uint8] = np.rint(values * 255).astype(np.uint8)
    table.flags.writeable = False
    return table
