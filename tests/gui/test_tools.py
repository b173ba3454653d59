"""Tools as state machines: what they change, when an edit is complete, what Escape undoes."""

from __future__ import annotations

import numpy as np
import pytest

from roto_gui.tools import (
    TOOLS,
    Brush,
    Eraser,
    Fill,
    Lasso,
    Layer,
    Pointer,
    Polygon,
    Rectangle,
    SmartSelect,
)

SIZE = (120, 160)


def picture():
    """A red square on green, with a little noise."""
    pixels = np.random.default_rng(1).integers(0, 20, (*SIZE, 3)).astype(np.uint8)
    pixels[..., 1] += 120
    pixels[30:90, 40:110] += np.array([180, 136, 20], np.uint8)  # 120 + 136 wraps around to 0
    return pixels


def layer(value=0.0):
    return Layer(np.full(SIZE, value, np.float32), picture)


def drag(tool, on, *points, **of_pointer):
    """Press at the first point, move over the others, release at the last."""
    at = [Pointer(x, y, **of_pointer) for x, y in points]
    boxes = [tool.press(on, at[0])]
    boxes += [tool.move(on, p) for p in at[1:]]
    boxes.append(tool.release(on, at[-1]))
    return [*boxes, *settle(tool, on)]


def settle(tool, on):
    """Answer all that a tool asks for, as a thread would; the boxes that changed."""
    boxes = []
    while (question := tool.question(on)) is not None:
        boxes.append(tool.answer(on, question, question.find()))
    return boxes


def test_tools_are_known_by_name_and_begin_idle():
    assert list(TOOLS) == ["brush", "eraser", "polygon", "lasso", "rectangle", "fill", "smart"]
    for tool in (kind() for kind in TOOLS.values()):
        assert not tool.busy
        assert not tool.complete
        assert tool.guides == ()
        assert tool.cancel(layer()) is None


@pytest.mark.parametrize("name", list(TOOLS))
@pytest.mark.parametrize("negative", [False, True])
def test_boxes_hold_all_changes_and_cancel_restores_every_bit(name, negative):
    on = layer()
    on.alpha[:] = np.random.default_rng(0).random(SIZE, np.float32)
    original = on.alpha.copy()
    tool = TOOLS[name]()
    path = [(50, 40), (90, 45), (80, 80)]
    for i, (x, y) in enumerate(path):
        at = Pointer(x, y, negative=negative)
        before = on.alpha.copy()
        boxes = [tool.press(on, at) if i == 0 else tool.move(on, at), *settle(tool, on)]
        changed = before != on.alpha
        for box in boxes:
            if box is not None:
                changed[box] = False
        assert not changed.any()
    if name == "smart":
        tool.release(on, at)
        tool.press(on, at)
    tool.cancel(on)
    assert not tool.busy
    assert not tool.complete
    if name != "fill":  # done with the press
        assert on.alpha.tobytes() == original.tobytes()


def test_a_stroke_is_complete_when_the_button_comes_up_if_it_changed_something():
    on, tool = layer(), Brush(5)
    tool.press(on, Pointer(50, 50))
    assert tool.busy
    assert not tool.complete
    tool.release(on, Pointer(50, 50))
    assert tool.complete
    assert not tool.busy
    drag(tool, on, (50, 50))
    assert not tool.complete  # it was painted already
    drag(tool, on, (-50, -50))
    assert not tool.complete


def test_brush_and_eraser_are_each_others_negative():
    for kind, negative, start in ((Brush, True, 1), (Eraser, False, 1)):
        on = layer(start)
        drag(kind(5), on, (50, 50), negative=negative)
        assert on.alpha[50, 50] == 0
    for kind, negative in ((Brush, False), (Eraser, True)):
        on = layer()
        drag(kind(5), on, (50, 50), negative=negative)
        assert on.alpha[50, 50] == 1


def test_the_smallest_brush_paints_the_pixel_under_the_pointer():
    for x, y in ((10.01, 20.01), (10.5, 20.5), (10.99, 20.99)):
        on = layer()
        drag(Brush(0.1), on, (x, y))
        assert on.alpha[20, 10] == on.alpha.sum() == 1


