"""Between the pointer and the document: feeds the tool, and keeps what it has finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from roto.errors import RotoError
from roto_gui.tools import TOOLS

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto_gui.document.document import Document
    from roto_gui.stage import Stage
    from roto_gui.tools.base import Alpha, Box, Layer, Pointer, Tool


class Painter(QObject):
    """Lets one tool at a time work on the stage's layer.

    Args:
        document: Gets the finished edits.
        stage: Has the layer.
    """

    tool_changed = Signal(str)
    refused = Signal(str)
    """Why painting is not possible now, in one sentence."""
    painted = Signal(int)
    """An edit at this frame is on its way to the document."""

    def __init__(self, document: Document, stage: Stage) -> None:
        super().__init__(stage)
        self.document, self.stage = document, stage
        self.tools: dict[str, Tool] = {name: make() for name, make in TOOLS.items()}
        self.tool: Tool = self.tools["smart"]
        self._layer: Layer | None = None
        self._down = False
        self._token = object()  # of the object that the next stroke makes
        stage.active_changed.connect(self._renew)
        canvas = stage.canvas
        canvas.pressed.connect(self.press)
        canvas.moved.connect(self.move)
        canvas.hovered.connect(self.hover)
        canvas.released.connect(self.release)
        canvas.confirmed.connect(self.confirm)
        canvas.cancelled.connect(self.cancel)

    def choose(self, name: str) -> None:
        """Take another tool; what the one before has begun is finished."""
        self.finish()
        self.tool = self.tools[name]
        self.stage.canvas.set_ring(self.tool.radius)
        self.tool_changed.emit(name)

    @property
    def busy(self) -> bool:
        """Whether a stroke or a selection is begun and not finished."""
        return self._down or self.tool.busy

    def press(self, at: Pointer) -> None:
        """The button goes down on the canvas."""
        if not self.tool.busy:
            self._layer = None
        layer = self._layer or self._take_layer()
        if layer is None:
            return
        self._down = self.stage.holding = True
        self._work(lambda: self.tool.press(layer, at))

    def move(self, at: Pointer) -> None:
        """The pointer moves with the button down."""
        layer = self._layer
        if layer is not None and self._down:
            self._work(lambda: self.tool.move(layer, at))

    def hover(self, at: Pointer) -> None:
        """The pointer moves with the button up."""
        layer = self._layer
        if layer is not None and self.tool.busy:
            self._work(lambda: self.tool.move(layer, at))

    def release(self, at: Pointer) -> None:
        """The button comes up."""
        layer = self._layer
        if layer is None or not self._down:
            return
        self._down = False
        self._work(lambda: self.tool.release(layer, at))
        self._keep()

    def confirm(self) -> None:
        """Enter or a double click: finish what is begun."""
        layer = self._layer
        if layer is not None and self.tool.busy:
            self._work(lambda: self.tool.confirm(layer))
            self._keep()

    def cancel(self) -> None:
        """Escape: as it was before."""
        layer = self._layer
        if layer is None or not self.busy:
            return
        self._down = False
        self._work(lambda: self.tool.cancel(layer))
        self._let_go()

    def finish(self) -> None:
        """Something else is going to happen: keep what is begun as it is."""
        self._down = False
        self.confirm()
        if self._layer is not None and self.tool.busy:
            self.cancel()

    def apply(self, operation: Callable[[Alpha], Alpha]) -> None:
        """Change the whole mask of the active object here, as one edit."""
        self.finish()
        layer = self._take_layer()
        if layer is None:
            return
        try:
            layer.alpha[...] = operation(layer.alpha)
        except RotoError as error:
            self.refused.emit(str(error))
            return
        self.stage.canvas.refresh(None)
        self._commit(layer.alpha)

    def _take_layer(self) -> Layer | None:
        snapshot = self.document.snapshot
        if snapshot is None:
            return None
        if snapshot.read_only:
            self.refused.emit(self.tr("The project is open for reading only: save it as another."))
            return None
        layer = self.stage.layer()
        if layer is None:
            self.refused.emit(self.tr("This frame is still being read."))
        self._layer = layer
        return layer

    def _work(self, step: Callable[[], Box | None]) -> None:
        """Let the tool do something and show what it changed."""
        try:
            box = step()
        except RotoError as error:
            self.refused.emit(str(error))
            self._down = False
            return
        self.stage.touch(box)
        self.stage.canvas.set_guides(self.tool.guides)

    def _keep(self) -> None:
        """Give a complete edit to the document."""
        if self.tool.complete and self._layer is not None:
            self.tool.complete = False
            self._commit(self._layer.alpha)
        if not self.tool.busy:
            self._let_go()

    def _commit(self, alpha: Alpha) -> None:
        stage, mask = self.stage, hard_or_soft(alpha)
        stage.remember_before()
        if stage.active is None:
            self.document.paint_new(stage.frame, mask, self._token)
        else:
            self.document.paint(stage.frame, stage.active, mask)
        self.painted.emit(stage.frame)

    def _renew(self, _: object) -> None:
        self._token = object()

    def _let_go(self) -> None:
        self._layer = None
        self.stage.holding = False
        self.stage.canvas.set_guides(())
        self.stage.refresh()


def hard_or_soft(alpha: Alpha) -> Alpha | np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """A mask of ones and zeros as (H, W) bool, which is what it is; any other as a copy."""
    hard = alpha == 1
    if np.array_equal(hard, alpha):
        return hard
    return alpha.copy()
