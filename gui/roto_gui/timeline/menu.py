"""Menus from lists: what they say, and what then happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Item(NamedTuple):
    """One entry of a menu.

    Attributes:
        text: What it says.
        act: Called when it is chosen; what it returns is not used.
        enabled: Whether it can be chosen now.
    """

    text: str
    act: Callable[[], object]
    enabled: bool = True


def build_menu(parent: QWidget, items: Iterable[Item | None]) -> QMenu:
    """Make a menu that goes when it closes; None separates entries."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for item in items:
        if item is None:
            menu.addSeparator()
            continue
        action = menu.addAction(item.text)
        action.setEnabled(item.enabled)
        action.triggered.connect(lambda _checked=False, act=item.act: act())
    return menu
