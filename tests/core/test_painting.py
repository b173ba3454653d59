"""Strokes and shapes on a mask, pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from painted_masks import SIZE, blank, noise, ring

from roto.errors import SettingsError
from roto.painting import (
    Before,
    Brush,
    Stroke,
    fill_polygon,
    fill_rectangle,
    fill_region,
    is_hard,
    polygon_mask,
)

COORDINATE = st.floats(-40, 220, allow_nan=False).map(lambda v: round(v, 2))
POINT = st.tuples(COORDINATE, COORDINATE)
QUICK = settings(max_examples=30, deadline=None)


def distances(start, end, size=SIZE):
    """From every pixel's centre to a segment, by brute force."""
    y, x = np.mgrid[: size[0], : size[1]] + 0.5
    dx, dy = end[0] - start[0], end[1] - start[1]
    share = ((x - start[0]) * dx + (y - start[1]) * dy) / max(dx * dx + dy * dy, 1e-12)
    share = np.clip(share, 0, 1)
    return np.hypot(x - start[0] - share * dx, y - start[1] - share * dy)


def assert_only_inside(box, before, after):
    changed = before != after
    if box is not None:
        changed[box] = False
    assert not changed.any()


# Strokes


@QUICK
@given(POINT, POINT, st.floats(0.5, 60))
def test_a_hard_stroke_is_all_pixels_whose_centre_it_covers(start, end, radius):
    alpha = blank()
    stroke = Stroke(alpha, Brush(radius))
    stroke.to(*start)
    stroke.to(*end)
    away = distances(start, end)
    clear = np.abs(away - radius) > 1e-6
    assert is_hard(alpha)
    assert np.array_equal(alpha[clear] == 1, (away <= radius)[clear])


@QUICK
@given(
    st.lists(st.tuples(POINT, st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=5),
    st.floats(0.5, 60),
    st.floats(0, 1),
    st.booleans(),
    st.integers(0, 3),
)
def test_boxes_hold_every_change_and_cancel_brings_back_every_bit(
    path, radius, hardness, erase, seed
):
    alpha = noise(seed)
    original = alpha.copy()
    stroke = Stroke(alpha, Brush(radius, hardness), erase=erase)
    for (x, y), size, opacity in path:
        before = alpha.copy()
        box = stroke.to(x, y, size=size, opacity=opacity)
        assert_only_inside(box, before, alpha)
    assert alpha.min() >= 0
    assert alpha.max() <= 1
    assert stroke.changed == (not np.array_equal(alpha, original))
    box = stroke.box
    assert stroke.cancel() == box
    assert alpha.tobytes() == original.tobytes()


@pytest.mark.parametrize("hardness", [0.0, 0.5, 1.0])
def test_a_stroke_does_not_depend_on_how_often_the_pointer_reports(hardness):
    few, many = blank(), blank()
    seldom, often = (Stroke(a, Brush(12, hardness)) for a in (few, many))
    seldom.to(20, 30)
    seldom.to(140, 90)
    for share in np.linspace(0, 1, 200):
        often.to(20 + 120 * share, 30 + 60 * share)
    assert np.abs(few - many).max() < (1e-3 if hardness < 1 else 1e-9)


def test_dabs_of_one_stroke_do_not_pile_up_but_strokes_do():
    alpha = blank()
    stroke = Stroke(alpha, Brush(20, 0, opacity=0.5))
    for _ in range(5):
        stroke.to(80.5, 80.5)
    assert alpha.max() == np.float32(0.5)
    Stroke(alpha, Brush(20, 0, opacity=0.5)).to(80.5, 80.5)
    assert alpha.max() == np.float32(0.75)


def test_a_growing_stroke_covers_all_discs_on_its_way():
    alpha = blank()
    stroke = Stroke(alpha, Brush(30))
    stroke.to(30, 70, size=0.1)
    stroke.to(120, 80, size=1.0)
    y, x = (axis + 0.5 for axis in np.ogrid[: SIZE[0], : SIZE[1]])
    covered = np.zeros(SIZE, bool)
    for share in np.linspace(0, 1, 500):
        covered |= np.hypot(x - 30 - 90 * share, y - 70 - 10 * share) <= 3 + 27 * share
    assert not (covered & (alpha == 0)).any()
    assert np.count_nonzero(covered != (alpha == 1)) <= 10  # between two of the discs


def test_erasing_undoes_a_hard_stroke_exactly():
    alpha = blank()
    for erase in (False, True):
        stroke = Stroke(alpha, Brush(15), erase=erase)
        stroke.to(10, 10)
        stroke.to(100, 120)
        assert alpha.any() != erase


def test_a_dab_on_a_4k_plate_touches_its_box_only():
    alpha = blank(size=(2160, 4096))
    stroke = Stroke(alpha, Brush(200, 0.5))
    stroke.to(2000, 1000)
    outside = np.ones(alpha.shape, bool)
    outside[800:1200, 1800:2205] = False
    alpha[outside] = 0.25  # would be seen if the stroke looked at all of its plate again
    box = stroke.to(2005, 1000)
    assert box == (slice(800, 1200), slice(1800, 2205))
    assert (alpha[outside] == 0.25).all()
    assert alpha[1000, 2000] == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"radius": 0}, "radius 0 paints nothing"),
        ({"radius": np.nan}, "radius nan paints nothing"),
        ({"hardness": 2}, "between 0 and 1"),
    ],
)
def test_a_brush_that_cannot_be_is_refused(wrong, words):
    with pytest.raises(SettingsError, match=words):
        Brush(**wrong)


