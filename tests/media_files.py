"""Small clips for tests, in which every frame carries its number as black and white blocks."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import cv2
import imageio_ffmpeg
import numpy as np
import OpenEXR

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

WIDTH, HEIGHT, BITS = 96, 64, 6
FRAME_COUNT = 24
COLOURS = np.array(
    [
        *[(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)],
        *[(0, 0, 0), (128, 128, 128), (200, 120, 40), (30, 90, 160)],
    ],
    np.uint8,
)


def numbered(position: int) -> npt.NDArray[np.uint8]:
    """A picture (64, 96, 3) of six blocks that spell ``position`` + 1; survives lossy codecs."""
    bits = [(position + 1) >> bit & 1 for bit in range(BITS)]
    row = np.repeat(np.array(bits, np.uint8) * 255, WIDTH // BITS)
    return np.broadcast_to(row[None, :, None], (HEIGHT, WIDTH, 3)).copy()


def position_in(image: npt.NDArray[np.generic]) -> int:
    """The position that ``numbered`` drew; portrait pictures are read top to bottom."""
    grey = image.astype(np.float64).mean(axis=2) / (255 if image.dtype == np.uint8 else 1)
    line = grey.mean(axis=0) if grey.shape[1] > grey.shape[0] else grey.mean(axis=1)[::-1]
    blocks = line.reshape(BITS, -1)[:, 3:-3].mean(axis=1)
    assert np.all(np.abs(blocks - 0.5) > 0.3), f"not a numbered picture: {blocks}"
    return sum(int(value > 0.5) << bit for bit, value in enumerate(blocks)) - 1


def run_ffmpeg(*arguments: str, data: bytes = b"") -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments]
    subprocess.run(command, input=data, check=True, capture_output=True)


def encode(
    path: Path,
    *options: str,
    frames: list[npt.NDArray[np.uint8]] | None = None,
    input_options: tuple[str, ...] = (),
) -> Path:
    """Encode pictures with ffmpeg; ``options`` name the codec. Without pictures: numbered ones."""
    frames = frames or [numbered(i) for i in range(FRAME_COUNT)]
    height, width = frames[0].shape[:2]
    raw = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", "24")
    data = b"".join(frame.tobytes() for frame in frames)
    run_ffmpeg(*raw, *input_options, "-i", "-", *options, str(path), data=data)
    return path


def h264(path: Path, *options: str, frames: list[npt.NDArray[np.uint8]] | None = None) -> Path:
    """H.264 with B-frames and a keyframe every eight frames."""
    flags = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "8", "-bf", "3", "-qp", "10")
    return encode(path, *flags, *options, frames=frames)


def write_images(folder: Path, name: str, numbers: range, **options: int) -> Path:
    """Write a numbered sequence with OpenCV; ``name`` holds ``%04d``. Returns the pattern."""
    folder.mkdir(parents=True, exist_ok=True)
    for position, number in enumerate(numbers):
        picture = numbered(position)
        if options.get("bits") == 16:
            picture = picture.astype(np.uint16) * 257
        assert cv2.imwrite(str(folder / (name % number)), picture[:, :, ::-1])
    return folder / name


def write_exr(
    path: Path,
    planes: dict[str, npt.NDArray[np.generic]],
    data_origin: tuple[int, int] = (0, 0),
    display: tuple[int, int] | None = None,
    **header: object,
) -> None:
    """Write channels as an EXR file, the data window at ``data_origin`` (x, y)."""
    rows, columns = next(iter(planes.values())).shape
    x, y = data_origin
    width, height = display or (columns, rows)
    windows = {
        "dataWindow": ((x, y), (x + columns - 1, y + rows - 1)),
        "displayWindow": ((0, 0), (width - 1, height - 1)),
    }
    full = {key: tuple(np.array(corner, np.int32) for corner in w) for key, w in windows.items()}
    fixed = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    channels = {name: np.ascontiguousarray(plane) for name, plane in planes.items()}
    OpenEXR.File({**fixed, **full, **header}, channels).write(str(path))


def exr_sequence(folder: Path, dtype: type[np.floating]) -> Path:
    folder.mkdir()
    for position in range(FRAME_COUNT):
        picture = (numbered(position) / 255).astype(dtype)
        planes = {letter: picture[:, :, i] for i, letter in enumerate("RGB")}
        write_exr(folder / f"plate.{1001 + position}.exr", planes)
    return folder / "plate.%04d.exr"


def colour_bars() -> npt.NDArray[np.uint8]:
    return np.broadcast_to(np.repeat(COLOURS, 16, axis=0)[None], (64, 128, 3)).copy()


def bar_values(image: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Mean colour of each bar, away from its edges, in 8-bit code values."""
    bars = image[24:40].reshape(16, 8, 16, 3)[:, :, 6:10].astype(np.float64).mean(axis=(0, 2))
    return np.asarray(bars * (1 if image.dtype == np.uint8 else 255))


def cut_short(path: Path, share: float) -> Path:
    data = path.read_bytes()
    short = path.with_stem("short")
    short.write_bytes(data[: int(len(data) * share)])
    return short
