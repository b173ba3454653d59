"""``KeyMask``: what an artist gave at one frame, and the array types that masks are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from roto.errors import MaskError

if TYPE_CHECKING:
    from collections.abc import Sequence

LabelMap: TypeAlias = npt.NDArray[np.uint8]
"""Hard labels, (H, W): 0 is background, 1..255 are objects."""

Matte: TypeAlias = npt.NDArray[np.float32]
"""Linear alpha of one object, (H, W) in [0, 1]."""

MAX_OBJECTS = 255
OVERSHOOT = 1e-3  # ringing of a resize filter; a quarter of the smallest 8-bit step


@dataclass(frozen=True, slots=True, eq=False)
class MaskLayer:
    """The mask of one object.

    Attributes:
        id: Label of the object, 1..255, as the artist's file numbered it.
        name: Name of the object; None where the mask did not say.
        pixels: Read-only (H, W). uint8: the pixels that carry ``id`` are the object, so the
            layers of a label map share one array. float32: a matte.
    """

    id: int
    name: str | None
    pixels: LabelMap | Matte

    @property
    def is_soft(self) -> bool:
        """True where the pixels are a matte, False where they are labels."""
        return self.pixels.dtype == np.float32

    @property
    def empty(self) -> bool:
        """True where no pixel belongs to the object: it is absent at this frame."""
        return not (self.pixels.any() if self.is_soft else self.hard().any())

    def hard(self) -> npt.NDArray[np.bool_]:
        """Pixels that belong to the object, (H, W) bool; a matte is cut at one half."""
        return self.pixels >= 0.5 if self.is_soft else self.pixels == self.id

    def matte(self) -> Matte:
        """The object's alpha, (H, W) float32 in [0, 1]: a new array."""
        return self.pixels.astype(np.float32) if self.is_soft else self.hard().astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class KeyMask:
    """What an artist gave at one frame. Pixels are exactly those given; nothing is resized.

    Attributes:
        frame: Frame number.
        size: (H, W).
        layers: One per object, ascending by id. An object may be there and be empty.
        complete: True where the mask speaks of every object of the shot (a label map, a single
            unnamed mask); False where it speaks of the named ones only.
        suggested_name: Name for a single unnamed object, taken from the file name.
        notes: Sentences about decisions an artist may want to know of.
    """

    frame: int
    size: tuple[int, int]
    layers: tuple[MaskLayer, ...]
    complete: bool
    suggested_name: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def ids(self) -> dict[int, str | None]:
        """Name of each object by its id; None where the mask did not name it."""
        return {layer.id: layer.name for layer in self.layers}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the named objects, in the order of their ids."""
        return tuple(layer.name for layer in self.layers if layer.name is not None)

    @property
    def empty(self) -> bool:
        """True where no object has a pixel."""
        return all(layer.empty for layer in self.layers)

    def layer(self, key: str | int) -> MaskLayer | None:
        """The layer of an object, by name or id; None where the mask does not mention it."""
        for layer in self.layers:
            if key == (layer.name if isinstance(key, str) else layer.id):
                return layer
        return None

    def matte(self, key: str | int) -> Matte:
        """Alpha of one object by name or id, (H, W) float32 in [0, 1].

        Raises:
            MaskError: the mask does not speak of the object, so nothing is known about it.
                A complete mask that does not mention an object says that it is absent.
        """
        layer = self.layer(key)
        if layer is not None:
            return layer.matte()
        if self.complete:
            return np.zeros(self.size, np.float32)
        known = ", ".join(self.names)
        raise MaskError(
            f"The mask at frame {self.frame} says nothing about {key!r}, only about {known}."
        )

    def label_map(self, order: Sequence[str | int] | None = None) -> LabelMap:
        """All objects in one label map: the first of ``order`` gets label 1, and so on.

        Where objects overlap the larger alpha wins, then the later in ``order``; below one
        half is background. Without ``order`` the objects keep their own ids.

        Raises:
            MaskError: ``order`` leaves out an object that has pixels here, or is too long.
        """
        keys: Sequence[str | int] = [item.id for item in self.layers] if order is None else order
        if len(keys) > MAX_OBJECTS:
            raise MaskError(f"A label map holds {MAX_OBJECTS} objects, not {len(keys)}.")
        found = [self.layer(key) for key in keys]
        self._check_all_placed(found)
        result = np.zeros(self.size, np.uint8)
        highest = np.full(self.size, 0.5, np.float32)
        for label, layer in enumerate(found, start=1):
            if layer is not None:
                alpha = layer.matte()
                wins = alpha >= highest
                result[wins] = layer.id if order is None else label
                highest[wins] = alpha[wins]
        return result

    def _check_all_placed(self, found: Sequence[MaskLayer | None]) -> None:
        placed = {layer.id for layer in found if layer is not None}
        for layer in self.layers:
            if layer.id not in placed and not layer.empty:
                raise MaskError(
                    f"The mask at frame {self.frame} holds object {layer.name or layer.id!r}, "
                    "which is not among the objects asked for."
                )


def check_matte(values: npt.NDArray[np.floating], where: str) -> Matte:
    """The values as a ``Matte`` if they are one: finite and within [0, 1].

    Args:
        values: (H, W) float of any width.
        where: Subject of the message, as in "Mask hero.exr".

    Raises:
        MaskError: NaN, infinite or out of range by more than a filter's ringing.
    """
    if values.size == 0:
        raise MaskError(f"{where} has no pixels.")
    lowest, highest = float(values.min()), float(values.max())
    if not np.isfinite([lowest, highest]).all():
        raise MaskError(
            f"{where} holds NaN or infinite values, but a matte lies between 0 and 1; export it "
            "again without them."
        )
    if lowest < -OVERSHOOT or highest > 1 + OVERSHOOT:
        raise MaskError(
            f"{where} holds values from {lowest:g} to {highest:g}, but float masks lie between "
            "0 and 1; divide by 255 if they are 8-bit levels, or wrap labels in "
            "roto.masks.labels(mask)."
        )
    matte: Matte = np.clip(values, 0, 1).astype(np.float32, copy=False)
    return matte
