"""The receipt strip: words, bars, and taking back a range."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt

from roto.session.receipts import Change, Receipt
from roto_gui.receipts.bars import Places, around, make_bars, summarise
from roto_gui.receipts.strip import ReceiptStrip

FRAMES = tuple(range(1001, 1101))
COLOURS = {1: (220, 40, 40), 2: (40, 200, 40)}


def change(frame, i=1, pixels=100, iou=0.9, boundary=2.0, first=False):
    return Change(frame, i, {1: "Actor", 2: "Car"}[i], pixels, iou, boundary, first)


def receipt(*changes):
    return Receipt(3, tuple(changes))


def test_words():
    assert summarise(receipt()) == ("Nothing changed", "")
    assert summarise(receipt(change(1005, pixels=3412, boundary=11.7))) == (
        "1 frame changed",
        "most at 1005: 3,412 px, edge moved 12 px",
    )
    new = [change(f, pixels=9000, boundary=math.inf, first=True) for f in range(1001, 1061)]
    assert summarise(receipt(*new)) == ("60 new frames", "")
    both = summarise(receipt(*new, change(1070), change(1070, 2), change(1071)))
    assert both.frames == "60 new, 2 changed"
    assert both.most.startswith("most at 1070: 100 px"), "new frames did not change"
    gone = summarise(receipt(change(1005, boundary=math.inf)))
    assert gone.most == "most at 1005: 100 px, appeared or vanished"


def test_bars_are_logarithmic_and_the_highest_is_drawn_first():
    bars = make_bars(receipt(change(1, pixels=9), change(2, 1, 99), change(2, 2, 9999)))
    assert [(b.frame, b.object) for b in bars] == [(1, 1), (2, 2), (2, 1)]
    assert [b.height for b in bars] == pytest.approx([0.25, 1.0, 0.5])
    (bar,) = make_bars(receipt(change(1, iou=0.6)), "overlap")
    assert bar.height == pytest.approx(0.4)
    (flat,) = make_bars(receipt(change(1, pixels=0, first=True)))
    assert flat.height > 0


def test_a_few_frames_are_not_one_wide_bar():
    shown = around(receipt(change(1050)), FRAMES)
    assert len(shown) >= 24
    assert shown[0] < 1050 < shown[-1]
    assert around(receipt(change(1001), change(1100)), FRAMES) == list(FRAMES)


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(0, 5000), min_size=1), st.floats(1, 3000), st.data())
def test_the_frame_at_the_middle_of_a_bar_is_that_frame(frames, width, data):
    places = Places(sorted(frames), 8.0, width)
    frame = data.draw(st.sampled_from(sorted(frames)))
    assert places.frame(places.x(frame) + places.step / 2) == frame


@pytest.fixture
def strip(qtbot):
    widget = ReceiptStrip()
    qtbot.addWidget(widget)
    widget.resize(900, 90)
    changes = [change(f, pixels=5000) for f in range(1010, 1060)]
    changes += [change(1080, 2, 5000, first=True)]
    widget.set_receipt(receipt(*changes), FRAMES, COLOURS)
    qtbot.waitExposed(widget)
    return widget


def place(strip, frame):
    places = strip.bars.places
    return QPoint(round(places.x(frame) + places.step / 2), 20)


def drag(qtbot, strip, first, last):
    qtbot.mousePress(strip.bars, Qt.MouseButton.LeftButton, pos=place(strip, first))
    qtbot.mouseMove(strip.bars, place(strip, last))
    qtbot.mouseRelease(strip.bars, Qt.MouseButton.LeftButton, pos=place(strip, last))


def heard(signal):
    found = []
    signal.connect(lambda *values: found.append(values))
    return found


def test_hidden_without_a_receipt(strip):
    assert strip.isVisible()
    assert strip.count.text() == "1 new, 50 changed"
    strip.set_receipt(None, FRAMES)
    assert not strip.isVisible()


def test_long_words_are_cut_off_rather_than_making_the_window_wider(strip):
    strip.set_receipt(receipt(), FRAMES)
    narrow = strip.minimumSizeHint().width()
    far = change(1005, pixels=12_345_678, boundary=1234.0)
    strip.set_receipt(receipt(far, change(1006)), FRAMES, COLOURS)
    assert strip.minimumSizeHint().width() <= narrow + 20  # the count alone
    strip.resize(strip.minimumSizeHint().width(), 90)
    assert strip.most.whole == "most at 1005: 12,345,678 px, edge moved 1234 px"
    assert strip.most.text() != strip.most.whole
    assert strip.most.toolTip() == strip.most.whole


def test_a_click_goes_there_and_says_what_changed(qtbot, strip):
    chosen = heard(strip.frame_chosen)
    drag(qtbot, strip, 1033, 1033)
    assert chosen == [(1033,)]
    words = strip.bars.words_at(place(strip, 1033).x())
    assert words == "Frame 1033\nActor: 5,000 px, edge moved 2 px"
    assert "Car: new" in strip.bars.words_at(place(strip, 1080).x())
    assert "not changed" in strip.bars.words_at(place(strip, 1070).x())


@pytest.mark.parametrize(("start", "end"), [(1020, 1030), (1030, 1020)])
def test_a_dragged_range_is_reverted(qtbot, strip, start, end):
    chosen, reverted = heard(strip.frame_chosen), heard(strip.reverted)
    assert not strip.revert_range.isEnabled()
    drag(qtbot, strip, start, end)
    assert strip.bars.selected == (1020, 1030)
    strip.revert_range.click()
    assert strip.revert_range.text() == "Revert 1020 to 1030"
    assert reverted == [(1020, 1030)]
    assert chosen == []
    drag(qtbot, strip, 1050, 1050)
    assert strip.bars.selected is None
    assert not strip.revert_range.isEnabled()


def test_accept_and_revert(strip):
    accepted, reverted = heard(strip.accepted), heard(strip.reverted)
    strip.accept.click()
    strip.revert.click()
    assert accepted == [()]
    assert reverted == [(None, None)]


def test_a_new_receipt_forgets_the_selection(qtbot, strip):
    drag(qtbot, strip, 1020, 1030)
    strip.set_receipt(receipt(change(1001)), FRAMES, COLOURS)
    assert strip.bars.selected is None
    assert not strip.revert_range.isEnabled()


def colour_at(strip, frame, up):
    image = strip.bars.grab().toImage()
    height = strip.bars.height() - 13
    found = image.pixelColor(place(strip, frame).x(), round(height - up))
    return np.array([found.red(), found.green(), found.blue()], int)


def test_changed_new_and_untouched_frames_look_different(strip):
    changed, new, untouched = (colour_at(strip, f, 10) for f in (1030, 1080, 1070))
    assert changed[0] > 150
    assert np.ptp(untouched) < 12
    assert new[1] > untouched[1] + 15
    assert new.max() < changed.max() - 60, "new ones are fainter"
    strip.measure.setChecked(True)
    assert colour_at(strip, 1030, 25)[0] < 60, "a tenth of the overlap is a low bar"
