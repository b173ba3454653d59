"""The parts of the export dialog: what the artist fills in, and what it comes to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from roto_gui.export.choices import Choices
from roto_gui.panels.marks import swatch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roto_gui.state import Snapshot

_ID = int(Qt.ItemDataRole.UserRole)
_SHOWN = 3  # objects that a warning names before it says how many more
_MOST = 2**31 - 1
_ROWS, _PADDING = 8, 8  # of the list of objects, before it scrolls; pixels


class ExportForm(QWidget):
    """Format, place, names, objects and frames."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.combined, self.format = QComboBox(self), QComboBox(self)
        self.folder, self.name = QLineEdit(self), QLineEdit(self)
        self.browse = QPushButton(self.tr("Choose…"), self)
        self.extension = QLabel(self)
        self.objects = QListWidget(self)
        self.span = QComboBox(self)
        self.first, self.last = QSpinBox(self), QSpinBox(self)
        self.tokens: dict[str, QPushButton] = {}
        self._left_out: set[str] = set()
        self._default_folder = ""
        self._fill_lists()
        self._arrange()
        self._connect()
        self.set_choices(Choices())

    def choices(self) -> Choices:
        """What is filled in."""
        folder = self.folder.text().strip()
        return Choices(
            format=str(self.format.currentData()),
            combined=bool(self.combined.currentData()),
            folder="" if folder == self._default_folder else folder,
            name=self.name.text().strip(),
            left_out=tuple(sorted(self._left_out)),
            span=self.span.currentData(),
            first=self.first.value(),
            last=self.last.value(),
        )

    def set_choices(self, choices: Choices) -> None:
        """Fill it in; tells nobody."""
        self.blockSignals(True)
        self._left_out = set(choices.left_out)
        self.combined.setCurrentIndex(self.combined.findData(choices.combined))
        self.format.setCurrentIndex(self.format.findData(choices.format))
        self.folder.setText(choices.folder or self._default_folder)
        self.name.setText(choices.name)
        self.span.setCurrentIndex(self.span.findData(choices.span))
        self.first.setValue(choices.first)
        self.last.setValue(choices.last)
        for item in self._items():
            item.setCheckState(self._check_state(item.text()))
        self.blockSignals(False)
        self._show_use()

    def set_snapshot(self, snapshot: Snapshot, default_folder: str) -> None:
        """Show the objects and what the clip's frames are; ticks stay as they are."""
        self.blockSignals(True)
        if self.folder.text().strip() in ("", self._default_folder):
            self.folder.setText(default_folder)
        self._default_folder = default_folder
        shown = [(item.data(_ID), item.text()) for item in self._items()]
        if shown != [(o.id, o.name) for o in snapshot.objects]:
            self.objects.clear()
            for known in snapshot.objects:
                item = QListWidgetItem(swatch(known.colour), known.name)
                item.setData(_ID, known.id)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(self._check_state(known.name))
                self.objects.addItem(item)
            self._fit_list()
        text = self.tr("All frames, {first}-{last}")
        self.span.setItemText(
            self.span.findData("all"),
            text.format(first=snapshot.frames[0], last=snapshot.frames[-1]),
        )
        self.blockSignals(False)

    def set_range(self, first: int | None, last: int | None) -> None:
        """Name the in and out point; without them that range is all frames."""
        text = self.tr("From in to out point")
        if first is None and last is None:
            text = self.tr("From in to out point (none set: all frames)")
        self.span.setItemText(self.span.findData("range"), text)

    def show_span(self, first: int, last: int) -> None:
        """Show which frames are meant, where the artist does not type them."""
        if self.span.currentData() == "custom":
            return
        for field, frame in ((self.first, first), (self.last, last)):
            field.blockSignals(True)
            field.setValue(frame)
            field.blockSignals(False)

    def set_folder(self, folder: str) -> None:
        """Write to another folder."""
        self.folder.setText(folder)

    def _fit_list(self) -> None:
        """As high as its rows, up to a limit."""
        rows = min(max(self.objects.count(), 1), _ROWS)
        height = rows * max(self.objects.sizeHintForRow(0), self.fontMetrics().height() + 4)
        self.objects.setFixedHeight(height + 2 * self.objects.frameWidth() + _PADDING)

    def _fill_lists(self) -> None:
        self.combined.addItem(self.tr("One matte per object"), False)
        self.combined.addItem(self.tr("One label map of all objects"), True)
        for name, text in (
            ("exr-half", self.tr("EXR, 16 bit half float")),
            ("exr-float", self.tr("EXR, 32 bit float")),
            ("png-8", self.tr("PNG, 8 bit")),
            ("png-16", self.tr("PNG, 16 bit")),
            ("tiff-16", self.tr("TIFF, 16 bit")),
        ):
            self.format.addItem(text, name)
        self.span.addItem(self.tr("All frames"), "all")
        self.span.addItem("", "range")
        self.span.addItem(self.tr("These frames"), "custom")
        self.set_range(None, None)
        for token, text in (("{object}", self.tr("Object")), ("####", self.tr("Frame"))):
            self.tokens[token] = QPushButton(text, self)
            tip = self.tr("Puts {token} into the name").format(token=token)
            self.tokens[token].setToolTip(tip)
            self.tokens[token].clicked.connect(partial(self._insert, token))
        for field in (self.first, self.last):
            field.setRange(-_MOST, _MOST)
            field.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
            field.setFixedWidth(76)

    def _arrange(self) -> None:
        folder, names, frames = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        folder.addWidget(self.folder, 1)
        folder.addWidget(self.browse)
        names.addWidget(self.name, 1)
        names.addWidget(self.extension)
        for button in self.tokens.values():
            names.addWidget(button)
        frames.addWidget(self.span, 1)
        frames.addWidget(self.first)
        frames.addWidget(QLabel("–", self))
        frames.addWidget(self.last)
        self.objects.setIconSize(QSize(12, 12))
        self.objects.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.objects.setAccessibleName(self.tr("Objects"))
        form = self._form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.addRow(self.tr("Files"), self.combined)
        form.addRow(self.tr("Format"), self.format)
        form.addRow(self.tr("Folder"), folder)
        form.addRow(self.tr("Names"), names)
        form.addRow(self.tr("Frames"), frames)
        form.addRow(self.tr("Objects"), self.objects)

    def _connect(self) -> None:
        for box in (self.combined, self.format, self.span):
            box.currentIndexChanged.connect(self._change)
        for line in (self.folder, self.name):
            line.textChanged.connect(self._change)
        for field in (self.first, self.last):
            field.valueChanged.connect(self._change)
        self.objects.itemChanged.connect(self._tick)

    def _change(self) -> None:
        self._show_use()
        self.changed.emit()

    def _tick(self, item: QListWidgetItem) -> None:
        if item.checkState() is Qt.CheckState.Checked:
            self._left_out.discard(item.text())
        else:
            self._left_out.add(item.text())
        self.changed.emit()

    def _insert(self, token: str) -> None:
        self.name.insert(token)
        self.name.setFocus()

    def _show_use(self) -> None:
        choices = self.choices()
        self._form.setRowVisible(self.format, not choices.combined)
        self.extension.setText(choices.written.extension)
        for field in (self.first, self.last):
            field.setEnabled(choices.span == "custom")

    def _items(self) -> list[QListWidgetItem]:
        return [self.objects.item(row) for row in range(self.objects.count())]

    def _check_state(self, name: str) -> Qt.CheckState:
        left_out = name in self._left_out
        return Qt.CheckState.Unchecked if left_out else Qt.CheckState.Checked


