"""What a network remembers of a shot: when, and how objects share the network.

How it is kept and read is that of a bank, see :mod:`roto.memories`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from roto.memories.bank import MemoryFrame, never_shown
from roto.memories.contexts import ContextBank
from roto.memories.frames import FrameBank
from roto.model.aggregation import soft_aggregate, upsample_logits
from roto.model.context import CONTEXT_KEYFRAME_WEIGHT
from roto.model.stcn import STCN
from roto.model.window import Window, window_around
from roto.results import Grid, Logits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from roto.engine import Settings, SoftMask
    from roto.memories.bank import Bank
    from roto.model.stcn import ImageFeatures
    from roto.model.weights import Network

_OWN_KEYFRAME_WEIGHT = 3.0  # of networks with a prior, which are ours; see docs/training.md
_THERE = 0.1  # of a soft mask: an object is somewhere
_NOWHERE = -12.0  # log-odds outside the window that was looked at


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


class StcnMemory:
    """Keyframes for ever, every n-th prediction as the bank has room for.

    Args:
        engine: Whose memory it is.
        bank: Keeps what is remembered; None: a new one, of the kind that the network reads.
        shown: Masks of the keyframes at stride 4, per frame and object, that another has, too.

    Attributes:
        bank: What is kept.
    """

    def __init__(
        self,
        engine: Placed,
        bank: Bank | None = None,
        shown: dict[int, dict[int, Tensor]] | None = None,
    ) -> None:
        self._engine, self._net, self._settings = engine, engine.net, engine.settings
        # Keys that saw the masks make the last frame the best memory; shared ones make it harmful.
        self._keeps_last = self._settings.remember_last or self._net.own_keys
        self.bank = new_bank(engine.net, self._settings) if bank is None else bank
        self._shown: dict[int, dict[int, Tensor]] = {} if shown is None else shown
        self._seen: dict[int, Tensor] = {}  # id -> (4h, 4w): masks of the frame before
        self._since_keyframe = 0

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
            at_4 = dict(zip(masks, F.avg_pool2d(soft, 4), strict=True))
            self._shown[frame] = {**self._shown.get(frame, {}), **at_4}
            self.bank.show(entry)
        else:
            self.bank.keep(entry)

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
        at_once = self._settings.objects_at_once
        for group, values in self.bank.read(window.positions(encoded.positions, size), ids):
            readout = values.to(self._engine.dtype).T.reshape(
                1, len(group), -1, *features.key.shape[-2:]
            )
            for start in range(0, len(group), at_once):
                some = slice(start, start + at_once)
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
        gone = frozenset(objects)
        self.bank.drop(frame, gone)
        left = {i: mask for i, mask in self._shown[frame].items() if i not in gone}
        self._shown[frame] = left
        if not left:
            del self._shown[frame]

    def branch(self) -> StcnMemory:
        """See :meth:`roto.engine.Memory.branch`."""
        return StcnMemory(self._engine, self.bank.branch(), self._shown)

    def forget(self, objects: Iterable[int] | None = None) -> None:
        """See :meth:`roto.engine.Memory.forget`."""
        for i in list(self._seen) if objects is None else objects:
            self._seen.pop(i, None)
        self.bank.forget(objects)
        self._since_keyframe = 0

    @property
    def frames(self) -> list[int]:
        """Numbers of the remembered frames: keyframes, then predicted ones."""
        return self.bank.frames

    @property
    def nbytes(self) -> int:
        """Memory that what is remembered takes."""
        return self.bank.nbytes

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
        if seen is not None:
            return seen
        frames = [number for number, masks in self._shown.items() if object_id in masks]
        if not frames:
            raise never_shown(object_id)
        return self._shown[min(frames, key=lambda number: abs(number - frame))][object_id]

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
            self.bank.keep(entry)
        self.bank.hold(entry if self._keeps_last and not due else None)

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
        at_once = self._settings.objects_at_once
        for start in range(0, len(ids), at_once):
            some = slice(start, start + at_once)
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


def new_bank(net: Network, settings: Settings) -> Bank:
    """An empty bank of the kind that a network reads."""
    weight = settings.keyframe_weight
    if isinstance(net, STCN) and net.codebook is not None:
        weight = CONTEXT_KEYFRAME_WEIGHT if weight is None else weight
        return ContextBank(net.codebook, keyframe_weight=weight)
    if weight is None:
        weight = _OWN_KEYFRAME_WEIGHT if net.prior else 1.0
    kind = "dot" if net.own_keys else settings.similarity
    return FrameBank(settings, similarity=kind, keyframe_weight=weight)


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


def resize(x: Tensor, size: tuple[int, int]) -> Tensor:
    """Antialiased (1, C, H, W) -> size; untouched where it already fits."""
    if (x.shape[-2], x.shape[-1]) == size:
        return x
    return F.interpolate(x, size=size, mode="bilinear", align_corners=False, antialias=True)
