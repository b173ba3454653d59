"""``roto evaluate``: J and F on an annotated data set."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from roto.cli.common import engine_from
from roto.cli.output import emit, say
from roto.evaluate.davis import DavisDataset
from roto.evaluate.propagation import propagation
from roto.evaluate.report import format_table, to_dict
from roto.evaluate.run import evaluate
from roto.export import write_bytes_atomic

if TYPE_CHECKING:
    import argparse

    from roto.evaluate.scores import SequenceScore


def run(options: argparse.Namespace) -> int:
    """Print a table per sequence; with ``--report`` also write every number."""
    with DavisDataset(options.dataset) as dataset:
        names = options.sequences or dataset.names
        sequences = [dataset[name] for name in names]
        engine = engine_from(options)

        def tell(score: SequenceScore) -> None:
            values = {"j": score.j.mean, "f": score.f.mean, "fps": score.frames_per_second}
            if options.json:
                emit("sequence", name=score.name, j_and_f=score.j_and_f, **values)
            else:
                say(f"{score.name}: J&F {100 * score.j_and_f:.1f}, {values['fps']:.1f} frames/s")

        scores = evaluate(sequences, propagation(engine), on_sequence=tell)
    if options.json:
        emit("scores", j_and_f=scores.j_and_f, j=scores.j.mean, f=scores.f.mean)
    else:
        say("\n" + format_table(scores))
    if options.report:
        report = {"engine": asdict(engine.capabilities), **to_dict(scores)}
        write_bytes_atomic(Path(options.report), json.dumps(report, indent=1).encode())
    return 0
