"""What the artist fills in: format, look, place, names, objects and frames."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QWidget,
)

from roto.export.pattern import TOGETHER
from roto_gui.export.choices import Choices, default_name, look_of
from roto_gui.export.format_box import FormatBox
from roto_gui.export.host_rows import HostRows
from roto_gui.export.look_rows import LookRows
from roto_gui.export.offers import LABELS, PACKAGE, PROJECT
from roto_gui.export.package_rows import PackageRows
from roto_gui.export.words import purpose
from roto_gui.panels.marks import swatch

if TYPE_CHECKING:
    from roto.media.source import Clip
    from roto_gui.export.offers import Offer
    from roto_gui.state import Snapshot

_ID = int(Qt.ItemDataRole.UserRole)
_MOST = 2**31 - 1
_ROWS, _PADDING = 8, 8  # of the list of objects, before it scrolls; pixels


class ExportForm(QWidget):
    """Holds the artist's choices, and shows what of them the format can hold."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.format = FormatBox(self)
        self.look, self.package, self.host = LookRows(self), PackageRows(self), HostRows(self)
        self.folder, self.name = QLineEdit(self), QLineEdit(self)
        self.browse = QPushButton(self.tr("Choose…"), self)
        self.extension = QLabel(self)
        self.objects = QListWidget(self)
        self.span = QComboBox(self)
        self.first, self.last = QSpinBox(self), QSpinBox(self)
        self.tokens: dict[str, QPushButton] = {}
        self._choices = Choices()
        self._default_folder = ""
        self._clip: Clip | None = None
        self._fill_lists()
        self._arrange()
        self._connect()
        self.set_choices(Choices())

    def choices(self) -> Choices:
        """What is filled in."""
        return self._choices

    def set_choices(self, choices: Choices) -> None:
        """Fill it in; tells nobody."""
        self._choices = choices
        self.blockSignals(True)
        self.folder.setText(choices.folder or self._default_folder)
        self.span.setCurrentIndex(self.span.findData(choices.span))
        self.first.setValue(choices.first)
        self.last.setValue(choices.last)
        for item in self._items():
            item.setCheckState(self._check_state(item.text()))
        self.blockSignals(False)
        self._choices = choices
        self._show()

    def set_snapshot(self, snapshot: Snapshot, default_folder: str) -> None:
        """Show the objects and what the clip's frames are; ticks stay as they are."""
        self.blockSignals(True)
        if self._clip is None or self._clip.path != snapshot.clip.path:
            # another clip's package is not to be replaced
            self._choices = replace(self._choices, package="", project="")
        self._clip = snapshot.clip
        if not self._choices.folder:
            self._default_folder = default_folder
            self.folder.setText(default_folder)
        self._default_folder = default_folder
        shown = [(item.data(_ID), item.text()) for item in self._items()]
        if shown != [(o.id, o.name) for o in snapshot.objects]:
            self._list_objects(snapshot)
        text = self.tr("All frames, {first}-{last}")
        self.span.setItemText(
            self.span.findData("all"),
            text.format(first=snapshot.frames[0], last=snapshot.frames[-1]),
        )
        self.blockSignals(False)
        self._show()

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

    def _list_objects(self, snapshot: Snapshot) -> None:
        """The objects, in a list as high as its rows, up to a limit."""
        self.objects.clear()
        for known in snapshot.objects:
            item = QListWidgetItem(swatch(known.colour), known.name)
            item.setData(_ID, known.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(self._check_state(known.name))
            self.objects.addItem(item)
        rows = min(max(self.objects.count(), 1), _ROWS)
        height = rows * max(self.objects.sizeHintForRow(0), self.fontMetrics().height() + 4)
        self.objects.setFixedHeight(height + 2 * self.objects.frameWidth() + _PADDING)

    def _fill_lists(self) -> None:
        self.span.addItem(self.tr("All frames"), "all")
        self.span.addItem("", "range")
        self.span.addItem(self.tr("These frames"), "custom")
        self.set_range(None, None)
        for token, text in (("{object}", self.tr("Object")), ("####", self.tr("Frame"))):
            self.tokens[token] = QPushButton(text, self)
            self.tokens[token].setAutoDefault(False)
            self.tokens[token].clicked.connect(partial(self._insert, token))
        for field in (self.first, self.last):
            field.setRange(-_MOST, _MOST)
            field.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
            field.setFixedWidth(76)
        self.browse.setAutoDefault(False)
        self.objects.setIconSize(QSize(12, 12))
        self.objects.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.objects.setAccessibleName(self.tr("Objects"))

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
        form = self._form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.addRow(self.tr("Format"), self.format)
        form.addRow(self.tr("Program"), self.host.row)
        form.addRow(self.tr("Shows"), self.host.shown)
        form.addRow(self.tr("Picture"), self.look.picture)
        form.addRow(self.tr("Colours"), self.look.alpha_and_depth)
        form.addRow(self.tr("Also in it"), self.package.also)
        form.addRow(self.tr("Folder"), folder)
        form.addRow(self.tr("Names"), names)
        form.addRow(self.tr("Frames"), frames)
        form.addRow(self.tr("Handles"), self.package.reach)
        form.addRow(self.tr("Objects"), self.objects)

    def _connect(self) -> None:
        self.format.currentIndexChanged.connect(self._choose_format)
        self.look.wished.connect(self._wish)
        self.package.wished.connect(self._wish)
        self.host.wished.connect(self._wish)
        self.folder.textChanged.connect(self._type)
        self.name.textChanged.connect(self._type)
        self.span.currentIndexChanged.connect(self._choose_frames)
        for field in (self.first, self.last):
            field.valueChanged.connect(self._choose_frames)
        self.objects.itemChanged.connect(self._tick)

    def _choose_format(self) -> None:
        self._wish({"format": self.format.currentData()})

    def _choose_frames(self) -> None:
        span, first, last = self.span.currentData(), self.first.value(), self.last.value()
        self._wish({"span": span, "first": first, "last": last})

    def _wish(self, fields: dict[str, object]) -> None:
        self._choices = replace(self._choices, **fields)  # type: ignore[arg-type]
        self._show()
        self.changed.emit()

    def _type(self) -> None:
        folder, name = self.folder.text().strip(), self.name.text().strip()
        if name == self._default_name():
            name = ""
        folder = "" if folder == self._default_folder else folder
        self._choices = replace(self._choices, folder=folder).named(name)
        self.changed.emit()

    def _tick(self, item: QListWidgetItem) -> None:
        left_out = set(self._choices.left_out)
        if item.checkState() is Qt.CheckState.Checked:
            left_out.discard(item.text())
        else:
            left_out.add(item.text())
        self._wish({"left_out": tuple(sorted(left_out))})

    def _insert(self, token: str) -> None:
        self.name.insert(token)
        self.name.setFocus()

    def _show(self) -> None:
        """What the format can hold of the choices."""
        choices = self._choices
        offer = choices.offer
        self.format.show_value(choices.format)
        self.format.setToolTip(purpose(offer))
        self._show_rows(choices.format)  # shows all of a row; what of it is not meant hides then
        self.look.show_choices(choices)
        self.package.show_choices(choices)
        self.host.show_choices(choices)
        name = choices.file_name or self._default_name()
        if name != self.name.text().strip():
            self.name.blockSignals(True)
            self.name.setText(name)
            self.name.blockSignals(False)
        suffixes = [""]
        if offer.format is not None:
            suffixes = list(offer.format.suffixes(look_of(choices, "display")))
        self.extension.setText(", ".join(suffix + choices.extension for suffix in suffixes))
        self._show_tokens(offer)
        for field in (self.first, self.last):
            field.setEnabled(choices.span == "custom")

    def _show_rows(self, format: str) -> None:
        """Those that say something of a format."""
        packaged, project = format in (PACKAGE, PROJECT), format == PROJECT
        for row, shown in (
            (self.package.also, format == PACKAGE),
            (self.package.reach, packaged),
            (self.host.row, project),
            (self.host.shown, project),
            (self.look.picture, not packaged),
            (self.look.alpha_and_depth, not packaged),
        ):
            self._form.setRowVisible(row, shown)

    def _default_name(self) -> str:
        return "" if self._clip is None else default_name(self._choices, self._clip)

    def _show_tokens(self, offer: Offer) -> None:
        """Which of them have a meaning in the names of a format."""
        whys = dict.fromkeys(self.tokens, "")
        if offer.naming == "movie":
            whys["####"] = self.tr("A movie holds all frames, so its name has no frame number.")
        elif offer.naming == "together":
            stands = LABELS if offer.name == LABELS else TOGETHER
            text = self.tr("All objects are in one file: {token} becomes “{word}”.")
            whys["{object}"] = text.format(token="{object}", word=stands)
        elif offer.naming in ("package", "project"):
            text = self.tr("A package names its files itself.")
            whys = dict.fromkeys(whys, text)
        for token, button in self.tokens.items():
            usual = self.tr("Puts {token} into the name").format(token=token)
            button.setEnabled(not whys[token])
            button.setToolTip(whys[token] or usual)

    def _items(self) -> list[QListWidgetItem]:
        return [self.objects.item(row) for row in range(self.objects.count())]

    def _check_state(self, name: str) -> Qt.CheckState:
        left_out = name in self._choices.left_out
        return Qt.CheckState.Unchecked if left_out else Qt.CheckState.Checked
