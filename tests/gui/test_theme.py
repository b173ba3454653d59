"""The theme can be read, and colours nothing around the plate."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QIcon, QPalette
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from roto_gui import theme
from roto_gui.icons import icon

GREYS = ("BACKGROUND", "PANEL", "RAISED", "LINE", "TEXT", "MUTED", "DISABLED", "SELECTED_TEXT")


def contrast(one, other):
    """Contrast ratio by WCAG 2, in [1, 21]; text should have 4.5 or more."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    linear = [
        v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4
        for v in (c / 255 for c in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_contrast_is_as_wcag_has_it():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
    assert contrast((9, 9, 9), (9, 9, 9)) == 1


@pytest.mark.parametrize("ground", ["BACKGROUND", "PANEL", "RAISED"])
@pytest.mark.parametrize("text", ["TEXT", "MUTED", "ACCENT", "WARNING"])
def test_text_can_be_read(text, ground):
    assert contrast(getattr(theme, text), getattr(theme, ground)) >= 4.5


@pytest.mark.parametrize(
    ("text", "ground"),
    [("SELECTED_TEXT", "SELECTION"), ("TEXT", "SELECTION"), ("TEXT", "LINE")],
)
def test_text_on_what_is_chosen_or_pointed_at_can_be_read(text, ground):
    assert contrast(getattr(theme, text), getattr(theme, ground)) >= 4.5


@pytest.mark.parametrize("ground", ["BACKGROUND", "PANEL"])
def test_the_focus_ring_can_be_seen(ground):
    assert contrast(theme.ACCENT, getattr(theme, ground)) >= 3  # WCAG 2.1, 1.4.11


def test_disabled_is_weaker_than_muted_and_still_there():
    disabled = contrast(theme.DISABLED, theme.PANEL)
    assert 2.5 < disabled < contrast(theme.MUTED, theme.PANEL)


@pytest.mark.parametrize("name", GREYS)
def test_greys_are_neutral(name):
    assert len(set(getattr(theme, name))) == 1


@pytest.fixture
def themed(qapp):
    before = qapp.style().name(), qapp.palette(), qapp.styleSheet()
    theme.apply_theme(qapp)
    yield qapp
    qapp.setStyleSheet(before[2])
    qapp.setStyle(before[0])
    qapp.setPalette(before[1])


def test_a_window_has_the_colours_of_the_theme(qtbot, themed):
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(40, 40)
    picture = widget.grab().toImage()
    assert picture.pixelColor(20, 20).getRgb()[:3] == theme.PANEL
    assert widget.palette().color(QPalette.ColorRole.Text).getRgb()[:3] == theme.TEXT


def colours_of(widget):
    picture = widget.grab().toImage()
    points = ((x, y) for x in range(picture.width()) for y in range(picture.height()))
    return {picture.pixelColor(x, y).getRgb()[:3] for x, y in points}


@pytest.mark.parametrize("make", [QLineEdit, QPushButton])
def test_what_has_the_keyboard_has_a_ring(qtbot, themed, make):
    window = QWidget()
    qtbot.addWidget(window)
    widget = make(window)
    window.resize(160, 60)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    widget.clearFocus()
    assert theme.ACCENT not in colours_of(widget)
    widget.setFocus()
    assert theme.ACCENT in colours_of(widget)


def test_muted_text_is_muted(qtbot, themed):
    label = QLabel("██")
    label.setProperty("muted", True)
    qtbot.addWidget(label)
    assert theme.MUTED in colours_of(label)


def test_the_sheet_has_no_hole(themed):
    assert "{" + "background}" not in theme.stylesheet()
    assert theme.stylesheet().count("{") == theme.stylesheet().count("}")


@pytest.mark.parametrize("ratio", [1, 1.25, 1.5, 1.75, 2, 3])
@pytest.mark.parametrize("size", [16, 18, 20])
def test_icons_are_drawn_for_the_pixels_they_get(qapp, size, ratio):
    """Otherwise they would be scaled, which blurs them."""
    wanted = size * ratio
    for state in (QIcon.Mode.Normal, QIcon.Mode.Disabled):
        sizes = [found.width() for found in icon("brush").availableSizes(state)]
        assert min(abs(found - wanted) for found in sizes) <= 0.5
