"""``FrameResult``: what is known of one frame, as mattes and label maps at the plate's size.

What the artist gave and what a lock holds come back exactly; what was found gets the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from roto.confidence import sigmoid
from roto.errors import MaskError
from roto.results.logits import Floats, background_logit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from roto.masks import LabelMap, Matte
    from roto.results.logits import Logits, PackedLogits

Kind = Literal["keyframe", "propagated", "absent"]

_BAND_BYTES = 16 * 2**20  # of the plate-sized logits at hand at once
_ROUNDING = np.float32(1e-5)  # shares that add up to one more or less do so


@dataclass(frozen=True, slots=True, eq=False)
class Frozen:
    """A locked part of a frame: whatever is found later, it shows what it showed.

    Attributes:
        objects: Whose mattes; None for everybody's.
        region: (H, W) bool, where; None for the whole frame.
        shown: The frame as it was when it was locked.
    """

    objects: frozenset[int] | None
    region: npt.NDArray[np.bool_] | None
    shown: FrameResult

    def holds(self, object_id: int) -> bool:
        """Whether an object's matte is locked here."""
        return self.objects is None or object_id in self.objects

    def labels(self, now: LabelMap) -> LabelMap:
        """The label map with the locked objects' pixels as they were."""
        before = self.shown.label_map
        if self.objects is None:
            mixed = before
        else:
            ids = np.array(sorted(self.objects), np.uint8)
            free = np.where(np.isin(now, ids), np.uint8(0), now)
            mixed = np.where(np.isin(before, ids), before, free)
        return mixed if self.region is None else np.where(self.region, mixed, now)


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """The artist's masks at a keyframe, by object id; they are returned exactly.

    Attributes:
        mattes: Per object (H, W) float32, exactly as given.
        labels: (H, W) uint8: these objects' pixels carry their ids, all others are 0.
        complete: True where every object of the shot is among them.
    """

    mattes: Mapping[int, Matte]
    labels: LabelMap
    complete: bool


class FrameResult:
    """The mattes of one frame. Views are computed when asked for.

    Logits and masks of objects without a name compete with the others and are not shown.

    Attributes:
        frame: Frame number.
        names: Object names by id.
        kind: ``keyframe``, ``propagated``, or ``absent`` where no object is known.
        confidences: Per object name, in [0, 1]; 1 for what the artist gave.
        size: (H, W) of the plate.
    """

    def __init__(
        self,
        frame: int,
        names: Mapping[int, str],
        size: tuple[int, int],
        *,
        logits: Sequence[PackedLogits] = (),
        given: Given | None = None,
        confidences: Mapping[int, float] | None = None,
        frozen: Sequence[Frozen] = (),
    ) -> None:
        self.frame, self.names, self.size = frame, dict(names), size
        self._logits, self._given, self._frozen = tuple(logits), given, tuple(frozen)
        known = dict.fromkeys(given.mattes, 1.0) if given else {}
        sure = {**(confidences or {}), **known}
        self.confidences = {self.names[i]: c for i, c in sure.items() if i in self.names}

    @property
    def kind(self) -> Kind:
        """Where the result comes from."""
        if self._given is not None:
            return "keyframe"
        return "propagated" if self._logits else "absent"

    @property
    def given_ids(self) -> frozenset[int]:
        """Objects whose mattes are the artist's, exactly."""
        return frozenset(self._given.mattes if self._given is not None else ())

    @property
    def confidence(self) -> float:
        """The least of all objects' confidences, in [0, 1]."""
        return min(self.confidences.values(), default=1.0)

    @property
    def label_map(self) -> LabelMap:
        """(H, W) uint8: 0 background, else the id of the likeliest object."""
        labels = self._found_labels()
        unnamed = self._ids() - self.names.keys()
        if unnamed:
            labels[np.isin(labels, np.array(sorted(unnamed), np.uint8))] = 0
        for frozen in self._frozen:
            labels = frozen.labels(labels)
        return labels

    def _found_labels(self) -> LabelMap:
        if self._given is not None and (self._given.complete or not self._logits):
            exact: LabelMap = self._given.labels.copy()
            return exact
        if not self._logits:
            return np.zeros(self.size, np.uint8)
        labels = _winners([logits.unpack() for logits in self._logits])
        return labels if self._given is None else _overrule(labels, self._given)

    def matte(self, name: str | int | None = None) -> Matte:
        """Linear alpha of one object, (H, W) float32 in [0, 1].

        Args:
            name: Name or id of the object; may be left out where there is only one.

        Raises:
            MaskError: no such object.
        """
        object_id = self._find(name)
        return self.mattes_of([object_id])[object_id]

    def mattes(self) -> dict[str, Matte]:
        """The mattes of all objects by name; cheaper together than one by one."""
        mattes = self.mattes_of(list(self.names))
        return {name: mattes[i] for i, name in self.names.items()}

    def mattes_of(self, ids: Sequence[int]) -> dict[int, Matte]:
        """The mattes of some objects by id; one that is not known here is nowhere."""
        # A lock of one object takes room from all others, so it must be asked about all.
        mattes = self._found(list(ids) if not self._frozen else [*self.names])
        if self._frozen:
            mattes = _hold(mattes, self._frozen, self._given.mattes if self._given else ())
        nothing = np.zeros(self.size, np.float32)
        return {i: mattes.get(i, nothing).copy() for i in ids}

    def _found(self, ids: Sequence[int]) -> dict[int, Matte]:
        given = self._given.mattes if self._given is not None else {}
        predicted = self._predicted([i for i in ids if i not in given])
        if predicted and given:
            # What the artist gave is exact; the others get what it leaves.
            room = np.clip(1 - np.sum(list(given.values()), 0), 0, 1).astype(np.float32)
            predicted = {i: np.minimum(matte, room) for i, matte in predicted.items()}
        nothing = np.zeros(self.size, np.float32)
        return {i: (given[i] if i in given else predicted.get(i, nothing)) for i in ids}

    def _predicted(self, ids: Sequence[int]) -> dict[int, Matte]:
        there = {i for logits in self._logits for i in logits.ids}
        known = [i for i in ids if i in there]
        return _shares([logits.unpack() for logits in self._logits], known) if known else {}

    def _ids(self) -> set[int]:
        given = set(self._given.mattes) if self._given is not None else set()
        return given.union(*(logits.ids for logits in self._logits))

    def _find(self, name: str | int | None) -> int:
        for i, known in self.names.items():
            if name in (i, known) or (name is None and len(self.names) == 1):
                return i
        have = ", ".join(repr(n) for n in self.names.values())
        asked = "which object you mean" if name is None else f"about an object {name!r}"
        raise MaskError(f"Frame {self.frame} cannot tell {asked}; the shot has {have}.")


