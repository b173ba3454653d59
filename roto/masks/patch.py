"""``MaskPatch``: the undo atom. What changed in a mask, in both directions."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from roto.errors import MaskError

Pixels: TypeAlias = npt.NDArray[Any]
Box: TypeAlias = tuple[int, int, int, int]
"""(top, left, bottom, right) in pixels; bottom and right are outside, as in slices."""


@dataclass(frozen=True, slots=True)
class MaskPatch:
    """The changed pixels between two masks of one size and type: kilobytes, not megabytes.

    Attributes:
        shape: (H, W) of the masks.
        dtype: Their type, as NumPy writes it: "|u1" for label maps, "<f4" for mattes.
        box: The smallest box around all changes, for redrawing too.
        packed: Deflated: one bit per pixel of the box, then old values, then new values.
    """

    shape: tuple[int, int]
    dtype: str
    box: Box
    packed: bytes

    @classmethod
    def diff(cls, old: Pixels, new: Pixels) -> MaskPatch:
        """The patch that turns ``old`` into ``new``, both (H, W).

        Raises:
            MaskError: they differ in size or type.
        """
        if old.ndim != 2 or old.shape != new.shape or old.dtype != new.dtype:
            raise MaskError(
                f"Only masks of one size and type can be compared, not {old.dtype} {old.shape} "
                f"and {new.dtype} {new.shape}."
            )
        box = _changed_box(_differs(old, new))
        before, after = _crop(old, box), _crop(new, box)
        changed = _differs(before, after)
        body = np.packbits(changed).tobytes() + before[changed].tobytes() + after[changed].tobytes()
        height, width = old.shape
        return cls((height, width), old.dtype.str, box, zlib.compress(body, 6))

    @property
    def empty(self) -> bool:
        """True where nothing changed."""
        return self.box[0] == self.box[2]

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the pixels take."""
        return len(self.packed)

    def apply(self, mask: Pixels) -> Pixels:
        """A copy of the old mask with the changes made.

        Raises:
            MaskError: ``mask`` is not the mask that the patch was made from.
        """
        changed, old, new = self._unpack()
        return self._replace(mask, changed, old, new)

    def undo(self, mask: Pixels) -> Pixels:
        """A copy of the new mask with the changes taken back.

        Raises:
            MaskError: ``mask`` is not the mask that the patch leads to.
        """
        changed, old, new = self._unpack()
        return self._replace(mask, changed, new, old)

    def _unpack(self) -> tuple[npt.NDArray[np.bool_], Pixels, Pixels]:
        top, left, bottom, right = self.box
        count = (bottom - top) * (right - left)
        body = zlib.decompress(self.packed)
        split = (count + 7) // 8
        bits = np.unpackbits(np.frombuffer(body, np.uint8, count=split), count=count)
        old, new = np.frombuffer(body, self.dtype, offset=split).reshape(2, -1)
        return bits.astype(bool).reshape(bottom - top, right - left), old, new

    def _replace(
        self, mask: Pixels, changed: npt.NDArray[np.bool_], expected: Pixels, wanted: Pixels
    ) -> Pixels:
        if mask.shape != self.shape or mask.dtype != np.dtype(self.dtype):
            raise MaskError(
                f"A patch for a {self.shape} mask does not fit one of {mask.dtype} {mask.shape}."
            )
        result: Pixels = mask.copy()
        region = _crop(result, self.box)
        # Undoing out of order would leave a mask that never existed.
        if _differs(region[changed], expected).any():
            raise MaskError("The mask has changed since this patch was made; undo in order.")
        region[changed] = wanted
        return result


def _differs(one: Pixels, other: Pixels) -> npt.NDArray[np.bool_]:
    """Pixels whose bytes differ: NaN equals itself, and -0.0 is not 0.0."""
    kind = f"u{one.dtype.itemsize}"
    different: npt.NDArray[np.bool_] = one.view(kind) != other.view(kind)
    return different


def _changed_box(changed: npt.NDArray[np.bool_]) -> Box:
    rows = np.flatnonzero(changed.any(axis=1))
    columns = np.flatnonzero(changed.any(axis=0))
    if rows.size == 0:
        return (0, 0, 0, 0)
    return (int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)


def _crop(mask: Pixels, box: Box) -> Pixels:
    top, left, bottom, right = box
    return mask[top:bottom, left:right]
