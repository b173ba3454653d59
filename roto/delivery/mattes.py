"""Mattes and label maps of finished frames as files of their own, and those of an earlier run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from roto.export import FramePattern, write_label_map, write_matte
from roto.masks import Matte, read_mask, soft

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from roto.masks import LabelMap
    from roto.media import FrameSource
    from roto.propagation.kept import Finished
    from roto.propagation.shot import Shot
    from roto.results import FrameResult

LABELS = "labels"
"""What stands for ``{object}`` in the name of a label map, which shows all objects."""


def only(label_map: LabelMap, objects: Collection[int]) -> LabelMap:
    """A label map without the other objects: (H, W) uint8."""
    there = np.isin(label_map, np.array(sorted(objects), np.uint8))
    kept: LabelMap = np.where(there, label_map, np.uint8(0))
    return kept


class MatteWriter:
    """Writes the mattes of finished frames, and finds those of an earlier run.

    Args:
        pattern: Names of the files.
        bit_depth: None for the format's default.
    """

    def __init__(self, pattern: FramePattern, bit_depth: int | None) -> None:
        self.pattern, self.bit_depth = pattern, bit_depth

    def write(self, result: FrameResult, objects: Sequence[int] | None = None) -> list[Path]:
        """One file per object: of all, or of those with some ids."""
        paths = []
        ids = list(result.names) if objects is None else objects
        for object_id, matte in result.mattes_of(ids).items():
            path = self.pattern.path(result.frame, result.names[object_id])
            write_matte(path, matte, bit_depth=self.bit_depth)
            paths.append(path)
        return paths

    def write_labels(self, result: FrameResult, objects: Sequence[int]) -> list[Path]:
        """One label map of the objects with some ids; none where there are none."""
        if not objects:
            return []
        path = self.pattern.path(result.frame, LABELS)
        write_label_map(path, only(result.label_map, objects))
        return [path]

    def finished(self, source: FrameSource, shot: Shot) -> Finished:
        """Frames all of whose mattes are on disk. Writing is atomic, so none is half there."""
        size = (source.clip.height, source.clip.width)
        found: dict[int, Callable[[], Mapping[int, Matte]]] = {}
        for frame in source.frame_numbers:
            paths = {i: self.pattern.path(frame, name) for i, name in shot.names.items()}
            if all(path.is_file() for path in paths.values()):
                found[frame] = _Reader(frame, size, paths)
        return found


class _Reader:
    """Reads one frame's mattes back when the memory asks for them."""

    def __init__(self, frame: int, size: tuple[int, int], paths: Mapping[int, Path]) -> None:
        self.frame, self.size, self.paths = frame, size, paths

    def __call__(self) -> Mapping[int, Matte]:
        mattes = {}
        for object_id, path in self.paths.items():
            mask = read_mask(soft(path), frame=self.frame, size=self.size)
            mattes[object_id] = mask.layers[0].matte()
        return mattes
