"""How many frames a second each format writes, and how near that is to what its codec can do.

    python benchmarks/export.py
    python benchmarks/export.py --formats exr png --content matte cutout --frames 96

One object on a plate of 1080p; soft float mattes and a noisy plate are made beforehand. Measured
is an export's own work, from floats to whole files on disk, in as many threads as an export has.
What a session does to know its mattes comes on top; ``benchmarks/speed.py`` measures that.

"codec" is the library alone on the same pixels, already in its own number type, in as many
threads, into memory. Both are measured in turns, and the median of all turns is printed. Movies
have one encoder and no such column. The second table is OpenEXR alone on the same mattes: what
another compression would give.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from roto.export.ahead import in_order, threads_for
from roto.export.contract import Content, Job, Look, Picture, Provenance, Subject
from roto.export.cryptomatte import id_of, ranked
from roto.export.encoding import encode_png, encode_tiff, levels_of
from roto.export.exr_file import as_depth
from roto.export.pattern import FramePattern
from roto.export.pixels import picture_of
from roto.export.registry import FORMATS, check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from roto.export.contract import Exporter, Format

FIRST, VARIANTS = 1001, 6
COMPRESSIONS = ("NO", "RLE", "ZIPS", "ZIP", "PIZ")
Floats = npt.NDArray[np.float32]
Channels = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Material:
    """What is written: (H, W) float32 mattes, an (H, W, 3) uint8 plate, how often, how many."""

    mattes: Sequence[Floats]
    plate: npt.NDArray[np.uint8]
    frames: int
    repeats: int

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.plate.shape[0], self.plate.shape[1]


def main() -> None:
    """Print two tables."""
    options = _options()
    _use(options.cores)
    size = (options.height, round(options.height * 16 / 9 / 2) * 2)
    mattes = [soft(size, n) for n in range(VARIANTS)]
    material = Material(mattes, noisy(size), options.frames, options.repeats)
    print(f"{size[1]}x{size[0]}, {options.frames} frames, {options.cores} cores")
    print(
        f"{'format':<14}{'depth':<7}{'content':<9}{'frames/s':>9}{'codec':>9}{'ratio':>8}"
        f"{'MB/frame':>10}"
    )
    for format in FORMATS.values():
        if options.formats and format.name not in options.formats:
            continue
        for depth in format.depths:
            for content in options.content:
                if content in format.contents:
                    _row(material, format, depth, content)
    if not options.formats or "exr" in options.formats:
        _compressions(material)


def _row(material: Material, format: Format, depth: int, content: Content) -> None:
    """One line of the first table."""
    prepared = codec_alone(material, format, depth, content)
    export, codec, size = [], [], 0.0
    for _ in range(material.repeats):
        speed, size = measured(material, format, depth, content)
        export.append(speed)
        if prepared:
            codec.append(encoded(material, prepared))
    limit = f"{median(codec):>9.1f}{median(export) / median(codec):>8.2f}" if codec else " " * 17
    name = f"{format.name:<14}{depth:<7}{content:<9}"
    print(f"{name}{median(export):>9.1f}{limit}{size:>10.3f}", flush=True)


def _compressions(material: Material) -> None:
    """The second table."""
    print(f"\n{'OpenEXR alone':<16}{'half':>9}{'float':>9}   frames/s of mattes")
    for name in COMPRESSIONS:
        speeds = []
        for depth in (16, 32):
            prepared = [
                partial(exr_bytes, {"Y": as_depth(matte, depth)}, name) for matte in material.mattes
            ]
            speeds.append(median(encoded(material, prepared) for _ in range(material.repeats)))
        print(f"{name:<16}{speeds[0]:>9.1f}{speeds[1]:>9.1f}", flush=True)


def soft(size: tuple[int, int], step: int) -> Floats:
    """A soft disc with some hair around it: a third of the picture is neither 0 nor 1."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    distance = np.hypot(x - size[1] / 2 - 20 * step, y - size[0] / 2) / size[0]
    waves = 0.03 * np.sin(x / 7) * np.sin(y / 5)
    alpha: Floats = np.clip((0.35 + waves - distance) * 3.6 + 0.5, 0, 1).astype(np.float32)
    return alpha