def _bands(parts: Sequence[Logits]) -> Iterator[tuple[slice, Floats]]:
    """All objects' logits on the plate, a few rows at a time: (K, rows, W) within a bound.

    Many objects at a large size would otherwise take gigabytes.
    """
    height, width = parts[0].grid.plate
    rows = max(1, _BAND_BYTES // (4 * width * sum(len(part.ids) for part in parts)))
    for top in range(0, height, rows):
        band = slice(top, min(top + rows, height))
        yield band, np.concatenate([part.grid.to_plate(part.values, band) for part in parts])


def _winners(parts: Sequence[Logits]) -> LabelMap:
    labels = np.zeros(parts[0].grid.plate, np.uint8)
    ids = [i for part in parts for i in part.ids]
    for band, plate in _bands(parts):
        # One object wins where it is likelier than not; several also compete with each other.
        best = np.zeros_like(plate[0]) if len(plate) == 1 else background_logit(plate)
        for object_id, candidate in zip(ids, plate, strict=True):
            np.copyto(labels[band], np.uint8(object_id), where=candidate > best)
            np.maximum(best, candidate, out=best)
    return labels


def _shares(parts: Sequence[Logits], wanted: Sequence[int]) -> dict[int, Matte]:
    """Soft aggregation of all objects at the plate's size; the shares of some."""
    mattes = {i: np.empty(parts[0].grid.plate, np.float32) for i in wanted}
    ids = [i for part in parts for i in part.ids]
    for band, plate in _bands(parts):
        if len(plate) == 1:
            mattes[ids[0]][band] = sigmoid(2 * plate[0])
            continue
        classes = np.concatenate([background_logit(plate)[None], plate])
        classes -= classes.max(0)
        np.exp(classes, out=classes)
        total = classes.sum(0)
        for i, matte in mattes.items():
            matte[band] = classes[1 + ids.index(i)] / total
    return mattes


def _hold(
    now: Mapping[int, Matte], locks: Sequence[Frozen], given: Collection[int]
) -> dict[int, Matte]:
    """Mattes by object id with the locked pixels as they were, the newest lock's on top.

    What is neither locked nor given by the artist gets what the locked pixels leave.
    """
    mixed, held = dict(now), {i: np.zeros(m.shape, bool) for i, m in now.items()}
    for lock in locks:
        for i, matte in lock.shown.mattes_of([i for i in now if lock.holds(i)]).items():
            where = np.ones(matte.shape, bool) if lock.region is None else lock.region
            mixed[i] = np.where(where, matte, mixed[i])
            held[i] |= where
    taken = sum(np.where(held[i], matte, np.float32(0)) for i, matte in mixed.items())
    room = np.maximum(np.float32(1) - taken, np.float32(0))
    for i in mixed.keys() - set(given):
        crowded = ~held[i] & (mixed[i] > room + _ROUNDING)
        mixed[i] = np.where(crowded, room, mixed[i])
    return mixed


def _overrule(labels: LabelMap, given: Given) -> LabelMap:
    """Given objects win where they are, and lose what was predicted of them elsewhere."""
    wrong = np.isin(labels, np.array(list(given.mattes), np.uint8))
    labels = np.where(wrong, np.uint8(0), labels)
    overruled: LabelMap = np.where(given.labels > 0, given.labels, labels)
    return overruled
