"""Which frames a propagation visits, in which order, and what each of them waits for.

Pure bookkeeping on frame numbers: no pictures, no masks. An object's keyframes cut the clip
into *segments*. A frame between two keyframes waits for two answers, one from each side; a
frame before the first or after the last waits for one. A *leg* is a way through the clip in
one direction that has to be gone in one piece, because some object is followed all along it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from roto.errors import SettingsError

Direction = Literal["both", "forward", "backward"]
"""Which of a frame's neighbouring keyframes may answer: ``forward`` asks the one before it."""

Step = Literal[1, -1]
"""1 forward, -1 backward."""

Wanted: TypeAlias = Mapping[int, Collection[int]]
"""Per object id the frames at which it is asked for."""


@dataclass(frozen=True, slots=True)
class Span:
    """One object followed from a keyframe of its own, up to the last frame it is asked for at.

    Attributes:
        object: Its id.
        key: The keyframe it starts from; not part of the span.
        frames: Frames in the order of visit.
    """

    object: int
    key: int
    frames: Sequence[int]


@dataclass(frozen=True, slots=True)
class Leg:
    """Frames visited in one direction without a gap, and who is followed at each.

    Attributes:
        step: 1 forward, -1 backward.
        frames: In the order of visit.
        spans: Whose they are.
    """

    step: Step
    frames: tuple[int, ...]
    spans: tuple[Span, ...]

    @property
    def keys(self) -> frozenset[int]:
        """Keyframes that something is followed from."""
        return frozenset(span.key for span in self.spans)

    def stops(self) -> Iterator[tuple[int, tuple[int, ...], tuple[int, ...]]]:
        """Frame, objects followed there, and those of them that start there."""
        followed = [frozenset(span.frames) for span in self.spans]
        for frame in self.frames:
            here = [s for s, f in zip(self.spans, followed, strict=True) if frame in f]
            starting = tuple(s.object for s in here if s.frames[0] == frame)
            yield frame, tuple(sorted(s.object for s in here)), starting


def check_direction(direction: Direction) -> None:
    """Refuse what is no direction; scripts are not always typed.

    Raises:
        SettingsError: it is none.
    """
    if direction not in get_args(Direction):
        raise SettingsError(
            f"There is no direction {direction!r}; choose both, forward or backward."
        )


def neighbours(keys: Sequence[int], frame: int) -> tuple[int | None, int | None]:
    """The nearest of the ascending ``keys`` before and after a frame, itself not counted."""
    left, right = bisect_left(keys, frame), bisect_right(keys, frame)
    return (keys[left - 1] if left else None), (keys[right] if right < len(keys) else None)


def reach(keys: Sequence[int], frames: Sequence[int], key: int) -> list[int]:
    """Frames that a keyframe at ``key`` speaks for: up to the neighbouring ones of the object."""
    left, right = neighbours(keys, key)
    return [
        f
        for f in frames
        if (left is None or f > left) and (right is None or f < right) and f != key
    ]


def legs(
    keys: Mapping[int, Sequence[int]],
    frames: Sequence[int],
    wanted: Wanted,
    direction: Direction = "both",
) -> list[Leg]:
    """The ways to go: all forward ones in ascending order, then all backward ones.

    Args:
        keys: Per object id its keyframes, ascending.
        frames: All frames of the clip, ascending.
        wanted: Per object the frames at which it is asked for; keyframes of its own are ignored.
        direction: ``forward`` or ``backward`` leaves out what the other would find.
    """
    ways: list[Leg] = []
    if direction != "backward":
        ways += _join(_spans(keys, frames, wanted, 1), frames, 1)
    if direction != "forward":
        ways += _join(_spans(keys, frames, wanted, -1), frames, -1)
    return ways


def nearest_first(ways: Sequence[Leg], focus: int) -> list[list[Leg]]:
    """Legs in groups: first those that start at keyframe ``focus``, to be gone by turns."""
    first = [way for way in ways if focus in way.keys and _starts_at(way, focus)]
    rest = [way for way in ways if way not in first]
    return [first, *([way] for way in rest)] if first else [[way] for way in rest]


def _starts_at(way: Leg, focus: int) -> bool:
    return any(span.key == focus and span.frames[0] == way.frames[0] for span in way.spans)


def _spans(
    keys: Mapping[int, Sequence[int]], frames: Sequence[int], wanted: Wanted, step: Step
) -> list[Span]:
    spans = []
    for object_id, own in keys.items():
        asked = sorted(set(wanted.get(object_id, ())) - set(own))
        for number, key in enumerate(own):
            if step == 1:
                end = own[number + 1] if number + 1 < len(own) else None
                inside = [f for f in asked if f > key and (end is None or f < end)]
                if inside:
                    way = frames[bisect_right(frames, key) : bisect_right(frames, inside[-1])]
                    spans.append(Span(object_id, key, way))
            else:
                end = own[number - 1] if number else None
                inside = [f for f in asked if f < key and (end is None or f > end)]
                if inside:
                    way = frames[bisect_left(frames, inside[0]) : bisect_left(frames, key)]
                    spans.append(Span(object_id, key, way[::-1]))
    return spans


def _join(spans: Sequence[Span], frames: Sequence[int], step: Step) -> list[Leg]:
    """Spans that share a frame belong to one leg."""
    ways: list[Leg] = []
    group: list[Span] = []
    low = high = 0
    for span in sorted(spans, key=lambda s: (min(s.frames), s.object)):
        first, last = min(span.frames[0], span.frames[-1]), max(span.frames[0], span.frames[-1])
        if group and first > high:
            ways.append(_leg(group, frames, low, high, step))
            group = []
        low, high = (min(low, first), max(high, last)) if group else (first, last)
        group.append(span)
    if group:
        ways.append(_leg(group, frames, low, high, step))
    return ways


def _leg(group: Sequence[Span], frames: Sequence[int], low: int, high: int, step: Step) -> Leg:
    way = frames[bisect_left(frames, low) : bisect_right(frames, high)]
    return Leg(step, tuple(way[::step]), tuple(group))
