"""What a real timeline does with a mouse."""

from __future__ import annotations

from gui_timelines import snapshot, two_objects
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from roto_gui.state import Progress
from roto_gui.timeline.geometry import (
    handles,
)

LEFT = Qt.MouseButton.LeftButton


def point(timeline, frame, lane=None, y=None):
    layout = timeline.layout_now
    if lane is not None:
        rect = layout.lane(lane)
        y = rect.y + rect.height / 2
    elif y is None:
        y = layout.ruler.y + 12
    return QPoint(round(timeline.axis.centre(frame)), round(y))


def drag(qtbot, timeline, start, *points, button=LEFT):
    qtbot.mousePress(timeline, button, pos=start)
    for place in points:
        qtbot.mouseMove(timeline, place)
    qtbot.mouseRelease(timeline, button, pos=points[-1] if points else start)


def wheel(timeline, place, notches, modifiers=Qt.KeyboardModifier.NoModifier):
    event = QWheelEvent(
        QPointF(place),
        QPointF(timeline.mapToGlobal(place)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(timeline, event)


def heard(signal):
    found = []
    signal.connect(lambda *values: found.append(values if len(values) > 1 else values[0]))
    return found


def test_scrubbing_chooses_each_frame_once(qtbot, timeline):
    chosen = heard(timeline.frame_chosen)
    places = [point(timeline, f) for f in (1042, 1042, 1043)]
    places.insert(1, places[0] + QPoint(1, 0))
    drag(qtbot, timeline, point(timeline, 1040), *places)
    assert chosen == [1040, 1042, 1043]
    assert timeline.frame == 1043
    qtbot.mouseMove(timeline, point(timeline, 1090))
    assert chosen[-1] == 1043, "the button is up"


def test_scrubbing_beyond_the_edges_stays_in_the_clip(qtbot, timeline):
    chosen = heard(timeline.frame_chosen)
    drag(qtbot, timeline, point(timeline, 1040, lane=0), QPoint(5000, 20), QPoint(-90, 20))
    assert chosen == [1040, 1100, 1001]


def test_only_frames_on_disk_are_chosen(qtbot, timeline):
    frames = range(1001, 1101)
    timeline.set_snapshot(snapshot(frames=frames, missing=range(1040, 1050)))
    chosen = heard(timeline.frame_chosen)
    drag(qtbot, timeline, point(timeline, 1041), point(timeline, 1042), point(timeline, 1048))
    assert chosen == [1039, 1050]
    assert "not on disk" in timeline.words_at(point(timeline, 1045))


def test_a_flag_and_a_diamond_are_gone_to_exactly(qtbot, timeline):
    chosen = heard(timeline.frame_chosen)
    drag(qtbot, timeline, point(timeline, 1033, y=5) + QPoint(4, 0))
    drag(qtbot, timeline, point(timeline, 1050, lane=0) - QPoint(4, 0))
    assert chosen == [1033, 1050]


def test_clicking_a_name_chooses_the_object(qtbot, timeline):
    chosen, frames = heard(timeline.object_chosen), heard(timeline.frame_chosen)
    drag(qtbot, timeline, QPoint(40, point(timeline, 1001, lane=1).y()))
    assert chosen == [7]
    assert frames == []


def test_in_and_out_points_are_dragged_and_cleared(qtbot, timeline):
    ranges = heard(timeline.range_changed)
    y = round(timeline.layout_now.ruler.y + 6)
    left, right = (round(x) for x in handles(timeline.axis, timeline.marks))
    drag(qtbot, timeline, QPoint(left - 3, y), QPoint(round(timeline.axis.x(1020)), y))
    drag(qtbot, timeline, QPoint(right + 3, y), QPoint(round(timeline.axis.x(1081)), y))
    assert ranges[-1] == (1020, 1080)
    assert (timeline.marks.first, timeline.marks.last) == (1020, 1080)
    assert timeline.frame == 1001
    place = QPoint(round(timeline.axis.x(1020)) - 3, y)
    qtbot.mouseDClick(timeline, LEFT, pos=place)
    assert ranges[-1] == (None, 1080)


def test_wheel_zooms_at_the_pointer_and_shift_scrolls(timeline):
    place = point(timeline, 1060, lane=0)
    wheel(timeline, place, 6)
    assert timeline.axis.frame(place.x()) == 1060
    assert timeline.axis.scale > 20
    before = timeline.axis.shown
    wheel(timeline, place, -2, Qt.KeyboardModifier.ShiftModifier)
    assert timeline.axis.shown[0] > before[0]
    wheel(timeline, place, -40)
    assert timeline.axis.whole


def test_the_middle_button_and_the_bar_scroll(qtbot, timeline):
    timeline.zoom(8, 400)
    first = timeline.axis.start
    middle = Qt.MouseButton.MiddleButton
    drag(qtbot, timeline, QPoint(500, 60), QPoint(450, 60), button=middle)
    assert timeline.axis.start > first
    thumb = timeline.layout_now.thumb(timeline.axis)
    place = QPoint(round(thumb.x + 5), round(thumb.y + 2))
    drag(qtbot, timeline, place, QPoint(-900, place.y()))
    assert timeline.axis.start == 1001


def test_zoom_stays_while_the_clip_is_the_same(timeline):
    timeline.zoom(5, 400)
    axis = timeline.axis
    timeline.set_snapshot(two_objects())
    assert timeline.axis == axis
    timeline.set_snapshot(snapshot(frames=range(10)))
    assert timeline.axis.whole
    assert (timeline.axis.first, timeline.axis.last, timeline.frame) == (0, 9, 9)


def test_the_playhead_turns_the_page(timeline):
    timeline.zoom(8, 132)
    timeline.set_frame(1090)
    first, last = timeline.axis.shown
    assert first <= 1090 <= last


def test_the_menu_of_a_diamond_removes_the_keyframe(timeline):
    removed, chosen = heard(timeline.keyframe_removed), heard(timeline.frame_chosen)
    found = timeline.at(QPointF(point(timeline, 1050, lane=0)))
    menu = timeline.menu_at(found)
    actions = {action.text(): action for action in menu.actions()}
    actions["Go to frame 1050"].trigger()
    actions["Remove keyframe of Actor at 1050"].trigger()
    assert chosen == [1050]
    assert removed == [(1050, 1)]
    assert not actions["Clear in and out points"].isEnabled()
    actions["Set in point here"].trigger()
    assert timeline.marks.first == 1050
    menu.deleteLater()


def test_nothing_is_removed_from_a_project_that_cannot_be_changed(timeline):
    timeline.set_snapshot(two_objects(read_only=True))
    menu = timeline.menu_at(timeline.at(QPointF(point(timeline, 1050, lane=0))))
    (remove,) = [a for a in menu.actions() if a.text().startswith("Remove")]
    assert not remove.isEnabled()
    menu.deleteLater()


def test_tooltips_say_state_confidence_and_frame(timeline):
    words = timeline.words_at(point(timeline, 1044, lane=1))
    assert words == "Car, frame 1044\nup to date\nconfidence 90 %"
    assert "keyframe" in timeline.words_at(point(timeline, 1010, lane=0))
    assert "uncertain" in timeline.words_at(point(timeline, 1033, y=5))
    timeline.mark_changed({1070: 5.0})
    assert "last propagation" in timeline.words_at(point(timeline, 1070))


def test_without_a_clip_it_stays_still(qtbot, timeline):
    timeline.set_snapshot(None)
    chosen = heard(timeline.frame_chosen)
    drag(qtbot, timeline, QPoint(400, 20), QPoint(500, 20))
    wheel(timeline, QPoint(400, 40), 1)
    timeline.set_progress(Progress("open", 0, 0))
    timeline.grab()
    assert chosen == []


def test_the_menu_of_a_name_is_the_objects(qtbot, timeline):
    wanted = heard(timeline.object_menu_wanted)
    label = timeline.layout_now.label(1)
    place = QPoint(round(label.x + 20), round(label.y + 5))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, timeline.mapToGlobal(place))
    QApplication.sendEvent(timeline, event)
    assert wanted == [(timeline._snapshot.objects[1].id, timeline.mapToGlobal(place))]