class ExportSummary(QFrame):
    """What the numbers will mean, which files it will be, and what has to be allowed first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numbers, self.files, self.total = QLabel(self), QLabel(self), QLabel(self)
        self.problem, self.stale, self.room = QLabel(self), QLabel(self), QLabel(self)
        self.partial, self.replace = QCheckBox(self), QCheckBox(self)
        self.gaps = QLabel(self)
        self.count_existing = 0
        for label in (self.numbers, self.total):
            label.setProperty("muted", True)
        for label in (self.problem, self.gaps, self.stale, self.room):
            label.setProperty("warning", True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        parts = (self.numbers, self.files, self.total, self.problem, self.gaps, self.partial)
        for part in (*parts, self.stale, self.replace, self.room):
            layout.addWidget(part)
            if isinstance(part, QLabel):
                part.setTextFormat(Qt.TextFormat.PlainText)
                part.setWordWrap(True)
        self.partial.setText(self.tr("Export what is there"))
        for part in (self.problem, self.gaps, self.partial, self.stale, self.replace, self.room):
            part.hide()

    def set_numbers(self, choices: Choices) -> None:
        """State what a pixel's value is."""
        texts = {
            "exr-half": self.tr("Channel Y: alpha from 0 to 1 in half floats."),
            "exr-float": self.tr("Channel Y: alpha from 0 to 1, exactly as roto has it."),
            "png-8": self.tr("Grey: alpha in 256 steps from 0 to 255."),
            "png-16": self.tr("Grey: alpha in 65,536 steps from 0 to 65,535."),
            "tiff-16": self.tr("Grey: alpha in 65,536 steps from 0 to 65,535."),
        }
        what = self.tr("Linear and straight: no gamma, nothing premultiplied.")
        text = f"{texts[choices.format]} {what}"
        if choices.combined:
            text = self.tr(
                "Indexed PNG: a pixel has its object's number, 0 is background. "
                "Hard edges, no alpha."
            )
        self.numbers.setText(text)

    def show_files(self, names: Sequence[str], count: int, size: str) -> None:
        """Show the first names and the last one, how many files, how many bytes."""
        shown = list(names)
        if count > len(shown):
            shown.insert(-1, "…")
        self.files.setText("\n".join(shown))
        text = self.tr("1 file, about {size}") if count == 1 else self.tr("{n} files, about {size}")
        self.total.setText(text.format(n=f"{count:,}", size=size))
        self.files.show()
        self.total.show()
        self.problem.hide()

    def show_problem(self, text: str) -> None:
        """Say why nothing can be written."""
        self.problem.setText(text)
        self.problem.show()
        self.files.hide()
        self.total.hide()

    def show_gaps(self, gaps: Mapping[str, int], stale: Mapping[str, int]) -> None:
        """Say how many frames nobody has found yet, per object, and how many are out of date."""
        text = self.tr("Frames not propagated yet: {which}.").format(which=_listed(gaps))
        self.gaps.setText(text)
        self.gaps.setVisible(bool(gaps))
        self.partial.setVisible(bool(gaps))
        text = self.tr("Stale frames, exported as they are: {which}.").format(which=_listed(stale))
        self.stale.setText(text)
        self.stale.setVisible(bool(stale))

    def show_existing(self, count: int) -> None:
        """Ask once whether files may be replaced."""
        self.count_existing = count
        one, many = self.tr("Replace the file that exists"), self.tr("Replace {n} files that exist")
        self.replace.setText(one if count == 1 else many.format(n=f"{count:,}"))
        self.replace.setVisible(bool(count))

    def show_room(self, free: str) -> None:
        """Warn of a disk with too little room; empty: it has enough."""
        text = self.tr("Only {size} are free on that disk.").format(size=free)
        self.room.setText(text)
        self.room.setVisible(bool(free))


def _listed(counts: Mapping[str, int]) -> str:
    """``hero 12, van 3``."""
    shown = [f"{name} {n}" for name, n in list(counts.items())[:_SHOWN]]
    more = len(counts) - _SHOWN
    return ", ".join([*shown, *([f"+{more}"] if more > 0 else [])])
