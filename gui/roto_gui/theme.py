"""The dark theme: neutral greys, so that nothing around the plate colours how it is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QPalette

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from roto_gui.state import Colour

BACKGROUND: Colour = (0x1E, 0x1E, 0x1E)
PANEL: Colour = (0x26, 0x26, 0x26)
RAISED: Colour = (0x32, 0x32, 0x32)
"""Buttons and fields that can be pressed."""
LINE: Colour = (0x44, 0x44, 0x44)
"""Borders and lines between things."""
TEXT: Colour = (0xD0, 0xD0, 0xD0)
MUTED: Colour = (0x9A, 0x9A, 0x9A)
"""Hints and other text that is there to be found, not to be seen first."""
DISABLED: Colour = (0x70, 0x70, 0x70)
ACCENT: Colour = (0x6A, 0x9F, 0xC8)
"""Focus, progress, links: the one colour there is."""
SELECTION: Colour = (0x3A, 0x50, 0x62)
SELECTED_TEXT: Colour = (0xF0, 0xF0, 0xF0)
WARNING: Colour = (0xE0, 0xA8, 0x50)
"""Text of what needs a look."""


def hexed(colour: Colour) -> str:
    """As style sheets write it: ``#1e1e1e``."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def palette() -> QPalette:
    """The colours as Qt names them."""
    made = QPalette()
    role = QPalette.ColorRole
    for which, colour in (
        (role.Window, PANEL),
        (role.WindowText, TEXT),
        (role.Base, BACKGROUND),
        (role.AlternateBase, PANEL),
        (role.Text, TEXT),
        (role.PlaceholderText, MUTED),
        (role.Button, RAISED),
        (role.ButtonText, TEXT),
        (role.BrightText, SELECTED_TEXT),
        (role.ToolTipBase, RAISED),
        (role.ToolTipText, TEXT),
        (role.Highlight, SELECTION),
        (role.HighlightedText, SELECTED_TEXT),
        (role.Accent, ACCENT),
        (role.Link, ACCENT),
        (role.LinkVisited, ACCENT),
        (role.Light, LINE),
        (role.Midlight, LINE),
        (role.Mid, BACKGROUND),
        (role.Dark, BACKGROUND),
        (role.Shadow, (0, 0, 0)),
    ):
        made.setColor(which, QColor(*colour))
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(*DISABLED))
    made.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(*LINE))
    return made


# Sizes are in points and logical pixels: Qt scales them to the screen.
_SHEET = """
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {line}; padding: 3px; }}
QMenuBar {{ background: {panel}; }}
QMenuBar::item {{ padding: 4px 9px; background: transparent; }}
QMenuBar::item:selected {{ background: {selection}; color: {selected}; }}
QMenu {{ background: {panel}; border: 1px solid {line}; padding: 4px 0; }}
QMenu::item {{ padding: 4px 28px 4px 26px; }}
QMenu::item:selected {{ background: {selection}; color: {selected}; }}
QMenu::item:disabled {{ color: {disabled}; background: transparent; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 10px; }}
QPushButton, QToolButton {{
    background: {raised}; border: 1px solid {line}; border-radius: 3px; padding: 4px 12px;
}}
QToolButton {{ padding: 4px; }}
QToolButton[autoRaise="true"] {{ background: transparent; border-color: transparent; }}
QPushButton:hover, QToolButton:hover {{ background: {line}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {background}; }}
QPushButton:checked, QToolButton:checked {{ background: {selection}; color: {selected}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {disabled}; background: {panel}; }}
QPushButton:default {{ border-color: {muted}; }}
QLineEdit, QPlainTextEdit, QTextEdit {{
    background: {background}; border: 1px solid {line}; border-radius: 3px; padding: 3px 5px;
}}
QLineEdit:disabled {{ color: {disabled}; }}
QAbstractSpinBox QLineEdit, QComboBox QLineEdit {{ border: 0; padding: 0; }}
QAbstractItemView {{ background: {background}; border: 1px solid {line}; outline: 0; }}
QTreeView::item, QListView::item, QTableView::item {{ padding: 3px 4px; }}
QAbstractItemView::item:selected {{ background: {selection}; color: {selected}; }}
QHeaderView::section {{
    background: {panel}; color: {muted}; padding: 4px 6px;
    border: 0; border-bottom: 1px solid {line};
}}
QPushButton:focus, QToolButton:focus, QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus,
QAbstractItemView:focus {{ border: 1px solid {accent}; }}
QCheckBox::indicator {{ width: 12px; height: 12px; }}
QCheckBox::indicator, QTreeView::indicator, QListView::indicator {{
    background: {background}; border: 1px solid {muted}; border-radius: 2px;
}}
QCheckBox::indicator:checked, QTreeView::indicator:checked, QListView::indicator:checked {{
    background: {accent};
}}
QCheckBox:focus, QRadioButton:focus, QSlider:focus {{ border: 1px solid {accent}; }}
QCheckBox, QRadioButton, QSlider {{
    border: 1px solid transparent; border-radius: 3px; padding: 1px;
}}
QProgressBar {{
    background: {background}; border: 1px solid {line}; border-radius: 3px; text-align: center;
}}
QProgressBar::chunk {{ background: {selection}; }}
QDockWidget::title {{ background: {panel}; padding: 5px 8px; }}
QMainWindow::separator {{ background: {background}; width: 4px; height: 4px; }}
QMainWindow::separator:hover {{ background: {selection}; }}
QStatusBar {{ background: {panel}; color: {muted}; }}
QStatusBar::item {{ border: 0; }}
QScrollBar {{ background: {background}; border: 0; }}
QScrollBar:vertical {{ width: 11px; }}
QScrollBar:horizontal {{ height: 11px; }}
QScrollBar::handle {{ background: {line}; border-radius: 4px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 24px; }}
QScrollBar::handle:horizontal {{ min-width: 24px; }}
QScrollBar::handle:hover {{ background: {disabled}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
    background: none; border: 0; width: 0; height: 0;
}}
QFrame[popup="true"] {{ background: {panel}; border: 1px solid {muted}; border-radius: 4px; }}
*[muted="true"] {{ color: {muted}; }}
*[warning="true"] {{ color: {warning}; }}
"""


def stylesheet() -> str:
    """What the palette cannot say: borders, the focus ring, menus.

    A widget whose property "muted" or "warning" is true has text of that colour; a frame whose
    property "popup" is true stands out from what it covers.
    """
    return _SHEET.format(
        background=hexed(BACKGROUND),
        panel=hexed(PANEL),
        raised=hexed(RAISED),
        line=hexed(LINE),
        text=hexed(TEXT),
        muted=hexed(MUTED),
        disabled=hexed(DISABLED),
        accent=hexed(ACCENT),
        selection=hexed(SELECTION),
        selected=hexed(SELECTED_TEXT),
        warning=hexed(WARNING),
    )


def apply_theme(app: QApplication) -> None:
    """Give the whole app its looks, the same on every platform."""
    app.setStyle("Fusion")
    app.setPalette(palette())
    app.setStyleSheet(stylesheet())
