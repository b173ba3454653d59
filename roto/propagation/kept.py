"""What is known of a shot before a propagation begins, as the run asks for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

from roto.masks import Matte

if TYPE_CHECKING:
    from roto.results import Frozen, PackedLogits

Finished: TypeAlias = Mapping[int, Callable[[], Mapping[int, Matte]]]
"""Frames that need no work, and how to get their mattes by object id."""


class Kept(Protocol):
    """What earlier propagations found; it is used where it is not asked for anew."""

    def objects(self, frame: int) -> Collection[int]:
        """Objects whose masks are known at a frame, keyframes not counted."""
        ...

    def mattes(self, frame: int) -> Mapping[int, Matte]:
        """Their mattes, by id."""
        ...

    def logits(self, frame: int, without: Collection[int]) -> Mapping[int, PackedLogits]:
        """What all but some were made of, by id; empty where only mattes were kept."""
        ...

    def confidences(self, frame: int) -> Mapping[int, float]:
        """How sure they were, by id; empty where only mattes were kept."""
        ...

    def frozen(self, frame: int) -> Sequence[Frozen]:
        """Locked parts of a frame."""
        ...


class FinishedFrames:
    """Whole frames that an earlier run wrote to disk."""

    def __init__(self, finished: Finished, objects: Collection[int]) -> None:
        self._finished, self._objects = finished, objects

    def objects(self, frame: int) -> Collection[int]:
        """See :class:`Kept`."""
        return self._objects if frame in self._finished else ()

    def mattes(self, frame: int) -> Mapping[int, Matte]:
        """See :class:`Kept`."""
        return self._finished[frame]()

    def logits(self, frame: int, without: Collection[int]) -> Mapping[int, PackedLogits]:
        """See :class:`Kept`."""
        del frame, without
        return {}

    def confidences(self, frame: int) -> Mapping[int, float]:
        """See :class:`Kept`."""
        del frame
        return {}

    def frozen(self, frame: int) -> Sequence[Frozen]:
        """See :class:`Kept`."""
        del frame
        return ()
