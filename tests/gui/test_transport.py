"""The transport bar, and the icons on it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon

from roto.media.source import Clip
from roto_gui.icons import icon, names
from roto_gui.playback.transport import Transport, parse_frame
from roto_gui.state import ObjectState, Snapshot

FRAMES = tuple(f for f in range(1001, 1101) if f != 1050)


@pytest.fixture
def bar(qtbot):
    widget = Transport()
    qtbot.addWidget(widget)
    of = ObjectState(1, "Actor", (200, 0, 0), states={1010: "keyframe"})
    widget.set_snapshot(Snapshot(Clip("a", 4, 4, 99, 1001, missing=(1050,)), FRAMES, (of,)))
    widget.set_frame(1020)
    widget.show()
    return widget


def heard(signal):
    found = []
    signal.connect(lambda *values: found.append(values if len(values) > 1 else values[0]))
    return found


def enter(qtbot, field, text):
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("1043", 1043),
        (" 1043 ", 1043),
        ("+10", 1030),
        ("-10", 1010),
        ("1050", 1049),
        ("9999", 1100),
        ("3", 1001),
        ("", None),
        ("12a", None),
        ("1e3", None),
        ("--3", None),
    ],
)
def test_what_a_typed_frame_means(text, frame):
    assert parse_frame(text, FRAMES, 1020) == frame


def test_numbers_below_zero():
    assert parse_frame("-3", range(-5, 5), 2) == -3
    assert parse_frame("1043", (), 0) is None


def test_a_number_jumps_and_bad_input_is_restored(qtbot, bar):
    chosen = heard(bar.frame_chosen)
    enter(qtbot, bar.field, "1043")
    assert chosen == [1043]
    enter(qtbot, bar.field, "foo")
    assert chosen == [1043]
    assert bar.field.text() == "1043"
    bar.set_frame(1044)
    assert bar.field.text() == "1044"


def test_what_is_typed_stays_while_frames_go_by(qtbot, bar):
    bar.activateWindow()
    bar.field.setFocus()
    qtbot.waitUntil(bar.field.hasFocus)
    bar.field.selectAll()
    qtbot.keyClicks(bar.field, "10")
    bar.set_frame(1021)
    assert bar.field.text() == "10"
    qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
    assert bar.field.text() == "1021"


def test_buttons_step_and_play(bar):
    steps, keys, plays = heard(bar.step), heard(bar.keyframe_step), heard(bar.play_toggled)
    for name in ("previous", "next", "previous-key", "next-key", "play"):
        bar.buttons[name].click()
    assert (steps, keys, plays) == ([-1, 1], [-1, 1], [1])
    assert not bar.buttons["play"].isChecked(), "only the player says that it plays"
    bar.set_playing(1)
    assert bar.buttons["play"].isChecked()
    bar.buttons["play-back"].click()
    bar.buttons["play"].click()
    bar.buttons["stop"].click()
    assert plays == [1, -1, 0, 0]


def test_first_and_last_stop_at_the_in_and_out_points(bar):
    chosen = heard(bar.frame_chosen)
    bar.set_range(1010, 1080)
    bar.buttons["first"].click()
    bar.set_frame(1010)
    bar.buttons["first"].click()
    bar.buttons["last"].click()
    bar.set_frame(1080)
    bar.buttons["last"].click()
    assert chosen == [1010, 1001, 1080, 1100]


def test_in_and_out_are_typed_and_emptied(qtbot, bar):
    ranges = heard(bar.range_changed)
    enter(qtbot, bar.first, "1010")
    enter(qtbot, bar.last, "1080")
    assert ranges == [(1010, None), (1010, 1080)]
    enter(qtbot, bar.last, "1005")
    assert ranges[-1] == (None, 1005), "the in point lay behind it"
    bar.last.clear()
    qtbot.keyClick(bar.last, Qt.Key.Key_Return)
    assert ranges[-1] == (None, None)
    enter(qtbot, bar.first, "1001")
    assert bar.first.text() == ""


def test_the_rate_is_shown_honestly(bar):
    bar.set_rate(24.0)
    assert bar.rate.whole == "24.0 fps"
    bar.set_rate(17.26, 1203)
    assert bar.rate.whole == "17.3 fps, 1,203 dropped"


def test_nothing_to_do_without_a_clip(bar):
    bar.set_snapshot(None)
    assert not bar.isEnabled()
    assert bar.field.text() == bar.of.text() == ""


@pytest.mark.parametrize("name", names())
def test_every_icon_shows_something_of_its_own(qapp, name):
    image = icon(name, "#ffffff").pixmap(QSize(24, 24)).toImage()
    faint = icon(name, "#ffffff").pixmap(QSize(24, 24), QIcon.Mode.Disabled).toImage()
    assert any(image.pixelColor(x, y).alpha() > 200 for x in range(24) for y in range(24))
    assert max(faint.pixelColor(x, y).alpha() for x in range(24) for y in range(24)) < 120
    others = (icon(o, "#ffffff").pixmap(QSize(24, 24)).toImage() for o in names() if o != name)
    assert all(image != other for other in others)


def test_no_such_icon(qapp):
    with pytest.raises(KeyError):
        icon("banana")
