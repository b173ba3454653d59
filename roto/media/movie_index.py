"""Where the frames of a movie are: presentation times and keyframes, found without decoding."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import av

if TYPE_CHECKING:
    from collections.abc import Sequence

    from av.container import InputContainer
    from av.video.stream import VideoStream


class _Stored(NamedTuple):
    """What is kept of a packet: a plate's worth of compressed pictures would not fit in memory."""

    pts: int | None
    dts: int | None
    duration: int
    is_keyframe: bool
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class MovieIndex:
    """The frames of a movie in the order in which they are shown.

    Attributes:
        times: Presentation timestamp of each frame, ascending, in units of ``time_base``.
        keyframes: Timestamps of the frames that decode without others, ascending. May hold frames
            that an edit list hides, because the first shown frame can depend on them.
        time_base: Seconds per unit.
        cut_off: The file ends before the frames that its header promises.
        guessed: The format stores no presentation times (AVI); FFmpeg infers them, often wrongly.
        counted: The timestamps cannot be trusted: frames are told apart only by counting them
            from the start of the file, and ``times`` is 0, 1, 2, ...
    """

    times: tuple[int, ...]
    keyframes: tuple[int, ...]
    time_base: Fraction
    cut_off: bool = False
    guessed: bool = False
    counted: bool = False

    def keyframe_before(self, time: int) -> int:
        """The keyframe from which decoding reaches the frame shown at ``time``.

        Frames shown before a keyframe but stored after it (an open GOP) need the keyframe before,
        which this gives, because it goes by the order of showing.
        """
        return self.keyframes[max(bisect_right(self.keyframes, time) - 1, 0)]

    def without_keyframe(self, time: int) -> MovieIndex:
        """The index without a keyframe that turned out not to decode on its own."""
        return replace(self, keyframes=tuple(key for key in self.keyframes if key != time))

    def agrees_with(self, decoded: Sequence[int | None]) -> bool:
        """Whether the timestamps of the first decoded frames can be those of this index.

        Frames that the decoder left out are damaged, and keep their places in the index. Damage
        also puts frames out of order, so that order tells something of guessed timestamps only.
        """
        times = [time for time in decoded if time is not None]
        # Frames after a cut may still decode, but they cannot be numbered.
        expected = {*self.times, *(t for t in times if self.cut_off and t > self.times[-1])}
        in_order = is_ascending(times) or not self.guessed
        return len(times) == len(decoded) and in_order and expected.issuperset(times)

    @property
    def average_rate(self) -> Fraction | None:
        """Frames per second by the timestamps; None for less than two frames."""
        if self.counted or len(self.times) < 2:
            return None
        seconds = (self.times[-1] - self.times[0]) * self.time_base
        return ((len(self.times) - 1) / seconds).limit_denominator(100_000)

    @property
    def is_variable(self) -> bool:
        """Whether frames are shown for different times, beyond what rounding explains."""
        steps = [later - earlier for earlier, later in pairwise(self.times)]
        return bool(steps) and max(steps) - min(steps) > max(2.0, 0.1 * median(steps))


def scan(container: InputContainer, stream: VideoStream) -> MovieIndex:
    """Read the packets of a stream, without decoding, into an index.

    The index is a claim until ``MovieSource`` has seen that the decoder agrees with it.
    """
    packets: list[_Stored] = []
    cut_off = False
    try:
        for packet in container.demux(stream):
            if packet.is_corrupt:
                cut_off = True  # a read that came short; the rest of the file is not there
                break
            if packet.size:
                packets.append(
                    _Stored(
                        packet.pts,
                        packet.dts,
                        packet.duration or 0,
                        packet.is_keyframe,
                        packet.is_discard,
                    )
                )
    except av.FFmpegError:
        cut_off = True
    cut_off = cut_off or _fewer_than_promised(container, stream, packets)
    keyframes = sorted({p.pts for p in packets if p.is_keyframe and p.pts is not None})
    # Frames before the first keyframe, as in a recording that begins anywhere, cannot be decoded.
    start = keyframes[0] if keyframes else 0
    shown = {p.pts for p in packets if p.pts is not None and not p.is_hidden}
    times = sorted(time for time in shown if time >= start)
    if cut_off:
        times = _before_the_cut(times, packets)
    return MovieIndex(
        times=tuple(times),
        keyframes=tuple(keyframes),
        time_base=Fraction(stream.time_base or 1),
        cut_off=cut_off,
        guessed=container.format.name == "avi",
    )


def is_ascending(times: Sequence[int]) -> bool:
    """Whether each number is above the one before."""
    return all(earlier < later for earlier, later in pairwise(times))


def _fewer_than_promised(
    container: InputContainer, stream: VideoStream, packets: Sequence[_Stored]
) -> bool:
    """Whether the file is too short for its own header, as after a broken copy."""
    formats = container.format.name.split(",")
    if "mov" in formats:
        return len(packets) < stream.frames
    if "matroska" in formats and packets and stream.time_base:
        end = max((p.pts or 0) + 3 * p.duration for p in packets) * stream.time_base
        promised = _seconds(stream.metadata.get("DURATION", ""))
        return packets[-1].duration > 0 and end < promised
    return False


def _seconds(text: str) -> float:
    """Matroska's ``00:00:01.500000000`` in seconds; 0 for anything else."""
    try:
        hours, minutes, seconds = text.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    except ValueError:
        return 0.0


def _before_the_cut(times: list[int], packets: Sequence[_Stored]) -> list[int]:
    """The frames that can be numbered for certain.

    Frames are stored in the order of decoding. A lost one may have been shown before some that
    are there, and those would get its number; but none is shown before it is decoded.
    """
    decoded = [p.dts for p in packets if p.dts is not None]
    return [time for time in times if time <= max(decoded, default=-1)]
