"""How the picture is shown: mode, channel, exposure and so on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from roto_gui.canvas.views import Channel, View, ViewMode
from roto_gui.panels.fields import NumberSlider, Scale
from roto_gui.panels.marks import swatch

if TYPE_CHECKING:
    from roto_gui.state import Colour

EXPOSURE = Scale(-6.0, 6.0, 0.0, 1, 0.5)
GAMMA = Scale(0.2, 5.0, 1.0, 2, 0.1, logarithmic=True)
OPACITY = Scale(0.0, 100.0, 45.0, 0, 5.0, " %")
WIPE = Scale(0.0, 100.0, 50.0, 0, 5.0, " %")
_WITH_COLOURS: tuple[ViewMode, ...] = ("overlay",)
_LENGTH = 14  # letters of a list that are always shown


class ViewOptions(QWidget):
    """Shows a view and tells which one the artist wants."""

    view_changed = Signal(object)
    """A :class:`roto_gui.canvas.views.View`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = View()
        self.mode, self.channel = QComboBox(self), QComboBox(self)
        self._fill_lists()
        self.exposure = NumberSlider(EXPOSURE, self.tr("Exposure in stops"), self)
        self.exposure.field.setSuffix(self.tr(" stops"))
        self.gamma = NumberSlider(GAMMA, self.tr("Gamma"), self)
        self.opacity = NumberSlider(OPACITY, self.tr("Opacity of the overlay"), self)
        self.background = QPushButton(self)
        self.background.setToolTip(self.tr("Colour behind the cut-out"))
        self.onion = QCheckBox(self.tr("Outlines of neighbours"), self)
        self.wipe = QCheckBox(self.tr("Plate left of"), self)
        self.wipe_at = NumberSlider(WIPE, self.tr("Place of the wipe"), self)
        self.reset = QPushButton(self.tr("Reset"), self)
        self.reset.setToolTip(self.tr("Exposure 0, gamma 1, all channels, no wipe"))
        self.colour_dialog: QColorDialog | None = None
        self._arrange()
        self._connect()
        self.set_view(self._view)

    @property
    def view(self) -> View:
        """What is shown here."""
        return self._view

    def set_view(self, view: View) -> None:
        """Show a view without telling anybody."""
        self._view = view
        for part in (self.mode, self.channel, self.onion, self.wipe):
            part.blockSignals(True)
        self.mode.setCurrentIndex(self.mode.findData(view.mode))
        self.channel.setCurrentIndex(self.channel.findData(view.channel))
        self.onion.setChecked(view.onion)
        self.wipe.setChecked(view.wipe is not None)
        for part in (self.mode, self.channel, self.onion, self.wipe):
            part.blockSignals(False)
        self.exposure.set_value(view.exposure)
        self.gamma.set_value(view.gamma)
        self.opacity.set_value(100 * view.opacity)
        if view.wipe is not None:
            self.wipe_at.set_value(100 * view.wipe)
        self._show_use()

    def choose_background(self) -> None:
        """Open the dialog for the colour behind the cut-out; work goes on beside it."""
        if self.colour_dialog is not None:
            self.colour_dialog.close()
        dialog = QColorDialog(QColor(*self._view.background), self)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.setWindowTitle(self.tr("Background"))
        dialog.setWindowModality(Qt.WindowModality.NonModal)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.currentColorChanged.connect(self._set_background)
        dialog.finished.connect(self._forget_dialog)
        self.colour_dialog = dialog
        dialog.show()

    def _fill_lists(self) -> None:
        modes: dict[ViewMode, str] = {
            "overlay": self.tr("Overlay"),
            "plate": self.tr("Plate"),
            "outline": self.tr("Outline"),
            "matte": self.tr("Matte"),
            "black": self.tr("Over black"),
            "white": self.tr("Over white"),
            "grey": self.tr("Over grey"),
            "checker": self.tr("Over a checkerboard"),
            "colour": self.tr("Over a colour"),
            "difference": self.tr("Difference"),
        }
        for mode in get_args(ViewMode):
            self.mode.addItem(modes[mode], mode)
        told = self.tr("What the last edit of this frame changed.")
        self.mode.setItemData(self.mode.findData("difference"), told, Qt.ItemDataRole.ToolTipRole)
        channels: dict[Channel, str] = {
            "rgb": self.tr("RGB"),
            "r": self.tr("Red"),
            "g": self.tr("Green"),
            "b": self.tr("Blue"),
            "a": self.tr("Alpha: the matte"),
        }
        for channel in get_args(Channel):
            self.channel.addItem(channels[channel], channel)

    def _arrange(self) -> None:
        for box in (self.mode, self.channel):  # the list is as wide as its texts, the panel not
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(_LENGTH)
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("Show"), self.mode)
        form.addRow(self.tr("Channel"), self.channel)
        form.addRow(self.tr("Exposure"), self.exposure)
        form.addRow(self.tr("Gamma"), self.gamma)
        form.addRow(self.tr("Opacity"), self.opacity)
        form.addRow(self.tr("Background"), self.background)
        form.addRow(self.tr("Onion skin"), self.onion)
        form.addRow(self.tr("Wipe"), self.wipe)
        form.addRow("", self.wipe_at)
        last = QHBoxLayout()
        last.addStretch(1)
        last.addWidget(self.reset)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addLayout(form)
        layout.addLayout(last)
        layout.addStretch(1)

    def _connect(self) -> None:
        for box in (self.mode, self.channel):
            box.currentIndexChanged.connect(self._tell)
        for slider in (self.exposure, self.gamma, self.opacity, self.wipe_at):
            slider.value_changed.connect(self._tell)
        self.onion.toggled.connect(self._tell)
        self.wipe.toggled.connect(self._tell)
        self.background.clicked.connect(self.choose_background)
        self.reset.clicked.connect(self._reset)

    def _tell(self) -> None:
        wipe = self.wipe_at.value / 100 if self.wipe.isChecked() else None
        self._change(
            replace(
                self._view,
                mode=self.mode.currentData(),
                channel=self.channel.currentData(),
                exposure=self.exposure.value,
                gamma=self.gamma.value,
                opacity=self.opacity.value / 100,
                onion=self.onion.isChecked(),
                wipe=wipe,
            )
        )

    def _reset(self) -> None:
        """What makes the plate look other than it is goes back; mode and colours stay."""
        self._change(replace(self._view, channel="rgb", exposure=0.0, gamma=1.0, wipe=None))
        self.set_view(self._view)

    def _set_background(self, colour: QColor) -> None:
        chosen: Colour = (colour.red(), colour.green(), colour.blue())
        self._change(replace(self._view, background=chosen))

    def _forget_dialog(self) -> None:
        self.colour_dialog = None

    def _change(self, view: View) -> None:
        if view != self._view:
            self._view = view
            self._show_use()
            self.view_changed.emit(view)

    def _show_use(self) -> None:
        """What has no effect now is grey."""
        self.opacity.setEnabled(self._view.mode in _WITH_COLOURS)
        self.background.setEnabled(self._view.mode == "colour")
        self.background.setIcon(swatch(self._view.background))
        self.background.setText("#{:02x}{:02x}{:02x}".format(*self._view.background))
        self.wipe_at.setEnabled(self._view.wipe is not None)
