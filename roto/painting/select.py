"""Smart select: the object that an artist scribbled on, found by its colours and its edge.

The strokes say what is surely inside and outside. A small copy of a crop around them is divided
(:mod:`roto.painting.cut`); then the edge is drawn at full size by a guided filter, which follows
the picture. A stroke changes only what it touches: an inside stroke adds the piece that it lies
on, an outside stroke removes the piece that it lies on, and the rest of the mask stays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
import numpy.typing as npt

from roto.errors import MaskSizeError
from roto.painting.boxes import box_of
from roto.painting.brush import Brush, Stroke
from roto.painting.cut import Known, divide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from roto.painting.boxes import Box, Mask

Picture = npt.NDArray[np.uint8]
Reals = npt.NDArray[np.float32]
Point = tuple[float, float]

SIDE = 128
"""Of the small copy, in pixels, if the crop is a square; its area is this squared."""


@dataclass(frozen=True, slots=True)
class Scribble:
    """What an artist drew to say what is, or is not, the object.

    Attributes:
        points: (x, y) in pixels, one or more, joined by lines.
        radius: In pixels, above 0.
        inside: False: this is not the object.
    """

    points: tuple[Point, ...]
    radius: float = 4.0
    inside: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """What was found.

    Attributes:
        box: Outside of it nothing changes.
        mask: (h, w) of the box, True on the object.
    """

    box: Box
    mask: Mask


def select(picture: Picture, scribbles: Sequence[Scribble], prior: Mask) -> Selection | None:
    """The object, after one more stroke.

    Args:
        picture: (H, W, 3) uint8 RGB, display-referred.
        scribbles: All strokes of this frame, the newest last.
        prior: (H, W) bool: the mask before the newest stroke. Changes are connected to it.

    Returns:
        None where there is nothing to do: no stroke, one outside the picture, or one that
        removes where there is nothing.

    Raises:
        MaskSizeError: If the prior is not of the picture's size.
    """
    _check(picture, prior)
    if not scribbles:
        return None
    newest = scribbles[-1]
    xy = np.asarray(newest.points)
    low, high = xy.min(axis=0) - newest.radius, xy.max(axis=0) + newest.radius
    reach = max(0.6 * float(max(high - low)), 0.08 * max(prior.shape))
    box = _crop(low, high, reach, prior.shape)
    if box is None:
        return None
    if prior[box].any():
        found = _divided(picture[box], _moved(scribbles, box), _inner(box, prior), prior[box])
        return Selection(box, _only_at(newest, found, prior, box))
    if not newest.inside:
        return None
    reach *= 1.5
    for _ in range(3):  # until all of the object fits
        box = cast("Box", _crop(low, high, reach, prior.shape))
        inner = _inner(box, prior)
        found = _divided(picture[box], _moved(scribbles, box), inner, None)
        if not (found & _rim(found, inner, 3 / SIDE)).any():
            break
        reach *= 1.7
    return Selection(box, _only_at(newest, found, prior, box))


def select_in_box(picture: Picture, first: Point, second: Point, prior: Mask) -> Selection | None:
    """The object inside a rectangle between two corners (x, y), added to the mask so far.

    See :func:`select`; None where hardly anything of the rectangle is in the picture.
    """
    _check(picture, prior)
    low, high = np.minimum(first, second), np.maximum(first, second)
    area = _crop(low, high, 0, prior.shape)
    if area is None or min(high - low) < 4:
        return None
    box = cast("Box", _crop(low, high, 0.15 * float(max(high - low)), prior.shape))
    small = _small(picture[box])
    inside = np.zeros(prior.shape, np.uint8)
    inside[area] = 1
    likely = np.zeros(prior.shape, np.uint8)
    centre = ((low + high) / 2).round().astype(int)
    axes = np.maximum((high - low) * 0.3, 1).round().astype(int)
    middle, half = (int(centre[0]), int(centre[1])), (int(axes[0]), int(axes[1]))
    cv2.ellipse(likely, middle, half, 0, 0, 360, 1, -1)
    nothing = np.zeros(small.shape[:2], bool)
    outside = _shrunk(inside[box], small) < 0.5
    known = Known(nothing, outside, nothing, None, _shrunk(likely[box], small) > 0.5)
    found = _enlarged(divide(small, known), small, picture[box]) & inside[box].view(bool)
    return Selection(box, found | prior[box])


def _check(picture: Picture, prior: Mask) -> None:
    if picture.shape[:2] != prior.shape:
        text = f"The mask is {prior.shape[1]}x{prior.shape[0]}, the plate "
        raise MaskSizeError(f"{text}{picture.shape[1]}x{picture.shape[0]}; make them the same.")


def _crop(
    low: npt.NDArray[np.float64], high: npt.NDArray[np.float64], by: float, size: tuple[int, ...]
) -> Box | None:
    return box_of(low[0] - by, low[1] - by, high[0] + by, high[1] + by, (size[0], size[1]))


def _moved(scribbles: Sequence[Scribble], box: Box) -> list[Scribble]:
    """The same strokes, in pixels of the box."""
    top, left = box[0].start, box[1].start
    return [
        Scribble(tuple((x - left, y - top) for x, y in s.points), s.radius, s.inside)
        for s in scribbles
    ]


def _inner(box: Box, prior: Mask) -> tuple[bool, bool, bool, bool]:
    """Which sides of a box lie inside the picture: top, bottom, left, right."""
    rows, columns = box
    height, width = prior.shape
    return rows.start > 0, rows.stop < height, columns.start > 0, columns.stop < width


def _rim(mask: Mask, inner: tuple[bool, bool, bool, bool], share: float) -> Mask:
    """Pixels along those sides, as wide as a share of the picture's mean side, at least 1."""
    wide = max(1, round(share * math.sqrt(mask.size)))
    rim = np.zeros(mask.shape, bool)
    sides = (rim[:wide], rim[-wide:], rim[:, :wide], rim[:, -wide:])
    for is_inner, side in zip(inner, sides, strict=True):
        side[:] |= is_inner
    return rim


