"""What is in the pixels: alpha alone, a cut-out, or the plate over a colour.

The plate is laid over a colour in its own light: code values over code values for a plate that
is as a display shows it, as editing programs do, and linear light over linear light. A cut-out
is premultiplied in the light of the file it goes to.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from roto.export.contract import Job, Picture
    from roto.masks.key_mask import Matte
    from roto.media.source import ColourSpace, Image

Floats = npt.NDArray[np.float32]

_STRIP = 1 << 18  # values


def picture_of(job: Job, picture: Picture, object_id: int, light: ColourSpace) -> Floats:
    """What a file shows of one object.

    Args:
        job: Says what is wanted.
        picture: The frame.
        object_id: Of an object whose matte is known.
        light: Of the file: ``display`` values are sRGB code values in 0..1.

    Returns:
        float32, (H, W) alpha for a matte, (H, W, 4) RGB and alpha for a cut-out, (H, W, 3) for
        the plate over a colour.
    """
    matte = picture.mattes[object_id]
    if job.look.content == "matte":
        return matte
    plate = picture.plate()
    space = space_of(plate, job.subject.colour_space)
    if job.look.content == "over":
        return to_light(_over(plate, matte, job.look.colour), space, light)
    shown = np.empty((*matte.shape, 4), np.float32)
    for rows in strips(shown.shape):
        colour = to_light(plate[rows], space, light)
        alpha = matte[rows][..., None]
        shown[rows, :, :3] = _times(colour, alpha) if job.look.premultiplied else colour
        shown[rows, :, 3:] = alpha
    return shown


def strips(shape: Sequence[int]) -> Iterator[slice]:
    """The rows of a picture in strips that stay in a processor's cache while they are worked on.

    Fresh memory for a whole picture of 1080p takes longer to get than to compute with.

    >>> list(strips((3, 100_000)))
    [slice(0, 2, None), slice(2, 3, None)]
    """
    rows = max(1, _STRIP // max(1, prod(shape[1:])))
    for top in range(0, shape[0], rows):
        yield slice(top, min(top + rows, shape[0]))


def space_of(plate: Image, space: ColourSpace) -> ColourSpace:
    """What a plate's values mean: 8 bits are always as a display shows them."""
    return "display" if plate.dtype == np.uint8 else space


def to_light(image: Image, space: ColourSpace, light: ColourSpace) -> Floats:
    """An image with other meaning of its values; from display to linear by the sRGB curve.

    Args:
        image: (H, W, 3) uint8, or float32.
        space: What its values mean.
        light: What those of the result mean. ``display`` ones are clipped to 0..1.

    Returns:
        (H, W, 3) float32.
    """
    if image.dtype == np.uint8:
        codes: Floats = _codes(light).take(cast("npt.NDArray[np.uint8]", image))
        return codes
    values = image.astype(np.float32, copy=False)
    if space == light:
        return np.clip(np.nan_to_num(values), 0, 1) if light == "display" else values
    return _linear(values) if light == "linear" else _display(values)


def _over(plate: Image, matte: Matte, colour: tuple[float, float, float]) -> Floats:
    """The plate over a colour, both in the plate's own light."""
    alpha = matte[..., None]
    behind = np.array(colour, np.float32)
    values = _codes("display")[plate] if plate.dtype == np.uint8 else plate.astype(np.float32)
    mixed: Floats = behind + _times(values - behind, alpha)
    return mixed


def _times(colour: Floats, alpha: Floats) -> Floats:
    """Colour times alpha; nothing where alpha is 0, also of NaN and infinite light."""
    with np.errstate(invalid="ignore"):
        product: Floats = colour * alpha
    if np.isnan(product).any():
        np.copyto(product, np.float32(0), where=alpha == 0)
    return product


@lru_cache(maxsize=2)
def _codes(light: ColourSpace) -> Floats:
    """The 256 code values of 8 bits as floats."""
    values = np.arange(256, dtype=np.float32) / np.float32(255)
    return _linear(values) if light == "linear" else values


def _linear(values: Floats) -> Floats:
    """The sRGB curve undone (IEC 61966-2-1); what is darker than black stays so."""
    size = np.abs(values)
    curve = np.power((size + 0.055) / 1.055, 2.4)
    linear = np.where(size <= 0.04045, size / 12.92, curve)
    signed: Floats = np.copysign(linear, values).astype(np.float32)
    return signed


def _display(values: Floats) -> Floats:
    """The sRGB curve; NaN becomes black, as on screen."""
    clipped = np.clip(np.nan_to_num(values, nan=0.0, posinf=1.0, neginf=0.0), 0, 1)
    curve = 1.055 * np.power(clipped, 1 / 2.4) - 0.055
    shown: Floats = np.where(clipped <= 0.0031308, 12.92 * clipped, curve).astype(np.float32)
    return shown
