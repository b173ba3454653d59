"""The bar under the canvas: play, step, jump, and the in and out points."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from roto_gui.icons import icon
from roto_gui.language import number
from roto_gui.panels.status import ElidedLabel
from roto_gui.theme import WARNING, hexed
from roto_gui.timeline.words import nearest_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QFocusEvent, QKeyEvent

    from roto_gui.state import Snapshot

_NUMBER = re.compile(r"\s*([+-]?)(\d{1,9})\s*")
_ICON = QSize(18, 18)


def parse_frame(text: str, frames: Sequence[int], current: int) -> int | None:
    """The frame on disk that is nearest to what was typed; None where that is no number.

    ``+10`` and ``-10`` count from the current frame, except that a number below zero is one as
    it stands where the clip has such numbers.

    >>> parse_frame("1043", range(1001, 1101), 1001), parse_frame("+5", range(1001, 1101), 1001)
    (1043, 1006)
    """
    found = _NUMBER.fullmatch(text)
    if found is None or not frames:
        return None
    number = int(found[1] + found[2])
    if found[1] == "+" or (found[1] == "-" and frames[0] >= 0):
        number += current
    return nearest_number(frames, number)


class FrameField(QLineEdit):
    """A field for a frame number: Enter takes it, Escape and anything else that is bad do not.

    Args:
        read: What a text means; None: bad.
        optional: Whether it may be empty.
        parent: As in Qt.
    """

    chosen = Signal(object)  # int, or None where it was emptied

    def __init__(
        self, read: Callable[[str], int | None], *, optional: bool = False, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._read = read
        self._optional = optional
        self._shown = ""
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("0000000") + 18)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.returnPressed.connect(self._take)

    def show_frame(self, frame: int | None) -> None:
        """Show a number; what is being typed stays until it is taken."""
        self._shown = "" if frame is None else str(frame)
        if not (self.hasFocus() and self.isModified()):
            self.setText(self._shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Give up on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.restore()
            self.clearFocus()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """What is typed replaces what is there."""
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Only Enter takes a number."""
        super().focusOutEvent(event)
        self.restore()

    def restore(self) -> None:
        """Show again what holds."""
        self.setText(self._shown)

    def _take(self) -> None:
        text = self.text().strip()
        frame = self._read(text)
        if frame is None and not (self._optional and not text):
            self.restore()
            self.selectAll()
            return
        self.show_frame(frame)
        self.restore()
        self.clearFocus()
        self.chosen.emit(frame)