def _divided(
    crop: Picture,
    scribbles: Sequence[Scribble],
    inner: tuple[bool, bool, bool, bool],
    prior: Mask | None,
) -> Mask:
    """The object in a crop, (h, w) bool."""
    small = _small(crop)
    size = (small.shape[0], small.shape[1])
    scale = (size[1] / crop.shape[1], size[0] / crop.shape[0])
    inside = _drawn(scribbles, size, scale, inside=True)
    outside = _drawn(scribbles, size, scale, inside=False)
    edge = _rim(inside, inner, 0)
    before = None if prior is None else _shrunk(prior.view(np.uint8), small) > 0.5
    found = divide(small, Known(inside, outside, edge, before))
    found = _enlarged(found, small, crop)
    full = (crop.shape[0], crop.shape[1])
    found |= _drawn(scribbles, full, (1.0, 1.0), inside=True)
    return found & ~_drawn(scribbles, full, (1.0, 1.0), inside=False)


def _drawn(
    scribbles: Sequence[Scribble], size: tuple[int, int], scale: Point, *, inside: bool
) -> Mask:
    """The pixels of all inside or outside strokes; where they cross the later one counts."""
    drawn = np.zeros(size, np.float32)
    for scribble in scribbles:
        tip = Brush(max(scribble.radius * scale[0], 0.75))
        stroke = Stroke(drawn, tip, erase=scribble.inside != inside)
        for x, y in scribble.points:
            stroke.to(x * scale[0], y * scale[1])
    return drawn > 0


def _small(crop: Picture) -> Picture:
    """A copy of about ``SIDE`` squared pixels, or as it is if it is smaller."""
    height, width = crop.shape[:2]
    scale = min(1.0, SIDE / math.sqrt(height * width))
    size = (max(4, round(width * scale)), max(4, round(height * scale)))
    return np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), np.uint8)


def _shrunk(mask: npt.NDArray[np.uint8], small: Picture) -> Reals:
    size = (small.shape[1], small.shape[0])
    values = mask.astype(np.float32)
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)


def _enlarged(mask: Mask, small: Picture, crop: Picture) -> Mask:
    """A small mask at the crop's size, whose edge follows the crop's colours: a guided filter.

    K. He, J. Sun and X. Tang, "Guided Image Filtering", ECCV 2010, section 3; its linear functions
    are found on the small picture and used on the large one.
    """
    height, width = crop.shape[:2]
    if mask.shape == (height, width):
        return mask
    slopes, offset = _guided(mask.astype(np.float32), small / np.float32(255))
    size = (width, height)
    value = np.asarray(cv2.resize(offset, size), np.float32)
    for channel in range(3):
        slope = cv2.resize(np.ascontiguousarray(slopes[..., channel]), size)
        value += np.asarray(slope, np.float32) * (crop[..., channel] / np.float32(255))
    # Colours speak near the edge only, the nearer the more.
    plain = np.asarray(cv2.resize(cv2.blur(mask.astype(np.float32), (3, 3)), size), np.float32)
    undecided = (plain > 0.02) & (plain < 0.98)
    return np.where(undecided, value + plain > 1.0, plain > 0.5)


def _guided(mask: Reals, guide: Reals) -> tuple[Reals, Reals]:
    """The linear function of the guide's colour that is nearest to the mask, around each pixel."""

    def mean(values: Reals) -> Reals:
        return np.asarray(cv2.blur(values, (7, 7)), np.float32)

    average, centre = mean(guide), mean(mask)
    products = np.einsum("hwi,hwj->hwij", guide, guide).reshape(*mask.shape, 9)
    spread = np.stack([mean(np.ascontiguousarray(products[..., i])) for i in range(9)], axis=-1)
    covariance = spread.reshape(*mask.shape, 3, 3) - np.einsum("hwi,hwj->hwij", average, average)
    covariance += 1e-3 * np.eye(3, dtype=np.float32)
    together = mean(guide * mask[..., None]) - average * centre[..., None]
    slopes = np.linalg.solve(covariance, together[..., None])[..., 0]
    offset = centre - (slopes * average).sum(axis=-1)
    smooth_slopes, smooth_offset = mean(slopes.astype(np.float32)), mean(offset.astype(np.float32))
    return smooth_slopes, smooth_offset


def _only_at(newest: Scribble, found: Mask, prior: Mask, box: Box) -> Mask:
    """The prior with only those changes that the newest stroke is connected to."""
    before = prior[box]
    moved = _moved([newest], box)
    stroke = _drawn(moved, (found.shape[0], found.shape[1]), (1.0, 1.0), inside=newest.inside)
    changed = (found & ~before) if newest.inside else (before & ~found)
    connected = changed | stroke
    count, labels = cv2.connectedComponents(connected.view(np.uint8), None, 8, cv2.CV_32S)
    keep = np.zeros(count, bool)
    keep[np.asarray(labels)[stroke]] = True
    keep[0] = False
    piece = np.asarray(keep[labels], bool)
    return np.asarray(before | piece if newest.inside else before & ~piece, bool)
