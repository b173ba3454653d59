"""What people type, understood: keyframes, frame ranges, names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from roto.errors import KeyframeError, SettingsError
from roto.media.describe import frame_ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEY = re.compile(r"(?P<frame>-?\d+)(?::(?P<name>[^=]+))?=(?P<mask>.+)")
_PLACE = re.compile(r"(?P<frame>-?\d+)(?::(?P<name>.+))?")
_RANGE = re.compile(r"(?P<first>-?\d+)(?:-(?P<last>-?\d+))?")

Range = tuple[int, int]
"""First and last frame, both included."""

Keys: TypeAlias = "dict[int, str | dict[str, str]]"
"""Paths of masks by frame number: one that does not say whose it is, or some by object name."""


def parse_keys(texts: Sequence[str], option: str = "--key ", more: str = "") -> Keys:
    """``1001=mask.png`` and ``1001:hero=mask.png`` as keyframes by frame number.

    Args:
        texts: One per mask.
        option: What stood before each, for messages.
        more: What else may be written, for messages.

    Raises:
        KeyframeError: an argument of another form, or a frame keyed twice.
    """
    keys: Keys = {}
    for text in texts:
        match = _KEY.fullmatch(text)
        if match is None:
            raise KeyframeError(
                f"{option}{text} is not understood; write {option}1001=mask.png or "
                f"{option}1001:hero=mask.png{more}."
            )
        add_key(keys, int(match["frame"]), match["name"], match["mask"], said=f"{option}{text}")
    return keys


def add_key(keys: Keys, frame: int, name: str | None, mask: str, *, said: str) -> None:
    """Add the path of a mask.

    Args:
        keys: What it is added to.
        frame: Its frame number.
        name: Whose it is; None where that is not said.
        mask: The path.
        said: What asked for it, for messages.

    Raises:
        KeyframeError: there is such a mask, or one that does not say whose it is beside others.
    """
    known = keys.get(frame, {})
    if not isinstance(known, dict) or (name is None and known) or name in known:
        raise KeyframeError(f"{said}: frame {frame} already has that mask.")
    keys[frame] = mask if name is None else {**known, name: mask}


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


def parse_ranges(text: str, frames: Sequence[int]) -> list[Range]:
    """``1001-1010,1020,1030-1040`` as ranges: ascending, and none meets another.

    Args:
        text: What was typed.
        frames: All frames of the clip, ascending.

    Raises:
        SettingsError: as :func:`parse_range`, of any of them.
    """
    found: list[Range] = []
    for first, last in sorted(parse_range(part.strip(), frames) for part in text.split(",")):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


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


def to_ranges(ranges: Sequence[Range]) -> str:
    """The text of several: ``1001-1010, 1020``."""
    return ", ".join(to_range(first, last) for first, last in ranges)


def count(number: int, what: str) -> str:
    """``1 frame``, ``2 frames``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
