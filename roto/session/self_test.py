"""How good the result is on this very shot: each keyframe is hidden and found from the others.

Nobody's ground truth is needed but what the artist gave. See :mod:`.guidance` for what to do about
it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

from roto.metrics import boundary_measure, region_similarity
from roto.propagation.kept import FinishedFrames
from roto.propagation.passes import Request, Run
from roto.propagation.reach import legs
from roto.propagation.shot import Shot
from roto.results import Given
from roto.session.receipts import boundary_move

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from roto.engine import Memory
    from roto.masks import LabelMap
    from roto.propagation.passes import Pictures
    from roto.session.states import Timeline


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
