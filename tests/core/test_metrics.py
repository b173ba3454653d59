"""The measures against slow ones, written pixel by pixel from the definitions."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from roto.errors import MaskSizeError
from roto.evaluate.report import format_table, to_dict
from roto.evaluate.scores import ObjectScore, Scores, SequenceScore
from roto.evaluate.statistics import MetricStatistics
from roto.metrics import (
    boundary_map,
    boundary_measure,
    region_similarity,
)

masks = arrays(np.bool_, (9, 13))
pairs = st.tuples(masks, masks)


def naive_j(prediction, truth, void):
    counted = [
        (bool(p), bool(t))
        for p, t, v in zip(prediction.flat, truth.flat, void.flat, strict=True)
        if not v
    ]
    union = sum(p or t for p, t in counted)
    return 1.0 if union == 0 else sum(p and t for p, t in counted) / union


def naive_boundary(mask):
    """Set of (y, x) that differ from a neighbour to the east, south or south-east."""
    height, width = mask.shape
    found = set()
    for y in range(height):
        for x in range(width):
            for dy, dx in ((0, 1), (1, 0), (1, 1)):
                inside = y + dy < height and x + dx < width
                if inside and mask[y, x] != mask[y + dy, x + dx]:
                    found.add((y, x))
    return found


def naive_f(prediction, truth, void, tolerance):
    found = naive_boundary(prediction & ~void)
    wanted = naive_boundary(truth & ~void)
    radius = math.ceil(tolerance * math.hypot(*truth.shape))
    if not found and not wanted:
        precision, recall = 1.0, 1.0
    elif not found:
        precision, recall = 1.0, 0.0
    elif not wanted:
        precision, recall = 0.0, 1.0
    else:
        precision = sum(near(point, wanted, radius) for point in found) / len(found)
        recall = sum(near(point, found, radius) for point in wanted) / len(wanted)
    return 0.0 if precision + recall == 0 else 2 * precision * recall / (precision + recall)


def near(point, others, radius):
    y, x = point
    return any((y - v) ** 2 + (x - u) ** 2 <= radius**2 for v, u in others)


def naive_statistics(values):
    """Mean, recall and decay with DAVIS's overlapping bins, counted from 1 as in MATLAB."""
    count = len(values)
    edges = [math.floor(1 + (count - 1) * part / 4 + 0.5) for part in range(5)]
    quarters = [values[edges[i] - 1 : edges[i + 1]] for i in range(4)]
    means = [sum(quarter) / len(quarter) for quarter in quarters]
    return sum(values) / count, sum(v > 0.5 for v in values) / count, means[0] - means[3]


def square(top, left, size=40, shape=(480, 854)):
    mask = np.zeros(shape, bool)
    mask[top : top + size, left : left + size] = True
    return mask


@given(pairs, masks)
def test_region_similarity_equals_the_naive_one(pair, void):
    assert region_similarity(*pair, void) == naive_j(*pair, void)


@given(masks)
def test_boundary_map_equals_the_naive_one(mask):
    assert set(zip(*np.nonzero(boundary_map(mask)), strict=True)) == naive_boundary(mask)


@given(pairs, masks, st.sampled_from([0.008, 0.1, 0.2]))
@settings(deadline=None)
def test_boundary_measure_equals_the_naive_one(pair, void, tolerance):
    measured = boundary_measure(*pair, void, tolerance=tolerance)
    assert measured == naive_f(*pair, void, tolerance)


@pytest.mark.parametrize("seed", range(4))
def test_boundary_measure_of_blobs_in_a_large_picture(seed):
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:180, :320]
    prediction, truth = (
        sum(
            np.hypot(y - cy, x - cx) < radius
            for cy, cx, radius in rng.uniform((0, 0, 5), (180, 320, 40), (3, 3))
        ).astype(bool)
        for _ in range(2)
    )
    void = rng.random(truth.shape) < 0.001
    assert boundary_measure(prediction, truth, void) == naive_f(prediction, truth, void, 0.008)


@given(pairs)
def test_measures_are_symmetric_and_bounded(pair):
    one, other = pair
    for measure in (region_similarity, boundary_measure):
        value = measure(one, other)
        assert value == measure(other, one)
        assert 0 <= value <= 1


@given(masks)
def test_a_mask_matches_itself(mask):
    assert region_similarity(mask, mask) == 1
    assert boundary_measure(mask, mask) == 1


@given(pairs, masks)
def test_void_pixels_do_not_count(pair, void):
    prediction, truth = pair
    for measure in (region_similarity, boundary_measure):
        assert measure(prediction ^ void, truth, void) == measure(prediction, truth ^ void, void)


