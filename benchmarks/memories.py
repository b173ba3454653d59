"""Ways to remember, side by side: J&F on long clips, frames/s and memory by length.

    python benchmarks/memories.py [davis16-dev.tar] [--only stcn ...] [--passes 4] [--plot FILE]

Long clips with ground truth are made of the data set's longest sequences, played there and back
again several times from the first frame's mask alone; the last pass is scored, when the keyframe
lies hundreds of frames behind. Their frames are encoded once, so that it takes no day.

Speed and memory are those of one more frame after so many: the memory is filled with copies of what
the network writes of real frames, as often as a clip of that length would have it written, and then
a few frames are encoded and predicted. The memory is that of all tensors it holds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import dataclass, field
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from footage import footage, key_mask, parse_size
from tables import print_machine, print_table

import roto
from roto.engine import Settings
from roto.evaluate.davis import DavisDataset
from roto.evaluate.propagation import SequenceSource
from roto.evaluate.run import evaluate
from roto.masks import labels
from roto.memories.bank import MemoryFrame
from roto.model.stm import STM
from roto.stcn_engine import StcnEngine
from roto.stcn_memory import StcnMemory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Sequence as Several

    from roto.engine import Display
    from roto.evaluate.davis import Sequence
    from roto.evaluate.run import Segment
    from roto.masks import LabelMap
    from roto.stcn_memory import EncodedFrame

EVERYTHING = 1_000_000  # frames: no bound
LENGTHS = (100, 1_000, 10_000)
_TOO_MUCH = 4 * 2**30  # bytes: a memory that is not filled for the table
_TIMED = 3  # frames


@dataclass(frozen=True)
class Kind:
    """A way to remember."""

    title: str
    model: str  # "" for an STM with random weights, which are as fast as published ones
    settings: Mapping[str, Any] = field(default_factory=dict)


KINDS = {
    "stcn": Kind("STCN, all frames", "small", {"max_memory": EVERYTHING}),
    "oldest": Kind("STCN, oldest dropped", "small", {"bound": "oldest"}),
    "thin": Kind("STCN, thinned", "small", {"bound": "thin"}),
    "consolidate": Kind("STCN, consolidated", "small", {"bound": "consolidate"}),
    "stm": Kind("STM, thinned", "", {}),
    "stm-all": Kind("STM, all frames (as published)", "", {"max_memory": EVERYTHING}),
    "gc": Kind("Global Context", "gc-small", {}),
}


def main() -> None:
    """Print the table, and draw it where that is asked for."""
    options = _parse()
    torch.set_num_threads(options.threads)
    print_machine()
    kinds = [KINDS[name] for name in options.only or KINDS]
    # All scores first, which take long: what is timed then stands close together.
    scores = {kind.title: long_score(kind, options) for kind in kinds}
    rows, curves = [], {}
    for kind in kinds:
        curves[kind.title] = measured = lengths(kind, options)
        cells = [_cell(*measured.get(n, (None, None))) for n in LENGTHS]
        rows.append([kind.title, scores[kind.title], *cells])
        print(*rows[-1], sep=" | ", flush=True)
    height, width = options.size
    title = f"J&F of the last of {options.passes} passes; {width}x{height}, 1 object"
    head = ["memory", "J&F", *(f"frame {n}: frames/s, MiB" for n in LENGTHS)]
    print_table(title, head, rows)
    if options.plot:
        draw(curves, options.plot)


def long_score(kind: Kind, options: argparse.Namespace) -> object:
    """Mean J&F of the last pass over the longest sequences; a dash where there are no weights."""
    if options.dataset is None or not kind.model:
        return "-"
    with DavisDataset(options.dataset) as dataset:
        longest = sorted(dataset, key=lambda s: (-len(s.frames), s.name))[: options.sequences]
        score = evaluate(longest, there_and_back(kind, options.passes))
    each = ", ".join(f"{s.name} {100 * s.j_and_f:.1f}" for s in score.sequences)
    print(f"{kind.title}: {each}", flush=True)
    return 100 * score.j_and_f


def there_and_back(kind: Kind, passes: int) -> Segment:
    """A method that follows a sequence forward and backward in one go."""

    def segment(sequence: Sequence) -> Iterator[tuple[int, LabelMap]]:
        with SequenceSource(sequence) as source:
            pictures = [source.read(frame) for frame in sequence.frames]
        engine = EncodingOnce(engine_of(kind))
        order = list(islice(turns(len(pictures)), passes * (len(pictures) - 1) + 1))
        first = labels(sequence.first_annotation)
        stream = roto.stream((pictures[i] for i in order), {0: first}, model=cast("Any", engine))
        for index, event in zip(order, stream, strict=True):
            yield sequence.frames[index], event.result.label_map

    return segment


def turns(count: int) -> Iterator[int]:
    """0, 1, ... count - 1, count - 2, ... 1, 0, 1, ... for ever."""
    while True:
        yield from range(count - 1)
        yield from range(count - 1, 0, -1)


class EncodingOnce:
    """An engine that remembers what it made of a picture."""

    def __init__(self, engine: StcnEngine) -> None:
        self._engine = engine
        self._known: dict[int, EncodedFrame] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def encode(self, picture: Display) -> EncodedFrame:
        """See :meth:`roto.engine.Engine.encode`."""
        key = hash(picture.tobytes())
        if key not in self._known:
            self._known[key] = self._engine.encode(picture)
        return self._known[key]


def engine_of(kind: Kind) -> StcnEngine:
    """A new engine with the settings of a kind."""
    settings = Settings(**kind.settings)
    if not kind.model:
        with torch.random.fork_rng():
            torch.manual_seed(0)
            return StcnEngine(STM(), settings, device="cpu", name="STM")
    engine = roto.load_model(kind.model, settings=settings, device="cpu")
    assert isinstance(engine, StcnEngine)
    return engine


def lengths(kind: Kind, options: argparse.Namespace) -> dict[int, tuple[float, float]]:
    """Frames/s and MiB at frames 100, 1,000 and 10,000; those that fit."""
    engine = engine_of(kind)
    pictures = list(islice(footage(options.size), 1 + _TIMED))
    encoded = [engine.encode(picture) for picture in pictures]
    entries = written(engine, encoded[1:])
    memory = engine.open_memory()
    memory.add(0, encoded[0], {1: key_mask(options.size).astype(np.float32)}, permanent=True)
    found: dict[int, tuple[float, float]] = {}
    for before, length in pairwise((0, *LENGTHS)):
        each = memory.nbytes / max(1, len(memory.frames))
        if settings_bound(kind) and each * length / engine.settings.memory_every > _TOO_MUCH:
            break
        fill(memory, entries, range(before + 1, length), engine.settings.memory_every)
        seconds = [predict(engine, memory, picture, length) for picture in pictures[1:]]
        found[length] = (1 / statistics.median(seconds), memory.nbytes / 2**20)
    return found


def settings_bound(kind: Kind) -> bool:
    """Whether a memory has no bound."""
    return kind.settings.get("max_memory") == EVERYTHING


class Notebook:
    """In place of a bank: what the network writes of frames."""

    def __init__(self) -> None:
        self.entries: list[MemoryFrame] = []

    def keep(self, entry: MemoryFrame) -> None:
        """See :class:`roto.memories.bank.Bank`."""
        self.entries.append(entry)


def written(engine: StcnEngine, encoded: Several[EncodedFrame]) -> list[MemoryFrame]:
    """What the network writes of some frames with a mask that moves."""
    notebook = Notebook()
    memory = StcnMemory(engine, bank=cast("Any", notebook))
    for shift, picture in enumerate(encoded):
        mask = np.roll(key_mask(picture.grid.plate), 3 * shift, 1).astype(np.float32)
        memory.add(shift, picture, {1: mask}, permanent=False)
    return notebook.entries


def fill(memory: StcnMemory, entries: Several[MemoryFrame], frames: range, every: int) -> None:
    """Have remembered what a clip would, without predicting it."""
    for frame in frames:
        if frame % every == 0:
            entry = entries[frame // every % len(entries)]
            keys = {i: key.clone() for i, key in entry.keys.items()}
            values = {i: value.clone() for i, value in entry.values.items()}
            memory.bank.keep(MemoryFrame(frame, keys, values))


def predict(engine: StcnEngine, memory: StcnMemory, picture: Display, frame: int) -> float:
    """Seconds of one frame, encoding included."""
    started = time.perf_counter()
    memory.predict(frame, engine.encode(picture), [1])
    return time.perf_counter() - started


def _cell(speed: float | None, mebibytes: float | None) -> str:
    return "does not fit" if speed is None else f"{speed:.2f}, {mebibytes:,.1f}"


def draw(curves: Mapping[str, Mapping[int, tuple[float, float]]], path: Path) -> None:
    """Memory and speed by length, as a picture."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), constrained_layout=True)
    for title, points in curves.items():
        left.plot(points.keys(), [m for _, m in points.values()], marker="o", label=title)
        right.plot(points.keys(), [f for f, _ in points.values()], marker="o", label=title)
    for axes, what in ((left, "memory (MiB)"), (right, "frames/s")):
        axes.set(xscale="log", yscale="log", xlabel="frames of the clip", ylabel=what)
        axes.grid(alpha=0.3)
    right.legend(fontsize="small")
    figure.savefig(path, dpi=110)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("dataset", nargs="?", type=Path, help="in the layout of DAVIS")
    parser.add_argument("--only", nargs="+", choices=KINDS)
    parser.add_argument("--passes", type=int, default=4)
    parser.add_argument("--sequences", type=int, default=3)
    parser.add_argument("--size", type=parse_size, default="854x480")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--plot", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
