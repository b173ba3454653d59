"""``OverlayMovie``: overlays as an H.264 movie that every player opens."""

from __future__ import annotations

from contextlib import ExitStack
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from roto.errors import ExportError, SettingsError
from roto.export.atomic import atomic_path

if TYPE_CHECKING:
    import os

    from roto.export.overlay import Rgb

_CRF = "18"  # hard to tell from the original by eye


class OverlayMovie:
    """Writes pictures to an mp4; the file appears when the block ends without an error.

    ::

        with OverlayMovie("check.mp4", clip.frame_rate, (height, width)) as movie:
            movie.write(overlay(image, label_map))

    Pictures of odd width or height are extended by one row or column, as H.264's 4:2:0
    needs even ones. An error in the block leaves no file, or the older one.
    """

    def __init__(
        self, path: str | os.PathLike[str], frame_rate: Fraction | float, size: tuple[int, int]
    ) -> None:
        """Describe the movie; nothing is written before the block is entered.

        Args:
            path: Ends in ".mp4" or ".mov".
            frame_rate: Frames per second, above 0.
            size: (H, W) of the pictures.

        Raises:
            SettingsError: another extension, or an impossible frame rate or size.
        """
        self._path = path
        if not str(path).lower().endswith((".mp4", ".mov")):
            raise SettingsError(f"{path}: overlay movies are written as .mp4 or .mov.")
        if frame_rate <= 0 or min(size) < 1:
            raise SettingsError(f"No movie has {frame_rate} frames per second of {size} pixels.")
        # Encoders count time in small fractions; a float like 23.976 has a huge one.
        self._rate = Fraction(frame_rate).limit_denominator(1001)
        self._size = size
        self._count = 0
        self._stack = ExitStack()
        self._container: Any = None
        self._stream: Any = None

    def __enter__(self) -> OverlayMovie:
        import av

        with ExitStack() as stack:
            temporary = stack.enter_context(atomic_path(self._path))
            self._container = av.open(str(temporary), "w", options={"movflags": "faststart"})
            stack.callback(self._container.close)
            self._stream = self._add_stream()
            self._stack = stack.pop_all()
        return self

    def write(self, image: Rgb) -> None:
        """Append one picture, (H, W, 3) uint8 RGB.

        Raises:
            ExportError: the picture has another size, or the disk is full.
        """
        import av

        if image.shape != (*self._size, 3):
            raise ExportError(f"A {image.shape} picture does not fit a movie of {self._size}.")
        height, width = self._size
        even = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        frame = av.VideoFrame.from_ndarray(even, format="rgb24")
        frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709")
        self._container.mux(self._stream.encode(frame))
        self._count += 1

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> bool | None:
        if error is None:
            # Also the last frames may meet a full disk, so errors go the way of any other.
            with self._stack:
                if self._count == 0:
                    raise ExportError(f"Cannot write {self._path}: no pictures were given.")
                self._container.mux(self._stream.encode())
            return None
        return self._stack.__exit__(kind, error, traceback)

    def _add_stream(self) -> Any:
        height, width = self._size
        stream = self._container.add_stream("libx264", rate=self._rate)
        stream.width, stream.height = width + width % 2, height + height % 2
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": _CRF, "preset": "veryfast"}
        # Untagged HD is guessed differently by every player; 1 stands for BT.709.
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = 1
        context.color_range = 1
        return stream
