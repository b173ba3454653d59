"""What the window shows before anything is open: where to drop a clip, and what was open lately."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPen, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from roto import __version__
from roto_gui.settings.recent import entries
from roto_gui.theme import ACCENT, DISABLED, LINE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPaintEvent

_WIDTH, _LIST_HEIGHT = 620, 260


class DropTarget(QFrame):
    """The dashed field: says what can be dropped, and shines while something is held over it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hot = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumHeight(150)

    def set_hot(self, hot: bool) -> None:
        """Whether something that can be opened is over the page."""
        self._hot = hot
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The dashed line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(*(ACCENT if self._hot else DISABLED)), 1.5, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        if self._hot:
            painter.setBrush(QColor(*LINE))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 8, 8)


class WelcomePage(QWidget):
    """The first page. It takes drops anywhere on it.

    Attributes:
        recent: The list of what was open lately.
    """

    opened = Signal(str)
    """A path was dropped or chosen from the list."""
    sample_wanted = Signal()
    """"Open sample" was pressed."""
    browse_wanted = Signal()
    """"Open…" was pressed: show a file dialog."""
    browse_folder_wanted = Signal()
    """"Open folder…" was pressed: show a dialog for folders."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.target = DropTarget()
        self.open_button = QPushButton(self.tr("Open…"))
        self.folder_button = QPushButton(self.tr("Open folder…"))
        self.folder_button.setToolTip(self.tr("A folder with the frames of one image sequence."))
        self.sample_button = QPushButton(self.tr("Open sample"))
        self.recent = QListWidget()
        self._recent_title = self._muted(self.tr("Open recent"))
        self._foot = self._muted("")
        self.set_way_to_keys("?")
        self._lay_out()
        self.open_button.clicked.connect(self.browse_wanted)
        self.folder_button.clicked.connect(self.browse_folder_wanted)
        self.sample_button.clicked.connect(self.sample_wanted)
        self.recent.itemClicked.connect(self._choose)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            enter = QShortcut(QKeySequence(key), self.recent)
            enter.setContext(Qt.ShortcutContext.WidgetShortcut)
            enter.activated.connect(lambda: self._choose(self.recent.currentItem()))
        self.set_recent(())

    def set_recent(self, recent: Sequence[str]) -> None:
        """Show what was open lately, the latest first; what is missing is greyed."""
        self.recent.clear()
        for entry in entries(recent):
            name = entry.name if entry.exists else self.tr("{0} (missing)").format(entry.name)
            item = QListWidgetItem(f"{name}    {entry.folder}")
            item.setData(Qt.ItemDataRole.UserRole, entry.path)
            item.setToolTip(entry.path)
            if not entry.exists:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.recent.addItem(item)
        rows = self.recent.count() * max(self.recent.sizeHintForRow(0), 1)
        self.recent.setFixedHeight(min(rows + 2 * self.recent.frameWidth() + 4, _LIST_HEIGHT))
        for widget in (self.recent, self._recent_title):
            widget.setVisible(self.recent.count() > 0)

    def set_way_to_keys(self, way: str) -> None:
        """Say how the list of all keys is reached: a key, or a menu."""
        text = self.tr("roto {version}. All keys: {way}")
        self._foot.setText(text.format(version=__version__, way=way))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Files and folders are welcome."""
        if _dropped(event.mimeData()):
            event.acceptProposedAction()
            self.target.set_hot(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        """Whatever it was, it is gone."""
        self.target.set_hot(False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Open the first of what was dropped."""
        self.target.set_hot(False)
        paths = _dropped(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.opened.emit(paths[0])

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is None or not item.flags() & Qt.ItemFlag.ItemIsEnabled:
            return
        # A double click is one choice, too.
        self.recent.setEnabled(False)
        again = QApplication.doubleClickInterval()
        QTimer.singleShot(again, self.recent, lambda: self.recent.setEnabled(True))
        self.opened.emit(item.data(Qt.ItemDataRole.UserRole))

    def _lay_out(self) -> None:
        self.recent.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.recent.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        invitation = QLabel(self.tr("Drop a clip, an image sequence folder or a .roto project"))
        invitation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        invitation.setWordWrap(True)
        font = invitation.font()
        font.setPointSizeF(font.pointSizeF() * 1.35)
        invitation.setFont(font)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.open_button)
        buttons.addWidget(self.folder_button)
        buttons.addWidget(self.sample_button)
        buttons.addStretch()
        inside = QVBoxLayout(self.target)
        inside.setContentsMargins(24, 24, 24, 24)
        inside.setSpacing(16)
        inside.addStretch()
        inside.addWidget(invitation)
        inside.addLayout(buttons)
        inside.addStretch()
        column = QWidget()
        column.setMaximumWidth(_WIDTH)
        middle = QVBoxLayout(column)
        middle.setSpacing(8)
        middle.addStretch(1)
        middle.addWidget(self.target, 2)
        middle.addSpacing(8)
        middle.addWidget(self._recent_title)
        middle.addWidget(self.recent)
        middle.addSpacing(8)
        middle.addWidget(
            self._muted(
                self.tr(
                    "Frames are read where they are; nothing is copied, and every edit is kept."
                )
            )
        )
        middle.addWidget(self._foot)
        middle.addStretch(1)
        across = QHBoxLayout(self)
        across.addStretch(1)
        across.addWidget(column, 6)
        across.addStretch(1)

    def _muted(self, text: str) -> QLabel:
        made = QLabel(text, wordWrap=True)
        made.setProperty("muted", True)
        return made


def _dropped(data: QMimeData) -> list[str]:
    """Local paths of what is dragged."""
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
