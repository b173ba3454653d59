"""Training: clips with exact labels, losses that mean what they say, runs that resume."""

from __future__ import annotations

import io
import json
import sys
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
import torch
from torch import nn

from roto.errors import DecodeError, SettingsError, WeightsNotFoundError
from roto.model.aggregation import soft_aggregate
from roto.model.stcn import STCN, StcnConfig
from roto.model.weights import load_network, save_state_dict
from roto.train import hard, plot, warps
from roto.train.__main__ import load_backbone, main
from roto.train.appearance import Look, motion_blur
from roto.train.batches import Batches
from roto.train.loop import CHECKPOINT, LOG, WEIGHTS, Trainer
from roto.train.losses import bootstrapped_cross_entropy, distance_from_teacher, soft_iou_loss
from roto.train.motion import CAMERA, OBJECT, wander
from roto.train.packs import IGNORE, StillPack
from roto.train.recipe import Progress, Recipe
from roto.train.step import aggregated_logits, clip_loss, hard_iou, rollout
from roto.train.synthesis import ClipMaker

if TYPE_CHECKING:
    from pathlib import Path

SIDE = 64
TINY = StcnConfig(
    key_backbone="mobilenet_v2",
    value_backbone="mobilenet_v2",
    key_width=16,
    value_width=16,
    thin_width=16,
    decoder_widths=(16, 16, 16),
)


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))