def test_before_restores_only_what_was_kept():
    alpha = blank()
    before = Before(alpha)
    before.keep((slice(10, 20), slice(10, 20)))
    alpha[:] = 1
    assert before.changed
    assert before.restore() == (slice(10, 20), slice(10, 20))
    assert np.count_nonzero(alpha == 0) == 100


# Shapes


def is_inside(points, x, y):
    inside = False
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
        if (y0 <= y) != (y1 <= y):
            inside ^= x0 + (y - y0) / (y1 - y0) * (x1 - x0) <= x
    return inside


@QUICK
@given(st.lists(st.tuples(st.integers(-5, 30), st.integers(-5, 30)), min_size=3, max_size=7))
def test_polygons_are_filled_even_odd_by_pixel_centres(points):
    alpha = blank(size=(20, 24))
    box = fill_polygon(alpha, points)
    expected = [[is_inside(points, x + 0.5, y + 0.5) for x in range(24)] for y in range(20)]
    assert np.array_equal(alpha == 1, expected)
    assert is_hard(alpha)
    assert_only_inside(box, blank(size=(20, 24)), alpha)


def test_polygons_that_share_an_edge_share_no_pixel():
    first, second = blank(), blank()
    fill_polygon(first, [(10.5, 10.5), (90.5, 20.5), (30.5, 120.5)])
    fill_polygon(second, [(90.5, 20.5), (30.5, 120.5), (140.5, 140.5)])
    assert first.any()
    assert second.any()
    assert not (first * second).any()


@pytest.mark.parametrize(
    "points", [[], [(1, 1), (5, 5)], [(1, 1)] * 4, [(-9, -9), (-5, -9), (-5, -1)]]
)
def test_what_has_no_area_in_the_picture_fills_nothing(points):
    assert polygon_mask(points, SIZE) is None


def test_rectangles_hold_the_centres_between_their_sides_and_erase():
    alpha = blank()
    assert fill_rectangle(alpha, (20.6, 30.5), (10.5, 12.4)) == (slice(12, 30), slice(10, 21))
    assert alpha.sum() == 18 * 11
    fill_rectangle(alpha, (0, 0), (999, 999), erase=True)
    assert not alpha.any()
    assert fill_rectangle(alpha, (-9, -9), (-1, -1)) is None


@pytest.mark.parametrize("soft", [False, True])
def test_filling_closes_the_hole_with_its_soft_rim_and_leaves_the_outer_edge(soft):
    alpha = ring(soft)
    outside = alpha.copy()
    box = fill_region(alpha, 50, 40)
    assert box is not None
    assert (alpha[24:56, 34:76] == 1).all()
    assert np.array_equal(alpha[:23], outside[:23])
    assert fill_region(alpha, 2, 2) is None  # all that is around is no hole
    assert fill_region(alpha, -1, 2) is None


def test_erasing_a_region_takes_that_piece_and_its_soft_edge():
    alpha = ring(soft=True)
    alpha[100:110, 100:110] = 1
    fill_region(alpha, 32, 40, erase=True)
    assert alpha.sum() == 100
    assert fill_region(alpha, 5, 5, erase=True) is None
