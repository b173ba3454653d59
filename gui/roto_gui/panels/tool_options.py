"""Tools, what the brush is like, and what can be done to the whole mask at once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Literal, get_args

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from roto_gui.icons import icon
from roto_gui.panels.fields import FIELD_WIDTH, NumberSlider, Scale

ToolName = Literal[
    "brush", "eraser", "polygon", "lasso", "rectangle", "fill", "smart", "lock_region"
]
TOOLS: tuple[ToolName, ...] = get_args(ToolName)
Pressure = Literal["size", "opacity", "off"]
Operation = Literal[
    "grow", "shrink", "fill_holes", "remove_specks", "keep_largest", "invert", "smooth", "feather"
]
"""Of the whole mask; grow, shrink, smooth and feather go with a distance in pixels, fill_holes and
remove_specks with an area in pixels (fill_holes: 0 for holes of any size), others with 0."""

RADIUS = Scale(0.5, 2000.0, 20.0, 1, 1.0, " px", logarithmic=True)
SCRIBBLE = replace(RADIUS, default=6.0)
HARDNESS = Scale(0.0, 100.0, 100.0, 0, 5.0, " %")
_ICON = 20  # logical pixels
_PER_ROW = 4


class ToolOptions(QWidget):
    """Says what the artist wants; what is in force is told it by the window."""

    tool_chosen = Signal(str)
    brush_changed = Signal(float, float)
    """Radius in pixels of the plate, 0.5..2000, and hardness, 0..1."""
    scribble_changed = Signal(float)
    """Radius of smart select's strokes in pixels of the plate, 0.5..2000."""
    pressure_changed = Signal(str)
    operation_wanted = Signal(str, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tools = self._make_tools()
        self.radius = NumberSlider(RADIUS, self.tr("Radius in pixels of the plate"), self)
        self._brush, self._scribble = RADIUS.default, SCRIBBLE.default  # radii
        self._tool = "brush"
        self.hardness = NumberSlider(HARDNESS, self.tr("Hardness of the brush"), self)
        self.pressure = QComboBox(self)
        for value, text in (
            ("size", self.tr("size")),
            ("opacity", self.tr("opacity")),
            ("off", self.tr("nothing")),
        ):
            self.pressure.addItem(text, value)
        self.pressure.setToolTip(self.tr("What the pressure of a pen changes"))
        self.operations: dict[str, QPushButton] = {}
        self.amounts: dict[str, QDoubleSpinBox] = {}
        self._arrange()
        self.radius.value_changed.connect(self._tell_radius)
        self.hardness.value_changed.connect(self._tell_brush)
        self.pressure.activated.connect(self._tell_pressure)

    def set_tool(self, name: str) -> None:
        """Show which tool is in hand."""
        self.tools[name].setChecked(True)
        self._tool = name
        self._show_radius()
        painting = name in ("brush", "eraser")
        self.radius.setEnabled(painting or name == "smart")
        self.hardness.setEnabled(painting)
        self.pressure.setEnabled(painting)

    def set_brush(self, radius: float, hardness: float) -> None:
        """Show a radius in pixels of the plate and a hardness in 0..1."""
        self._brush = radius
        self._show_radius()
        self.hardness.set_value(100 * hardness)

    def set_scribble(self, radius: float) -> None:
        """Show the radius of smart select's strokes, in pixels of the plate."""
        self._scribble = radius
        self._show_radius()

    def set_pressure(self, what: str) -> None:
        """Show what a pen's pressure changes: size, opacity or off."""
        self.pressure.setCurrentIndex(self.pressure.findData(what))

    def set_operations_enabled(self, enabled: bool) -> None:
        """Whether there is a mask to change."""
        for button in self.operations.values():
            button.setEnabled(enabled)

    def _make_tools(self) -> dict[str, QToolButton]:
        texts: dict[ToolName, tuple[str, str]] = {
            "brush": (self.tr("Brush"), self.tr("Paint; right button or Alt takes away")),
            "eraser": (self.tr("Eraser"), self.tr("Paint what is not the object")),
            "polygon": (
                self.tr("Polygon"),
                self.tr("Click the corners; Enter or a double click closes it"),
            ),
            "lasso": (self.tr("Lasso"), self.tr("Draw around the object")),
            "rectangle": (self.tr("Rectangle"), self.tr("Drag from corner to corner")),
            "fill": (self.tr("Fill"), self.tr("Fill the hole under the pointer")),
            "smart": (
                self.tr("Smart select"),
                self.tr("Scribble inside and outside; the edge is found"),
            ),
            "lock_region": (
                self.tr("Lock region"),
                self.tr("Draw around what is to stay as it is; right button or Alt unlocks"),
            ),
        }
        self._group = QButtonGroup(self)
        made = {}
        for name, (text, tip) in texts.items():
            button = QToolButton(self)
            button.setIcon(icon(name))
            button.setAccessibleName(text)
            button.setToolTip(f"{text}: {tip[0].lower()}{tip[1:]}")
            button.setCheckable(True)
            button.setIconSize(QSize(_ICON, _ICON))
            button.clicked.connect(partial(self._choose, name))
            self._group.addButton(button)
            made[str(name)] = button
        return made

    def _arrange(self) -> None:
        tools = QGridLayout()
        tools.setSpacing(3)
        for place, button in enumerate(self.tools.values()):
            tools.addWidget(button, *divmod(place, _PER_ROW))
            button.setSizePolicy(
                button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed
            )
        brush = QFormLayout()
        brush.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        brush.addRow(self.tr("Radius"), self.radius)
        brush.addRow(self.tr("Hardness"), self.hardness)
        brush.addRow(self.tr("Pressure changes"), self.pressure)
        heading = QLabel(self.tr("Whole mask"), self)
        heading.setProperty("muted", True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(tools)
        layout.addLayout(brush)
        layout.addWidget(heading)
        layout.addLayout(self._arrange_operations())
        layout.addStretch(1)

    def _arrange_operations(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(4)
        distance = self._amount(self.tr("Pixels"), 1.0, (0.5, 200.0), 1)
        pair = QHBoxLayout()
        pair.setSpacing(4)
        pair.addWidget(self._operation("grow", self.tr("Grow"), distance))
        pair.addWidget(self._operation("shrink", self.tr("Shrink"), distance))
        grid.addLayout(pair, 0, 0)
        grid.addWidget(distance, 0, 1)
        holes = self._amount(self.tr("Largest area of a hole in pixels"), 0.0, (0.0, 1e7), 0)
        holes.setSpecialValueText(self.tr("any size"))
        specks = self._amount(self.tr("Area in pixels below which a piece goes"), 64.0, (1, 1e7), 0)
        bumps = self._amount(self.tr("Size of what is rounded off in pixels"), 4.0, (0.5, 200.0), 1)
        soft = self._amount(self.tr("Width of the soft edge in pixels"), 2.0, (0.5, 200.0), 1)
        rows: tuple[tuple[Operation, str, QDoubleSpinBox], ...] = (
            ("fill_holes", self.tr("Fill holes up to"), holes),
            ("remove_specks", self.tr("Remove specks below"), specks),
            ("smooth", self.tr("Smooth"), bumps),
            ("feather", self.tr("Feather"), soft),
        )
        for row, (name, text, amount) in enumerate(rows, start=1):
            grid.addWidget(self._operation(name, text, amount), row, 0)
            grid.addWidget(amount, row, 1)
        last = QHBoxLayout()
        last.setSpacing(4)
        last.addWidget(self._operation("keep_largest", self.tr("Keep largest piece"), None))
        last.addWidget(self._operation("invert", self.tr("Invert"), None))
        grid.addLayout(last, len(rows) + 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        return grid

    def _operation(self, name: Operation, text: str, amount: QDoubleSpinBox | None) -> QPushButton:
        button = QPushButton(text, self)
        button.clicked.connect(partial(self._tell_operation, name))
        self.operations[name] = button
        if amount is not None:
            self.amounts[name] = amount
        return button

    def _amount(
        self, name: str, value: float, reach: tuple[float, float], decimals: int
    ) -> QDoubleSpinBox:
        field = QDoubleSpinBox(self)
        field.setRange(*reach)
        field.setDecimals(decimals)
        field.setSuffix(self.tr(" px"))
        field.setValue(value)
        field.setFixedWidth(FIELD_WIDTH)
        field.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        field.setAccessibleName(name)
        field.setToolTip(name)
        return field

    def _choose(self, name: str) -> None:
        self.set_tool(name)
        self.tool_chosen.emit(name)

    def _show_radius(self) -> None:
        """The slider is of the tool in hand."""
        smart = self._tool == "smart"
        self.radius.scale = SCRIBBLE if smart else RADIUS
        self.radius.set_value(self._scribble if smart else self._brush)

    def _tell_radius(self) -> None:
        if self._tool == "smart":
            self._scribble = self.radius.value
            self.scribble_changed.emit(self._scribble)
        else:
            self._brush = self.radius.value
            self._tell_brush()

    def _tell_brush(self) -> None:
        self.brush_changed.emit(self._brush, self.hardness.value / 100)

    def _tell_pressure(self) -> None:
        self.pressure_changed.emit(str(self.pressure.currentData()))

    def _tell_operation(self, name: str) -> None:
        amount = self.amounts.get(name)
        self.operation_wanted.emit(name, 0.0 if amount is None else amount.value())
