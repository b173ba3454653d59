"""Clips per second that the training loader makes, by number of workers.

python benchmarks/loader.py --packs TAR [TAR ...] [--workers 4] [--seconds 10] [--batch 8]

Workers double from one to all cores. Nothing is trained: the rate is what a GPU could be fed.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from tables import print_machine, print_table

from roto.train.batches import Batches, endless
from roto.train.packs import StillPack
from roto.train.recipe import Recipe

SHAPES = ((256, 3), (384, 3))  # side in pixels, frames


def main() -> None:
    """Print the table."""
    options = _parse()
    print_machine()
    pack = StillPack([Path(p) for p in options.packs])
    rows = []
    for workers in doubling(options.workers):
        rates = [clips_per_second(options, pack, workers, *shape) for shape in SHAPES]
        rows.append([str(workers), *rates, rates[0] / workers])
    head = ["workers", *(f"{side} px, {frames} frames" for side, frames in SHAPES)]
    title = f"Clips/s of the loader, batches of {options.batch}, {len(pack)} photos"
    print_table(title, [*head, f"each, {SHAPES[0][0]} px"], rows)


def clips_per_second(
    options: argparse.Namespace, pack: StillPack, workers: int, side: int, frames: int
) -> float:
    """Rate over at least ``--seconds``, once the workers have started and made two batches each."""
    recipe = Recipe(packs=tuple(options.packs), size=side, frames=frames, batch=options.batch)
    batches = iter(endless(Batches(recipe, pack), first=0, workers=workers))
    for _ in range(2 * workers):
        next(batches)
    started, clips = time.perf_counter(), 0
    while time.perf_counter() - started < options.seconds:
        clips += len(next(batches).frames)
    return clips / (time.perf_counter() - started)


def doubling(most: int) -> list[int]:
    """1, 2, 4 and so on, and the number itself."""
    return [*(2**i for i in range(most.bit_length()) if 2**i < most), most]


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--packs", nargs="+", required=True, metavar="TAR")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="the most")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--batch", type=int, default=8)
    return parser.parse_args()


if __name__ == "__main__":
    main()
