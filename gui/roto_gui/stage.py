"""What is on the canvas: which frame, which object, which view; and the pictures for it.

The stage asks the loader and the document for what it needs and shows it when it is there, so
that nothing is ever waited for. While the artist paints, the mask being painted stays the one on
the canvas, whatever comes in from behind.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from roto.masks import overlay_colour
from roto_gui.canvas.display import Neutral
from roto_gui.canvas.views import Content, View
from roto_gui.supply import Supply
from roto_gui.tools.base import Alpha, Box, Layer

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto.media import FrameSource
    from roto_gui.canvas.widget import Canvas
    from roto_gui.document.document import Document
    from roto_gui.state import Colour, Snapshot

NEW = 0
"""Stands for the object that the first stroke is going to make."""


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

    def __init__(self, document: Document, canvas: Canvas, plate_bytes: int = 2**31) -> None:
        super().__init__(canvas)
        self.document, self.canvas = document, canvas
        self.supply = Supply(document, plate_bytes, self)
        self.frame = 0
        self.active: int | None = None
        self.solo: int | None = None
        self.view = View()
        self.whole = False
        """Whether the mattes on the canvas are all there are of the frame."""
        self.holding = False
        """True while a tool is at work: the layer on the canvas is the artist's."""
        self.direction = 1  # in which way frames are read ahead
        self._content: Content | None = None
        self._on_canvas: int | None = None
        self._layer: tuple[int, int | None, Alpha] | None = None  # frame, object, what is painted
        self._again = QTimer(self, singleShot=True, interval=0)
        self._again.timeout.connect(self._show)
        document.changed.connect(self._follow)
        document.result_ready.connect(self._result_came)
        document.closed.connect(self.clear)
        self.supply.came.connect(self._plate_came)
        self.supply.broke.connect(self._plate_failed)

    # The clip

    def open(self, opener: Callable[[], FrameSource]) -> None:
        """Read plates from a source of its own, opened in the loader's thread."""
        self.clear()
        self.supply.open(opener, self.view.exposure, self.view.gamma)

    def clear(self) -> None:
        """Show nothing."""
        self.supply.close()
        self._content = self._on_canvas = self._layer = None
        self.active = self.solo = None
        self.holding = self.whole = False
        self.canvas.show_content(None)
        self.canvas.set_message("")
        self.active_changed.emit(None)

    @property
    def snapshot(self) -> Snapshot | None:
        """The document's."""
        return self.document.snapshot

    @property
    def is_open(self) -> bool:
        """Whether there is a clip to show."""
        return self.supply.is_open

    @property
    def cached(self) -> frozenset[int]:
        """Frames whose plates are in memory."""
        return self.supply.cached

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
        self._tell_unreadable()

    def activate(self, object_id: int | None) -> None:
        """Make an object the one that tools work on."""
        if self.snapshot is None or self.snapshot.object(object_id) is None:
            object_id = None
        if object_id == self.active:
            return
        self.active, self._layer = object_id, None
        self.active_changed.emit(object_id)
        if self.solo is not None:
            self.set_solo(object_id)
        self.refresh()

    def set_solo(self, object_id: int | None) -> None:
        """Show one object alone, which is the active one then; None: all that are visible."""
        if object_id != self.solo:
            self.solo = object_id
            self.solo_changed.emit(object_id)
        if object_id is not None:
            self.activate(object_id)
        self.refresh()

    def set_view(self, view: View) -> None:
        """Show the same in another way."""
        before, self.view = self.view, view
        other = view.onion != before.onion or "difference" in (view.mode, before.mode)
        other |= self.supply.grade(view.exposure, view.gamma)
        self.canvas.set_view(view)
        self.view_changed.emit(view)
        if other:
            self.refresh()

    def change_view(self, **changes: object) -> None:
        """Change some fields of the view."""
        self.set_view(replace(self.view, **changes))  # type: ignore[arg-type]

    # Painting

    def layer(self) -> Layer | None:
        """The active object's mask here, to be painted on; None while it is not there yet."""
        if self._content is None or self._on_canvas != self.frame or not self.whole:
            return None
        active = NEW if self.active is None else self.active
        alpha = self._content.mattes.get(active)
        if alpha is None:
            alpha = self.supply.mask(self.frame, active, self._content.size)
            if alpha is None:
                return None
            self._content.mattes[active] = alpha
            self._content.colours[active] = colour_of(self.snapshot, active)
        self._content.active = active
        self.supply.give_up(alpha)
        self._layer = self.frame, self.active, alpha
        return Layer(alpha, _picture(self._content, self.view))

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
        return self.supply.matte(frame, object_id)

    def remember_before(self) -> None:
        """Keep what is shown here for the view "difference"."""
        self.supply.remember(self.frame)

    # Behind

    def refresh(self) -> None:
        """Show what there is of the frame, and ask for what is missing."""
        self.supply.request(self.frame, self.direction)
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
                self._name_new(made)
                self.active = made
                self.active_changed.emit(made)
            if self.solo is not None:
                self.set_solo(made)
        self.refresh()

    def _name_new(self, made: int | None) -> None:
        """What was painted as the new object is that object's from now on."""
        content = self._content
        if self.active is None and made is not None and content is not None:
            alpha = content.mattes.pop(NEW, None)
            if alpha is not None:
                content.mattes[made], content.active = alpha, made
                content.colours[made] = colour_of(self.snapshot, made)
            if self._layer is not None and self._layer[1] is None:
                self._layer = self._layer[0], made, self._layer[2]

    def _result_came(self, frame: int) -> None:
        if frame == self.frame or frame in self.supply.near(self.frame):
            self.refresh()

    def _plate_came(self, frame: int) -> None:
        self.cached_changed.emit()
        beside = self.view.onion and frame in self.supply.near(self.frame)
        if frame == self.frame or beside:
            self.refresh()

    def _plate_failed(self, frame: int) -> None:
        if frame == self.frame:
            self.refresh()
            self._tell_unreadable()

    def _tell_unreadable(self) -> None:
        """Say of the frame asked for that it cannot be read, where that is so."""
        why = self.supply.unreadable.get(self.frame)
        if why is not None:
            self.failed.emit(self.tr("Frame {n}").format(n=self.frame), why)

    def _show(self) -> None:
        """Put the frame on the canvas, if its plate is there."""
        snapshot, supply = self.snapshot, self.supply
        if snapshot is None or self.holding:
            return
        if self.frame in supply.unreadable:
            self._show_unreadable()
            return
        plate = supply.plate(self.frame)
        if plate is None:
            return
        mattes = self._mattes(snapshot)
        if mattes is None:  # on its way; the frame before would be wrong, the plate is not
            if self._on_canvas == self.frame:
                return
            mattes, self.whole = {}, False
        else:
            self.whole = True
        compared = self.view.mode == "difference"
        before = supply.earlier(self.frame) if compared else None
        text = self.tr("Nothing to compare with: this is not the frame that was edited last.")
        self.canvas.set_message(text if compared and before is None else "")
        self._content = Content(
            plate=plate,
            linear=supply.linear,
            mattes=mattes,
            colours={o.id: o.colour for o in snapshot.objects} | {NEW: colour_of(snapshot, NEW)},
            active=NEW if self.active is None and NEW in mattes else self.active,
            before=before,
            neighbours=supply.beside(self.frame, self.active) if self.view.onion else (),
            aspect=float(snapshot.clip.pixel_aspect),
            shown=supply.shown(self.frame),
            locked=snapshot.locked_parts(self.frame, self.active),
        )
        self._on_canvas = self.frame
        self.canvas.show_content(self._content)
        self.shown.emit(self.frame)

    def _show_unreadable(self) -> None:
        """Another frame's picture would be wrong where this one cannot be read."""
        self._content, self._on_canvas, self.whole = None, self.frame, False
        self.canvas.show_content(None)
        text = self.tr("Frame {n} cannot be read.")
        self.canvas.set_message(text.format(n=self.frame))
        self.shown.emit(self.frame)

    def _mattes(self, snapshot: Snapshot) -> dict[int, Alpha] | None:
        """Visible objects' mattes; None while they are on their way."""
        painted = self._painted()
        shown = {o.id for o in snapshot.objects if o.visible}
        if self.solo is not None:
            shown = {self.solo}
        here = shown if painted is None else shown - {self.active}
        found = self.supply.alphas(self.frame, here)
        if found is None and painted is None:
            return None
        if found is None and self._content is not None and self._on_canvas == self.frame:
            mattes = {i: a for i, a in self._content.mattes.items() if i in shown}
        else:
            mattes = found or {}
        if painted is not None and (self.active is None or self.active in shown):
            mattes[NEW if self.active is None else self.active] = painted
        return dict(sorted(mattes.items(), key=_lowest_first))

    def _painted(self) -> Alpha | None:
        """What the artist has painted here and the document does not show yet."""
        if self._layer is None:
            return None
        frame, object_id, alpha = self._layer
        if frame == self.frame and object_id == self.active and not self.document.settled:
            return alpha
        self._layer = None
        return None


def colour_of(snapshot: Snapshot | None, object_id: int) -> Colour:
    """Of an object, or of the one that comes next."""
    known = snapshot.object(object_id) if snapshot is not None else None
    if known is not None:
        return known.colour
    objects = snapshot.objects if snapshot is not None else ()
    return overlay_colour(max((o.id for o in objects), default=0) + 1)


def _lowest_first(item: tuple[int, Alpha]) -> tuple[bool, int]:
    """By id; what is not an object yet lies above all others."""
    return item[0] == NEW, item[0]


def _picture(content: Content, view: View) -> Neutral:
    """The plate as a screen shows it, for tools that look for edges."""
    graded = (view.exposure, view.gamma) != (0.0, 1.0)
    return Neutral(content.plate, content.linear, None if graded else content.shown)
