"""Masks in, a mask for every frame out, once and without a memory of it.

What a script and ``roto propagate`` need. :class:`roto.session.Session` is for work that
goes on: corrections, locks, undo and a project file. Both run :class:`roto.propagation.passes.Run`.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np

from roto.budget.needs import Workload
from roto.masks import read_mask
from roto.propagation.kept import FinishedFrames
from roto.propagation.passes import Propagated, Request, Run
from roto.propagation.reach import check_direction
from roto.propagation.shot import Shot, check_frame, frames_within, understand
from roto.propagation.studio import Studio

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from roto.engine import Engine
    from roto.masks import KeyMask
    from roto.masks.reading import MaskLike
    from roto.media import FrameSource
    from roto.propagation.kept import Finished
    from roto.propagation.reach import Direction
    from roto.propagation.shot import Frames

log = logging.getLogger(__name__)


class Propagation(Studio):
    """Keyframes in, a mask for every other frame out.

    Args:
        source: The open clip. It is not closed here.
        engine: What compares and remembers; see ``roto.load_model``. It may come later, but
            before anything is propagated.
        cache_bytes: Bound of the encoded frames kept for a second pass; None for what the
            engine's settings say.
    """

    def __init__(
        self,
        source: FrameSource,
        engine: Engine | None = None,
        *,
        cache_bytes: int | None = None,
    ) -> None:
        super().__init__(source, engine, cache_bytes=cache_bytes)
        self._masks: dict[int, KeyMask] = {}
        self._shot: Shot | None = None

    @property
    def shot(self) -> Shot:
        """Objects and keyframes as understood from all masks together.

        Raises:
            KeyframeError: the masks contradict each other, or there are none.
        """
        if self._shot is None:
            self._shot = understand(list(self._masks.values()))
        return self._shot

    def set_keyframe(self, frame: int, mask: MaskLike | Mapping[str, MaskLike]) -> None:
        """The artist's mask at a frame: a hard constraint, returned exactly.

        Args:
            frame: Number as on disk.
            mask: Anything :func:`roto.masks.read_mask` understands, at the plate's size.

        Raises:
            KeyframeError: the clip has no such frame.
            MaskError: not a mask, or of another size than the plate.
        """
        check_frame(self.source, frame)
        clip = self.source.clip
        found = read_mask(mask, frame=frame, size=(clip.height, clip.width))
        for note in found.notes:
            log.warning("%s", note)
        self._masks[frame] = found
        self._shot = None

    def workload(self, *, kept: bool = False, mattes: bool = True) -> Workload:
        """What there is to do, for :mod:`roto.budget`. A frame is read to see what it is like.

        Args:
            kept: Whether all results are kept in memory.
            mattes: Whether somebody asks for mattes on the way.
        """
        clip, numbers = self.source.clip, self.source.frame_numbers
        keys = self.shot.keyframes
        again = sum(min(keys) < frame < max(keys) for frame in numbers)
        seen = numbers[0] if clip.frame_count is None else min(keys)
        return Workload(
            (clip.height, clip.width),
            len(self.shot.names),
            clip.frame_count,
            keyframes=len(keys),
            again=again if clip.frame_count is not None else 0,
            deep=self.source.read(seen).dtype != np.uint8,
            mattes=mattes,
            kept=kept,
        )

    def asked(self, direction: Direction = "both", frames: Frames = None) -> list[int]:
        """The frames that :meth:`propagate` finds with these arguments, ascending.

        Raises:
            KeyframeError: there is no keyframe, or the clip has none of a range's frames.
            SettingsError: there is no such direction.
        """
        check_direction(direction)
        first, last = min(self.shot.keyframes), max(self.shot.keyframes)
        return [
            frame
            for frame in frames_within(self.source, frames, "propagate")
            if (direction != "forward" or frame >= first)
            and (direction != "backward" or frame <= last)
        ]

    def propagate(
        self,
        direction: Direction = "both",
        *,
        finished: Finished | None = None,
        frames: Frames = None,
    ) -> Iterator[Propagated]:
        """Masks for every frame of the clip, or for some, one event per frame as it is finished.

        Stop asking to cancel; what was yielded is kept by whoever took it. Frames come in
        the order in which they are finished: forward from the first keyframe, then backward
        from the last, frames between two keyframes when both passes have met them.

        Args:
            direction: ``both``; or only what lies ``forward`` or ``backward`` of keyframes.
            finished: Frames that an earlier run finished, and how to get their mattes by
                object id. They yield no event; the memory draws on them.
            frames: A frame, the first and the last, or several such pairs; None for all. What
                lies between them and the keyframes is followed on the way and yields no event;
                all keyframes are remembered.

        Raises:
            KeyframeError: as :meth:`asked`.
            SettingsError: as :meth:`asked`.
        """
        asked = [f for f in self.asked(direction, frames) if f not in (finished or {})]
        kept = FinishedFrames(finished or {}, tuple(self.shot.names))
        memory = self.memory_of(self.shot)
        wanted = dict.fromkeys(self.shot.names, asked)
        run = Run(self, self.shot, memory, kept)
        yield from run.events(Request(asked, wanted, direction))

    def stream(self) -> Iterator[Propagated]:
        """Forward only, one event per frame as frames arrive; for sources of unknown length.

        Raises:
            KeyframeError: the stream ended before a keyframe; after all its frames.
        """
        memory = self.engine.open_memory()
        yield from Run(self, self.shot, memory, FinishedFrames({}, ())).stream()
