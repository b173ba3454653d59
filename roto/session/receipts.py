"""What a propagation changed: per frame and object, in pixels, overlap and boundary moves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from roto.project.records import ResultRecord
    from roto.session.stored import StoredFrames

    Mask = npt.NDArray[np.bool_]

Replaced: TypeAlias = "dict[Any, tuple[ResultRecord | None, ResultRecord | None]]"
"""Old and new row by (frame, object)."""

_POINTS_AT_ONCE = 1024  # bounds the table of distances to some tens of megabytes


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one object at one frame.

    Attributes:
        frame: Frame number.
        object: Id of the object.
        name: Its name.
        pixels: How many are in one mask and not in the other.
        iou: Intersection over union of the old and the new mask; 1 where both are empty.
        boundary: Largest distance in pixels from the boundary of one mask to the nearest
            boundary pixel of the other; infinite where the object appeared or vanished.
        first: True where nothing had been found before.
    """

    frame: int
    object: int
    name: str
    pixels: int
    iou: float
    boundary: float
    first: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """The newest propagation.

    Attributes:
        step: Its number in the undo history.
        changes: What it changed, by frame; frames that came out the same are not listed.
    """

    step: int
    changes: tuple[Change, ...]

    @property
    def label(self) -> str:
        """What it was, in a few words."""
        frames = {change.frame for change in self.changes}
        return f"{len(frames)} frames changed" if len(frames) != 1 else "1 frame changed"


def write_receipt(stored: StoredFrames, rows: Replaced) -> Iterator[Change]:
    """Compare what rows showed before and after; ``stored`` reads what they name."""
    names = {i: record.name for i, record in stored.project.objects().items()}
    for (frame, object_id), (before, after) in sorted(rows.items()):
        if object_id not in names or (before and after and before.blob == after.blob):
            continue
        old, new = (_mask(stored, row) for row in (before, after))
        change = compare(old, new)
        if change[0] or before is None:
            yield Change(frame, object_id, names[object_id], *change, first=before is None)


def compare(old: Mask, new: Mask) -> tuple[int, float, float]:
    """Changed pixels, IoU, and the largest boundary move of two (H, W) masks.

    >>> a, b = np.zeros((9, 9), bool), np.zeros((9, 9), bool)
    >>> a[2:5, 2:5], b[2:5, 2:7] = True, True
    >>> compare(a, b)
    (6, 0.6, 2.0)
    """
    pixels = int(np.count_nonzero(old ^ new))
    union = int(np.count_nonzero(old | new))
    iou = float(np.count_nonzero(old & new) / union) if union else 1.0
    return pixels, iou, boundary_move(old, new)


def boundary_move(old: Mask, new: Mask) -> float:
    """Hausdorff distance of two masks' boundaries in pixels; infinite if one alone is empty."""
    first, second = _boundary(old), _boundary(new)
    if not first.any() or not second.any():
        return 0.0 if first.any() == second.any() else math.inf
    return max(_farthest(first & ~second, second), _farthest(second & ~first, first))


def _farthest(points: Mask, others: Mask) -> float:
    """Largest distance of any of the points to the nearest of the others."""
    here = np.argwhere(points).astype(np.float32)
    there = np.argwhere(others).astype(np.float32)
    worst = 0.0
    for start in range(0, len(here), _POINTS_AT_ONCE):
        part = here[start : start + _POINTS_AT_ONCE]
        squares = ((part[:, None, 0] - there[None, :, 0]) ** 2) + (
            (part[:, None, 1] - there[None, :, 1]) ** 2
        )
        worst = max(worst, float(squares.min(1).max()))
    return math.sqrt(worst)


def _boundary(mask: Mask) -> Mask:
    """Pixels of a mask with a neighbour outside it, or outside the picture."""
    inner: Mask = mask.copy()
    inner[1:] &= mask[:-1]
    inner[:-1] &= mask[1:]
    inner[:, 1:] &= mask[:, :-1]
    inner[:, :-1] &= mask[:, 1:]
    inner[[0, -1]] = False
    inner[:, [0, -1]] = False
    edge: Mask = mask & ~inner
    return edge


def _mask(stored: StoredFrames, row: ResultRecord | None) -> Mask:
    """Where an object is likelier than not, whatever the others are."""
    if row is None:
        return np.zeros(stored.size, bool)
    logits = stored.logits(row).unpack()
    return np.asarray(logits.grid.to_plate(logits.values)[0] > 0)
