"""Splines of other programs, filled: areas, pixel centres, holes, what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roto.errors import MaskError
from roto.painting import bezier_matte, polygon_mask

KAPPA = 0.5522847498  # handles of a quarter circle, for radius 1


def circle(x, y, radius):
    knots = []
    for a, b in ((1, 0), (0, 1), (-1, 0), (0, -1)):
        s, t = -b * KAPPA, a * KAPPA
        offsets = (a, b, a - s, b - t, a + s, b + t)
        knots.append([(x, y)[i % 2] + radius * offset for i, offset in enumerate(offsets)])
    return knots


def spline_area(knots):
    """Green's theorem on finely sampled cubics, independent of the code."""
    k = np.asarray(knots, float)
    t = np.linspace(0, 1, 4001)[:-1, None]
    points = []
    for a, b in zip(k, np.roll(k, -1, axis=0), strict=True):
        p, q, r, s = a[:2], a[4:], b[2:4], b[:2]
        points.append(
            (1 - t) ** 3 * p + 3 * (1 - t) ** 2 * t * q + 3 * (1 - t) * t**2 * r + t**3 * s
        )
    x, y = np.concatenate(points).T
    return abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2


@pytest.mark.parametrize("radius", [1, 2.5, 10, 40.3, 120])
def test_circles_have_their_area(radius):
    alpha = bezier_matte([circle(130.3, 128.7, radius)], (256, 260))
    assert alpha.dtype == np.float32
    assert alpha.sum(dtype=float) == pytest.approx(np.pi * radius**2, rel=1e-3)
    assert alpha.sum(dtype=float) == pytest.approx(spline_area(circle(0, 0, radius)), rel=3e-4)


def test_a_rectangle_covers_its_pixels_by_exactly_their_share():
    alpha = bezier_matte([[(1.25, 1.3), (5.5, 1.3), (5.5, 4.75), (1.25, 4.75)]], (6, 8))
    rows = np.array([0, 0.7, 1, 1, 0.75, 0])
    columns = np.array([0, 0.75, 1, 1, 1, 0.5, 0, 0])
    np.testing.assert_allclose(alpha, np.outer(rows, columns), atol=1e-6)


def test_the_first_pixel_spans_0_to_1_as_everywhere_in_roto():
    corners = [(2, 1), (7, 1), (7, 5), (2, 5)]
    alpha = bezier_matte([corners], (8, 10))
    box, mask = polygon_mask(corners, (8, 10))
    expected = np.zeros((8, 10), np.float32)
    expected[box] = mask
    np.testing.assert_array_equal(alpha, expected)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(st.floats(-4, 24, width=32), st.floats(-4, 20, width=32)), min_size=3, max_size=7
    )
)
def test_any_polygon_covers_what_a_fine_raster_of_it_does(corners):
    """Self-crossing ones too; against the centre rule on a raster 32 times as fine."""
    alpha = bezier_matte([corners], (16, 20))
    fine = np.zeros((16 * 32, 20 * 32))
    found = polygon_mask(np.array(corners) * 32, fine.shape)
    if found is not None:
        fine[found[0]] = found[1]
    coarse = fine.reshape(16, 32, 20, 32).mean(axis=(1, 3))
    assert np.abs(alpha - coarse).max() < 0.12  # the raster's own error at grazing edges
    assert abs(alpha.sum(dtype=float) - coarse.sum()) < 1.0


def test_shapes_inside_others_are_holes_and_others_add_up():
    ring = bezier_matte([circle(30, 30, 20), circle(30, 30, 10)], (60, 90))
    assert ring[30, 30] == 0
    assert ring[30, 45] == 1
    assert ring.sum(dtype=float) == pytest.approx(np.pi * 300, rel=1e-3)
    two = bezier_matte([circle(20, 30, 10), circle(60, 30, 10)], (60, 90))
    assert two.sum(dtype=float) == pytest.approx(2 * np.pi * 100, rel=1e-3)


def test_direction_does_not_matter_and_what_lies_outside_is_left_off():
    knots = np.array(circle(0, 0, 20))
    back = knots[::-1][:, [0, 1, 4, 5, 2, 3]]
    np.testing.assert_allclose(bezier_matte([knots], (64, 64)), bezier_matte([back], (64, 64)))
    quarter = bezier_matte([knots], (64, 64)).sum(dtype=float)
    assert quarter == pytest.approx(np.pi * 100, rel=1e-3)
    assert not bezier_matte([knots + 500], (64, 64)).any()
    huge = bezier_matte([[(-1e6, -1e6), (1e6, -1e6), (1e6, 1e6), (-1e6, 1e6)]], (8, 9))
    assert (huge == 1).all()


@pytest.mark.parametrize("shape", [[], [(1, 1)], [(1, 1), (2, 2)], [(3, 3)] * 5])
def test_what_has_no_area_covers_nothing(shape):
    points = shape or np.zeros((0, 6))
    assert not bezier_matte([points], (4, 5)).any()
    assert not bezier_matte([], (4, 5)).any()


@pytest.mark.parametrize(
    "shape", [[(1, 2, 3)], [("a", "b")], 7, [(1, float("nan"))], [(1, 2), (1, 2, 3, 4, 5, 6)]]
)
def test_what_is_no_spline_is_refused(shape):
    with pytest.raises(MaskError, match="list of knots"):
        bezier_matte([shape], (4, 5))


def test_more_than_a_machine_can_hold_is_refused():
    zigzag = [(x % 7, 0 if x % 2 else 4000) for x in range(20000)]
    with pytest.raises(MaskError, match="too intricate"):
        bezier_matte([zigzag], (4000, 8))
