"""Where a propagation works: an open clip, an engine, and what the engine saw of its frames."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from roto.errors import FrameSizeError, SettingsError
from roto.media import to_display

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto.engine import Encoded, Engine
    from roto.media import FrameSource, Image


class Studio:
    """A clip and an engine, and encoded frames up to a bound.

    Args:
        source: The open clip. The studio does not close it.
        engine: What compares and remembers; see ``roto.load_model``. Or what loads it when it
            is needed. It may come later, but before anything is propagated.
        cache_bytes: Bound of the store of encoded frames that a second pass will use.
    """

    def __init__(
        self,
        source: FrameSource,
        engine: Engine | Callable[[], Engine] | None = None,
        *,
        cache_bytes: int = 512 * 2**20,
    ) -> None:
        self.source, self._engine = source, engine
        self._cache = EncodedCache(cache_bytes)

    @property
    def engine(self) -> Engine:
        """What compares and remembers."""
        if self._engine is None:
            raise SettingsError("The session has no engine yet; set session.engine first.")
        if callable(self._engine):
            self._engine = self._engine()
        return self._engine

    @engine.setter
    def engine(self, engine: Engine) -> None:
        self._engine = engine
        self._cache.clear()  # another engine sees other things in the same frames

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
