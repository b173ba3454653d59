"""The passes of one propagation: which frames each visits, and how their answers meet.

A *pass* goes through the clip in one direction. It starts at the outermost keyframe
with all keyframes in memory, also those it has yet to reach. At a keyframe an object's
predicted memory is dropped: from there on the artist's mask speaks, so what lies beyond
a keyframe never depends on what was guessed before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal, TypeAlias

from roto.errors import KeyframeError
from roto.masks import Matte
from roto.results import FrameResult, Logits, PackedLogits, fuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from roto.engine import Memory
    from roto.session import Session
    from roto.shot import Shot

Direction = Literal["both", "forward", "backward"]

Finished: TypeAlias = Mapping[int, Callable[[], Mapping[int, Matte]]]
"""Frames that need no work, and how to get their mattes by object id."""


@dataclass(frozen=True, slots=True, eq=False)
class Propagated:
    """Event: one frame is finished.

    Attributes:
        frame: Its number.
        result: Its mattes.
        done: Frames finished so far, this one included.
        total: Frames that will be; None for a stream of unknown length.
    """

    frame: int
    result: FrameResult
    done: int
    total: int | None

    @property
    def confidence(self) -> float:
        """The least of all objects' confidences, in [0, 1]."""
        return self.result.confidence


class Run:
    """One propagation of one shot."""

    def __init__(self, session: Session, shot: Shot, finished: Finished) -> None:
        self.session, self.shot, self.finished = session, shot, finished
        self.memory: Memory = session.engine.open_memory()
        self.keys = {i: shot.frames_of(i) for i in shot.names}
        self.done = 0
        self.total: int | None = None

    def events(self, direction: Direction) -> Iterator[Propagated]:
        """See :meth:`roto.session.Session.propagate`."""
        frames = list(self.session.source.frame_numbers)
        first, last = min(self.shot.keyframes), max(self.shot.keyframes)
        ahead = [f for f in frames if f >= first] if direction != "backward" else []
        behind = [f for f in frames if f <= last] if direction != "forward" else []
        self.total = len({*ahead, *behind, *self.shot.keyframes} - self.finished.keys())
        # Both passes know every keyframe, also those they have not reached yet.
        for frame, given in self.shot.keyframes.items():
            encoded = self.session.encode(frame, keep=first < frame < last)
            self.memory.add(frame, encoded, given.mattes, permanent=True)
        to_meet = set(ahead) & set(behind)
        met: dict[int, PackedLogits] = {}
        settled = [f for f, given in self.shot.keyframes.items() if given.complete]
        for frame in settled:  # the artist has said all there is to say
            if frame not in self.finished:
                yield self._finish(frame, None)
        for frame, logits in self._pass(ahead, to_meet):
            if frame not in to_meet and frame not in settled:
                yield self._finish(frame, logits)
            elif logits is not None:
                met[frame] = logits.pack()
        for frame, logits in self._pass(behind[::-1], frozenset()):
            if frame not in settled:
                yield self._finish(frame, self._fuse(frame, met.pop(frame, None), logits))
        self._check_whole()

    def stream(self) -> Iterator[Propagated]:
        """See :meth:`roto.session.Session.stream`."""
        active: set[int] = set()
        frame: int | None = None
        for frame, picture in self.session.source.frames():
            encoded = self.session.encode_picture(picture, frame)
            objects = self._enter(frame, active)
            if given := self.shot.keyframes.get(frame):
                self.memory.add(frame, encoded, given.mattes, permanent=True)
            yield self._finish(
                frame, self.memory.predict(frame, encoded, objects) if objects else None
            )
        self._check_keyframes_met(frame)

    def _check_keyframes_met(self, last: int | None) -> None:
        missed = [f for f in self.shot.keyframes if last is None or f > last]
        if missed:
            raise KeyframeError(
                f"The stream ended at frame {last}, before its keyframe at frame {missed[0]}."
            )

    def _check_whole(self) -> None:
        """A movie that is cut off is told after all that can be read of it is finished."""
        damaged_from = self.session.source.clip.damaged_from
        if damaged_from is not None:
            self.session.source.read(damaged_from)

    def _pass(
        self, frames: list[int], visited_again: Iterable[int]
    ) -> Iterator[tuple[int, Logits | None]]:
        """Visit frames in order; the logits of what is predicted at each, if anything is."""
        again = frozenset(visited_again)
        while frames and frames[-1] in self.finished:
            frames = frames[:-1]  # nothing after the last open frame can matter
        self.memory.forget()
        active: set[int] = set()
        for frame, following in zip_longest(frames, frames[1:]):
            objects = self._enter(frame, active)
            if frame in self.finished:
                self._go_by(frame, objects, last=following not in self.finished)
            elif not objects:
                yield frame, None
            else:
                encoded = self.session.encode(frame, keep=frame in again)
                yield frame, self.memory.predict(frame, encoded, objects)

    def _enter(self, frame: int, active: set[int]) -> list[int]:
        """Objects to predict at a frame; those keyed here join ``active`` and start afresh."""
        given = self.shot.keyframes.get(frame)
        if given is None:
            return sorted(active)
        before = active - given.mattes.keys()
        active.update(given.mattes.keys() - self.shot.absent)
        self.memory.forget(given.mattes)
        return sorted(before)

    def _go_by(self, frame: int, objects: list[int], *, last: bool) -> None:
        """A finished frame costs nothing, unless the memory asks for it or it is the last."""
        wanted = bool(objects) and self.memory.wants(frame)
        if not wanted and not (objects and last):
            return
        mattes = self.finished[frame]()
        known = {i: mattes[i] for i in objects}
        if wanted:
            encoded = self.session.encode(frame, keep=False)
            self.memory.add(frame, encoded, known, permanent=False)
        if last:
            self.memory.follow(known)

    def _fuse(
        self, frame: int, forward: PackedLogits | None, backward: Logits | None
    ) -> Logits | None:
        if forward is None:
            return backward
        first = forward.unpack()
        if backward is None:
            return first
        return fuse(first, backward, self._shares(frame, first, backward))

    def _shares(self, frame: int, forward: Logits, backward: Logits) -> dict[int, float]:
        """The forward pass's share per object: nearer to its keyframe and surer counts more."""
        ahead, behind = forward.confidences(), backward.confidences()
        shares = {}
        for i in ahead.keys() & behind.keys():
            left = max(k for k in self.keys[i] if k <= frame)
            right = min(k for k in self.keys[i] if k >= frame)
            near_left, near_right = (right - frame) * ahead[i], (frame - left) * behind[i]
            shares[i] = near_left / max(near_left + near_right, 1e-9)
        return shares

    def _finish(self, frame: int, logits: Logits | None) -> Propagated:
        self.done += 1
        clip = self.session.source.clip
        result = FrameResult(
            frame,
            self.shot.names,
            (clip.height, clip.width),
            logits=logits.pack() if logits is not None else None,
            given=self.shot.keyframes.get(frame),
            confidences=logits.confidences() if logits is not None else None,
        )
        return Propagated(frame, result, self.done, self.total)
