"""The training loop: a time budget, resumable to the step, one JSON line every few steps."""

from __future__ import annotations

import json
import logging
import math
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, Dataset

from roto.model.stcn import SMALL, STCN
from roto.model.weights import save_state_dict
from roto.train.packs import StillPack
from roto.train.step import clip_loss
from roto.train.synthesis import ClipMaker

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides how a run goes; stored in its checkpoints."""

    packs: tuple[str, ...]
    minutes: float = 60.0
    size: int = 192
    frames: int = 3
    batch: int = 8
    rate: float = 3e-4  # of new layers
    backbone_rate: float = 1e-4  # of pretrained layers
    weight_decay: float = 1e-4
    warm_up: int = 100  # steps
    decay_from: float = 0.5  # share of the budget after which the rate falls, along a cosine
    ema: float = 0.998
    seed: int = 1
    freeze: int = 4  # first blocks of the key encoder that keep their ImageNet weights
    pairs: float = 0.3  # share of batches with two targets instead of one


@dataclass
class Progress:
    """Where a run is."""

    step: int = 0
    seconds: float = 0.0
    iou: float = 0.0  # running mean
    loss: float = 0.0
    history: list[dict[str, float]] = field(default_factory=list)


class Batches(Dataset[tuple[Tensor, Tensor, int]]):
    """Batch ``i`` depends on the seed and ``i`` alone: a resumed run sees what it would have."""

    def __init__(self, recipe: Recipe, pack: StillPack, first: int) -> None:
        self.recipe, self.first = recipe, first
        self.maker = ClipMaker(pack, size=recipe.size, frames=recipe.frames)

    def __len__(self) -> int:
        return 10**9

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, int]:
        rng = np.random.default_rng((self.recipe.seed, self.first + index))
        objects = 2 if rng.random() < self.recipe.pairs else 1
        clips = [self.maker.make(rng, objects) for _ in range(self.recipe.batch)]
        frames = torch.from_numpy(np.stack([c.frames for c in clips]))
        labels = torch.from_numpy(np.stack([c.labels for c in clips]))
        return frames, labels, objects


class _InOrder(torch.utils.data.Sampler[int]):
    def __iter__(self) -> Iterator[int]:
        index = 0
        while True:
            yield index
            index += 1


class Trainer:
    """Owns network, optimiser and average of one run."""

    def __init__(self, recipe: Recipe, net: STCN, device: torch.device) -> None:
        self.recipe, self.device = recipe, device
        self.net = net.to(device).to(memory_format=torch.channels_last)
        # The frozen blocks work at strides 2 and 4: a step without their backward pass takes
        # 60 % of the time on a CPU.
        self.net.key_encoder.get_submodule("features")[: recipe.freeze].requires_grad_(False)  # type: ignore[index]
        self.average = AveragedModel(self.net, multi_avg_fn=get_ema_multi_avg_fn(recipe.ema))  # type: ignore[no-untyped-call]
        self.optimiser = torch.optim.AdamW(_groups(net, recipe), weight_decay=recipe.weight_decay)
        self.progress = Progress()

    def load(self, checkpoint: dict[str, Any]) -> None:
        self.net.load_state_dict(checkpoint["net"])
        self.average.load_state_dict(checkpoint["average"])
        self.optimiser.load_state_dict(checkpoint["optimiser"])
        self.progress = Progress(**checkpoint["progress"])

    def save(self, path: Path) -> None:
        state = {
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "progress": asdict(self.progress),
            "recipe": asdict(self.recipe),
        }
        part = path.with_suffix(".part")
        torch.save(state, part)
        part.replace(path)
        save_state_dict(averaged_weights(state), path.with_name("weights.safetensors"))

    def run(self, folder: Path, *, save_every: float = 120.0, log_every: int = 20) -> None:
        """Train until the budget is used, saving every two minutes."""
        saved = started = time.monotonic()
        before = self.progress.seconds
        loader = DataLoader(
            Batches(self.recipe, _pack(self.recipe), self.progress.step),
            batch_size=None,
            sampler=_InOrder(),
            num_workers=1,
            prefetch_factor=8,
            worker_init_fn=_quiet_worker,
        )
        for frames, labels, objects in loader:
            self._step(frames, labels, objects)
            now = time.monotonic()
            self.progress.seconds = before + now - started
            if self.progress.step % log_every == 0:
                self._report(folder)
            if now - saved > save_every:
                self.save(folder / "checkpoint.pt")
                saved = now
            if self.progress.seconds >= self.recipe.minutes * 60:
                break
        self.save(folder / "checkpoint.pt")

    def _step(self, frames: Tensor, labels: Tensor, objects: int) -> None:
        _freeze_statistics(self.net)
        factor = self._rate_factor()
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * factor
        hard = 1.0 if self.progress.step < 200 else 0.3
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            frames, labels = frames.to(self.device), labels.to(self.device)
            result = clip_loss(self.net, frames, labels, objects, hard)
        self.optimiser.zero_grad(set_to_none=True)
        result.loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimiser.step()
        self.average.update_parameters(self.net)
        self.progress.step += 1
        keep = min(0.98, 1 - 1 / self.progress.step)
        self.progress.iou = keep * self.progress.iou + (1 - keep) * result.iou
        self.progress.loss = keep * self.progress.loss + (1 - keep) * float(result.loss.detach())

    def _rate_factor(self) -> float:
        """Linear warm-up by steps, then flat, then a cosine down to 1 % at the budget's end."""
        recipe = self.recipe
        warm = min(1.0, (self.progress.step + 1) / recipe.warm_up)
        share = self.progress.seconds / (recipe.minutes * 60)
        late = max(0.0, min(1.0, (share - recipe.decay_from) / (1 - recipe.decay_from)))
        return warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * late)))

    def _report(self, folder: Path) -> None:
        p = self.progress
        clips = p.step * self.recipe.batch
        line = {
            "step": p.step,
            "minutes": round(p.seconds / 60, 2),
            "loss": round(p.loss, 4),
            "iou": round(p.iou, 4),
            "rate": round(self._rate_factor(), 4),
            "clips_per_s": round(clips / max(p.seconds, 1e-9), 2),
        }
        with (folder / "log.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")
        log.info("%s", line)


