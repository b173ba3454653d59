"""Frames per second of ``small`` by stage, and of STCN against a straightforward run of it.

python benchmarks/speed.py [--frames 60] [--stcn-frames 16] [--repeats 3] [--threads 2]
                           [--device cuda] [--size 854x480] [--only small|stcn]

Runs alternate (A, B, A, B, ...), ratios are taken within a repeat, medians are printed.
"""

from __future__ import annotations

import argparse
import copy
import time
from contextlib import ExitStack
from statistics import median
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np
import torch
from footage import Mask, Picture, clip, key_mask, parse_size
from plain_stcn import propagate, published_size
from tables import print_machine, print_table

import roto
from roto import stcn_memory
from roto.memories import frames
from roto.propagation import passes
from roto.stcn_engine import StcnEngine

if TYPE_CHECKING:
    from collections.abc import Callable

Masks = list[Mask]


def main() -> None:
    """Print the tables."""
    options = _parse()
    torch.set_num_threads(options.threads)
    print_machine(options.device)
    if options.only != "stcn":
        small(options)
    if options.only != "small":
        stcn(options)


def small(options: argparse.Namespace) -> None:
    """The default network as a user streams frames through it, and where its time goes."""
    pictures, mask = clip(options.size, options.frames), key_mask(options.size)
    engine, exact = _load(options.device, "auto"), _load(options.device, "float32")
    default, base = f"default ({engine.capabilities.precision})", "float32"
    runs = {
        default: lambda: through_roto(engine, pictures, mask),
        base: lambda: through_roto(exact, pictures, mask),
    }
    seconds, masks = alternate(runs, options.repeats)
    rows = [
        [name, len(pictures) / median(s), f"{iou(masks[name], masks[base]):.4f}"]
        for name, s in seconds.items()
    ]
    title = f"small: {len(pictures)} frames of {_wxh(options.size)}, one object, roto.stream"
    print_table(title, ["run", "frames/s", "IoU with float32"], rows)
    stages = Stages()
    with stages.watch(engine):
        total, _ = timed(lambda: through_roto(engine, pictures, mask))
    rows = [
        [name, 1000 * s / len(pictures), f"{100 * s / total:.0f} %"]
        for name, s in stages.with_rest(total).items()
    ]
    print_table(f"small, {default}: stages", ["stage", "ms/frame", "share"], rows)


def stcn(options: argparse.Namespace) -> None:
    """The published size in both precisions against the same network run straightforwardly."""
    pictures, mask = clip(options.size, options.stcn_frames), key_mask(options.size)
    settings = roto.Settings(short_side=min(options.size), max_memory=len(pictures))
    plain = published_size(pictures[0], mask)

    def engine(precision: str) -> StcnEngine:
        net = copy.deepcopy(plain)  # an engine consumes its network
        return StcnEngine(net, settings, device=options.device, precision=precision)

    bf16, f32 = engine("bfloat16"), engine("float32")
    plain = plain.to(options.device)
    base = "straightforward, float32"
    runs = {
        base: lambda: list(propagate(plain, pictures, mask, settings, options.device)),
        "roto, float32": lambda: through_roto(f32, pictures, mask),
        "roto, bfloat16": lambda: through_roto(bf16, pictures, mask),
    }
    seconds, masks = alternate(runs, options.repeats)
    rows = []
    for name, s in seconds.items():
        ratio = median(b / t for b, t in zip(seconds[base], s, strict=True))
        overlaps = (f"{iou(masks[name], masks[other]):.4f}" for other in (base, "roto, float32"))
        area = 100 * float(np.mean(masks[name]))
        rows.append([name, len(pictures) / median(s), ratio, *overlaps, f"{area:.1f} %"])
    title = f"Published-size STCN: {len(pictures)} frames of {_wxh(options.size)}, one object"
    head = ["run", "frames/s", "ratio", "IoU straightforward", "IoU roto float32", "mask area"]
    print_table(title, head, rows)
    print(
        "Weights: random, the same everywhere, but for the last layer, which is fitted to the\n"
        f"first mask ({100 * mask.mean():.1f} % of the picture) so that masks are neither empty\n"
        "nor full. For the IoU between precisions of trained weights see the table of small."
    )


def through_roto(engine: StcnEngine, pictures: list[Picture], mask: Mask) -> Masks:
    """What a user calls; masks of all frames but the first, which was given."""
    events = roto.stream(pictures, {0: mask}, model=engine)
    return [event.result.label_map > 0 for event in events][1:]


def alternate(
    runs: dict[str, Callable[[], Masks]], repeats: int
) -> tuple[dict[str, list[float]], dict[str, Masks]]:
    """Seconds of each run per repeat, in turns; and the masks.

    One round more than asked for comes first, to warm up, unless a single one is asked for:
    that is for long clips, over which the first frame's extra work is lost.
    """
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    masks: dict[str, Masks] = {}
    rounds = repeats + 1 if repeats > 1 else 1
    for _ in range(rounds):
        for name, run in runs.items():
            taken, masks[name] = timed(run)
            seconds[name].append(taken)
    return {name: s[-repeats:] for name, s in seconds.items()}, masks


def timed(run: Callable[[], Masks]) -> tuple[float, Masks]:
    """Seconds and masks. Masks are NumPy arrays: a GPU has finished when they are there."""
    start = time.perf_counter()
    masks = run()
    return time.perf_counter() - start, masks


def iou(masks: Masks, others: Masks) -> float:
    """Intersection over union, pixels of all frames together."""
    a, b = np.stack(masks), np.stack(others)
    return float((a & b).sum() / max(1, (a | b).sum()))


class Stages:
    """Seconds spent in parts of the engine, by wrapping them."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(("encode", "read", "decode", "value", "result"), 0.0)

    def watch(self, engine: StcnEngine) -> ExitStack:
        """Wrap until the block ends."""
        places = [
            ("encode", engine, "encode"),
            ("read", frames, "read"),
            ("decode", engine.net, "decode"),
            ("value", stcn_memory.StcnMemory, "_remember"),
            ("result", passes.Run, "_report"),
            ("result", roto.FrameResult, "label_map"),
        ]
        stack = ExitStack()
        for stage, owner, name in places:
            work = vars(owner).get(name) or getattr(owner, name)  # a property as such
            wrapped = self._wrap(stage, work, engine.device)
            stack.enter_context(patch.object(owner, name, wrapped))
        return stack

    def with_rest(self, total: float) -> dict[str, float]:
        """The stages, and what is left of the total."""
        rest = total - sum(self.seconds.values())
        return {**self.seconds, "the rest": rest}

    def _wrap(self, stage: str, work: Any, device: torch.device) -> Any:
        if isinstance(work, property):
            return property(self._wrap(stage, work.fget, device))

        def timed_work(*args: Any, **options: Any) -> Any:
            start = time.perf_counter()
            result = work(*args, **options)
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            self.seconds[stage] += time.perf_counter() - start
            return result

        return timed_work


def _load(device: str, precision: str) -> StcnEngine:
    engine = roto.load_model("small", device=device, precision=precision)
    assert isinstance(engine, StcnEngine)
    return engine


def _wxh(size: tuple[int, int]) -> str:
    return f"{size[1]}x{size[0]}"


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--stcn-frames", type=int, default=16)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--size", type=parse_size, default="854x480")
    parser.add_argument("--only", choices=["small", "stcn"])
    return parser.parse_args()


if __name__ == "__main__":
    main()
