"""Long runs at constant memory and speed: 10,000 frames, and an hour of ``roto.stream``.

python benchmarks/endless.py frames [--frames 10000] [--size 848x480] [--short-side 480]
python benchmarks/endless.py hour [--minutes 60]

``frames`` compares frame 9,900 with frame 500: the time per frame is the median of the hundred
frames up to each. With ``--short-side 160`` it takes about half an hour on one core. Linux only:
the kernel's own count of resident memory is read.
"""

from __future__ import annotations

import argparse
import statistics
import time
from itertools import islice
from typing import TYPE_CHECKING

import torch
from footage import footage, key_mask, parse_size
from tables import print_machine, print_table

import roto
from roto.budget import need_of
from roto.budget.available import measure
from roto.budget.needs import Workload
from roto.engine import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from roto.engine import Engine
    from roto.propagation.passes import Propagated

_WINDOW = 100  # frames whose median is the time per frame


def main() -> None:
    """Run what was asked for."""
    options = _parse()
    torch.set_num_threads(options.threads)
    print_machine()
    settings = Settings(short_side=options.short_side, max_memory=options.max_memory)
    engine = roto.load_model(options.model, settings=settings, precision=options.precision)
    engine.footprint(options.size, 1)  # libraries set themselves up at their first use
    print(need_of(engine, Workload(options.size, objects=1, frames=None)), flush=True)
    (_frames if options.what == "frames" else _hour)(options, engine)


def _frames(options: argparse.Namespace, engine: Engine) -> None:
    """Frames near the start and near the end, side by side."""
    early, late = 500, options.frames - 100
    marks = sorted({early, *range(1000, options.frames, 1000), late})
    times: list[float] = []
    rows: list[tuple[int, float, float]] = []
    started = time.perf_counter()
    for event in islice(_events(options, engine), options.frames):
        now = time.perf_counter()
        times.append(1000 * (now - started))
        started = now
        if event.frame in marks:
            rows.append((event.frame, statistics.median(times[-_WINDOW:]), measure().now / 1e6))
            print(*rows[-1], flush=True)
    print_table(_title(options), ["frame", "ms per frame", "resident MB"], rows)
    first, last = (next(row for row in rows if row[0] == mark) for mark in (early, late))
    print(f"\nframe {late} / frame {early}: time {last[1] / first[1]:.3f}, ", end="")
    print(f"memory {last[2] / first[2]:.3f}; highest {measure().most / 1e6:.0f} MB")


def _hour(options: argparse.Namespace, engine: Engine) -> None:
    """A line per minute."""
    rows: list[tuple[int, int, float, float]] = []
    started = before = time.perf_counter()
    done = 0
    for event in _events(options, engine):
        now = time.perf_counter()
        if now - before < 60:
            continue
        speed = (event.done - done) / (now - before)
        rows.append((round((now - started) / 60), event.done, speed, measure().now / 1e6))
        print("minute {}: {} frames, {:.2f} frames/s, {:.1f} MB".format(*rows[-1]), flush=True)
        before, done = now, event.done
        if now - started >= 60 * options.minutes:
            break
    print_table(_title(options), ["minute", "frames", "frames/s", "resident MB"], rows)
    sizes = [row[3] for row in rows[len(rows) // 10 :]]  # a start to settle in
    print(f"\nhighest / lowest from minute {rows[len(rows) // 10][0]} on: ", end="")
    print(f"{max(sizes) / min(sizes):.3f}")


def _events(options: argparse.Namespace, engine: Engine) -> Iterator[Propagated]:
    """Frames of an endless source, each with its matte made."""
    masks = {0: key_mask(options.size)}
    for event in roto.stream(footage(options.size), masks, model=engine, memory="off"):
        event.result.matte()
        yield event


def _title(options: argparse.Namespace) -> str:
    width, height = options.size[::-1]
    where = f"{width}x{height}, worked on at {options.short_side}"
    return f"{options.model}, {options.precision}, {where}, roto.stream, {options.threads} threads"


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("what", choices=["frames", "hour"])
    parser.add_argument("--frames", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--size", type=parse_size, default="848x480")
    parser.add_argument("--short-side", type=int, default=Settings().short_side)
    parser.add_argument("--max-memory", type=int, default=Settings().max_memory)
    parser.add_argument("--model", default="small")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    return parser.parse_args()


if __name__ == "__main__":
    main()
