"""What a screen shows of a plate: 8-bit codes through tables, with exposure and gamma."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from roto.media import Image

Rgb = npt.NDArray[np.uint8]
"""Display-referred picture, (H, W, 3)."""

Values = npt.NDArray[np.float64]

_ROWS = 16  # of a float plate at a time: intermediate arrays stay in the processor's cache


def display(plate: Image, linear: bool, exposure: float = 0.0, gamma: float = 1.0) -> Rgb:
    """What a screen shows of a plate.

    Exposure works on light, so codes are taken to light and back. Values outside 0..1 are
    clipped at the end only: lowering the exposure brings back what was too bright.

    Args:
        plate: (H, W, 3) uint8 or float32.
        linear: Whether float values are scene-linear; they go through the sRGB curve.
        exposure: In stops: 1 doubles the light.
        gamma: Above 1 lifts dark tones; above 0.

    Returns:
        (H, W, 3) uint8; the plate itself where nothing is to be done to it.
    """
    if plate.dtype == np.uint8:
        same: Rgb = np.asarray(plate, np.uint8)
        if exposure == 0 and gamma == 1:
            return same
        codes = same.tobytes().translate(_codes_table(exposure, gamma))
        return np.frombuffer(codes, np.uint8).reshape(plate.shape)
    table = _half_table(linear, exposure, gamma)
    found: Rgb = np.empty(plate.shape, np.uint8)
    with np.errstate(over="ignore"):  # beyond the range of half float: infinite, so white
        for top in range(0, len(plate), _ROWS):
            rows = slice(top, top + _ROWS)
            half = plate[rows].astype(np.float16).view(np.uint16)
            table.take(half, out=found[rows], mode="clip")
    return found


class Neutral:
    """A plate with no exposure and no gamma, made when it is first asked for. Any thread.

    Args:
        plate: (H, W, 3) uint8 or float32; not to be changed.
        linear: See :func:`display`.
        shown: The answer, where somebody has it.
    """

    def __init__(self, plate: Image, linear: bool, shown: Rgb | None = None) -> None:
        self._plate, self._linear, self._shown = plate, linear, shown

    def __call__(self) -> Rgb:
        """(H, W, 3) uint8."""
        shown = self._shown
        if shown is None:  # two threads at once would find the same
            shown = self._shown = display(self._plate, self._linear)
        return shown


@lru_cache(maxsize=8)
def _codes_table(exposure: float, gamma: float) -> bytes:
    values = np.arange(256) / 255
    return _to_codes(_graded(values, False, exposure, gamma)).tobytes()


@lru_cache(maxsize=8)
def _half_table(linear: bool, exposure: float, gamma: float) -> Rgb:
    """Codes of all 65,536 half floats: 11 bits of precision are finer than the 8 that come out."""
    values = np.arange(65536, dtype=np.uint16).view(np.float16).astype(np.float64)
    values = np.clip(np.nan_to_num(values, nan=0.0, posinf=1e30), 0.0, None)
    table = _to_codes(_graded(values, linear, exposure, gamma))
    table.flags.writeable = False
    return table


def _graded(values: Values, linear: bool, exposure: float, gamma: float) -> Values:
    """Display values (sRGB-like, 0 and more) of light or of display values."""
    if exposure != 0:
        light = values if linear else _to_light(values)
        values = _from_light(light * 2.0**exposure)
    elif linear:
        values = _from_light(values)
    return values if gamma == 1 else values ** (1 / gamma)


def _from_light(light: Values) -> Values:
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def _to_light(codes: Values) -> Values:
    return np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)


def _to_codes(values: Values) -> Rgb:
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)
