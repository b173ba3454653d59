"""What a stored result is worth, told from what it was made of. Pure bookkeeping.

Nothing is marked: every result names the keyframes around it, and the provenance (all its
object's keyframes, the weights, the settings). Comparing these with what is there now says
whether it is ``fresh``; so undoing an edit makes fresh what the edit had made stale.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from roto.propagation.reach import neighbours

if TYPE_CHECKING:
    from collections.abc import Mapping

    from roto.project.records import KeyframeRecord, ObjectRecord, ResultRecord

State = Literal["keyframe", "absent", "locked", "missing", "open", "stale", "fresh"]
"""Of an object at a frame.

- ``keyframe``: the artist gave its mask, and it is shown.
- ``absent``: outside its lifetime, or it has no keyframe with a pixel.
- ``locked``: whatever comes, it stays as it is; also where a keyframe came after the lock.
- ``missing``: not propagated yet.
- ``open``: in reach of a keyframe that came, changed or went since.
- ``stale``: a farther keyframe, the weights or the settings changed since: it would come out
  differently, and stays until it is asked for.
- ``fresh``: what propagating it again would give.
"""

KEYFRAMES = "keyframes"
"""In the provenance of a result: the names of all its object's keyframes."""

_UNUSED = "-"  # before the name of a keyframe that was deliberately not asked
_PENDING = "?"  # before the name of a keyframe that has yet to answer


def key_name(record: KeyframeRecord) -> str:
    """A keyframe's name in what is made from it: its frame and the start of its mask's hash."""
    return f"{record.frame}:{(record.blob or 'absent')[:16]}"


def unused(name: str | None) -> str | None:
    """The name of a neighbour that a one-way propagation did not ask."""
    return None if name is None else _UNUSED + name


def pending(name: str | None) -> str | None:
    """The name of a neighbour whose answer is still to come: never as good as an answer."""
    return None if name is None else _PENDING + name


def finished(result: ResultRecord) -> bool:
    """Whether every side has answered that was asked."""
    return not any(name and name.startswith(_PENDING) for name in (result.left, result.right))


@dataclass(frozen=True)
class Timeline:
    """One object's keyframes, and what results made from them would say of their origin.

    Attributes:
        object: The object.
        keys: Its keyframes by frame, ascending.
        provenance: What a result made now would come from, as far as that is known.
    """

    object: ObjectRecord
    keys: Mapping[int, KeyframeRecord]
    provenance: Mapping[str, Any]

    @cached_property
    def frames(self) -> list[int]:
        """Frame numbers of its keyframes, ascending."""
        return sorted(self.keys)

    @cached_property
    def names(self) -> dict[int, str]:
        """Names of its keyframes by frame."""
        return {frame: key_name(self.keys[frame]) for frame in self.frames}

    def alive(self, frame: int) -> bool:
        """Whether a frame lies in its lifetime."""
        first, last = self.object.first, self.object.last
        return (first is None or frame >= first) and (last is None or frame <= last)

    def around(self, frame: int) -> tuple[str | None, str | None]:
        """Names of the nearest keyframes before and after a frame."""
        left, right = neighbours(self.frames, frame)
        return (
            None if left is None else self.names[left],
            None if right is None else self.names[right],
        )

    def made_alike(self, made_from: Mapping[str, Any]) -> bool:
        """Whether a result was made with the model and settings of today, of whatever keyframes."""
        now = ((name, value) for name, value in self.provenance.items() if name != KEYFRAMES)
        return all(made_from.get(name) == value for name, value in now)

    def state(
        self,
        frame: int,
        result: ResultRecord | None,
        made_from: Mapping[str, Any],
        *,
        locked: bool,
        overruled: bool = False,
    ) -> State:
        """See :data:`State`.

        Args:
            frame: Frame number.
            result: What is stored of the object there.
            made_from: The result's provenance.
            locked: Whether all of the object is locked there.
            overruled: Whether the lock shows something else than the keyframe that is there.
        """
        if frame in self.keys:
            return "locked" if overruled else "keyframe"
        if not self.alive(frame) or not any(key.blob for key in self.keys.values()):
            return "absent"
        if locked:
            return "locked"
        if result is None:
            return "missing"
        left, right = self.around(frame)
        if not (_same(result.left, left) and _same(result.right, right)):
            return "open"
        now = self.provenance.items()
        return "fresh" if all(made_from.get(name) == value for name, value in now) else "stale"


def _same(stored: str | None, now: str | None) -> bool:
    return stored in (now, unused(now))
