"""Training on several processes: the same weights on each, one log, one clock."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from training_packs import write_pack

from roto.errors import DeviceError
from roto.train.batches import _Every
from roto.train.distributed import Ranks, joined
from roto.train.loop import CHECKPOINT, LOG, WEIGHTS

ROOT = Path(__file__).parents[3]
STEPS, PAIRS = 3, 0.5

# Each process trains for three steps and keeps its weights. The second one's clock runs wild: if
# it were asked, that process would stop after its first step, and the first one wait for ever.
SCRIPT = f"""
import os, sys, time
from types import SimpleNamespace
import torch
from roto.train import loop
from roto.train.__main__ import main

rank = int(os.environ["RANK"])
if rank == 1:
    loop.time = SimpleNamespace(monotonic=lambda: 1e6 * time.monotonic())
steps, run = loop.Trainer._steps, loop.Trainer.run

def few(self):
    for _ in zip(range({STEPS}), steps(self)):
        yield
    torch.save(self.net.state_dict(), os.path.join(sys.argv[1], f"rank{{rank}}.pt"))

loop.Trainer._steps = few
loop.Trainer.run = lambda self, folder, **options: run(self, folder, log_every=1, **options)
raise SystemExit(main(sys.argv[2:]))
"""


@pytest.fixture
def pack_path(tmp_path: Path) -> Path:
    labels = np.zeros((64, 64), np.uint8)
    labels[10:30, 8:40], labels[36:60, 20:56] = 1, 2
    image = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    return write_pack(tmp_path / "stills.tar", [(image, labels)])


def test_two_processes_end_with_the_same_weights_and_one_log(
    tmp_path: Path, pack_path: Path
) -> None:
    kinds = [np.random.default_rng((1, i)).random() < PAIRS for i in range(2 * STEPS)]
    assert kinds[::2] != kinds[1::2]  # one process has one target where the other has two
    script, out = tmp_path / "script.py", tmp_path / "run"
    script.write_text(SCRIPT)
    out.mkdir()
    options = (
        f"--size 32 --batch 1 --frames 2 --pairs {PAIRS} --workers 0 --device cpu --minutes 60"
    )
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command = [*torchrun, "--nproc-per-node", "2", str(script), str(tmp_path)]
    command += ["--packs", str(pack_path), "--out", str(out), *options.split()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    first, second = (torch.load(tmp_path / f"rank{r}.pt", weights_only=True) for r in (0, 1))
    assert all(torch.equal(first[name], second[name]) for name in first)
    lines = [json.loads(line) for line in (out / LOG).read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3]
    assert lines[-1]["clips"] == 2 * STEPS
    assert {p.name for p in out.iterdir()} == {CHECKPOINT, WEIGHTS, LOG, "recipe.json"}
    assert json.loads((out / "recipe.json").read_text())["processes"] == 2
    saved = torch.load(out / CHECKPOINT, weights_only=True)
    assert saved["progress"]["batches"] == 2 * STEPS
    assert torch.equal(saved["net"]["decoder.pred.weight"], first["decoder.pred.weight"])


def test_processes_share_the_batches_of_one() -> None:
    seen = [set(islice(_Every(10 + rank, 3), 4)) for rank in range(3)]
    assert sorted(set.union(*seen)) == list(range(10, 22))


def test_one_process_needs_no_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with joined("cpu") as (ranks, device):
        assert ranks == Ranks()
        assert ranks.first
        assert device == torch.device("cpu")
        module = nn.Linear(1, 1)
        assert ranks.averaging(module) is module
        assert ranks.total(torch.ones(2)).tolist() == [1, 1]
        ranks.settle()


def test_more_processes_than_gpus_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"WORLD_SIZE": "3", "LOCAL_RANK": "0", "LOCAL_WORLD_SIZE": "3"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(DeviceError, match="3 processes"), joined("cuda"):
        pass
