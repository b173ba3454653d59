"""What a clip is, and how its frames are read.

Words: a *clip* is a run of frames with the plate's own *frame numbers*; a
``FrameSource`` is an open decoder for one clip.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import numpy.typing as npt

Image: TypeAlias = "npt.NDArray[np.uint8] | npt.NDArray[np.float32]"
"""One frame, (H, W, 3) RGB: uint8 display-referred, or float32 in the clip's colour space."""

ColourSpace = Literal["display", "linear"]
"""``display``: sRGB-like code values, 0..1 or 0..255. ``linear``: scene-linear, may exceed 1."""


@dataclass(frozen=True, slots=True)
class Clip:
    """The description of a clip, without its pixels.

    Attributes:
        path: File, folder or pattern as a person would write it; "" for arrays and iterators.
        width: Pixels across, as displayed (rotation metadata already applied).
        height: Pixels down.
        frame_count: Number of frames that can be read; None for a stream of unknown length.
        first_frame: Number of the first frame: as on disk for sequences, 1001 for movies
            unless told otherwise, 0 for arrays.
        frame_rate: Frames per second, exact. For a variable frame rate, the average.
        pixel_aspect: Width of a pixel over its height.
        colour_space: What float pixel values mean.
        missing: Frame numbers absent from a sequence between its first and last frame.
        codec: Short name of the encoding for ``roto info``: "h264", "exr half", ...
        variable_frame_rate: True where the timestamps of a movie are not evenly spaced.
        damaged_from: Frame number from which a cut-off movie cannot be read; None if it is whole.
            ``frame_count`` counts the frames before it.
        timecode: Of the first frame, ``HH:MM:SS:FF`` (``;`` before FF: drop frame); "" where the
            file has none.
        data_window: Left, top, right, bottom (exclusive) in pixels of the picture, where the
            first file of an EXR sequence has pixels; may reach beyond the picture (overscan).
            None where it is the whole picture.
    """

    path: str
    width: int
    height: int
    frame_count: int | None
    first_frame: int = 0
    frame_rate: Fraction = Fraction(24)
    pixel_aspect: Fraction = Fraction(1)
    colour_space: ColourSpace = "display"
    missing: tuple[int, ...] = ()
    codec: str = ""
    variable_frame_rate: bool = False
    damaged_from: int | None = None
    timecode: str = ""
    data_window: tuple[int, int, int, int] | None = None


@runtime_checkable
class FrameSource(Protocol):
    """An open clip with frame-exact random access. Not thread-safe; one owner closes it.

    After an error the source stays usable: the next ``read`` starts afresh.
    """

    @property
    def clip(self) -> Clip:
        """Description of what is open."""
        ...

    @property
    def frame_numbers(self) -> Sequence[int]:
        """Numbers of the frames that can be read, ascending; missing ones left out."""
        ...

    def read(self, frame: int) -> Image:
        """Pixels of one frame, (H, W, 3) RGB, uint8 or float32; the caller may keep the array.

        Raises:
            FrameNotFoundError: the clip has no such frame.
            FrameSizeError: this frame has another size than the clip.
            DecodeError: the file is damaged here.
        """
        ...

    def frames(self) -> Iterator[tuple[int, Image]]:
        """All frames in order with their numbers; cheaper than ``read`` one by one."""
        ...

    def close(self) -> None:
        """Release files and decoders. Closing twice is harmless."""
        ...

    def __enter__(self) -> FrameSource: ...

    def __exit__(self, *exc: object) -> None: ...
