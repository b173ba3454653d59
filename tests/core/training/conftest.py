"""A pack of photos to train on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from training_packs import write_pack

from roto.train.packs import IGNORE, StillPack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def noisy_stills() -> Iterator[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(0)
    for _ in range(6):
        image = rng.integers(0, 90, (80, 96, 3), np.uint8)
        labels = np.zeros((80, 96), np.uint8)
        cv2.circle(labels, (30, 40), 18, 1, -1)
        cv2.rectangle(labels, (60, 20), (85, 60), 2, -1)
        labels[:3] = IGNORE
        image[labels == 1] = (220, 40, 40)
        image[labels == 2] = (40, 220, 40)
        yield image, labels


@pytest.fixture(scope="session")
def pack_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six photos of noise, each with a bright disc and a bright square as objects 1 and 2."""
    return write_pack(tmp_path_factory.mktemp("pack") / "stills.tar", noisy_stills())


@pytest.fixture(scope="session")
def pack(pack_path: Path) -> StillPack:
    return StillPack([pack_path])
