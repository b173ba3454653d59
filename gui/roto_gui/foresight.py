"""Frames that are encoded ahead while the artist paints, so that the first propagation is quick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from roto_gui.ahead import nearest

if TYPE_CHECKING:
    from roto_gui.document.document import Document
    from roto_gui.painter import Painter
    from roto_gui.stage import Stage

PAUSE = 400
"""Milliseconds after a stroke, or a step to another frame, before anything is begun."""

_MOST = 24  # frames around the one that is painted; the session stops earlier where memory ends


class Foresight(QObject):
    """Has the frames around the one that is painted encoded, when nothing else is under way.

    It begins with the first stroke: who only looks does not need it.

    Args:
        document: Has frames encoded.
        stage: Knows which frame is shown.
        painter: Tells of strokes.
    """

    def __init__(self, document: Document, stage: Stage, painter: Painter) -> None:
        super().__init__(stage)
        self._document, self._stage = document, stage
        self._known: set[int] = set()
        self._painting = False
        self._around: int | None = None  # the frame that was asked about last
        self._timer = QTimer(self, singleShot=True, interval=PAUSE)
        self._timer.timeout.connect(self._ask)
        painter.painted.connect(self._begin)
        stage.frame_changed.connect(lambda _: self._again())
        document.ended.connect(lambda *_: self._resume())
        document.encoded.connect(self._known.add)
        document.closed.connect(self._forget)

    def _begin(self, _: int) -> None:
        self._painting = True
        self._again()

    def _again(self) -> None:
        if self._painting:
            self._timer.start()

    def _resume(self) -> None:
        """Other work has ended what was asked for."""
        self._around = None
        self._again()

    def _ask(self) -> None:
        snapshot, frame = self._document.snapshot, self._stage.frame
        if snapshot is None or self._document.busy or frame == self._around:
            return
        self._around = frame
        frames = [f for f in nearest(snapshot.frames, frame, _MOST) if f not in self._known]
        if frames:
            self._document.prefetch(frames)

    def _forget(self) -> None:
        self._timer.stop()
        self._known.clear()
        self._painting, self._around = False, None
