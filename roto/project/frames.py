"""One object's result as bytes: what a blob of ``ResultRecord`` holds.

The header comes first: tag, version, object id, and how the grid lies on the plate. Behind it
are the deflated logits of ``PackedLogits`` as they are.
"""

from __future__ import annotations

import struct
import zlib

from roto.errors import ProjectDamagedError, ProjectEditError
from roto.results import Grid, PackedLogits

_TAG, _VERSION = b"RLOG", 1
# Tag, version, id, reduction; plate, work (height, width); pad (left, right, top, bottom); h, w.
_HEADER = struct.Struct("<4sBBH2I2I4H2I")
_MOST_SIDE = 2**16
_MOST_CELLS = 2**24  # of a grid; 8K at a quarter of its size has 2 million


def pack_result(logits: PackedLogits) -> bytes:
    """Bytes of one object's logits.

    Raises:
        ProjectEditError: they are of several objects, or of a size that no plate has.
    """
    if len(logits.ids) != 1 or len(logits.shape) != 3 or logits.shape[0] != 1:
        raise ProjectEditError(
            f"A result is stored per object, but this one is of the objects {list(logits.ids)}."
        )
    grid = logits.grid
    try:
        header = _HEADER.pack(
            _TAG,
            _VERSION,
            logits.ids[0],
            grid.reduction,
            *grid.plate,
            *grid.work,
            *grid.pad,
            *logits.shape[1:],
        )
    except struct.error:
        header = b""
    if not header or not _is_sane(logits.ids[0], grid, logits.shape):
        raise ProjectEditError(
            f"A result of the shape {logits.shape} on {grid} cannot be stored; its grid does not "
            "fit its plate."
        )
    return header + logits.data


def unpack_result(data: bytes) -> PackedLogits:
    """What ``pack_result`` was given.

    Nothing larger than the header allows is ever unpacked, so that ``PackedLogits.unpack`` of
    what comes back is safe.

    Raises:
        ProjectDamagedError: the bytes are damaged or no result.
    """
    if len(data) < _HEADER.size or data[:4] != _TAG:
        raise ProjectDamagedError("A stored result is damaged: its bytes are no result.")
    _, version, object_id, reduction, *numbers = _HEADER.unpack_from(data)
    if version != _VERSION:
        raise ProjectDamagedError(
            f"A stored result has the version {version}, but this roto reads {_VERSION}; update "
            "roto to read it."
        )
    plate, work, pad, cells = numbers[0:2], numbers[2:4], numbers[4:8], numbers[8:10]
    grid = Grid(
        (plate[0], plate[1]), (work[0], work[1]), (pad[0], pad[1], pad[2], pad[3]), reduction
    )
    shape = (1, cells[0], cells[1])
    body = data[_HEADER.size :]
    if not _is_sane(object_id, grid, shape) or not _inflates_to(body, 2 * cells[0] * cells[1]):
        raise ProjectDamagedError("A stored result is damaged: its bytes are not what was written.")
    return PackedLogits((object_id,), shape, body, grid)


def _is_sane(object_id: int, grid: Grid, shape: tuple[int, ...]) -> bool:
    """Whether the cells cover what the network saw, and all of it is of a size that exists."""
    if not 1 <= object_id <= 255 or not 1 <= grid.reduction <= 64:
        return False
    if not all(1 <= side <= _MOST_SIDE for side in (*grid.plate, *grid.work, *shape)):
        return False
    covered = all(
        abs(cells * grid.reduction - seen) < grid.reduction
        for cells, seen in zip(shape[1:], grid.padded, strict=True)
    )
    return covered and shape[1] * shape[2] <= _MOST_CELLS


def _inflates_to(data: bytes, size: int) -> bool:
    inflater = zlib.decompressobj()
    try:
        body = inflater.decompress(data, size + 1)
    except zlib.error:
        return False
    return len(body) == size and inflater.eof and not inflater.unused_data
