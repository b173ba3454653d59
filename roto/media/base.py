"""What every frame source does the same way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import PurePath
from typing import TYPE_CHECKING

from roto.errors import DecodeError, FrameNotFoundError, FrameSizeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from typing_extensions import Self

    from roto.media.source import Clip, Image


class BaseSource(ABC):
    """Frame numbers, checks and closing; a backend adds ``_read``."""

    def __init__(self, clip: Clip, frame_numbers: Sequence[int]) -> None:
        self._clip = clip
        self._frame_numbers = frame_numbers
        self._closed = False

    @property
    def clip(self) -> Clip:
        return self._clip

    @property
    def frame_numbers(self) -> Sequence[int]:
        return self._frame_numbers

    @property
    def name(self) -> str:
        """What error texts call this clip: the last part of its path."""
        return PurePath(self._clip.path).name or "the clip"

    def read(self, frame: int) -> Image:
        self._check_open()
        self._check_frame(frame)
        image = self._read(frame)
        self._check_size(frame, image.shape[1], image.shape[0])
        return image

    def frames(self) -> Iterator[tuple[int, Image]]:
        for frame in self.frame_numbers:
            yield frame, self.read(frame)

    def close(self) -> None:
        self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @abstractmethod
    def _read(self, frame: int) -> Image:
        """Pixels of a frame whose number is known to exist."""

    def _check_open(self) -> None:
        if self._closed:
            raise DecodeError(f"{self.name} was closed; open it again to read more frames.")

    def _check_frame(self, frame: int) -> None:
        numbers = self.frame_numbers
        if frame not in numbers:
            raise FrameNotFoundError(
                f"{self.name} has no frame {frame}; it runs from {numbers[0]} to {numbers[-1]}."
            )

    def _check_size(self, frame: int, width: int, height: int) -> None:
        clip = self._clip
        if (width, height) != (clip.width, clip.height):
            raise FrameSizeError(
                f"Frame {frame} of {self.name} is {width} x {height} pixels, but the clip is "
                f"{clip.width} x {clip.height}; bring all frames to one size."
            )
