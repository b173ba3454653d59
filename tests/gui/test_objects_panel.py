"""The list of objects, driven with a mouse and keys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gui_objects import HERO, VAN, known, snapshot, told
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from roto_gui.panels.object_model import HERE, OBJECT, SOLO, counts, lifetime
from roto_gui.panels.objects import ObjectsPanel

DOG = known(4, "dog", visible=False)


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
