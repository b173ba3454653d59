"""One matrix for all frames: a memory of constant size, see :mod:`roto.model.context`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import torch

from roto.memories.bank import never_shown, tensor_bytes
from roto.model.context import RunningMean, distribute, extract, weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torch import Tensor

    from roto.memories.bank import MemoryFrame


class Channels(Protocol):
    """Queries and keys of a global context; see :class:`roto.model.stcn.Codebook`."""

    def queries(self, positions: Tensor) -> Tensor:
        """(M, Ck) to (M, Cg)."""
        ...

    def keys(self, positions: Tensor, values: Tensor) -> Tensor:
        """(N, Ck) and (N, Cv) to (N, Cg)."""
        ...


class ContextBank:
    """A context for each object: of its keyframes, and of all that was predicted.

    Predicted frames are not kept, only counted, so the memory and the time of a read do not depend
    on the length of the clip. A keyframe keeps a context of its own, a few hundred kilobytes, so
    that it can be dropped again.

    Args:
        codebook: What is multiplied with values, and with contexts.
        keyframe_weight: Of all keyframes together, where all predicted frames together have 1.
        shown: Contexts of keyframes, per frame and object, that another bank has, too.
    """

    def __init__(
        self,
        codebook: Channels,
        *,
        keyframe_weight: float,
        shown: dict[int, dict[int, Tensor]] | None = None,
    ) -> None:
        self._codebook, self._weight = codebook, keyframe_weight
        self._shown = {} if shown is None else shown  # frame -> id -> (Cg, Cv)
        self._predicted: dict[int, RunningMean] = {}
        self._last: dict[int, Tensor] = {}
        self._ready: dict[int, Tensor] = {}  # what is read

    @property
    def frames(self) -> list[int]:
        """See :class:`roto.memories.bank.Bank`: no predicted frame is kept as it is."""
        return list(self._shown)

    @property
    def nbytes(self) -> int:
        """See :class:`roto.memories.bank.Bank`."""
        means = [m.mean for m in self._predicted.values() if m.mean is not None]
        shown = [context for one in self._shown.values() for context in one.values()]
        return tensor_bytes([*shown, *means, *self._last.values(), *self._ready.values()])

    def show(self, entry: MemoryFrame) -> None:
        """See :class:`roto.memories.bank.Bank`."""
        self._shown.setdefault(entry.frame, {}).update(self._contexts(entry))
        self._ready.clear()

    def keep(self, entry: MemoryFrame) -> None:
        """See :class:`roto.memories.bank.Bank`."""
        for i, context in self._contexts(entry).items():
            self._predicted.setdefault(i, RunningMean()).add(context)
        self._ready.clear()

    def hold(self, entry: MemoryFrame | None) -> None:
        """See :class:`roto.memories.bank.Bank`: it counts as a predicted frame until the next."""
        if entry is not None or self._last:
            self._last = {} if entry is None else self._contexts(entry)
            self._ready.clear()

    def read(
        self, positions: Tensor, objects: tuple[int, ...]
    ) -> Iterator[tuple[tuple[int, ...], Tensor]]:
        """See :class:`roto.memories.bank.Bank`."""
        context = torch.cat([self._context(i) for i in objects], 1)
        yield objects, distribute(context, self._codebook.queries(positions))

    def drop(self, frame: int, objects: Iterable[int]) -> None:
        """See :class:`roto.memories.bank.Bank`."""
        for i in objects:
            self._shown[frame].pop(i, None)
        if not self._shown[frame]:
            del self._shown[frame]
        self._ready.clear()

    def forget(self, objects: Iterable[int] | None) -> None:
        """See :class:`roto.memories.bank.Bank`."""
        for i in list(self._predicted) if objects is None else objects:
            self._predicted.pop(i, None)
        for i in list(self._last) if objects is None else objects:
            self._last.pop(i, None)
        self._ready.clear()

    def branch(self) -> ContextBank:
        """See :class:`roto.memories.bank.Bank`."""
        return ContextBank(self._codebook, keyframe_weight=self._weight, shown=self._shown)

    def _contexts(self, entry: MemoryFrame) -> dict[int, Tensor]:
        found: dict[int, Tensor] = {}
        for i, values in entry.values.items():
            found[i] = extract(self._codebook.keys(entry.keys[i], values), values)
        return found

    def _context(self, object_id: int) -> Tensor:
        """(Cg, Cv): all that is known of an object."""
        if object_id not in self._ready:
            shown = [one[object_id] for one in self._shown.values() if object_id in one]
            mean = self._mean(object_id)
            if not shown and mean is None:
                raise never_shown(object_id)
            of_keyframes = torch.stack(shown).mean(0) if shown else None
            self._ready[object_id] = weigh(of_keyframes, mean, self._weight)
        return self._ready[object_id]

    def _mean(self, object_id: int) -> Tensor | None:
        """Of what was predicted, the frame just gone by included."""
        kept, last = self._predicted.get(object_id), self._last.get(object_id)
        mean = None if kept is None else kept.mean
        if last is None or mean is None or kept is None:
            return mean if last is None else last
        return mean + (last - mean) / (kept.count + 1)
