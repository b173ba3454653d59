"""What the canvas needs of frames: plates from the loader, mattes by way of the document."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from roto_gui.ahead import neighbours, reading_order
from roto_gui.document.plates import FrameLoader, Wanted, as_alpha

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from roto.errors import RotoError
    from roto.media import FrameSource, Image
    from roto_gui.canvas.display import Rgb
    from roto_gui.document.document import Document
    from roto_gui.document.plates import Mattes
    from roto_gui.tools.base import Alpha


class Supply(QObject):
    """Asks for frames and tells when they are there; nothing is ever waited for.

    Args:
        document: Knows the mattes.
        plate_bytes: Bound of the decoded plates in memory.
        parent: As in Qt.
    """

    came = Signal(int)
    """A frame's plate, or its mattes, are there."""
    broke = Signal(int)
    """A frame's plate cannot be read; ``unreadable`` says why."""

    _loaded = Signal(int, int)
    _broken = Signal(int, int, object)

    def __init__(self, document: Document, plate_bytes: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document, self.plate_bytes = document, plate_bytes
        self._loader: FrameLoader | None = None
        self._number = 0  # of the loader: what comes late from another is dropped
        self._unreadable: dict[int, str] = {}
        self._before: tuple[int, Mattes] | None = None
        self._alphas: dict[int, tuple[object, Alpha]] = {}  # shown last: of which matte, as floats
        self._loaded.connect(self._take)
        self._broken.connect(self._note)

    def open(self, opener: Callable[[], FrameSource], exposure: float, gamma: float) -> None:
        """Read plates from a source of its own, opened in the loader's thread."""
        self.close()
        number = self._number
        self._loader = FrameLoader(
            opener,
            lambda frame: self._loaded.emit(number, frame),
            lambda frame, error: self._broken.emit(number, frame, error),
            linear=self.linear,
            plate_bytes=self.plate_bytes,
        )
        self._loader.grade(exposure, gamma)

    def close(self) -> None:
        """Forget all there is."""
        self._number += 1
        if self._loader is not None:
            self._loader.close()
        self._loader = self._before = None
        self._alphas.clear()
        self._unreadable.clear()

    @property
    def is_open(self) -> bool:
        """Whether there is a clip."""
        return self._loader is not None

    @property
    def linear(self) -> bool:
        """Whether float plates are scene-linear."""
        snapshot = self.document.snapshot
        return snapshot is not None and snapshot.clip.colour_space == "linear"

    @property
    def cached(self) -> frozenset[int]:
        """Frames whose plates are in memory."""
        return self._loader.cached if self._loader is not None else frozenset()

    @property
    def unreadable(self) -> Mapping[int, str]:
        """Frames whose plates cannot be read, and why."""
        return MappingProxyType(self._unreadable)

    def grade(self, exposure: float, gamma: float) -> bool:
        """How float plates are shown from now on; whether that is otherwise than before."""
        if self._loader is None or (exposure, gamma) == self._loader.graded:
            return False
        self._loader.grade(exposure, gamma)
        return True

    def request(self, frame: int, direction: int) -> None:
        """Ask for a frame, then for those ahead."""
        snapshot, loader = self.document.snapshot, self._loader
        if snapshot is None or loader is None:
            return
        wanted = []
        for number in reading_order(snapshot.frames, snapshot.nearest(frame), direction):
            if number in self._unreadable:
                continue
            version = self.document.version(number)
            result = self.document.result(number) if version else None
            if version and result is None:
                self.document.request_result(number)
            wanted.append(Wanted(number, version, result))
        loader.request(wanted)

    def plate(self, frame: int) -> Image | None:
        """A plate that can be shown, (H, W, 3); None: not yet. Not to be changed."""
        if self._loader is None or self._loader.waits(frame):
            return None
        return self._loader.plate(frame)

    def shown(self, frame: int) -> Rgb | None:
        """See :meth:`FrameLoader.shown`."""
        return None if self._loader is None else self._loader.shown(frame)

    def mattes(self, frame: int) -> Mattes | None:
        """All that is known of a frame today, by object id; None: on its way."""
        if self._loader is None:
            return None
        return self._loader.mattes(frame, self.document.version(frame))

    def alphas(self, frame: int, wanted: Container[int]) -> dict[int, Alpha] | None:
        """Mattes to be shown, (H, W) float32 by ascending id; None: on their way.

        The same arrays as the last time for objects of which nothing else is known since then;
        not to be changed without :meth:`give_up`.
        """
        found = self.mattes(frame)
        if found is None:
            return None
        before, self._alphas = self._alphas, {}
        for i, matte in sorted(found.items()):
            if i in wanted:
                source, alpha = before.get(i, (None, None))
                known = alpha if source is matte else None
                self._alphas[i] = matte, as_alpha(matte) if known is None else known
        return {i: alpha for i, (_, alpha) in self._alphas.items()}

    def give_up(self, alpha: Alpha) -> None:
        """An array of :meth:`alphas` is going to be changed: it is the caller's from now on."""
        self._alphas = {i: kept for i, kept in self._alphas.items() if kept[1] is not alpha}

    def matte(self, frame: int, object_id: int) -> Alpha | None:
        """An object's mask that is at hand, (H, W) float32, a copy."""
        found = (self.mattes(frame) or {}).get(object_id)
        return None if found is None else as_alpha(found)

    def mask(self, frame: int, object_id: int, size: tuple[int, int]) -> Alpha | None:
        """An object's mask to be painted on, (H, W) float32; None while it may be on its way.

        Args:
            frame: Frame number.
            object_id: Its id; 0 for an object that is still to be made.
            size: (H, W) of the empty mask where nothing is known.
        """
        found = self.mattes(frame) if object_id else {}
        if found is None:
            return None
        known = found.get(object_id)
        return np.zeros(size, np.float32) if known is None else as_alpha(known)

    def remember(self, frame: int) -> None:
        """Keep what is known of a frame today, and only of this one.

        After strokes that come faster than it is known, what was there before the first is kept.
        """
        found = self.mattes(frame)
        if found is not None:
            self._before = frame, found

    def earlier(self, frame: int) -> dict[int, Alpha] | None:
        """What was remembered of a frame, as copies; None: another one was."""
        if self._before is None or self._before[0] != frame:
            return None
        return {i: as_alpha(matte) for i, matte in self._before[1].items()}

    def near(self, frame: int) -> tuple[int | None, int | None]:
        """The frames before and after one."""
        snapshot = self.document.snapshot
        return neighbours(snapshot.frames if snapshot is not None else (), frame)

    def beside(self, frame: int, object_id: int | None) -> tuple[Alpha | None, ...]:
        """An object's masks before and after a frame; None where there is none at hand."""
        if object_id is None:
            return ()
        return tuple(None if n is None else self.matte(n, object_id) for n in self.near(frame))

    def _take(self, number: int, frame: int) -> None:
        if number == self._number:
            self.came.emit(frame)

    def _note(self, number: int, frame: int, error: RotoError) -> None:
        if number == self._number:
            self._unreadable[frame] = str(error)
            self.broke.emit(frame)
