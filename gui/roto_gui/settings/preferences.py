"""The dialog of preferences. It holds up nothing: show it with ``open()``; OK applies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QGroupBox,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from roto.errors import WeightsNotFoundError
from roto.models import find_model, list_models
from roto_gui.language import languages
from roto_gui.settings.config import Preferences
from roto_gui.theme import LINE

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from roto_gui.settings.config import Config
    from roto_gui.state import Colour

_DEVICES = ("auto", "cpu", "cuda", "mps")


class ColourButton(QPushButton):
    """Shows a colour; pressing it opens the platform's dialog for another.

    Attributes:
        colour: The colour now.
    """

    chosen = Signal(object)
    """Another colour: (red, green, blue)."""

    def __init__(self, colour: Colour, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colour = colour
        self.setAutoDefault(False)
        self.setFixedWidth(72)
        self.clicked.connect(self._ask)

    def set_colour(self, colour: Colour) -> None:
        """Show another colour."""
        self.colour = colour
        self.setAccessibleDescription("#{:02x}{:02x}{:02x}".format(*colour))
        self.update()
        self.chosen.emit(colour)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """A button with a field of the colour on it."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QColor(*LINE))
        painter.setBrush(QColor(*self.colour))
        painter.drawRect(self.rect().adjusted(7, 6, -8, -7))

    def _ask(self) -> None:
        dialog = QColorDialog(QColor(*self.colour), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(lambda c: self.set_colour((c.red(), c.green(), c.blue())))
        dialog.open()


class PreferencesDialog(QDialog):
    """All preferences that are not set elsewhere.

    Args:
        config: What it shows, and changes when OK is pressed.
        parent: Its window.
    """

    def __init__(self, config: Config, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Preferences"))
        self.setMinimumWidth(440)
        self._config = config
        self._make_fields()
        self.trouble = QLabel(self)
        self.trouble.setWordWrap(True)
        self.trouble.hide()
        self.trouble.setProperty("warning", True)
        box = QVBoxLayout(self)
        for group in (self._picture(), self._engine(), self._work()):
            box.addWidget(group)
        box.addStretch()
        box.addWidget(self.trouble)
        self.buttons = self._buttons()
        box.addWidget(self.buttons)
        self.show_values(config.preferences)
        self._shown: dict[str, object] = self._values()
        self.model.currentTextChanged.connect(self._check_model)

    def show_values(self, values: Preferences) -> None:
        """Fill the fields; nothing is changed by it."""
        self.opacity.setValue(round(values.overlay_opacity * 100))
        self.background.set_colour(values.canvas_background)
        self.cutout.set_colour(values.cutout_colour)
        self.brush_size.setValue(values.brush_size)
        self.hardness.setValue(round(values.brush_hardness * 100))
        self.scribble_size.setValue(values.scribble_size)
        self.model.setCurrentText(values.model)
        self.short_side.setValue(values.short_side or self.short_side.minimum())
        self.device.setCurrentIndex(max(self.device.findData(values.device), 0))
        self.cache.setValue(values.plate_cache_mb)
        self.language.setCurrentIndex(max(self.language.findData(values.language), 0))
        self.hints.setChecked(values.hints)
        self.autoplay.setChecked(values.autoplay)

    def accept(self) -> None:
        """Apply, keep, close."""
        if not self._ok.isEnabled():
            return
        # Fields round: one that nobody touched must not change what it shows.
        values = self._values()
        shown = self._shown
        changed = {k: v for k, v in values.items() if k not in shown or shown[k] != v}
        self._config.update(**changed)
        super().accept()

    def restore_defaults(self) -> None:
        """Fill the fields with the defaults; OK applies them."""
        self.show_values(Preferences())
        self._shown = {}

    def _check_model(self, text: str) -> None:
        """A network that is not there is noticed now, not when the next clip is opened."""
        trouble = ""
        name = text.strip()
        if name and name != self._shown.get("model"):
            try:
                find_model(name)
            except WeightsNotFoundError as error:
                trouble = str(error)
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))
        self._ok.setEnabled(not trouble)

    @property
    def _ok(self) -> QPushButton:
        return self.buttons.button(QDialogButtonBox.StandardButton.Ok)

    def _values(self) -> dict[str, object]:
        side = self.short_side.value()
        return {
            "overlay_opacity": self.opacity.value() / 100,
            "canvas_background": self.background.colour,
            "cutout_colour": self.cutout.colour,
            "brush_size": self.brush_size.value(),
            "brush_hardness": self.hardness.value() / 100,
            "scribble_size": self.scribble_size.value(),
            "model": self.model.currentText().strip(),
            "short_side": None if side == self.short_side.minimum() else side,
            "device": self.device.currentData(),
            "plate_cache_mb": self.cache.value(),
            "language": self.language.currentData(),
            "hints": self.hints.isChecked(),
            "autoplay": self.autoplay.isChecked(),
        }

    def _make_fields(self) -> None:
        self.opacity = _spin(0, 100, " %")
        self.background = ColourButton((0, 0, 0))
        self.cutout = ColourButton((0, 0, 0))
        self.brush_size = QDoubleSpinBox(minimum=1, maximum=10000, decimals=0, suffix=" px")
        self.hardness = _spin(0, 100, " %")
        self.scribble_size = QDoubleSpinBox(minimum=1, maximum=4000, decimals=0, suffix=" px")
        self.model = QComboBox(editable=True)
        self.model.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.model.addItems(["", *(model.name for model in list_models())])
        line = self.model.lineEdit()
        if line is not None:
            line.setPlaceholderText(self.tr("What roto recommends"))
        # The least value stands for "no choice": Qt shows a text for it.
        self.short_side = _spin(31, 8192, " px")
        self.short_side.setSpecialValueText(self.tr("Default"))
        self.device = QComboBox()
        for device in _DEVICES:
            self.device.addItem(self.tr("Automatic") if device == "auto" else device, device)
        self.cache = _spin(64, 1 << 20, " MB")
        self.cache.setSingleStep(256)
        self.language = QComboBox()
        self.language.addItem(self.tr("As the system"), "")
        for code, name in languages().items():
            self.language.addItem(name, code)
        self.hints = QCheckBox(self.tr("Say what to do next"))
        self.autoplay = QCheckBox(self.tr("Play a clip when it is opened"))

    def _picture(self) -> QGroupBox:
        return _group(
            self.tr("Picture and brush"),
            (self.tr("Overlay"), self.opacity),
            (self.tr("Around the plate"), self.background),
            (self.tr("Colour behind the cut-out"), self.cutout),
            (self.tr("Brush"), self.brush_size),
            (self.tr("Hardness"), self.hardness),
            (self.tr("Strokes of smart select"), self.scribble_size),
        )

    def _engine(self) -> QGroupBox:
        self.model.setToolTip(self.tr("A name, or a file of weights."))
        self.short_side.setToolTip(
            self.tr("The shorter side of what the network sees: smaller is faster, less exact.")
        )
        return _group(
            self.tr("Propagation, from the next clip or project on"),
            (self.tr("Model"), self.model),
            (self.tr("Working size"), self.short_side),
            (self.tr("Device"), self.device),
        )

    def _work(self) -> QGroupBox:
        self.cache.setToolTip(self.tr("Decoded frames that are kept for playing."))
        self.language.setToolTip(self.tr("From the next start of roto on."))
        return _group(
            self.tr("Work"),
            (self.tr("Memory for frames"), self.cache),
            (self.tr("Language"), self.language),
            ("", self.hints),
            ("", self.autoplay),
        )

    def _buttons(self) -> QDialogButtonBox:
        kind = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kind.Ok | kind.Cancel | kind.RestoreDefaults)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        buttons.button(kind.RestoreDefaults).clicked.connect(self.restore_defaults)
        return buttons


def _spin(least: int, most: int, suffix: str) -> QSpinBox:
    return QSpinBox(minimum=least, maximum=most, suffix=suffix)


def _group(title: str, *rows: tuple[str, QWidget]) -> QGroupBox:
    group = QGroupBox(title)
    form = QFormLayout(group)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    for text, widget in rows:
        form.addRow(text, widget)
    return group
