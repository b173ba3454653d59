"""What is in a package, and how far it reaches: rows of the export dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from roto.package import EXTRAS
from roto_gui.export.offers import OFFERS
from roto_gui.export.words import purpose

if TYPE_CHECKING:
    from roto_gui.export.choices import Choices

_MOST = 9999  # frames


class PackageRows(QObject):
    """Shows and tells what goes into a package besides its EXR sequences.

    Attributes:
        also: The row of representations.
        reach: The row of handles.
        boxes: By name of the representation.
        handles: Frames beyond both ends of the range.
    """

    wished = Signal(dict)
    """Fields of :class:`roto_gui.export.choices.Choices` by name."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.also, self.reach = QHBoxLayout(), QHBoxLayout()
        self.boxes: dict[str, QCheckBox] = {}
        texts = {
            "layers": self.tr("EXR layers"),
            "cryptomatte": self.tr("Cryptomatte"),
            "png": self.tr("PNG, 16 bit"),
            "movie": self.tr("Movies"),
        }
        for name, format in EXTRAS.items():
            box = self.boxes[name] = QCheckBox(texts.get(name, name), parent)
            box.setToolTip(purpose(OFFERS[format]))
            box.toggled.connect(self._wish)
            self.also.addWidget(box)
        self.also.addStretch(1)
        self.handles = QSpinBox(parent)
        self.handles.setRange(0, _MOST)
        self.handles.setAccessibleName(self.tr("Handles"))
        self.handles.setFixedWidth(76)
        self.handles.valueChanged.connect(self._wish)
        self.reach.addWidget(self.handles)
        self.reach.addWidget(QLabel(self.tr("more frames before and after the range"), parent), 1)

    def show_choices(self, choices: Choices) -> None:
        """Show what is to be in a package; tells nobody."""
        for part in (*self.boxes.values(), self.handles):
            part.blockSignals(True)
        for name, box in self.boxes.items():
            box.setChecked(name in choices.also)
        self.handles.setValue(choices.handles)
        for part in (*self.boxes.values(), self.handles):
            part.blockSignals(False)
        ends = choices.span != "all"
        self.handles.setEnabled(ends)
        why = self.tr("All frames are in the range: there are none beyond it.")
        self.handles.setToolTip("" if ends else why)

    def _wish(self) -> None:
        chosen = tuple(name for name, box in self.boxes.items() if box.isChecked())
        self.wished.emit({"also": chosen, "handles": self.handles.value()})
