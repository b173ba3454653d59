"""Whether a run takes the memory that was predicted: each cell of a grid in a fresh process.

python benchmarks/contract.py [--grid quick|full|uhd] [--precision float32] [--parts]
python benchmarks/contract.py --cells 848x480:1:30 3840x2160:8:5:1080

A cell is the plate's size, objects, frames, and perhaps, in any order, the shorter side that the
network works at (``1080``), a bound of memory (``4G``), ``float`` for plates of float32, ``every``
to remember every frame, and ``ends`` for keyframes at both ends. Every matte is asked for, as the
command line does it. Linux only: the kernel's own highest count of resident memory is read.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from footage import Mask, clip, parse_size
from tables import print_machine, print_table

import roto
from roto.budget import fitted
from roto.budget.available import measure
from roto.media import open_clip
from roto.propagation import Propagation

GRIDS = {
    "quick": ["848x480:1:12", "848x480:4:12"],
    "full": [
        *(f"848x480:{objects}:{frames}" for objects in (1, 4, 8) for frames in (10, 70)),
        *(f"1920x1080:{objects}:12" for objects in (1, 4, 8)),
        *(f"1920x1080:{objects}:12:1080" for objects in (1, 8)),
        *(f"3840x2160:{objects}:7" for objects in (1, 4, 8)),
        *(f"3840x2160:{objects}:7:1080" for objects in (1, 8)),
        "848x480:2:40:ends",
        "848x480:8:20:every",
        "3840x2160:1:7:float",
    ],
    "uhd": ["3840x2160:1:7", "3840x2160:8:7", "3840x2160:8:7:1080:4G", "3840x2160:1:7:2160:4G"],
}


@dataclass
class Cell:
    """What a cell's text says; see the module."""

    size: tuple[int, int]
    objects: int
    frames: int
    settings: roto.Settings
    memory: str = "off"
    deep: bool = False
    ends: bool = False

    @classmethod
    def of(cls, text: str) -> Cell:
        """Understand a cell's text."""
        size, objects, frames, *more = text.split(":")
        cell = cls(parse_size(size), int(objects), int(frames), roto.Settings())
        for word in more:
            if word.isdigit():
                cell.settings = replace(cell.settings, short_side=int(word))
            elif word == "every":
                cell.settings = replace(cell.settings, memory_every=1)
            elif word in ("float", "ends"):
                setattr(cell, "deep" if word == "float" else word, True)
            else:
                cell.memory = word
        return cell


def main() -> None:
    """Print what was predicted, what was measured, and their ratio."""
    options = _parse()
    if options.child:
        print(json.dumps(run(options.child, options)))
        return
    print_machine()
    rows = []
    for cell in options.cells or GRIDS[options.grid]:
        found = _in_fresh_process(cell, options)
        if options.parts:
            print(json.dumps(found, indent=1), flush=True)
        values = [found[name] for name in ("predicted", "measured", "ratio", "seconds")]
        rows.append([cell, *values, found["worst"]])
        print(*rows[-1], *found["steps"], sep="\t", file=sys.stderr, flush=True)
    head = ["plate:objects:frames", "predicted MB", "measured MB", "ratio", "s", "most is taken by"]
    print_table(f"small, {options.precision}, {options.threads} threads", head, rows)
    ratios = [float(row[3]) for row in rows]
    print(f"\nmeasured / predicted: {min(ratios):.2f} to {max(ratios):.2f}")


def run(cell: str, options: argparse.Namespace) -> dict[str, Any]:
    """One cell, in this process."""
    torch.set_num_threads(options.threads)
    case = Cell.of(cell)
    pictures: list[Any] = list(clip(case.size, min(case.frames, 4)))
    if case.deep:
        pictures = [picture.astype(np.float32) / 255 for picture in pictures]
    pictures = [pictures[number % len(pictures)] for number in range(case.frames)]
    engine = roto.load_model(settings=case.settings, precision=options.precision)
    session = Propagation(open_clip(pictures), engine)
    masks = {str(i): mask for i, mask in enumerate(boxes(case.size, case.objects))}
    for frame in (0, case.frames - 1)[: 1 + case.ends]:
        session.set_keyframe(frame, masks)
    found = fitted(engine, session.workload(), case.memory)
    session.engine = engine.with_settings(found.settings)
    started = time.perf_counter()
    for event in session.propagate():
        event.result.mattes()
    measured = measure().most
    return {
        "predicted": round(found.need.peak / 1e6),
        "measured": round(measured / 1e6),
        "ratio": measured / found.need.peak,
        "seconds": round(time.perf_counter() - started),
        "worst": max(found.need.phases, key=lambda part: part.nbytes).name,
        "steps": found.steps,
        "parts": {part.name: round(part.nbytes / 1e6, 1) for part in found.need.parts},
        "phases": {part.name: round(part.nbytes / 1e6, 1) for part in found.need.phases},
    }


def boxes(size: tuple[int, int], objects: int) -> list[Mask]:
    """(H, W) each: boxes side by side, a third of the picture high."""
    height, width = size
    masks = []
    for number in range(objects):
        mask = np.zeros(size, np.bool_)
        left, right = (width * (number + share) / objects for share in (0.1, 0.9))
        mask[height // 3 : 2 * height // 3, int(left) : int(right)] = True
        masks.append(mask)
    return masks


def _in_fresh_process(cell: str, options: argparse.Namespace) -> dict[str, Any]:
    same = ["--precision", options.precision, "--threads", str(options.threads)]
    command = [sys.executable, __file__, "--child", cell, *same]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--grid", choices=list(GRIDS), default="quick")
    parser.add_argument("--cells", nargs="+", metavar="CELL")
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--parts", action="store_true", help="print the parts of every cell")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
