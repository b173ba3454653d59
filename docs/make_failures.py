"""Make docs/images/worst.jpg: where the embedded network fails on clips with ground truth.

    python docs/make_failures.py davis16-dev.tar [--worst 3]

Scores every sequence from its first mask, and shows five frames of each of the worst: what was
found, and the true outline in white.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from make_pictures import half_size

import roto
from roto.evaluate.davis import DavisDataset
from roto.evaluate.propagation import propagation
from roto.evaluate.run import evaluate
from roto.export import write_picture
from roto.export.overlay import contact_sheet, overlay
from roto.metrics import boundary_map

if TYPE_CHECKING:
    import numpy.typing as npt

    from roto.evaluate.davis import Sequence

SHEET = Path(__file__).parent / "images" / "worst.jpg"
PICTURES = 5


def main() -> None:
    """Score, choose, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--worst", type=int, default=3)
    parser.add_argument("--model", default="small")
    options = parser.parse_args()
    segment = propagation(roto.load_model(options.model))
    found: dict[str, dict[int, npt.NDArray[np.uint8]]] = {}

    def remember(sequence: Sequence):  # type: ignore[no-untyped-def]
        for frame, labels in segment(sequence):
            if frame in shown(sequence):
                found.setdefault(sequence.name, {})[frame] = labels
            yield frame, labels

    with DavisDataset(options.dataset) as dataset:
        scores = evaluate(dataset, remember)
        worst = sorted(scores.sequences, key=lambda s: s.j_and_f)[: options.worst]
        pictures, captions = [], []
        for score in worst:
            for frame, labels in sorted(found[score.name].items()):
                pictures.append(half_size(picture(dataset[score.name], frame, labels)))
                captions.append(f"{score.name} {frame}, J&F {100 * score.j_and_f:.1f}")
    write_picture(SHEET, contact_sheet(pictures, PICTURES, captions))  # committed at 3/4 size


def shown(sequence: Sequence) -> list[int]:
    """Frames that are drawn: the given one and others to the end."""
    places = np.linspace(0, len(sequence.frames) - 1, PICTURES).round().astype(int)
    return [sequence.frames[place] for place in places]


def picture(sequence: Sequence, frame: int, labels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """(H, W, 3): the plate, what was found, the true outline."""
    drawn = overlay(sequence.image(frame), labels)
    edge = boundary_map(sequence.annotation(frame) > 0)
    edge[1:] |= edge[:-1]  # two pixels wide, one is left at half size
    edge[:, 1:] |= edge[:, :-1]
    drawn[edge] = 255
    return drawn


if __name__ == "__main__":
    main()
