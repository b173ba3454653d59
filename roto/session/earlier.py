"""What was known before a correction is kept where the new answer is not better supported.

The earlier result of a frame is evidence as long as all that it was made of still holds: the same
weights and settings, and none of its keyframes changed or gone. It then knows less than the new
answer by the corrected keyframe alone, and :mod:`roto.session.blending` asks which of the two to
believe.

What a propagation replaced it still finds when it is stopped and begun again: the journal has it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from roto.errors import ProjectDamagedError
from roto.project.tables import RESULTS
from roto.propagation.reach import neighbours
from roto.results import Logits
from roto.session.blending import Cause, blend, on_grid
from roto.session.states import KEYFRAMES, finished

if TYPE_CHECKING:
    from collections.abc import Mapping

    from roto.project import Project
    from roto.project.records import ResultRecord
    from roto.propagation.passes import Answer
    from roto.propagation.reach import Wanted
    from roto.propagation.shot import Shot
    from roto.results import Grid
    from roto.session.states import Timeline
    from roto.session.stored import StoredFrames

BLEND = False
"""Whether a session keeps what is better supported; see ``benchmarks/interaction.py``."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A frame between what was known and what is new.

    Attributes:
        key: The nearest keyframe that the earlier result knew nothing of.
        distance: Frames to it.
        share: What the new answer counts: all at the corrected keyframe, half where one of the
            keyframes that both results know is as near.
    """

    key: int
    distance: int
    share: float


class Earlier:
    """Results as they were before a propagation, which may be kept in part.

    Args:
        stored: The project, as it is before the propagation.
        rows: Its results then, by frame and object id; nobody changes them.
        shot: Objects and keyframes that the propagation works with.
        lines: The objects' keyframes, and what results made now come from.
        wanted: What is to be found anew.
        propagate: Label of the undo steps that propagations are.
    """

    def __init__(
        self,
        stored: StoredFrames,
        rows: Mapping[tuple[int, int], ResultRecord],
        shot: Shot,
        lines: Mapping[int, Timeline],
        wanted: Wanted,
        propagate: str,
    ) -> None:
        self._stored, self._shot, self._lines = stored, shot, lines
        asked = {(frame, i) for i, frames in wanted.items() for frame in frames}
        half = {k for k in asked if k in rows and not finished(rows[k])}
        self._rows, self._half = rows, half
        self._whole = _finished_ones(stored.project, half, propagate)
        self._causes: dict[tuple[int, int], Cause | None] = {}

    def review(self, frame: int, answer: Answer) -> Answer:
        """An answer with what was known of the object at the frame, where that is better."""
        row = self._before(frame, answer.object)
        place = None if row is None else self._place(frame, answer.object, row)
        if row is None or place is None:
            return answer
        try:
            old = self._stored.logits(row).unpack()
            cause = self._cause(answer.object, place.key, old.grid, old.values[0].shape)
        except ProjectDamagedError:  # propagating again is what repairs it
            return answer
        new, grid = answer.logits.values[0], answer.logits.grid
        if cause is None or old.grid != grid:
            return answer
        values, kept = blend(new, old.values[0], cause, place.share, place.distance)
        if not kept.any():
            return answer
        part = float(np.count_nonzero(kept) / np.count_nonzero((new > 0) | (values > 0)))
        return replace(
            answer,
            logits=Logits(answer.logits.ids, values[None], grid),
            confidence=(1 - part) * answer.confidence + part * row.confidence,
            earlier=row.provenance,
        )

    def _before(self, frame: int, object_id: int) -> ResultRecord | None:
        """What was known of an object at a frame when all that was asked had answered."""
        key = frame, object_id
        return self._whole.get(key) if key in self._half else self._rows.get(key)

    def _place(self, frame: int, object_id: int, row: ResultRecord) -> _Place | None:
        """Where a frame lies; None where its earlier result is no evidence any more."""
        line = self._lines[object_id]
        made_from = self._stored.project.provenance(row.provenance)
        known = frozenset(made_from.get(KEYFRAMES, ()))
        if not line.made_alike(made_from) or not known <= frozenset(line.names.values()):
            return None
        added = [
            key
            for key in neighbours(line.frames, frame)
            if key is not None and line.names[key] not in known
        ]
        if not added:
            return None
        key = min(added, key=lambda k: (abs(k - frame), k))
        distance = abs(key - frame)
        shared = [abs(k - frame) for k, name in line.names.items() if name in known]
        nearest = min(shared, default=0)
        return _Place(key, distance, nearest / (nearest + distance))

    def _cause(self, object_id: int, key: int, grid: Grid, shape: tuple[int, ...]) -> Cause | None:
        """What a keyframe changed; None where nothing had been found there."""
        if (object_id, key) not in self._causes:
            self._causes[object_id, key] = self._see(object_id, key, grid, shape)
        return self._causes[object_id, key]

    def _see(self, object_id: int, key: int, grid: Grid, shape: tuple[int, ...]) -> Cause | None:
        row = self._before(key, object_id)
        given = self._shot.keyframes.get(key)
        if row is None or given is None or object_id not in given.mattes:
            return None
        found = self._stored.logits(row).unpack()
        if found.grid != grid:
            return None
        after = on_grid(given.mattes[object_id], grid, (shape[0], shape[1]))
        return Cause(found.values[0] > 0, after)


def _finished_ones(
    project: Project, keys: set[tuple[int, int]], propagate: str
) -> dict[tuple[int, int], ResultRecord]:
    """What stopped propagations left half done, as it was before them."""
    found: dict[tuple[int, int], ResultRecord] = {}
    missing, step = set(keys), project.newest(propagate) if keys else None
    while missing and step is not None:
        number, changes = step
        for change in changes:
            if change.table is not RESULTS or change.key not in missing:
                continue
            if change.before is None or finished(change.before):
                missing.discard(change.key)
            if change.before is not None and finished(change.before):
                found[change.key] = change.before
        step = project.newest(propagate, before=number)
    return found
