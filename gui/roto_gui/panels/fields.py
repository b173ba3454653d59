"""Sliders with a field beside them, linear or logarithmic; a double click resets them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QHBoxLayout, QSlider, QWidget

_TICKS = 1000
FIELD_WIDTH = 84  # logical pixels: fields below each other are equally wide


@dataclass(frozen=True)
class Scale:
    """A range of numbers and how it lies on a slider.

    Attributes:
        low: Least value; above 0 where ``logarithmic``.
        high: Greatest value.
        default: What a double click brings back.
        decimals: Digits after the point.
        step: Of the field's arrows.
        suffix: Unit, shown behind the number.
        logarithmic: Equal ways on the slider are equal factors.
    """

    low: float
    high: float
    default: float
    decimals: int = 0
    step: float = 1.0
    suffix: str = ""
    logarithmic: bool = False

    def to_tick(self, value: float) -> int:
        """Slider position, 0..1000, of a value."""
        share = (value - self.low) / (self.high - self.low)
        if self.logarithmic:
            share = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        return round(_TICKS * min(max(share, 0.0), 1.0))

    def to_value(self, tick: int) -> float:
        """Value at a slider position, rounded as the field shows it."""
        share = tick / _TICKS
        if self.logarithmic:
            factor: float = (self.high / self.low) ** share
            return round(self.low * factor, self.decimals)
        return round(self.low + share * (self.high - self.low), self.decimals)


class NumberSlider(QWidget):
    """A slider and a field that show the same number."""

    value_changed = Signal(float)
    """The artist chose another value; ``set_value`` does not tell."""

    def __init__(self, scale: Scale, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scale = scale
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, _TICKS)
        self.slider.setPageStep(_TICKS // 20)
        self.slider.setMinimumWidth(60)
        self.field = QDoubleSpinBox(self)
        self.field.setRange(scale.low, scale.high)
        self.field.setDecimals(scale.decimals)
        self.field.setSingleStep(scale.step)
        self.field.setSuffix(scale.suffix)
        self.field.setKeyboardTracking(False)
        self.field.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)  # the slider is there
        self.field.setFixedWidth(FIELD_WIDTH)
        for part in (self.slider, self.field):
            part.setAccessibleName(name)
        self.slider.installEventFilter(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.field)
        self.setFocusProxy(self.field)
        self.set_value(scale.default)
        self.slider.valueChanged.connect(self._from_slider)
        self.field.valueChanged.connect(self._from_field)

    @property
    def value(self) -> float:
        """What the field shows."""
        return self.field.value()

    def set_value(self, value: float) -> None:
        """Show a value without telling anybody; out of range, the nearest one in it."""
        self._show(value)

    def reset(self) -> None:
        """Bring the default back and tell it."""
        self.field.setValue(self.scale.default)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """A double click on the slider resets it."""
        if watched is self.slider and event.type() == QEvent.Type.MouseButtonDblClick:
            self.reset()
            return True
        return super().eventFilter(watched, event)

    def _from_slider(self, tick: int) -> None:
        value = self.scale.to_value(tick)
        if value != self.value:
            self._show(value)
            self.value_changed.emit(self.value)

    def _from_field(self, value: float) -> None:
        self._show(value)
        self.value_changed.emit(value)

    def _show(self, value: float) -> None:
        for part in (self.slider, self.field):
            part.blockSignals(True)
        self.field.setValue(value)
        self.slider.setValue(self.scale.to_tick(value))
        for part in (self.slider, self.field):
            part.blockSignals(False)
