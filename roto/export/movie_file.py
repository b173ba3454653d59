"""``MovieFile``: one encoder and the file it writes."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from roto.errors import ExportError
from roto.export.atomic import export_error
from roto.export.matroska import PLACEHOLDER, set_pixel_aspect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction
    from pathlib import Path

    from roto.export.movie_pixels import Planes

_CONTAINERS = {".mov": "mov", ".mkv": "matroska", ".webm": "webm"}
_BT709, _LIMITED, _FULL = 1, 1, 2  # codes of ITU-T H.273 and of FFmpeg


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a movie is packed.

    Attributes:
        codec: FFmpeg's name of the encoder.
        layout: FFmpeg's name of the pixel format.
        options: Of the encoder.
    """

    codec: str
    layout: str
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_yuv(self) -> bool:
        """Whether it stores luma and chroma, in limited range."""
        return self.layout.startswith("yuv")


@dataclass(frozen=True, slots=True)
class Reel:
    """What a file says of itself.

    Attributes:
        size: (H, W) in pixels.
        rate: Frames per second, exact.
        pixel_aspect: Width of a pixel over its height.
        tags: Of the container: "title", "timecode", "comment", ...
    """

    size: tuple[int, int]
    rate: Fraction
    pixel_aspect: Fraction
    tags: Mapping[str, str]


class MovieFile:
    """Writes pictures to a temporary path; begins with the first one.

    Args:
        path: Where the bytes go; its extension chooses the container.
        target: What the file will be called, for messages.
        encoding: How it is packed.
        reel: What it says of itself.
        threads: Most threads of the encoder.
    """

    def __init__(
        self, path: Path, target: Path, encoding: Encoding, reel: Reel, threads: int
    ) -> None:
        self._path, self._target = path, target
        self._patched = path.suffix.lower() != ".mov" and reel.pixel_aspect != 1
        self._encoding, self._reel = encoding, reel
        self._count = 0
        with self._told():
            self._open(threads)

    def write(self, planes: Planes) -> None:
        """Append one picture, packed as the encoding's layout says.

        Raises:
            ExportError: the disk is full, or the codec cannot take the picture.
        """
        import av

        height, width = self._reel.size
        with self._told():
            frame = av.VideoFrame(width, height, self._encoding.layout)
            for plane, values in zip(frame.planes, planes, strict=True):
                flat = np.frombuffer(memoryview(plane), values.dtype)
                rows = flat.reshape(-1, plane.line_size // values.dtype.itemsize)
                rows[: values.shape[0], : values.shape[1]] = values
            frame.pts, frame.time_base = self._count, 1 / self._reel.rate
            _tag(frame, self._encoding)
            self._container.mux(self._stream.encode(frame))
        self._count += 1

    def finish(self) -> None:
        """Write what the encoder still holds, and the end of the file.

        Raises:
            ExportError: the disk is full.
        """
        with self._told():
            self._container.mux(self._stream.encode())
            self._container.close()
            self._file.close()
            if self._patched:
                set_pixel_aspect(self._path, self._reel.size, self._reel.pixel_aspect)

    def abandon(self) -> None:
        """Let go of the file, whatever state it is in; its bytes are of no use."""
        import av

        with suppress(OSError):  # of the disk that was full before
            self._file.close()
        with suppress(OSError, ValueError, av.FFmpegError):
            self._container.close()

    def _open(self, threads: int) -> None:
        import av

        # Where a header cannot be written, PyAV never closes a file that it opened itself.
        self._file = self._path.open("wb")
        # Else Matroska has random ids, and two exports of the same would differ.
        container_options = {"fflags": "+bitexact"}
        if self._patched:
            container_options["write_crc32"] = "0"
        container: Any = av.open(
            self._file,
            "w",
            format=_CONTAINERS[self._path.suffix.lower()],
            container_options=container_options,
        )
        container.metadata.update(self._reel.tags)
        options = dict(self._encoding.options)
        stream: Any = container.add_stream(
            self._encoding.codec, rate=self._reel.rate, options=options
        )
        if self._patched:
            stream.metadata["title"] = PLACEHOLDER
        stream.height, stream.width = self._reel.size
        stream.pix_fmt = self._encoding.layout
        # Threads that wait for later frames would keep some in memory for each object.
        stream.thread_type, stream.thread_count = "SLICE", threads
        context = stream.codec_context
        context.sample_aspect_ratio = self._reel.pixel_aspect
        _tag(context, self._encoding)
        self._container, self._stream = container, stream

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of FFmpeg as sentences."""
        import av

        try:
            yield
        except OSError as error:  # FFmpeg's errors of the disk are OSErrors as well
            raise export_error(self._target, error) from error
        except (av.FFmpegError, ValueError) as error:
            height, width = self._reel.size
            raise ExportError(
                f"Cannot write {self._target}: the encoder {self._encoding.codec} does not take "
                f"{width} x {height} pixels at {self._reel.rate} frames per second; choose another "
                "format."
            ) from error


def _tag(tagged: Any, encoding: Encoding) -> None:
    """Say how code values are meant; ProRes reads it from each frame, others from the encoder."""
    if not encoding.is_yuv:
        tagged.color_range = _FULL  # grey would else be taken for limited
        return
    tagged.color_range = _LIMITED
    for name in ("colorspace", "color_primaries", "color_trc"):
        with suppress(AttributeError):  # older PyAV cannot set all of them on frames
            setattr(tagged, name, _BT709)
