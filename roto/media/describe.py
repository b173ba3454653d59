"""A clip in words, for ``roto info`` and the app's clip panel."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from roto.media.source import Clip

_MOST_RANGES = 8


def describe(clip: Clip) -> list[tuple[str, str]]:
    """Names and values, fit to be printed as a table of two columns.

    Only what is known and out of the ordinary is told: a square pixel is not mentioned.
    """
    rows = [
        ("path", clip.path or "in memory"),
        ("size", f"{clip.width} x {clip.height}"),
        ("frames", _frames(clip)),
        ("rate", _rate(clip)),
        ("duration", _duration(clip)),
        ("codec", clip.codec),
        ("pixel aspect", "" if clip.pixel_aspect == 1 else _exact(clip.pixel_aspect)),
        ("colour", clip.colour_space),
        ("damaged", _damage(clip)),
    ]
    return [(name, value) for name, value in rows if value]


def frame_ranges(frames: Iterable[int]) -> str:
    """Ascending frame numbers as a person writes them.

    >>> frame_ranges([1001, 1002, 1003, 1007])
    '1001-1003, 1007'
    """
    ranges = []
    for _, run in groupby(enumerate(frames), key=lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in run]
        ranges.append(f"{numbers[0]}-{numbers[-1]}" if len(numbers) > 1 else f"{numbers[0]}")
    if len(ranges) > _MOST_RANGES:
        ranges[_MOST_RANGES - 1 :] = [f"... {ranges[-1]}"]
    return ", ".join(ranges)


def _frames(clip: Clip) -> str:
    if clip.frame_count is None:
        return f"from {clip.first_frame}, no known end"
    last = clip.first_frame + clip.frame_count + len(clip.missing) - 1
    text = f"{frame_ranges(range(clip.first_frame, last + 1))} ({clip.frame_count})"
    return f"{text}, missing {frame_ranges(clip.missing)}" if clip.missing else text


def _rate(clip: Clip) -> str:
    text = _exact(clip.frame_rate)
    return f"{text}, variable" if clip.variable_frame_rate else text


def _duration(clip: Clip) -> str:
    if clip.frame_count is None:
        return ""
    seconds = (clip.frame_count + len(clip.missing)) / clip.frame_rate
    minutes, rest = divmod(float(seconds), 60)
    return f"{minutes:.0f} min {rest:.2f} s" if minutes else f"{rest:.2f} s"


def _damage(clip: Clip) -> str:
    if clip.damaged_from is None:
        return ""
    return f"the file is cut off, nothing can be read from frame {clip.damaged_from} on"


def _exact(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value)
    return f"{value.numerator}/{value.denominator} ({float(value):.3f})"