def averaged_weights(checkpoint: dict[str, Any]) -> dict[str, Tensor]:
    """The weights to ship: the moving average, without its counter."""
    prefix = "module."
    average: dict[str, Tensor] = checkpoint["average"]
    return {n.removeprefix(prefix): t for n, t in average.items() if n.startswith(prefix)}


def fresh_network() -> STCN:
    """The small network with random weights."""
    return STCN(SMALL)


def _pack(recipe: Recipe) -> StillPack:
    return StillPack([Path(p) for p in recipe.packs])


def _groups(net: STCN, recipe: Recipe) -> list[dict[str, Any]]:
    """Pretrained layers learn more slowly than new ones."""
    backbone: list[nn.Parameter] = []
    new: list[nn.Parameter] = []
    for name, parameter in net.named_parameters():
        if not parameter.requires_grad:
            continue
        pretrained = name.startswith(("key_encoder.", "value_encoder.features."))
        pretrained = pretrained and name != "value_encoder.features.0.0.weight"
        (backbone if pretrained else new).append(parameter)
    return [
        {"params": backbone, "lr": 0.0, "peak": recipe.backbone_rate},
        {"params": new, "lr": 0.0, "peak": recipe.rate},
    ]


def _freeze_statistics(net: nn.Module) -> None:
    """Batch statistics of three frames of the same clip would be worse than ImageNet's."""
    net.train()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()


def _quiet_worker(_: int) -> None:
    import cv2

    cv2.setNumThreads(0)  # the worker shares its two cores with the network
    torch.set_num_threads(1)
