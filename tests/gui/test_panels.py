"""The panels around the canvas: real widgets, clicked and typed into."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from roto.guidance import Suggestion
from roto.media.source import Clip
from roto_gui.canvas.views import View
from roto_gui.panels.fields import NumberSlider, Scale
from roto_gui.panels.object_model import HERE, OBJECT, SOLO, counts, lifetime
from roto_gui.panels.objects import ObjectsPanel
from roto_gui.panels.status import NoticeBar, StatusLine, duration
from roto_gui.panels.tool_options import TOOLS, ToolOptions
from roto_gui.panels.view_options import ViewOptions
from roto_gui.state import ObjectState, Progress, Snapshot

FRAMES = tuple(range(1001, 1011))


def known(object_id, name, keys=(), stale=(), **more):
    states = dict.fromkeys(FRAMES, "fresh") if keys else {}
    states |= dict.fromkeys(stale, "stale") | dict.fromkeys(keys, "keyframe")
    colour = (40 * object_id, 200, 90)
    return ObjectState(object_id, name, colour, states=MappingProxyType(states), **more)


HERO = known(1, "hero", keys=(1001, 1010), stale=(1004, 1005))
VAN = known(2, "van", keys=(1003,), first=1002)
DOG = known(4, "dog", visible=False)


def snapshot(*objects, **more):
    return Snapshot(Clip("plate", 64, 48, 10, 1001), FRAMES, tuple(objects), **more)


@pytest.fixture
def panel(qtbot):
    made = ObjectsPanel()
    qtbot.addWidget(made)
    made.resize(300, 320)
    made.set_snapshot(snapshot(HERO, VAN, DOG))
    made.set_frame(1004)
    made.set_active(1)
    made.show()
    qtbot.waitExposed(made)
    return made


def told(signal):
    """A list that fills with what a signal says."""
    heard = []
    signal.connect(lambda *values: heard.append(values))
    return heard


def middle(panel, object_id, zone=None):
    """A point of a row in the list: inside one of its buttons, or on its name."""
    row = panel.view.visualRect(panel.model.row_of(object_id))
    delegate = panel.view.rows
    if zone is None:
        return QPoint(row.left() + 70, row.center().y() - 6)
    line = [QPoint(x, row.top() + 18) for x in range(row.left(), row.right())]
    there = [at for at in line if delegate.zone(row, at) == zone]
    return there[len(there) // 2]


def press(panel, object_id, zone=None):
    at = middle(panel, object_id, zone)
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=at)


class TestWords:
    def test_counts(self):
        assert counts(HERO) == "2 keyframes, 6 fresh, 2 stale"
        assert counts(VAN) == "1 keyframe, 9 fresh"
        assert counts(DOG) == "no keyframe yet"

    def test_lifetimes(self):
        assert lifetime(HERO) == ""
        assert lifetime(VAN) == "from 1002"
        assert lifetime(replace(VAN, last=1005)) == "1002-1005"
        assert lifetime(replace(VAN, first=None, last=1005)) == "to 1005"


class TestObjects:
    def test_a_click_chooses(self, panel):
        chosen = told(panel.object_chosen)
        press(panel, 2)
        assert chosen == [(2,)]
        panel.set_active(4)
        assert panel.view.currentIndex().data(OBJECT) is DOG
        assert chosen == [(2,)]  # what the window sets is no choice of the artist's

    def test_the_selection_stays_when_objects_come_and_go(self, panel):
        panel.set_active(2)
        chosen = told(panel.object_chosen)
        scroll = panel.view.verticalScrollBar().value()
        panel.set_snapshot(snapshot(VAN, known(3, "cat"), DOG))
        assert panel.view.currentIndex().data(OBJECT) == VAN
        assert [o.name for o in panel.model.objects()] == ["van", "cat", "dog"]
        panel.set_snapshot(snapshot(HERO, VAN, DOG))
        assert panel.view.currentIndex().data(OBJECT) == VAN
        assert panel.view.selectionModel().isSelected(panel.model.row_of(2))
        assert panel.view.verticalScrollBar().value() == scroll
        panel.set_snapshot(None)
        assert panel.model.rowCount() == 0
        assert chosen == []

    def test_the_eye_does_not_choose(self, panel):
        chosen, seen = told(panel.object_chosen), told(panel.visibility_changed)
        press(panel, 2, "visible")
        press(panel, 4, "visible")
        assert seen == [(2, False), (4, True)]
        assert chosen == []
        assert panel.view.currentIndex().data(OBJECT) is HERO

    def test_solo_and_back(self, panel):
        solo = told(panel.solo_changed)
        press(panel, 2, "solo")
        assert [panel.model.row_of(i).data(SOLO) for i in (1, 2)] == [False, True]
        press(panel, 4, "solo")
        press(panel, 4, "solo")
        assert solo == [(2,), (4,), (None,)]
        press(panel, 2, "solo")
        panel.set_snapshot(snapshot(HERO, DOG))
        assert solo[-1] == (None,)

    def test_rename_in_place(self, panel, qtbot):
        named = told(panel.renamed)
        QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=middle(panel, 2))
        at = middle(panel, 2)
        QTest.mouseDClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
        field = panel.view.findChild(QLineEdit)
        assert field.text() == "van"
        field.setText("  white van ")
        QTest.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: named == [(2, "white van")])
        assert panel.model.row_of(2).data() == "van"  # until the document says so

    def test_a_name_that_is_none_is_no_wish(self, panel):
        named = told(panel.renamed)
        for text in ("", "   ", "hero"):
            assert not panel.model.setData(panel.model.row_of(1), text)
        assert named == []

    def test_the_colour_is_chosen_beside_the_work(self, panel, qtbot):
        coloured = told(panel.recoloured)
        press(panel, 2, "colour")
        dialog = panel.colour_dialog
        assert dialog is not None
        assert dialog.isVisible()
        assert not dialog.isModal()
        assert dialog.currentColor() == QColor(*VAN.colour)
        dialog.setCurrentColor(QColor(1, 2, 3))
        dialog.accept()
        assert coloured == [(2, (1, 2, 3))]
        assert panel.colour_dialog is None

    def test_the_menu(self, panel):
        absent, lives, gone = (
            told(panel.absent_here),
            told(panel.lifetime_changed),
            told(panel.removed),
        )
        menu = panel.menu(2)
        actions = {action.text(): action for action in menu.actions()}
        actions["Not in frame 1004"].trigger()
        actions["Lifetime starts at 1004"].trigger()
        actions["Lifetime ends at 1004"].trigger()
        actions["Clear lifetime"].trigger()
        assert absent == [(2,)]
        assert lives == [(2, 1004, None), (2, 1002, 1004), (2, None, None)]
        assert panel.hint.isHidden()
        actions["Remove van"].trigger()
        assert gone == [(2,)]
        assert panel.hint.isVisible()
        assert panel.hint.text().startswith("van is removed")
        assert "Undo brings it back" in panel.hint.text()
        menu.close()
        names = {a.text(): a.isEnabled() for a in panel.menu(1).actions()}
        assert not names["Clear lifetime"]

    def test_a_frame_is_locked_and_unlocked(self, panel):
        locked, unlocked = told(panel.lock_wanted), told(panel.unlock_wanted)
        actions = {action.text(): action for action in panel.menu(1).actions()}
        assert not actions["Unlock frame 1004"].isEnabled()
        actions["Lock frame 1004"].trigger()
        assert locked == [(1, 1004)]
        before = panel.model.row_of(1).data(OBJECT)
        states = {**before.states, 1004: "locked"}
        panel.set_snapshot(snapshot(replace(before, states=states)))
        actions = {action.text(): action for action in panel.menu(1).actions()}
        assert not actions["Lock frame 1004"].isEnabled()
        actions["Unlock frame 1004"].trigger()
        assert unlocked == [(1, 1004)]

    def test_a_lifetime_never_runs_backwards(self, panel):
        panel.set_frame(1001)
        enabled = {a.text(): a.isEnabled() for a in panel.menu(2).actions()}
        assert enabled["Lifetime starts at 1001"]
        assert not enabled["Lifetime ends at 1001"]

    def test_the_state_of_the_frame(self, panel):
        assert panel.model.row_of(1).data(HERE) == "stale"
        panel.set_frame(1010)
        assert panel.model.row_of(1).data(HERE) == "keyframe"
        assert "Frame 1010: a keyframe" in panel.model.row_of(1).data(Qt.ItemDataRole.ToolTipRole)

    def test_add(self, panel):
        added = told(panel.added)
        panel.add.click()
        assert added == [()]

    def test_nothing_is_edited_in_a_read_only_project(self, panel):
        panel.set_snapshot(snapshot(HERO, VAN, read_only=True))
        seen = told(panel.visibility_changed)
        press(panel, 1, "visible")
        press(panel, 1, "colour")
        panel.rename(1)
        assert seen == []
        assert panel.colour_dialog is None
        assert panel.view.findChild(QLineEdit) is None
        assert not panel.add.isEnabled()
        assert not any(a.isEnabled() for a in panel.menu(1).actions() if a.text())


class TestNumberSlider:
    @pytest.fixture
    def slider(self, qtbot):
        made = NumberSlider(Scale(1, 1000, 20, 1, logarithmic=True), "size")
        qtbot.addWidget(made)
        made.show()
        return made

    def test_logarithmic(self, slider):
        heard = told(slider.value_changed)
        slider.slider.setValue(500)
        assert heard == [(31.6,)]
        assert slider.field.value() == 31.6
        slider.field.setValue(1000)
        assert slider.slider.value() == 1000
        assert heard == [(31.6,), (1000.0,)]

    def test_what_is_set_is_not_told(self, slider):
        heard = told(slider.value_changed)
        slider.set_value(77.7)
        assert (slider.value, heard) == (77.7, [])
        slider.set_value(5000)
        assert slider.value == 1000

    def test_a_double_click_resets(self, slider):
        slider.set_value(500)
        heard = told(slider.value_changed)
        QTest.mouseDClick(slider.slider, Qt.MouseButton.LeftButton)
        assert slider.value == 20
        assert heard[-1] == (20.0,)


class TestToolOptions:
    @pytest.fixture
    def options(self, qtbot):
        made = ToolOptions()
        qtbot.addWidget(made)
        made.show()
        return made

    def test_tools_exclude_each_other(self, options):
        chosen = told(options.tool_chosen)
        for name in TOOLS:
            options.tools[name].click()
            assert [n for n in TOOLS if options.tools[n].isChecked()] == [name]
        assert chosen == [(name,) for name in TOOLS]
        options.set_tool("eraser")
        assert len(chosen) == len(TOOLS)
        assert options.radius.isEnabled()
        options.set_tool("polygon")
        assert not options.radius.isEnabled()

    def test_the_brush(self, options):
        brushes, pressures = told(options.brush_changed), told(options.pressure_changed)
        options.set_brush(12.5, 0.4)
        assert brushes == []
        options.radius.field.setValue(40)
        options.hardness.field.setValue(75)
        assert brushes == [(40.0, 0.4), (40.0, 0.75)]
        QTest.keyClick(options.pressure, Qt.Key.Key_Down)
        assert pressures == [("opacity",)]
        options.set_pressure("off")
        assert options.pressure.currentText() == "nothing"
        assert pressures == [("opacity",)]

    def test_the_radius_is_that_of_the_tool_in_hand(self, options):
        brushes, scribbles = told(options.brush_changed), told(options.scribble_changed)
        options.set_brush(12.5, 0.5)
        options.set_scribble(4)
        options.set_tool("smart")
        assert options.radius.isEnabled()
        assert not options.hardness.isEnabled()
        assert options.radius.value == 4
        options.radius.field.setValue(9)
        options.radius.reset()
        options.set_tool("brush")
        assert options.radius.value == 12.5
        options.radius.field.setValue(40)
        options.set_tool("smart")
        assert options.radius.value == 6
        assert scribbles == [(9.0,), (6.0,)]
        assert brushes == [(40.0, 0.5)]

    def test_operations(self, options):
        wanted = told(options.operation_wanted)
        options.amounts["grow"].setValue(3)
        for name in ("grow", "shrink", "fill_holes", "remove_specks", "feather"):
            options.operations[name].click()
        options.operations["keep_largest"].click()
        options.operations["invert"].click()
        assert wanted == [
            ("grow", 3.0), ("shrink", 3.0), ("fill_holes", 0.0), ("remove_specks", 64.0),
            ("feather", 2.0), ("keep_largest", 0.0), ("invert", 0.0),
        ]  # fmt: skip
        options.set_operations_enabled(False)
        options.operations["grow"].click()
        assert len(wanted) == 7


class TestViewOptions:
    @pytest.fixture
    def options(self, qtbot):
        made = ViewOptions()
        qtbot.addWidget(made)
        made.show()
        return made

    def test_every_change_is_a_view(self, options):
        heard = told(options.view_changed)
        options.mode.setCurrentIndex(options.mode.findData("matte"))
        options.channel.setCurrentIndex(options.channel.findData("g"))
        options.exposure.field.setValue(2.5)
        options.gamma.field.setValue(2.2)
        options.onion.click()
        options.wipe.click()
        options.wipe_at.field.setValue(25)
        expected = View("matte", "g", 2.5, 2.2, onion=True, wipe=0.25)
        assert heard[-1] == (expected,)
        assert options.view == expected
        assert len(heard) == 7

    def test_what_is_set_is_shown_and_not_told(self, options):
        heard = told(options.view_changed)
        view = View("colour", "a", -3.0, 0.5, 0.8, (9, 8, 7), onion=True, wipe=0.4)
        options.set_view(view)
        assert heard == []
        assert options.view == view
        assert options.mode.currentData() == "colour"
        assert options.exposure.value == -3
        assert options.background.text() == "#090807"
        options.exposure.field.setValue(0)
        assert heard == [(replace(view, exposure=0.0),)]

    def test_reset_leaves_the_mode(self, options):
        options.set_view(View("black", "r", 3.0, 2.0, wipe=0.5))
        heard = told(options.view_changed)
        options.reset.click()
        assert heard == [(View("black"),)]
        assert options.exposure.value == 0
        assert not options.wipe.isChecked()

    def test_a_double_click_brings_the_exposure_back(self, options):
        options.set_view(View(exposure=3.0))
        QTest.mouseDClick(options.exposure.slider, Qt.MouseButton.LeftButton)
        assert options.view == View()

    def test_the_background(self, options):
        options.set_view(View("colour"))
        heard = told(options.view_changed)
        options.background.click()
        options.colour_dialog.setCurrentColor(QColor(10, 20, 30))
        assert heard[-1][0].background == (10, 20, 30)
        options.colour_dialog.close()
        assert options.colour_dialog is None
        options.set_view(View())
        assert not options.background.isEnabled()


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

    def test_errors_wait_for_each_other(self, bar):
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
        assert (bar.what.text(), bar.waiting) == ("Nothing can be written.", 1)
        bar.clear()
        assert bar.isHidden()

    def test_it_takes_no_focus(self, bar, qtbot):
        field = QLineEdit()
        qtbot.addWidget(field)
        field.show()
        field.setFocus()
        bar.show_error("a", "b")
        assert not bar.hasFocus()
        assert bar.windowModality() is Qt.WindowModality.NonModal
