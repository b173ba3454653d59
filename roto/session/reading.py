"""Whose is a mask that is given to a session whose objects have ids and names already?"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from roto.errors import KeyframeError, MaskError
from roto.masks import read_mask

if TYPE_CHECKING:
    from roto.masks import KeyMask, MaskLayer
    from roto.masks.reading import MaskLike

log = logging.getLogger(__name__)

Which: TypeAlias = "int | str"
"""An object by id or name."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads masks for a session.

    Attributes:
        size: (H, W) of the plate.
        names: The session's object names by id.
    """

    size: tuple[int, int]
    names: Mapping[int, str]

    def layers(
        self, frame: int, mask: MaskLike | Mapping[str, MaskLike | None]
    ) -> list[tuple[Which, MaskLayer | None]]:
        """Objects by id or name, and their masks; None for absent. Some may be new.

        Raises:
            KeyframeError: it is unclear which object an unnamed mask shows.
            MaskError: not a mask, or of another size than the plate.
        """
        pairs: list[tuple[Which, MaskLayer | None]] = []
        if isinstance(mask, Mapping):
            pairs = [(name, None) for name, given in mask.items() if given is None]
            shown = {name: given for name, given in mask.items() if given is not None}
            if not shown:
                return pairs
            found = self._read(frame, shown)
        else:
            found = self._read(frame, mask)
        pairs += [(self._whose(found, layer), layer) for layer in found.layers]
        if found.complete:  # it speaks of everybody
            mentioned = {which for which, _ in pairs}
            silent = {i: n for i, n in self.names.items() if not {i, n} & mentioned}
            pairs += [(i, None) for i in silent]
        return pairs

    def single(self, frame: int, mask: MaskLike) -> MaskLayer:
        """The mask of one object, whichever.

        Raises:
            MaskError: not a mask, or of several objects.
        """
        found = self._read(frame, mask)
        if len(found.layers) != 1:
            raise MaskError(
                f"The mask at frame {frame} shows {len(found.layers)} objects; correct one at a "
                "time, or use set_keyframe."
            )
        return found.layers[0]

    def _whose(self, mask: KeyMask, layer: MaskLayer) -> Which:
        if layer.name is not None:
            return layer.name
        if len(mask.layers) > 1 or layer.id != 1 or not mask.complete:
            return layer.id
        if len(self.names) > 1:
            known = ", ".join(repr(name) for name in self.names.values())
            raise KeyframeError(
                f"The mask at frame {mask.frame} does not say which object it shows; the session "
                f'has {known}. Give it as {{"name": mask}}.'
            )
        return next(iter(self.names), mask.suggested_name or layer.id)

    def _read(self, frame: int, mask: MaskLike | Mapping[str, MaskLike]) -> KeyMask:
        found = read_mask(mask, frame=frame, size=self.size)
        for note in found.notes:
            log.warning("%s", note)
        return found
