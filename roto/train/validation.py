"""How good the network is on real clips, asked now and then while it trains.

It goes through a propagation, as a user's call does, so what is watched is what people get.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from roto.engine import Settings
from roto.evaluate.davis import DavisDataset
from roto.evaluate.propagation import propagation
from roto.evaluate.run import evaluate
from roto.stcn_engine import StcnEngine

if TYPE_CHECKING:
    from pathlib import Path

    from roto.model.stcn import STCN


def validate(net: STCN, dataset: Path, *, device: str) -> dict[str, float]:
    """J, F and their mean over all objects of a data set, in percent.

    Args:
        net: Left as it is; an engine consumes its network, so it gets a copy.
        dataset: Folder or tar in the layout of DAVIS.
        device: Where to run.
    """
    engine = StcnEngine(copy.deepcopy(net), Settings(), device=device, name="in training")
    with DavisDataset(dataset) as sequences:
        scores = evaluate(sequences, propagation(engine))
    return {
        "j_and_f": round(100 * scores.j_and_f, 2),
        "j": round(100 * scores.j.mean, 2),
        "f": round(100 * scores.f.mean, 2),
    }
