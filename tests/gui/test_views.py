"""What a plate and mattes look like together."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roto.media import to_display
from roto_gui.canvas.outline import Outline, reach, trace
from roto_gui.canvas.views import GAINED, LOST, Content, View, ViewMode, compose, display, outlines

BLUE, ORANGE = (0, 170, 255), (255, 138, 0)
SIZE = (48, 64)
MODES = get_args(ViewMode)


@pytest.fixture
def content():
    random = np.random.default_rng(3)
    plate = random.integers(0, 256, (*SIZE, 3), dtype=np.uint8)
    first, second = np.zeros(SIZE, np.float32), np.zeros(SIZE, np.float32)
    first[10:30, 8:40] = 1
    first[30:34, 8:40] = 0.5
    second[4:20, 30:60] = 1
    return Content(plate, mattes={1: first, 2: second}, colours={1: BLUE, 2: ORANGE}, active=1)


def whole(content, view):
    shown = display(content.plate, content.linear, view.exposure, view.gamma)
    return compose(content, view, content.whole, shown)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("channel", ["rgb", "g", "a"])
@pytest.mark.parametrize("wipe", [None, 0.4])
def test_a_box_is_that_part_of_the_whole(content, mode, channel, wipe):
    content.before = {1: np.roll(content.mattes[1], 3, 1)}
    view = View(mode=mode, channel=channel, wipe=wipe)
    box = slice(7, 33), slice(20, 51)
    shown = display(content.plate, False, 0, 1)
    part = compose(content, view, box, shown)
    assert part.dtype == np.uint8
    assert part.flags.c_contiguous
    np.testing.assert_array_equal(part, whole(content, view)[box])
    part[:] = 0  # it is the caller's own
    assert content.plate.any()


def test_a_large_picture_is_as_a_small_one():
    """Beyond some size empty borders are left out."""
    random = np.random.default_rng(1)
    plate = random.integers(0, 256, (400, 500, 3), dtype=np.uint8)
    alpha = np.zeros((400, 500), np.float32)
    alpha[120:260, 77:301] = random.random((140, 224), dtype=np.float32)
    content = Content(plate, mattes={1: alpha, 2: np.zeros_like(alpha)}, colours={1: BLUE, 2: BLUE})
    large = whole(content, View())
    for top in range(0, 400, 100):
        box = slice(top, top + 100), slice(0, 500)
        np.testing.assert_array_equal(large[box], compose(content, View(), box, plate))


def test_the_plate_alone_is_untouched(content):
    for mode in ("plate", "outline"):
        np.testing.assert_array_equal(whole(content, View(mode=mode)), content.plate)


def test_an_overlay_blends_by_opacity_times_alpha(content):
    found = whole(content, View(opacity=0.5)).astype(float)
    plate = content.plate.astype(float)
    a1, a2 = (content.mattes[i][..., None] * 0.5 for i in (1, 2))
    wanted = plate + (np.array(BLUE) - plate) * a1
    wanted += (np.array(ORANGE) - wanted) * a2
    assert np.abs(found - wanted).max() <= 1.5
    outside = (content.mattes[1] == 0) & (content.mattes[2] == 0)
    np.testing.assert_array_equal(found[outside], plate[outside])


def test_full_opacity_is_the_colour_itself(content):
    found = whole(replace(content, mattes={1: content.mattes[1]}), View(opacity=1.0))
    assert (found[12, 10] == BLUE).all()


def test_the_matte_is_the_active_object_or_all(content):
    view = View(mode="matte")
    found = whole(content, view)
    assert (found[12, 10] == 255).all()
    assert (found[31, 10] == 128).all()
    assert (found[5, 50] == 0).all()
    everything = whole(replace(content, active=None), view)
    assert (everything[5, 50] == 255).all()
    np.testing.assert_array_equal(found, whole(content, View(mode="overlay", channel="a")))
    assert not whole(replace(content, mattes={}), view).any()


@pytest.mark.parametrize(
    ("mode", "background"),
    [("black", (0, 0, 0)), ("white", (255, 255, 255)), ("grey", (128, 128, 128))],
)
def test_a_cut_out_is_the_plate_over_a_background(content, mode, background):
    found = whole(content, View(mode=mode))
    assert (found[12, 10] == content.plate[12, 10]).all()
    assert (found[5, 5] == background).all()
    half = (content.plate[31, 10].astype(float) + background) / 2
    assert np.abs(found[31, 10] - half).max() <= 1


def test_cut_out_on_a_colour_and_on_a_checker(content):
    assert (whole(content, View(mode="colour", background=(1, 2, 3)))[5, 5] == (1, 2, 3)).all()
    found = whole(content, View(mode="checker"))
    assert len({tuple(pixel) for pixel in found[0]}) == 2
    assert (found[0, 0] == found[8, 8]).all()
    assert (found[0, 0] != found[0, 8]).all()


def test_the_difference_is_green_where_gained_and_red_where_lost(content):
    content.before = {1: np.roll(content.mattes[1], 4, axis=1), 2: content.mattes[2]}
    found = whole(content, View(mode="difference"))
    assert (found[15, 9] == GAINED).all()
    assert (found[15, 42] == LOST).all()
    same = found[15, 20].astype(int)
    assert same.max() - same.min() == 0
    assert same.max() < 100
    content.before = None
    assert np.ptp(whole(content, View(mode="difference")), axis=2).max() == 0


def test_the_wipe_shows_the_plate_on_the_left(content):
    found = whole(content, View(mode="black", wipe=0.25))
    np.testing.assert_array_equal(found[:, :16], content.plate[:, :16])
    np.testing.assert_array_equal(found[:, 16:], whole(content, View(mode="black"))[:, 16:])
    np.testing.assert_array_equal(whole(content, View(mode="black", wipe=9.0)), content.plate)


def test_channels_are_grey(content):
    for i, channel in enumerate("rgb"):
        found = whole(content, View(mode="plate", channel=channel))
        for c in range(3):
            np.testing.assert_array_equal(found[..., c], content.plate[..., i])


def test_display_leaves_what_needs_nothing(content):
    assert display(content.plate, False, 0.0, 1.0) is content.plate
    assert display(content.plate, True, 0.0, 1.0) is content.plate


@pytest.mark.parametrize("linear", [False, True])
def test_float_plates_look_as_the_core_makes_them_look(linear):
    plate = np.linspace(-0.2, 1.4, 48 * 64 * 3, dtype=np.float32).reshape(48, 64, 3)
    plate[0, 0] = np.nan, np.inf, -np.inf
    found = display(plate, linear, 0.0, 1.0)
    wanted = to_display(plate, "linear" if linear else "display")
    same = np.abs(found.astype(int) - wanted) <= 1
    assert same[1:].all()
    assert same[0, 1:].all()
    assert list(found[0, 0]) == [0, 255, 0]  # a network sees its neighbour there, an artist a hole


@settings(max_examples=25, deadline=None)
@given(st.floats(-4, 4), st.floats(0.3, 3), st.booleans())
def test_exposure_and_gamma_keep_the_order_of_tones(exposure, gamma, linear):
    ramp = np.repeat(np.linspace(0, 1, 256, dtype=np.float32), 3).reshape(1, 256, 3)
    for plate in (ramp, np.rint(ramp * 255).astype(np.uint8)):
        found = display(plate, linear, exposure, gamma)[0, :, 0].astype(int)
        assert (np.diff(found) >= 0).all()
        assert found[0] == 0


def test_one_stop_doubles_the_light():
    light = np.full((2, 2, 3), 0.1, np.float32)
    np.testing.assert_array_equal(
        display(light, True, 1.0, 1.0), display(light * 2, True, 0.0, 1.0)
    )
    bright = np.full((2, 2, 3), 2.0, np.float32)  # what was too bright comes back
    one = display(np.full((2, 2, 3), 0.5, np.float32), True, 0.0, 1.0)
    np.testing.assert_array_equal(display(bright, True, -2.0, 1.0), one)
    dark = np.full((2, 2, 3), 20, np.uint8)
    assert display(dark, False, 2.0, 1.0)[0, 0, 0] > 40
    assert display(dark, False, 0.0, 2.0)[0, 0, 0] == round(255 * (20 / 255) ** 0.5)


# Lines


def test_which_outlines_there_are(content):
    content.neighbours = (content.mattes[2], content.mattes[1])
    assert [o.strength for o in outlines(content, View())] == [2]
    assert [o.strength for o in outlines(content, View(mode="outline"))] == [1, 2]
    assert outlines(content, View(mode="outline", channel="a")) == []
    onion = outlines(content, View(mode="plate", onion=True))
    assert [o.strength for o in onion] == [0, 0]
    assert onion[0].colour != onion[1].colour
    content.neighbours = (None, content.mattes[1])  # at the first frame
    (after,) = outlines(content, View(mode="plate", onion=True))
    assert after.colour == onion[1].colour


def steps(size, zoom):
    return [np.arange(n * zoom) // zoom for n in size]


def alpha_of(size, box):
    alpha = np.zeros(size, np.float32)
    alpha[box] = 0.5
    return alpha


@pytest.mark.parametrize("zoom", [1, 3, 10])
def test_a_line_is_one_pixel_thick_at_every_zoom(zoom):
    alpha = alpha_of((20, 30), (slice(5, 15), slice(6, 20)))
    rows, columns = steps((20, 30), zoom)
    line = trace(Outline(alpha, BLUE, 1), rows, columns)
    found = np.zeros((len(rows), len(columns)), np.uint32)
    found[line.top :, line.left :][: line.pixels.shape[0], : line.pixels.shape[1]] = line.pixels
    middle = found[10 * zoom + zoom // 2]
    assert list(np.flatnonzero(middle >> 24 == 0xFF)) == [6 * zoom, 20 * zoom - 1]
    halo = np.flatnonzero((middle != 0) & (middle >> 24 != 0xFF))
    assert list(halo) == [6 * zoom - 1, 20 * zoom]
    strong = trace(Outline(alpha, BLUE, 2), rows, columns, thickness=2)
    row = strong.pixels[10 * zoom + zoom // 2 - strong.top]
    assert (row >> 24 == 0xFF).sum() == 8


def test_no_line_where_nothing_is_seen_of_an_edge():
    alpha = alpha_of((20, 30), (slice(0, 20), slice(0, 30)))
    assert trace(Outline(alpha, BLUE), *steps((20, 30), 2)) is None
    assert trace(Outline(np.zeros_like(alpha), BLUE), *steps((20, 30), 2)) is None


@settings(deadline=None)
@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 3), st.sampled_from([0, 1, 2]))
def test_a_part_of_a_line_is_as_in_the_whole(top, left, thickness, strength):
    random = np.random.default_rng(top * 64 + left)
    alpha = np.kron(random.random((5, 6)), np.ones((4, 5))).astype(np.float32)
    rows, columns = np.arange(-10, 70) // 2, np.arange(-10, 90) // 2
    outline = Outline(alpha, ORANGE, strength)
    more = reach(thickness)

    def drawn(rows, columns):
        found = np.zeros((len(rows), len(columns)), np.uint32)
        line = trace(outline, rows, columns, thickness)
        if line is not None:
            height, width = line.pixels.shape
            found[line.top : line.top + height, line.left : line.left + width] = line.pixels
        return found

    everything = drawn(rows, columns)
    down = slice(top, min(top + 20, 80))
    across = slice(left, min(left + 25, 100))
    wide_down = slice(max(0, top - more), down.stop + more)
    wide_across = slice(max(0, left - more), across.stop + more)
    part = drawn(rows[wide_down], columns[wide_across])
    part = part[down.start - wide_down.start :, across.start - wide_across.start :]
    part = part[: down.stop - down.start, : across.stop - across.start]
    np.testing.assert_array_equal(part, everything[down, across])
