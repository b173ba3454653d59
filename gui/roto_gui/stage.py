"""What is on the canvas: which frame, which object, which view; and the pictures for it.

The stage asks the loader and the document for what it needs and shows it when it is there, so
that nothing is ever waited for. While the artist paints, the mask being painted stays the one on
the canvas, whatever comes in from behind.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from roto.masks import davis_palette
from roto_gui.canvas.views import Content, View, display
from roto_gui.document.plates import FrameLoader, Wanted, as_alpha
from roto_gui.tools.base import Alpha, Box, Layer

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from roto.errors import RotoError
    from roto.media import FrameSource
    from roto_gui.canvas.widget import Canvas
    from roto_gui.document.document import Document
    from roto_gui.state import Colour, Snapshot

NEW = 0
"""Stands for the object that the first stroke is going to make."""

_AHEAD, _BEHIND = 24, 4  # frames read ahead of the one shown, and behind


class Stage(QObject):
    """Shows one frame of the document on a canvas.

    Args:
        document: What is shown.
        canvas: Where.
        plate_bytes: Bound of the decoded plates in memory.
    """

    frame_changed = Signal(int)
    active_changed = Signal(object)
    """Id of the active object, or None."""
    cached_changed = Signal()
    failed = Signal(str, str)
    shown = Signal(int)
    """The frame whose picture is on the canvas now."""
    view_changed = Signal(object)
    solo_changed = Signal(object)

    _loaded = Signal(int, int)
    _broken = Signal(int, int, object)

    def __init__(self, document: Document, canvas: Canvas, plate_bytes: int = 2**31) -> None:
        super().__init__(canvas)
        self.document, self.canvas = document, canvas
        self.plate_bytes = plate_bytes
        self.frame = 0
        self.active: int | None = None
        self.solo: int | None = None
        self.view = View()
        self.holding = False
        """True while a tool is at work: the layer on the canvas is the artist's."""
        self.direction = 1  # in which way frames are read ahead
        self._loader: FrameLoader | None = None
        self._number = 0  # of the loader: what comes late from another is dropped
        self._content: Content | None = None
        self._on_canvas: int | None = None
        self._layer: tuple[int, int | None, Alpha] | None = None  # frame, object, what is painted
        self._before: dict[int, dict[int, Alpha]] = {}
        self._again = QTimer(self, singleShot=True, interval=0)
        self._again.timeout.connect(self._show)
        document.changed.connect(self._follow)
        document.result_ready.connect(self._result_came)
        document.closed.connect(self.clear)
        self._loaded.connect(self._plate_came)
        self._broken.connect(self._plate_failed)

    # The clip

    def open(self, opener: Callable[[], FrameSource]) -> None:
        """Read plates from a source of its own, opened in the loader's thread."""
        self.clear()
        number = self._number
        self._loader = FrameLoader(
            opener,
            lambda frame: self._loaded.emit(number, frame),
            lambda frame, error: self._broken.emit(number, frame, error),
            plate_bytes=self.plate_bytes,
        )

    def clear(self) -> None:
        """Show nothing."""
        self._number += 1
        if self._loader is not None:
            self._loader.close()
        self._loader = self._content = self._on_canvas = self._layer = None
        self.active = self.solo = None
        self.holding = False
        self._before.clear()
        self.canvas.show_content(None)
        self.active_changed.emit(None)

    @property
    def snapshot(self) -> Snapshot | None:
        """The document's."""
        return self.document.snapshot

    @property
    def cached(self) -> frozenset[int]:
        """Frames whose plates are in memory."""
        return self._loader.cached if self._loader is not None else frozenset()

    @property
    def waiting(self) -> bool:
        """Whether the frame asked for is not on the canvas yet."""
        return self._on_canvas != self.frame

    # Where the artist is

    def go_to(self, frame: int) -> None:
        """Show a frame, or the nearest there is."""
        if self.snapshot is None:
            return
        frame = self.snapshot.nearest(frame)
        if frame != self.frame:
            self.direction = 1 if frame > self.frame else -1
        self.frame = frame
        self.frame_changed.emit(frame)
        self.refresh()

    def activate(self, object_id: int | None) -> None:
        """Make an object the one that tools work on."""
        if self.snapshot is None or self.snapshot.object(object_id) is None:
            object_id = None
        if object_id == self.active:
            return
        self.active, self._layer = object_id, None
        if self.solo is not None:
            self.solo = object_id
        self.active_changed.emit(object_id)
        self.refresh()

    def set_solo(self, object_id: int | None) -> None:
        """Show one object alone; None: all that are visible."""
        self.solo = object_id
        self.solo_changed.emit(object_id)
        self.refresh()

    def set_view(self, view: View) -> None:
        """Show the same in another way."""
        onion = view.onion != self.view.onion
        self.view = view
        self.canvas.set_view(view)
        self.view_changed.emit(view)
        if onion:
            self.refresh()

    def change_view(self, **changes: object) -> None:
        """Change some fields of the view."""
        self.set_view(replace(self.view, **changes))  # type: ignore[arg-type]

    # Painting

    def layer(self) -> Layer | None:
        """The active object's mask here, to be painted on; None while it is not there yet."""
        if self._content is None or self._on_canvas != self.frame:
            return None
        active = NEW if self.active is None else self.active
        alpha = self._content.mattes.get(active)
        if alpha is None:
            alpha = np.zeros(self._content.plate.shape[:2], np.float32)
            self._content.mattes[active] = alpha
            self._content.colours[active] = self._colour(active)
        self._content.active = active
        self._layer = self.frame, self.active, alpha
        return Layer(alpha, self._picture)

    def forget_layer(self) -> None:
        """What is on the canvas need not be kept: it was taken back or is on its way."""
        self.holding = False
        self._layer = None
        self.refresh()

    def touch(self, box: Box | None) -> None:
        """Pixels of the layer changed."""
        if box is not None:
            self.canvas.refresh(box)

    def matte(self, frame: int, object_id: int) -> Alpha | None:
        """An object's mask at a frame that is at hand, (H, W) float32, a copy."""
        if self._loader is None:
            return None
        mattes = self._loader.mattes(frame, self.document.version(frame)) or {}
        found = mattes.get(object_id)
        return None if found is None else as_alpha(found)

    def remember_before(self) -> None:
        """Keep what is shown here for the view "difference"."""
        if self._content is not None:
            mattes = {i: a.copy() for i, a in self._content.mattes.items() if i != NEW}
            self._before = {self.frame: mattes}

    # Behind

    def refresh(self) -> None:
        """Show what there is of the frame, and ask for what is missing."""
        self._request()
        if not self._again.isActive():
            self._again.start()

    def _follow(self) -> None:
        """There is a new snapshot."""
        snapshot = self.snapshot
        if snapshot is None:
            return
        if snapshot.object(self.active) is None:
            made = snapshot.objects[-1].id if snapshot.objects else None
            if self.active is not None or made is not None:
                self.active = made
                self.active_changed.emit(made)
        self.refresh()

    def _result_came(self, frame: int) -> None:
        if abs(frame - self.frame) <= 1:
            self.refresh()

    def _plate_came(self, number: int, frame: int) -> None:
        if number != self._number:
            return
        self.cached_changed.emit()
        if frame == self.frame or (self.view.onion and abs(frame - self.frame) == 1):
            self.refresh()

    def _plate_failed(self, number: int, frame: int, error: RotoError) -> None:
        if number == self._number:
            self.failed.emit(self.tr("Frame {n}").format(n=frame), str(error))

    def _request(self) -> None:
        """Ask for this frame, then for those ahead."""
        snapshot, loader = self.snapshot, self._loader
        if snapshot is None or loader is None:
            return
        here = snapshot.frames.index(snapshot.nearest(self.frame))
        ahead = range(0, _AHEAD) if self.direction > 0 else range(0, -_AHEAD, -1)
        behind = range(-1, -_BEHIND - 1, -1) if self.direction > 0 else range(1, _BEHIND + 1)
        places = [here + n for n in (*ahead, *behind)]
        frames = [snapshot.frames[p] for p in places if 0 <= p < len(snapshot.frames)]
        wanted = []
        for frame in frames:
            version = self.document.version(frame)
            result = self.document.result(frame) if version else None
            if version and result is None:
                self.document.request_result(frame)
            wanted.append(Wanted(frame, version, result))
        loader.request(wanted)

    def _show(self) -> None:
        """Put the frame on the canvas, if its plate is there."""
        snapshot, loader = self.snapshot, self._loader
        if snapshot is None or loader is None or self.holding:
            return
        plate = loader.plate(self.frame)
        if plate is None:
            return
        mattes = self._mattes(snapshot, loader)
        if mattes is None:  # on its way; the frame before would be wrong, the plate is not
            if self._on_canvas == self.frame:
                return
            mattes = {}
        self._content = Content(
            plate=plate,
            linear=snapshot.clip.colour_space == "linear",
            mattes=mattes,
            colours={o.id: o.colour for o in snapshot.objects} | {NEW: self._colour(NEW)},
            active=self.active,
            before=self._before.get(self.frame),
            neighbours=self._neighbours(snapshot),
        )
        self._on_canvas = self.frame
        self.canvas.show_content(self._content)
        self.shown.emit(self.frame)

    def _mattes(self, snapshot: Snapshot, loader: FrameLoader) -> dict[int, Alpha] | None:
        """Visible objects' mattes; None while they are on their way."""
        painted = self._painted()
        found = loader.mattes(self.frame, self.document.version(self.frame))
        if found is None and painted is None:
            return None
        shown = {o.id for o in snapshot.objects if o.visible or o.id == self.active}
        if self.solo is not None:
            shown &= {self.solo}
        if found is None and self._content is not None and self._on_canvas == self.frame:
            mattes = {i: a for i, a in self._content.mattes.items() if i in shown}
        else:
            mattes = {i: as_alpha(found[i]) for i in sorted(found or {}) if i in shown}
        if painted is not None:
            mattes[NEW if self.active is None else self.active] = painted
        return mattes

    def _painted(self) -> Alpha | None:
        """What the artist has painted here and the document does not show yet."""
        if self._layer is None:
            return None
        frame, object_id, alpha = self._layer
        if frame == self.frame and object_id == self.active and not self.document.settled:
            return alpha
        self._layer = None
        return None

    def _neighbours(self, snapshot: Snapshot) -> tuple[Alpha, ...]:
        if not self.view.onion or self.active is None:
            return ()
        near = (self.frame - 1, self.frame + 1)
        found = (self.matte(frame, self.active) for frame in near if frame in snapshot.frames)
        return tuple(matte for matte in found if matte is not None)

    def _colour(self, object_id: int) -> Colour:
        """Of an object, or of the one that comes next."""
        known = self.snapshot.object(object_id) if self.snapshot is not None else None
        if known is not None:
            return known.colour
        objects = self.snapshot.objects if self.snapshot is not None else ()
        red, green, blue = davis_palette()[max((o.id for o in objects), default=0) + 1]
        return int(red), int(green), int(blue)

    def _picture(self) -> npt.NDArray[np.uint8]:
        """The plate as a screen shows it, for tools that look for edges."""
        assert self._content is not None
        plate = self._content.plate
        return plate if plate.dtype == np.uint8 else display(plate, self._content.linear, 0.0, 1.0)
