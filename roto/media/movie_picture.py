"""From a decoded movie frame to RGB as displayed: colour matrix, range, depth, orientation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from av.sidedata.sidedata import Type as SideData
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from roto.errors import DecodeError

if TYPE_CHECKING:
    from av.sidedata.sidedata import SideDataContainer
    from av.video.frame import VideoFrame

    from roto.media.source import Image

# The fast default of FFmpeg is wrong by up to three code values and repeats chroma in blocks.
_CAREFUL = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT

# Codes of ITU-T H.273 to those of FFmpeg's scaler.
_MATRICES = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a camera that was held sideways wants its picture turned."""

    swap_axes: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @classmethod
    def of(cls, frame: VideoFrame) -> Orientation:
        """Read the display matrix that came with a frame; quarter turns and mirrors only."""
        try:
            # PyAV's own annotation knows only one of the kinds of side data.
            data = cast("SideDataContainer", frame.side_data)[SideData.DISPLAYMATRIX]
        except KeyError:
            return cls()
        # Rows of the matrix: (a b u) (c d v) (x y w); x' = a x + c y, y' = b x + d y.
        a, b, _, c, d = np.frombuffer(bytes(data), np.int32)[:5].tolist()
        if abs(b) > abs(a):
            return cls(swap_axes=True, flip_x=c < 0, flip_y=b < 0)
        return cls(flip_x=a < 0, flip_y=d < 0)

    def apply(self, image: Image) -> Image:
        """Turn a picture (H, W, 3) upright; a copy, contiguous in memory, where it changes."""
        if self.swap_axes:
            image = image.swapaxes(0, 1)
        image = image[:: -1 if self.flip_y else 1, :: -1 if self.flip_x else 1]
        return cast("Image", np.ascontiguousarray(image))


class RgbConverter:
    """Converts frames of one movie; keeps the tables of FFmpeg's scaler between frames."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def __call__(self, frame: VideoFrame) -> Image:
        """Pixels of a frame, not yet turned upright.

        Returns:
            (H, W, 3) RGB: uint8 for 8-bit movies, float32 in 0..1 for deeper ones.

        Raises:
            DecodeError: the frame has a pixel format that cannot be converted.
        """
        matrix = _matrix(frame)
        try:
            rgb = self._reformatter.reformat(
                frame,
                format="rgb24" if depth_of(frame) == 8 else "gbrpf32le",
                src_colorspace=matrix,
                dst_colorspace=matrix,
                src_color_range=_range(frame),
                dst_color_range=ColorRange.JPEG,
                interpolation=_CAREFUL,
            )
            pixels = rgb.to_ndarray()
        except (OSError, ValueError) as error:  # FFmpegError of a wrong argument is a ValueError
            raise DecodeError(
                f"The pixel format {frame.format.name} cannot be converted to RGB."
            ) from error
        return cast("Image", pixels)


def depth_of(frame: VideoFrame) -> int:
    """Bits per colour component."""
    return max((component.bits for component in frame.format.components), default=8)


def _matrix(frame: VideoFrame) -> Colorspace:
    """The matrix that made luma and chroma; where untagged, the convention by picture size."""
    high_definition = frame.height >= 720 or frame.width >= 1280
    guess = Colorspace.ITU709 if high_definition else Colorspace.ITU601
    return _MATRICES.get(frame.colorspace, guess)


def _range(frame: VideoFrame) -> ColorRange:
    """Full range only where the file says so, or has no luma; else black is 16, white 235."""
    is_full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")
    return ColorRange.JPEG if is_full or frame.format.is_rgb else ColorRange.MPEG