@pytest.fixture(scope="module")
def pack_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six photos of noise, each with a bright disc and a bright square as objects 1 and 2."""
    path = tmp_path_factory.mktemp("pack") / "stills.tar"
    rng = np.random.default_rng(0)
    with tarfile.open(path, "w") as tar:
        for index in range(6):
            image = rng.integers(0, 90, (80, 96, 3), np.uint8)
            labels = np.zeros((80, 96), np.uint8)
            cv2.circle(labels, (30, 40), 18, 1, -1)
            cv2.rectangle(labels, (60, 20), (85, 60), 2, -1)
            labels[:3] = IGNORE
            image[labels == 1] = (220, 40, 40)
            image[labels == 2] = (40, 220, 40)
            for ending, picture in (("webp", image[..., ::-1]), ("png", labels)):
                data = cv2.imencode(f".{ending}", picture)[1].tobytes()
                _add(tar, f"kind/{index}.{ending}", data)
    return path


@pytest.fixture(scope="module")
def pack(pack_path: Path) -> StillPack:
    return StillPack([pack_path])


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
def test_motion_is_smooth(amount: object) -> None:
    rng = np.random.default_rng(0)
    motion = wander(rng, np.eye(3), 5, SIDE, amount)  # type: ignore[arg-type]
    assert np.stack(motion.map(0), -1) == pytest.approx(
        np.stack(np.meshgrid(range(SIDE), range(SIDE)), -1), abs=1e-3
    )
    centre = (SIDE / 2, SIDE / 2)
    steps = [np.hypot(*motion.velocity(t, centre)) for t in range(5)]
    assert max(steps) < SIDE / 2


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


def test_aggregated_logits_are_soft_aggregation() -> None:
    logits = torch.randn(2, 3, 8, 8, dtype=torch.float64) * 3
    mine = aggregated_logits(logits).softmax(1)
    assert torch.allclose(mine.float(), soft_aggregate(torch.sigmoid(logits), 1), atol=1e-4)


def test_losses_fall_with_the_error_and_ignore_the_unlabelled() -> None:
    labels = torch.zeros(1, 16, 16, dtype=torch.long)
    labels[:, 4:12, 4:12] = 1
    labels[:, 0] = IGNORE
    good = torch.stack([(labels != 1).float(), (labels == 1).float()], 1) * 12 - 6
    bad = -good
    wrong_only_where_ignored = good.clone()
    wrong_only_where_ignored[:, :, 0] *= -1
    for loss in (
        lambda x: bootstrapped_cross_entropy(x, labels, 0.3),
        lambda x: soft_iou_loss(x.softmax(1), labels),
    ):
        assert loss(good) < 0.05 < 0.7 < loss(bad)
        assert loss(wrong_only_where_ignored) == pytest.approx(loss(good).item(), abs=1e-6)
    assert hard_iou(good.softmax(1), labels.clone()) == 1.0
    assert hard_iou(bad.softmax(1), labels.clone()) == 0.0


def test_every_trained_parameter_gets_a_gradient(pack: StillPack) -> None:
    torch.manual_seed(0)
    net = STCN(TINY)
    clip = ClipMaker(pack, size=SIDE, frames=3).make(np.random.default_rng(0), 2)
    frames, labels = torch.from_numpy(clip.frames)[None], torch.from_numpy(clip.labels)[None]
    clip_loss(net, frames, labels, 2, 1.0).loss.backward()
    without = [n for n, p in net.named_parameters() if p.grad is None]
    assert without == []


def test_few_frames_and_blind_clips_leave_no_parameter_without_a_gradient(
    pack: StillPack,
) -> None:
    """Processes that train together wait for the gradient of every parameter."""
    torch.manual_seed(0)
    net = STCN(replace(TINY, prior=True))
    clip = ClipMaker(pack, size=SIDE, frames=2).make(np.random.default_rng(0), 1)
    frames, labels = torch.from_numpy(clip.frames)[None], torch.from_numpy(clip.labels)[None]
    clip_loss(net, frames, labels, 1, 0.3, torch.tensor([False])).loss.backward()
    assert [n for n, p in net.named_parameters() if p.grad is None] == []


def test_the_distance_from_a_teacher_is_one_of_distributions() -> None:
    torch.manual_seed(0)
    own, taught = torch.randn(2, 3, 8, 8), torch.randn(2, 3, 8, 8)
    labels = torch.zeros(2, 8, 8, dtype=torch.long)
    labels[:, :4] = IGNORE
    assert distance_from_teacher(own, own + 3.0, labels) == pytest.approx([0, 0], abs=1e-6)
    expected = torch.nn.functional.kl_div(
        own.log_softmax(1), taught.log_softmax(1), log_target=True, reduction="none"
    )[:, :, 4:]
    found = distance_from_teacher(own, taught, labels)
    assert found == pytest.approx(expected.sum(1).mean((1, 2)).tolist(), rel=1e-4)
    other = torch.where(labels[:, None] == IGNORE, -9.0, taught)
    assert torch.allclose(distance_from_teacher(own, other, labels), found)


def test_a_teacher_with_the_same_answers_teaches_nothing(pack: StillPack) -> None:
    torch.manual_seed(0)
    net, other = STCN(TINY).eval(), STCN(TINY).eval()
    clip = ClipMaker(pack, size=SIDE, frames=3).make(np.random.default_rng(0), 2)
    clips = torch.from_numpy(clip.frames)[None], torch.from_numpy(clip.labels)[None], 2
    with torch.no_grad():
        alone = clip_loss(net, *clips, 1.0)
        same = clip_loss(net, *clips, 1.0, taught=list(rollout(net, *clips)))
        taught = list(rollout(other, *clips))
        weak, strong = (
            clip_loss(net, *clips, 1.0, taught=taught, teacher_share=share).loss
            for share in (0.5, 1.0)
        )
    assert same.loss == pytest.approx(alone.loss.item(), abs=1e-5)
    assert strong - alone.loss == pytest.approx(2 * (weak - alone.loss).item(), rel=1e-3)
    assert weak > alone.loss


def test_the_rate_warms_up_stays_and_falls() -> None:
    recipe = Recipe(packs=(), minutes=10, warm_up=10, decay_from=0.5)
    at = [
        recipe.rate_factor(Progress(step=s, seconds=t))
        for s, t in ((0, 0), (50, 250), (90, 450), (99, 600))
    ]
    assert at[0] == pytest.approx(0.1)
    assert at[1] == 1.0
    assert 0.4 < at[2] < 0.6
    assert at[3] == pytest.approx(0.01)


def _trainer(pack_path: Path, minutes: float = 60) -> Trainer:
    torch.manual_seed(0)
    recipe = Recipe(packs=(str(pack_path),), size=SIDE, batch=2, minutes=minutes)
    return Trainer(recipe, STCN(TINY), torch.device("cpu"))


def test_a_resumed_run_goes_on_where_it_stopped(pack_path: Path, tmp_path: Path) -> None:
    straight, stopped = _trainer(pack_path), _trainer(pack_path)
    for trainer, steps in ((straight, 4), (stopped, 2)):
        turns = trainer._steps()
        for _ in range(steps):
            next(turns)
        turns.close()
    stopped.save(tmp_path)
    resumed = _trainer(pack_path)
    resumed.load(torch.load(tmp_path / CHECKPOINT, weights_only=True))
    turns = resumed._steps()
    for _ in range(2):
        next(turns)
    turns.close()
    assert resumed.progress.step == straight.progress.step == 4
    for name, tensor in straight.net.state_dict().items():
        assert torch.allclose(tensor, resumed.net.state_dict()[name], atol=1e-5), name
    assert isinstance(load_network(tmp_path / WEIGHTS), STCN)  # what ships can be loaded


def test_batch_statistics_and_frozen_blocks_do_not_change(pack_path: Path) -> None:
    trainer = _trainer(pack_path)
    before = {n: t.clone() for n, t in trainer.net.state_dict().items()}
    turns = trainer._steps()
    next(turns)
    turns.close()
    after = trainer.net.state_dict()
    fixed = [n for n in before if "running_" in n or n.startswith("key_encoder.features.0.")]
    assert all(torch.equal(before[n], after[n]) for n in fixed)
    assert not torch.equal(before["decoder.pred.weight"], after["decoder.pred.weight"])
    assert not any(isinstance(m, nn.BatchNorm2d) and m.training for m in trainer.net.modules())


def test_the_command_trains_logs_and_ships(pack_path: Path, tmp_path: Path) -> None:
    arguments = ["--packs", str(pack_path), "--out", str(tmp_path), "--size", "32", "--batch", "1"]
    assert main([*arguments, "--minutes", "0.001"]) == 0
    assert (tmp_path / WEIGHTS).stat().st_size < 13e6
    recipe = json.loads((tmp_path / "recipe.json").read_text())
    assert recipe["size"] == 32
    assert recipe["command"].startswith("python -m roto.train --packs ")
    assert recipe["command"].endswith(" --minutes 0.001")
    steps = torch.load(tmp_path / CHECKPOINT, weights_only=True)["progress"]["step"]
    assert steps >= 1
    assert main([*arguments, "--sheet", str(tmp_path / "sheet.png")]) == 0
    sheet = cv2.imread(str(tmp_path / "sheet.png"))
    assert sheet is not None
    assert sheet.std() > 10
    assert not (tmp_path / LOG).exists()  # too short a run for a line


def test_the_command_trains_ablations_with_a_teacher(pack_path: Path, tmp_path: Path) -> None:
    teacher = tmp_path / "teacher.safetensors"
    save_state_dict(STCN(TINY).state_dict(), teacher)
    arguments = ["--packs", str(pack_path), "--out", str(tmp_path), "--teacher", str(teacher)]
    arguments += ["--size", "32", "--batch", "1", "--minutes", "0.001", "--workers", "0"]
    recipe = ["--clips", "warps", "--no-prior", "--iou-share", "0", "--hard-clips", "0.5"]
    assert main([*arguments, *recipe]) == 0
    assert not load_network(tmp_path / WEIGHTS).config.prior
    recent = torch.load(tmp_path / CHECKPOINT, weights_only=True)["recent"]
    assert 0 < (recent > 0).sum() <= 6


def _write_log(run: Path, lines: list[dict[str, float]]) -> None:
    run.mkdir()
    (run / LOG).write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_runs_are_plotted_on_the_same_axes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = {"step": 20, "minutes": 1.0, "loss": 0.5, "iou": 0.4, "rate": 1.0}
    second = {**first, "minutes": 2.0, "loss": 0.4}
    score = {"step": 40, "validation": "some", "j_and_f": 60.0}
    _write_log(tmp_path / "a", [first, second, score, {**second, "minutes": 1.5}])
    _write_log(tmp_path / "b", [first])
    lines = plot.read_log(tmp_path / "a")
    assert plot.points(lines[:3], "j_and_f") == ([2.0], [60.0])
    assert plot.points(lines, "loss") == ([1.0, 1.5], [0.5, 0.4])  # resumed from before minute 2
    runs = [str(tmp_path / "a"), str(tmp_path / "b")]
    out = tmp_path / "plots" / "plot.png"
    assert plot.main([*runs, "-o", str(out)]) == 0
    picture = cv2.imread(str(out))
    assert picture is not None
    assert picture.std() > 5
    assert plot.main([str(tmp_path / "nothing"), "-o", str(out)]) == 1
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(SettingsError, match="extra 'train'"):
        plot.plot({}, out)


def test_wrong_options_are_one_sentence(pack_path: Path, tmp_path: Path) -> None:
    assert main(["--packs", str(pack_path), "--out", str(tmp_path), "--size", "100"]) == 1
    with pytest.raises(WeightsNotFoundError):
        load_backbone(STCN(TINY), tmp_path / "nothing.safetensors")
    from safetensors.torch import save_file

    save_file({"other": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(SettingsError, match="no layer"):
        load_backbone(STCN(TINY), tmp_path / "other.safetensors")
