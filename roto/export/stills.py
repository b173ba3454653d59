"""Mattes, label maps and pictures of them as still images.

========== ======= ============ ==================================================
extension  default other depths what is written
========== ======= ============ ==================================================
.png       8 bit   16           gray, linear alpha as code values
.tif .tiff 16 bit  8, 32 float  gray, deflated
.exr       16 half 32 float     channel Y; never quantised to 8 bit
========== ======= ============ ==================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from roto.errors import ExportError, SettingsError
from roto.export.atomic import write_bytes_atomic
from roto.export.contract import no_format
from roto.export.encoding import encode_png, encode_tiff, levels_of
from roto.export.exr_file import ExrPart, as_depth, write_exr
from roto.masks.key_mask import check_matte
from roto.masks.palette import davis_palette

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

    from roto.masks.key_mask import LabelMap, Matte

    Writer: TypeAlias = "Callable[[Path, Matte, int], None]"


@dataclass(frozen=True, slots=True)
class StillFormat:
    """A still format that can hold a matte.

    Attributes:
        depths: Bits per pixel that can be asked for; the first is the default.
        write: Writes an (H, W) float32 matte in [0, 1] to a path with so many bits, atomically.
    """

    depths: tuple[int, ...]
    write: Writer


def write_matte(
    path: str | os.PathLike[str], matte: Matte, *, bit_depth: int | None = None
) -> None:
    """Write one matte; the extension says in which format.

    Args:
        path: Where to. Missing folders are made; an existing file is replaced.
        matte: (H, W) float32 in [0, 1].
        bit_depth: None for the format's default; see the table in the module's docstring.

    Raises:
        SettingsError: the format is unknown, cannot hold a matte, or has no such depth.
        MaskError: NaN or values out of range.
        ExportError: nothing can be written there.
    """
    target = Path(path)
    depth = depth_of(target, bit_depth)
    format_of(target).write(target, check_matte(matte, f"The matte for {target.name}"), depth)


def write_label_map(path: str | os.PathLike[str], label_map: LabelMap) -> None:
    """Write a label map as an indexed PNG in the colours of DAVIS and VOC; labels are exact.

    Args:
        path: Where to, ending in ".png".
        label_map: (H, W) uint8.

    Raises:
        SettingsError: the extension is not ".png".
        ExportError: nothing can be written there.
    """
    target = Path(path)
    if target.suffix.lower() != ".png":
        raise SettingsError(f"Label maps are written as .png, not as {target.name}.")
    import io

    from PIL import Image

    image = Image.fromarray(label_map)
    image.putpalette(davis_palette().tobytes())
    buffer = io.BytesIO()
    image.save(buffer, "png")
    write_bytes_atomic(target, buffer.getvalue())


def write_picture(path: str | os.PathLike[str], image: npt.NDArray[np.uint8]) -> None:
    """Write a picture to look at; the extension, .png or .jpg, says how.

    Args:
        path: Where to. Missing folders are made; an existing file is replaced.
        image: (H, W, 3) uint8 RGB.

    Raises:
        SettingsError: another extension.
        ExportError: nothing can be written there.
    """
    import cv2

    extension = Path(path).suffix.lower()
    if extension not in (".png", ".jpg", ".jpeg"):
        raise SettingsError(f"{path}: pictures are written as .png or .jpg, not {extension!r}.")
    done, data = cv2.imencode(extension, cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    if not done:
        raise ExportError(f"Cannot write {path}: the picture could not be encoded.")
    write_bytes_atomic(path, data.tobytes())


def format_of(path: Path) -> StillFormat:
    """The format that the extension of ``path`` stands for.

    Raises:
        SettingsError: mattes cannot be written in that format.
    """
    found = STILL_FORMATS.get(path.suffix.lower())
    if found is None:
        raise no_format(path, STILL_FORMATS)
    return found


def depth_of(path: Path, bit_depth: int | None) -> int:
    """Bits per pixel of a matte at ``path``, ``bit_depth`` being what was asked for.

    Raises:
        SettingsError: mattes cannot be written in that format, or not with so many bits.
    """
    depths = format_of(path).depths
    if bit_depth is not None and bit_depth not in depths:
        possible = " or ".join(map(str, sorted(depths)))
        raise SettingsError(f"{path.suffix} mattes have {possible} bits, not {bit_depth}.")
    return depths[0] if bit_depth is None else bit_depth


def _write_png(path: Path, matte: Matte, depth: int) -> None:
    write_bytes_atomic(path, encode_png(levels_of(matte, depth)))


def _write_tiff(path: Path, matte: Matte, depth: int) -> None:
    write_bytes_atomic(path, encode_tiff(levels_of(matte, depth)))


def _write_exr(path: Path, matte: Matte, depth: int) -> None:
    write_exr(path, [ExrPart({"Y": as_depth(matte, depth)})])


STILL_FORMATS: dict[str, StillFormat] = {
    ".png": StillFormat((8, 16), _write_png),
    ".tif": StillFormat((16, 8, 32), _write_tiff),
    ".tiff": StillFormat((16, 8, 32), _write_tiff),
    ".exr": StillFormat((16, 32), _write_exr),
}
"""Still formats by extension."""
