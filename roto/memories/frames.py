"""Frames side by side: keyframes for ever, predictions up to a bound."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from roto.memories.bank import MemoryFrame, never_shown, tensor_bytes
from roto.memories.bounds import Room, room_for
from roto.model.memory import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from torch import Tensor

    from roto.engine import Settings
    from roto.model.memory import Similarity


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """Keys and values of some objects side by side, as the read wants them."""

    keys: Tensor  # (N, Ck)
    values: Tensor  # (N, K*Cv)
    bonus: Tensor | None  # (N,) where keyframes weigh more or less than other frames
    entries: list[MemoryFrame]
    usage: Tensor | None  # (N,) how often each position was drawn on


class FrameBank:
    """Every position of every remembered frame can be matched.

    Args:
        settings: How many frames, what becomes of those beyond, and how many positions are read.
        similarity: How positions are compared; see :func:`roto.model.memory.similarity`.
        keyframe_weight: How much likelier a position is matched with one of a keyframe than with
            one of a predicted frame that resembles it as much; above 0.
        permanent: Keyframes that another bank has, too.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        similarity: Similarity,
        keyframe_weight: float,
        permanent: dict[int, MemoryFrame] | None = None,
    ) -> None:
        self._settings, self._similarity = settings, similarity
        self._keyframe_weight = keyframe_weight
        self._bonus = math.log(keyframe_weight)  # added before the softmax
        self._permanent = {} if permanent is None else permanent
        self._room: Room = room_for(settings)
        self._last: MemoryFrame | None = None
        self._sheets: dict[tuple[int, ...], _Sheet] = {}

    @property
    def frames(self) -> list[int]:
        """See :class:`Bank`."""
        return [*self._permanent, *self._room.frames]

    @property
    def nbytes(self) -> int:
        """See :class:`Bank`; with the copies side by side that are read."""
        entries = [*self._permanent.values(), *self._room.entries]
        entries += [self._last] if self._last is not None else []
        own = [t for e in entries for t in (*e.keys.values(), *e.values.values())]
        sheets = [t for sheet in self._sheets.values() for t in (sheet.keys, sheet.values)]
        return tensor_bytes([*own, *sheets])

    def show(self, entry: MemoryFrame) -> None:
        """See :class:`Bank`."""
        self._settle()
        self._permanent[entry.frame] = entry.beside(self._permanent.get(entry.frame))

    def keep(self, entry: MemoryFrame) -> None:
        """See :class:`Bank`."""
        self._settle()
        self._room.keep(entry, tuple(self._permanent))

    def hold(self, entry: MemoryFrame | None) -> None:
        """See :class:`Bank`."""
        if entry is not None or self._last is not None:
            self._settle()
        self._last = entry

    def drop(self, frame: int, objects: Iterable[int]) -> None:
        """See :class:`Bank`."""
        self._settle()
        left = self._permanent[frame].without(objects)
        self._permanent[frame] = left
        if not left.values:
            del self._permanent[frame]

    def forget(self, objects: Iterable[int] | None) -> None:
        """See :class:`Bank`."""
        self._settle()
        gone = None if objects is None else frozenset(objects)
        self._room.forget(gone)
        if self._last is not None:
            left = MemoryFrame(self._last.frame) if gone is None else self._last.without(gone)
            self._last = left if left.values else None

    def branch(self) -> FrameBank:
        """See :class:`Bank`."""
        return FrameBank(
            self._settings,
            similarity=self._similarity,
            keyframe_weight=self._keyframe_weight,
            permanent=self._permanent,
        )

    def read(
        self, positions: Tensor, objects: tuple[int, ...]
    ) -> Iterator[tuple[tuple[int, ...], Tensor]]:
        """See :class:`Bank`. The affinity is computed once for each group."""
        for group in self._groups(objects):
            sheet = self._sheet(group)
            yield (
                group,
                read(
                    sheet.keys,
                    sheet.values,
                    positions,
                    top_k=self._settings.top_k,
                    kind=self._similarity,
                    bonus=sheet.bonus,
                    usage=sheet.usage,
                ),
            )

    def _groups(self, objects: tuple[int, ...]) -> list[tuple[int, ...]]:
        """Objects remembered at the same frames under the same keys share one affinity."""
        groups: dict[tuple[int, ...], list[int]] = {}
        for i in objects:
            groups.setdefault(tuple(id(e.keys[i]) for e in self._entries(i)), []).append(i)
        if () in groups:
            raise never_shown(groups[()][0])
        return [tuple(group) for group in groups.values()]

    def _entries(self, object_id: int) -> list[MemoryFrame]:
        last = [self._last] if self._last is not None else []
        entries = [*self._permanent.values(), *self._room.entries, *last]
        return [e for e in entries if object_id in e.values]

    def _sheet(self, group: tuple[int, ...]) -> _Sheet:
        if group not in self._sheets:
            entries = self._entries(group[0])
            keys = [e.keys[group[0]] for e in entries]
            values = torch.cat([torch.cat([e.values[i] for i in group], 1) for e in entries])
            bonus = self._bonuses(entries, keys)
            usage = keys[0].new_zeros(len(values)) if self._room.counts_usage else None
            self._sheets[group] = _Sheet(torch.cat(keys), values, bonus, entries, usage)
        return self._sheets[group]

    def _bonuses(self, entries: Sequence[MemoryFrame], keys: Sequence[Tensor]) -> Tensor | None:
        if not self._bonus:
            return None
        kept = self._permanent.values()
        bonuses = [self._bonus if e in kept else 0.0 for e in entries]
        parts = [k.new_full((len(k),), b) for k, b in zip(keys, bonuses, strict=True)]
        return torch.cat(parts)

    def _settle(self) -> None:
        """What is read is no longer what is kept; what was drawn on is noted."""
        for group, sheet in self._sheets.items():
            if sheet.usage is not None:
                sizes = [len(e.keys[group[0]]) for e in sheet.entries]
                for entry, usage in zip(sheet.entries, sheet.usage.split(sizes), strict=True):
                    self._room.note(entry, group, usage)
        self._sheets.clear()
