"""Fill: a click in a hole closes it, a negative click on a piece removes it."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from roto.painting import fill_region
from roto_gui.tools.base import Box, Layer, Pointer, Tool


class Fill(Tool):
    """Fills the hole under the pointer; with a negative pointer removes the piece under it."""

    name: ClassVar[str] = "fill"

    def press(self, layer: Layer, at: Pointer) -> Box | None:
        """Fill at once."""
        self.complete = False
        filled = layer.alpha.copy()
        box = fill_region(filled, at.x, at.y, erase=at.negative)
        if box is None or np.array_equal(filled[box], layer.alpha[box]):
            return None
        layer.alpha[box] = filled[box]
        self.complete = True
        return box

    def move(self, layer: Layer, at: Pointer) -> Box | None:
        """Nothing."""
        del layer, at
        self.complete = False
        return None

    def release(self, layer: Layer, at: Pointer) -> Box | None:
        """Nothing: what there was to do is done."""
        del layer, at
        self.complete = False
        return None

    def cancel(self, layer: Layer) -> Box | None:
        """Nothing is ever begun here."""
        del layer
        self.complete = False
        return None
