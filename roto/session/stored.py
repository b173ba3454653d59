"""A project's rows as pictures: masks of keyframes, and frames as they were found."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from roto.errors import ProjectDamagedError
from roto.masks import pack_label_map, pack_matte, unpack_label_map, unpack_matte
from roto.project.frames import pack_result, unpack_result
from roto.propagation.shot import Shot
from roto.results import FrameResult, Frozen, Given

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    import numpy.typing as npt

    from roto.masks import MaskLayer, Matte
    from roto.project import Project
    from roto.project.records import LockRecord, ResultRecord
    from roto.results import Logits, PackedLogits
    from roto.session.states import Timeline

Rows = Mapping[str, str | None]
"""Hashes of what an object shows at a frame, by object id as text (JSON has no other keys)."""


def pack_layer(layer: MaskLayer) -> bytes:
    """Bytes of one object's mask; every bit comes back."""
    if layer.is_soft:
        return pack_matte(layer.matte())
    return pack_label_map(layer.hard().astype(np.uint8))


def pack_region(region: npt.NDArray[np.bool_]) -> bytes:
    """Bytes of (H, W) bool."""
    return pack_label_map(region.astype(np.uint8))


def unpack_mask(data: bytes) -> Matte:
    """The (H, W) float32 matte of ``pack_layer``."""
    if data.startswith(b"RMT"):
        return unpack_matte(data)
    return unpack_label_map(data).astype(np.float32)


def read_snapshot(project: Project, lock: LockRecord) -> Mapping[str, Mapping[str, Any]]:
    """What frames showed when they were locked: by frame number what ``StoredFrames.rows`` says.

    Where an older lock had a say in a frame, its mattes stand there as if they were keyframes.
    """
    assert lock.snapshot is not None
    found: Mapping[str, Mapping[str, Any]] = json.loads(project.blob(lock.snapshot))
    return found


