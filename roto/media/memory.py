"""Frames that are in memory already, or that arrive one by one."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from roto.errors import DecodeError, FrameNotFoundError
from roto.media.base import BaseSource
from roto.media.pixels import as_rgb
from roto.media.source import Clip, ColourSpace, Image

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class ArraySource(BaseSource):
    """A clip from a stack or a list of arrays.

    Args:
        frames: (T, H, W, 3), (T, H, W, 4), (T, H, W) or a list of single pictures; uint8, uint16,
            float32. The arrays are not copied until a frame is read.
        first_frame: Number of the first frame.
        colour_space: What float pixels mean.

    Raises:
        DecodeError: no frames, or arrays that are no pictures.
        FrameSizeError: pictures of different sizes.
    """

    def __init__(
        self,
        frames: npt.NDArray[Any] | Sequence[npt.NDArray[Any]],
        *,
        first_frame: int = 0,
        frame_rate: Fraction = Fraction(24),
        colour_space: ColourSpace = "display",
    ) -> None:
        self._arrays = _as_list(frames)
        first = as_rgb(self._arrays[0], f"Frame {first_frame} of the array")
        clip = Clip(
            path="",
            width=first.shape[1],
            height=first.shape[0],
            frame_count=len(self._arrays),
            first_frame=first_frame,
            frame_rate=frame_rate,
            colour_space=colour_space,
            codec=f"array {self._arrays[0].dtype}",
        )
        super().__init__(clip, range(first_frame, first_frame + len(self._arrays)))
        for frame, array in zip(self.frame_numbers, self._arrays, strict=True):
            if array.ndim not in (2, 3):
                as_rgb(array, f"Frame {frame} of the array")  # says what is wrong with it
            self._check_size(frame, array.shape[1], array.shape[0])

    @property
    def name(self) -> str:
        return "the array"

    def _read(self, frame: int) -> Image:
        array = self._arrays[frame - self._clip.first_frame]
        image = as_rgb(array, f"Frame {frame} of the array")
        return image.copy() if np.shares_memory(image, array) else image


class IteratorSource(BaseSource):
    """A stream of unknown, perhaps endless, length: frames come once and in order.

    ``frame_numbers`` holds the frame read last, because that is all that can be read again.
    Pictures are taken from the iterator only when they are asked for, but for the first one,
    which tells the size.

    Args:
        frames: Yields (H, W, 3) pictures as ``ArraySource`` takes them.
        first_frame: Number of the first frame.
        colour_space: What float pixels mean.

    Raises:
        DecodeError: the iterator yields nothing, or no pictures.
    """

    def __init__(
        self,
        frames: Iterable[npt.NDArray[Any]],
        *,
        first_frame: int = 0,
        frame_rate: Fraction = Fraction(24),
        colour_space: ColourSpace = "display",
    ) -> None:
        self._iterator = iter(frames)
        self._frame = first_frame
        first = next(self._iterator, None)
        if first is None:
            raise DecodeError("The stream has no frames.")
        self._image = as_rgb(np.asarray(first), f"Frame {first_frame} of the stream")
        height, width = self._image.shape[:2]
        clip = Clip(
            path="",
            width=width,
            height=height,
            frame_count=None,
            first_frame=first_frame,
            frame_rate=frame_rate,
            colour_space=colour_space,
            codec="stream",
        )
        super().__init__(clip, ())

    @property
    def name(self) -> str:
        return "the stream"

    @property
    def frame_numbers(self) -> Sequence[int]:
        return (self._frame,)

    def frames(self) -> Iterator[tuple[int, Image]]:
        """The frame at hand and all that follow it."""
        frame = self._frame
        while True:
            try:
                image = self.read(frame)
            except FrameNotFoundError:
                return
            yield frame, image
            frame += 1

    def _check_frame(self, frame: int) -> None:
        if frame < self._frame:
            raise FrameNotFoundError(
                f"Frame {frame} of the stream has passed; only frame {self._frame} and later "
                "ones can be read."
            )

    def _read(self, frame: int) -> Image:
        while self._frame < frame:
            picture = next(self._iterator, None)
            if picture is None:
                raise FrameNotFoundError(
                    f"The stream ended at frame {self._frame}, before frame {frame}."
                )
            self._frame += 1
            self._image = as_rgb(np.asarray(picture), f"Frame {self._frame} of the stream")
        image: Image = self._image.copy()
        return image


def _as_list(frames: npt.NDArray[Any] | Sequence[npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
    """Single pictures; refuses one lone picture, which would be taken apart into its rows."""
    if isinstance(frames, np.ndarray) and (
        frames.ndim not in (3, 4) or (frames.ndim == 3 and frames.shape[2] <= 4)
    ):
        shape = " x ".join(map(str, frames.shape))
        raise DecodeError(
            f"An array of the shape {shape} is not a clip; give frames x height x width x RGB "
            "(for one picture, a list with that picture)."
        )
    arrays = [np.asarray(frame) for frame in frames]
    if not arrays:
        raise DecodeError("The clip has no frames; give at least one picture.")
    return arrays
