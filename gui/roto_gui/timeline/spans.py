"""What a lane shows, as few rectangles: runs of equal states, and the curve of confidence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import numpy.typing as npt

    from roto.session.states import State
    from roto_gui.state import ObjectState
    from roto_gui.timeline.geometry import Axis

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

# Where several frames share a pixel the last of these that is there is shown: what needs work.
ORDER: tuple[State, ...] = (
    "absent", "fresh", "keyframe", "locked", "stale", "missing", "open",
)  # fmt: skip
_CURVE = 2.0  # pixels that one point of the curve stands for, at least
_CODES = {state: code for code, state in enumerate(ORDER)}


class Span(NamedTuple):
    """Neighbouring frames in one state.

    Attributes:
        left: Where they begin, in pixels.
        right: Where they end.
        state: Of all of them.
    """

    left: float
    right: float
    state: State


@dataclass(frozen=True)
class Lane:
    """An object's frames as arrays, made once per snapshot.

    Attributes:
        of: The object.
    """

    of: ObjectState

    def now(self, of: ObjectState) -> Lane:
        """The lane of an object of a newer snapshot; what is the same is not computed again."""
        if of is self.of or of == self.of:  # comparing is a tenth of drawing it
            return self
        lane = Lane(of)
        same = of.states is self.of.states and of.confidence is self.of.confidence
        if same and (of.partly, of.overruled) == (self.of.partly, self.of.overruled):
            vars(lane).update({**vars(self), "of": of})
        return lane

    @cached_property
    def _states(self) -> tuple[Ints, npt.NDArray[np.uint8]]:
        """Frame numbers, ascending, and the code of the state of each."""
        states = self.of.states
        frames = np.fromiter(states, np.int64, len(states))
        codes = np.fromiter(map(_CODES.__getitem__, states.values()), np.uint8, len(states))
        order = _order(frames)
        return (frames, codes) if order is None else (frames[order], codes[order])

    @cached_property
    def keyframes(self) -> tuple[int, ...]:
        """Frames with a keyframe, ascending."""
        frames, codes = self._states
        shown: list[int] = frames[codes == _CODES["keyframe"]].tolist()
        return tuple(sorted({*shown, *self.of.overruled}))

    @cached_property
    def _confidence(self) -> tuple[Ints, Floats]:
        """Frame numbers, ascending, and the confidence at each."""
        known = self.of.confidence
        frames = np.fromiter(known, np.int64, len(known))
        values = np.fromiter(known.values(), np.float64, len(known))
        order = _order(frames)
        return (frames, values) if order is None else (frames[order], values[order])

    def spans(self, axis: Axis) -> Iterator[Span]:
        """What is shown of the states, from left to right; at most one span per pixel."""
        frames, codes = self._states
        part = _part(frames, axis)
        frames, codes = frames[part], codes[part]
        if not len(frames):
            return
        if axis.scale >= 1:
            yield from _runs(frames, codes, axis.scale, axis.x(0))
            return
        columns, starts = _columns(frames, axis)
        yield from _runs(columns, np.maximum.reduceat(codes, starts), 1.0, axis.left)

    def curve(self, axis: Axis) -> Iterator[tuple[Floats, Floats]]:
        """Lines of the confidence: x in pixels, and values in [0, 1]; broken where it is unknown.

        They reach from the left edge of the first frame to the right edge of the last.
        Where several frames share a place it is the lowest.
        """
        frames, values = self._confidence
        part = _part(frames, axis, margin=1)
        frames, values = frames[part], values[part]
        if not len(frames):
            return
        breaks = np.flatnonzero(np.diff(frames) > 1) + 1
        x = axis.x(0) + (frames + 0.5) * axis.scale
        if axis.scale < 1:
            columns, starts = _columns(frames, axis, _CURVE)
            values = np.minimum.reduceat(values, starts)
            x = (columns + 0.5) * _CURVE + axis.left
            breaks = np.flatnonzero(np.diff(columns) > 1) + 1
        half = (axis.scale if axis.scale >= 1 else _CURVE) / 2
        for at, height in zip(np.split(x, breaks), np.split(values, breaks), strict=True):
            ends = np.concatenate(([at[0] - half], at, [at[-1] + half]))
            yield ends, np.concatenate((height[:1], height, height[-1:]))


class Lanes:
    """Lanes of the newest snapshot; those of objects that did not change are kept."""

    def __init__(self) -> None:
        self._known: dict[int, Lane] = {}

    def update(self, objects: Collection[ObjectState]) -> None:
        """Take over the objects of a new snapshot."""
        known = self._known
        self._known = {o.id: known[o.id].now(o) if o.id in known else Lane(o) for o in objects}

    @property
    def keyframes(self) -> dict[int, tuple[int, ...]]:
        """Frames with a keyframe by object id, in the order of the lanes."""
        return {i: lane.keyframes for i, lane in self._known.items()}

    def __getitem__(self, object_id: int) -> Lane:
        return self._known[object_id]


def stretches(frames: Collection[int], axis: Axis) -> Iterator[tuple[float, float]]:
    """Where some frames, in any order, lie: from and to, in pixels."""
    numbers = np.unique(np.fromiter(frames, np.int64, len(frames)))
    numbers = numbers[_part(numbers, axis)]
    if not len(numbers):
        return
    scale, origin = axis.scale, axis.x(0)
    if scale < 1:
        numbers, scale, origin = _columns(numbers, axis)[0], 1.0, axis.left
    spans = _runs(numbers, np.zeros(len(numbers), np.uint8), scale, origin)
    yield from ((span.left, span.right) for span in spans)


def heights(values: Mapping[int, float], axis: Axis) -> Iterator[tuple[float, float, float]]:
    """Per pixel or frame, whichever is wider: from and to in pixels, and the largest value."""
    numbers = np.fromiter(values, np.int64, len(values))
    sizes = np.fromiter(values.values(), np.float64, len(values))
    order = np.argsort(numbers)
    numbers, sizes = numbers[order], sizes[order]
    part = _part(numbers, axis)
    numbers, sizes = numbers[part], sizes[part]
    if not len(numbers):
        return
    if axis.scale >= 1:
        left = axis.x(0) + numbers * axis.scale
        yield from zip(left.tolist(), (left + axis.scale).tolist(), sizes.tolist(), strict=True)
        return
    columns, starts = _columns(numbers, axis)
    left = columns + axis.left
    highest = np.maximum.reduceat(sizes, starts)
    yield from zip(left.tolist(), (left + 1).tolist(), highest.tolist(), strict=True)


def _order(frames: Ints) -> Ints | None:
    """How to sort them; None where they are sorted."""
    return np.argsort(frames) if np.any(np.diff(frames) < 0) else None


def _part(frames: Ints, axis: Axis, margin: int = 0) -> slice:
    """Those that are in sight."""
    first, last = axis.shown
    low, high = np.searchsorted(frames, (first - margin, last + 1 + margin))
    return slice(int(low), int(high))


def _columns(frames: Ints, axis: Axis, width: float = 1.0) -> tuple[Ints, Ints]:
    """Columns of pixels with a frame, and which frame is the first of each."""
    columns = np.floor((frames - axis.start) * (axis.scale / width)).astype(np.int64)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(columns)) + 1))
    return columns[starts], starts


def _runs(
    numbers: Ints, codes: npt.NDArray[np.uint8], scale: float, origin: float
) -> Iterator[Span]:
    """Neighbouring numbers with one code, as spans."""
    breaks = np.flatnonzero((np.diff(numbers) > 1) | (np.diff(codes) != 0))
    starts = np.concatenate(([0], breaks + 1))
    ends = np.concatenate((breaks, [len(numbers) - 1]))
    left = (origin + numbers[starts] * scale).tolist()
    right = (origin + (numbers[ends] + 1) * scale).tolist()
    for here, there, code in zip(left, right, codes[starts].tolist(), strict=True):
        yield Span(here, there, ORDER[code])
