"""How many frames a second each format writes.

    python benchmarks/export.py
    python benchmarks/export.py --formats exr png --content cutout --frames 100

One object on a plate of 1080p, soft mattes and a noisy plate that are made beforehand: what is
measured is the format's own work, in as many threads as an export has, up to whole files on disk.
What a session does to know its mattes comes on top; ``benchmarks/speed.py`` measures that.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from roto.export.ahead import in_order, threads_for
from roto.export.contract import Content, Job, Look, Picture, Provenance, Subject
from roto.export.pattern import FramePattern
from roto.export.registry import FORMATS, check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from roto.export.contract import Exporter, Format

FIRST, VARIANTS = 1001, 6
Floats = npt.NDArray[np.float32]


def main() -> None:
    """Print a table."""
    options = _options()
    size = (options.height, round(options.height * 16 / 9 / 2) * 2)
    mattes, plate = [soft(size, n) for n in range(VARIANTS)], noisy(size)
    print(f"{size[1]}x{size[0]}, {options.frames} frames, {os.cpu_count()} cores")
    print(f"{'format':<14}{'depth':<7}{'content':<9}{'frames/s':>9}{'MB/frame':>10}")
    for format in FORMATS.values():
        if options.formats and format.name not in options.formats:
            continue
        for depth in format.depths:
            for content in options.content:
                if content in format.contents:
                    row = measured(format, depth, content, mattes, plate, options.frames)
                    print(f"{format.name:<14}{depth:<7}{content:<9}{row[0]:>9.1f}{row[1]:>10.3f}")


def soft(size: tuple[int, int], step: int) -> Floats:
    """A soft disc with some hair around it: a third of the picture is neither 0 nor 1."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    distance = np.hypot(x - size[1] / 2 - 20 * step, y - size[0] / 2) / size[0]
    waves = 0.03 * np.sin(x / 7) * np.sin(y / 5)
    alpha: Floats = np.clip((0.35 + waves - distance) * 8 + 0.5, 0, 1).astype(np.float32)
    return alpha


def noisy(size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """A plate with the grain of a camera, (H, W, 3)."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    shade = np.dstack([x / size[1], y / size[0], (x + y) / sum(size)]) * 200
    grain = np.random.default_rng(0).normal(20, 4, (*size, 3))
    return np.clip(shade + grain, 0, 255).astype(np.uint8)


def measured(
    format: Format,
    depth: int,
    content: Content,
    mattes: Sequence[Floats],
    plate: npt.NDArray[np.uint8],
    frames: int,
) -> tuple[float, float]:
    """Frames a second, and megabytes a frame."""
    size = mattes[0].shape
    made = Provenance("0", "stcn", "0" * 64, {"short_side": 480}, {"hero": [FIRST]})
    subject = Subject((size[0], size[1]), {1: "hero"}, Fraction(24), provenance=made)
    premultiplied = content == "cutout" and format.premultiplied[0]
    with tempfile.TemporaryDirectory() as folder:
        pattern = FramePattern(f"{folder}/", format.extensions[0], format.movie)
        numbers = range(FIRST, FIRST + frames)
        job = Job(subject, Look(content, premultiplied, bit_depth=depth), pattern, numbers)
        check(job, format)
        threads = 1 if format.movie else threads_for(4 * 4 * size[0] * size[1])
        started = time.perf_counter()
        with format.open(job) as exporter:
            for _ in in_order(_work(job, exporter, mattes, plate), threads, lambda files: None):
                pass
        seconds = time.perf_counter() - started
        written = sum(path.stat().st_size for path in Path(folder).iterdir())
    return frames / seconds, written / frames / 1e6


def _work(
    job: Job, exporter: Exporter, mattes: Sequence[Floats], plate: npt.NDArray[np.uint8]
) -> Iterator[Callable[[], Sequence[Path]]]:
    for frame in job.frames:
        picture = Picture(frame, {1: mattes[frame % len(mattes)]}, lambda: plate)
        yield lambda picture=picture: exporter.write(picture)  # type: ignore[misc]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Frames a second of every format.")
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--height", type=int, default=1080)
    parser.add_argument("--formats", nargs="+", metavar="NAME", help="only these")
    parser.add_argument("--content", nargs="+", default=["matte"], metavar="CONTENT")
    return parser.parse_args()


if __name__ == "__main__":
    main()
