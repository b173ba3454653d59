"""Where one more keyframe helps most, and how good the result is on this very shot.

Both are told without anybody's ground truth: suggestions from the confidence of what was
propagated and from how far it lies from the keyframes, the self-test from the keyframes alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Literal

import numpy as np

from roto.metrics import boundary_measure, region_similarity
from roto.passes import FinishedFrames, Request, Run
from roto.reach import legs
from roto.receipts import boundary_move
from roto.results import Given
from roto.shot import Shot

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from roto.engine import Memory
    from roto.masks import LabelMap
    from roto.passes import Pictures
    from roto.states import State, Timeline

    Floats = npt.NDArray[np.float64]

Reason = Literal["low confidence", "far from keyframes"]

_NARROWEST, _WIDEST = 1.0, 25.0  # frames; of the kernel that says how far a keyframe helps
_REACH = 4.0  # standard deviations, beyond which it does not
_LEAST_DOUBT = 0.01  # of a frame that the engine is entirely sure about


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A frame worth a keyframe.

    Attributes:
        frame: Frame number.
        object: Id of the object that gains most there.
        reason: What speaks for it: it and its neighbours are less certain than the rest of the
            object's frames, or they are far from all that the artist has given.
        score: Doubt that would go, summed over frames and objects: 2.0 is as much as two
            frames of which nothing at all is known.
    """

    frame: int
    object: int
    reason: Reason
    score: float


def suggest(
    states: Mapping[int, Mapping[int, State]],
    confidences: Mapping[tuple[int, int], float],
    n: int = 1,
) -> tuple[Suggestion, ...]:
    """The frames where keyframes help most, the best first; the first of several is that of one.

    A keyframe takes away the doubt about its neighbours, by a Gaussian of the distance in
    frames. What is chosen is the frame that takes away most of what the keyframes, and the frames
    chosen before it, leave: greedy maximisation of a submodular function, which gets at least
    63 % of what the best choice would (Nemhauser, Wolsey and Fisher, "An analysis of
    approximations for maximizing submodular set functions", Mathematical Programming 14,
    1978, section 4). Being near to a keyframe or to another suggestion so counts against a
    frame by itself. Of equals the earliest is taken.

    Args:
        states: Per object id and frame. Only fresh and stale frames are doubted and suggested:
            others are given, locked, or nothing is known of them yet.
        confidences: By frame and object id, in [0, 1].
        n: How many at most.

    Returns:
        Fewer than ``n`` where there are no more frames.
    """
    doubts = [_Doubt(i, states[i], confidences) for i in sorted(states)]
    candidates = sorted({int(frame) for doubt in doubts for frame in doubt.frames})
    found: list[Suggestion] = []
    while candidates and len(found) < n:
        gains = [[doubt.gain(frame) for doubt in doubts] for frame in candidates]
        totals = [sum(sum(parts) for parts in gain) for gain in gains]
        best = int(np.argmax(totals))
        frame = candidates.pop(best)
        whose = int(np.argmax([sum(parts) for parts in gains[best]]))
        unsure, far = gains[best][whose]
        reason: Reason = "low confidence" if unsure > far else "far from keyframes"
        found.append(Suggestion(frame, doubts[whose].object, reason, totals[best]))
        for doubt in doubts:
            doubt.settle(frame)
    return tuple(found)


