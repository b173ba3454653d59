"""Where a propagation works: an open clip, an engine, and what the engine saw of its frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roto.errors import FrameSizeError, SettingsError
from roto.media import to_display
from roto.propagation.encoded import EncodedCache

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto.engine import Encoded, Engine, Memory
    from roto.media import FrameSource, Image
    from roto.propagation.encoded import EncodedFolder
    from roto.propagation.shot import Shot


class Studio:
    """A clip and an engine, and encoded frames up to a bound.

    Args:
        source: The open clip. The studio does not close it.
        engine: What compares and remembers; see ``roto.load_model``. Or what loads it when it
            is needed. It may come later, but before anything is propagated.
        cache_bytes: Bound of the encoded frames kept in memory; None for what the engine's
            settings say.
    """

    def __init__(
        self,
        source: FrameSource,
        engine: Engine | Callable[[], Engine] | None = None,
        *,
        cache_bytes: int | None = None,
    ) -> None:
        self.source, self._engine = source, engine
        self._cache = EncodedCache(cache_bytes)
        self._folder: EncodedFolder | None = None

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
        self._folder = None

    def encode(self, frame: int, *, keep: bool) -> Encoded:
        """A frame as the engine sees it, from the store if it is there."""
        encoded = self._cache.get(frame)
        if encoded is not None:
            return encoded
        if self._folder is not None:
            encoded = self._folder.get(frame)
        if encoded is None:
            encoded = self.encode_picture(self.source.read(frame), frame)
            if keep and self._folder is not None:
                self._folder.put(frame, encoded)
        if keep:
            self._cache.put(frame, encoded, self.engine.settings.cache_bytes)
        return encoded

    def memory_of(self, shot: Shot) -> Memory:
        """A memory that holds all keyframes of a shot, also those that a leg has yet to reach.

        Between the first and the last keyframe two passes meet: these are kept encoded.
        """
        memory, keys = self.engine.open_memory(), shot.keyframes
        for frame, given in keys.items():
            encoded = self.encode(frame, keep=min(keys) < frame < max(keys))
            memory.add(frame, encoded, given.mattes, permanent=True)
        return memory

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
