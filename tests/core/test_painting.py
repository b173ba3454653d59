"""Strokes, shapes, changes of a mask, smart select: exact where they promise it."""

from __future__ import annotations

import io
import time
import zipfile
from importlib.resources import as_file, files

import cv2
import imageio.v3 as iio
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import roto
from roto.errors import MaskSizeError, SettingsError
from roto.painting import (
    Before,
    Brush,
    Scribble,
    Stroke,
    feather,
    fill_holes,
    fill_polygon,
    fill_rectangle,
    fill_region,
    grow,
    invert,
    is_hard,
    keep_largest,
    polygon_mask,
    remove_specks,
    select,
    select_in_box,
    shrink,
    smooth,
)

SIZE = (150, 170)  # more than a tile of Before in both directions
COORDINATE = st.floats(-40, 220, allow_nan=False).map(lambda v: round(v, 2))
POINT = st.tuples(COORDINATE, COORDINATE)
QUICK = settings(max_examples=30, deadline=None)


def blank(value=0.0, size=SIZE):
    return np.full(size, value, np.float32)


def noise(seed, size=SIZE):
    return np.random.default_rng(seed).random(size, np.float32)


def blobs(seed, size=(60, 70), hard=True):
    smooth_noise = cv2.GaussianBlur(noise(seed, size), (0, 0), 3)
    soft = np.clip((smooth_noise - smooth_noise.mean()) * 20 + 0.5, 0, 1)
    return (soft >= 0.5).astype(np.float32) if hard else soft


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
    box = stroke.to(2005, 1000)
    assert box == (slice(800, 1200), slice(1800, 2205))
    began = time.process_time()
    for i in range(5):
        stroke.to(2010 + 5 * i, 1000)
    assert (time.process_time() - began) / 5 < 0.05  # a rough bound: 7 ms where it was written


@pytest.mark.parametrize("wrong", [{"radius": 0}, {"radius": np.nan}, {"hardness": 2}])
def test_a_brush_that_cannot_be_is_refused(wrong):
    with pytest.raises(SettingsError):
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


def ring(soft=False):
    alpha = blank()
    alpha[20:60, 30:80] = 1
    alpha[30:50, 40:70] = 0
    return np.asarray(cv2.blur(alpha, (5, 5))) if soft else alpha


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


# Changes of a whole mask


def by_brute_force(alpha, px):
    """Largest within a disc."""
    reach = int(px)
    padded = np.pad(alpha, reach)
    offsets = [
        (dy, dx)
        for dy in range(-reach, reach + 1)
        for dx in range(-reach, reach + 1)
        if dx * dx + dy * dy <= px * px
    ]
    h, w = alpha.shape
    parts = [padded[reach + y : reach + y + h, reach + x : reach + x + w] for y, x in offsets]
    return np.max(parts, axis=0)


@pytest.mark.parametrize("px", [0, 0.5, 1, 2, 3.7, 5, 12])
@pytest.mark.parametrize("hard", [True, False])
def test_growing_is_the_largest_within_a_disc_and_shrinking_its_mirror(px, hard):
    alpha = blobs(1, hard=hard)
    assert np.array_equal(grow(alpha, px), by_brute_force(alpha, px))
    mirror = invert(grow(invert(alpha), px))
    assert np.allclose(shrink(alpha, px), mirror, atol=1e-6)
    assert np.array_equal(grow(alpha, -px), shrink(alpha, px))


