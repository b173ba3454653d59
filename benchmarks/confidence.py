"""Is low confidence where the error is? Rank correlation with J, frame by frame.

    python benchmarks/confidence.py davis16-dev.tar [--model small] [--ends]

Every sequence is propagated from its first annotation, with --ends also from its last, so that
two passes meet and may disagree. For each object Spearman's rank correlation between confidence
and region similarity is taken over its scored frames. Pooled ranks all frames of all sequences
together: only there does it matter that one shot is doubted more than another.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tables import print_machine

import roto
from roto.engine import Settings
from roto.evaluate.davis import VOID, DavisDataset
from roto.evaluate.propagation import SequenceSource
from roto.masks import labels
from roto.metrics import region_similarity
from roto.propagation import Propagation

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from roto.engine import Engine
    from roto.evaluate.davis import Sequence

    Pair = tuple[float, float]  # confidence, J

HEAD = (
    "| sequence | frames | J | confidence | rank correlation | "
    "J of the least certain tenth |\n|---|---|---|---|---|---|"
)


def ranks(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Ranks from 1 on; equal values get the mean of theirs.

    >>> ranks([3.0, 1.0, 3.0]).tolist()
    [2.5, 1.0, 2.5]
    """
    _, which, counts = np.unique(np.asarray(values), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    found: npt.NDArray[np.float64] = (last - (counts - 1) / 2)[which]
    return found


def rank_correlation(pairs: list[Pair]) -> float:
    """Spearman's; 0 where one side never changes."""
    first, second = (ranks([pair[side] for pair in pairs]) for side in (0, 1))
    if first.std() == 0 or second.std() == 0:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def propagated(sequence: Sequence, engine: Engine, *, ends: bool) -> dict[int, list[Pair]]:
    """Per object confidence and J of every scored frame."""
    scored = frozenset(sequence.scored)
    found: dict[int, list[Pair]] = {i: [] for i in sequence.objects}
    for frame, result in _results(sequence, engine, ends=ends):
        if frame not in scored or result.kind == "keyframe":
            continue
        truth, shown = sequence.annotation(frame), result.label_map
        for i, pairs in found.items():
            j = region_similarity(shown == i, truth == i, truth == VOID)
            pairs.append((result.confidences[result.names[i]], j))
    return found


def _results(
    sequence: Sequence, engine: Engine, *, ends: bool
) -> Iterator[tuple[int, roto.FrameResult]]:
    with SequenceSource(sequence) as source:
        work = Propagation(source, engine)
        work.set_keyframe(sequence.first_annotated, labels(sequence.first_annotation))
        if ends:
            last = sequence.annotated[-1]
            truth = sequence.annotation(last)
            kept = np.isin(truth, sequence.objects)
            work.set_keyframe(last, labels(np.where(kept, truth, np.uint8(0))))
        for event in work.propagate("both" if ends else "forward"):
            yield event.frame, event.result


def row(name: str, pairs: list[Pair], correlation: float) -> str:
    """One line of the table."""
    ordered = [j for _, j in sorted(pairs)]
    worst = ordered[: max(1, len(ordered) // 10)]
    cells = (
        f"{np.mean([j for _, j in pairs]):.3f}",
        f"{np.mean([c for c, _ in pairs]):.3f}",
        f"{correlation:.2f}",
        f"{np.mean(worst):.3f}",
    )
    return f"| {name} | {len(pairs)} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--model", default="small")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--short-side", type=int, default=Settings().short_side)
    parser.add_argument("--sequences", nargs="+", metavar="NAME")
    parser.add_argument("--ends", action="store_true", help="give the last annotation too")
    options = parser.parse_args()
    print_machine()
    settings = Settings(short_side=options.short_side)
    engine = roto.load_model(options.model, settings=settings, device=options.device)
    print(HEAD)
    pooled: list[Pair] = []
    each: list[float] = []
    with DavisDataset(options.dataset) as dataset:
        for sequence in dataset:
            if options.sequences and sequence.name not in options.sequences:
                continue
            found = propagated(sequence, engine, ends=options.ends)
            own = [rank_correlation(pairs) for pairs in found.values()]
            each += own
            pairs = [pair for some in found.values() for pair in some]
            pooled += pairs
            print(row(sequence.name, pairs, float(np.mean(own))), flush=True)
    print(row("mean of the objects", pooled, float(np.mean(each))))
    print(row("pooled", pooled, rank_correlation(pooled)))


if __name__ == "__main__":
    main()
