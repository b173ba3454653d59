"""Movie files: H.264, H.265, ProRes, VP9, AV1, MJPEG and whatever else FFmpeg decodes."""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections import OrderedDict
from dataclasses import replace
from fractions import Fraction
from itertools import chain, islice
from typing import TYPE_CHECKING

from roto.errors import DecodeError, FrameSizeError
from roto.media.base import BaseSource
from roto.media.movie_decoder import MovieDecoder, open_movie
from roto.media.movie_index import MovieIndex, is_ascending, scan
from roto.media.movie_picture import Orientation, RgbConverter, depth_of
from roto.media.source import Clip, Image

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.video.frame import VideoFrame

_log = logging.getLogger(__name__)

CACHE_BYTES = 256 << 20
"""Default budget for decoded frames: 86 frames of 1920 x 1080 in 8-bit 4:2:0."""

_CHECKED_FRAMES = 8


class MovieSource(BaseSource):
    """A movie with frame-exact random access.

    Frames are numbered in the order in which they are shown. Decoding goes on from where it is
    if that reaches the wanted frame without meeting another keyframe; else it starts at the last
    keyframe before. All decoded frames are kept within a byte budget, as the decoder left them
    (half the size of RGB), so that reading backward decodes each group of pictures once.

    Args:
        path: The file.
        first_frame: Number of the first frame.
        rate: Frame rate to use in place of the file's own.
        cache_bytes: Budget for decoded frames.

    Raises:
        DecodeError: no movie, no picture in it, or no frame that can be decoded.
    """

    def __init__(
        self,
        path: Path,
        *,
        first_frame: int = 1001,
        rate: Fraction | None = None,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self._cache = FrameCache(cache_bytes)
        self._to_rgb = RgbConverter()
        self._index, self._first = _verified_index(path)
        self._position = {time: i for i, time in enumerate(self._index.times)}
        self._orientation = Orientation.of(self._first)
        self._decoder = MovieDecoder(path)
        self._decoded: Iterator[tuple[int, VideoFrame]] = iter(())
        self._next: int | None = None  # what _decoded yields next, if it is not lost
        self._damaged: dict[int, int] = {}  # keyframe time -> first frame lost after it
        clip = _describe(path, self._index, self._first, self._orientation, first_frame)
        clip = clip if rate is None else replace(clip, frame_rate=rate)
        super().__init__(clip, range(first_frame, first_frame + len(self._index.times)))
        if clip.damaged_from is not None:
            _log.warning("%s", self._cut_off_text())

    def close(self) -> None:
        super().close()
        self._decoded = iter(())
        self._cache.clear()
        self._decoder.close()

    def frames(self) -> Iterator[tuple[int, Image]]:
        """All frames; of a file that is cut off, the whole ones, and then a ``DecodeError``."""
        yield from super().frames()
        if self._clip.damaged_from is not None:
            raise DecodeError(self._cut_off_text())

    def _check_frame(self, frame: int) -> None:
        if self._clip.damaged_from is not None and frame >= self._clip.damaged_from:
            raise DecodeError(self._cut_off_text())
        super()._check_frame(frame)

    def _read(self, frame: int) -> Image:
        position = frame - self._clip.first_frame
        decoded = self._cache.get(position) or self._decode(position)
        keyframe = self._index.keyframe_before(self._index.times[position])
        lost = self._damaged.get(keyframe)
        if decoded is None or (lost is not None and position >= lost):
            # What follows a lost frame was predicted from it, and only looks like a picture.
            since = self._clip.first_frame + (position if lost is None else lost)
            raise DecodeError(
                f"Frame {frame} of {self.name} cannot be decoded: the file is damaged from frame "
                f"{since} up to the next keyframe; copy it again or convert it."
            )
        if (decoded.width, decoded.height) != (self._first.width, self._first.height):
            raise FrameSizeError(
                f"Frame {frame} of {self.name} is {decoded.width} x {decoded.height} pixels, but "
                f"the movie began with {self._first.width} x {self._first.height}; split it there."
            )
        return self._orientation.apply(self._to_rgb(decoded))

    def _decode(self, position: int) -> VideoFrame | None:
        """Decode up to a frame, keeping all frames on the way; None if the frame is lost."""
        self._go_to(position)
        for found, frame in self._decoded:
            self._note_damage(found, frame.is_corrupt)
            self._next = found + 1
            self._cache.put(found, frame)
            if found >= position:
                return frame if found == position else None
        self._note_damage(len(self._index.times), is_corrupt=False)
        self._next = None
        return None

    def _go_to(self, position: int) -> None:
        """Make sure that decoding on from here reaches the frame by the shortest way."""
        while True:
            keyframe = self._index.keyframe_before(self._index.times[position])
            start = bisect_left(self._index.times, keyframe)  # an edit list may hide the keyframe
            if self._next is not None and start <= self._next <= position:
                return
            self._next = start
            if self._index.counted:
                self._decoded = enumerate(self._decoder.from_start())
                return
            frames = self._numbered(self._decoder.from_keyframe(keyframe, self._index))
            first = next(frames, None)
            if start == 0 or (first is not None and first[0] <= start):
                self._decoded = frames if first is None else chain([first], frames)
                return
            # The file calls it a keyframe, but it only begins a gradual refresh, or is damaged.
            self._next = None
            self._index = self._index.without_keyframe(keyframe)

    def _numbered(self, frames: Iterator[VideoFrame]) -> Iterator[tuple[int, VideoFrame]]:
        for frame in frames:
            position = self._position.get(frame.pts) if frame.pts is not None else None
            if position is not None:
                yield position, frame

    def _note_damage(self, found: int, is_corrupt: bool) -> None:
        """Remember frames that the decoder marked, or skipped on its way to frame ``found``."""
        if self._next is None:
            return
        last = found if is_corrupt else found - 1
        for position in range(self._next, min(last + 1, len(self._index.times))):
            keyframe = self._index.keyframe_before(self._index.times[position])
            self._damaged[keyframe] = min(position, self._damaged.get(keyframe, position))

    def _cut_off_text(self) -> str:
        return (
            f"{self.name} is cut off: frame {self._clip.damaged_from} and all after it cannot be "
            "read; copy the file again."
        )


class FrameCache:
    """Decoded frames, the least recently used dropped first, within a budget of bytes."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._used = 0
        self._frames: OrderedDict[int, VideoFrame] = OrderedDict()

    def get(self, position: int) -> VideoFrame | None:
        frame = self._frames.get(position)
        if frame is not None:
            self._frames.move_to_end(position)
        return frame

    def put(self, position: int, frame: VideoFrame) -> None:
        if position in self._frames:
            self._used -= _size_of(self._frames.pop(position))
        self._frames[position] = frame
        self._used += _size_of(frame)
        while self._used > self._budget and len(self._frames) > 1:
            self._used -= _size_of(self._frames.popitem(last=False)[1])

    def clear(self) -> None:
        self._frames.clear()
        self._used = 0


def _size_of(frame: VideoFrame) -> int:
    return sum(plane.buffer_size for plane in frame.planes)


def _verified_index(path: Path) -> tuple[MovieIndex, VideoFrame]:
    """The index of a movie, and its first frame, after the decoder has agreed with the index.

    Packets and frames differ in files without timestamps (AVI, raw streams) and in recordings
    that begin between keyframes. Those are decoded once from end to end to count their frames.
    """
    container, stream = open_movie(path)
    index = scan(container, stream)
    container.close()
    decoder = MovieDecoder(path)
    try:
        head = list(islice(decoder.from_start(), _CHECKED_FRAMES))
        if not head or (index.cut_off and not index.times):
            raise DecodeError(f"{path} has no frame that can be decoded; copy it again.")
        if not index.agrees_with([frame.pts for frame in head]):
            index = _counted_index(decoder, index)
    finally:
        decoder.close()
    return index, head[0]


def _counted_index(decoder: MovieDecoder, index: MovieIndex) -> MovieIndex:
    times = [frame.pts for frame in decoder.from_start()]
    known = tuple(time for time in times if time is not None)
    if len(known) == len(times) and is_ascending(known):
        return replace(index, times=known)
    return replace(index, times=tuple(range(len(times))), keyframes=(0,), counted=True)


def _describe(
    path: Path, index: MovieIndex, first: VideoFrame, orientation: Orientation, first_frame: int
) -> Clip:
    container, stream = open_movie(path)
    with container:
        rate = stream.average_rate or stream.guessed_rate or index.average_rate or 24
        aspect = Fraction(stream.sample_aspect_ratio or 1)
        codec = stream.codec_context.codec.canonical_name
        tags = [stream.metadata, container.metadata, *(s.metadata for s in container.streams)]
        timecode = next((t["timecode"] for t in tags if "timecode" in t), "")
    width, height = first.width, first.height
    if orientation.swap_axes:
        width, height, aspect = height, width, 1 / aspect
    bits = depth_of(first)
    return Clip(
        path=str(path),
        width=width,
        height=height,
        frame_count=len(index.times),
        first_frame=first_frame,
        frame_rate=Fraction(index.average_rate or rate) if index.is_variable else Fraction(rate),
        pixel_aspect=aspect,
        codec=codec if bits == 8 else f"{codec} {bits} bit",
        variable_frame_rate=index.is_variable,
        damaged_from=first_frame + len(index.times) if index.cut_off else None,
        timecode=timecode,
    )
