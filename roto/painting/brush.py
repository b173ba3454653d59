"""Brush strokes on an alpha, in place.

A stroke is what a disc covers that moves along a line without a gap: the limit of dabs that
lie ever closer. So it does not depend on how often the pointer reports, and a soft brush does
not pile up where its dabs overlap. Where a stroke crosses itself the larger coverage counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from roto.errors import SettingsError
from roto.painting.boxes import Before, box_of, union

if TYPE_CHECKING:
    from roto.painting.boxes import Alpha, Box

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Brush:
    """A round brush.

    Attributes:
        radius: In pixels, above 0. A pixel is inside if its centre is.
        hardness: In [0, 1]. 1: every pixel is painted wholly or not at all; less: this share of
            the radius is painted wholly and the rest falls off smoothly to nothing.
        opacity: In [0, 1]: the most that one stroke paints.
    """

    radius: float = 20.0
    hardness: float = 1.0
    opacity: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.radius) and self.radius > 0):
            raise SettingsError(f"A brush of radius {self.radius} paints nothing; use more than 0.")
        if not (0 <= self.hardness <= 1 and 0 <= self.opacity <= 1):
            raise SettingsError("Hardness and opacity of a brush lie between 0 and 1.")


@dataclass(frozen=True, slots=True)
class _Dab:
    x: float
    y: float
    radius: float
    opacity: float

    def towards(self, other: _Dab, share: float) -> _Dab:
        return _Dab(
            self.x + (other.x - self.x) * share,
            self.y + (other.y - self.y) * share,
            self.radius + (other.radius - self.radius) * share,
            self.opacity + (other.opacity - self.opacity) * share,
        )


class Stroke:
    """One stroke of a brush on an alpha.

    Args:
        alpha: (H, W) float32 in [0, 1], changed in place, only inside the boxes returned.
        brush: What it is painted with.
        erase: Takes away instead of adding.
    """

    def __init__(self, alpha: Alpha, brush: Brush, *, erase: bool = False) -> None:
        self._alpha, self._brush, self._erase = alpha, brush, erase
        self._before = Before(alpha)
        self._coverage = np.zeros(alpha.shape, np.float32)  # lazily, unlike zeros_like
        self._last: _Dab | None = None

    @property
    def box(self) -> Box | None:
        """Around everything painted so far."""
        return self._before.box

    @property
    def changed(self) -> bool:
        """Whether any pixel differs from what it was before the stroke."""
        return self._before.changed

    def to(self, x: float, y: float, *, size: float = 1.0, opacity: float = 1.0) -> Box | None:
        """Go on in a straight line, or begin.

        Args:
            x: In pixels; the centre of the first pixel is 0.5.
            y: Downwards.
            size: Factor on the brush's radius, as of a pen's pressure; changes evenly on the way.
            opacity: Factor on the brush's opacity; the same.

        Returns:
            The box that changed; None where the brush was outside the picture.
        """
        dab = _Dab(x, y, max(self._brush.radius * size, 1e-3), self._brush.opacity * opacity)
        last, self._last = self._last or dab, dab
        # Pieces about as long as the brush is wide: the box around a long slant is mostly empty.
        length = math.hypot(dab.x - last.x, dab.y - last.y)
        pieces = max(1, math.ceil(length / max(2 * last.radius, 2 * dab.radius, 32)))
        stops = [last.towards(dab, i / pieces) for i in range(pieces)] + [dab]
        box = None
        for first, second in pairwise(stops):
            box = union(box, self._sweep(first, second))
        return box

    def cancel(self) -> Box | None:
        """Put back what was before the stroke; returns the box that this changed."""
        box = self._before.restore()
        if box is not None:
            self._coverage[box] = 0
        self._last = None
        return box

    def _sweep(self, first: _Dab, second: _Dab) -> Box | None:
        ends = (first, second)
        box = box_of(
            min(d.x - d.radius for d in ends),
            min(d.y - d.radius for d in ends),
            max(d.x + d.radius for d in ends),
            max(d.y + d.radius for d in ends),
            self._alpha.shape,
        )
        if box is None:
            return None
        before = self._before.keep(box)
        covered = self._coverage[box]
        np.maximum(covered, _coverage(box, first, second, self._brush.hardness), out=covered)
        # In this form a coverage of 0 keeps a value to the last bit, and 1 gives exactly 0 or 1.
        painted = before * (1 - covered)
        if not self._erase:
            painted += covered
        self._alpha[box] = painted
        return box


def _coverage(box: Box, first: _Dab, second: _Dab, hardness: float) -> Alpha:
    """How far each pixel of a box is covered, (h, w) float32, on the way between two dabs."""
    x = np.arange(box[1].start, box[1].stop) + 0.5 - first.x
    y = (np.arange(box[0].start, box[0].stop) + 0.5 - first.y)[:, None]
    along = (second.x - first.x, second.y - first.y)
    length = math.hypot(*along)
    growth = second.radius - first.radius
    if length <= abs(growth):  # one disc lies within the other
        dab = second if growth > 0 else first
        x, y = x + first.x - dab.x, y + first.y - dab.y
        return _falloff(x * x + y * y, dab.radius, hardness, dab.opacity)
    ux, uy = along[0] / length, along[1] / length
    forward: Reals = x * ux + y * uy
    aside: Reals = x * uy - y * ux
    nearest = forward
    if growth:  # of all discs on the way the one that a pixel is deepest in
        slope = growth / length
        nearest = forward + np.abs(aside) * (slope / math.sqrt(1 - slope * slope))
    nearest = np.clip(nearest, 0, length)
    forward -= nearest
    squared = forward * forward + aside * aside
    share = nearest / length
    radius = first.radius + growth * share if growth else first.radius
    change = second.opacity - first.opacity
    opacity = first.opacity + change * share if change else first.opacity
    return _falloff(squared, radius, hardness, opacity)


def _falloff(
    squared: Reals, radius: Reals | float, hardness: float, opacity: Reals | float
) -> Alpha:
    """Coverage by squared distance from the middle of the brush."""
    if hardness == 1:
        inside = squared <= radius * radius
        return np.asarray(inside * opacity, np.float32)
    depth = np.clip((1 - np.sqrt(squared) / radius) / (1 - hardness), 0, 1)
    return np.asarray(depth * depth * (3 - 2 * depth) * opacity, np.float32)
