"""``Session``: work on one clip that goes on. What is said to it is in :mod:`.editing`.

Every propagated frame is one transaction of the project, and a whole propagation one step to
undo. :func:`roto.propagate` is for masks in, mattes out, once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from roto.budget import fitted
from roto.budget.needs import Workload
from roto.errors import KeyframeError, SettingsError
from roto.project.records import ResultRecord
from roto.project.tables import RESULTS
from roto.propagation.encoded import EncodedFolder
from roto.propagation.passes import Request, Run
from roto.propagation.reach import check_direction
from roto.propagation.shot import check_frame, frames_between, frames_within
from roto.session.earlier import BLEND, Earlier
from roto.session.editing import FOCUS, Editing
from roto.session.guidance import Suggestion, suggest
from roto.session.receipts import Receipt, Replaced, write_receipt
from roto.session.self_test import SelfTest, Testing, self_test
from roto.session.states import pending, unused
from roto.session.stored import StoredKept, pack_answer

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from roto.engine import Encoded, Engine
    from roto.propagation.passes import Propagated
    from roto.propagation.reach import Direction
    from roto.propagation.shot import Frames
    from roto.results import FrameResult
    from roto.session.editing import Objects
    from roto.session.states import Timeline
    from roto.session.status import Status

PROPAGATE = "propagate"
"""Label of the undo step that a propagation is."""

_ACCEPTED = "accepted"  # setting: the number of the last propagation that was found good


class Session(Editing):
    """One clip, its objects, and what is known of them; arguments as of :class:`.Editing`.

    Attributes:
        blend: Whether a correction leaves what was known where that is better supported; see
            :mod:`roto.session.earlier`.
    """

    blend: bool = BLEND
    _fits: tuple[Engine, int] | None = None  # for which memory was asked

    def result(self, frame: int) -> FrameResult:
        """What is known of a frame: keyframes exactly, the rest as it was last propagated."""
        return self.stored.frame(frame)

    def status(self) -> Status:
        """The state of every object at every frame."""
        return self._board().status()

    def workload(self) -> Workload:
        """What there is to do, for :mod:`roto.budget`. A frame is read to see what it is like.

        Raises:
            KeyframeError: there is no keyframe.
        """
        keys = {frame for frame, _ in self.project.keyframes()}
        if not keys:
            raise KeyframeError("There is no keyframe: give at least one mask first.")
        count = len(self.source.frame_numbers)
        return Workload(
            self.stored.size,
            len(self.objects),
            count,
            keyframes=len(keys),
            again=count,  # any frame may be corrected: all are kept encoded
            deep=self.source.read(min(keys)).dtype != np.uint8,
            mattes=bool(self.project.results()),
        )

    def fit_memory(self, memory: str | int | None = None) -> tuple[str, ...]:
        """Let runs fit into memory, by the rules of :mod:`roto.budget.fitting`.

        Args:
            memory: What the process may take, as ``4G``; None for what ``ROTO_MEMORY`` says, or
                else what is free.

        Returns:
            What was changed in the engine's settings, a sentence each. It is asked anew when there
            is another engine or another number of objects.

        Raises:
            KeyframeError: there is no keyframe.
            MemoryLimitError: not even the smallest run fits.
        """
        if self._fits == (self.engine, len(self.objects)):
            return ()
        found = fitted(self.engine, self.workload(), memory)
        if found.settings != self.engine.settings:
            self.engine = self.engine.with_settings(found.settings)
        self._fits = (self.engine, len(self.objects))
        return found.steps

    def propagate(
        self,
        frames: Frames = None,
        objects: Objects | None = None,
        direction: Direction = "both",
        *,
        stale: bool = False,
    ) -> Iterator[Propagated]:
        """Find what is missing or in reach of an edit; one event per frame as it is finished.

        Stop asking to cancel: what was yielded is kept, the rest stays open. After a
        correction the nearest frames come first, and between two keyframes each comes twice:
        at once, and when the far side has answered (``event.final``).

        Args:
            frames: A frame, or the first and the last to work on, or several such pairs; None
                for all.
            objects: By id or name; None for all.
            direction: ``both``, or only from the keyframes before (``forward``) or after.
            stale: Refresh stale frames instead, and only these.

        Raises:
            KeyframeError: there is no keyframe, or the clip has none of a range's frames.
            MaskError: no such object.
            SettingsError: no such direction.
        """
        check_direction(direction)
        if not self.project.keyframes():
            raise KeyframeError("There is no keyframe: give at least one mask first.")
        inside = frames_within(self.source, frames, "propagate")
        chosen = self.objects if objects is None else self._ids(objects)
        board = self._board()  # as it is now; later edits are not in what is found
        wanted = board.due(chosen, inside, direction, stale=stale)
        focus = self.project.settings().get(FOCUS)
        if not any(wanted.values()):
            return
        with self.project.edit(PROPAGATE, durable=False):
            pass  # what cannot be written is told before a network is loaded
        shot = self.stored.shot(self.objects)
        rows = dict(self.project.results())  # later edits are not in what is found
        review = None
        if self.blend:
            review = Earlier(self.stored, rows, shot, board.lines, wanted, PROPAGATE).review
        # A correction changes little: there it is enough to look where things were.
        known = None if stale else self.stored.known(rows, board.lines)
        run = Run(self, shot, self.memory_of(shot), StoredKept(self.stored), review, known)
        report = sorted({frame for asked in wanted.values() for frame in asked})
        join = False
        for event in run.events(Request(report, wanted, direction, focus)):
            self._store(event, board.lines, direction, join=join)
            join = join or bool(event.answers)
            yield event

    def suggest(self, n: int = 1, objects: Objects | None = None) -> tuple[Suggestion, ...]:
        """The frames where one more keyframe helps most; see :func:`roto.session.guidance.suggest`.

        Args:
            n: How many at most.
            objects: By id or name; None for all.

        Raises:
            SettingsError: ``n`` is no whole number.
        """
        if isinstance(n, bool) or not isinstance(n, (int, np.integer)):
            raise SettingsError(f"{n!r:.60} is no number of suggestions; give one such as 3.")
        chosen = self.objects if objects is None else self._ids(objects)
        states = self.status().states
        sure = {key: row.confidence for key, row in self.project.results().items()}
        return suggest({i: states[i] for i in chosen}, sure, n)

    def self_test(self) -> SelfTest:
        """How well each keyframe is found from the others; see :mod:`roto.session.self_test`.

        Nothing is stored, and there is no step to undo. It takes about as long as propagating
        the clip twice; :meth:`self_test_steps` tells how far it is.
        """
        found = SelfTest(())
        for step in self.self_test_steps():
            found = step.found
        return found

    def self_test_steps(self) -> Iterator[Testing]:
        """The same step by step; stop asking to cancel. The last step has what was found.

        Yields:
            How far it is, after every frame that was visited; nothing where no object has two
            keyframes.
        """
        shot = self.stored.shot(self.objects)
        yield from self_test(self, shot, lambda: self.memory_of(shot), self._board().lines)

    def receipt(self) -> Receipt | None:
        """What the newest propagation changed; None where there is none, or it was accepted."""
        found = self._unaccepted()
        if found is None:
            return None
        step, rows = found
        return Receipt(step, tuple(write_receipt(self.stored, rows)))

    def accept(self) -> None:
        """The newest propagation is good: there is no receipt any more."""
        if (found := self._unaccepted()) is not None:
            with self.project.edit("accept") as edit:
                edit.set_setting(_ACCEPTED, found[0])

    def revert(self, frames: int | tuple[int, int] | None = None) -> list[int]:
        """Bring back what was there before the newest propagation.

        Args:
            frames: A frame, or the first and the last; None for all it changed.

        Returns:
            The frames that were brought back. They are open, unless they are locked.
        """
        found = self._unaccepted()
        first, last = frames_between(self.source, frames, "revert")
        reverted = set()
        with self.project.edit("revert") as edit:
            for (frame, object_id), (before, _) in (found[1] if found else {}).items():
                if not first <= frame <= last or object_id not in self.objects:
                    continue
                reverted.add(frame)
                if before is None:
                    edit.remove_result(frame, object_id)
                else:
                    edit.put_result(before)
        return sorted(reverted)

    def _unaccepted(self) -> tuple[int, Replaced] | None:
        found = self.project.newest(PROPAGATE)
        if found is None or self.project.settings().get(_ACCEPTED) == found[0]:
            return None
        now = self.project.results()  # what was reverted is not what it made any more
        rows: Replaced = {c.key: (c.before, c.after) for c in found[1] if c.table is RESULTS}
        return found[0], {key: row for key, row in rows.items() if now.get(key) == row[1]}

    def save(self, path: str | os.PathLike[str]) -> None:
        """See :meth:`.Editing.save`. Frames that were encoded are kept beside it, too."""
        super().save(path)
        if self._folder is not None and self.project.path is not None:
            before, self._folder = self._folder, self._open_folder(self.project.path)
            self._folder.share(before)

    def encode(self, frame: int, *, keep: bool) -> Encoded:
        """A frame as the engine sees it. All are kept, up to the bounds: any may be corrected."""
        del keep
        if self._folder is None and self.disk_cache_bytes and self.project.path is not None:
            self._folder = self._open_folder(self.project.path)
        return super().encode(frame, keep=True)

    def prefetch(self, frames: Iterable[int] | int | None = None) -> Iterator[int]:
        """Encode frames ahead, while the artist paints; stop asking to stop.

        Args:
            frames: Which, in this order; None for all.

        Yields:
            The frame that is ready.

        Raises:
            KeyframeError: the clip has no such frame.
        """
        if frames is not None and not isinstance(frames, Iterable):
            frames = [frames]
        for frame in self.source.frame_numbers if frames is None else frames:
            number = check_frame(self.source, frame, "encode")
            self.encode(number, keep=True)
            yield number

    def cache_estimate(self) -> int:
        """Bytes that all encoded frames of the clip would take; encodes the first to know."""
        numbers = self.source.frame_numbers
        return self.encode(numbers[0], keep=True).nbytes * len(numbers)

    def _open_folder(self, project: Path) -> EncodedFolder:
        settings, known = self.engine.settings, self.engine.capabilities
        made_of = (
            self.project.clip.fingerprint,
            *(known.name, known.weights, known.precision, known.device),
            *(settings.short_side, settings.enlarge),
        )
        identity = hashlib.sha256(repr(made_of).encode()).hexdigest()[:16]
        folder = project.with_name(project.name + ".cache")
        return EncodedFolder(folder, self.disk_cache_bytes, identity, self.engine)

    def _store(
        self,
        event: Propagated,
        lines: Mapping[int, Timeline],
        direction: Direction,
        *,
        join: bool,
    ) -> None:
        """Write an event's answers before anybody hears of it."""
        answers = [answer for answer in event.answers if answer.object in self.objects]
        if not answers:
            return
        with self.project.edit(PROPAGATE, join=join, durable=False) as edit:
            if not join:
                edit.set_setting(FOCUS, None)
            for answer in answers:
                line = lines[answer.object]
                left, right = line.around(event.frame)
                if answer.left is None:
                    left = unused(left) if direction == "backward" else pending(left)
                if answer.right is None:
                    right = unused(right) if direction == "forward" else pending(right)
                made_of = dict(line.provenance)
                if answer.earlier is not None:
                    made_of["earlier"] = answer.earlier
                edit.put_result(
                    ResultRecord(
                        event.frame,
                        answer.object,
                        edit.put_blob(pack_answer(answer.logits)),
                        answer.confidence,
                        left,
                        right,
                        edit.put_provenance(made_of),
                    )
                )
