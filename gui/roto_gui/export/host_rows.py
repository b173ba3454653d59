"""For which program a project is, and what it shows: rows of the export dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from roto_gui.export.format_box import ChoiceBox
from roto_gui.export.hosts import hosts
from roto_gui.export.words import feature_title, no_feature
from roto_gui.settings.preferences import ColourButton

if TYPE_CHECKING:
    from roto_gui.export.choices import Choices

FEATURES = ("cutout", "grade", "alpha")


class HostRows(QObject):
    """Shows and tells for which program a project is, and what is seen in it.

    Attributes:
        row: The row of the program.
        shown: The row of what is seen, and of the colour behind it.
        host: The programs, by their names.
        feature: What is seen, by the names of the adapters.
        background: The colour behind a cut-out.
    """

    wished = Signal(dict)
    """Fields of :class:`roto_gui.export.choices.Choices` by name."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.host, self.feature = ChoiceBox(parent), ChoiceBox(parent)
        self.background = ColourButton((0, 0, 0), parent)
        self.background.setToolTip(self.tr("The colour behind the cut-out"))
        self.background.setAccessibleName(self.tr("Colour behind the cut-out"))
        self.host.setAccessibleName(self.tr("Program"))
        self.feature.setAccessibleName(self.tr("Shows"))
        for one in hosts().values():
            self.host.addItem(one.title, one.name)
        for name in FEATURES:
            self.feature.addItem(feature_title(name), name)
        self.row, self.shown = QHBoxLayout(), QHBoxLayout()
        self.row.addWidget(self.host, 1)
        self.shown.addWidget(self.feature, 1)
        self.shown.addWidget(self.background)
        self.host.currentIndexChanged.connect(
            lambda: self.wished.emit({"host": self.host.currentData()})
        )
        self.feature.currentIndexChanged.connect(
            lambda: self.wished.emit({"feature": self.feature.currentData()})
        )
        self.background.chosen.connect(lambda colour: self.wished.emit({"backdrop": colour}))

    def show_choices(self, choices: Choices) -> None:
        """Show what will be written; tells nobody."""
        known = hosts().get(choices.host)
        able = () if known is None else known.features
        self.host.show_value(choices.host if known is not None else None)
        self.feature.allow({name: "" if name in able else no_feature() for name in FEATURES})
        self.feature.show_value(choices.feature)
        self.background.blockSignals(True)
        self.background.set_colour(choices.backdrop)
        self.background.blockSignals(False)
        self.background.setEnabled(choices.feature == "cutout")