class StoredFrames:
    """Frames as a project's rows describe them.

    Args:
        project: Where the rows are.
        size: (H, W) of the plate.
    """

    def __init__(self, project: Project, size: tuple[int, int]) -> None:
        self.project, self.size = project, size

    def shot(self, objects: Collection[int]) -> Shot:
        """Objects and keyframes; ``Given`` is complete where every one of them has a keyframe."""
        keys: dict[int, dict[int, str | None]] = {}
        for (frame, object_id), record in sorted(self.project.keyframes().items()):
            if object_id in objects:
                keys.setdefault(frame, {})[object_id] = record.blob
        shown = {i for masks in keys.values() for i, blob in masks.items() if blob is not None}
        names = self._names()
        return Shot(
            {i: names[i] for i in sorted(objects)},
            {
                frame: self._given(masks, len(masks) == len(objects))
                for frame, masks in keys.items()
            },
            frozenset(objects) - shown,
        )

    def frame(self, frame: int, *, locks: bool = True) -> FrameResult:
        """What is known of a frame, with or without what locks hold in place."""
        rows = self.rows(frame)
        frozen = self.frozen(frame) if locks else ()
        return self._show(frame, rows["keyframes"], rows["results"], frozen)

    def rows(self, frame: int) -> dict[str, Rows]:
        """Hashes of all that makes up a frame, as a lock's snapshot keeps them."""
        objects = self.project.objects()
        keyframes = {
            str(i): record.blob
            for i in objects
            if (record := self.project.keyframes().get((frame, i))) is not None
        }
        results: dict[str, str | None] = {
            str(i): found.blob
            for i, o in objects.items()
            if str(i) not in keyframes
            and (o.first is None or frame >= o.first)
            and (o.last is None or frame <= o.last)
            and (found := self.project.results().get((frame, i))) is not None
        }
        return {"keyframes": keyframes, "results": results}

    def state(self, frame: int, objects: Collection[int]) -> list[object]:
        """JSON values that are others where these objects may look otherwise at a frame.

        All that competes counts; but where a lock holds them, only what it holds.
        """
        locks = self._locks(frame)
        if locks and locks[-1].region is None:
            newest = locks[-1]
            if newest.object is None or {newest.object}.issuperset(objects):
                return [self._snapshot(newest, frame), []]
        return [self.rows(frame), [[lock.object, lock.region, lock.snapshot] for lock in locks]]

    def snapshot(self, frames: Iterable[int], keep: Callable[[bytes], str]) -> bytes:
        """What these frames show now, as hashes; ``keep`` stores bytes that have none yet."""
        return json.dumps({str(f): self._seen(f, keep) for f in frames}, sort_keys=True).encode()

    def frozen(self, frame: int) -> tuple[Frozen, ...]:
        """Locked parts of a frame, the oldest lock first."""
        return tuple(self._frozen(lock, frame) for lock in self._locks(frame))

    def known(
        self,
        rows: Mapping[tuple[int, int], ResultRecord],
        lines: Mapping[int, Timeline],
    ) -> Callable[[int, Sequence[int]], Sequence[Logits] | None]:
        """What is known of some objects at a frame, if it is of all of them; else None.

        What was made with another model or other settings says nothing of where to look now.

        Args:
            rows: Results by frame and object id. Nobody changes them: all legs of a propagation
                are told the same.
            lines: Per object id; says what results made now come from.
        """
        alike: dict[tuple[int, str], bool] = {}  # by object and provenance

        def use(object_id: int, row: ResultRecord) -> bool:
            key = object_id, row.provenance
            if key not in alike:
                made_from = self.project.provenance(row.provenance)
                alike[key] = lines[object_id].made_alike(made_from)
            return alike[key]

        def known(frame: int, objects: Sequence[int]) -> Sequence[Logits] | None:
            there = {i: rows[frame, i] for i in objects if (frame, i) in rows}
            if len(there) < len(objects):
                return None
            try:
                found = [row for i, row in there.items() if use(i, row)]
                if len(found) < len(objects):
                    return None
                return [self.logits(row).unpack() for row in found]
            except ProjectDamagedError:  # it is about to be replaced
                return None

        return known

    def logits(self, record: ResultRecord) -> PackedLogits:
        """What one result was made of."""
        return unpack_result(self.project.blob(record.blob))

    def _locks(self, frame: int) -> list[LockRecord]:
        locks = sorted(self.project.locks().items())
        return [lock for _, lock in locks if lock.first <= frame <= lock.last]

    def _seen(self, frame: int, keep: Callable[[bytes], str]) -> Mapping[str, Any]:
        """What a frame shows now: its rows, or as pictures where locks have a say in it."""
        locks = self._locks(frame)
        if not locks:
            return self.rows(frame)
        if locks[-1].object is None and locks[-1].region is None:
            return self._snapshot(locks[-1], frame)
        shown = self.frame(frame)
        mattes = shown.mattes_of(list(shown.names))
        return {
            "keyframes": {str(i): keep(pack_matte(matte)) for i, matte in mattes.items()},
            "labels": keep(pack_label_map(shown.label_map)),
        }

    def _snapshot(self, lock: LockRecord, frame: int) -> Mapping[str, Any]:
        """What ``_seen`` said of a frame when it was locked."""
        return read_snapshot(self.project, lock).get(str(frame), {})

    def _names(self) -> dict[int, str]:
        return {i: record.name for i, record in self.project.objects().items()}

    def _given(self, masks: Mapping[int, str | None], complete: bool) -> Given:
        mattes = _StoredMattes(self, masks)
        labels = np.zeros(self.size, np.uint8)
        highest = np.full(self.size, 0.5, np.float32)
        for object_id, blob in masks.items():
            if blob is not None:
                matte = mattes[object_id]
                wins = matte >= highest
                labels[wins] = object_id
                highest[wins] = matte[wins]
        return Given(mattes, labels, complete)

    def _frozen(self, lock: LockRecord, frame: int) -> Frozen:
        region = None
        if lock.region is not None:
            region = unpack_label_map(self.project.blob(lock.region)) > 0
        objects = None if lock.object is None else frozenset([lock.object])
        rows = self._snapshot(lock, frame)
        masks, labels = rows.get("keyframes", {}), rows.get("labels")
        if labels is None:
            shown = self._show(frame, masks, rows.get("results", {}), ())
        else:
            mattes = _StoredMattes(self, {int(i): blob for i, blob in masks.items()})
            seen = Given(mattes, unpack_label_map(self.project.blob(labels)), complete=True)
            shown = FrameResult(frame, self._names(), self.size, given=seen)
        return Frozen(objects, region, shown)

    def _show(
        self, frame: int, keyframes: Rows, results: Rows, frozen: Sequence[Frozen]
    ) -> FrameResult:
        # A lock's snapshot may name objects that are gone; the others looked so beside them.
        names = self._names()
        masks = {int(i): blob for i, blob in keyframes.items()}
        records = self.project.results()
        logits = {
            int(i): unpack_result(self.project.blob(blob))
            for i, blob in results.items()
            if blob is not None
        }
        sure = {i: r.confidence for i in logits if (r := records.get((frame, i))) is not None}
        return FrameResult(
            frame,
            names,
            self.size,
            logits=list(logits.values()),
            given=self._given(masks, names.keys() <= masks.keys()) if masks else None,
            confidences=sure,
            frozen=frozen,
        )


