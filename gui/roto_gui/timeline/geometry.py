"""Where frames and lanes lie in the timeline, and what is under the pointer. Pure numbers.

Frames lie by their number as on disk: a number that is missing keeps its place, empty. Frame
``f`` covers the numbers from ``f`` to ``f + 1``, so that one that is wide enough is a cell.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WIDEST = 64.0  # pixels a frame is never wider than
_LABEL_GAP = 14.0  # pixels between two frame numbers
_LEAST_TICK = 5.0  # pixels between two ticks without a number

LABELS = 132.0  # width of the names at the left
FLAGS, RULER, CACHE = 12.0, 24.0, 4.0  # heights, from the top
LANE, LEAST_LANE, GAP = 30.0, 18.0, 2.0
BAR = 8.0  # height of the scroll bar at the bottom
_TINY = 1e-6  # frames
_EDGE = 10.0  # empty at the right, so that the last frame's handle can be got hold of

Part = Literal["flag", "in", "out", "ruler", "diamond", "lane", "label", "bar", "nothing"]
Point = Literal["in", "out"]


class Rect(NamedTuple):
    """A rectangle in pixels of the widget."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.y + self.height

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        return self.x <= x < self.right and self.y <= y < self.bottom


@dataclass(frozen=True)
class Axis:
    """Which frame numbers are shown where.

    Attributes:
        first: The clip's first frame number.
        last: Its last.
        left: Where the picture of the frames begins, in pixels.
        width: How wide it is, in pixels; more than 0.
        scale: Pixels per frame; never less than shows the whole clip.
        start: The number at the left edge; not an integer while it is scrolled smoothly.
    """

    first: int
    last: int
    left: float
    width: float
    scale: float
    start: float

    @classmethod
    def fitted(cls, first: int, last: int, left: float, width: float) -> Axis:
        """All of the clip, from edge to edge."""
        width = max(width, 1.0)
        scale = min(width / (last - first + 1), WIDEST)
        return cls(first, last, left, width, scale, float(first))

    @property
    def whole(self) -> bool:
        """Whether all of the clip is shown."""
        return self.scale <= self._least * (1 + 1e-9)

    @property
    def shown(self) -> tuple[int, int]:
        """The first and the last frame number of which something is to be seen."""
        end = math.ceil(self.start + self.width / self.scale - 1e-9) - 1
        return max(math.floor(self.start), self.first), min(end, self.last)

    def x(self, frame: float) -> float:
        """Where a frame begins."""
        return self.left + (frame - self.start) * self.scale

    def centre(self, frame: float) -> float:
        """The middle of a frame."""
        return self.x(frame + 0.5)

    def frame(self, x: float) -> int:
        """The frame number at a place; beyond the clip its nearest end."""
        number = math.floor(self.start + (x - self.left) / self.scale + 1e-9)
        return min(max(number, self.first), self.last)

    def zoomed(self, factor: float, x: float) -> Axis:
        """The number under a place stays there, as far as the ends of the clip allow."""
        scale = min(max(self.scale * factor, self._least), WIDEST)
        under = self.start + (x - self.left) / self.scale
        return replace(self, scale=scale, start=under - (x - self.left) / scale)._held()

    def scrolled(self, pixels: float) -> Axis:
        """Later frames come in by that many pixels."""
        return replace(self, start=self.start + pixels / self.scale)._held()

    def resized(self, left: float, width: float) -> Axis:
        """The same for another width; what showed the whole clip still does."""
        if self.whole:
            return Axis.fitted(self.first, self.last, left, width)
        axis = replace(self, left=left, width=max(width, 1.0))
        return replace(axis, scale=max(axis.scale, axis._least))._held()

    def showing(self, frame: int) -> Axis:
        """Turned over like a page if a frame is out of sight."""
        count = self.width / self.scale
        if self.start <= frame + _TINY and frame + 1 <= self.start + count + _TINY:
            return self
        before = count * (0.1 if frame >= self.start else 0.9)
        return replace(self, start=frame - max(min(before, count - 1), 0.0))._held()

    @property
    def _least(self) -> float:
        return min(self.width / (self.last - self.first + 1), WIDEST)

    def _held(self) -> Axis:
        """Scrolled back so that no more than the clip is shown."""
        latest = self.last + 1 - self.width / self.scale
        return replace(self, start=max(min(self.start, latest), float(self.first)))


