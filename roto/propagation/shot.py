"""The objects of a shot, and what the artist's masks say about each at each keyframe.

Masks arrive with or without names. Here they are matched up, once, so that all that
follows deals in object ids.
"""

from __future__ import annotations

import logging
import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from roto.errors import KeyframeError
from roto.results import Given

if TYPE_CHECKING:
    from typing_extensions import TypeIs

    from roto.masks import KeyMask, MaskLayer, Matte
    from roto.media import FrameSource

log = logging.getLogger(__name__)

MAX_OBJECTS = 255

Frames: TypeAlias = "int | tuple[int, int] | Sequence[tuple[int, int]] | None"
"""A frame, the first and the last of a range, several such ranges, or None for all frames."""


@dataclass(frozen=True, slots=True)
class Shot:
    """Objects and keyframes of one shot.

    Attributes:
        names: Object names by id.
        keyframes: By frame number, ascending.
        absent: Objects without a pixel in any keyframe: there is nothing of them to propagate.
    """

    names: Mapping[int, str]
    keyframes: Mapping[int, Given]
    absent: frozenset[int] = frozenset()

    def frames_of(self, object_id: int) -> list[int]:
        """Frames at which the object has a keyframe, ascending."""
        return [frame for frame, given in self.keyframes.items() if object_id in given.mattes]


def understand(masks: Sequence[KeyMask]) -> Shot:
    """Match the objects of all masks by name and id.

    A mask without a name speaks of the only object there is. A *complete* mask (a label map,
    a single unnamed mask) also says that objects it does not show are absent at its frame.

    Raises:
        KeyframeError: no masks, an unnamed mask among several objects, too many objects.
    """
    if not masks:
        raise KeyframeError("There is no keyframe: give at least one mask, as {1001: mask}.")
    ordered = sorted(masks, key=lambda m: m.frame)
    names = _Names(ordered)
    keyframes = {mask.frame: _given(mask, names) for mask in ordered}
    absent = names.by_id.keys() - {
        object_id
        for given in keyframes.values()
        for object_id, matte in given.mattes.items()
        if matte.any()
    }
    for object_id in sorted(absent):
        name = names.by_id[object_id]
        log.warning("The object %r has no pixel in any keyframe: it is absent.", name)
    return Shot(names.by_id, keyframes, frozenset(absent))


def check_frame(source: FrameSource, frame: int, purpose: str = "key") -> int:
    """The frame number as a plain int; raises KeyframeError if the clip has no such frame."""
    number = _number(frame)
    if number is None:
        raise KeyframeError(f"{frame!r:.60} is no frame number; {_extent(source)}.")
    numbers = source.frame_numbers
    if source.clip.frame_count is not None and number not in numbers:
        raise KeyframeError(f"There is no frame {number} to {purpose}: {_extent(source)}.")
    if source.clip.frame_count is None and number < numbers[0]:
        raise KeyframeError(
            f"There is no frame {number} to {purpose}: the stream is at {numbers[0]}."
        )
    return number


def frames_between(
    source: FrameSource, frames: int | tuple[int, int] | None, purpose: str
) -> tuple[int, int]:
    """First and last frame of what was asked for: a frame, a range, or None for all.

    Raises:
        KeyframeError: neither, a range that runs backwards, or the clip has none of these frames.
    """
    numbers = source.frame_numbers
    if frames is None:
        return numbers[0], numbers[-1]
    pair = frames if isinstance(frames, Sequence) and not isinstance(frames, str) else [frames] * 2
    ends = [number for frame in pair if (number := _number(frame)) is not None]
    if len(pair) != 2 or len(ends) != 2:
        raise KeyframeError(
            f"{frames!r:.60} is neither a frame nor the first and last of a range; "
            f"{_extent(source)}."
        )
    first, last = ends
    if first > last:
        raise KeyframeError(f"The range {first}-{last} runs backwards; give ({last}, {first}).")
    if not any(first <= frame <= last for frame in numbers):
        which = f"frame {first}" if first == last else f"frame from {first} to {last}"
        raise KeyframeError(f"There is no {which} to {purpose}: {_extent(source)}.")
    return first, last


def frames_within(source: FrameSource, frames: Frames, purpose: str) -> list[int]:
    """The clip's frames that were asked for, ascending.

    Raises:
        KeyframeError: as :func:`frames_between`, for each of several ranges.
    """
    ranges = frames if _are_ranges(frames) else [frames]
    asked = [frames_between(source, one, purpose) for one in ranges]
    return [n for n in source.frame_numbers if any(first <= n <= last for first, last in asked)]


