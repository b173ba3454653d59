"""One propagation: it goes the legs of a plan, lets their answers meet, and yields frames.

A leg goes through the clip in one direction, with all keyframes in memory, also those it
has yet to reach. Where an object's keyframe is passed, what was predicted of it is dropped:
from there on the artist's mask speaks, so what lies beyond a keyframe never depends on what
was guessed before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Protocol

from roto.confidence import support
from roto.errors import KeyframeError
from roto.propagation.reach import Direction, Leg, Step, legs, nearest_first, neighbours
from roto.results import FrameResult, Logits, PackedLogits, fuse

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from roto.engine import Encoded, Memory
    from roto.media import FrameSource, Image
    from roto.propagation.kept import Kept
    from roto.propagation.shot import Shot


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What one propagation says about one object at one frame.

    Attributes:
        object: Its id.
        logits: Of this object alone.
        confidence: In [0, 1]: how decided the mask is and how far both sides agree on it, see
            :func:`roto.confidence.support`. An object that is nowhere is as certain as it is far
            from being chosen anywhere, if a keyframe it comes from says that it left; else 0.
        left: The keyframe before the frame that it was followed from, None if from none.
        right: The keyframe after it.
        earlier: Provenance of an earlier result that a part of it was kept from; None of none.
    """

    object: int
    logits: Logits
    confidence: float
    left: int | None
    right: int | None
    earlier: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Propagated:
    """Event: one frame is finished, or better known than before.

    Attributes:
        frame: Its number.
        result: Its mattes.
        done: Frames finished so far, this one included if it is.
        total: Frames that will be; None for a stream of unknown length.
        final: False where the answer from the other side is still to come.
        answers: What is new, per object.
    """

    frame: int
    result: FrameResult
    done: int
    total: int | None
    final: bool = True
    answers: tuple[Answer, ...] = ()

    @property
    def confidence(self) -> float:
        """The least of all objects' confidences, in [0, 1]."""
        return self.result.confidence


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a propagation.

    Attributes:
        frames: Frames to report, ascending.
        wanted: Per object id the frames at which it is to be found anew.
        direction: Which neighbouring keyframes may answer.
        focus: A keyframe just set: frames near it come first, before the far side has answered.
    """

    frames: Sequence[int]
    wanted: Mapping[int, Collection[int]]
    direction: Direction = "both"
    focus: int | None = None


class Pictures(Protocol):
    """The clip as a run needs it."""

    @property
    def source(self) -> FrameSource:
        """The open clip."""
        ...

    def encode(self, frame: int, *, keep: bool) -> Encoded:
        """A frame as the engine sees it, from the store if it is there."""
        ...

    def encode_picture(self, picture: Image, frame: int) -> Encoded:
        """The same of a picture at hand."""
        ...


@dataclass
class _Waiting:
    """A frame on its way: which answers are due, and which have come."""

    due: set[tuple[int, Step]] = field(default_factory=set)
    come: dict[int, dict[Step, Logits | PackedLogits]] = field(default_factory=dict)


class Run:
    """One propagation of one shot.

    Args:
        pictures: Where they come from.
        shot: Objects and keyframes.
        memory: Holds all keyframes already; every leg takes a branch of it.
        kept: What is known from before.
        review: What becomes of an answer at a frame before anybody hears of it.
        before: What was found earlier of some objects at a frame, where it was found of all of
            them; see :meth:`roto.engine.Memory.predict`.
    """

    def __init__(
        self,
        pictures: Pictures,
        shot: Shot,
        memory: Memory,
        kept: Kept,
        review: Callable[[int, Answer], Answer] | None = None,
        before: Callable[[int, Sequence[int]], Sequence[Logits] | None] | None = None,
    ) -> None:
        self.pictures, self.shot, self.memory, self.kept = pictures, shot, memory, kept
        self._review, self._before = review, before
        self.keys = {i: shot.frames_of(i) for i in shot.names if i not in shot.absent}
        self.done = 0
        self.total: int | None = None
        self._waiting: dict[int, _Waiting] = {}
        self._wanted: Mapping[int, frozenset[int]] = {}
        self._again: frozenset[int] = frozenset()

    def events(self, request: Request) -> Iterator[Propagated]:
        """Frames as they are finished; see :meth:`roto.session.Session.propagate`."""
        return (event for event in self.steps(request) if event is not None)

    def steps(self, request: Request) -> Iterator[Propagated | None]:
        """The same, and None for every frame on the way, at which a run can be stopped, too."""
        self.total = len(request.frames)
        self._wanted = {i: frozenset(frames) for i, frames in request.wanted.items()}
        every = list(self.pictures.source.frame_numbers)
        ways = legs(self.keys, every, request.wanted, request.direction)
        self._expect(request.frames, ways)
        for frame in request.frames:  # the artist has said all there is to say
            given = self.shot.keyframes.get(frame)
            if given is not None and given.complete:
                yield self._settle(frame)
        focus = request.focus
        groups = nearest_first(ways, focus) if focus is not None else [[way] for way in ways]
        for group in groups:
            for frame, answered in _by_turns([self._go(way) for way in group]):
                yield from self._meet(frame, answered, early=focus is not None)
                yield None
        for frame in list(self._waiting):  # nobody is there
            yield self._settle(frame)
        self._check_whole()

    def stream(self) -> Iterator[Propagated]:
        """See :meth:`roto.propagation.Propagation.stream`."""
        active: set[int] = set()
        frame: int | None = None
        for frame, picture in self.pictures.source.frames():
            encoded = self.pictures.encode_picture(picture, frame)
            objects = sorted(active)
            if given := self.shot.keyframes.get(frame):
                objects = sorted(active - given.mattes.keys())
                active.update(given.mattes.keys() - self.shot.absent)
                self.memory.forget(given.mattes)
                self.memory.add(frame, encoded, given.mattes, permanent=True)
            logits = self.memory.predict(frame, encoded, objects) if objects else None
            self.done += 1
            parts = logits.split() if logits is not None else {}
            yield Propagated(frame, self._result(frame, parts), self.done, None)
        self._check_keyframes_met(frame)

    def _check_keyframes_met(self, last: int | None) -> None:
        missed = [f for f in self.shot.keyframes if last is None or f > last]
        if missed:
            raise KeyframeError(
                f"The stream ended at frame {last}, before its keyframe at frame {missed[0]}."
            )

    def _check_whole(self) -> None:
        """A movie that is cut off is told after all that can be read of it is finished."""
        damaged_from = self.pictures.source.clip.damaged_from
        if damaged_from is not None:
            self.pictures.source.read(damaged_from)

    def _expect(self, frames: Sequence[int], ways: Sequence[Leg]) -> None:
        """Note which answers each frame waits for."""
        self._waiting = {frame: _Waiting() for frame in frames}
        visits: dict[int, int] = {}
        for way in ways:
            for frame, objects, _ in way.stops():
                visits[frame] = visits.get(frame, 0) + 1
                if frame in self._waiting:
                    asked = {(i, way.step) for i in objects if frame in self._wanted.get(i, ())}
                    self._waiting[frame].due |= asked
        self._again = frozenset(frame for frame, count in visits.items() if count > 1)

    def _go(self, way: Leg) -> Iterator[tuple[int, dict[tuple[int, Step], Logits]]]:
        """Visit a leg's frames; what each object asked for there is found to be."""
        memory = self.memory.branch()
        stops = list(way.stops())
        for (frame, objects, starting), after in zip_longest(stops, stops[1:]):
            if starting:
                memory.forget(starting)
            known = set(self.kept.objects(frame)) - self._asked(frame)
            todo = [i for i in objects if i not in known]
            rest = [i for i in objects if i in known]
            if not todo:
                last = after is not None and self._works(after)
                self._go_by(memory, frame, rest, last=last)
                continue
            encoded = self.pictures.encode(frame, keep=frame in self._again)
            mattes = self.kept.mattes(frame) if rest else {}
            before = self._before(frame, todo) if self._before is not None else None
            logits = memory.predict(frame, encoded, todo, {i: mattes[i] for i in rest}, before)
            found = logits.split()
            asked = [i for i in todo if frame in self._wanted.get(i, ())]
            yield frame, {(i, way.step): found[i] for i in asked}

    def _asked(self, frame: int) -> set[int]:
        return {i for i, frames in self._wanted.items() if frame in frames}

    def _works(self, stop: tuple[int, tuple[int, ...], tuple[int, ...]]) -> bool:
        """Whether anything is predicted at a stop."""
        frame, objects, _ = stop
        return bool(set(objects) - (set(self.kept.objects(frame)) - self._asked(frame)))

    def _go_by(self, memory: Memory, frame: int, objects: list[int], *, last: bool) -> None:
        """A known frame costs nothing, unless the memory asks for it or it is the last."""
        wanted = memory.wants(frame)
        if not wanted and not last:
            return
        mattes = self.kept.mattes(frame)
        known = {i: mattes[i] for i in objects}
        if wanted:
            encoded = self.pictures.encode(frame, keep=False)
            memory.add(frame, encoded, known, permanent=False)
        if last:
            memory.follow(known)

    def _meet(
        self, frame: int, found: Mapping[tuple[int, Step], Logits], *, early: bool
    ) -> Iterator[Propagated]:
        """Add a leg's answers; an event when the frame's last one has come, or at once."""
        waiting = self._waiting.get(frame)
        if waiting is None or not found:
            return
        for (object_id, step), logits in found.items():
            waiting.due.discard((object_id, step))
            # What has to wait for the other side is kept in kilobytes, and what it waited for is
            # rounded alike: which side came first shows in nothing.
            sides = waiting.come.setdefault(object_id, {})
            waits = (object_id, -step) in waiting.due
            sides[step] = logits.pack() if waits or sides else logits
        if not waiting.due:
            yield self._settle(frame)
        elif early:
            yield self._report(frame, waiting, final=False)

    def _settle(self, frame: int) -> Propagated:
        self.done += 1
        return self._report(frame, self._waiting.pop(frame), final=True)

    def _report(self, frame: int, waiting: _Waiting, *, final: bool) -> Propagated:
        answers = tuple(self._answer(frame, i, come) for i, come in waiting.come.items())
        result = self._result(frame, {a.object: a.logits for a in answers}, answers)
        return Propagated(frame, result, self.done, self.total, final, answers)

    def _answer(
        self, frame: int, object_id: int, come: Mapping[Step, Logits | PackedLogits]
    ) -> Answer:
        left, right = neighbours(self.keys[object_id], frame)
        sides = {step: _unpacked(logits) for step, logits in come.items()}
        left, right = left if 1 in sides else None, right if -1 in sides else None
        if left is not None and right is not None:
            logits, confidence = _fuse(sides[1], sides[-1], frame - left, right - frame)
        else:
            (logits,) = sides.values()
            confidence = _alone(logits)
        if not confidence and self._left(object_id, left, right):
            confidence = logits.confidences()[object_id]
        answer = Answer(object_id, logits, confidence, left, right)
        return answer if self._review is None else self._review(frame, answer)

    def _left(self, object_id: int, *keys: int | None) -> bool:
        """Whether the artist says at one of these keyframes that the object is not there."""
        given = [self.shot.keyframes[key].mattes for key in keys if key is not None]
        return not all(mattes[object_id].any() for mattes in given)

    def _result(
        self, frame: int, found: Mapping[int, Logits], answers: Sequence[Answer] = ()
    ) -> FrameResult:
        clip = self.pictures.source.clip
        given = self.shot.keyframes.get(frame)
        keyed = given.mattes.keys() if given is not None else ()
        kept = self.kept.logits(frame, {*found, *keyed})
        parts = {**kept, **{i: logits.pack() for i, logits in found.items()}}
        sure = {i: c for i, c in self.kept.confidences(frame).items() if i in kept}
        sure |= {a.object: a.confidence for a in answers}
        if not answers:
            sure |= {i: _alone(logits) for i, logits in found.items()}
        return FrameResult(
            frame,
            self.shot.names,
            (clip.height, clip.width),
            logits=[parts[i] for i in sorted(parts)],  # sums depend on the order
            given=given,
            confidences=sure,
            frozen=self.kept.frozen(frame),
        )


