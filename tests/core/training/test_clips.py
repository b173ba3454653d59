"""Training clips: exact labels, several photos, motion and light."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from training_packs import SIDE

from roto.errors import DecodeError, SettingsError
from roto.train import hard, warps
from roto.train.appearance import Look, motion_blur
from roto.train.batches import Batches
from roto.train.motion import CAMERA, OBJECT, Amount, wander
from roto.train.packs import IGNORE, StillPack
from roto.train.recipe import Recipe
from roto.train.synthesis import ClipMaker

if TYPE_CHECKING:
    from pathlib import Path


def test_a_pack_yields_images_with_their_labels(pack: StillPack) -> None:
    still = pack[0]
    assert len(pack) == 6
    assert still.image.shape == (80, 96, 3)
    assert still.labels.shape == (80, 96)
    assert still.objects() == [1, 2]  # 255 is no object
    assert still.image[40, 30, 0] > 150 > still.image[40, 30, 1]  # RGB, not BGR


def test_a_damaged_pack_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "pack.tar"
    path.write_bytes(b"not a tar")
    with pytest.raises(DecodeError, match="data pack"):
        StillPack([path])


@pytest.mark.parametrize("targets", [1, 2])
def test_clips_show_every_target_and_nothing_else(pack: StillPack, targets: int) -> None:
    maker = ClipMaker(pack, size=SIDE, frames=4)
    rng = np.random.default_rng(3)
    for _ in range(10):
        clip = maker.make(rng, targets)
        assert clip.frames.shape == (4, SIDE, SIDE, 3)
        assert clip.frames.dtype == clip.labels.dtype == np.uint8
        assert set(np.unique(clip.labels)) <= {0, *range(1, targets + 1), IGNORE}
        assert set(range(1, targets + 1)) <= set(np.unique(clip.labels[0]))


def test_labels_move_with_the_pixels(pack: StillPack) -> None:
    """A target's pixels keep their colour from frame to frame, so labels and picture agree."""
    maker = ClipMaker(pack, size=SIDE, frames=3)
    rng = np.random.default_rng(5)
    differences = []
    for _ in range(20):
        clip = maker.make(rng, 1)
        means = [
            f[m == 1].mean(0)
            for f, m in zip(clip.frames, clip.labels, strict=True)
            if (m == 1).sum() > 50
        ]
        differences += [np.abs(m - means[0]).max() for m in means[1:]]
    assert np.median(differences) < 25


@pytest.mark.parametrize("targets", [1, 2])
def test_warped_clips_show_every_target_of_one_photo(pack: StillPack, targets: int) -> None:
    clip = warps.WarpMaker(pack, size=SIDE, frames=3).make(np.random.default_rng(3), targets)
    assert clip.frames.shape == (3, SIDE, SIDE, 3)
    assert set(np.unique(clip.labels)) <= {0, *range(1, targets + 1), IGNORE}
    assert set(range(1, targets + 1)) <= set(np.unique(clip.labels[0]))
    assert len(clip.stills) == 1
    assert (clip.labels[0] != clip.labels[1]).mean() > 0.01  # every frame is warped by itself


def test_warps_without_enough_objects_are_one_sentence(
    pack: StillPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warps, "_ATTEMPTS", 20)
    maker = warps.WarpMaker(pack, size=SIDE, frames=3)
    with pytest.raises(SettingsError, match="--pairs 0"):
        maker.make(np.random.default_rng(0), 3)


def test_hard_stills_are_those_of_the_highest_recent_loss() -> None:
    table = torch.zeros(400)
    everyone = torch.arange(390)[:, None]
    hard.note(table, everyone[:100], torch.ones(100))
    assert len(hard.hardest(table)) == 0  # too few are known
    rows = torch.cat([everyone, everyone, torch.full_like(everyone, -1)], 1)
    hard.note(table, rows, torch.arange(390) + 1.0)
    assert (table[390:] == 0).all()
    assert table[200] == 201  # known for the first time
    assert table[99] == pytest.approx(0.7 * 1 + 0.3 * 100)
    assert set(hard.hardest(table)) == set(range(351, 390))


def test_hard_clips_are_made_of_hard_stills(
    pack: StillPack, pack_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hard, "_LEAST", 1)
    monkeypatch.setattr(hard, "_TOP", 0.2)
    recipe = Recipe(packs=(str(pack_path),), size=SIDE, batch=2, hard_clips=0.5)
    plain = Batches(recipe, pack)[3]
    unknown = Batches(recipe, pack, torch.zeros(6))[3]
    assert torch.equal(plain.frames, unknown.frames)
    known = Batches(recipe, pack, torch.tensor([1.0, 1, 1, 1, 5, 1]))
    for index in range(4):
        assert set(known[index].stills[0].tolist()) <= {4, -1}


def test_a_batch_depends_on_its_number_alone(pack: StillPack, pack_path: Path) -> None:
    recipe = Recipe(packs=(str(pack_path),), size=SIDE, batch=2)
    first, again, other = (Batches(recipe, pack)[i] for i in (7, 7, 8))
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])
    assert not torch.equal(first[0], other[0])


@pytest.mark.parametrize("amount", [CAMERA, OBJECT])
def test_a_layer_starts_where_it_lies_and_keeps_its_direction(amount: Amount) -> None:
    rng = np.random.default_rng(0)
    still = np.stack(np.meshgrid(range(SIDE), range(SIDE)), -1)
    centre, turns = np.array([SIDE / 2, SIDE / 2, 1]), []
    for _ in range(40):
        motion = wander(rng, np.eye(3), 5, SIDE, amount)
        np.testing.assert_allclose(np.stack(motion.map(0), -1), still, atol=1e-3)
        steps = np.diff((motion.matrices @ centre)[:, :2], axis=0)
        assert np.hypot(*steps.T).max() < SIDE
        turns += [np.dot(a, b) / np.hypot(*a) / np.hypot(*b) for a, b in pairwise(steps)]
    assert np.mean(turns) > 0.5  # cosines; without momentum it would be 0


def test_motion_blur_spreads_along_the_motion() -> None:
    picture = np.zeros((31, 31), np.float32)
    picture[15, 15] = 1
    blurred = motion_blur(picture, np.array([18.0, 0.0]))
    assert blurred.sum() == pytest.approx(1, abs=1e-4)
    assert (blurred[15] > 0).sum() >= 8
    assert (blurred[:, 15] > 0).sum() <= 3
    assert np.array_equal(motion_blur(picture, np.array([1.0, 0.0])), picture)


def test_a_look_keeps_the_picture_recognisable() -> None:
    rng = np.random.default_rng(1)
    picture = np.full((16, 16, 3), 128, np.float32)
    for _ in range(20):
        look = Look.draw(rng, 3)
        out = look.apply(rng, picture, 2)
        assert out.dtype == np.uint8
        assert 20 < out.mean() < 240
