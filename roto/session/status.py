"""Where the work on a clip stands: the state of every object at every frame, and what is due."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from roto.propagation.reach import reach
from roto.session.states import KEYFRAMES, Timeline, key_name
from roto.session.stored import read_snapshot

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from roto.engine import Engine, Settings
    from roto.project import Project
    from roto.project.records import LockRecord
    from roto.propagation.reach import Direction
    from roto.session.states import State


@dataclass(frozen=True, slots=True)
class Status:
    """Where the work stands.

    Attributes:
        names: Object names by id.
        states: Per object id and frame.
    """

    names: Mapping[int, str]
    states: Mapping[int, Mapping[int, State]]

    def frames(self, state: State, object_id: int | None = None) -> list[int]:
        """Frames at which an object, or any, is in that state; ascending."""
        chosen = self.states if object_id is None else {object_id: self.states[object_id]}
        return sorted({f for states in chosen.values() for f, s in states.items() if s == state})

    def count(self, state: State) -> int:
        """How many object frames are in that state."""
        return sum(s == state for states in self.states.values() for s in states.values())


class Board:
    """A project's rows seen as work done and work to do.

    Args:
        project: The rows.
        frames: All frames of the clip, ascending.
        made: What results made now would be made with, as far as that is known.
    """

    def __init__(self, project: Project, frames: Sequence[int], made: Mapping[str, object]) -> None:
        self._project, self._frames = project, frames
        self._provenances: dict[str, Mapping[str, object]] = {}
        self._snapshots: dict[str, Mapping[str, Mapping[str, Any]]] = {}  # parsed, by hash
        self.lines = _timelines(project, made)

    def status(self) -> Status:
        """Everything."""
        return Status(
            {i: line.object.name for i, line in self.lines.items()},
            {i: {f: self.state(i, f) for f in self._frames} for i in self.lines},
        )

    def state(self, object_id: int, frame: int) -> State:
        """Of one object at one frame."""
        result = self._project.results().get((frame, object_id))
        made_from = {} if result is None else self._provenance(result.provenance)
        lock = self._lock(object_id, frame)
        overruled = lock is not None and self._overrules(lock, object_id, frame)
        return self.lines[object_id].state(
            frame, result, made_from, locked=lock is not None, overruled=overruled
        )

    def _lock(self, object_id: int, frame: int) -> LockRecord | None:
        """The newest lock of all of an object at a frame."""
        there = (
            lock
            for lock in self._project.locks().values()
            if lock.first <= frame <= lock.last
            and lock.object in (None, object_id)
            and lock.region is None
        )
        return max(there, key=lambda lock: lock.id, default=None)

    def _overrules(self, lock: LockRecord, object_id: int, frame: int) -> bool:
        """Whether a lock shows something else than the keyframe that is there."""
        key = self.lines[object_id].keys.get(frame)
        if key is None or lock.snapshot is None:
            return False
        if lock.snapshot not in self._snapshots:
            self._snapshots[lock.snapshot] = read_snapshot(self._project, lock)
        then = self._snapshots[lock.snapshot].get(str(frame), {}).get("keyframes", {})
        return str(object_id) not in then or then[str(object_id)] != key.blob

    def due(
        self,
        objects: Collection[int],
        frames: Sequence[int],
        direction: Direction = "both",
        *,
        stale: bool = False,
    ) -> dict[int, list[int]]:
        """Per object those of some frames that a propagation is to find.

        Args:
            objects: Ids.
            frames: Frames of the clip, ascending.
            direction: Which neighbouring keyframes may answer.
            stale: Stale frames instead of missing and open ones.
        """
        states = ("stale",) if stale else ("missing", "open")
        found = {}
        for object_id in objects:
            keys = self.lines[object_id].frames
            if not keys:
                continue
            inside = [
                frame
                for frame in frames
                if (direction != "forward" or frame > keys[0])
                and (direction != "backward" or frame < keys[-1])
            ]
            found[object_id] = [f for f in inside if self.state(object_id, f) in states]
        return found

    def reached(self, object_id: int, key: int) -> tuple[int, ...]:
        """Frames that a new keyframe leaves to be found, nearest first."""
        found = reach(self.lines[object_id].frames, self._frames, key)
        there = [f for f in found if self.state(object_id, f) in ("missing", "open")]
        return tuple(sorted(there, key=lambda f: (abs(f - key), f)))

    def _provenance(self, name: str) -> Mapping[str, object]:
        if name not in self._provenances:
            self._provenances[name] = self._project.provenance(name)
        return self._provenances[name]


def _timelines(project: Project, made: Mapping[str, object]) -> dict[int, Timeline]:
    keys = sorted(project.keyframes().items())
    lines = {}
    for object_id, record in project.objects().items():
        own = {frame: key for (frame, i), key in keys if i == object_id}
        provenance = {**made, KEYFRAMES: [key_name(key) for key in own.values()]}
        lines[object_id] = Timeline(record, own, provenance)
    return lines


def made_with(engine: Engine) -> dict[str, object]:
    """Model, weights and settings, as the provenance of a result names them."""
    known = engine.capabilities
    return provenance_of(known.name, known.weights, engine.settings)


def provenance_of(model: str, weights: str, settings: Settings) -> dict[str, object]:
    """The same, of an engine that is not loaded yet."""
    values = asdict(settings)
    for name in ("cache_bytes", "objects_at_once"):
        values.pop(name)  # how much is kept at hand, or worked on at once, changes no result
    return {"model": model, "weights": weights, "settings": values}
