"""Packs of photos with labels, as training reads them, and a network small enough to train."""

from __future__ import annotations

import tarfile
from io import BytesIO
from typing import TYPE_CHECKING

import cv2

from roto.model.stcn import StcnConfig

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

SIDE = 64
TINY = StcnConfig(
    key_backbone="mobilenet_v2",
    value_backbone="mobilenet_v2",
    key_width=16,
    value_width=16,
    thin_width=16,
    decoder_widths=(16, 16, 16),
)


def write_pack(
    path: Path, stills: Iterable[tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]]
) -> Path:
    """Each still is a photo, (H, W, 3) RGB, and its labels, (H, W)."""
    with tarfile.open(path, "w") as tar:
        for index, (image, labels) in enumerate(stills):
            for ending, picture in (("webp", image[..., ::-1]), ("png", labels)):
                data = cv2.imencode(f".{ending}", picture)[1].tobytes()
                member = tarfile.TarInfo(f"kind/{index}.{ending}")
                member.size = len(data)
                tar.addfile(member, BytesIO(data))
    return path
