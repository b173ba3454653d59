"""A receipt as bars and as words: what a propagation changed, frame by frame. Pure."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from PySide6.QtCore import QCoreApplication

from roto_gui.language import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from roto.session.receipts import Change, Receipt

Measure = Literal["pixels", "overlap"]
"""What the height of a bar says: changed pixels, on a logarithmic scale, or 1 - IoU."""

_LEAST = 0.08  # of the height, so that one pixel can be seen


class Bar(NamedTuple):
    """One object at one frame.

    Attributes:
        frame: Frame number.
        object: Id of the object.
        height: In (0, 1].
        first: True where nothing had been found before.
    """

    frame: int
    object: int
    height: float
    first: bool


def make_bars(receipt: Receipt, measure: Measure = "pixels") -> tuple[Bar, ...]:
    """One bar per change; by frame, the highest of a frame first, so that none hides another."""
    most = max((change.pixels for change in receipt.changes), default=0)
    bars = [
        Bar(c.frame, c.object, max(_share(c, measure, most), _LEAST), c.first)
        for c in receipt.changes
    ]
    return tuple(sorted(bars, key=lambda bar: (bar.frame, -bar.height, bar.object)))


def _share(change: Change, measure: Measure, most: int) -> float:
    if measure == "overlap":
        return min(max(1 - change.iou, 0.0), 1.0)
    return math.log1p(change.pixels) / math.log1p(most) if most else 0.0


@dataclass(frozen=True)
class Places:
    """Which frames of the clip are shown, side by side, each as wide as the next.

    Attributes:
        frames: Frame numbers, ascending; not empty.
        left: Where they begin, in pixels.
        width: What they have, in pixels.
    """

    frames: Sequence[int]
    left: float
    width: float

    @property
    def step(self) -> float:
        """Pixels per frame."""
        return self.width / len(self.frames)

    def x(self, frame: int) -> float:
        """Where a frame begins."""
        return self.left + bisect_left(self.frames, frame) * self.step

    def frame(self, x: float) -> int:
        """The frame at a place; beyond the edges the first or last."""
        index = math.floor((x - self.left) / self.step + 1e-9)
        return self.frames[min(max(index, 0), len(self.frames) - 1)]


def around(receipt: Receipt, frames: Sequence[int], margin: int = 2, least: int = 24) -> list[int]:
    """Frames of the clip from the first to the last that changed, and a few beside them.

    Args:
        receipt: What changed.
        frames: The clip's frame numbers, ascending.
        margin: How many more on either side.
        least: How many at least, so that a single frame is not one wide bar.
    """
    touched = [change.frame for change in receipt.changes]
    if not touched or not frames:
        return list(frames)
    low, high = bisect_left(frames, min(touched)), bisect_right(frames, max(touched))
    more = max(margin, math.ceil((least - (high - low)) / 2))
    return list(frames[max(low - more, 0) : high + more])


class Summary(NamedTuple):
    """A receipt in two lines.

    Attributes:
        frames: How many frames changed, and how many are new.
        most: Where most changed; "" where nothing did.
    """

    frames: str
    most: str


def summarise(receipt: Receipt) -> Summary:
    """Say what changed; changes of what was there before matter more than what is new."""
    new = {change.frame for change in receipt.changes if change.first}
    changed = {change.frame for change in receipt.changes if not change.first}
    if not new and not changed:
        return Summary(tr("Nothing changed"), "")
    if new and changed:
        count = tr("{new} new, {changed} changed").format(new=_many(new), changed=_many(changed))
        return Summary(count, _most(c for c in receipt.changes if not c.first))
    if new:
        text = tr("1 new frame") if len(new) == 1 else tr("{0} new frames").format(_many(new))
        return Summary(text, "")
    one = len(changed) == 1
    text = tr("1 frame changed") if one else tr("{0} frames changed").format(_many(changed))
    return Summary(text, _most(receipt.changes))


def describe(frame: int, changes: Iterable[Change]) -> str:
    """What became of each object at a frame, a line each."""
    lines = [tr("Frame {0}").format(frame)]
    for change in changes:
        if change.first:
            text = tr("{name}: new, {pixels} px").format(
                name=change.name, pixels=number(change.pixels)
            )
        else:
            text = f"{change.name}: {_extent(change)}"
        lines.append(text)
    return "\n".join(lines if len(lines) > 1 else [*lines, tr("not changed")])


def by_frame(receipt: Receipt) -> Mapping[int, list[Change]]:
    """Changes of each frame, in the receipt's order."""
    found: dict[int, list[Change]] = {}
    for change in receipt.changes:
        found.setdefault(change.frame, []).append(change)
    return found


def tr(text: str) -> str:
    """A text of the receipt strip, translated."""
    return QCoreApplication.translate("ReceiptStrip", text)


def _most(changes: Iterable[Change]) -> str:
    worst = max(changes, key=lambda change: (change.pixels, -change.frame))
    return tr("most at {frame}: {extent}").format(frame=worst.frame, extent=_extent(worst))


def _extent(change: Change) -> str:
    pixels = tr("{0} px").format(number(change.pixels))
    if math.isinf(change.boundary):
        return tr("{0}, appeared or vanished").format(pixels)
    return tr("{0}, edge moved {1} px").format(pixels, round(change.boundary))


def _many(frames: set[int]) -> str:
    return number(len(frames))
