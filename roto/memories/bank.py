"""What a memory is made of, whichever way it remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from roto.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torch import Tensor


@dataclass(slots=True, eq=False)
class MemoryFrame:
    """What the network wrote of one frame: for each object a key and a value at each position.

    Attributes:
        frame: Its number.
        keys: Per object id (N, Ck) float32. Objects of an STCN share one tensor.
        values: Per object id (N, Cv).
    """

    frame: int
    keys: dict[int, Tensor] = field(default_factory=dict)
    values: dict[int, Tensor] = field(default_factory=dict)

    def without(self, objects: Iterable[int]) -> MemoryFrame:
        """The same but for some objects."""
        gone = frozenset(objects)
        kept = [i for i in self.values if i not in gone]
        keys = {i: self.keys[i] for i in kept}
        return MemoryFrame(self.frame, keys, {i: self.values[i] for i in kept})

    def beside(self, older: MemoryFrame | None) -> MemoryFrame:
        """The same, and what an older one of this frame says of other objects."""
        if older is None:
            return self
        keys, values = {**older.keys, **self.keys}, {**older.values, **self.values}
        return MemoryFrame(self.frame, keys, values)


class Bank(Protocol):
    """Keeps what was written, and answers what each position of a new frame resembles."""

    @property
    def frames(self) -> list[int]:
        """Numbers of the frames it has kept as they are: keyframes, then predicted ones."""
        ...

    @property
    def nbytes(self) -> int:
        """Memory that it takes."""
        ...

    def show(self, entry: MemoryFrame) -> None:
        """Keep a keyframe for ever, or more objects of it."""
        ...

    def keep(self, entry: MemoryFrame) -> None:
        """Keep a predicted frame as long as there is room."""
        ...

    def hold(self, entry: MemoryFrame | None) -> None:
        """Keep the frame just predicted until the next one; None: none."""
        ...

    def read(
        self, positions: Tensor, objects: tuple[int, ...]
    ) -> Iterator[tuple[tuple[int, ...], Tensor]]:
        """Groups of the objects, and their values (M, K*Cv) side by side at some positions.

        Args:
            positions: (M, Ck) float32, keys of a picture or of a window of it.
            objects: Each must have been remembered.

        Raises:
            SettingsError: one has not.
        """
        ...

    def drop(self, frame: int, objects: Iterable[int]) -> None:
        """Forget what a keyframe showed of some objects."""
        ...

    def forget(self, objects: Iterable[int] | None) -> None:
        """Forget what was predicted of some objects, or of all."""
        ...

    def branch(self) -> Bank:
        """Another one with the same keyframes, now and later."""
        ...


def never_shown(object_id: int) -> SettingsError:
    """The error of an object that nothing is known of."""
    return SettingsError(f"Object {object_id} was predicted before it was ever shown.")


def tensor_bytes(tensors: Iterable[Tensor]) -> int:
    """Bytes of some tensors; one that is there twice counts once."""
    return sum({id(t): t.element_size() * t.nelement() for t in tensors}.values())
