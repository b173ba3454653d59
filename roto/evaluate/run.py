"""Score a method on a data set, frame by frame, without keeping its masks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from roto.errors import FrameNotFoundError, MaskNotFoundError
from roto.evaluate.davis import VOID, Sequence
from roto.evaluate.scores import ObjectScore, Scores, SequenceScore
from roto.masks import LabelMap
from roto.metrics import boundary_measure, region_similarity

if TYPE_CHECKING:
    from collections.abc import Iterable

Segment: TypeAlias = Callable[[Sequence], Iterator[tuple[int, LabelMap]]]
"""A method under test: from a sequence to its frame numbers and label maps, in any order.

It may look at ``sequence.image`` and ``sequence.first_annotation``, and at nothing else.
A frame that comes twice counts as it came last."""


def evaluate(
    dataset: Iterable[Sequence],
    segment: Segment,
    *,
    on_sequence: Callable[[SequenceScore], None] | None = None,
) -> Scores:
    """Run a method over the sequences of a data set and score what it returns.

    Args:
        dataset: A ``DavisDataset``, or some sequences of one.
        segment: The method under test.
        on_sequence: Called after each sequence, for progress.

    Raises:
        MaskNotFoundError: there is no sequence, or a sequence has no frame to score.
        FrameNotFoundError: the method left out a frame that is scored.
        MaskSizeError: a label map has another size than the annotation.
    """
    results = []
    for sequence in dataset:
        result = score_sequence(sequence, segment)
        if on_sequence is not None:
            on_sequence(result)
        results.append(result)
    if not results:
        raise MaskNotFoundError("There is no sequence to evaluate.")
    return Scores(tuple(results))


def score_sequence(sequence: Sequence, segment: Segment) -> SequenceScore:
    """Run a method over one sequence; see ``evaluate``. One label map is held at a time."""
    scored = sequence.scored
    if not scored or not sequence.objects:
        raise MaskNotFoundError(
            f"Sequence {sequence.name!r} cannot be scored: it needs an object in its first "
            "annotation and another annotation before its last frame."
        )
    wanted = frozenset(scored)
    values: dict[int, list[tuple[float, float]]] = {}
    returned, seconds = 0, 0.0
    for frame, labels, elapsed in _timed(segment(sequence)):
        returned += 1
        seconds += elapsed
        if frame in wanted:
            values[frame] = _score_frame(labels, sequence.annotation(frame), sequence.objects)
    if missing := sorted(wanted - values.keys()):
        raise FrameNotFoundError(
            f"The method returned no mask for frame {missing[0]} of sequence {sequence.name!r} "
            f"({len(missing)} of {len(wanted)} scored frames are missing)."
        )
    objects = tuple(
        ObjectScore(
            object_id,
            scored,
            region=tuple(values[frame][slot][0] for frame in scored),
            boundary=tuple(values[frame][slot][1] for frame in scored),
        )
        for slot, object_id in enumerate(sequence.objects)
    )
    return SequenceScore(sequence.name, objects, returned, seconds)


def _score_frame(
    labels: LabelMap, truth: LabelMap, objects: tuple[int, ...]
) -> list[tuple[float, float]]:
    """J and F of each object in one frame."""
    undecided = truth == VOID
    void = undecided if undecided.any() else None
    scores = []
    for object_id in objects:
        found, wanted = labels == object_id, truth == object_id
        region = region_similarity(found, wanted, void)
        scores.append((region, boundary_measure(found, wanted, void)))
    return scores


def _timed(results: Iterator[tuple[int, LabelMap]]) -> Iterator[tuple[int, LabelMap, float]]:
    """Add to each result the seconds spent on it inside the method, and only there."""
    while True:
        start = time.perf_counter()
        try:
            frame, labels = next(results)
        except StopIteration:
            return
        yield frame, labels, time.perf_counter() - start
