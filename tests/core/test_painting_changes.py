"""Changes of a whole mask: grow, shrink, fill, clean, feather."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from painted_masks import blank, noise, ring

from roto.errors import SettingsError
from roto.painting import (
    feather,
    fill_holes,
    grow,
    invert,
    is_hard,
    keep_largest,
    remove_specks,
    shrink,
    smooth,
)


def blobs(seed, size=(60, 70), hard=True):
    smooth_noise = cv2.GaussianBlur(noise(seed, size), (0, 0), 3)
    soft = np.clip((smooth_noise - smooth_noise.mean()) * 20 + 0.5, 0, 1)
    return (soft >= 0.5).astype(np.float32) if hard else soft


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
    with pytest.raises(SettingsError, match="nan pixels makes no sense"):
        change(blank(), np.nan)
