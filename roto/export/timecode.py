"""SMPTE timecode: the label of a frame as hours, minutes, seconds and frames."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

    from roto.export.contract import Subject

_TEXT = re.compile(r"(\d\d):(\d\d):(\d\d)([:;.])(\d\d\d?)")
_HOURS = 24


class Timecode(NamedTuple):
    """One label.

    Attributes:
        hours: 0..23.
        minutes: 0..59.
        seconds: 0..59.
        frame: 0 up to the frames per second, less one.
        drop: Whether labels are left out to keep up with the clock (29.97 and 59.94).
    """

    hours: int
    minutes: int
    seconds: int
    frame: int
    drop: bool = False

    def __str__(self) -> str:
        sign = ";" if self.drop else ":"
        return f"{self.hours:02}:{self.minutes:02}:{self.seconds:02}{sign}{self.frame:02}"


def parse_timecode(text: str) -> Timecode | None:
    """``HH:MM:SS:FF``, with ``;`` or ``.`` before FF for drop frame; None for anything else."""
    found = _TEXT.fullmatch(text)
    if found is None or int(found[1]) >= _HOURS or max(int(found[2]), int(found[3])) >= 60:
        return None
    return Timecode(int(found[1]), int(found[2]), int(found[3]), int(found[5]), found[4] != ":")


def timecode_at(subject: Subject, frame: int) -> Timecode | None:
    """The label of a frame; None where the plate has no timecode. Midnight follows 23:59.

    >>> from roto.export.contract import Subject
    >>> plate = Subject((4, 4), {}, timecode="01:00:00:00", first_frame=1001)
    >>> str(timecode_at(plate, 1030))
    '01:00:01:05'
    """
    start = parse_timecode(subject.timecode)
    if start is None:
        return None
    return _label(
        _count(start, subject.frame_rate) + frame - subject.first_frame,
        start.drop,
        subject.frame_rate,
    )


def _left_out(rate: Fraction, drop: bool) -> int:
    """Labels that are left out at every minute, but for each tenth."""
    return round(rate / 15) if drop else 0


def _count(label: Timecode, rate: Fraction) -> int:
    """Frames since midnight."""
    per_second = round(rate)
    minutes = 60 * label.hours + label.minutes
    labels = (60 * minutes + label.seconds) * per_second + label.frame
    return labels - _left_out(rate, label.drop) * (minutes - minutes // 10)


def _label(count: int, drop: bool, rate: Fraction) -> Timecode:
    per_second, left_out = round(rate), _left_out(rate, drop)
    per_minute = 60 * per_second - left_out
    ten_minutes = 10 * per_minute + left_out
    tens, rest = divmod(count % (_HOURS * 6 * ten_minutes), ten_minutes)
    minutes = max(0, (rest - left_out) // per_minute)
    labels = count % (_HOURS * 6 * ten_minutes) + left_out * (9 * tens + minutes)
    seconds, frame = divmod(labels, per_second)
    return Timecode(seconds // 3600, seconds // 60 % 60, seconds % 60, frame, drop)
