"""``open_clip``: from whatever a person points at to a frame source."""

from __future__ import annotations

import os
from fractions import Fraction
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from roto.decoding import READ
from roto.errors import ClipNotFoundError, DecodeError, SettingsError
from roto.media.images import is_image_name
from roto.media.memory import ArraySource
from roto.media.naming import SequencePattern, parse_pattern, the_sequence_in
from roto.media.refusing import EXPECTED, some
from roto.media.sequence import SequenceSource
from roto.media.source import FrameSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

ClipLike: TypeAlias = (
    "str | os.PathLike[str] | npt.NDArray[Any] | Sequence[npt.NDArray[Any]] | FrameSource"
)
"""What ``open_clip`` takes."""

_DEFAULT_RATE = Fraction(24)


def open_clip(
    source: ClipLike,
    *,
    first_frame: int | None = None,
    frame_rate: Fraction | float | str | None = None,
) -> FrameSource:
    """Open a clip for reading.

    Args:
        source: A movie file; a sequence pattern (``plate.%04d.exr``, ``plate.####.png``,
            ``plate.@@@@.dpx``); a folder with one image sequence; a single image; an array
            (T, H, W, 3) or a list of arrays (H, W, 3) of uint8, uint16 or float32; or an open
            ``FrameSource``, which is returned as it is.
        first_frame: Number of the first frame, for sources that carry no numbers of their own.
            Movies and stills without a number start at 1001, arrays at 0.
        frame_rate: Frames per second, where the source does not know it or is wrong; a text such
            as ``24000/1001``, too.

    Returns:
        The open clip; the caller closes it.

    Raises:
        ClipNotFoundError: nothing is there, or a folder holds none or several sequences.
        DecodeError: what is there cannot be read as pictures.
        SettingsError: ``first_frame`` for a source that numbers its own frames, or a frame rate
            that is not positive.
    """
    rate = _checked_rate(frame_rate)
    if isinstance(source, FrameSource):
        _refuse_first_frame(first_frame, "an open clip")
        return source
    if not isinstance(source, (str, os.PathLike)):
        return ArraySource(source, first_frame=first_frame or 0, frame_rate=rate or _DEFAULT_RATE)
    if not str(source):
        raise ClipNotFoundError(f"The path of the clip is empty; give {EXPECTED}.")
    path = Path(source).expanduser()
    if not _exists(path):
        return _open_pattern(path, first_frame, rate)
    if path.is_dir():
        return _open_sequence(the_sequence_in(path), path, first_frame, rate)
    if is_image_name(path.name):
        return SequenceSource.from_still(path, first_frame=first_frame, frame_rate=rate)
    from roto.media.movie import MovieSource  # loads FFmpeg, which the other sources do not need

    return MovieSource(path, first_frame=1001 if first_frame is None else first_frame, rate=rate)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file can have
        return False


def files_of(source: FrameSource) -> list[Path]:
    """The files that an open clip is read from, by ascending frame; none for arrays."""
    if isinstance(source, SequenceSource):
        return source.files
    return [Path(source.clip.path)] if source.clip.path else []


def _open_pattern(path: Path, first_frame: int | None, rate: Fraction | None) -> FrameSource:
    pattern = parse_pattern(path)
    # A movie that is not there may well have a "#" or a "%d" in its name.
    if pattern is None or not is_image_name(path.name):
        if pattern is not None and pattern.folder.is_dir() and (found := pattern.find()):
            names = some([file.name for file in found.values()])
            raise DecodeError(f"{path} matches {names}, which are no images; give {READ} files.")
        raise ClipNotFoundError(f"There is no clip {str(path)!r}; check the path.")
    return _open_sequence(pattern, path, first_frame, rate)


def _open_sequence(
    pattern: SequencePattern, path: Path, first_frame: int | None, rate: Fraction | None
) -> FrameSource:
    _refuse_first_frame(first_frame, "an image sequence")
    return SequenceSource.from_pattern(pattern, path=str(path), frame_rate=rate)


def _refuse_first_frame(first_frame: int | None, kind: str) -> None:
    if first_frame is not None:
        raise SettingsError(
            f"first_frame={first_frame} cannot be used with {kind}, which has its own frame "
            "numbers; leave it out."
        )


def _checked_rate(frame_rate: Fraction | float | str | None) -> Fraction | None:
    if frame_rate is None:
        return None
    if isinstance(frame_rate, str):
        frame_rate = _read_rate(frame_rate)
    if not (isfinite(frame_rate) and frame_rate > 0):
        raise SettingsError(f"The frame rate is {frame_rate}; it must be above 0.")
    return exact_rate(frame_rate)


def _read_rate(text: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise SettingsError(f"{text!r:.60} is no frame rate; give 24 or 24000/1001.") from None


def exact_rate(frame_rate: Fraction | float) -> Fraction:
    """A decimal frame rate as the fraction that is meant by it.

    >>> exact_rate(23.976), exact_rate(25)
    (Fraction(24000, 1001), Fraction(25, 1))
    """
    rate = Fraction(frame_rate)
    ntsc = Fraction(round(rate) * 1000, 1001)
    if rate != round(rate) and abs(rate - ntsc) < Fraction(1, 200):
        return ntsc
    return rate.limit_denominator(100_000)