def test_pressure_is_size_or_opacity_or_nothing_as_chosen():
    sums = {}
    for pressure in ("off", "size", "opacity"):
        on, tool = layer(), Brush(10)
        tool.pressure = pressure
        drag(tool, on, (50.5, 50.5), pressure=0.5)
        sums[pressure] = (np.count_nonzero(on.alpha), on.alpha.max())
    assert sums["off"][1] == sums["size"][1] == 1
    assert sums["opacity"] == (sums["off"][0], 0.5)
    assert sums["size"][0] == pytest.approx(sums["off"][0] / 4, rel=0.1)


def test_shift_paints_a_straight_line_from_the_last_stroke():
    on, tool = layer(), Brush(3)
    drag(tool, on, (20, 20))
    drag(tool, on, (120, 20), shift=True)
    assert on.alpha[20, 20:120].all()


def test_size_and_hardness_stay_within_their_limits():
    tool = Brush(10)
    tool.size, tool.hardness = -90, -4
    assert (tool.size, tool.hardness, tool.radius) == (0.5, 0, 0.5)
    tool.size, tool.hardness = 1e9, 5
    assert (tool.size, tool.hardness) == (2000, 1)


def click(tool, on, *points, **of_pointer):
    for x, y in points:
        tool.press(on, Pointer(x, y, **of_pointer))
        tool.release(on, Pointer(x, y, **of_pointer))


def test_a_polygon_shows_a_rubber_band_and_is_filled_on_enter():
    on, tool = layer(), Polygon()
    click(tool, on, (10, 10), (60, 10))
    tool.move(on, Pointer(60, 50))
    assert tool.guides[0].points == ((10, 10), (60, 10), (60, 50))
    assert tool.busy
    click(tool, on, (60, 50), (200, 200))
    tool.remove_last_point()
    assert not on.alpha.any()
    assert tool.confirm(on) == (slice(10, 50), slice(10, 60))
    assert tool.complete
    assert not tool.busy
    assert on.alpha.sum() == pytest.approx(50 * 40 / 2, rel=0.05)


def test_a_polygon_closes_at_its_first_corner_and_can_take_away():
    on, tool = layer(1), Polygon()
    tool.snap = 4
    click(tool, on, (10, 10), (60, 10), (60, 50), negative=True)
    assert tool.guides[0].negative
    assert tool.press(on, Pointer(11, 12)) is not None
    assert tool.complete
    assert on.alpha[20, 40] == 0


def test_a_polygon_without_area_or_points_is_nothing():
    on, tool = layer(), Polygon()
    click(tool, on, (10, 10), (60, 10))
    assert tool.confirm(on) is None
    assert not tool.complete
    assert not tool.busy
    tool.remove_last_point()
    click(tool, on, (5, 5))
    tool.remove_last_point()
    assert not tool.busy


def test_a_lasso_is_filled_where_the_button_comes_up():
    on, tool = layer(), Lasso()
    boxes = drag(tool, on, (10, 10), (60, 10), (60, 50), (10, 50))
    assert boxes == [None, None, None, None, (slice(10, 50), slice(10, 60))]
    assert tool.complete
    assert on.alpha.sum() == 50 * 40


def test_a_rectangle_is_a_square_with_shift():
    on, tool = layer(), Rectangle()
    drag(tool, on, (60, 50), (10, 10))
    assert on.alpha.sum() == 50 * 40
    on = layer()
    tool.press(on, Pointer(60, 50))
    tool.move(on, Pointer(40, 40, shift=True))
    assert tool.guides[0].points[2] == (40, 30)
    tool.release(on, Pointer(40, 40, shift=True))
    assert on.alpha.sum() == 20 * 20


def test_fill_closes_a_hole_and_negative_removes_a_piece():
    on, tool = layer(), Fill()
    on.alpha[20:60, 20:60] = 1
    on.alpha[30:50, 30:50] = 0
    assert tool.press(on, Pointer(40, 40)) == (slice(30, 50), slice(30, 50))
    assert tool.complete
    tool.release(on, Pointer(40, 40))
    assert on.alpha.sum() == 40 * 40
    tool.press(on, Pointer(40, 40, negative=True))
    assert not on.alpha.any()
    tool.press(on, Pointer(40, 40, negative=True))
    assert not tool.complete


