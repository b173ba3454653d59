"""Image sequences: one file per frame, with the numbers that the files carry."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from roto.errors import ClipNotFoundError, DecodeError, FrameNotFoundError
from roto.media.base import BaseSource
from roto.media.images import Described, read_described
from roto.media.naming import SequencePattern, number_of, sequences_in
from roto.media.pixels import as_rgb
from roto.media.refusing import some
from roto.media.source import Clip, Image

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 1_000_000
_DEFAULT_RATE = Fraction(24)


class SequenceSource(BaseSource):
    """Numbered image files. Frames missing on disk stay missing; nothing is renumbered.

    Args:
        files: Path of each frame by its number, ascending, at least one.
        path: The pattern or file as a person would write it.
        pattern: Names the file of a missing frame; None for a single still.
        frame_rate: Frames per second; None for what the first file says, or 24.
        skip_broken: Where the first files are broken, let the first whole one tell the size.

    Raises:
        DecodeError: the first file is damaged (with ``skip_broken``: all are), or the numbers
            cannot be those of one clip.
    """

    def __init__(
        self,
        files: Mapping[int, Path],
        *,
        path: str,
        pattern: SequencePattern | None = None,
        frame_rate: Fraction | None = None,
        skip_broken: bool = False,
    ) -> None:
        self._files = dict(files)
        self._pattern = pattern
        numbers = tuple(self._files)
        if numbers[-1] - numbers[0] >= _LONGEST:
            raise DecodeError(
                f"{path} runs from frame {numbers[0]} to {numbers[-1]}, which is no one clip; "
                "move the stray files to another folder."
            )
        # The first file tells the size. It is kept, because it is what will be read next.
        self._first_read, first = self._read_first(skip_broken)
        self._first: Image | None = as_rgb(first.pixels, path)
        clip = Clip(
            path=path,
            width=self._first.shape[1],
            height=self._first.shape[0],
            frame_count=len(numbers),
            first_frame=numbers[0],
            frame_rate=frame_rate or first.frame_rate or _DEFAULT_RATE,
            pixel_aspect=first.pixel_aspect,
            colour_space="linear" if first.codec.startswith("exr") else "display",
            missing=tuple(n for n in range(numbers[0], numbers[-1]) if n not in self._files),
            codec=first.codec,
            timecode=first.timecode,
            data_window=first.data_window,
        )
        super().__init__(clip, numbers)

    @property
    def files(self) -> list[Path]:
        """The files of all frames, ascending."""
        return list(self._files.values())

    @classmethod
    def from_pattern(
        cls,
        pattern: SequencePattern,
        *,
        path: str,
        frame_rate: Fraction | None = None,
        skip_broken: bool = False,
    ) -> SequenceSource:
        """Open the files on disk that match a pattern.

        Raises:
            ClipNotFoundError: there are none.
        """
        files = pattern.find() if pattern.folder.is_dir() else {}
        if not files:
            raise ClipNotFoundError(_no_match(pattern, path))
        return cls(
            files, path=path, pattern=pattern, frame_rate=frame_rate, skip_broken=skip_broken
        )

    @classmethod
    def from_still(
        cls, path: Path, *, first_frame: int | None = None, frame_rate: Fraction | None = None
    ) -> SequenceSource:
        """Open one image as a clip of one frame, with the number in its name if it has one."""
        number = number_of(path) if first_frame is None else first_frame
        files = {1001 if number is None else number: path}
        return cls(files, path=str(path), frame_rate=frame_rate)

    def _read_first(self, skip_broken: bool) -> tuple[int, Described]:
        """The first frame, or with ``skip_broken`` the first that can be read, and its number."""
        failed: DecodeError | None = None
        for frame, file in self._files.items():
            try:
                return frame, read_described(file)
            except DecodeError as error:
                failed = failed or error
                if not skip_broken:
                    break
        raise failed or DecodeError("The clip has no frames.")

    def _check_frame(self, frame: int) -> None:
        if self._pattern is not None and frame in self._clip.missing:
            path = self._pattern.path_of(frame)
            raise FrameNotFoundError(f"Frame {frame} is missing on disk: there is no file {path}.")
        if frame not in self._files:
            super()._check_frame(frame)

    def _read(self, frame: int) -> Image:
        first, self._first = self._first, None
        if first is not None and frame == self._first_read:
            return first
        path = self._files[frame]
        if not path.is_file():
            raise FrameNotFoundError(
                f"Frame {frame} is missing on disk: the file {path} is gone since the clip was "
                "opened."
            )
        return as_rgb(read_described(path).pixels, str(path))


def _no_match(pattern: SequencePattern, path: str) -> str:
    """A sentence for a pattern, as it was written, without files."""
    if not pattern.folder.is_dir():
        return f"No file matches {path}: there is no folder {pattern.folder}; check the path."
    others = [Path(str(other)).name for other in sequences_in(pattern.folder)]
    if others:
        there = f"the folder {pattern.folder} holds {some(others)}"
        return f"No file matches {path}; {there}."
    return f"No file matches {path}; check the folder and the name."
