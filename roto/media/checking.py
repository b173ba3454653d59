"""Every frame of a clip decoded once, and what is wrong with it: ``roto info --check``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from roto.errors import DecodeError, FrameNotFoundError, FrameSizeError
from roto.media.naming import parse_pattern, the_sequence_in
from roto.media.opening import open_clip
from roto.media.pixels import count_not_finite
from roto.media.sequence import SequenceSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from roto.media.source import FrameSource

Trouble = Literal["", "missing", "broken", "size", "pixels"]
"""What is wrong with a frame: nothing; no file; cannot be decoded; another size; NaN, infinite."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One frame, looked at.

    Attributes:
        frame: Frame number.
        trouble: Which kind.
        text: A sentence about it; "" where nothing is wrong.
        bad_pixels: How many pixels are NaN or infinite.
    """

    frame: int
    trouble: Trouble = ""
    text: str = ""
    bad_pixels: int = 0


def open_to_check(path: str) -> FrameSource:
    """Open a clip like ``open_clip``, also an image sequence that begins with broken files.

    Raises:
        ClipNotFoundError: nothing is there.
        DecodeError: not one frame can be read.
    """
    try:
        return open_clip(path)
    except DecodeError:
        place = Path(path).expanduser()
        pattern = the_sequence_in(place) if place.is_dir() else parse_pattern(place)
        if pattern is None or place.is_file():
            raise
        return SequenceSource.from_pattern(pattern, path=str(place), skip_broken=True)


def frames_to_check(source: FrameSource) -> list[int]:
    """All frames of a clip, ascending: those that are missing, and the first one cut off, too."""
    clip = source.clip
    cut_off = () if clip.damaged_from is None else (clip.damaged_from,)
    return sorted({*source.frame_numbers, *clip.missing, *cut_off})


def check_frames(source: FrameSource) -> Iterator[Checked]:
    """Decode every frame of an open clip, in order, and say what is wrong with each."""
    for frame in frames_to_check(source):
        yield _checked(source, frame)


def _checked(source: FrameSource, frame: int) -> Checked:
    try:
        image = source.read(frame)
    except FrameNotFoundError as error:
        return Checked(frame, "missing", str(error))
    except FrameSizeError as error:
        return Checked(frame, "size", str(error))
    except DecodeError as error:
        return Checked(frame, "broken", str(error))
    bad = count_not_finite(image)
    if not bad:
        return Checked(frame)
    pixels = "1 pixel is" if bad == 1 else f"{bad} pixels are"
    return Checked(frame, "pixels", f"{pixels} NaN or infinite in frame {frame}.", bad)
