"""Masks by the folder: every file that a pattern names is the mask of a frame."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from roto.cli.texts import add_key, count, parse_keys, shown
from roto.errors import KeyframeError, MaskNotFoundError, SettingsError
from roto.export import FramePattern
from roto.export.pattern import safe_file_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from roto.cli.texts import Keys
    from roto.export.pattern import NamedFile
    from roto.session import Session

_WHOSE = re.compile(r"(?::(?P<name>[^=]+)=)?(?P<pattern>.+)")
_FORMS = ", or name many files, as masks/hero.####.png"
_NAMED = 6  # files that an error names before it counts the rest


def is_pattern(text: str) -> bool:
    """Whether an argument names many masks: ``masks/hero.####.png``, ``:hero=masks/####.png``.

    So does a folder: its masks are called as ``roto export -o FOLDER`` calls them.

    Raises:
        SettingsError: something in the pattern's braces is not ``{object}``.
    """
    match = _WHOSE.fullmatch(text)
    if match is None or re.match(r"-?\d+(:[^=]+)?=", text):  # a frame and its mask
        return False
    path = match["pattern"]
    if Path(path).is_dir():
        return True
    pattern = FramePattern(path)
    return pattern.template == path and (pattern.has_frame or pattern.has_object)


def masks_of(texts: Sequence[str], session: Session) -> Keys:
    """Masks by frame number of ``FRAME[:NAME]=MASK`` and of patterns.

    Raises:
        KeyframeError: an argument of another form, a mask that is given twice, or files of frames
            that the clip does not have.
        MaskNotFoundError: a pattern that names no file.
        SettingsError: a pattern without a place for the frame number.
    """
    keys = parse_keys([text for text in texts if not is_pattern(text)], option="", more=_FORMS)
    for text in filter(is_pattern, texts):
        name, files = _files(text)
        _check_inside(text, files, session)
        names = {safe_file_name(one.name): one.name for one in session.objects.values()}
        for path, frame, found in files:
            assert frame is not None, "the pattern has a place for it"
            whose = name if found is None else names.get(found, found)
            add_key(keys, frame, whose, str(path), said=str(path))
    return keys


def _files(text: str) -> tuple[str | None, list[NamedFile]]:
    """Whose masks they are, if that was said, and the files."""
    match = _WHOSE.fullmatch(text)
    assert match is not None, "see is_pattern"
    name, pattern = match["name"], FramePattern(match["pattern"])
    if not pattern.has_frame:
        raise SettingsError(
            f"{text} has no place for the frame number; add %04d or #### to it, or write "
            "1001:hero=mask.png."
        )
    if name is not None and pattern.has_object:
        raise SettingsError(f"{text} says twice whose masks these are; leave out :{name}=.")
    files = pattern.find()
    if not files:
        raise MaskNotFoundError(
            f"No file matches {pattern.template}; check the folder and the name."
        )
    return name, files


def _check_inside(text: str, files: Sequence[NamedFile], session: Session) -> None:
    numbers = session.source.frame_numbers
    inside = set(numbers)
    outside = [one.path for one in files if one.frame not in inside]
    if not outside:
        return
    names = ", ".join(path.name for path in outside[:_NAMED])
    more = f" and {len(outside) - _NAMED} more" if len(outside) > _NAMED else ""
    raise KeyframeError(
        f"{count(len(outside), 'file')} of {text} have numbers of no frame of the clip, which has "
        f"{shown(numbers)}: {names}{more}; move them elsewhere, or name the others only."
    )