class _Doubt:
    """What is not sure of one object, and how much of it its keyframes answer.

    Every frame is doubted by what is missing of its confidence, and once more by what is
    missing on average: how decided masks are depends on the object's size and sharpness.
    """

    def __init__(
        self,
        object_id: int,
        states: Mapping[int, State],
        confidences: Mapping[tuple[int, int], float],
    ) -> None:
        self.object = object_id
        known = [f for f in sorted(states) if states[f] in ("fresh", "stale")]
        known = [f for f in known if (f, object_id) in confidences]
        keys = [f for f, state in states.items() if state == "keyframe"]
        self.frames = np.array(known, np.float64)
        self._known = frozenset(known)
        self._doubt = np.array([1 - confidences[f, object_id] for f in known], np.float64)
        self._base = _LEAST_DOUBT + (float(self._doubt.mean()) if known else 0.0)
        alive = sum(state != "absent" for state in states.values())
        self._width = min(max(alive / (4 * max(len(keys), 1)), _NARROWEST), _WIDEST)
        self._answered: Floats = np.zeros(len(known))
        for frame in keys:
            self.settle(frame)

    def gain(self, frame: int) -> tuple[float, float]:
        """Doubt that a keyframe would take away: the frames' own, and the common one."""
        if frame not in self._known:
            return 0.0, 0.0
        near, kernel = self._around(frame)
        more = np.maximum(kernel - self._answered[near], 0)
        return float(more @ self._doubt[near]), float(more.sum() * self._base)

    def settle(self, frame: int) -> None:
        """Take a keyframe as given."""
        near, kernel = self._around(frame)
        np.maximum(self._answered[near], kernel, out=self._answered[near])

    def _around(self, frame: int) -> tuple[slice, Floats]:
        """Frames that a keyframe speaks for, and how much."""
        reach = _REACH * self._width
        low, high = np.searchsorted(self.frames, (frame - reach, frame + reach))
        near = slice(int(low), int(high))
        kernel: Floats = np.exp(-0.5 * ((self.frames[near] - frame) / self._width) ** 2)
        return near, kernel


@dataclass(frozen=True, slots=True)
class HiddenKeyframe:
    """One object at one keyframe, found from the others and compared with what was given.

    Attributes:
        frame: Frame number.
        object: Id of the object.
        name: Its name.
        j: Region similarity, 0..1; see :func:`roto.metrics.region_similarity`.
        f: Boundary measure, 0..1; see :func:`roto.metrics.boundary_measure`.
        boundary: Largest distance in pixels from the boundary of one mask to that of the other;
            infinite where only one of them has a pixel.
    """

    frame: int
    object: int
    name: str
    j: float
    f: float
    boundary: float


@dataclass(frozen=True, slots=True)
class SelfTest:
    """How well each keyframe is found from the others; empty where no object has two.

    It is pessimistic: the frames between keyframes are nearer to one than a hidden keyframe is.

    Attributes:
        hidden: By frame.
    """

    hidden: tuple[HiddenKeyframe, ...]

    @property
    def j(self) -> float:
        """Mean region similarity, 0..1; not a number where nothing could be hidden."""
        return fmean(item.j for item in self.hidden) if self.hidden else math.nan

    @property
    def f(self) -> float:
        """Mean boundary measure, 0..1; not a number where nothing could be hidden."""
        return fmean(item.f for item in self.hidden) if self.hidden else math.nan

    @property
    def boundary(self) -> float:
        """The largest of all boundary errors, in pixels; 0 where nothing could be hidden."""
        return max((item.boundary for item in self.hidden), default=0.0)


@dataclass(frozen=True, slots=True)
class Testing:
    """How far a self-test is.

    Attributes:
        done: Frames visited.
        total: Frames to visit.
        frame: The keyframe that is hidden; None while keyframes are learnt.
        found: What is known so far; at the last step it is all.
    """

    done: int
    total: int
    frame: int | None
    found: SelfTest


def self_test(
    pictures: Pictures,
    shot: Shot,
    memory: Callable[[], Memory],
    lines: Mapping[int, Timeline],
) -> Iterator[Testing]:
    """Hide each keyframe in turn and find it from the others: leave-one-out cross-validation.

    Of an object that no other keyframe shows, the keyframe stays. Nothing is stored. Stop asking
    to cancel. There is no step where there is nothing to hide.

    Args:
        pictures: The clip.
        shot: Objects and all keyframes.
        memory: Makes one that holds all keyframes; it is changed on the way.
        lines: Per object id; says at which frames it is alive.
    """
    shown = {i: _shown(shot, i) for i in shot.names}
    sets = {
        frame: [i for i in given.mattes if shown[i] - {frame}]
        for frame, given in shot.keyframes.items()
    }
    plans = [_Plan.of(shot, lines, frame, ids) for frame, ids in sets.items() if ids]
    if not plans:
        return
    every = list(pictures.source.frame_numbers)
    total = len(shot.keyframes) + sum(plan.length(every) for plan in plans)
    found: list[HiddenKeyframe] = []
    done = 0
    for frame in shot.keyframes:
        pictures.encode(frame, keep=True)
        done += 1
        yield Testing(done, total, None, SelfTest(()))
    knows = memory()
    for plan in plans:
        for event in _hide(pictures, shot, knows, plan):
            done = min(done + (event is None), total)
            found += event or []
            yield Testing(done, total, plan.frame, SelfTest(tuple(found)))