CHANGES = {
    "grow": lambda a: grow(a, 3),
    "shrink": lambda a: shrink(a, 3),
    "invert": invert,
    "smooth": lambda a: smooth(a, 4),
    "fill_holes": fill_holes,
    "remove_specks": lambda a: remove_specks(a, 30),
    "keep_largest": keep_largest,
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("seed", range(4))
def test_hard_masks_stay_hard_and_what_is_given_stays_as_it_was(name, seed):
    alpha = blobs(seed)
    given_one = alpha.copy()
    assert is_hard(CHANGES[name](alpha))
    assert np.array_equal(alpha, given_one)


@pytest.mark.parametrize("name", [*CHANGES, "feather"])
def test_results_are_float32_in_range_also_of_nothing_and_of_all(name):
    change = CHANGES.get(name, lambda a: feather(a, 5))
    for alpha in (blank(), blank(1), noise(3), blobs(2, hard=False)):
        result = change(alpha)
        assert result.dtype == np.float32
        assert result.shape == alpha.shape
        assert result.min() >= 0
        assert result.max() <= 1


@pytest.mark.parametrize("hard", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_changes_go_one_way_and_once_is_enough(seed, hard):
    alpha = blobs(seed, hard=hard)
    assert (grow(alpha, 2) >= alpha).all()
    assert (shrink(alpha, 2) <= alpha).all()
    for change, sign in ((fill_holes, 1), (keep_largest, -1), (CHANGES["remove_specks"], -1)):
        once = change(alpha)
        assert (sign * (once - alpha) >= 0).all()
        assert np.array_equal(change(once), once)


def test_shrinking_does_not_pull_an_object_off_the_border():
    alpha = blank()
    alpha[100:, :50] = 1
    shrunk = shrink(alpha, 10)
    assert (shrunk[110:, :40] == 1).all()
    assert shrunk.sum() == 40 * 40


def test_holes_are_filled_up_to_an_area_and_never_those_open_to_the_border():
    alpha = ring()
    alpha[22:25, 32:35] = 0
    alpha[0:20, 45:47] = 1
    alpha[0:20, 60:62] = 1  # with the border they close in a part that is no hole
    assert fill_holes(alpha, 9).sum() == alpha.sum() + 9
    assert fill_holes(alpha, 8).sum() == alpha.sum()
    assert fill_holes(alpha).sum() == alpha.sum() + 9 + 600


def test_a_soft_hole_becomes_as_opaque_as_its_rim_and_outer_edges_stay():
    alpha = ring(soft=True) * np.float32(0.9)
    filled = fill_holes(alpha)
    assert filled[25:55, 35:75].min() >= 0.8
    assert np.array_equal(filled[:23], alpha[:23])
    assert np.array_equal(filled[57:], alpha[57:])


def test_specks_go_with_their_soft_edges_and_faint_large_things_stay():
    alpha = blank()
    alpha[20:60, 30:80] = 1
    alpha[100:103, 100:103] = 1
    soft = np.asarray(cv2.GaussianBlur(alpha, (0, 0), 1))
    soft[120:140, 20:60] = 0.3
    cleaned = remove_specks(soft, 20)
    assert not cleaned[90:110, 90:110].any()
    assert np.array_equal(cleaned[:80], soft[:80])
    assert (cleaned[120:140, 20:60] == np.float32(0.3)).all()
    largest = keep_largest(soft)
    assert np.array_equal(largest[:80], soft[:80])
    assert not largest[80:].any()


def test_smoothing_takes_off_jags_and_keeps_straight_edges():
    alpha = blank()
    alpha[40:100, 40:120] = 1
    jagged = alpha.copy()
    jagged[38:40, 70:72] = 1
    jagged[60:62, 40:42] = 0
    for mask in (jagged, np.asarray(cv2.blur(jagged, (3, 3)))):
        smoothed = smooth(mask, 8) >= 0.5
        assert not smoothed[:39].any()
        assert smoothed[50:90, 40:120].all()


def test_feathering_is_soft_as_wide_as_told_and_even():
    alpha = blank()
    alpha[:, 80:] = 1
    row = feather(alpha, 10)[75]
    assert row[80 - 14] < 0.01
    assert row[80 + 14] > 0.99
    assert row[79] + row[80] == pytest.approx(1, abs=1e-5)
    assert np.array_equal(feather(alpha, 0), alpha)


@pytest.mark.parametrize("change", [grow, smooth, feather])
def test_distances_that_make_no_sense_are_refused(change):
    with pytest.raises(SettingsError):
        change(blank(), np.nan)


# Smart select


@pytest.fixture(scope="module")
def sample():
    """First frame of the sample clip and its labels."""
    clips = files("roto_resources") / "clips"
    with as_file(clips / "sample.mp4") as path:
        source = roto.open_clip(path)
        picture = np.ascontiguousarray(source.read(1001))
        source.close()
    archive = zipfile.ZipFile(io.BytesIO((clips / "sample_truth.zip").read_bytes()))
    return picture, iio.imread(archive.read("truth.1001.png"), plugin="pillow", mode="P")


VAN = (
    Scribble(((80, 125), (250, 125))),
    Scribble(((90, 185), (280, 190))),
    Scribble(((140, 228), (230, 228)), 3, inside=False),  # its shadow
)
DOG = (
    Scribble(((480, 195), (565, 200))),
    Scribble(((460, 160), (610, 155)), 4, inside=False),  # the wall
    Scribble(((485, 240), (468, 278)), 3),
    Scribble(((562, 232), (582, 270)), 3),
)


def scribbled(picture, scribbles):
    """The mask after each stroke."""
    mask = np.zeros(picture.shape[:2], bool)
    for i in range(len(scribbles)):
        found = select(picture, scribbles[: i + 1], mask)
        assert found is not None
        mask = mask.copy()
        mask[found.box] = found.mask
        yield mask


def overlap(first, second):
    return np.count_nonzero(first & second) / np.count_nonzero(first | second)


# Measured: van 0.82, 0.91, 0.99; dog 0.49 (wall of its colour), 0.82, 0.85, 0.88.
@pytest.mark.parametrize(
    ("scribbles", "label", "least"), [(VAN, 1, 0.97), (DOG, 2, 0.84)], ids=["van", "dog"]
)
def test_a_few_scribbles_find_the_object(sample, scribbles, label, least):
    picture, labels = sample
    scores = [overlap(mask, labels == label) for mask in scribbled(picture, scribbles)]
    assert scores == sorted(scores)  # no stroke makes it worse
    assert scores[0] > 0.45
    assert scores[-1] > least


def test_a_stroke_changes_only_what_it_is_connected_to(sample):
    picture, _ = sample
    prior = np.zeros(picture.shape[:2], bool)
    prior[300:320, 20:60] = True  # something else that is selected already
    found = select(picture, VAN[:1], prior)
    assert found is not None
    prior_part, after = prior[found.box], found.mask
    assert (after >= prior_part).all()
    again = select(picture, VAN[:1], prior)
    assert again is not None
    assert again.box == found.box
    assert np.array_equal(again.mask, found.mask)


def test_what_is_drawn_is_obeyed_to_the_pixel(sample):
    picture, _ = sample
    *_, mask = scribbled(picture, VAN)
    on, off = np.zeros(mask.shape, np.float32), np.zeros(mask.shape, np.float32)
    for scribble in VAN:
        stroke = Stroke(on if scribble.inside else off, Brush(scribble.radius))
        for point in scribble.points:
            stroke.to(*point)
    assert mask[(on > 0) & (off == 0)].all()
    assert not mask[off > 0].any()


def test_a_box_finds_what_is_in_it(sample):
    picture, labels = sample
    nothing = np.zeros(labels.shape, bool)
    found = select_in_box(picture, (45, 105), (320, 235), nothing)
    assert found is not None
    mask = nothing.copy()
    mask[found.box] = found.mask
    assert overlap(mask, labels == 1) > 0.88  # measured: 0.92
    assert not mask[:, 321:].any()


def test_smart_select_has_nothing_to_do_without_a_stroke_in_the_picture(sample):
    picture, labels = sample
    nothing = np.zeros(labels.shape, bool)
    assert select(picture, [], nothing) is None
    assert select(picture, [Scribble(((-900, -900),))], nothing) is None
    assert select(picture, [Scribble(((90, 90),), inside=False)], nothing) is None
    assert select_in_box(picture, (10, 10), (12, 90), nothing) is None
    with pytest.raises(MaskSizeError):
        select(picture, VAN, nothing[:-1])


@pytest.mark.parametrize("size", [(5, 7), (40, 9), (1, 1)])
def test_smart_select_survives_tiny_and_plain_pictures(size):
    picture = np.full((*size, 3), 90, np.uint8)
    nothing = np.zeros(size, bool)
    found = select(picture, [Scribble(((0.5, 0.5),), 2)], nothing)
    assert found is not None
    assert found.mask[0, 0]
    everything = ~nothing
    found = select(picture, [Scribble(((0.5, 0.5),), 2, inside=False)], everything)
    assert found is not None
    assert not found.mask[0, 0]
    select_in_box(picture, (0, 0), (size[1], size[0]), nothing)
