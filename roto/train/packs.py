"""Data packs: tar files of still images with label maps, read without unpacking.

A pack holds pairs ``KIND/NAME.webp`` and ``KIND/NAME.png``; the PNG carries object ids,
0 for background and 255 for "ignore". Adding a pack is naming one more tar file.
"""

from __future__ import annotations

import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from roto.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

IGNORE = 255


@dataclass(frozen=True, slots=True)
class Still:
    """A photo with its label map."""

    image: npt.NDArray[np.uint8]  # (H, W, 3) RGB
    labels: npt.NDArray[np.uint8]  # (H, W), 255 = ignore
    index: int = 0  # in its pack

    def objects(self, least: float = 0.0, most: float = 1.0) -> list[int]:
        """Ids whose share of the picture, 0..1, is above ``least`` and ``most`` at most."""
        histogram = cv2.calcHist([self.labels], [0], None, [256], [0, 256])
        counts = histogram.ravel()[1:IGNORE].astype(np.float64) / self.labels.size
        return [int(i) + 1 for i in np.flatnonzero((counts > least) & (counts <= most))]


class Stills(Protocol):
    """What clips are made of."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> Still: ...


class StillPack:
    """All stills of some tar files. Keeps the encoded bytes in memory, decodes on access."""

    def __init__(self, tars: Sequence[Path]) -> None:
        self.names: list[str] = []
        self._encoded: list[tuple[bytes, bytes]] = []
        for tar in tars:
            self._load(tar)

    def _load(self, path: Path) -> None:
        try:
            with tarfile.open(path) as tar:
                files = {m.name: _bytes(tar, m) for m in tar if m.isfile()}
        except (OSError, tarfile.TarError) as error:
            raise DecodeError(f"The data pack {path} cannot be read: {error}.") from error
        for name in sorted(files):
            stem, _, ending = name.rpartition(".")
            if ending == "webp" and f"{stem}.png" in files:
                self.names.append(stem)
                self._encoded.append((files[name], files[f"{stem}.png"]))

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int) -> Still:
        image, labels = self._encoded[index]
        bgr = cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_COLOR)
        ids = cv2.imdecode(np.frombuffer(labels, np.uint8), cv2.IMREAD_UNCHANGED)
        if bgr is None or ids is None or bgr.shape[:2] != ids.shape:
            raise DecodeError(f"The still {self.names[index]} of a data pack is damaged.")
        rgb = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)
        return Still(rgb, ids.astype(np.uint8, copy=False), index)


def _bytes(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    return file.read() if file else b""
