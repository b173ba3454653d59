"""Weights by a rule, for which ../shared/reference has the published networks' answers."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

import numpy as np
import torch

from roto.model.aggregation import soft_aggregate
from roto.model.backbones import MEAN, STD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any

    import numpy.typing as npt

    from roto.engine import Engine, Memory

CONSTANTS = {"mean": MEAN, "std": STD}  # of ImageNet, as the published STM holds them


def reference_state(path: Path) -> dict[str, torch.Tensor]:
    """Tensors for the names and shapes in a ``*_state_dict.json``."""
    shapes = json.loads(path.read_text())
    return {name: reference_tensor(name, shape) for name, shape in shapes.items()}


def followed(
    engine: Engine, memory: Memory, reference: Mapping[str, Any]
) -> Iterator[tuple[torch.Tensor, npt.NDArray[np.float32]]]:
    """A whole clip, each frame after the first: probabilities found, and those published.

    Both (K + 1, H, W). ``memory`` is the engine's, empty.
    """
    masks = {i: (reference["label_maps"][0] == i).astype(np.float32) for i in (1, 2)}
    for frame, picture in enumerate(reference["frames"]):
        encoded = engine.encode(picture)
        if frame == 0:
            memory.add(0, encoded, masks, permanent=True)
            continue
        logits = memory.predict(frame, encoded, [1, 2])
        plate = torch.from_numpy(logits.grid.to_plate(logits.values))
        yield soft_aggregate(torch.sigmoid(plate)), reference["prob"][:, frame]


def reference_tensor(name: str, shape: list[int]) -> torch.Tensor:
    """The rule of ../shared/reference/README.md."""
    last = name.rpartition(".")[2]
    if last in CONSTANTS:
        return torch.tensor(CONSTANTS[last]).reshape(shape)
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    n = rng.standard_normal(shape)
    if name.endswith("num_batches_tracked"):
        return torch.zeros(shape, dtype=torch.int64)
    if name.endswith("running_var"):
        values = 1 + 0.2 * np.abs(n)
    elif name.endswith("running_mean"):
        values = 0.1 * n
    elif len(shape) >= 2:
        values = n * np.sqrt(1 / np.prod(shape[1:]))
    elif name.endswith(".weight"):
        values = 0.7 + 0.1 * n
    else:
        values = 0.05 * n
    return torch.from_numpy(np.asarray(values, np.float32))