class Transport(QWidget):
    """Buttons and fields to move about in the clip."""

    frame_chosen = Signal(int)
    play_toggled = Signal(int)  # what is wanted now: 1 forward, -1 backward, 0 stop
    step = Signal(int)  # frames: 1 or -1
    keyframe_step = Signal(int)  # keyframes: 1 or -1
    range_changed = Signal(object, object)  # first and last frame; None: open

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frames: Sequence[int] = ()
        self._frame = 0
        self._range: tuple[int | None, int | None] = (None, None)
        self._direction = 0
        self.buttons: dict[str, QToolButton] = {}
        self.field = FrameField(self._parse, parent=self)
        self.first = FrameField(self._parse, optional=True, parent=self)
        self.last = FrameField(self._parse, optional=True, parent=self)
        self.of = QLabel(self)
        self.rate, self.zoom = ElidedLabel(self), QLabel(self)
        self._make_buttons()
        self._arrange()
        self.field.chosen.connect(lambda frame: self.frame_chosen.emit(frame))
        self.first.chosen.connect(self._first_typed)
        self.last.chosen.connect(self._last_typed)
        self.set_snapshot(None)

    def set_snapshot(self, snapshot: Snapshot | None) -> None:
        """Take over which frames there are."""
        self._frames = snapshot.frames if snapshot else ()
        self.setEnabled(bool(self._frames))
        ends = f"{self._frames[0]}–{self._frames[-1]}" if self._frames else ""
        self.of.setText(ends)
        for field, at in ((self.first, 0), (self.last, -1)):
            field.setPlaceholderText(str(self._frames[at]) if self._frames else "")
        keyed = bool(snapshot and snapshot.keyframes)
        for name in ("previous-key", "next-key"):
            self.buttons[name].setEnabled(keyed)
        if not self._frames:
            self.field.setText("")
            self.set_range(None, None)

    def set_frame(self, frame: int) -> None:
        """Show where we are."""
        self._frame = frame
        self.field.show_frame(frame)

    def set_range(self, first: int | None, last: int | None) -> None:
        """Show the in and the out point; None: open."""
        self._range = (first, last)
        self.first.show_frame(first)
        self.last.show_frame(last)

    def set_rate(self, rate: float, dropped: int = 0) -> None:
        """Show how fast frames are shown, and how many were left out."""
        text = self.tr("{0} fps").format(number(rate, 1))
        if dropped:
            text = self.tr("{0}, {1} dropped").format(text, number(dropped))
        self.rate.set_text(text)
        self.rate.setStyleSheet(f"color: {hexed(WARNING)}" if dropped else "")

    def set_scale(self, scale: float) -> None:
        """Show how large the picture is: display pixels per pixel of the plate."""
        self.zoom.setText(self.tr("{0} %").format(number(100 * scale)))

    def set_playing(self, direction: int) -> None:
        """Show what plays: 1 forward, -1 backward, 0 nothing."""
        self._direction = direction
        self.buttons["play"].setChecked(direction > 0)
        self.buttons["play-back"].setChecked(direction < 0)
        self.buttons["stop"].setEnabled(direction != 0)

    def _parse(self, text: str) -> int | None:
        return parse_frame(text, self._frames, self._frame)

    def _play(self, direction: int) -> None:
        """The button of what plays stops it."""
        wanted = 0 if direction == self._direction else direction
        self.set_playing(self._direction)  # until the player says otherwise
        self.play_toggled.emit(wanted)

    def _go(self, end: int) -> None:
        """To the in or the out point, and from there to the end of the clip."""
        if not self._frames:
            return
        point = self._range[0 if end < 0 else 1]
        last = self._frames[0 if end < 0 else -1]
        beyond = point is None or (self._frame <= point if end < 0 else self._frame >= point)
        self.frame_chosen.emit(last if point is None or beyond else point)

    def _first_typed(self, frame: int | None) -> None:
        last = self._range[1]
        self._change_range(frame, None if _after(frame, last) else last)

    def _last_typed(self, frame: int | None) -> None:
        first = self._range[0]
        self._change_range(None if _after(first, frame) else first, frame)

    def _change_range(self, first: int | None, last: int | None) -> None:
        """At the ends of the clip a point is open; one that the other passed is cleared."""
        first = None if first == self._frames[0] else first
        last = None if last == self._frames[-1] else last
        self.set_range(first, last)
        self.range_changed.emit(first, last)

    def _make_buttons(self) -> None:
        acts: dict[str, tuple[str, Callable[[], object]]] = {
            "first": (self.tr("To the in point, then to the first frame"), lambda: self._go(-1)),
            "previous-key": (self.tr("Previous keyframe"), lambda: self.keyframe_step.emit(-1)),
            "previous": (self.tr("Previous frame"), lambda: self.step.emit(-1)),
            "play-back": (self.tr("Play backward"), lambda: self._play(-1)),
            "stop": (self.tr("Stop"), lambda: self.play_toggled.emit(0)),
            "play": (self.tr("Play"), lambda: self._play(1)),
            "next": (self.tr("Next frame"), lambda: self.step.emit(1)),
            "next-key": (self.tr("Next keyframe"), lambda: self.keyframe_step.emit(1)),
            "last": (self.tr("To the out point, then to the last frame"), lambda: self._go(1)),
        }
        for name, (tip, act) in acts.items():
            button = QToolButton(self)
            button.setIcon(icon(name))
            button.setIconSize(_ICON)
            button.setAutoRaise(True)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setCheckable(name.startswith("play"))
            button.setAutoRepeat(name in ("previous", "next"))
            button.clicked.connect(lambda _checked=False, act=act: act())
            self.buttons[name] = button
        self.buttons["stop"].setEnabled(False)

    def _arrange(self) -> None:
        self.field.setToolTip(self.tr("Frame: type a number, or +10 and -10, and press Enter"))
        self.first.setToolTip(self.tr("In point; empty: the first frame"))
        self.last.setToolTip(self.tr("Out point; empty: the last frame"))
        self.field.setAccessibleName(self.tr("Frame"))
        self.first.setAccessibleName(self.tr("In point"))
        self.last.setAccessibleName(self.tr("Out point"))
        self.zoom.setProperty("muted", True)
        self.zoom.setToolTip(self.tr("Zoom; at 100 % pixels of plate and screen are the same"))
        self.zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.zoom.setMinimumWidth(self.fontMetrics().horizontalAdvance("0,000 %"))
        self.rate.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 3, 8, 3)
        row.setSpacing(2)
        for widget in (QLabel(self.tr("In"), self), self.first, QLabel(self.tr("Out"), self)):
            row.addWidget(widget)
            row.addSpacing(4)
        row.addWidget(self.last)
        row.addStretch(1)
        for button in self.buttons.values():
            row.addWidget(button)
        row.addSpacing(10)
        row.addWidget(self.field)
        row.addSpacing(4)
        row.addWidget(self.of)
        row.addWidget(self.rate, 1)
        row.addSpacing(8)
        row.addWidget(self.zoom)


def _after(first: int | None, last: int | None) -> bool:
    return first is not None and last is not None and first > last