def _are_ranges(frames: object) -> TypeIs[Sequence[tuple[int, int]]]:
    """Whether it is a sequence of pairs; their numbers are looked at later."""
    if not isinstance(frames, Sequence) or isinstance(frames, str) or not frames:
        return False
    return all(isinstance(one, Sequence) and not isinstance(one, str) for one in frames)


def _number(frame: object) -> int | None:
    """A whole number as a plain int; None for anything else, truth values too."""
    if isinstance(frame, (bool, np.bool_)) or not hasattr(frame, "__index__"):
        return None
    try:
        return operator.index(frame)
    except TypeError:  # an array of several
        return None


class _Names:
    """Ids and names of all objects: what a mask calls a layer is looked up here."""

    def __init__(self, masks: Sequence[KeyMask]) -> None:
        self.by_id: dict[int, str] = {}
        self._ids: dict[str, int] = {}
        self._unnamed = False  # the only object, until the name of a mask's file suggests one
        layers = [(mask, layer) for mask in masks for layer in mask.layers]
        # Label maps first: their ids are pixel values and must stay what they are.
        for mask, layer in layers:
            if mask.complete and (layer.name or not _is_single(mask)):
                self._add(layer.name, layer.id)
        for _, layer in layers:
            if layer.name is not None:
                self._add(layer.name, None)
        for mask in masks:
            if _is_single(mask):
                self._name_single(mask)
        if not self.by_id:  # a label map that shows nothing is one absent object
            self._add(masks[0].suggested_name, 1)
        if len(self.by_id) > MAX_OBJECTS:
            raise KeyframeError(
                f"The keyframes name {len(self.by_id)} objects; a shot holds {MAX_OBJECTS}."
            )

    def id_of(self, mask: KeyMask, layer: MaskLayer) -> int:
        if layer.name is not None:
            return self._ids[layer.name]
        return next(iter(self.by_id)) if _is_single(mask) else layer.id

    def _add(self, name: str | None, wanted: int | None) -> None:
        if name is not None and name in self._ids:
            return
        free = (i for i in count(1) if i not in self.by_id)
        object_id = wanted if wanted is not None and wanted not in self.by_id else None
        if object_id is None and wanted is not None and name is None:
            return  # the label already has its object
        object_id = next(free) if object_id is None else object_id
        self.by_id[object_id] = name or f"object{object_id}"
        self._ids[self.by_id[object_id]] = object_id

    def _name_single(self, mask: KeyMask) -> None:
        if not self.by_id:
            self._add(mask.suggested_name, 1)
            self._unnamed = mask.suggested_name is None
        elif len(self.by_id) > 1:
            known = ", ".join(repr(name) for name in self.by_id.values())
            raise KeyframeError(
                f"The mask at frame {mask.frame} does not say which object it shows; the shot "
                f'has {known}. Give it as {{"name": mask}}.'
            )
        elif mask.suggested_name and self._unnamed:
            self.by_id = {1: mask.suggested_name}
            self._unnamed = False


def _is_single(mask: KeyMask) -> bool:
    """True for one unnamed mask of one object, which may be any object."""
    return mask.complete and [(layer.id, layer.name) for layer in mask.layers] == [(1, None)]


class _Mattes(Mapping[int, "Matte"]):
    """Mattes by object id, made when asked for: a label map of many objects stays one array."""

    def __init__(self, size: tuple[int, int], layers: Mapping[int, MaskLayer | None]) -> None:
        self._size, self._layers = size, dict(layers)

    def __getitem__(self, object_id: int) -> Matte:
        layer = self._layers[object_id]
        return np.zeros(self._size, np.float32) if layer is None else layer.matte()

    def __contains__(self, object_id: object) -> bool:
        return object_id in self._layers  # a Mapping would make the matte to find out

    def __iter__(self) -> Iterator[int]:
        return iter(self._layers)

    def __len__(self) -> int:
        return len(self._layers)


def _given(mask: KeyMask, names: _Names) -> Given:
    layers: dict[int, MaskLayer | None] = {}
    labels = np.zeros(mask.size, np.uint8)
    highest = np.full(mask.size, 0.5, np.float32)
    for layer in mask.layers:
        object_id = names.id_of(mask, layer)
        matte = layer.matte()
        wins = matte >= highest
        labels[wins] = object_id
        highest[wins] = matte[wins]
        layers[object_id] = layer
    if mask.complete:
        for object_id in names.by_id:
            layers.setdefault(object_id, None)
    complete = len(layers) == len(names.by_id)
    return Given(_Mattes(mask.size, layers), labels, complete)


def _extent(source: FrameSource) -> str:
    numbers = source.frame_numbers
    text = f"the clip has frames {numbers[0]} to {numbers[-1]}"
    missing = source.clip.missing
    return f"{text}, {len(missing)} of them missing" if missing else text
