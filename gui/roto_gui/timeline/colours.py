"""Colours of the timeline: a neutral dark ground, on which the objects' own colours speak."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor

if TYPE_CHECKING:
    from roto_gui.state import Colour

GROUND = QColor("#1e1e1e")
LANE = QColor("#2a2a2a")
ACTIVE_LANE = QColor("#333538")
ABSENT = QColor("#151515")
HEAD = QColor("#232323")
LINE = QColor("#3a3a3a")
TICK = QColor("#6a6a6a")
FAINT = QColor("#8c8c8c")
TEXT = QColor("#d0d0d0")
BRIGHT = QColor("#f2f2f2")
LOCKED = QColor("#44566e")
LOCKED_EDGE = QColor("#8fadd2")
FLAG = QColor("#f2b134")
CHANGED = QColor("#62c4d8")
CACHED = QColor("#4f9f63")
WORK = QColor("#4da3ff")
GAP = QColor("#a5483f")
OUTSIDE = QColor(12, 12, 12, 150)  # laid over what is outside of the in and out points

_LEAST_LIGHT = 165  # of the brightest channel; label-map colours go down to 64
_MOST_SATURATION = 205  # of 255; pure primaries flicker beside each other


def lively(colour: Colour) -> QColor:
    """An object's colour, bright enough to be told apart on the dark ground."""
    found = QColor(*colour)
    saturation, value = found.hsvSaturation(), found.value()
    return QColor.fromHsv(
        max(found.hsvHue(), 0), min(saturation, _MOST_SATURATION), max(value, _LEAST_LIGHT)
    )


def mixed(colour: QColor, ground: QColor, share: float) -> QColor:
    """So much of a colour, the rest the ground."""
    rest = 1 - share
    return QColor(
        round(colour.red() * share + ground.red() * rest),
        round(colour.green() * share + ground.green() * rest),
        round(colour.blue() * share + ground.blue() * rest),
    )


def faded(colour: QColor, alpha: float) -> QColor:
    """The same, see-through: alpha in [0, 1]."""
    found = QColor(colour)
    found.setAlphaF(alpha)
    return found
