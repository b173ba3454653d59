"""The tools that change a mask, and their names."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from roto_gui.tools.base import Alpha, Box, Guide, Layer, Pointer, Question, Tool
from roto_gui.tools.brush import Brush, Eraser
from roto_gui.tools.fill import Fill
from roto_gui.tools.polygon import Lasso, Polygon, Rectangle
from roto_gui.tools.smart import SmartSelect

if TYPE_CHECKING:
    from collections.abc import Mapping

TOOLS: Mapping[str, type[Tool]] = MappingProxyType(
    {t.name: t for t in (Brush, Eraser, Polygon, Lasso, Rectangle, Fill, SmartSelect)}
)
"""All tools by name, in the order of the tool bar."""

__all__ = [
    "TOOLS",
    "Alpha",
    "Box",
    "Brush",
    "Eraser",
    "Fill",
    "Guide",
    "Lasso",
    "Layer",
    "Pointer",
    "Polygon",
    "Question",
    "Rectangle",
    "SmartSelect",
    "Tool",
]
