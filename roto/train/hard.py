"""Which photos the network still fails on: a running loss of each, shared with the loaders.

The table is one float per still, 0 where nothing is known. The training loop notes, loaders in
other processes read: they may see it a few batches late, so with hard clips a resumed run is
like the one that stopped, but not the same to the pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from torch import Tensor

    from roto.train.packs import Still, Stills

_TOP = 0.1  # share of the known stills that counts as hard
_LEAST = 16  # fewer hard stills than this would be seen too often
_NEWS = 0.3  # weight of the newest loss


def note(table: Tensor, stills: Tensor, losses: Tensor) -> None:
    """Enter losses (B,) of clips made of ``stills`` (B, M), -1 for none."""
    for row, loss in zip(stills.tolist(), losses.tolist(), strict=True):
        for still in {index for index in row if index >= 0}:
            known = float(table[still])
            table[still] = known + _NEWS * (loss - known) if known else loss


def hardest(table: Tensor) -> npt.NDArray[np.intp]:
    """Numbers of the stills with the highest loss; none while few are known."""
    losses = table.numpy()
    count = int(_TOP * np.count_nonzero(losses))
    if count < _LEAST:
        return np.empty(0, np.intp)
    return np.argpartition(losses, -count)[-count:]


@dataclass(frozen=True, slots=True)
class Selection:
    """Some of the stills of a pack."""

    pack: Stills
    numbers: npt.NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, index: int) -> Still:
        return self.pack[int(self.numbers[index])]