def _unpacked(logits: Logits | PackedLogits) -> Logits:
    return logits.unpack() if isinstance(logits, PackedLogits) else logits


def _fuse(
    forward: Logits, backward: Logits, from_left: int, from_right: int
) -> tuple[Logits, float]:
    """One object's answers from both sides as one, and how sure it is.

    The nearer keyframe and the surer pass count more.
    """
    (object_id,) = forward.ids
    ahead, behind = forward.confidences()[object_id], backward.confidences()[object_id]
    near_left, near_right = from_right * ahead, from_left * behind
    share = near_left / max(near_left + near_right, 1e-9)
    fused = fuse(forward, backward, {object_id: share})
    sides = [(forward.values[0], share), (backward.values[0], 1 - share)]
    return fused, support(fused.values[0] > 0, sides)


def _alone(logits: Logits) -> float:
    """How sure an answer is that no other joins."""
    return support(logits.values[0] > 0, [(logits.values[0], 1)])


def _by_turns(
    walks: Sequence[Iterator[tuple[int, dict[tuple[int, Step], Logits]]]],
) -> Iterator[tuple[int, dict[tuple[int, Step], Logits]]]:
    """One item of each in turn, until all are at their end."""
    open_walks = list(walks)
    while open_walks:
        for walk in list(open_walks):
            item = next(walk, None)
            if item is None:
                open_walks.remove(walk)
            else:
                yield item
