"""The method under test: :class:`roto.propagation.Propagation`, as a user's call runs it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from roto.masks import labels
from roto.media.base import BaseSource
from roto.media.source import Clip
from roto.propagation import Propagation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from roto.engine import Engine
    from roto.evaluate.davis import Sequence
    from roto.evaluate.run import Segment
    from roto.masks import LabelMap
    from roto.media.source import Image


class SequenceSource(BaseSource):
    """A sequence of a data set as a clip."""

    def __init__(self, sequence: Sequence) -> None:
        self._sequence = sequence
        height, width = sequence.image(sequence.frames[0]).shape[:2]
        clip = Clip(
            path=sequence.name,
            width=width,
            height=height,
            frame_count=len(sequence.frames),
            first_frame=sequence.frames[0],
            frame_rate=Fraction(24),
        )
        super().__init__(clip, sequence.frames)

    @property
    def name(self) -> str:
        """What error messages call it."""
        return f"the sequence {self._sequence.name}"

    def _read(self, frame: int) -> Image:
        return self._sequence.image(frame)


def propagation(engine: Engine) -> Segment:
    """Propagation from the first annotation alone, in the semi-supervised track's sense."""

    def segment(sequence: Sequence) -> Iterator[tuple[int, LabelMap]]:
        with SequenceSource(sequence) as source:
            run = Propagation(source, engine)
            run.set_keyframe(sequence.first_annotated, labels(sequence.first_annotation))
            for event in run.propagate("forward"):
                yield event.frame, event.result.label_map

    return segment
