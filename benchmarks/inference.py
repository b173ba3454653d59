"""What each choice at inference is worth: a table of J&F and speed on clips with ground truth.

    python benchmarks/inference.py video-val.tar [--model small] [--only top-k ...]

Every row changes one setting of the defaults. Choose on clips that are no benchmark: defaults
picked on DAVIS would be tuned to it. Rows are printed as they come.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tables import print_machine

import roto
from roto.engine import Settings
from roto.evaluate.davis import DavisDataset
from roto.evaluate.propagation import propagation
from roto.evaluate.run import evaluate
from roto.results import Logits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Sequence as Several

    from roto.engine import Capabilities, Encoded, Engine, Memory
    from roto.evaluate.davis import Sequence
    from roto.evaluate.run import Segment
    from roto.evaluate.scores import Scores
    from roto.masks import LabelMap

CHOICES: dict[str, dict[str, Any]] = {
    "defaults": {},
    "not enlarged": {"enlarge": False},
    "360": {"short_side": 360},
    "600": {"short_side": 600},
    "720": {"short_side": 720},
    "memory every 3": {"memory_every": 3},
    "memory every 8": {"memory_every": 8},
    "last frame too": {"remember_last": True},
    "top-k 10": {"top_k": 10},
    "top-k 50": {"top_k": 50},
    "top-k none": {"top_k": None},
    "at most 6 memory frames": {"max_memory": 6},
    "at most 24 memory frames": {"max_memory": 24},
    "keyframes weigh 1": {"keyframe_weight": 1.0},
    "keyframes weigh 10": {"keyframe_weight": 10.0},
    "dot product": {"similarity": "dot"},
    "cosine": {"similarity": "cosine"},
    "mirrored as well": {},
    "again in a crop": {},
}
"""Settings that differ from the defaults, which came from this table."""


@dataclass(frozen=True)
class _Both:
    """A picture and its mirror image, encoded."""

    straight: Encoded
    mirrored: Encoded

    @property
    def nbytes(self) -> int:
        return self.straight.nbytes + self.mirrored.nbytes


class Mirrored:
    """An engine that looks at each picture twice, and averages log-odds: test-time flip."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.settings = engine, engine.settings

    @property
    def capabilities(self) -> Capabilities:
        return self.engine.capabilities

    def encode(self, picture: Any) -> _Both:
        flipped = np.ascontiguousarray(picture[:, ::-1])
        return _Both(self.engine.encode(picture), self.engine.encode(flipped))

    def open_memory(self) -> _MirroredMemory:
        return _MirroredMemory(self.engine.open_memory(), self.engine.open_memory())


class _MirroredMemory:
    def __init__(self, straight: Memory, mirrored: Memory) -> None:
        self.straight, self.mirrored = straight, mirrored

    def add(self, frame: int, encoded: _Both, masks: Mapping[int, Any], *, permanent: bool) -> None:
        self.straight.add(frame, encoded.straight, masks, permanent=permanent)
        self.mirrored.add(frame, encoded.mirrored, _flipped(masks), permanent=permanent)

    def predict(
        self,
        frame: int,
        encoded: _Both,
        objects: Several[int],
        known: Mapping[int, Any] | None = None,
        before: Several[Logits] | None = None,
    ) -> Logits:
        del before  # nothing is corrected here
        mirrored = _flipped(known or {})
        first = self.straight.predict(frame, encoded.straight, objects, known)
        second = self.mirrored.predict(frame, encoded.mirrored, objects, mirrored)
        return Logits(first.ids, (first.values + second.values[..., ::-1]) / 2, first.grid)

    def wants(self, frame: int) -> bool:
        return self.straight.wants(frame) | self.mirrored.wants(frame)

    def follow(self, masks: Mapping[int, Any]) -> None:
        self.straight.follow(masks)
        self.mirrored.follow(_flipped(masks))

    def drop(self, frame: int, objects: Iterable[int]) -> None:
        gone = list(objects)
        self.straight.drop(frame, gone)
        self.mirrored.drop(frame, gone)

    def branch(self) -> _MirroredMemory:
        return _MirroredMemory(self.straight.branch(), self.mirrored.branch())

    def forget(self, objects: Iterable[int] | None = None) -> None:
        self.straight.forget(objects)
        self.mirrored.forget(objects)


def _flipped(masks: Mapping[int, Any]) -> dict[int, Any]:
    return {i: np.ascontiguousarray(mask[:, ::-1]) for i, mask in masks.items()}


class _Cropped:
    """A sequence of which only a part of the picture is seen."""

    def __init__(self, sequence: Sequence, rows: slice, columns: slice) -> None:
        self.sequence, self.part = sequence, (rows, columns)
        self.name, self.frames = sequence.name, sequence.frames
        self.first_annotated = sequence.first_annotated
        self.first_annotation = sequence.first_annotation[self.part]

    def image(self, frame: int) -> Any:
        return np.ascontiguousarray(self.sequence.image(frame)[self.part])


def again_in_a_crop(engine: Engine) -> Segment:
    """Two passes: the whole picture, then only around all that was found there.

    The crop is brought to the same working size, so thin objects are seen larger. What fills more
    than ``_MOST`` of the picture stays as it was found.
    """
    once = propagation(engine)

    def segment(sequence: Sequence) -> Iterator[tuple[int, LabelMap]]:
        found = dict(once(sequence))
        part = _around(list(found.values()))
        if part is not None:
            for frame, inner in once(_Cropped(sequence, *part)):  # type: ignore[arg-type]
                found[frame] = np.zeros_like(found[frame])
                found[frame][part] = inner
        yield from found.items()

    return segment


_MARGIN, _MOST = 0.15, 0.6


def _around(found: list[LabelMap]) -> tuple[slice, slice] | None:
    """Rows and columns that hold all objects of all frames; None where that is nearly all."""
    size = found[0].shape
    spans = []
    for axis in (1, 0):
        there = np.flatnonzero(np.any([(labels > 0).any(axis) for labels in found], axis=0))
        if not len(there):
            return None
        side = size[1 - axis]
        more = _MARGIN * side
        spans.append(slice(max(0, int(there[0] - more)), min(side, int(there[-1] + 1 + more))))
    area = np.prod([span.stop - span.start for span in spans])
    return (spans[0], spans[1]) if area < _MOST * size[0] * size[1] else None


def score(choice: str, options: argparse.Namespace) -> Scores:
    """Run the data set with one choice."""
    settings = replace(Settings(), **CHOICES[choice])
    engine: Any = roto.load_model(options.model, settings=settings, device=options.device)
    if choice == "mirrored as well":
        engine = Mirrored(engine)
    with DavisDataset(options.dataset) as sequences:
        chosen = [s for s in sequences if not options.sequences or s.name in options.sequences]
        method = again_in_a_crop if choice == "again in a crop" else propagation
        return evaluate(chosen, method(engine))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--model", default="small")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--only", nargs="+", choices=list(CHOICES), default=list(CHOICES))
    parser.add_argument("--sequences", nargs="+", metavar="NAME")
    options = parser.parse_args()
    print_machine()
    print("| choice | J&F | J | F | frames/s |\n|---|---|---|---|---|")
    for choice in options.only:
        found = score(choice, options)
        values = (100 * v for v in (found.j_and_f, found.j.mean, found.f.mean))
        cells = [f"{v:.2f}" for v in (*values, found.frames_per_second)]
        print(f"| {choice} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
