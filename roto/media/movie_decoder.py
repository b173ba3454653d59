"""One open movie file that decodes forward from any keyframe."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import av
from av.stream import Disposition

from roto.errors import DecodeError
from roto.media.refusing import no_movie

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from roto.media.movie_index import MovieIndex

_SEEK_ATTEMPTS = 3


def open_movie(path: Path) -> tuple[InputContainer, VideoStream]:
    """Open a movie file and find its picture.

    Raises:
        DecodeError: it is not a movie, or has no picture.
    """
    try:
        container = av.open(str(path))
    except (av.FFmpegError, ValueError) as error:
        raise no_movie(path) from error
    for stream in container.streams.video:
        # The cover of an album is a "video stream" too.
        if stream.codec_context is not None and not stream.disposition & Disposition.attached_pic:
            stream.thread_type = "AUTO"
            return container, stream
    container.close()
    raise DecodeError(f"{path} has no picture, only sound or data; choose another file.")


class MovieDecoder:
    """Frames of a movie in the order in which they are shown, from any keyframe on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._container, self._stream = open_movie(path)

    def close(self) -> None:
        self._container.close()

    def from_start(self) -> Iterator[VideoFrame]:
        """All frames from the start of the file."""
        # Opened anew, because not every format can seek, not even back to its start.
        self._container.close()
        self._container, self._stream = open_movie(self._path)
        return self._decode(_demux(self._container, self._stream))

    def from_keyframe(self, keyframe: int, index: MovieIndex) -> Iterator[VideoFrame]:
        """The frames shown at ``keyframe`` and later, perhaps some before as well."""
        earlier = [time for time in index.keyframes if time <= keyframe]
        for target in earlier[: -_SEEK_ATTEMPTS - 1 : -1]:
            try:
                self._container.seek(target, stream=self._stream)
            except av.FFmpegError:
                break
            packets = _demux(self._container, self._stream)
            first = next((p for p in packets if p.is_keyframe and p.pts is not None), None)
            if first is not None and first.pts is not None and first.pts <= keyframe:
                return self._decode(chain([first], packets), first.pts)
        return self.from_start()

    def _decode(
        self, packets: Iterator[Packet[VideoStream]], keyframe: int | None = None
    ) -> Iterator[VideoFrame]:
        """Decode packets; what the decoder refuses is left out.

        Frames shown before ``keyframe`` are left out as well: they are the leading frames of an
        open GOP, which miss what they were predicted from.
        """
        for packet in packets:
            try:
                frames = self._stream.codec_context.decode(packet)
            except av.FFmpegError:
                continue
            for frame in frames:
                if keyframe is None or (frame.pts is not None and frame.pts >= keyframe):
                    yield frame


def _demux(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    """Packets up to the end of the file or of what can be read of it."""
    try:
        for packet in container.demux(stream):
            # A packet that came short would cost the decoder's threads whole frames before it.
            if not packet.is_corrupt:
                yield packet
    except av.FFmpegError:
        return
