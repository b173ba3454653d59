"""Where the picture lies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roto_gui.canvas.viewport import LEAST, MOST, Viewport

sizes = st.integers(1, 8192)
lengths = st.floats(50, 4000)
places = st.floats(-3000, 6000)


@st.composite
def viewports(draw):
    viewport = Viewport(
        (draw(sizes), draw(sizes)),
        (draw(lengths), draw(lengths)),
        draw(st.sampled_from([1.0, 1.25, 1.5, 2.0])),
        draw(st.sampled_from([0.9, 1.0, 2.0])),
    ).fitted()
    viewport = viewport.zoomed(draw(st.floats(0.01, 100)), (draw(lengths) / 2, draw(lengths) / 2))
    return viewport.panned(draw(places), draw(places))


@settings(deadline=None)
@given(viewports(), places, places)
def test_there_and_back(viewport, x, y):
    found = viewport.to_screen(*viewport.to_plate(x, y))
    assert found == pytest.approx((x, y), abs=1e-6)
    assert viewport.to_plate(*viewport.to_screen(x, y)) == pytest.approx((x, y), abs=1e-6)


@settings(deadline=None)
@given(viewports(), st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 100))
def test_zooming_keeps_the_point_under_the_pointer(viewport, across, down, factor):
    left, top, right, bottom = viewport.visible()
    at = viewport.to_screen(left + across * (right - left), top + down * (bottom - top))
    found = viewport.zoomed(factor, at)
    assert found.to_plate(*at) == pytest.approx(viewport.to_plate(*at), abs=1e-5)
    assert LEAST <= found.scale <= MOST


@settings(deadline=None)
@given(viewports(), st.floats(-1e5, 1e5), st.floats(-1e5, 1e5))
def test_the_picture_cannot_be_lost(viewport, dx, dy):
    left, top, right, bottom = viewport.panned(dx, dy).visible()
    assert left < right
    assert top < bottom


@settings(deadline=None)
@given(viewports(), places, places, st.floats(0.01, 100))
def test_zooming_beside_the_picture_does_not_lose_it(viewport, x, y, factor):
    at = min(max(x, 0), viewport.window[0]), min(max(y, 0), viewport.window[1])
    left, top, right, bottom = viewport.zoomed(factor, at).visible()
    assert left < right
    assert top < bottom


@settings(deadline=None)
@given(viewports())
def test_fit_shows_everything_in_the_middle(viewport):
    found = viewport.fitted()
    if found.scale in (LEAST, MOST):
        return
    assert found.visible() == (0, 0, *viewport.picture)
    left, top = found.to_screen(0, 0)
    right, bottom = found.to_screen(*found.picture)
    assert left + right == pytest.approx(found.window[0], abs=2 / found.ratio)
    assert top + bottom == pytest.approx(found.window[1], abs=2 / found.ratio)
    free = min(
        found.window[0] - (right - left), found.window[1] - (bottom - top), key=lambda rest: rest
    )
    assert free == pytest.approx(0, abs=1e-6)


@settings(deadline=None)
@given(viewports())
def test_actual_size_is_one_display_pixel_per_plate_pixel(viewport):
    found = viewport.actual()
    assert found.scale == 1
    assert found.step == (found.aspect / found.ratio, 1 / found.ratio)
    assert found.x * found.ratio == pytest.approx(round(found.x * found.ratio), abs=1e-6)


@settings(deadline=None)
@given(viewports(), lengths, lengths)
def test_resizing_keeps_the_middle(viewport, width, height):
    viewport = viewport.panned(0, 0)
    middle = viewport.to_plate(viewport.window[0] / 2, viewport.window[1] / 2)
    found = viewport.resized((width, height), 2.0)
    assert found.scale == viewport.scale
    if found == found.panned(0, 0) and 0 < middle[0] < viewport.picture[0]:
        again = found.resized(viewport.window, viewport.ratio)
        assert again.scale == viewport.scale


def test_every_display_pixel_shows_the_plate_pixel_under_its_centre():
    viewport = Viewport((10, 8), (100, 80), ratio=2.0, scale=6.5, x=3.3, y=-2.7)
    rows, columns = viewport.rows_and_columns(0, 0, 200, 160)
    for i in (0, 57, 199):
        x, _ = viewport.to_plate((i + 0.5) / 2, 0)
        assert columns[i] == np.floor(x)
    for i in (0, 33, 159):
        _, y = viewport.to_plate(0, (i + 0.5) / 2)
        assert rows[i] == np.floor(y)


def test_anamorphic_pixels_are_wide():
    viewport = Viewport((100, 100), (400, 200), aspect=2.0).fitted()
    assert viewport.to_screen(100, 100) == (400, 200)
    assert viewport.scale == 2


def test_on_display_covers_the_area():
    viewport = Viewport((100, 100), (400, 400), ratio=1.5, scale=3.0, x=10.2, y=5.0)
    left, top, right, bottom = viewport.on_display(2, 3, 4, 5)
    rows, columns = viewport.rows_and_columns(left - 1, top - 1, right + 1, bottom + 1)
    assert columns[0] < 2 <= columns[2]
    assert columns[-3] < 4 <= columns[-1]
    assert rows[0] < 3 <= rows[2]
    assert rows[-3] < 5 <= rows[-1]
    assert viewport.on_display(2, 3, 4, 5, margin=2) == (left - 2, top - 2, right + 2, bottom + 2)
