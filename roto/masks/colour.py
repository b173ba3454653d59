"""Masks painted in colour: which of them are really gray, an alpha, or a label map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from roto.errors import MaskError
from roto.masks.palette import IGNORE_LABEL, Colour, colour_name, davis_labels

if TYPE_CHECKING:
    from roto.masks.key_mask import LabelMap

Pixels: TypeAlias = npt.NDArray[Any]

MAX_COLOURS = 20  # more distinct colours than that are anti-aliasing, not objects
SHADE_TOLERANCE = 12 / 255  # how far rounding and resampling move a shade off its colour
SHADE_SHARE = 0.99


@dataclass(frozen=True, slots=True, eq=False)
class ColourLabels:
    """A label map found in a coloured picture: (H, W) uint8 and the name of each label."""

    label_map: LabelMap
    names: dict[int, str | None]


def full_scale(pixels: Pixels) -> float:
    """The value that means "fully on" in a picture of this type: 1, 255 or 65535."""
    if pixels.dtype.kind in "fb":
        return 1.0
    return 65535.0 if pixels.dtype == np.uint16 else 255.0


def flatten_colour(pixels: Pixels, where: str, *, want_labels: bool = False) -> Any:
    """Find what an (H, W, 3) RGB or (H, W, 4) RGBA picture says as a mask.

    Args:
        pixels: Numbers of any kind, straight from a file or an array.
        where: Subject of error messages.
        want_labels: The artist said that it is a label map: alpha is then only a backdrop.

    Returns:
        ``ColourLabels``, or an (H, W) array that has yet to be understood: levels of the
        picture's own type, or a float matte.

    Raises:
        MaskError: a picture with more colours than a mask can have.
    """
    colour = pixels[..., :3]
    if not want_labels and _alpha_says_something(pixels):
        return pixels[..., 3] / full_scale(pixels)
    if (colour == colour[..., :1]).all():
        return colour[..., 0]
    levels = _to_8_bit(colour, where)
    codes = _colour_codes(levels)
    colours = np.unique(codes)
    if len(colours) <= MAX_COLOURS:
        return _label_colours(colours, codes)
    if want_labels:
        raise MaskError(
            f"{where} has {len(colours)} colours, too many for a label map; "
            "write it without anti-aliasing and without compression losses."
        )
    return _shades_of_one_colour(levels, len(colours), where)


def strongest_channel(pixels: Pixels) -> Pixels:
    """Levels of one soft mask in an RGB(A) picture, (H, W): its alpha, else its largest channel."""
    return pixels[..., 3] if _alpha_says_something(pixels) else pixels[..., :3].max(axis=2)


def _alpha_says_something(pixels: Pixels) -> bool:
    return pixels.shape[2] == 4 and bool(pixels[..., 3].min() != pixels[..., 3].max())


def _to_8_bit(colour: Pixels, where: str) -> npt.NDArray[np.uint8]:
    lowest, highest = float(colour.min()), float(colour.max())
    full = full_scale(colour)
    if not np.isfinite([lowest, highest]).all():
        raise MaskError(f"{where} holds NaN or infinite values; export it again without them.")
    if lowest < 0 or highest > full:
        raise MaskError(
            f"{where} is a colour picture with values from {lowest:g} to {highest:g} "
            f"instead of 0 to {full:g}."
        )
    return np.rint(colour * (255 / full)).astype(np.uint8)


def _colour_codes(levels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    """One number per pixel that stands for its colour, (H, W): 0xRRGGBB."""
    wide = levels.astype(np.uint32)
    codes: npt.NDArray[np.uint32] = (
        wide[..., 0] << np.uint32(16) | wide[..., 1] << np.uint32(8) | wide[..., 2]
    )
    return codes


def _label_colours(distinct: npt.NDArray[np.uint32], codes: npt.NDArray[np.uint32]) -> ColourLabels:
    """Number the colours: by the DAVIS palette if they all come from it, else in order.

    In order alone would renumber the objects at a frame where one is absent, so those
    labels are named after their colour, which stays.
    """
    known = davis_labels()
    colours: list[Colour] = [(c >> 16, c >> 8 & 255, c & 255) for c in distinct.tolist()]
    names: dict[int, str | None]
    if all(colour in known for colour in colours):
        table = [known[colour] for colour in colours]
        names = dict.fromkeys((label for label in table if label not in (0, IGNORE_LABEL)), None)
    else:
        objects = [colour for colour in colours if colour != (0, 0, 0)]
        table = [0 if c == (0, 0, 0) else objects.index(c) + 1 for c in colours]
        names = {label: colour_name(c) for label, c in enumerate(objects, start=1)}
    return ColourLabels(np.array(table, np.uint8)[np.searchsorted(distinct, codes)], names)


def _shades_of_one_colour(levels: npt.NDArray[np.uint8], count: int, where: str) -> Pixels:
    """Matte of an anti-aliased mask in a single colour on black, (H, W) float32."""
    strength = levels.max(axis=2)
    full = int(strength.max())
    colour = levels[strength == full].mean(axis=0, dtype=np.float64)
    matte: Pixels = strength.astype(np.float32) / full
    painted = strength > 0
    off = np.abs(levels[painted] / 255 - matte[painted][:, None] * (colour / 255)).max(axis=1)
    if np.mean(off <= SHADE_TOLERANCE) < SHADE_SHARE:
        raise MaskError(
            f"{where} has {count} colours: it is a picture, or a label map with anti-aliased "
            "edges; give one mask per object, or a label map with hard edges."
        )
    return matte
