"""What is in the pixels: the rows of the export dialog for content, alpha, bits and colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from roto_gui.export.format_box import ChoiceBox
from roto_gui.export.words import (
    content_title,
    depth_title,
    no_alpha,
    no_content,
    no_depth,
)
from roto_gui.settings.preferences import ColourButton

if TYPE_CHECKING:
    from roto.export.contract import Content
    from roto_gui.export.choices import Choices
    from roto_gui.export.offers import Offer

_CONTENTS: tuple[Content, ...] = ("matte", "cutout", "over")
_DEPTHS = (8, 10, 16, 32)


class LookRows(QObject):
    """Shows what a format holds of what was wished for, and tells what is wished for next.

    Attributes:
        picture: The row of the content, and of the colour behind the plate.
        alpha_and_depth: The row below.
    """

    wished = Signal(dict)
    """Fields of :class:`roto_gui.export.choices.Choices` by name."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.content, self.alpha, self.depth = (ChoiceBox(parent) for _ in range(3))
        self.colour = ColourButton((0, 0, 0), parent)
        self.colour.setToolTip(self.tr("The colour behind the plate, as a display shows it"))
        self.colour.setAccessibleName(self.tr("Colour behind the plate"))
        self.content.setAccessibleName(self.tr("Picture"))
        self.alpha.setAccessibleName(self.tr("Colours"))
        self.depth.setAccessibleName(self.tr("Depth"))
        self.alpha.setPlaceholderText("–")
        self.depth.setPlaceholderText("–")
        for content in _CONTENTS:
            self.content.addItem(content_title(content), content)
        self.alpha.addItem(self.tr("Straight"), "straight")
        self.alpha.addItem(self.tr("Premultiplied"), "premultiplied")
        for bits in _DEPTHS:
            self.depth.addItem(str(bits), bits)
        self.picture, self.alpha_and_depth = QHBoxLayout(), QHBoxLayout()
        self.picture.addWidget(self.content, 1)
        self.picture.addWidget(self.colour)
        self.alpha_and_depth.addWidget(self.alpha, 1)
        self.alpha_and_depth.addSpacing(8)
        self.alpha_and_depth.addWidget(QLabel(self.tr("Depth"), parent))
        self.alpha_and_depth.addWidget(self.depth, 1)
        self.content.currentIndexChanged.connect(self._wish_content)
        self.alpha.currentIndexChanged.connect(self._wish_alpha)
        self.depth.currentIndexChanged.connect(self._wish_depth)
        self.colour.chosen.connect(lambda colour: self.wished.emit({"colour": colour}))

    def show_choices(self, choices: Choices) -> None:
        """Show what will be written; tells nobody."""
        offer = choices.offer
        one = len(offer.contents) == 1
        self.content.close_with(no_content(offer) if one else "")
        self.content.allow({c: "" if c in offer.contents else no_content(offer) for c in _CONTENTS})
        self.content.show_value(choices.content_now)
        self.colour.setVisible(choices.content_now == "over")
        self.colour.blockSignals(True)
        self.colour.set_colour(choices.colour)
        self.colour.blockSignals(False)
        self._show_alpha(choices)
        self._show_depth(offer, choices.depth)

    def _show_alpha(self, choices: Choices) -> None:
        self.alpha.close_with(no_alpha(choices))
        shown = "premultiplied" if choices.premultiplied else "straight"
        self.alpha.show_value(shown if choices.content_now == "cutout" else None)

    def _show_depth(self, offer: Offer, depth: int) -> None:
        one = len(offer.depths) < 2
        self.depth.close_with(no_depth(offer) if one else "")
        self.depth.allow({b: "" if b in offer.depths else no_depth(offer) for b in _DEPTHS})
        for row in range(self.depth.count()):
            self.depth.setItemText(row, depth_title(offer, self.depth.itemData(row)))
        self.depth.show_value(depth or None)

    def _wish_content(self) -> None:
        self.wished.emit({"content": self.content.currentData()})

    def _wish_alpha(self) -> None:
        self.wished.emit({"alpha": self.alpha.currentData()})

    def _wish_depth(self) -> None:
        self.wished.emit({"bit_depth": self.depth.currentData()})
