"""What propagation yields: soft masks on the network's grid, and mattes at the plate's size."""

from roto.results.frame import FrameResult, Frozen, Given
from roto.results.logits import Grid, Logits, PackedLogits, background_logit, fuse

__all__ = [
    "FrameResult",
    "Frozen",
    "Given",
    "Grid",
    "Logits",
    "PackedLogits",
    "background_logit",
    "fuse",
]