def noisy(size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """A plate with the grain of a camera, (H, W, 3)."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    shade = np.dstack([x / size[1], y / size[0], (x + y) / sum(size)]) * 200
    grain = np.random.default_rng(0).normal(20, 4, (*size, 3))
    return np.clip(shade + grain, 0, 255).astype(np.uint8)


def measured(
    material: Material, format: Format, depth: int, content: Content
) -> tuple[float, float]:
    """Frames a second of an export, and megabytes a frame."""
    with tempfile.TemporaryDirectory() as folder:
        job = _job(material, format, depth, content, folder)
        check(job, format)
        threads = 1 if format.movie else _threads(material)
        started = time.perf_counter()
        with format.open(job) as exporter:
            for _ in in_order(_work(material, job, exporter), threads, lambda files: None):
                pass
        seconds = time.perf_counter() - started
        written = sum(path.stat().st_size for path in Path(folder).iterdir())
    return material.frames / seconds, written / material.frames / 1e6


def encoded(material: Material, prepared: Sequence[Callable[[], bytes]]) -> float:
    """Frames a second of a codec alone."""
    work = (prepared[n % len(prepared)] for n in range(material.frames))
    started = time.perf_counter()
    for _ in in_order(iter(work), _threads(material), lambda data: None):
        pass
    return material.frames / (time.perf_counter() - started)


def codec_alone(
    material: Material, format: Format, depth: int, content: Content
) -> list[Callable[[], bytes]]:
    """What encodes each picture, its pixels in the codec's own form; nothing for movies."""
    if format.movie:
        return []
    job = _job(material, format, depth, content, "")
    light = "linear" if ".exr" in format.extensions else "display"
    found: list[Callable[[], bytes]] = []
    for picture in _pictures(material, job):
        if format.name == "cryptomatte":
            [(ids, coverage), (more, less)] = ranked([id_of("hero")], [picture.mattes[1]], 2)
            planes = {"R": ids, "G": coverage, "B": more, "A": less}
            found.append(partial(exr_bytes, planes))
            continue
        shown = picture_of(job, picture, 1, light)  # type: ignore[arg-type]
        if light == "linear":
            found.append(partial(exr_bytes, _planes(shown, depth)))
        else:
            encode: Callable[..., bytes] = encode_png if format.name == "png" else encode_tiff
            found.append(partial(encode, levels_of(shown, depth)))
        if len(found) == VARIANTS:
            break
    return found


def exr_bytes(channels: Mapping[str, npt.NDArray[Any]], compression: str = "ZIP") -> bytes:
    """An EXR, by OpenEXR alone."""
    import OpenEXR

    header = {
        "compression": getattr(OpenEXR, f"{compression}_COMPRESSION"),
        "type": OpenEXR.scanlineimage,
    }
    buffer = io.BytesIO()
    OpenEXR.File([OpenEXR.Part(header, dict(channels))]).write(buffer)
    return buffer.getvalue()


def _planes(shown: Floats, depth: int) -> Channels:
    if shown.ndim == 2:
        return {"Y": as_depth(shown, depth)}
    return {"RGBA"[n]: as_depth(shown[..., n], depth) for n in range(shown.shape[2])}


def _job(material: Material, format: Format, depth: int, content: Content, folder: str) -> Job:
    made = Provenance("0", "stcn", "0" * 64, {"short_side": 480}, {"hero": [FIRST]})
    subject = Subject(material.size, {1: "hero"}, Fraction(24), provenance=made)
    premultiplied = content == "cutout" and format.premultiplied[0]
    pattern = FramePattern(f"{folder}/", format.extensions[0], format.movie)
    frames = range(FIRST, FIRST + material.frames)
    return Job(subject, Look(content, premultiplied, bit_depth=depth), pattern, frames)


def _pictures(material: Material, job: Job) -> Iterator[Picture]:
    for frame in job.frames:
        matte = material.mattes[frame % len(material.mattes)]
        yield Picture(frame, {1: matte}, lambda: material.plate)


def _work(
    material: Material, job: Job, exporter: Exporter
) -> Iterator[Callable[[], Sequence[Path]]]:
    for picture in _pictures(material, job):
        yield partial(exporter.write, picture)


def _threads(material: Material) -> int:
    height, width = material.size
    return threads_for(4 * 4 * height * width)


def _use(cores: int) -> None:
    """Take so many of this machine's cores and no more, where the system allows that."""
    if sys.platform == "linux":
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Frames a second of every format.")
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--repeats", type=int, default=3, help="of which the median is printed")
    parser.add_argument("--height", type=int, default=1080)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--formats", nargs="+", metavar="NAME", help="only these")
    parser.add_argument("--content", nargs="+", default=["matte"], metavar="CONTENT")
    return parser.parse_args()


if __name__ == "__main__":
    main()
