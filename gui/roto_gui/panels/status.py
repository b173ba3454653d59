"""The line below the canvas, and the strip of notices above it. Nothing here stops the work."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPalette, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from roto_gui.icons import icon
from roto_gui.theme import ACCENT, WARNING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from roto_gui.state import Progress, Snapshot

_BAR_WIDTH = 170
_STRIPE = 5  # logical pixels
_READING = 5.0  # seconds
_COLOURS = {True: WARNING, False: ACCENT}  # of errors, of notices


def duration(seconds: float) -> str:
    """Time left as a clock shows it: ``0:07``, ``3:20``, ``1:02:00``.

    >>> duration(200.4)
    '3:20'
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


class ElidedLabel(QLabel):
    """One line of text that is cut off rather than making the window wider."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_text(self, text: str) -> None:
        """Show a text; where it is cut off, its tooltip has all of it."""
        self._text = text
        self._fit()

    @property
    def whole(self) -> str:
        """The text, cut off or not."""
        return self._text

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """It may become as narrow as need be."""
        return QSize(40, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Cut anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = self.contentsRect().width()
        cut = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, width)
        self.setText(cut)
        self.setToolTip(self._text if cut != self._text else "")


class StatusLine(QWidget):
    """What to do next, what there is to check, and how far the work in the background is."""

    frame_chosen = Signal(int)
    pause_wanted = Signal(bool)
    """True: halt; False: go on."""
    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hint = ElidedLabel(self)
        self.counts = QLabel(self)
        self.counts.setProperty("muted", True)
        self.check = QPushButton(self)
        self.bar = QProgressBar(self)
        self.bar.setFixedWidth(_BAR_WIDTH)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.remaining = QLabel(self)
        self.pause = QPushButton(self.tr("Pause"), self)
        self.cancel = QPushButton(self.tr("Stop"), self)
        self.cancel.setToolTip(self.tr("What is finished stays."))
        self._frame: int | None = None
        self._paused = False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.setSpacing(8)
        layout.addWidget(self.hint, 1)
        for part in (self.counts, self.check, self.bar, self.remaining, self.pause, self.cancel):
            layout.addWidget(part)
        self.check.clicked.connect(self._go)
        self.pause.clicked.connect(lambda: self.pause_wanted.emit(not self._paused))
        self.cancel.clicked.connect(lambda: self.cancel_wanted.emit())
        self.set_snapshot(None)
        self.set_progress(None)

    def set_hint(self, text: str) -> None:
        """One sentence: what can be done now."""
        self.hint.set_text(text)

    def set_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show counts and the first frame to check."""
        parts = []
        if snapshot is not None:
            for state, text in (("stale", self.tr("{n} stale")), ("open", self.tr("{n} open"))):
                frames = {f for o in snapshot.objects for f, s in o.states.items() if s == state}
                if frames:
                    parts.append(text.format(n=len(frames)))
            if len(snapshot.suggestions) > 1:
                parts.append(self.tr("{n} to check").format(n=len(snapshot.suggestions)))
        self.counts.setText(", ".join(parts))
        self.counts.setVisible(bool(parts))
        first = snapshot.suggestions[0] if snapshot is not None and snapshot.suggestions else None
        self._frame = None if first is None else first.frame
        self.check.setVisible(first is not None)
        if first is not None and snapshot is not None:
            known = snapshot.object(first.object)
            why = {
                "low confidence": self.tr("{name}: the result is least certain here."),
                "far from keyframes": self.tr("{name}: far from all keyframes."),
            }[first.reason]
            self.check.setText(self.tr("Check frame {n}").format(n=first.frame))
            self.check.setToolTip(why.format(name="" if known is None else known.name))

    def set_progress(self, progress: Progress | None) -> None:
        """Show how far the work is; None: there is none."""
        working = progress is not None
        for part in (self.bar, self.remaining, self.pause, self.cancel):
            part.setVisible(working)
        if progress is None:
            self._paused = False
            return
        self._paused = progress.paused
        self.bar.setRange(0, progress.total)  # an unknown total shows as busy
        self.bar.setValue(progress.done)
        self.bar.setFormat(self._title(progress))
        self.remaining.setText(self._time(progress))
        self.pause.setText(self.tr("Go on") if progress.paused else self.tr("Pause"))
        self.pause.setVisible(progress.what != "open")

    def _title(self, progress: Progress) -> str:
        texts = {
            "propagate": self.tr("Propagating {done}/{total}"),
            "export": self.tr("Exporting {done}/{total}"),
            "open": self.tr("Opening"),
            "self-test": self.tr("Testing {done}/{total}"),
        }
        return texts[progress.what].format(done=progress.done, total=progress.total)

    def _time(self, progress: Progress) -> str:
        if not progress.total:
            return self._title(progress)  # a bar without an end shows no text of its own
        if progress.paused:
            return self.tr("paused")
        left = progress.remaining
        return "" if left is None else self.tr("{time} left").format(time=duration(left))

    def _go(self) -> None:
        if self._frame is not None:
            self.frame_chosen.emit(self._frame)


