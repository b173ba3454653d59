"""Between the pointer and the document: feeds the tool, and keeps what it has finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from roto.errors import RotoError
from roto_gui.answering import Answers, AtWork
from roto_gui.giving import Giver
from roto_gui.obstacles import obstacle
from roto_gui.tools import TOOLS
from roto_gui.tools.polygon import Polygon
from roto_gui.tools.region import LockRegion

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto_gui.document.document import Document
    from roto_gui.giving import Place
    from roto_gui.stage import Stage
    from roto_gui.tools.base import Alpha, Box, Layer, Pointer, Tool

_SNAP = 8.0  # logical pixels of the screen: so near to its first corner a polygon is closed


class Painter(QObject):
    """Lets one tool at a time work on the stage's layer.

    What a tool asks for is found in a thread (:class:`roto_gui.answering.Answers`); whatever ends
    an edit waits for it, so that no stroke is lost. What is finished goes to the document
    (:class:`roto_gui.giving.Giver`).

    Args:
        document: Gets the finished edits.
        stage: Has the layer.
    """

    tool_changed = Signal(str)
    refused = Signal(str)
    """Why painting is not possible now, in one sentence."""
    locked = Signal(int)
    """The active object cannot be painted on at this frame: it is locked there."""
    region_drawn = Signal(int, object)
    """At this frame something was drawn around: a :class:`roto_gui.tools.region.Drawn`."""
    painted = Signal(int)
    """An edit at this frame is on its way to the document."""
    busy_changed = Signal(bool)
    """Something was begun, or is finished; see :attr:`busy`."""

    def __init__(self, document: Document, stage: Stage) -> None:
        super().__init__(stage)
        self.document, self.stage = document, stage
        self.tools: dict[str, Tool] = {name: make() for name, make in TOOLS.items()}
        self.tools[LockRegion.name] = LockRegion()
        self.tool: Tool = self.tools["smart"]
        self._giver = Giver(document, stage, self)
        self._giver.given.connect(self.painted)
        self._answers = Answers(self._at_work, self)
        self._answers.shown.connect(stage.touch)
        self._answers.refused.connect(self.refused)
        self._layer: Layer | None = None
        self._place: Place | None = None
        self._down = False
        self._last: Pointer | None = None  # where the pointer was while the button is down
        self._was_busy = False
        document.closed.connect(self._forget)
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

    @property
    def due(self) -> bool:
        """Whether something that was asked for is still being found."""
        return self._answers.due

    def press(self, at: Pointer) -> None:
        """The button goes down on the canvas."""
        if not self.tool.busy:
            self._layer = None
        layer = self._layer or self._take_layer(paints=not isinstance(self.tool, LockRegion))
        if layer is None:
            return
        self._down = self.stage.holding = True
        self._last = at
        if isinstance(self.tool, Polygon):
            self.tool.snap = _SNAP / self.stage.canvas.scale
        self._work(lambda: self.tool.press(layer, at))
        self._keep_complete()  # a fill, a polygon's last corner: the release adds nothing

    def move(self, at: Pointer) -> None:
        """The pointer moves with the button down."""
        layer = self._layer
        if layer is not None and self._down:
            self._last = at
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
        """Enter or a double click: finish what is begun, once all of it is found."""
        layer = self._layer
        if layer is not None and self.tool.busy:
            self._answers.wait()
            self._work(lambda: self.tool.confirm(layer))
            self._keep()

    def cancel(self) -> None:
        """Escape: as it was before. What is still being found is not wanted any more."""
        layer = self._layer
        if layer is None or not self.busy:
            return
        self._down = False
        self._work(lambda: self.tool.cancel(layer))
        self._let_go()

    def finish(self) -> None:
        """Something else is going to happen: keep what is begun as it is."""
        if self._down and self._last is not None:
            self.release(self._last)
        self._down = False
        self.confirm()
        if self._layer is not None and self.tool.busy:
            self.cancel()

    def take_back_point(self) -> bool:
        """Take the last point of a polygon away; False where none is begun."""
        tool = self.tool
        if not (isinstance(tool, Polygon) and tool.busy):
            return False
        tool.remove_last_point()
        self.stage.canvas.set_guides(tool.guides)
        return True

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

    def close(self) -> None:
        """The window closes: keep what is begun, end the thread."""
        self.finish()
        self._answers.close()

    def _take_layer(self, *, paints: bool = True) -> Layer | None:
        snapshot = self.document.snapshot
        if snapshot is None:
            return None
        why = obstacle(snapshot, self.stage.active, paints=paints)
        if why:
            self.refused.emit(why)
            return None
        if paints and snapshot.locked(self.stage.frame, self.stage.active):
            self.locked.emit(self.stage.frame)
            return None
        layer = self.stage.layer()
        if layer is None:
            self.refused.emit(self.tr("This frame is still being read."))
        else:
            self._giver.prepare(layer.size)
        self._layer = layer
        self._place = self._giver.here()
        return layer

    def _work(self, step: Callable[[], Box | None]) -> None:
        """Let the tool do something, show what it changed, and find what it asks for."""
        whole = False
        try:
            box = step()
            whole = True
        except RotoError as error:
            self.refused.emit(str(error))
            return
        finally:
            if not whole:
                self._give_up()
        self.stage.touch(box)
        self.stage.canvas.set_guides(self.tool.guides)
        self._answers.ask()
        self._tell()

    def _tell(self) -> None:
        if self.busy != self._was_busy:
            self._was_busy = self.busy
            self.busy_changed.emit(self.busy)

    def _at_work(self) -> AtWork | None:
        """Who hears an answer."""
        return None if self._layer is None else AtWork(self.tool, self._layer)

    # What becomes of it

    def _keep(self) -> None:
        """Give a complete edit to the document."""
        self._keep_complete()
        if not self.tool.busy:
            self._let_go()

    def _keep_complete(self) -> None:
        tool = self.tool
        if isinstance(tool, LockRegion) and tool.drawn is not None and self._place is not None:
            drawn, tool.drawn = tool.drawn, None
            self.region_drawn.emit(self._place.frame, drawn)
        if self.tool.complete and self._layer is not None:
            self.tool.complete = False
            self._commit(self._layer.alpha)

    def _commit(self, alpha: Alpha) -> None:
        assert self._place is not None
        self._giver.give(alpha, self._place)

    def _give_up(self) -> None:
        """A tool failed: the frame is not held for it, and what it has begun is dropped."""
        self._down = False
        layer, self._layer = self._layer, None
        self.stage.holding = False
        if layer is not None and self.tool.busy:
            self.stage.touch(self.tool.cancel(layer))
        self.stage.canvas.set_guides(())
        self.stage.refresh()
        self._tell()

    def _forget(self) -> None:
        """The clip is gone, and with it the layer."""
        if self._layer is not None:
            self.tool.cancel(self._layer)
        self._layer, self._down = None, False
        self.stage.canvas.set_guides(())
        self._tell()

    def _let_go(self) -> None:
        self._layer = None
        self.stage.holding = False
        self.stage.canvas.set_guides(())
        self.stage.refresh()
        self._tell()