def _shown(shot: Shot, object_id: int) -> set[int]:
    """Keyframes in which an object has a pixel."""
    frames = shot.frames_of(object_id)
    return {f for f in frames if shot.keyframes[f].mattes[object_id].any()}


@dataclass(frozen=True)
class _Plan:
    """One keyframe to be hidden.

    Attributes:
        frame: Its frame.
        hidden: Ids of the objects that are to be found there.
        rest: What it still says.
        blind: The shot as it is known then.
        request: What is asked.
    """

    frame: int
    hidden: Sequence[int]
    rest: Given
    blind: Shot
    request: Request

    @classmethod
    def of(
        cls, shot: Shot, lines: Mapping[int, Timeline], frame: int, hidden: Sequence[int]
    ) -> _Plan:
        rest = _without(shot.keyframes[frame], hidden)
        others = {f: masks for f, masks in shot.keyframes.items() if f != frame}
        keyframes = {**others, frame: rest} if rest.mattes else others
        blind = Shot(shot.names, dict(sorted(keyframes.items())), shot.absent)
        there = [i for i in shot.names if i not in shot.absent and i not in rest.mattes]
        asked = {*hidden, *(i for i in there if lines[i].alive(frame))}
        return cls(frame, hidden, rest, blind, Request([frame], {i: [frame] for i in asked}))

    def length(self, every: Sequence[int]) -> int:
        """Frames that finding it visits."""
        keys = {i: self.blind.frames_of(i) for i in self.blind.names if i not in self.blind.absent}
        return sum(len(list(way.stops())) for way in legs(keys, every, self.request.wanted, "both"))


def _hide(
    pictures: Pictures, shot: Shot, memory: Memory, plan: _Plan
) -> Iterator[list[HiddenKeyframe] | None]:
    """Find some objects at a keyframe without what it says of them; None per visited frame."""
    frame, given = plan.frame, shot.keyframes[plan.frame]
    _show(pictures, memory, frame, given.mattes, plan.rest)
    run = Run(pictures, plan.blind, memory, FinishedFrames({}, ()))
    labels = None
    for event in run.steps(plan.request):
        if event is None:
            yield None
        elif event.final:
            labels = event.result.label_map
            break
    assert labels is not None
    yield None
    _show(pictures, memory, frame, plan.rest.mattes, given)
    yield [_compare(shot, frame, i, labels, given.labels) for i in plan.hidden]


def _compare(
    shot: Shot, frame: int, object_id: int, found: LabelMap, given: LabelMap
) -> HiddenKeyframe:
    predicted, truth = found == object_id, given == object_id
    return HiddenKeyframe(
        frame,
        object_id,
        shot.names[object_id],
        region_similarity(predicted, truth),
        boundary_measure(predicted, truth),
        boundary_move(predicted, truth),
    )


def _without(given: Given, hidden: Collection[int]) -> Given:
    mattes = {i: matte for i, matte in given.mattes.items() if i not in hidden}
    labels = np.where(np.isin(given.labels, list(hidden)), np.uint8(0), given.labels)
    return Given(mattes, labels, complete=False)


def _show(
    pictures: Pictures, memory: Memory, frame: int, before: Iterable[int], after: Given
) -> None:
    """Replace all that a memory knows of a keyframe; objects are remembered side by side."""
    if before := list(before):
        memory.drop(frame, before)
    if after.mattes:
        memory.add(frame, pictures.encode(frame, keep=True), after.mattes, permanent=True)
