"""``read_mask``: one function for every way in which people hand over masks."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from roto.errors import MaskError, MaskSizeError
from roto.masks.exr import read_exr_layers
from roto.masks.files import is_exr, read_picture
from roto.masks.key_mask import MAX_OBJECTS, KeyMask, MaskLayer
from roto.masks.understanding import Meaning, Understood, label_layers, understand

MaskLike: TypeAlias = "str | os.PathLike[str] | npt.ArrayLike | Explicit | KeyMask"
"""A path, anything NumPy can see as an array (tensors too), or a wrapper around either."""


@dataclass(frozen=True, slots=True, eq=False)
class Explicit:
    """A mask with the artist's word for what its numbers mean; see ``labels`` and ``soft``."""

    given: Any
    meaning: Meaning
    names: Mapping[int, str | None] = field(default_factory=dict)


def labels(given: Any, names: Mapping[int, str] | None = None) -> Explicit:
    """Say that a path or array is a label map: every value above 0 is an object.

    Args:
        given: Path or (H, W) integers 0..255, or a picture with one flat colour per object.
        names: Names of labels. A named label without pixels is an object absent here.
    """
    return Explicit(given, "labels", dict(names or {}))


def soft(given: Any) -> Explicit:
    """Say that a path or array is the soft mask of one object: float 0..1 or integer levels."""
    return Explicit(given, "soft")


def read_mask(
    given: MaskLike | Mapping[str, MaskLike], *, frame: int, size: tuple[int, int]
) -> KeyMask:
    """Understand a mask by the rules in the docstring of ``roto.masks``.

    Args:
        given: Path, array, tensor, wrapper, or ``{"name": mask}`` of them.
        frame: Frame number the mask belongs to.
        size: (H, W) of the plate.

    Raises:
        MaskNotFoundError: there is no file at the path.
        MaskSizeError: the mask has another size than the plate.
        MaskError: not a mask, or one that can be understood in two ways.
    """
    if isinstance(given, Mapping):
        return _read_dictionary(given, frame, size)
    if isinstance(given, KeyMask):
        _check_size(given.size, size, f"The mask at frame {frame}")
        return replace(given, frame=frame)
    explicit = given if isinstance(given, Explicit) else Explicit(given, "guess")
    if isinstance(explicit.given, (str, os.PathLike)):
        return _read_file(Path(explicit.given), explicit, frame, size)
    where = f"The mask at frame {frame}"
    found = understand(_as_array(explicit.given, where), where, explicit.meaning, explicit.names)
    return _key_mask(found, where, frame, size)


def suggest_name(path: str | os.PathLike[str]) -> str | None:
    """Name of the object that a file name suggests: "hero" for ``hero.1001.png``.

    >>> suggest_name("masks/hero_1001.png"), suggest_name("masks/00000.png")
    ('hero', None)
    """
    stem = re.sub(r"[._\- ]*\d+$", "", Path(path).stem)
    return stem.strip("._- ") or None


def _read_file(path: Path, explicit: Explicit, frame: int, size: tuple[int, int]) -> KeyMask:
    where = f"Mask {path.name}"
    if is_exr(path):
        layers = read_exr_layers(path)
        if "" not in layers:
            return _read_dictionary(dict(layers), frame, size, where)
        found = understand(layers[""], where, explicit.meaning, explicit.names)
    else:
        picture = read_picture(path)
        if picture.kind == "indexed" and explicit.meaning != "soft":
            found = label_layers(picture.pixels, where, explicit.names)
        elif picture.kind == "lossy":
            found = _understand_lossy(picture.pixels, explicit.meaning, where)
        else:
            found = understand(picture.pixels, where, explicit.meaning, explicit.names)
    return replace(_key_mask(found, where, frame, size), suggested_name=suggest_name(path))


def _understand_lossy(pixels: npt.NDArray[Any], meaning: Meaning, where: str) -> Understood:
    if meaning == "labels":
        raise MaskError(f"{where} is a JPEG, which changes labels; save the label map as PNG.")
    return understand(pixels if pixels.ndim == 2 else pixels.max(axis=2), where, "soft")


def _read_dictionary(
    given: Mapping[Any, Any], frame: int, size: tuple[int, int], where: str | None = None
) -> KeyMask:
    """One layer for each named mask. ``where`` is the file that the masks came from, if any."""
    subject = where or f"The mask at frame {frame}"
    if not given:
        raise MaskError(f"{subject} is an empty dictionary; give {{'name': mask}}.")
    if len(given) > MAX_OBJECTS:
        raise MaskError(f"{subject} has {len(given)} objects; {MAX_OBJECTS} are possible.")
    layers: list[MaskLayer] = []
    notes: list[str] = []
    for label, (name, mask) in enumerate(given.items(), start=1):
        if not isinstance(name, str) or not name.strip():
            raise MaskError(f"{subject} has an object called {name!r}; names are text.")
        if where is None:
            one = read_mask(mask, frame=frame, size=size)
        else:
            layer = f"{where}, layer {name!r},"
            one = _key_mask(understand(mask, layer), layer, frame, size)
        layers.append(_as_layer(one, label, name, subject))
        notes.extend(one.notes)
    return KeyMask(frame, size, tuple(layers), complete=False, notes=tuple(notes))


def _as_layer(mask: KeyMask, label: int, name: str, where: str) -> MaskLayer:
    """The single object of a mask under the name and label it has in a dictionary."""
    present = [layer for layer in mask.layers if not layer.empty]
    if len(present) > 1:
        raise MaskError(
            f"{where} holds {len(present)} objects under the name {name!r}; "
            "give each object a mask of its own."
        )
    if present and present[0].is_soft:
        return MaskLayer(label, name, present[0].pixels)
    pixels = np.zeros(mask.size, np.uint8)
    if present:
        pixels[present[0].hard()] = label
    pixels.flags.writeable = False
    return MaskLayer(label, name, pixels)


def _key_mask(found: Understood, where: str, frame: int, size: tuple[int, int]) -> KeyMask:
    _check_size(found.size, size, where)
    return KeyMask(frame, size, found.layers, complete=True, notes=found.notes)


def _check_size(found: tuple[int, int], wanted: tuple[int, int], where: str) -> None:
    if found != wanted:
        raise MaskSizeError(
            f"{where} is {found[1]}x{found[0]} but the plate is {wanted[1]}x{wanted[0]}; masks "
            "are never resized, so export it at the plate's size."
        )


def _as_array(given: Any, where: str) -> npt.NDArray[Any]:
    """An array of anything that has one: NumPy, lists, Pillow images, tensors on any device."""
    if hasattr(given, "detach"):  # a torch tensor, which this module must not import
        given = given.detach().cpu()
    try:
        return np.asarray(given)
    except (TypeError, ValueError) as error:
        kind = type(given).__name__
        raise MaskError(f"{where} is a {kind}, which is not a mask ({error}).") from error
