"""What commands work on: the document, the stage, the tools, the clock, and the range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from roto_gui.foresight import Foresight
from roto_gui.painter import Painter
from roto_gui.playback.player import Player
from roto_gui.stage import Stage
from roto_gui.tools.brush import Brush
from roto_gui.tools.smart import SmartSelect

if TYPE_CHECKING:
    from roto_gui.canvas.widget import Canvas
    from roto_gui.document.document import Document
    from roto_gui.settings.config import Config
    from roto_gui.state import ObjectState, Snapshot
    from roto_gui.tools.brush import Pressure


class Workspace(QObject):
    """The working parts of one window, without its widgets.

    Args:
        document: What is worked on.
        canvas: Where it is shown.
        config: The artist's preferences.
    """

    range_changed = Signal(object, object)
    noticed = Signal(str)
    """Something worth telling that is no error."""
    asked = Signal(str, object)
    """A question, and the answers there are: texts and what they do."""
    failed = Signal(str, str)
    playing_changed = Signal(int)
    """1 forward, -1 backward, 0: it stands."""
    brush_changed = Signal(float, float)
    """Radius in pixels of the plate, and hardness."""
    scribble_changed = Signal(float)
    """Radius of smart select's strokes in pixels of the plate."""

    def __init__(self, document: Document, canvas: Canvas, config: Config) -> None:
        super().__init__(canvas)
        self.document, self.canvas, self.config = document, canvas, config
        self.stage = Stage(document, canvas, config.preferences.plate_cache_mb * 2**20)
        self.painter = Painter(document, self.stage)
        self.foresight = Foresight(document, self.stage, self.painter)
        self.player = Player(self, acknowledged=True)
        self.loop = True
        self.first: int | None = None
        self.last: int | None = None
        self.player.frame_due.connect(self._play_on)
        self.player.stopped.connect(lambda: self.playing_changed.emit(0))
        self.stage.shown.connect(self.player.shown)
        self.painter.refused.connect(self.noticed)
        self.stage.failed.connect(self.failed)
        document.failed.connect(self.failed)
        document.closed.connect(self.player.stop)
        document.closed.connect(lambda: self.set_range(None, None))

    @property
    def snapshot(self) -> Snapshot | None:
        """The document's."""
        return self.document.snapshot

    @property
    def active(self) -> ObjectState | None:
        """The active object."""
        return self.snapshot.object(self.stage.active) if self.snapshot is not None else None

    @property
    def frame(self) -> int:
        """The frame on the canvas."""
        return self.stage.frame

    def go_to(self, frame: int) -> None:
        """Finish what is begun, and show another frame."""
        self.painter.finish()
        self.stage.go_to(frame)

    def activate(self, object_id: int | None) -> None:
        """Finish what is begun, and work on another object."""
        self.painter.finish()
        self.stage.activate(object_id)

    def _play_on(self, frame: int) -> None:
        """The player wants a frame; at the end it stops, unless it is to begin again."""
        way = self.player.direction
        end = self.frames[-1] if way > 0 else self.frames[0]
        around = (frame - self.stage.frame) * way < 0  # the end itself may have been left out
        over = not self.loop and (around or frame == end)
        self.stage.go_to(end if over else frame)
        if over:
            self.player.stop()

    def visit(self, frame: int) -> None:
        """Go somewhere by the artist's own wish, which ends playback."""
        self.player.stop()
        self.go_to(frame)

    def set_range(self, first: int | None, last: int | None) -> None:
        """In and out points; None leaves a side open."""
        if first is not None and last is not None and first > last:
            first, last = last, first
        if (first, last) != (self.first, self.last):
            self.first, self.last = first, last
            self.range_changed.emit(first, last)

    @property
    def brush(self) -> tuple[float, float]:
        """Radius in pixels of the plate, and hardness."""
        brush = self.painter.tools["brush"]
        assert isinstance(brush, Brush)
        return brush.size, brush.hardness

    def set_brush(self, radius: float, hardness: float) -> None:
        """Give brush and eraser a size and a hardness."""
        for tool in self.painter.tools.values():
            if isinstance(tool, Brush):
                tool.size, tool.hardness = radius, hardness
        self.canvas.set_ring(self.painter.tool.radius)
        self.brush_changed.emit(*self.brush)

    def set_pressure(self, what: Pressure) -> None:
        """Say what the pressure of a pen changes."""
        for tool in self.painter.tools.values():
            if isinstance(tool, Brush):
                tool.pressure = what

    @property
    def scribble(self) -> float:
        """Radius of smart select's strokes in pixels of the plate."""
        return self._smart.size

    def set_scribble(self, radius: float) -> None:
        """Give the strokes of smart select a size; those already drawn keep theirs."""
        self._smart.size = radius
        self.canvas.set_ring(self.painter.tool.radius)
        self.scribble_changed.emit(self.scribble)

    def change_brush(self, factor: float, harder: float) -> None:
        """Make what is in hand larger by a factor, and a brush harder by so much."""
        if self.painter.tool is self._smart:
            self.set_scribble(self.scribble * factor)
            return
        radius, hardness = self.brush
        self.set_brush(radius * factor, hardness + harder)

    def drag_brush(self, wider: float, harder: float) -> None:
        """Make the radius of what is in hand larger by so many pixels, and a brush harder."""
        if self.painter.tool is self._smart:
            self.set_scribble(self.scribble + wider)
            return
        radius, hardness = self.brush
        self.set_brush(radius + wider, hardness + harder)

    @property
    def _smart(self) -> SmartSelect:
        tool = self.painter.tools["smart"]
        assert isinstance(tool, SmartSelect)
        return tool

    @property
    def range(self) -> tuple[int, int] | None:
        """First and last frame between in and out point; None where neither is set."""
        if self.snapshot is None or (self.first is None and self.last is None):
            return None
        first, last = self.snapshot.frames[0], self.snapshot.frames[-1]
        return (
            first if self.first is None else self.first,
            last if self.last is None else self.last,
        )

    @property
    def frames(self) -> list[int]:
        """Frames between in and out point."""
        if self.snapshot is None:
            return []
        if self.range is None:
            return list(self.snapshot.frames)
        first, last = self.range
        return [f for f in self.snapshot.frames if first <= f <= last]
