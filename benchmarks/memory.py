"""Resident memory while a long clip streams through ``small``.

python benchmarks/memory.py [--frames 1000] [--size 854x480] [--threads 2]

Linux only: the kernel's own count (/proc/self/statm) is read.
"""

from __future__ import annotations

import argparse
import resource
from itertools import islice
from pathlib import Path

import torch
from footage import footage, key_mask, parse_size
from tables import print_machine, print_table

import roto


def main() -> None:
    """Print the memory at ten frames, evenly spread, and how far apart they are."""
    options = _parse()
    torch.set_num_threads(options.threads)
    print_machine()
    step = max(1, options.frames // 10)
    pictures = islice(footage(options.size), options.frames + 1)  # the first one is given
    mib: dict[int, float] = {}
    for event in roto.stream(pictures, {0: key_mask(options.size)}):
        event.result.matte()
        if event.frame and event.frame % step == 0:
            mib[event.frame] = resident_mib()
    height, width = options.size
    title = f"small, {options.frames} frames of {width}x{height} from a generator, roto.stream"
    print_table(title, ["frame", "resident MiB"], list(mib.items()))
    middle = (max(mib.values()) + min(mib.values())) / 2
    spread = 100 * (max(mib.values()) / middle - 1)
    ratio = max(mib.values()) / min(mib.values())
    print(f"\nmax / min from frame {step} on: {ratio:.3f} (+-{spread:.1f} %)")


def resident_mib() -> float:
    """Physical memory this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--frames", type=int, default=1000)
    parser.add_argument("--size", type=parse_size, default="854x480")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    return parser.parse_args()


if __name__ == "__main__":
    main()