@given(pairs)
def test_the_arguments_are_left_alone(pair):
    copies = [mask.copy() for mask in pair]
    region_similarity(*pair, pair[0])
    boundary_measure(*pair, pair[0])
    assert all(np.array_equal(mask, copy) for mask, copy in zip(pair, copies, strict=True))


def test_one_side_empty_scores_zero():
    empty, full = np.zeros((480, 854), bool), square(100, 100)
    for measure in (region_similarity, boundary_measure):
        assert measure(empty, full) == 0
        assert measure(full, empty) == 0
        assert measure(empty, empty) == 1


def test_a_mask_that_fills_the_picture_has_no_boundary():
    full = np.ones((48, 85), bool)
    assert boundary_measure(full, full) == 1
    assert boundary_measure(full, np.zeros_like(full)) == 1


def test_known_region_similarity():
    assert region_similarity(square(0, 0), square(0, 20)) == pytest.approx(1 / 3)


def test_tolerance_at_480p_is_eight_pixels():
    # 0.008 * hypot(480, 854) = 7.84, rounded up.
    assert boundary_measure(square(100, 100), square(100, 108)) == 1
    assert boundary_measure(square(100, 100), square(100, 109)) < 1


def test_tolerance_is_a_disk():
    # A diagonal offset of (6, 6) is 8.5 pixels away: outside, though each side is within 8.
    dot, other = square(100, 100, size=1), square(106, 106, size=1)
    assert boundary_measure(dot, other) < 1
    assert boundary_measure(dot, square(105, 105, size=1)) == 1


def test_masks_of_different_sizes_are_refused():
    for measure in (region_similarity, boundary_measure):
        with pytest.raises(MaskSizeError, match="854x480"):
            measure(np.zeros((10, 10), bool), square(0, 0))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=400))
def test_statistics_equal_the_naive_ones(values):
    statistics = MetricStatistics.from_frames(values)
    measured = (statistics.mean, statistics.recall, statistics.decay)
    assert measured == pytest.approx(naive_statistics(values), abs=1e-12)


def test_known_statistics():
    statistics = MetricStatistics.from_frames([1.0, 1.0, 1.0, 0.5, 0.0, 0.0, 0.0, 0.0])
    # Bins of 8 frames by position from 1: 1-3, 3-5, 5-6, 6-8.
    assert statistics == MetricStatistics(mean=0.4375, recall=0.375, decay=1.0)


def test_statistics_of_nothing_are_refused():
    with pytest.raises(ValueError, match="at least one frame"):
        MetricStatistics.from_frames([])


def example_scores():
    def item(object_id, j, f):
        return ObjectScore(object_id, (1, 2), region=(j, j), boundary=(f, f))

    pair = SequenceScore("pair", (item(1, 0.2, 0.4), item(2, 0.4, 0.6)), frames=4, seconds=2.0)
    single = SequenceScore("single", (item(1, 0.9, 0.8),), frames=4, seconds=0.0)
    return Scores((pair, single))


def test_every_object_counts_the_same_overall():
    scores = example_scores()
    assert scores.j.mean == pytest.approx(0.5)
    assert scores.f.mean == pytest.approx(0.6)
    assert scores.j_and_f == pytest.approx(0.55)
    assert scores.sequences[0].j_and_f == pytest.approx(0.4)


def test_speed_survives_a_clock_that_stood_still():
    pair, single = example_scores().sequences
    assert pair.frames_per_second == 2
    assert single.frames_per_second == 0


def test_table_has_a_line_per_sequence_and_one_for_all():
    lines = format_table(example_scores()).splitlines()
    assert [line.split()[0] for line in lines if line[0] != "-"] == [
        "sequence",
        "pair",
        "single",
        "all",
    ]
    assert " ".join(lines[2].split()) == "pair 2 40.0 30.0 50.0 0.0 50.0 0.0 0.0 4 2.00"
    assert len({len(line) for line in lines}) == 1


def test_dict_survives_json_with_every_frame():
    found = json.loads(json.dumps(to_dict(example_scores())))
    assert found["j_and_f"] == pytest.approx(0.55)
    assert found["sequences"][0]["object_scores"][1]["f_per_frame"] == [0.6, 0.6]
    assert found["sequences"][0]["object_scores"][1]["scored_frames"] == [1, 2]
    assert found["sequences"][1]["j"] == {"mean": pytest.approx(0.9), "recall": 1.0, "decay": 0.0}
