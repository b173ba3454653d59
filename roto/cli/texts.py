"""What people type, understood: keyframes, frame ranges, names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from roto.errors import KeyframeError, SettingsError
from roto.media.describe import frame_ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEY = re.compile(r"(?P<frame>-?\d+)(?::(?P<name>[^=]+))?=(?P<mask>.+)")
_PLACE = re.compile(r"(?P<frame>-?\d+)(?::(?P<name>.+))?")
_RANGE = re.compile(r"(?P<first>-?\d+)(?:-(?P<last>-?\d+))?")

Range = tuple[int, int]
"""First and last frame, both included."""


def parse_keys(texts: Sequence[str], option: str = "--key ") -> dict[int, str | dict[str, str]]:
    """``1001=mask.png`` and ``1001:hero=mask.png`` as keyframes by frame number.

    Args:
        texts: One per mask.
        option: What stood before each, for messages.

    Raises:
        KeyframeError: an argument of another form, or a frame keyed twice.
    """
    keys: dict[int, str | dict[str, str]] = {}
    for text in texts:
        match = _KEY.fullmatch(text)
        if match is None:
            raise KeyframeError(
                f"{option}{text} is not understood; write {option}1001=mask.png or "
                f"{option}1001:hero=mask.png."
            )
        frame, name = int(match["frame"]), match["name"]
        known = keys.get(frame, {})
        if not isinstance(known, dict) or (name is None and known) or name in known:
            raise KeyframeError(f"{option}{text}: frame {frame} already has that mask.")
        keys[frame] = match["mask"] if name is None else {**known, name: match["mask"]}
    return keys


def parse_place(text: str) -> tuple[int, str | None]:
    """``1001`` or ``1001:hero``: a frame, and whose.

    Raises:
        KeyframeError: neither.
    """
    match = _PLACE.fullmatch(text)
    if match is None:
        raise KeyframeError(f"{text!r} is no frame of an object; write 1001 or 1001:hero.")
    return int(match["frame"]), match["name"]


def parse_range(text: str, frames: Sequence[int]) -> Range:
    """``1001-1050`` or ``1001`` as the first and the last frame.

    Args:
        text: What was typed.
        frames: All frames of the clip, ascending.

    Raises:
        SettingsError: no range, one that runs backwards, or one that leaves the clip.
    """
    match = _RANGE.fullmatch(text)
    if match is None:
        raise SettingsError(f"{text!r} is no range of frames; write 1001-1050 or 1001.")
    first = int(match["first"])
    last = int(match["last"] or first)
    if first > last:
        raise SettingsError(f"The range {text} runs backwards; write {last}-{first}.")
    if first < frames[0] or last > frames[-1]:
        raise SettingsError(f"The range {text} leaves the clip, which has {shown(frames)}.")
    return first, last


def parse_assignment(text: str, form: str) -> tuple[str, str]:
    """``NAME=VALUE``; names may hold "=", values may not.

    Raises:
        SettingsError: a side is missing; the message shows ``form``.
    """
    name, _, value = text.rpartition("=")
    if not name or not value:
        raise SettingsError(f"{text!r} is not understood; write {form}.")
    return name, value


def shown(frames: Sequence[int]) -> str:
    """Frame numbers as people write them: ``1001-1040, 1052``."""
    return frame_ranges(frames)


def to_range(first: int, last: int) -> str:
    """The text of a range."""
    return str(first) if first == last else f"{first}-{last}"


def count(number: int, what: str) -> str:
    """``1 frame``, ``2 frames``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
