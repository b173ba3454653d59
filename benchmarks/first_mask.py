"""Wall time from starting ``roto propagate`` to its first mattes; and import times.

python benchmarks/first_mask.py [--size 1920x1080] [--frames 60] [--repeats 3]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from footage import key_mask, parse_size, write_movie
from PIL import Image
from tables import print_machine, print_table

FIRST = 1001  # number of a movie's first frame


def main() -> None:
    """Print the table."""
    options = _parse()
    print_machine()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_movie(folder / "plate.mp4", options.size, options.frames)
        mask = key_mask(options.size).astype(np.uint8) * 255
        Image.fromarray(mask).save(folder / "mask.png")
        both = [first_mattes(folder) for _ in range(options.repeats)]
    given, predicted = zip(*both, strict=True)
    rows: list[list[object]] = [
        ["roto propagate: the keyframe's matte on disk", median(given)],
        ["roto propagate: first predicted matte on disk", median(predicted)],
    ]
    for module in ("roto", "torch", "roto.stcn_engine"):
        times = [import_seconds(module) for _ in range(options.repeats)]
        rows.append([f"import {module}", median(times)])
    height, width = options.size
    title = f"From the start of the process, {width}x{height} H.264, {options.frames} frames"
    print_table(title, ["until", "seconds"], rows)


def first_mattes(folder: Path) -> tuple[float, float]:
    """Seconds until the keyframe's matte and the first predicted one are written."""
    command = [sys.executable, "-m", "roto", "propagate", str(folder / "plate.mp4"), "--json"]
    command += ["--key", f"{FIRST}={folder / 'mask.png'}", "-o", str(folder / "matte.%04d.png")]
    command += ["--overwrite"]
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        given = start
        try:
            for line in process.stdout:
                event, now = json.loads(line), time.perf_counter()
                if event.get("event") != "frame":
                    continue
                if event["frame"] != FIRST:
                    return given - start, now - start
                given = now
        finally:
            process.kill()
    raise SystemExit(f"roto propagate ended early, with code {process.returncode}.")


def import_seconds(module: str) -> float:
    """Seconds that an import takes in a fresh interpreter, its own start left out."""
    code = (
        "import time; start = time.perf_counter(); "
        f"import {module}; print(time.perf_counter() - start)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--size", type=parse_size, default="1920x1080")
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--repeats", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
