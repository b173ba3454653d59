"""Encoded frames kept for the next pass: in memory, and on disk beside the project.

What an engine derives from a picture depends on the picture alone, so a correction finds it
here instead of computing it again. Both stores have a bound in bytes and never exceed it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from roto.engine import Encoded, Engine

log = logging.getLogger(__name__)

_ENDING = ".encoded"


class EncodedCache:
    """Encoded frames up to a bound in bytes; the least recently used go first."""

    def __init__(self, limit: int | None = None) -> None:
        self.limit, self.nbytes = limit, 0
        self._frames: OrderedDict[int, Encoded] = OrderedDict()

    def get(self, frame: int) -> Encoded | None:
        """The frame if it is there; it becomes the most recently used."""
        if frame in self._frames:
            self._frames.move_to_end(frame)
        return self._frames.get(frame)

    def clear(self) -> None:
        """Forget all frames."""
        self._frames.clear()
        self.nbytes = 0

    def put(self, frame: int, encoded: Encoded, limit: int) -> None:
        """Keep a frame; frames larger than the whole bound are not kept.

        Args:
            frame: Its number.
            encoded: What the engine made of it.
            limit: The bound, where the cache was made without one.
        """
        if frame in self._frames:
            self.nbytes -= self._frames.pop(frame).nbytes
        self._frames[frame] = encoded
        self.nbytes += encoded.nbytes
        bound = limit if self.limit is None else self.limit
        while self.nbytes > bound:
            self.nbytes -= self._frames.popitem(last=False)[1].nbytes


class EncodedFolder:
    """Encoded frames on disk, up to a bound in bytes; the least recently used go first.

    It is a cache: what cannot be written or read is computed again, and the folder may be
    deleted at any time.

    Args:
        folder: Made when the first frame is kept.
        limit: Bytes.
        identity: Of clip, weights and working size; frames of another are deleted.
        engine: Packs and unpacks them.
    """

    def __init__(self, folder: Path, limit: int, identity: str, engine: Engine) -> None:
        self.limit, self.nbytes = limit, 0
        self._root, self._folder, self._engine = folder, folder / identity, engine
        self._sizes: OrderedDict[int, int] = OrderedDict()
        self._working = True
        try:
            self._look()
        except OSError as error:
            self._give_up(error)

    def get(self, frame: int) -> Encoded | None:
        """The frame if it is there and whole."""
        if frame not in self._sizes:
            return None
        self._sizes.move_to_end(frame)
        try:
            data = self._path(frame).read_bytes()
            os.utime(self._path(frame))  # the order of use survives in the files' times
            return self._engine.unpack(data)
        except (OSError, ValueError):
            self._remove(frame)
            return None

    def put(self, frame: int, encoded: Encoded) -> None:
        """Keep a frame, if it fits the bound at all."""
        data = self._engine.pack(encoded)
        if not self._working or len(data) > self.limit:
            return
        self._remove(frame)
        while self.nbytes + len(data) > self.limit:
            self._remove(next(iter(self._sizes)))
        part = self._path(frame).with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
            part.replace(self._path(frame))
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            self._give_up(error)
            return
        self._sizes[frame] = len(data)
        self.nbytes += len(data)

    def share(self, other: EncodedFolder) -> None:
        """Keep what another folder of the same identity keeps: the same files, if the disk can."""
        for frame, size in other._sizes.items():
            if not self._working or frame in self._sizes or self.nbytes + size > self.limit:
                continue
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                os.link(other._path(frame), self._path(frame))
            except (OSError, NotImplementedError):
                return  # they are encoded again when they are needed
            self._sizes[frame] = size
            self.nbytes += size

    def __contains__(self, frame: int) -> bool:
        return frame in self._sizes

    def _path(self, frame: int) -> Path:
        return self._folder / f"{frame}{_ENDING}"

    def _give_up(self, error: OSError) -> None:
        """Nothing more is written, and work goes on; that is said once."""
        self._working = False
        log.warning("Encoded frames are not kept in %s: %s.", self._root, error.strerror)

    def _look(self) -> None:
        """Take over what is there, the least recently used first; delete what is not ours."""
        if not self._root.is_dir():
            return
        for other in self._root.iterdir():
            if other.is_dir() and other != self._folder:
                shutil.rmtree(other, ignore_errors=True)
        found = []
        for path in self._folder.glob("*"):
            known = path.suffix == _ENDING and path.stem.lstrip("-").isdigit()
            if known:
                status = path.stat()
                found.append((status.st_mtime, int(path.stem), status.st_size))
            else:
                path.unlink(missing_ok=True)
        for _, frame, size in sorted(found):
            self._sizes[frame] = size
            self.nbytes += size
        while self.nbytes > self.limit:
            self._remove(next(iter(self._sizes)))

    def _remove(self, frame: int) -> None:
        size = self._sizes.pop(frame, None)
        if size is not None:
            self.nbytes -= size
            with contextlib.suppress(OSError):
                self._path(frame).unlink(missing_ok=True)
