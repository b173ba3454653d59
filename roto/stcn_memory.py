"""What an STCN or STM remembers of a shot: keyframes for ever, predictions thinned to a bound.

The memory policy lives here, and how objects share the network; see :mod:`roto.stcn_engine`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from roto.errors import SettingsError
from roto.model.aggregation import soft_aggregate, upsample_logits
from roto.model.memory import read
from roto.model.window import Window, window_around
from roto.results import Grid, Logits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from roto.engine import Settings, SoftMask
    from roto.model.stcn import ImageFeatures
    from roto.model.weights import Network

_OWN_KEYFRAME_WEIGHT = 3.0  # of networks with a prior, which are ours; see docs/training.md
_THERE = 0.1  # of a soft mask: an object is somewhere
_NOWHERE = -12.0  # log-odds outside the window that was looked at
_OBJECTS_AT_ONCE = 8  # bounds the workspace of decoder and value encoder


@dataclass(frozen=True, slots=True, eq=False)
class EncodedFrame:
    """A picture at working size, and what the network derived from it alone."""

    grid: Grid
    image: Tensor  # (1, 3, H, W) uint8, padded with nothing yet
    features: ImageFeatures
    positions: Tensor  # (h*w, Ck) float32: the key as rows

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        tensors = (self.image, self.positions, *self.features)
        return sum(t.element_size() * t.nelement() for t in tensors)


class Placed(Protocol):
    """A network on its device, with the size and precision it works at."""

    net: Network
    settings: Settings
    device: torch.device
    dtype: torch.dtype

    def grid(self, plate: tuple[int, int]) -> Grid:
        """How the working picture of a plate (H, W) lies on it."""
        ...

    def normalise(self, image: Tensor, grid: Grid) -> Tensor:
        """(1, 3, h, w) uint8 -> network input, padded."""
        ...


@dataclass(slots=True, eq=False)
class MemoryFrame:
    """One remembered frame: a key and a value per object; of keyframes the masks as well."""

    frame: int
    keys: dict[int, Tensor] = field(default_factory=dict)  # id -> (h*w, Ck) float32; STCN: one
    values: dict[int, Tensor] = field(default_factory=dict)  # id -> (h*w, Cv)
    masks: dict[int, Tensor] = field(default_factory=dict)  # id -> (4h, 4w) at stride 4


@dataclass(frozen=True, slots=True, eq=False)
class _Bank:
    """Keys and values of some objects side by side, as the read wants them."""

    keys: Tensor  # (N, Ck)
    values: Tensor  # (N, K*Cv)
    bonus: Tensor | None  # (N,) where keyframes weigh more or less than other frames


class StcnMemory:
    """Keyframes for ever, every n-th prediction, thinned to a bound."""

    def __init__(self, engine: Placed, permanent: dict[int, MemoryFrame] | None = None) -> None:
        self._engine, self._net, self._settings = engine, engine.net, engine.settings
        # Keys that saw the masks make the last frame the best memory; shared ones make it harmful.
        self._keeps_last = self._settings.remember_last or self._net.own_keys
        self._permanent: dict[int, MemoryFrame] = {} if permanent is None else permanent
        self._predicted: list[MemoryFrame] = []
        self._last: MemoryFrame | None = None
        self._seen: dict[int, Tensor] = {}  # id -> (4h, 4w): masks of the frame before
        self._since_keyframe = 0
        self._banks: dict[tuple[int, ...], _Bank] = {}

    @torch.inference_mode()
    def add(
        self,
        frame: int,
        encoded: EncodedFrame,
        masks: Mapping[int, SoftMask],
        *,
        permanent: bool,
    ) -> None:
        """See :meth:`roto.engine.Memory.add`."""
        # One by one: at the plate's size the masks of many objects would be gigabytes.
        soft = torch.cat([self._at_work(mask, encoded.grid) for mask in masks.values()])
        soft = soft_aggregate(soft)[1:]
        entry = self._remember(frame, encoded, tuple(masks), soft)
        if permanent:
            entry.masks = dict(zip(masks, F.avg_pool2d(soft, 4), strict=True))
            old = self._permanent.get(frame)
            entry.keys = {**(old.keys if old else {}), **entry.keys}
            entry.values = {**(old.values if old else {}), **entry.values}
            entry.masks = {**(old.masks if old else {}), **entry.masks}
            self._permanent[frame] = entry
        else:
            self._keep_predicted(entry)
        self._banks.clear()

    @torch.inference_mode()
    def predict(
        self,
        frame: int,
        encoded: EncodedFrame,
        objects: Sequence[int],
        known: Mapping[int, SoftMask] | None = None,
        before: Sequence[Logits] | None = None,
    ) -> Logits:
        """See :meth:`roto.engine.Memory.predict`."""
        ids = tuple(objects)
        at_work = {i: self._at_work(mask, encoded.grid) for i, mask in (known or {}).items()}
        priors = self._look_back(frame, ids, tuple(at_work))
        window = None if before is None else self._window(frame, encoded, ids, before)
        logits = None if window is None else self._look(encoded, ids, priors, window)
        if logits is None:
            logits = self._look(encoded, ids, priors)
        assert logits is not None  # (K, 4h, 4w); whoever looks everywhere finds something
        if priors:
            at_4 = {i: F.avg_pool2d(mask, 4) for i, mask in at_work.items()}
            seen = _beside(soft_aggregate(torch.sigmoid(logits))[1:], at_4)
            self._seen.update(zip((*ids, *at_4), seen, strict=True))
        self._remember_prediction(frame, encoded, ids, logits, at_work)
        return Logits(ids, logits.cpu().numpy(), encoded.grid)

    def _look(
        self,
        encoded: EncodedFrame,
        ids: tuple[int, ...],
        priors: Mapping[int, Tensor],
        window: Window | None = None,
    ) -> Tensor | None:
        """Logits (K, 4h, 4w) of objects in a picture, or in a window of it.

        Returns:
            None where something in the window may go on outside.
        """
        h, w = size = encoded.features.key.shape[-2], encoded.features.key.shape[-1]
        window = window or Window(slice(0, h), slice(0, w))
        features = window.features(encoded.features)
        parts: dict[int, Tensor] = {}
        for group in self._groups(ids):
            readout = self._read(window.positions(encoded.positions, size), features, group)
            for start in range(0, len(group), _OBJECTS_AT_ONCE):
                some = slice(start, start + _OBJECTS_AT_ONCE)
                near = [window.cells(priors[i]) for i in group[some]] if priors else None
                prior = torch.stack(near)[None] if near else None
                logits = self._net.decode(readout[:, some], features, prior)[0].float()
                parts.update(zip(group[some], logits, strict=True))
        found = torch.stack([parts[i] for i in ids])
        if window.on_edge(found, size):
            return None
        return window.back(found, size, _NOWHERE)

    def _window(
        self, frame: int, encoded: EncodedFrame, ids: tuple[int, ...], before: Sequence[Logits]
    ) -> Window | None:
        """Where to look: where the objects were found before, and where they were a frame ago.

        Frames that become memory are looked at whole, so that what comes back is seen.
        """
        if self._due(1) or any(part.grid != encoded.grid for part in before):
            return None
        there = torch.from_numpy(np.concatenate([part.values for part in before]).max(0) > 0)
        there = there.to(self._engine.device)
        for i in ids:
            there |= self._last_mask(frame, i) > _THERE
        return window_around(there)

    def wants(self, frame: int) -> bool:
        """See :meth:`roto.engine.Memory.wants`."""
        del frame  # the policy counts frames, whatever their numbers
        self._since_keyframe += 1
        return self._due()

    def follow(self, masks: Mapping[int, SoftMask]) -> None:
        """See :meth:`roto.engine.Memory.follow`."""
        for i, mask in masks.items():
            grid = self._engine.grid((mask.shape[0], mask.shape[1]))
            self._seen[i] = F.avg_pool2d(self._at_work(mask, grid), 4)[0]

    def drop(self, frame: int, objects: Iterable[int]) -> None:
        """See :meth:`roto.engine.Memory.drop`."""
        old = self._permanent[frame]
        gone = frozenset(objects)
        values = {i: v for i, v in old.values.items() if i not in gone}
        masks = {i: m for i, m in old.masks.items() if i not in gone}
        self._permanent[frame] = MemoryFrame(frame, old.keys, values, masks)
        if not values:
            del self._permanent[frame]
        self._banks.clear()

    def branch(self) -> StcnMemory:
        """See :meth:`roto.engine.Memory.branch`."""
        return StcnMemory(self._engine, self._permanent)

    def forget(self, objects: Iterable[int] | None = None) -> None:
        """See :meth:`roto.engine.Memory.forget`."""
        for i in list(self._seen) if objects is None else objects:
            self._seen.pop(i, None)
        entries = [*self._predicted, *([self._last] if self._last else [])]
        for entry in entries:
            for i in list(entry.values) if objects is None else objects:
                entry.values.pop(i, None)
        self._predicted = [e for e in self._predicted if e.values]
        if self._last is not None and not self._last.values:
            self._last = None
        self._since_keyframe = 0
        self._banks.clear()

    @property
    def frames(self) -> list[int]:
        """Numbers of the remembered frames: keyframes, then predicted ones."""
        return [*self._permanent, *(e.frame for e in self._predicted)]

    def _look_back(
        self, frame: int, ids: tuple[int, ...], others: tuple[int, ...]
    ) -> dict[int, Tensor]:
        """What the decoder is to know of each object's last mask; empty without a prior.

        An object that enters or stands after a keyframe was last seen in the nearest of its own.
        """
        if not self._net.prior:
            return {}
        masks = [self._last_mask(frame, i) for i in ids]
        masks += [self._seen[i] for i in others if i in self._seen]
        prior = self._net.look_back(torch.stack(masks)[None].to(self._engine.dtype))
        return {} if prior is None else dict(zip(ids, prior[0][: len(ids)], strict=True))

    def _last_mask(self, frame: int, object_id: int) -> Tensor:
        """(4h, 4w): where an object was last seen."""
        seen = self._seen.get(object_id)
        return self._shown(frame, object_id) if seen is None else seen

    def _shown(self, frame: int, object_id: int) -> Tensor:
        entries = [e for e in self._permanent.values() if object_id in e.masks]
        if not entries:
            raise _never_shown(object_id)
        return min(entries, key=lambda e: abs(e.frame - frame)).masks[object_id]

    def _remember_prediction(
        self,
        frame: int,
        encoded: EncodedFrame,
        ids: tuple[int, ...],
        logits: Tensor,
        known: Mapping[int, Tensor],
    ) -> None:
        self._since_keyframe += 1
        due = self._due()
        if not due and not self._keeps_last:
            return
        soft = soft_aggregate(torch.sigmoid(upsample_logits(logits[None], encoded.grid.padded)[0]))
        entry = self._remember(frame, encoded, (*ids, *known), _beside(soft[1:], known))
        if due:
            self._keep_predicted(entry)
        self._last = entry if self._keeps_last and not due else None
        self._banks.clear()

    def _due(self, ahead: int = 0) -> bool:
        """Whether the frame at hand, or one ahead, becomes memory."""
        every, most = self._settings.memory_every, self._settings.max_memory
        return most > 0 and (self._since_keyframe + ahead) % every == 0

    def _remember(
        self, frame: int, encoded: EncodedFrame, ids: tuple[int, ...], masks: Tensor
    ) -> MemoryFrame:
        """masks: (K, H, W) aggregated, at the padded working size."""
        image = self._engine.normalise(encoded.image, encoded.grid)
        if self._net.empty_padding:
            masks = F.pad(F.pad(masks, tuple(-n for n in encoded.grid.pad)), encoded.grid.pad)
        total = masks.sum(0)[None, None].to(self._engine.dtype)
        entry = MemoryFrame(frame)
        for start in range(0, len(ids), _OBJECTS_AT_ONCE):
            some = slice(start, start + _OBJECTS_AT_ONCE)
            soft = masks[None, some].to(self._engine.dtype)
            keys, values = self._net.encode_memory(image, encoded.features.f16, soft, total)
            entry.values.update(zip(ids[some], _rows(values), strict=True))
            shared = [encoded.positions] * len(ids[some])
            own = shared if keys is None else _rows(keys.float())
            entry.keys.update(zip(ids[some], own, strict=True))
        return entry

    def _at_work(self, mask: SoftMask, grid: Grid) -> Tensor:
        """(H, W) at the plate's size -> (1, H, W) at the padded working size."""
        soft = torch.from_numpy(np.ascontiguousarray(mask, np.float32))[None, None]
        return F.pad(resize(soft.to(self._engine.device), grid.work), grid.pad)[0].clamp(0, 1)

    def _keep_predicted(self, entry: MemoryFrame) -> None:
        """Add, then drop the frame whose absence leaves the smallest gap in time."""
        kept = [*self._predicted, entry]
        if len(kept) > self._settings.max_memory:
            frames = [self._start(kept[0].frame, entry.frame), *(e.frame for e in kept)]
            gaps = [abs(frames[i + 2] - frames[i]) for i in range(len(kept) - 1)]
            kept.pop(int(np.argmin(gaps)))  # never the newest, which has no gap of its own
        self._predicted = kept

    def _start(self, first: int, last: int) -> int:
        """The keyframe that the pass went by before ``first`` on its way to ``last``."""
        step = 1 if last >= first else -1
        passed = [frame for frame in self._permanent if (first - frame) * step > 0]
        return min(passed, key=lambda frame: abs(first - frame), default=first)

    def _entries(self, object_id: int) -> list[MemoryFrame]:
        last = [self._last] if self._last is not None else []
        entries = [*self._permanent.values(), *self._predicted, *last]
        return [e for e in entries if object_id in e.values]

    def _groups(self, ids: tuple[int, ...]) -> list[tuple[int, ...]]:
        """Objects remembered at the same frames under the same keys share one affinity."""
        groups: dict[tuple[int, ...], list[int]] = {}
        for i in ids:
            groups.setdefault(tuple(id(e.keys[i]) for e in self._entries(i)), []).append(i)
        if () in groups:
            raise _never_shown(groups[()][0])
        return [tuple(group) for group in groups.values()]

    def _read(self, positions: Tensor, features: ImageFeatures, group: tuple[int, ...]) -> Tensor:
        """(1, K, Cv, h, w) at positions (h*w, Ck) of a picture, or of a window of it."""
        bank = self._banks.get(group)
        if bank is None:
            entries = self._entries(group[0])
            values = [torch.cat([e.values[i] for i in group], 1) for e in entries]
            keys = [e.keys[group[0]] for e in entries]
            bank = _Bank(torch.cat(keys), torch.cat(values), self._bonus(entries, keys))
            self._banks[group] = bank
        settings = self._settings
        out = read(
            bank.keys,
            bank.values,
            positions,
            top_k=settings.top_k,
            kind="dot" if self._net.own_keys else settings.similarity,
            bonus=bank.bonus,
        )
        h, w = features.key.shape[-2:]
        return out.T.reshape(1, len(group), -1, h, w)

    def _bonus(self, entries: Sequence[MemoryFrame], keys: Sequence[Tensor]) -> Tensor | None:
        weight = self._settings.keyframe_weight
        if weight is None:
            weight = _OWN_KEYFRAME_WEIGHT if self._net.prior else 1.0
        if weight == 1:
            return None
        kept = self._permanent.values()
        bonuses = [math.log(weight) if e in kept else 0.0 for e in entries]
        parts = [k.new_full((len(k),), b) for k, b in zip(keys, bonuses, strict=True)]
        return torch.cat(parts)


def _beside(masks: Tensor, known: Mapping[int, Tensor]) -> Tensor:
    """Predicted masks (K, H, W) in the room that known ones leave, and these behind them."""
    if not known:
        return masks
    fixed = torch.cat(list(known.values()))  # (L, H, W)
    room = (1 - fixed.sum(0)).clamp(0, 1)
    return torch.cat([torch.minimum(masks, room), fixed])


def _rows(planes: Tensor) -> Tensor:
    """(1, K, C, h, w) -> (K, h*w, C)."""
    return planes[0].flatten(2).transpose(1, 2).contiguous()


def _never_shown(object_id: int) -> SettingsError:
    return SettingsError(f"Object {object_id} was predicted before it was ever shown.")


def resize(x: Tensor, size: tuple[int, int]) -> Tensor:
    """Antialiased (1, C, H, W) -> size; untouched where it already fits."""
    if (x.shape[-2], x.shape[-1]) == size:
        return x
    return F.interpolate(x, size=size, mode="bilinear", align_corners=False, antialias=True)
