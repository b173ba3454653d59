"""A session: one clip, its keyframes, an engine, and what has been propagated.

:meth:`Session.propagate` is the only place where masks travel through a clip. The
command line, the desktop app and host plugins iterate the same generator.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from typing import TYPE_CHECKING

from roto.errors import FrameSizeError, KeyframeError, SettingsError
from roto.masks import read_mask
from roto.media import to_display
from roto.passes import Propagated, Run
from roto.shot import Shot, understand

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from roto.engine import Encoded, Engine
    from roto.masks import KeyMask
    from roto.masks.reading import MaskLike
    from roto.media import FrameSource, Image
    from roto.passes import Direction, Finished

log = logging.getLogger(__name__)


class Session:
    """Keyframes in, a mask for every other frame out.

    Args:
        source: The open clip. The session does not close it.
        engine: What compares and remembers; see ``roto.load_model``. It may come later, but
            before anything is propagated.
        cache_bytes: Bound of the store of encoded frames that a second pass will use.
    """

    def __init__(
        self,
        source: FrameSource,
        engine: Engine | None = None,
        *,
        cache_bytes: int = 512 * 2**20,
    ) -> None:
        self.source, self._engine = source, engine
        self._cache = EncodedCache(cache_bytes)
        self._masks: dict[int, KeyMask] = {}
        self._shot: Shot | None = None

    @property
    def engine(self) -> Engine:
        """What compares and remembers."""
        if self._engine is None:
            raise SettingsError("The session has no engine yet; set session.engine first.")
        return self._engine

    @engine.setter
    def engine(self, engine: Engine) -> None:
        self._engine = engine
        self._cache.clear()  # another engine sees other things in the same frames

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
        clip, numbers = self.source.clip, self.source.frame_numbers
        if clip.frame_count is not None and frame not in numbers:
            raise KeyframeError(f"There is no frame {frame} to key: {_extent(self.source)}.")
        if clip.frame_count is None and frame < numbers[0]:
            raise KeyframeError(f"There is no frame {frame} to key: the stream is at {numbers[0]}.")
        found = read_mask(mask, frame=frame, size=(clip.height, clip.width))
        for note in found.notes:
            log.warning("%s", note)
        self._masks[frame] = found
        self._shot = None

    def propagate(
        self, direction: Direction = "both", *, finished: Finished | None = None
    ) -> Iterator[Propagated]:
        """Masks for every frame of the clip, one event per frame as it is finished.

        Stop asking to cancel; what was yielded is kept by whoever took it. Frames come in
        the order in which they are finished: forward from the first keyframe, then backward
        from the last, frames between two keyframes when both passes have met them.

        Args:
            direction: ``both``; or only what lies ``forward`` or ``backward`` of keyframes.
            finished: Frames that an earlier run finished, and how to get their mattes by
                object id. They yield no event; the memory draws on them.
        """
        if direction not in ("both", "forward", "backward"):
            raise SettingsError(
                f"There is no direction {direction!r}; choose both, forward or backward."
            )
        yield from Run(self, self.shot, finished or {}).events(direction)

    def stream(self) -> Iterator[Propagated]:
        """Forward only, one event per frame as frames arrive; for sources of unknown length.

        Raises:
            KeyframeError: the stream ended before a keyframe; after all its frames.
        """
        yield from Run(self, self.shot, {}).stream()

    def encode(self, frame: int, *, keep: bool) -> Encoded:
        """A frame as the engine sees it, from the store if it is there."""
        encoded = self._cache.get(frame)
        if encoded is None:
            encoded = self.encode_picture(self.source.read(frame), frame)
            if keep:
                self._cache.put(frame, encoded)
        return encoded

    def encode_picture(self, picture: Image, frame: int) -> Encoded:
        """Check a picture's size and let the engine see it.

        Raises:
            FrameSizeError: the picture has another size than the clip.
        """
        clip = self.source.clip
        if picture.shape[:2] != (clip.height, clip.width):
            raise FrameSizeError(
                f"Frame {frame} is {picture.shape[1]}x{picture.shape[0]} but the clip is "
                f"{clip.width}x{clip.height}; a shot has one size."
            )
        return self.engine.encode(to_display(picture, clip.colour_space))


class EncodedCache:
    """Encoded frames up to a bound in bytes; the least recently used go first."""

    def __init__(self, limit: int) -> None:
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

    def put(self, frame: int, encoded: Encoded) -> None:
        """Keep a frame; frames larger than the whole bound are not kept."""
        if frame in self._frames:
            self.nbytes -= self._frames.pop(frame).nbytes
        self._frames[frame] = encoded
        self.nbytes += encoded.nbytes
        while self.nbytes > self.limit:
            self.nbytes -= self._frames.popitem(last=False)[1].nbytes


def _extent(source: FrameSource) -> str:
    numbers = source.frame_numbers
    text = f"the clip has frames {numbers[0]} to {numbers[-1]}"
    missing = source.clip.missing
    return f"{text}, {len(missing)} of them missing" if missing else text
