"""Training runs resume, ship what can be loaded, and are plotted."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import cv2
import pytest
import torch
from torch import nn
from training_packs import SIDE, TINY

from roto.errors import SettingsError, WeightsNotFoundError
from roto.model.stcn import STCN
from roto.model.weights import load_network, save_state_dict
from roto.train import plot
from roto.train.__main__ import load_backbone, main
from roto.train.loop import CHECKPOINT, LOG, WEIGHTS, Trainer
from roto.train.recipe import Progress, Recipe

if TYPE_CHECKING:
    from pathlib import Path


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


def test_wrong_options_are_one_sentence(
    pack_path: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert main(["--packs", str(pack_path), "--out", str(tmp_path), "--size", "100"]) == 1
    assert caplog.messages == ["roto.train: error: --size 100 is no multiple of 16."]
    assert not list(tmp_path.iterdir())
    with pytest.raises(WeightsNotFoundError):
        load_backbone(STCN(TINY), tmp_path / "nothing.safetensors")
    from safetensors.torch import save_file

    save_file({"other": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(SettingsError, match="no layer"):
        load_backbone(STCN(TINY), tmp_path / "other.safetensors")