class _StoredMattes(Mapping[int, "Matte"]):
    """Mattes of a keyframe by object id, unpacked when asked for."""

    def __init__(self, frames: StoredFrames, masks: Mapping[int, str | None]) -> None:
        self._frames, self._masks = frames, dict(masks)

    def __getitem__(self, object_id: int) -> Matte:
        blob = self._masks[object_id]
        if blob is None:
            return np.zeros(self._frames.size, np.float32)
        return unpack_mask(self._frames.project.blob(blob))

    def __contains__(self, object_id: object) -> bool:
        return object_id in self._masks  # a Mapping would unpack the mask to find out

    def __iter__(self) -> Iterator[int]:
        return iter(self._masks)

    def __len__(self) -> int:
        return len(self._masks)


class StoredKept:
    """What a project knows, as a run asks for it; see :class:`roto.propagation.kept.Kept`."""

    def __init__(self, frames: StoredFrames) -> None:
        self._frames = frames
        self._known: dict[int, list[int]] = {}
        for frame, object_id in frames.project.results():
            self._known.setdefault(frame, []).append(object_id)

    def objects(self, frame: int) -> Collection[int]:
        """See :class:`roto.propagation.kept.Kept`."""
        return self._known.get(frame, ())

    def mattes(self, frame: int) -> Mapping[int, Matte]:
        """See :class:`roto.propagation.kept.Kept`."""
        return self._frames.frame(frame).mattes_of(list(self.objects(frame)))

    def logits(self, frame: int, without: Collection[int]) -> Mapping[int, PackedLogits]:
        """See :class:`roto.propagation.kept.Kept`; what is found anew need not be whole."""
        ids = map(int, self._frames.rows(frame)["results"])
        records = self._frames.project.results()
        return {i: self._frames.logits(records[frame, i]) for i in ids if i not in without}

    def confidences(self, frame: int) -> Mapping[int, float]:
        """See :class:`roto.propagation.kept.Kept`."""
        rows, records = self._frames.rows(frame), self._frames.project.results()
        return {int(i): records[frame, int(i)].confidence for i in rows["results"]}

    def frozen(self, frame: int) -> Sequence[Frozen]:
        """See :class:`roto.propagation.kept.Kept`."""
        return self._frames.frozen(frame)


def pack_answer(logits: Logits) -> bytes:
    """Bytes of what was found of one object."""
    return pack_result(logits.pack())
