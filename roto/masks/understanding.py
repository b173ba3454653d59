"""From raw pixels to objects: the rules of the table in ``roto.masks``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from roto.errors import MaskError
from roto.masks.colour import ColourLabels, flatten_colour, full_scale, strongest_channel
from roto.masks.key_mask import MAX_OBJECTS, LabelMap, MaskLayer, Matte, check_matte
from roto.masks.palette import IGNORE_LABEL

if TYPE_CHECKING:
    from collections.abc import Mapping

Pixels: TypeAlias = npt.NDArray[Any]
Meaning = Literal["guess", "labels", "soft"]
"""What the artist said the numbers mean; "guess" leaves it to the rules."""

LARGEST_LABEL_GUESSED = 31
FULL_SCALES = (255, 65535)
BE_EXPLICIT = (
    "save labels as 1, 2, 3, ..., or one soft mask up to 255 or 65535; in Python, say which it is: "
    "roto.masks.labels(mask), roto.masks.soft(mask)"
)


@dataclass(frozen=True, slots=True, eq=False)
class Understood:
    """Objects found in one picture of the size (H, W)."""

    size: tuple[int, int]
    layers: tuple[MaskLayer, ...]
    notes: tuple[str, ...] = ()


def understand(
    pixels: Pixels,
    where: str,
    meaning: Meaning = "guess",
    names: Mapping[int, str | None] | None = None,
) -> Understood:
    """Find the objects in (H, W), (H, W, 1), (1, H, W), (H, W, 3) or (H, W, 4) pixels.

    Args:
        pixels: bool, integer or float.
        where: Subject of error messages, as in "Mask hero.1001.png".
        meaning: What is known beforehand.
        names: Names of labels, for label maps; named labels without pixels are absent objects.

    Raises:
        MaskError: not a mask, or one that can be understood in two ways.
    """
    plane = _as_plane(pixels, where)
    if meaning == "soft":
        return _soft_object(plane if plane.ndim == 2 else strongest_channel(plane), where)
    if plane.ndim == 3:
        flat = flatten_colour(plane, where, want_labels=meaning == "labels")
        if isinstance(flat, ColourLabels):
            return label_layers(flat.label_map, where, {**flat.names, **(names or {})})
        plane = flat
    if meaning == "labels":
        return label_layers(_whole_numbers(plane, where), where, names or {})
    if plane.dtype.kind == "b":
        return _one_object(plane.astype(np.uint8))
    if plane.dtype.kind == "f":
        return _one_object(check_matte(plane, where))
    return _understand_levels(_whole_numbers(plane, where), where)


def label_layers(plane: Pixels, where: str, names: Mapping[int, str | None]) -> Understood:
    """A label map of non-negative integers as layers that share one array.

    Label 255 beside other labels is DAVIS's "ignore" unless it is named; alone it is an object.
    """
    for label in (int(plane.max()), *names):
        if not 0 <= label <= MAX_OBJECTS:
            raise MaskError(f"{where} uses label {label}; labels are 1 to {MAX_OBJECTS}.")
    labels: LabelMap = plane.astype(np.uint8)
    present = set(np.flatnonzero(np.bincount(labels.ravel(), minlength=256)).tolist()) - {0}
    notes: tuple[str, ...] = ()
    if IGNORE_LABEL in present and len(present) > 1 and IGNORE_LABEL not in names:
        labels[labels == IGNORE_LABEL] = 0
        present.discard(IGNORE_LABEL)
        notes = (f'{where}: label 255 means "ignore" and was read as background.',)
    labels.flags.writeable = False
    ids = sorted((present | set(names)) - {0})  # a name for the background names no object
    layers = tuple(MaskLayer(label, names.get(label), labels) for label in ids)
    return Understood(_size(labels), layers, notes)


def _as_plane(pixels: Pixels, where: str) -> Pixels:
    """The pixels as (H, W), (H, W, 3) or (H, W, 4)."""
    if pixels.dtype.kind not in "buif":
        raise MaskError(f"{where} holds {pixels.dtype} values, but a mask is made of numbers.")
    if pixels.size == 0:
        raise MaskError(f"{where} has no pixels.")
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        return pixels[..., 0]
    if pixels.ndim == 3 and pixels.shape[0] == 1:
        first: Pixels = pixels[0]
        return first
    if pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in (3, 4)):
        return pixels
    shape = " x ".join(map(str, pixels.shape))
    raise MaskError(
        f"{where} has the shape {shape}, but a mask is (height, width) or a picture; "
        'give several objects as {"name": mask} or as a label map.'
    )


def _understand_levels(plane: Pixels, where: str) -> Understood:
    highest = int(plane.max())
    if highest <= 1:
        return _one_object(plane.astype(np.uint8))
    if highest <= LARGEST_LABEL_GUESSED:
        return label_layers(plane, where, {})
    if highest not in FULL_SCALES:
        raise MaskError(
            f"{where} has values up to {highest}, which may be labels or levels; {BE_EXPLICIT}."
        )
    if highest == IGNORE_LABEL and _has_labels_and_ignore(plane, where):
        return label_layers(plane, where, {})
    return _one_object(_levels_to_matte(plane, highest))


def _has_labels_and_ignore(plane: Pixels, where: str) -> bool:
    """Tell labels 1, 2, ... with DAVIS's 255 from a soft mask of 0..255.

    A soft edge passes through levels in between. Where there are none, labels are the
    larger area and the ignored rims the smaller one.

    Raises:
        MaskError: small values and no in-between levels, but most of the area is 255.
    """
    counts = np.bincount(plane.astype(np.uint8).ravel(), minlength=256)
    small = int(counts[1 : LARGEST_LABEL_GUESSED + 1].sum())
    if small == 0 or counts[LARGEST_LABEL_GUESSED + 1 : 255].any():
        return False
    if small < counts[255]:
        raise MaskError(
            f"{where} has values up to 31 and 255 with nothing in between, which may be labels "
            f"with an ignored area, or one mask with noise; {BE_EXPLICIT}."
        )
    return True


def _whole_numbers(plane: Pixels, where: str) -> Pixels:
    """The plane as non-negative integers; floats pass if they are whole."""
    if plane.dtype.kind == "f":
        if not (np.isfinite(plane).all() and (plane == np.rint(plane)).all()):
            raise MaskError(f"{where} is no label map: it holds values that are not whole numbers.")
        plane = plane.astype(np.int64)
    if int(plane.min()) < 0:
        raise MaskError(f"{where} holds the negative value {int(plane.min())}.")
    return plane


def _soft_object(plane: Pixels, where: str) -> Understood:
    """One soft object; integers are levels of their type's full scale, 255 or 65535."""
    if plane.dtype.kind == "f":
        return _one_object(check_matte(plane, where))
    if plane.dtype.kind == "b":
        return _one_object(plane.astype(np.uint8))
    highest = int(_whole_numbers(plane, where).max())
    full = int(full_scale(plane))
    if highest > full:
        full = FULL_SCALES[-1]
    if highest > full:
        raise MaskError(f"{where} has values up to {highest}; soft masks go to 255 or 65535.")
    return _one_object(_levels_to_matte(plane, full))


def _levels_to_matte(plane: Pixels, full: int) -> LabelMap | Matte:
    """Integer levels as a matte, or as hard 0/1 pixels where no level lies in between."""
    if ((plane == 0) | (plane == full)).all():
        return (plane > 0).astype(np.uint8)
    matte: Matte = (plane / np.float32(full)).astype(np.float32)
    return matte


def _one_object(pixels: LabelMap | Matte) -> Understood:
    pixels.flags.writeable = False
    return Understood(_size(pixels), (MaskLayer(1, None, pixels),))


def _size(plane: Pixels) -> tuple[int, int]:
    height, width = plane.shape
    return height, width
