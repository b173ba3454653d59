"""How fast a correction is: the first refreshed neighbour, and frames/s with cached keys.

    python benchmarks/correction.py [--model small] [--frames 60]

The clip is made of noise and a moving square: speed depends on sizes alone. Both passes are
timed in one run; the ratio is what counts.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

import numpy as np
from tables import print_machine, print_table

import roto

if TYPE_CHECKING:
    from roto.masks import Matte


def clip(count: int, height: int = 480, width: int = 854) -> np.ndarray:
    """(T, H, W, 3) uint8."""
    rng = np.random.default_rng(0)
    ground = rng.integers(0, 120, (height // 8 + 1, width // 8 + 1, 3), np.uint8)
    frames = np.repeat(ground.repeat(8, 0).repeat(8, 1)[None, :height, :width], count, 0)
    for number in range(count):
        frames[number][box(number)] = (220, 90, 40)
    return frames


def box(number: int) -> tuple[slice, slice]:
    """Where the square is."""
    return slice(160, 320), slice(100 + 4 * number, 260 + 4 * number)


def mask(number: int, height: int = 480, width: int = 854) -> Matte:
    """(H, W) float32."""
    found = np.zeros((height, width), np.float32)
    found[box(number)] = 1
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="small")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--frames", type=int, default=60)
    options = parser.parse_args()
    print_machine()
    session = roto.new_session(clip(options.frames), model=options.model, device=options.device)
    session.set_keyframe(0, {"box": mask(0)})
    list(session.propagate(frames=(0, 3)))  # warm up, network loaded
    started = time.perf_counter()
    first = sum(event.final for event in session.propagate())
    first_rate = first / (time.perf_counter() - started)
    middle = options.frames // 2
    started = time.perf_counter()
    session.correct(middle, "box", mask(middle))
    events = session.propagate()
    neighbour = next(events)
    latency = time.perf_counter() - started
    count = 1 + sum(1 for _ in events)
    rate = count / (time.perf_counter() - started)
    print_table(
        f"Correction of frame {middle} of {options.frames}, 854x480, one object",
        ["what", "value"],
        [
            ["first pass, frames/s", first_rate],
            ["correction with cached keys, predictions/s", rate],
            ["ratio", rate / first_rate],
            [f"first refreshed neighbour (frame {neighbour.frame}), ms", 1000 * latency],
            ["encoded frames, MiB", session.cache_estimate() / 2**20],
        ],
    )


if __name__ == "__main__":
    main()
