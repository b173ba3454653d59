"""The status line and the notices above the picture."""

from __future__ import annotations

import pytest
from gui_objects import HERO, VAN, snapshot, told
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from roto.session.guidance import Suggestion
from roto_gui.panels.status import NoticeBar, StatusLine, duration
from roto_gui.state import Progress


class TestStatusLine:
    @pytest.fixture
    def line(self, qtbot):
        made = StatusLine()
        qtbot.addWidget(made)
        made.resize(900, 30)
        made.show()
        return made

    def test_what_to_check(self, line):
        line.set_snapshot(
            snapshot(
                HERO,
                VAN,
                suggestions=(
                    Suggestion(1008, 2, "far from keyframes", 1.0),
                    Suggestion(1004, 1, "low confidence", 0.5),
                ),
            )
        )
        chosen = told(line.frame_chosen)
        assert line.counts.text() == "2 stale, 2 to check"
        assert line.check.text() == "Check frame 1008"
        assert "van" in line.check.toolTip()
        line.check.click()
        assert chosen == [(1008,)]
        line.set_snapshot(snapshot(VAN))
        assert line.check.isHidden()
        assert line.counts.isHidden()

    def test_progress(self, line):
        pauses, cancels = told(line.pause_wanted), told(line.cancel_wanted)
        assert line.bar.isHidden()
        line.set_progress(Progress("propagate", 25, 100, seconds=20))
        assert line.bar.isVisible()
        assert (line.bar.value(), line.bar.maximum()) == (25, 100)
        assert line.bar.text() == "Propagating 25/100"
        assert line.remaining.text() == "1:00 left"
        line.pause.click()
        line.set_progress(Progress("propagate", 25, 100, paused=True, seconds=20))
        assert line.pause.text() == "Go on"
        line.pause.click()
        line.cancel.click()
        assert pauses == [(True,), (False,)]
        assert cancels == [()]
        line.set_progress(None)
        assert line.cancel.isHidden()

    def test_work_of_unknown_length(self, line):
        line.set_progress(Progress("open", 0, 0))
        assert line.bar.maximum() == 0
        assert line.remaining.text() == "Opening"

    def test_a_long_hint_never_widens_the_window(self, line):
        line.set_hint("word " * 200)
        assert line.hint.whole == "word " * 200
        assert line.hint.text().endswith("…")
        assert line.hint.toolTip() == line.hint.whole
        assert line.minimumSizeHint().width() < 900

    def test_durations(self):
        assert [duration(s) for s in (0, 7.4, 200, 3720)] == ["0:00", "0:07", "3:20", "1:02:00"]


class TestNoticeBar:
    @pytest.fixture
    def bar(self, qtbot):
        made = NoticeBar()
        qtbot.addWidget(made)
        return made

    def test_no_error_is_lost_and_the_newest_is_seen(self, bar):
        bar.show_error("The disk is full.", "Free some room.")
        bar.show_error("The movie is cut off.", "Copy it again.")
        bar.show_error("The disk is full.", "Free some room.")
        assert bar.isVisible()
        assert (bar.what.text(), bar.todo.text()) == ("The disk is full.", "Free some room.")
        assert bar.more.text() == "1 more"
        bar.close_button.click()
        assert bar.what.text() == "The movie is cut off."
        assert bar.more.text() == ""
        bar.close_button.click()
        assert bar.isHidden()

    def test_a_notice_makes_room(self, bar):
        bar.show_notice("Three frames are missing.")
        assert bar.todo.isHidden()
        bar.show_notice("The clip has changed.")
        bar.show_error("Nothing can be written.")
        assert (bar.what.text(), bar.waiting) == ("Nothing can be written.", 0)
        bar.show_notice("Saved.")
        assert (bar.what.text(), bar.waiting) == ("Saved.", 1)
        bar.show_notice("Locked.")
        assert (bar.what.text(), bar.waiting) == ("Locked.", 1)
        bar.dismiss()
        assert (bar.what.text(), bar.waiting) == ("Nothing can be written.", 0)
        bar.clear()
        assert bar.isHidden()

    def test_an_error_that_is_none_any_more_goes_whether_read_or_not(self, bar):
        bar.show_error("Open", "There is no such clip.")
        bar.show_error("Export", "The disk is full.")
        bar.forget("Open")
        assert (bar.what.text(), bar.waiting) == ("Export", 0)
        bar.show_notice("Open")
        bar.forget("Open")  # no error
        assert (bar.what.text(), bar.waiting) == ("Open", 1)
        bar.dismiss()
        bar.forget("Export")
        assert bar.isHidden()

    def test_a_notice_goes_when_the_artist_goes_on_and_nothing_else_does(self, bar):
        bar.show_error("Export", "The disk is full.")
        bar.show_notice("Locked.")
        bar.go_on()
        assert bar.what.text() == "Locked."  # nobody has had time to read it
        bar.reading = 0.0
        bar.go_on()
        assert (bar.what.text(), bar.waiting) == ("Export", 0)
        bar.go_on()
        assert bar.what.text() == "Export"
        bar.show_choice("A mask or a clip?", [("A mask", lambda: None)])
        bar.go_on()
        assert bar.what.text() == "A mask or a clip?"

    def test_it_takes_no_focus(self, bar, qtbot):
        field = QLineEdit()
        qtbot.addWidget(field)
        field.show()
        field.setFocus()
        bar.show_error("a", "b")
        assert not bar.hasFocus()
        assert bar.windowModality() is Qt.WindowModality.NonModal
