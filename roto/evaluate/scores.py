"""What an evaluation found, per object, per sequence and overall.

The overall score is the mean over all objects of all sequences, as in the evaluation of
DAVIS-2017 (arXiv:1704.00675, section 3). With one object per sequence that is also the
score of DAVIS-2016.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from roto.evaluate.statistics import MetricStatistics

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class ObjectScore:
    """One object of one sequence.

    Attributes:
        object_id: Its id in the annotations.
        frames: Numbers of the scored frames.
        region: J of those frames, 0..1.
        boundary: F of those frames, 0..1.
    """

    object_id: int
    frames: tuple[int, ...]
    region: tuple[float, ...]
    boundary: tuple[float, ...]

    @property
    def j(self) -> MetricStatistics:
        """Statistics of the region similarity."""
        return MetricStatistics.from_frames(self.region)

    @property
    def f(self) -> MetricStatistics:
        """Statistics of the boundary measure."""
        return MetricStatistics.from_frames(self.boundary)


@dataclass(frozen=True, slots=True)
class SequenceScore:
    """One sequence: its objects, and what it took.

    Attributes:
        name: Name of the sequence.
        objects: At least one.
        frames: How many frames the method returned, scored or not.
        seconds: Time the method took for them, reading the pictures included.
    """

    name: str
    objects: tuple[ObjectScore, ...]
    frames: int
    seconds: float

    @property
    def j(self) -> MetricStatistics:
        """Region similarity, averaged over the objects."""
        return _average(item.j for item in self.objects)

    @property
    def f(self) -> MetricStatistics:
        """Boundary measure, averaged over the objects."""
        return _average(item.f for item in self.objects)

    @property
    def j_and_f(self) -> float:
        """Mean of the two means, 0..1."""
        return (self.j.mean + self.f.mean) / 2

    @property
    def frames_per_second(self) -> float:
        """Speed of the method; 0.0 if it was too fast for the clock."""
        return self.frames / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Scores:
    """All sequences of an evaluation, at least one."""

    sequences: tuple[SequenceScore, ...]

    @property
    def objects(self) -> tuple[ObjectScore, ...]:
        """All objects of all sequences."""
        return tuple(item for sequence in self.sequences for item in sequence.objects)

    @property
    def j(self) -> MetricStatistics:
        """Region similarity, averaged over all objects."""
        return _average(item.j for item in self.objects)

    @property
    def f(self) -> MetricStatistics:
        """Boundary measure, averaged over all objects."""
        return _average(item.f for item in self.objects)

    @property
    def j_and_f(self) -> float:
        """The number that rankings go by, 0..1."""
        return (self.j.mean + self.f.mean) / 2

    @property
    def frames(self) -> int:
        """How many frames the method returned."""
        return sum(sequence.frames for sequence in self.sequences)

    @property
    def seconds(self) -> float:
        """Time the method took."""
        return sum(sequence.seconds for sequence in self.sequences)

    @property
    def frames_per_second(self) -> float:
        """Speed over all frames; 0.0 if it was too fast for the clock."""
        return self.frames / self.seconds if self.seconds > 0 else 0.0


def _average(statistics: Iterable[MetricStatistics]) -> MetricStatistics:
    items = tuple(statistics)
    return MetricStatistics(
        mean=fmean(item.mean for item in items),
        recall=fmean(item.recall for item in items),
        decay=fmean(item.decay for item in items),
    )
