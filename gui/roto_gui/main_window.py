"""The window: puts the parts together and nothing else.

What commands do is in ``roto_gui.commands``, what is shown in ``roto_gui.stage``, what is edited in
``roto_gui.document.document``. A new feature gets a home of its own before it gets a line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDockWidget,
    QMainWindow,
    QMenu,
    QScrollArea,
    QStackedWidget,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from roto_gui.actions.action_set import ActionSet
from roto_gui.actions.palette import CommandPalette
from roto_gui.canvas.widget import Canvas
from roto_gui.commands import history, locks, masks, moving, objects, propagating, viewing
from roto_gui.commands.files import Files
from roto_gui.commands.helping import Helping
from roto_gui.document.document import Document
from roto_gui.panels.objects import ObjectsPanel
from roto_gui.panels.status import NoticeBar, StatusLine
from roto_gui.panels.tool_options import ToolOptions
from roto_gui.panels.view_options import ViewOptions
from roto_gui.playback.transport import Transport
from roto_gui.receipts.strip import ReceiptStrip
from roto_gui.settings.places import Places
from roto_gui.settings.recent import RecentMenu
from roto_gui.timeline import Timeline
from roto_gui.welcome import WelcomePage
from roto_gui.wiring import Wiring
from roto_gui.workspace import Workspace

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent

    from roto_gui.settings.config import Config

_TITLE = "roto"
_LINGER = 2.0  # seconds
_BARS = 80  # logical pixels of the menu bar, the status line and the timeline's title
_WELCOME, _WORK = 0, 1  # pages


class MainWindow(QMainWindow):
    """One window, one document.

    Args:
        config: Preferences and layout.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.places = Places(parent=self)
        self.document = Document(self)
        self.canvas = Canvas()
        self.work = Workspace(self.document, self.canvas, config)
        self.files = Files(self.work, config, self)
        self.actions_ = ActionSet(self)
        self._make_parts()
        self._arrange()
        self._connect_actions()
        self.wiring = Wiring(self)
        self.setWindowTitle(_TITLE)
        self.resize(1440, 900)
        self._size_docks()
        self._layout = self._default_layout = self.saveState()
        self._restore_layout()

    def open(self, path: str) -> None:
        """Open a clip or a project."""
        self.files.open(path)

    def app_dialog(self) -> QDialog | None:
        """The dialog that is open, the newest of several."""
        found = [d for d in self.findChildren(QDialog) if d.isVisible()]
        return found[-1] if found else None

    def show_welcome(self, welcome: bool) -> None:
        """The welcome page, or the canvas and the panels around it as they were left."""
        self._keep_layout()
        self.pages.setCurrentIndex(_WELCOME if welcome else _WORK)
        if not welcome:
            self.restoreState(self._layout)
        for dock in self.docks if welcome else ():
            dock.hide()

    def reset_layout(self) -> None:
        """All panels where they were at first."""
        self._layout = self._default_layout
        if self._at_work:
            self.restoreState(self._layout)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Remember the layout; the project is on disk already."""
        self.work.painter.close()
        self._keep_layout()
        self.config.update(geometry=_text(self.saveGeometry()), state=_text(self._layout))
        self.document.close()
        self.hide()
        self.document.wait(_LINGER)  # nobody sees it wait; what takes longer ends after the window
        super().closeEvent(event)

    def _make_parts(self) -> None:
        self.timeline = Timeline()
        self.transport = Transport()
        self.receipts = ReceiptStrip()
        self.notices = NoticeBar()
        self.status = StatusLine()
        self.objects_panel = ObjectsPanel()
        self.tool_options = ToolOptions()
        self.view_options = ViewOptions()
        self.welcome = WelcomePage()
        self.palette_ = CommandPalette(self, self.actions_)
        self.recent_menu = RecentMenu(self)

    def _arrange(self) -> None:
        self.pages = QStackedWidget()
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(_column(self.canvas, self.receipts, self.transport))
        self.setCentralWidget(_column(self.notices, self.pages))  # errors show on either page
        area = Qt.DockWidgetArea
        left, right = area.LeftDockWidgetArea, area.RightDockWidgetArea
        self.docks = [
            self._dock("timeline", self.tr("Timeline"), self.timeline, area.BottomDockWidgetArea),
            self._dock("tools", self.tr("Tools"), _scrolling(self.tool_options), left),
            self._dock("objects", self.tr("Objects"), self.objects_panel, right),
            self._dock("view", self.tr("View"), _scrolling(self.view_options), right),
        ]
        self.statusBar().addPermanentWidget(self.status, 1)
        self.statusBar().setSizeGripEnabled(False)

    def _dock(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        return dock

    def _connect_actions(self) -> None:
        helping = self.helping = Helping(self)
        for slots in (
            self.files.slots(),
            helping.slots(),
            history.slots(self.work),
            objects.slots(self.work),
            locks.slots(self.work),
            masks.slots(self.work),
            propagating.slots(self.work),
            viewing.slots(self.work),
            moving.slots(self.work),
        ):
            for name, slot in slots.items():
                self.actions_.connect(name, slot)
        self.actions_.build_menus(self.menuBar())
        self.actions_.set_submenu("recent", self.recent_menu)
        panels = QMenu(self)
        panels.addActions([dock.toggleViewAction() for dock in self.docks])
        self.actions_.set_submenu("panels", panels)

    @property
    def _at_work(self) -> bool:
        """Whether it is not the welcome page that is seen."""
        return self.pages.currentIndex() == _WORK

    def _keep_layout(self) -> None:
        """Remember where the panels are, and which are put away."""
        if self._at_work:
            self._layout = self.saveState()

    def _size_docks(self) -> None:
        """All of the view's options can be seen, and the objects have the rest of the column."""
        _, _, objects, view = self.docks
        title = view.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
        needed = self.view_options.sizeHint().height() + title
        rest = self.height() - self.timeline.sizeHint().height() - _BARS - needed
        self.resizeDocks([objects, view], [max(rest, title), needed], Qt.Orientation.Vertical)

    def _restore_layout(self) -> None:
        chosen = self.config.preferences
        if chosen.geometry:
            self.restoreGeometry(_bytes(chosen.geometry))
        if chosen.state and self.restoreState(_bytes(chosen.state)):
            self._layout = _bytes(chosen.state)
        self.show_welcome(True)


def _column(*parts: QWidget) -> QWidget:
    """One above the other; those that can grow share what room there is."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in parts:
        column.addWidget(part, 1 if isinstance(part, (Canvas, QStackedWidget)) else 0)
    return made


def _scrolling(widget: QWidget) -> QScrollArea:
    """Scrolls up and down; as wide as the widget needs, in whatever language it speaks."""
    area = QScrollArea()
    bar = area.verticalScrollBar().sizeHint().width()
    area.setMinimumWidth(widget.minimumSizeHint().width() + bar)
    area.setWidget(widget)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode("ascii")


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(QByteArray(text.encode("ascii")))
