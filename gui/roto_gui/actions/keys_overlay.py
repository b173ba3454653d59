"""All keys at a glance, over the window; a click or any key closes it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from roto_gui.actions.action_set import SPECS, label, menu_title
from roto_gui.actions.shortcuts import native, pressed_key
from roto_gui.actions.table import MENUS
from roto_gui.theme import ACCENT, MUTED, hexed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QMouseEvent, QPaintEvent

_COLUMN = 250  # logical pixels, at least


@dataclass(frozen=True)
class Line:
    """One line of the overlay.

    Attributes:
        text: The command, or the title of a menu.
        keys: Its keys; empty for a title.
    """

    text: str
    keys: str = ""


def key_lines(keys: Mapping[str, Sequence[str]]) -> list[Line]:
    """A title per menu and a line per command that has a key."""
    numbers = [f"object_{n}" for n in range(1, 10)]
    plain = all(tuple(keys.get(name, ())) == (name[-1],) for name in numbers)
    made: list[Line] = []
    for menu in MENUS:
        rows = [
            Line(label(spec).rstrip("…"), native(keys[name][:2]))
            for name, spec in SPECS.items()
            if spec.menu == menu and keys.get(name) and not (plain and name in numbers)
        ]
        if plain and menu == "Object":
            rows.append(Line(label(SPECS["object_1"]).replace("1", "1 – 9"), "1 – 9"))
        if rows:
            made += [Line(menu_title(menu)), *rows]
    return made


def pointer_lines() -> list[Line]:
    """What buttons and the wheel do on the picture, which no menu says."""
    return [
        Line(_tr("Mouse and pen")),
        Line(_tr("Zoom at the pointer"), _tr("Wheel")),
        Line(_tr("Move the picture"), _tr("Middle button   Space + drag")),
        Line(_tr("What is not the object"), _tr("Right button   Alt + drag")),
        Line(_tr("Size and hardness of the brush"), _tr("Shift + drag")),
        Line(_tr("Keep what is begun"), _tr("Enter   Double click")),
        Line(_tr("Drop what is begun"), _tr("Esc")),
    ]


def in_columns(lines: Sequence[Line], count: int) -> list[list[Line]]:
    """The lines in ``count`` columns of about the same height; no title ends a column."""
    height = -(-len(lines) // max(count, 1))
    columns: list[list[Line]] = [[]]
    for at, line in enumerate(lines):
        full = len(columns[-1]) >= height
        title_last = not line.keys and len(columns[-1]) == height - 1 and at + 1 < len(lines)
        if (full or title_last) and len(columns) < count:
            columns.append([])
        columns[-1].append(line)
    return columns


class KeysOverlay(QWidget):
    """Covers its window while it is open.

    Args:
        window: What it covers.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._lines: list[Line] = []
        self._before: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._title = QLabel(self.tr("Keys. A click or any key closes this."))
        self._title.setProperty("muted", True)
        self._title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._area = QScrollArea(widgetResizable=True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.viewport().setAutoFillBackground(False)
        self._area.setStyleSheet(
            "QScrollArea, QScrollArea > QWidget > QWidget { background: none; }"
        )
        self._area.viewport().installEventFilter(self)
        box = QVBoxLayout(self)
        box.addWidget(self._title)
        box.addWidget(self._area, 1)
        window.installEventFilter(self)
        self.hide()

    def open(self, keys: Mapping[str, Sequence[str]]) -> None:
        """Show the keys of the commands, by id, as portable text."""
        self._lines = [*key_lines(keys), *pointer_lines()]
        self._before = self.window().focusWidget()
        self._cover()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def leave(self) -> None:
        """Hide it and give the keyboard back."""
        self.hide()
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)

    def event(self, event: QEvent) -> bool:
        """No key means what it means on the canvas while this is open."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The window's size is its size; a click anywhere closes it."""
        if watched is self.parent() and event.type() == QEvent.Type.Resize and self.isVisible():
            self._cover()
        elif watched is not self.parent() and event.type() == QEvent.Type.MouseButtonRelease:
            self.leave()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Any key but Shift and its like closes it; so does the one that opened it."""
        if pressed_key(event):
            self.leave()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click closes it."""
        self.leave()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Dark enough to read on any plate."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(18, 18, 18, 238))

    def _cover(self) -> None:
        parent = self._window
        self.setGeometry(parent.rect())
        most = max(1, min(6, (parent.width() - 24) // _COLUMN))
        for count in range(most, 0, -1):
            inner = self._columns(count)
            if inner.sizeHint().width() <= parent.width() - 40:
                break
        self._area.setWidget(inner)
        inner.setAutoFillBackground(False)  # setWidget turns it on

    def _columns(self, count: int) -> QWidget:
        inner = QWidget()
        row = QHBoxLayout(inner)
        row.setSpacing(28)
        for column in in_columns(self._lines, count):
            text = QLabel(_table(column), textFormat=Qt.TextFormat.RichText)
            text.setAlignment(Qt.AlignmentFlag.AlignTop)
            row.addWidget(text, 1)
        return inner


def _tr(text: str) -> str:
    return QCoreApplication.translate("KeysOverlay", text)


def _table(lines: Sequence[Line]) -> str:
    rows = []
    for line in lines:
        if line.keys:
            keys = escape(line.keys).replace("   ", "&nbsp;&nbsp; ")
            rows.append(
                f"<tr><td>{escape(line.text)}&nbsp;&nbsp;</td>"
                f'<td align="right" style="color: {hexed(MUTED)}">{keys}</td></tr>'
            )
        else:
            title = f'<b style="color: {hexed(ACCENT)}">{escape(line.text)}</b>'
            rows.append(f'<tr><td colspan="2" style="padding-top: 9px">{title}</td></tr>')
    return f'<table width="100%" cellspacing="0" cellpadding="2">{"".join(rows)}</table>'
