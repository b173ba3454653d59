"""Frames beyond the bound leave their essence behind instead of nothing.

Cheng and Schwing, "XMem: Long-Term Video Object Segmentation with an Atkinson-Shiffrin Memory
Model", ECCV 2022, section 3.3: the positions that were drawn on most become prototypes; the value
of a prototype is a mean over all positions that are consolidated, weighted by their affinity to it
(potentiation); and of too many prototypes those that are drawn on least are forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from roto.memories.bank import MemoryFrame
from roto.model.memory import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

_AT_ONCE = 3  # frames that are consolidated together
_KEPT = 1 / 6  # of their positions become prototypes


@dataclass(slots=True, eq=False)
class _Used:
    """An entry, how much its positions were drawn on for each object, and for how long."""

    entry: MemoryFrame
    usage: dict[int, Tensor] = field(default_factory=dict)  # id -> (N,)
    age: int = 0  # frames remembered since

    def rate(self, object_id: int) -> Tensor:
        """(N,): how much each position is drawn on, whatever its age."""
        found = self.usage.get(object_id)
        keys = self.entry.keys[object_id]
        return keys.new_zeros(len(keys)) if found is None else found / max(1, self.age)


class Consolidating:
    """The newest frames whole, of older ones prototypes, within the room of ``most`` frames.

    Half of the room is for frames, half for prototypes.

    Args:
        most: Frames that there is room for.
    """

    counts_usage = True

    def __init__(self, most: int) -> None:
        self._whole_most = max(1, most - most // 2)
        self._prototypes_most = most // 2  # in frames
        self._whole: list[_Used] = []
        self._prototypes: list[_Used] = []

    @property
    def entries(self) -> list[MemoryFrame]:
        """See :class:`roto.memories.bounds.Room`."""
        return [used.entry for used in (*self._prototypes, *self._whole)]

    @property
    def frames(self) -> list[int]:
        """See :class:`roto.memories.bounds.Room`."""
        return [used.entry.frame for used in self._whole]

    def keep(self, entry: MemoryFrame, keyframes: Sequence[int]) -> None:
        """See :class:`roto.memories.bounds.Room`."""
        del keyframes
        for used in (*self._prototypes, *self._whole):
            used.age += 1
        self._whole.append(_Used(entry))
        if len(self._whole) > self._whole_most:
            some = min(_AT_ONCE, len(self._whole) - 1)
            self._consolidate(self._whole[:some])
            del self._whole[:some]

    def note(self, entry: MemoryFrame, group: tuple[int, ...], usage: Tensor) -> None:
        """See :class:`roto.memories.bounds.Room`."""
        used = next((u for u in (*self._prototypes, *self._whole) if u.entry is entry), None)
        if used is None:
            return  # a keyframe: it stays whatever it is worth
        for i in group:
            used.usage[i] = used.usage[i] + usage if i in used.usage else usage

    def forget(self, objects: frozenset[int] | None) -> None:
        """See :class:`roto.memories.bounds.Room`."""
        self._whole = _left(self._whole, objects)
        self._prototypes = _left(self._prototypes, objects)

    def _consolidate(self, some: Sequence[_Used]) -> None:
        """Prototypes of some frames, for each group of objects that share their keys."""
        if not self._prototypes_most:
            return
        groups: dict[tuple[int, ...], list[int]] = {}
        for i in {i: None for used in some for i in used.entry.values}:
            have = [used for used in some if i in used.entry.values]
            groups.setdefault(tuple(id(u.entry.keys[i]) for u in have), []).append(i)
        for group in groups.values():
            have = [used for used in some if group[0] in used.entry.values]
            self._prototypes.append(_essence(have, group))
            self._trim(group)

    def _trim(self, group: list[int]) -> None:
        """Forget the prototypes of some objects that are drawn on least."""
        mine = [used for used in self._prototypes if group[0] in used.entry.values]
        room = round(self._positions(group[0]) * self._prototypes_most)
        rates = torch.cat([used.rate(group[0]) for used in mine[:-1]] or [torch.empty(0)])
        excess = len(rates) + len(mine[-1].entry.keys[group[0]]) - room
        if excess <= 0:
            return
        keep = torch.ones_like(rates, dtype=torch.bool)
        keep[rates.argsort(stable=True)[:excess]] = False  # the newest have had no time to be used
        parts = keep.split([len(used.entry.keys[group[0]]) for used in mine[:-1]])
        for used, kept in zip(mine[:-1], parts, strict=True):
            _thin(used, group, kept)
        self._prototypes = [used for used in self._prototypes if used.entry.values]

    def _positions(self, object_id: int) -> int:
        """Of a whole frame that shows an object."""
        sizes = [len(u.entry.keys[object_id]) for u in self._whole if object_id in u.entry.keys]
        return max(sizes)


def _essence(some: Sequence[_Used], group: list[int]) -> _Used:
    """Prototypes of some frames."""
    first = group[0]
    keys = torch.cat([used.entry.keys[first] for used in some])
    values = torch.cat([torch.cat([u.entry.values[i] for i in group], 1) for u in some])
    rates = torch.cat([used.rate(first) for used in some])
    chosen = rates.topk(max(1, round(len(keys) * _KEPT))).indices.sort().values
    potentiated = read(keys, values, keys[chosen], top_k=None)
    entry = MemoryFrame(some[-1].entry.frame)
    prototypes = keys[chosen]
    width = values.shape[1] // len(group)
    for i, value in zip(group, potentiated.split(width, 1), strict=True):
        entry.keys[i], entry.values[i] = prototypes, value.contiguous()
    return _Used(entry)


def _thin(used: _Used, group: list[int], kept: Tensor) -> None:
    """Leave only some prototypes of some objects, in place."""
    keys = used.entry.keys[group[0]][kept]
    for i in group:
        used.entry.keys[i], used.entry.values[i] = keys, used.entry.values[i][kept]
        if i in used.usage:
            used.usage[i] = used.usage[i][kept]
    if not len(keys):
        used.entry = used.entry.without(group)


def _left(some: Sequence[_Used], objects: frozenset[int] | None) -> list[_Used]:
    if objects is None:
        return []
    for used in some:
        used.entry = used.entry.without(objects)
        for i in objects:
            used.usage.pop(i, None)
    return [used for used in some if used.entry.values]