Choice = tuple[str, Callable[[], None]]
"""What a button says, and what it does."""


@dataclass(frozen=True)
class _Notice:
    text: str
    todo: str = ""
    error: bool = False
    choices: tuple[Choice, ...] = field(default=(), compare=False)


class NoticeBar(QFrame):
    """Says what went wrong and what to do about it, the newest thing first.

    It takes no focus and stops nothing. What an artist has just done is answered at once; an older
    error that was not read waits below and comes back. A notice goes when the artist goes on, but
    not before there was time to read it.

    Attributes:
        reading: Seconds that a notice stays at least.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.what, self.todo = QLabel(self), QLabel(self)
        for label in (self.what, self.todo):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.todo.setProperty("muted", True)
        self.more = QLabel(self)
        self.more.setProperty("muted", True)
        self.close_button = QToolButton(self)
        self.close_button.setIcon(icon("close"))
        self.close_button.setAutoRaise(True)
        self.close_button.setAccessibleName(self.tr("Dismiss"))
        self.close_button.setToolTip(self.tr("Dismiss"))
        self.close_button.clicked.connect(self.dismiss)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.dismiss)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.what)
        texts.addWidget(self.todo)
        self.buttons: list[QPushButton] = []
        self._row = QHBoxLayout()
        self._row.setSpacing(6)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Button)
        layout.addLayout(texts, 1)
        layout.addLayout(self._row)
        layout.addWidget(self.more)
        layout.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._waiting: list[_Notice] = []  # errors, the newest last
        self._shown: _Notice | None = None
        self._since = 0.0  # when it was shown
        self.reading = _READING
        self.hide()

    @property
    def waiting(self) -> int:
        """How many errors wait below what is shown."""
        return len(self._waiting)

    def show_error(self, what: str, todo: str = "") -> None:
        """Say what went wrong, and what to do about it. The same twice is said once."""
        self._add(_Notice(what, todo, error=True))

    def show_notice(self, text: str) -> None:
        """Say something worth knowing. It is gone when anything comes after it."""
        self._add(_Notice(text))

    def show_choice(self, text: str, choices: Sequence[Choice]) -> None:
        """Ask something; a click on one of the buttons answers it, dismissing it does nothing.

        It is gone when anything comes after it.
        """
        self._add(_Notice(text, choices=tuple(choices)))

    def dismiss(self) -> None:
        """This one was read; show the one below, or go away."""
        self._shown = self._waiting.pop() if self._waiting else None
        self._renew()

    def forget(self, what: str) -> None:
        """Errors that say so are none any more, read or not."""
        self._waiting = [one for one in self._waiting if one.text != what]
        if self._shown is not None and self._shown.error and self._shown.text == what:
            self.dismiss()
        else:
            self._renew()

    def go_on(self) -> None:
        """The artist does something else: a notice that was there to be read goes."""
        shown = self._shown
        read = time.monotonic() - self._since >= self.reading
        if shown is not None and not shown.error and not shown.choices and read:
            self.dismiss()

    def clear(self) -> None:
        """Forget them all."""
        self._waiting.clear()
        self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """A stripe at the left says at a glance whether it is an error."""
        super().paintEvent(event)
        if self._shown is not None:
            painter = QPainter(self)
            painter.fillRect(0, 0, _STRIPE, self.height(), QColor(*_COLOURS[self._shown.error]))
            painter.end()

    def _add(self, notice: _Notice) -> None:
        if notice in self._waiting:
            self._waiting.remove(notice)
        if self._shown is not None and self._shown.error and notice != self._shown:
            self._waiting.append(self._shown)
        self._shown, self._since = notice, time.monotonic()
        self._renew()

    def _renew(self) -> None:
        notice = self._shown
        self.setVisible(notice is not None)
        self._offer(() if notice is None else notice.choices)
        if notice is None:
            return
        self.what.setText(notice.text)
        self.todo.setText(notice.todo)
        self.todo.setVisible(bool(notice.todo))
        self.more.setText(self.tr("{n} more").format(n=self.waiting) if self.waiting else "")
        self.setAccessibleName(notice.text)
        self.update()

    def _offer(self, choices: Sequence[Choice]) -> None:
        """A button per choice."""
        for button in self.buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        for text, do in choices:
            button = QPushButton(text, self)
            button.clicked.connect(partial(self._choose, do))
            self._row.addWidget(button)
            self.buttons.append(button)

    def _choose(self, do: Callable[[], None], *_: bool) -> None:
        self.dismiss()
        do()
