"""Cryptomatte: ids and coverages of all objects in one EXR, after the specification 1.2.0.

Per pixel the objects are ranked by coverage. A rank is a pair of 32-bit float channels, and two
ranks share a layer: ``CryptoObject00.R`` and ``.G`` are the first id and coverage, ``.B`` and
``.A`` the second, ``CryptoObject01`` goes on. The manifest in the header gives the names.

Coverages of a pixel cannot exceed 1 together: where mattes overlap to more, they are scaled down
in proportion. Six ranks are kept at most, as is usual; soft mattes of seven and more objects in
one pixel lose the least of them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import mmh3
import numpy as np
import numpy.typing as npt

from roto.errors import SettingsError
from roto.export.contract import Format
from roto.export.exr import exr_key, nothing_more, opener
from roto.export.exr_file import ExrPart, window_for, write_exr
from roto.export.exr_header import header_of
from roto.export.pattern import TOGETHER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from roto.export.contract import Job, Picture
    from roto.masks.key_mask import Matte

LAYER = "CryptoObject"
"""What compositors list it as."""

_MOST_RANKS = 6
Floats = npt.NDArray[np.float32]


def id_of(name: str) -> int:
    """The id of a name: its hash with an exponent that no infinity, NaN or denormal has."""
    bits = mmh3.hash(name.encode(), 0, signed=False)
    if bits >> 23 & 255 in (0, 255):
        bits ^= 1 << 23
    return int(bits)


def ranks_for(objects: int) -> int:
    """How many ranks are written for so many objects: an even number, six at most."""
    return min(_MOST_RANKS, objects + objects % 2)


def ranked(ids: Sequence[int], mattes: Sequence[Matte], ranks: int) -> list[tuple[Floats, Floats]]:
    """Ids and coverages of all pixels by rank, the most covering first.

    Args:
        ids: Of the objects, see :func:`id_of`.
        mattes: (H, W) float32 in [0, 1] each.
        ranks: How many.

    Returns:
        Per rank an (H, W) float32 of ids and one of coverages, both 0 where nothing is.
    """
    shape = mattes[0].shape
    total = np.sum(mattes, axis=0, dtype=np.float32)
    there = np.flatnonzero(total)
    share = np.stack([matte.reshape(-1)[there] for matte in mattes])
    share /= np.maximum(total.reshape(-1)[there], 1)
    values = np.array(ids, np.uint32).view(np.float32)
    found = []
    for _ in range(ranks):
        best = share.argmax(0)
        coverage = np.take_along_axis(share, best[None], 0)[0]
        planes = [np.zeros(shape, np.float32) for _ in range(2)]
        planes[0].reshape(-1)[there] = np.where(coverage > 0, values[best], np.float32(0))
        planes[1].reshape(-1)[there] = coverage
        found.append((planes[0], planes[1]))
        np.put_along_axis(share, best[None], np.float32(0), 0)
    return found


def metadata(names: Sequence[str]) -> dict[str, str]:
    """The attributes that make an EXR a Cryptomatte, with the manifest of these names."""
    prefix = f"cryptomatte/{mmh3.hash(LAYER.encode(), 0, signed=False):08x}"[
        : len("cryptomatte/") + 7
    ]
    manifest = {name: f"{id_of(name):08x}" for name in names}
    return {
        f"{prefix}/name": LAYER,
        f"{prefix}/hash": "MurmurHash3_32",
        f"{prefix}/conversion": "uint32_to_float32",
        f"{prefix}/manifest": json.dumps(manifest, ensure_ascii=False, separators=(",", ":")),
    }


class _Cryptomatte:
    """A file per frame; none where no object is known."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def write(self, picture: Picture) -> list[Path]:
        if not picture.mattes:
            return []
        path = self.job.pattern.path(picture.frame, TOGETHER)
        write_exr(path, [_part(self.job, picture)])
        return [path]


def _part(job: Job, picture: Picture) -> ExrPart:
    subject = job.subject
    known = {subject.names[i]: matte for i, matte in picture.mattes.items()}
    ranks = ranked([id_of(n) for n in known], list(known.values()), ranks_for(len(subject.names)))
    channels: dict[str, npt.NDArray[Any]] = {}
    for n, (ids, coverage) in enumerate(ranks):
        layer, letters = f"{LAYER}{n // 2:02}", "BA" if n % 2 else "RG"
        channels[f"{layer}.{letters[0]}"], channels[f"{layer}.{letters[1]}"] = ids, coverage
    header = {**header_of(job, picture), **metadata(list(subject.names.values()))}
    window = window_for(subject.data_window, subject.size, [coverage for _, coverage in ranks])
    return ExrPart(channels, header, window=window)


def _check(job: Job) -> None:
    nothing_more(job)
    taken: dict[int, str] = {}
    for name in job.subject.names.values():
        other = taken.setdefault(id_of(name), name)
        if other != name:
            raise SettingsError(
                f"The objects {other!r} and {name!r} would have the same id in a Cryptomatte; "
                "rename one of them."
            )


FORMATS = (
    Format(
        name="cryptomatte",
        title="Cryptomatte in OpenEXR",
        extensions=(".exr",),
        depths=(32,),
        grouping="frame",
        movie=False,
        contents=("matte",),
        premultiplied=(False,),
        floating=True,
        check=_check,
        open=opener(_Cryptomatte),
        key_of=exr_key,
    ),
)
