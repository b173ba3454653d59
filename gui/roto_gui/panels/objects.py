"""The object list: what there is, in which colour, seen or not, and how far the work is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from roto_gui.icons import icon
from roto_gui.panels.object_delegate import ObjectDelegate
from roto_gui.panels.object_model import OBJECT, ObjectModel

if TYPE_CHECKING:
    from roto_gui.state import ObjectState, Snapshot

_HINT_MS = 10_000


class ObjectsView(QListView):
    """The list; a click on a button of a row does not choose the row."""

    pressed_button = Signal(QModelIndex, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = ObjectDelegate(self)
        self.setItemDelegate(self.rows)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for four objects."""
        return QSize(270, 190)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Buttons go their own way."""
        if not self._is_button(event):
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The end of what ``mousePressEvent`` began."""
        if (
            event.button() != Qt.MouseButton.LeftButton
            or self._zone(event.position().toPoint())[1] is None
        ):
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Two quick clicks on a button are two clicks."""
        if not self._is_button(event):
            super().mouseDoubleClickEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The rows, or what to do where there are none."""
        super().paintEvent(event)
        if self.model() is not None and self.model().rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            text = self.tr("No objects yet. The first stroke on the picture makes one.")
            painter.drawText(self.viewport().rect().adjusted(16, 8, -16, -8), int(flags), text)
            painter.end()

    def _is_button(self, event: QMouseEvent) -> bool:
        index, zone = self._zone(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or zone is None:
            return False
        self.pressed_button.emit(index, zone)
        return True

    def _zone(self, at: QPoint) -> tuple[QModelIndex, str | None]:
        index = self.indexAt(at)
        zone = self.rows.zone(self.visualRect(index), at) if index.isValid() else None
        return index, zone


class ObjectsPanel(QWidget):
    """The objects of a snapshot. What the artist does is told in signals; nothing changes here.

    Attributes:
        way_to_undo: What its texts call the way to take an edit back.
    """

    object_chosen = Signal(int)
    added = Signal()
    renamed = Signal(int, str)
    recoloured = Signal(int, tuple)
    visibility_changed = Signal(int, bool)
    solo_changed = Signal(object)
    lifetime_changed = Signal(int, object, object)
    removed = Signal(int)
    absent_here = Signal(int)
    lock_wanted = Signal(int, int)  # object, frame
    unlock_wanted = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.way_to_undo = self.tr("Undo")
        self.model = ObjectModel(self)
        self.view = ObjectsView(self)
        self.view.setModel(self.model)
        self.view.setAccessibleName(self.tr("Objects"))
        self.add = QPushButton(icon("plus"), self.tr("Add object"), self)
        self.add.setToolTip(self.tr("A new object with a colour of its own"))
        self.hint = QLabel(self)
        self.hint.setWordWrap(True)
        self.hint.hide()
        self.colour_dialog: QColorDialog | None = None
        self._read_only = False
        self._quiet = False
        self._hint_timer = QTimer(self, singleShot=True, interval=_HINT_MS)
        self._arrange()
        self._connect()
        self.set_snapshot(None)

    def set_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show another state; the selection stays on its object."""
        self._read_only = snapshot is None or snapshot.read_only
        self._quiet = True
        self.model.set_snapshot(snapshot)
        self._quiet = False
        self.add.setEnabled(not self._read_only)
        if self.model.solo is not None and not self.model.row_of(self.model.solo).isValid():
            self.set_solo(None)
        self.view.viewport().update()

    def set_active(self, object_id: int | None) -> None:
        """Select an object without telling anybody."""
        self._quiet = True
        index = self.model.row_of(object_id)
        if index.isValid():
            self.view.setCurrentIndex(index)
            self.view.scrollTo(index)
        else:
            self.view.setCurrentIndex(QModelIndex())
        self._quiet = False

    def set_frame(self, frame: int) -> None:
        """Which frame the marks and the context menu are about."""
        self.model.set_frame(frame)

    def set_solo(self, object_id: int | None) -> None:
        """Show one object alone, or all; tells it where that is new."""
        if object_id != self.model.solo:
            self.model.set_solo(object_id)
            self.solo_changed.emit(object_id)

    def rename(self, object_id: int) -> None:
        """Open the field for an object's name."""
        index = self.model.row_of(object_id)
        if index.isValid() and not self._read_only:
            self.view.scrollTo(index)
            self.view.edit(index)

    def choose_colour(self, object_id: int) -> None:
        """Open the colour dialog of an object; work goes on beside it."""
        known = self._object(self.model.row_of(object_id))
        if known is None or self._read_only:
            return
        if self.colour_dialog is not None:
            self.colour_dialog.close()
        dialog = QColorDialog(QColor(*known.colour), self)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.setWindowTitle(self.tr("Colour of {name}").format(name=known.name))
        dialog.setWindowModality(Qt.WindowModality.NonModal)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(partial(self._tell_colour, object_id))
        dialog.finished.connect(self._forget_dialog)
        self.colour_dialog = dialog
        dialog.show()

    def menu(self, object_id: int) -> QMenu:
        """The context menu of an object, to be popped up; its own once it is closed."""
        known = self._object(self.model.row_of(object_id))
        assert known is not None
        frame = self.model.frame
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        edits = [
            menu.addAction(self.tr("Rename"), partial(self.rename, object_id)),
            menu.addAction(self.tr("Change colour…"), partial(self.choose_colour, object_id)),
        ]
        menu.addSeparator()
        if frame is not None:
            edits += self._frame_actions(menu, known, frame)
        remove = self.tr("Remove {name}").format(name=known.name)
        edits.append(menu.addAction(remove, partial(self._remove, object_id)))
        for action in edits:
            action.setEnabled(action.isEnabled() and not self._read_only)
        return menu

    def _frame_actions(self, menu: QMenu, known: ObjectState, frame: int) -> list[QAction]:
        tell, first, last = self.lifetime_changed.emit, known.first, known.last
        texts = [
            (
                self.tr("Lock frame {n}"),
                partial(self.lock_wanted.emit, known.id, frame),
                known.states.get(frame) not in ("locked", None),
            ),
            (
                self.tr("Unlock frame {n}"),
                partial(self.unlock_wanted.emit, known.id, frame),
                known.states.get(frame) == "locked",
            ),
            (self.tr("Not in frame {n}"), partial(self.absent_here.emit, known.id), True),
            (
                self.tr("Lifetime starts at {n}"),
                partial(tell, known.id, frame, last),
                last is None or frame <= last,
            ),
            (
                self.tr("Lifetime ends at {n}"),
                partial(tell, known.id, first, frame),
                first is None or frame >= first,
            ),
            (
                self.tr("Clear lifetime"),
                partial(tell, known.id, None, None),
                (first, last) != (None, None),
            ),
        ]
        actions = []
        for text, do, possible in texts:
            actions.append(menu.addAction(text.format(n=frame), do))
            actions[-1].setEnabled(possible)
        menu.addSeparator()
        return actions

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.add)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.hint)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.add.clicked.connect(lambda: self.added.emit())
        self.model.named.connect(self.renamed)
        self.view.pressed_button.connect(self._press)
        self.view.selectionModel().currentChanged.connect(self._choose)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._pop_up)
        self._hint_timer.timeout.connect(self.hint.hide)

    def _choose(self, index: QModelIndex) -> None:
        known = self._object(index)
        if known is not None and not self._quiet:
            self.object_chosen.emit(known.id)

    def _press(self, index: QModelIndex, zone: str) -> None:
        known = self._object(index)
        if known is None:
            return
        if zone == "solo":
            self.set_solo(None if self.model.solo == known.id else known.id)
        elif self._read_only:
            return
        elif zone == "colour":
            self.choose_colour(known.id)
        else:
            self.visibility_changed.emit(known.id, not known.visible)

    def _pop_up(self, at: QPoint) -> None:
        known = self._object(self.view.indexAt(at))
        if known is not None:
            self.menu(known.id).popup(self.view.viewport().mapToGlobal(at))

    def _remove(self, object_id: int) -> None:
        known = self._object(self.model.row_of(object_id))
        if known is None:
            return
        text = self.tr("{name} is removed with its keyframes and mattes; {undo} brings it back.")
        self.hint.setText(text.format(name=known.name, undo=self.way_to_undo))
        self.hint.show()
        self._hint_timer.start()
        self.removed.emit(object_id)

    def _tell_colour(self, object_id: int, colour: QColor) -> None:
        self.recoloured.emit(object_id, (colour.red(), colour.green(), colour.blue()))

    def _forget_dialog(self) -> None:
        self.colour_dialog = None

    @staticmethod
    def _object(index: QModelIndex) -> ObjectState | None:
        known: ObjectState | None = index.data(OBJECT) if index.isValid() else None
        return known