def truth():
    mask = np.zeros(SIZE, bool)
    mask[30:90, 40:110] = True
    return mask


def overlap(on):
    found = on.alpha >= 0.5
    return np.count_nonzero(found & truth()) / np.count_nonzero(found | truth())


def test_one_stroke_selects_what_it_lies_on_and_enter_keeps_it():
    on, tool = layer(), SmartSelect()
    box = drag(tool, on, (60, 60), (90, 60))[-1]
    assert box is not None
    assert tool.busy
    assert not tool.complete
    assert overlap(on) > 0.97
    assert len(tool.guides) == 1
    tool.confirm(on)
    assert tool.complete
    assert not tool.busy
    assert tool.guides == ()


def test_an_outside_stroke_takes_away_and_escape_takes_all_back():
    on, tool = layer(), SmartSelect(3)
    on.alpha[5:20, 5:30] = 0.25
    original = on.alpha.copy()
    drag(tool, on, (60, 60), (90, 60))
    drag(tool, on, (45, 85), (100, 85), negative=True)
    assert [g.negative for g in tool.guides] == [False, True]
    assert not on.alpha[84:87, 50:100].any()
    tool.cancel(on)
    assert on.alpha.tobytes() == original.tobytes()


def test_control_drags_a_box_around_the_object():
    on, tool = layer(), SmartSelect()
    drag(tool, on, (30, 20), (120, 100), ctrl=True)
    assert overlap(on) > 0.95
    tool.confirm(on)
    assert tool.complete


def test_what_was_found_is_the_same_every_time():
    masks = []
    for _ in range(2):
        on = layer()
        drag(SmartSelect(), on, (60, 60), (90, 70))
        masks.append(on.alpha)
    assert np.array_equal(*masks)


def test_while_a_stroke_is_drawn_what_it_finds_so_far_is_shown():
    on, tool = layer(), SmartSelect(3)
    tool.press(on, Pointer(60, 60))
    settle(tool, on)
    first = overlap(on)
    assert 0 < first < 0.9
    assert tool.question(on) is None
    tool.move(on, Pointer(90, 60))
    settle(tool, on)
    assert overlap(on) > 0.97
    assert not tool.complete


@pytest.mark.parametrize("asked", [(), (0,), (0, 1), (1, 3)])
def test_previews_do_not_change_what_a_stroke_comes_to(asked):
    path = [(60, 60), (70, 62), (80, 70), (130, 20)]  # the last leaves the square
    plain = layer(0.25)
    drag(SmartSelect(3), plain, *path)
    on, tool = layer(0.25), SmartSelect(3)
    for i, (x, y) in enumerate(path):
        (tool.move if i else tool.press)(on, Pointer(x, y))
        if i in asked:
            settle(tool, on)
    tool.release(on, Pointer(*path[-1]))
    settle(tool, on)
    assert on.alpha.tobytes() == plain.alpha.tobytes()


def test_a_stroke_drawn_while_another_is_being_found_waits_for_it():
    plain, on = layer(), layer()
    tool = SmartSelect(3)
    drag(tool, plain, (60, 60), (90, 60))
    drag(tool, plain, (45, 85), (100, 85), negative=True)
    tool = SmartSelect(3)
    for points, negative in (([(60, 60), (90, 60)], False), ([(45, 85), (100, 85)], True)):
        tool.press(on, Pointer(*points[0], negative=negative))
        tool.move(on, Pointer(*points[1], negative=negative))
        tool.release(on, Pointer(*points[1], negative=negative))
    assert not on.alpha.any()
    settle(tool, on)
    assert on.alpha.tobytes() == plain.alpha.tobytes()


def test_an_answer_that_comes_after_escape_changes_nothing():
    on, tool = layer(), SmartSelect(3)
    tool.press(on, Pointer(60, 60))
    question = tool.question(on)
    found = question.find()
    tool.cancel(on)
    assert tool.answer(on, question, found) is None
    tool.press(on, Pointer(10, 10))  # of another selection
    assert tool.answer(on, question, found) is None
    assert not on.alpha.any()