class Ticks(NamedTuple):
    """Every how many frames there is a number, and a tick."""

    numbers: int
    ticks: int


def tick_spacing(scale: float, label_width: float) -> Ticks:
    """Round steps, 1, 2, 5, 10, ..., at which numbers do not run into each other.

    Args:
        scale: Pixels per frame.
        label_width: Pixels of the widest number.
    """
    steps = [m * 10**e for e in range(9) for m in (1, 2, 5)]
    numbers = next(s for s in steps if s * scale >= label_width + _LABEL_GAP)
    fitting = (s for s in steps if numbers % s == 0 and s * scale >= _LEAST_TICK)
    return Ticks(numbers, next(fitting, numbers))


def multiples(step: int, first: int, last: int) -> range:
    """The multiples of a step from one number to another, both included."""
    return range(-(-first // step) * step, last + 1, step)


@dataclass(frozen=True)
class Layout:
    """What lies where in the widget.

    Attributes:
        width: Of the widget, in pixels.
        height: Of the widget, in pixels.
        lanes: How many objects there are.
        offset: By how many pixels the lanes are scrolled up.
    """

    width: float
    height: float
    lanes: int
    offset: float = 0.0

    @property
    def left(self) -> float:
        """Where frames begin."""
        return min(LABELS, self.width / 3)

    @property
    def frames_width(self) -> float:
        """What frames have in width; at least 1."""
        return max(self.width - self.left - _EDGE, 1.0)

    @property
    def flags(self) -> Rect:
        """The row of suggested frames."""
        return Rect(self.left, 0, self.width - self.left, FLAGS)

    @property
    def ruler(self) -> Rect:
        """The row of frame numbers."""
        return Rect(self.left, FLAGS, self.width - self.left, RULER)

    @property
    def cache(self) -> Rect:
        """The thin row of frames that can be played at once."""
        return Rect(self.left, FLAGS + RULER, self.width - self.left, CACHE)

    @property
    def body(self) -> Rect:
        """What there is for the lanes and their names."""
        top = FLAGS + RULER + CACHE + GAP
        return Rect(0, top, self.width, max(self.height - top - BAR, 0.0))

    @property
    def bar(self) -> Rect:
        """The scroll bar below the lanes."""
        return Rect(self.left, self.height - BAR, self.width - self.left, BAR)

    @property
    def lane_height(self) -> float:
        """Lanes become lower before they have to be scrolled."""
        if not self.lanes:
            return LANE
        return float(int(min(max(self.body.height / self.lanes - GAP, LEAST_LANE), LANE)))

    @property
    def most_offset(self) -> float:
        """How far the lanes can be scrolled."""
        return max(self.lanes * (self.lane_height + GAP) - self.body.height, 0.0)

    def lane(self, index: int) -> Rect:
        """The frames of an object."""
        height = self.lane_height
        y = self.body.y + index * (height + GAP) - self.offset
        return Rect(self.left, y, self.width - self.left, height)

    def label(self, index: int) -> Rect:
        """The name of an object."""
        lane = self.lane(index)
        return Rect(0, lane.y, self.left, lane.height)

    def in_sight(self) -> Iterator[int]:
        """Objects of which something is to be seen."""
        step = self.lane_height + GAP
        first = int(self.offset // step)
        last = int((self.offset + self.body.height) // step)
        yield from range(max(first, 0), min(last + 1, self.lanes))

    def index(self, y: float) -> int | None:
        """Which object is at a height; None where there is none."""
        if not self.body.y <= y < self.body.bottom:
            return None
        index = int((y - self.body.y + self.offset) // (self.lane_height + GAP))
        return index if index < self.lanes else None

    def thumb(self, axis: Axis) -> Rect:
        """The part of the scroll bar that stands for what is shown."""
        bar, count = self.bar, axis.last - axis.first + 1
        width = max(axis.width * axis.width / (count * axis.scale), 24.0)
        room, hidden = axis.width - width, count - axis.width / axis.scale
        share = (axis.start - axis.first) / hidden if hidden > 0 else 0.0
        return Rect(bar.x + room * share, bar.y + 2, width, bar.height - 4)


@dataclass(frozen=True)
class Marks:
    """What can be hit, apart from rows.

    Attributes:
        keyframes: By object id, in the order of the lanes; frame numbers ascending.
        flags: Suggested frames.
        first: In point; None: the clip's first frame.
        last: Out point; None: the clip's last frame.
    """

    keyframes: Mapping[int, Sequence[int]]
    flags: Sequence[int] = ()
    first: int | None = None
    last: int | None = None


def moved(axis: Axis, marks: Marks, which: Point, frame: int) -> tuple[int | None, int | None]:
    """In and out point after one was moved: they never cross, and are open at the clip's ends."""
    first = axis.first if marks.first is None else marks.first
    last = axis.last if marks.last is None else marks.last
    if which == "in":
        first = min(max(frame, axis.first), last)
    else:
        last = max(min(frame, axis.last), first)
    return None if first == axis.first else first, None if last == axis.last else last


class Hit(NamedTuple):
    """What is under the pointer.

    Attributes:
        part: Which kind of thing.
        frame: The frame number there, or that of the thing itself.
        object: Id of the object in whose lane it is; None outside of the lanes.
    """

    part: Part
    frame: int
    object: int | None = None


def hit(axis: Axis, layout: Layout, marks: Marks, x: float, y: float, reach: float = 5.0) -> Hit:
    """What lies at a place; handles, flags and diamonds are caught within ``reach`` pixels."""
    frame = axis.frame(x)
    if axis_bar(layout, axis).holds(x, y):
        return Hit("bar", frame)
    if y < layout.body.y:
        return _head(axis, layout, marks, x, y, reach)
    index = layout.index(y)
    if index is None or index >= len(marks.keyframes):
        return Hit("nothing", frame)
    object_id = list(marks.keyframes)[index]
    if x < layout.left:
        return Hit("label", frame, object_id)
    key = nearest(marks.keyframes[object_id], axis, x)
    if key is not None and abs(axis.centre(key) - x) <= reach:
        return Hit("diamond", key, object_id)
    return Hit("lane", frame, object_id)


def axis_bar(layout: Layout, axis: Axis) -> Rect:
    """The scroll bar; nothing where the whole clip is shown."""
    return Rect(0, 0, 0, 0) if axis.whole else layout.bar


def handles(axis: Axis, marks: Marks) -> tuple[float, float]:
    """Where the in and the out point are: at the outer edges of their frames."""
    first = axis.first if marks.first is None else marks.first
    last = axis.last if marks.last is None else marks.last
    return axis.x(first), axis.x(last + 1)


def nearest(frames: Sequence[int], axis: Axis, x: float) -> int | None:
    """The frame, of some in ascending order, whose middle is nearest to a place."""
    at = bisect_left(frames, axis.frame(x))
    around = frames[max(at - 1, 0) : at + 2]
    return min(around, key=lambda frame: abs(axis.centre(frame) - x), default=None)


def _head(axis: Axis, layout: Layout, marks: Marks, x: float, y: float, reach: float) -> Hit:
    """What lies above the lanes."""
    frame = axis.frame(x)
    if x < layout.left - reach:
        return Hit("nothing", frame)
    if y < layout.ruler.y:
        flag = nearest(sorted(marks.flags), axis, x)
        caught = flag is not None and abs(axis.centre(flag) - x) <= reach + 1
        return Hit("flag", flag, None) if caught and flag is not None else Hit("ruler", frame)
    left, right = handles(axis, marks)
    # Handles stand outside of their frames, where the frames themselves can be clicked.
    if left - reach - 2 <= x < left + 2:
        return Hit("in", axis.first if marks.first is None else marks.first)
    if right - 2 < x <= right + reach + 2:
        return Hit("out", axis.last if marks.last is None else marks.last)
    return Hit("ruler", frame)
