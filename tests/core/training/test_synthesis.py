"""What training clips show: twins, occluders, things out of sight, light that wanders."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from roto.train.appearance import Shade
from roto.train.motion import OBJECT, wander
from roto.train.packs import Still
from roto.train.synthesis import ClipMaker, Cutout


class OnePhoto:
    """A pack of one photo with a disc (1), a bar (2) and a dot (3)."""

    def __init__(self) -> None:
        labels = np.zeros((96, 96), np.uint8)
        cv2.circle(labels, (40, 40), 20, 1, -1)
        labels[80:84, 10:80] = 2
        cv2.circle(labels, (80, 20), 5, 3, -1)
        image = np.full((96, 96, 3), 90, np.uint8)
        for i, colour in ((1, (200, 30, 30)), (2, (30, 200, 30)), (3, (30, 30, 200))):
            image[labels == i] = colour
        self.still = Still(image, labels)

    def __len__(self) -> int:
        return 1

    def __getitem__(self, index: int) -> Still:
        return self.still


def render(cutout, t):
    """Premultiplied colour (S, S, 3) and alpha (S, S) of a layer over nothing."""
    picture = np.zeros((cutout.motion.size, cutout.motion.size, 4), np.float32)
    cutout.draw(t, picture, np.zeros(picture.shape[:2], np.uint8))
    return picture[..., :3], picture[..., 3]


@pytest.fixture
def maker():
    return ClipMaker(OnePhoto(), size=96, frames=5)


def test_small_and_thin_objects_are_targets_too(maker):
    rng = np.random.default_rng(0)
    drawn = [maker._some_object(rng)[1] for _ in range(60)]
    assert set(drawn) == {1, 2, 3}


def test_a_target_may_be_out_of_sight_for_a_while_but_starts_and_ends_in_sight(maker):
    rng = np.random.default_rng(1)
    targets = [maker._target(rng, maker.pack[0], 1, 1) for _ in range(300)]
    away = [t for t in targets if t.gone]
    assert 8 <= len(away) <= 50
    assert all(0 not in t.gone and 4 not in t.gone for t in away)
    first = away[0]
    assert render(first, min(first.gone))[1].max() == 0
    assert render(first, 0)[1].max() > 0.9


def test_something_crosses_in_front_of_a_target(maker):
    rng = np.random.default_rng(2)
    hidden = []
    for _ in range(30):
        target = maker._cutout(rng, maker.pack[0], 1, 1)
        crossing = maker._crossing(rng, target)
        assert crossing.label == 0
        shares = []
        for t in range(5):
            alpha, above = render(target, t)[1] > 0.5, render(crossing, t)[1] > 0.5
            shares.append((alpha & above).sum() / max(alpha.sum(), 1))
        hidden.append(max(shares))
    assert np.median(hidden) > 0.1


def test_a_twin_looks_the_same_elsewhere(maker):
    rng = np.random.default_rng(3)
    cutout = maker._cutout(rng, maker.pack[0], 1, 1)
    twin = maker._twin(rng, cutout)
    assert twin.label == 0
    assert twin.image is cutout.image
    assert not np.allclose(twin.motion.matrices[0], cutout.motion.matrices[0])


def test_light_wanders_and_shades_but_does_not_blind():
    rng = np.random.default_rng(4)
    picture = np.full((32, 32, 3), 100, np.float32)
    changes = []
    for _ in range(60):
        shade = Shade.draw(rng, 4)
        lit = [shade.apply(picture, t) for t in range(4)]
        changes.append(np.abs(lit[3] - lit[0]).mean())
        assert min(frame.mean() for frame in lit) > 10
    assert 0.2 < np.mean(np.array(changes) == 0) < 0.6  # many clips keep their light
    assert max(changes) > 20


def test_a_cut_out_is_premultiplied():
    rng = np.random.default_rng(5)
    image, alpha = np.full((20, 20, 3), 200, np.uint8), np.zeros((20, 20), np.uint8)
    alpha[4:16, 4:16] = 255
    motion = wander(rng, np.eye(3), 3, 48, OBJECT)
    still = Shade(np.zeros((3, 2), np.float32), np.zeros(3, np.float32))
    colour, a = render(Cutout(image, alpha, motion, 1, still), 2)
    assert (colour[a == 0] == 0).all()
    assert colour[a > 0.99].mean() == pytest.approx(200, abs=2)
