"""The training loop: a time budget, resumable to the step, one JSON line every few steps."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from roto.model.stcn import STCN
from roto.model.weights import save_state_dict
from roto.train.batches import endless
from roto.train.faster import fold_for_training, quicken_depthwise, unfolded
from roto.train.packs import StillPack
from roto.train.recipe import Progress, Recipe
from roto.train.step import clip_loss
from roto.train.validation import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

log = logging.getLogger(__name__)

CHECKPOINT = "checkpoint.pt"
WEIGHTS = "weights.safetensors"
LOG = "log.jsonl"


class Trainer:
    """Owns network, optimiser and weight average of one run."""

    def __init__(self, recipe: Recipe, net: STCN, device: torch.device) -> None:
        self.recipe, self.device = recipe, device
        fold_for_training(net)
        if device.type == "cpu":
            quicken_depthwise(net)
        self.net = net.to(device).to(memory_format=torch.channels_last)
        _freeze_first_blocks(self.net, recipe.freeze)
        self.average = AveragedModel(self.net, avg_fn=_moving_average(recipe.ema))
        self.optimiser = torch.optim.AdamW(_groups(net, recipe), weight_decay=recipe.weight_decay)
        self.progress = Progress()

    def load(self, checkpoint: dict[str, Any]) -> None:
        """Go on where ``save`` left off."""
        self.net.load_state_dict(checkpoint["net"])
        self.average.load_state_dict(checkpoint["average"])
        self.optimiser.load_state_dict(checkpoint["optimiser"])
        self.progress = Progress(**checkpoint["progress"])

    def save(self, folder: Path) -> None:
        """Checkpoint and, beside it, the averaged weights as they would ship."""
        state = {
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "progress": asdict(self.progress),
            "recipe": asdict(self.recipe),
        }
        part = folder / (CHECKPOINT + ".part")
        torch.save(state, part)
        part.replace(folder / CHECKPOINT)
        save_state_dict(self.averaged().state_dict(), folder / WEIGHTS)

    def averaged(self) -> STCN:
        """A network with averaged weights, as it would ship."""
        net = self.average.module
        assert isinstance(net, STCN)
        return unfolded(net)

    def run(
        self,
        folder: Path,
        *,
        validation: Path | None = None,
        save_every: float = 120.0,
        validate_every: float = 1200.0,
        log_every: int = 20,
    ) -> None:
        """Train until the budget is used.

        Args:
            folder: Where checkpoint, weights and log go.
            validation: Data set in the layout of DAVIS; scored now and then and at the end.
            save_every: Seconds between checkpoints.
            validate_every: Seconds between validations, which do not count as training time.
            log_every: Steps between lines of the log.
        """
        save_due, validate_due = _Timer(save_every), _Timer(validate_every)
        for _ in self._steps():
            if self.progress.step % log_every == 0:
                self._write(folder, self.progress.line(self.recipe.rate_factor(self.progress)))
            if save_due(self.progress.seconds):
                self.save(folder)
            if validation is not None and validate_due(self.progress.seconds):
                self._validate(folder, validation)
        self.save(folder)
        if validation is not None:
            self._validate(folder, validation)

    def _steps(self) -> Iterator[None]:
        """One training step per turn; what happens between turns costs no training time."""
        pack = StillPack([Path(p) for p in self.recipe.packs])
        while True:
            stage = self.recipe.stage(self.progress)
            for batch in endless(stage, pack, first=self.progress.step, workers=1):
                started = time.monotonic()
                self._step(*batch)
                self.progress.seconds += time.monotonic() - started
                yield
                if self.progress.seconds >= self.recipe.minutes * 60:
                    return
                if self.recipe.stage(self.progress) != stage:
                    break

    def _step(self, frames: Tensor, labels: Tensor, objects: int) -> None:
        _train_without_statistics(self.net)
        factor = self.recipe.rate_factor(self.progress)
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * factor
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            hard = self.recipe.hard_share(self.progress.step)
            frames, labels = frames.to(self.device), labels.to(self.device)
            sighted = self.recipe.sighted(self.progress.step, len(frames)).to(self.device)
            result = clip_loss(self.net, frames, labels, objects, hard, sighted)
        self.optimiser.zero_grad(set_to_none=True)
        result.loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimiser.step()
        self.average.update_parameters(self.net)
        self.progress.add(float(result.loss.detach()), result.iou, len(frames))

    def _validate(self, folder: Path, dataset: Path) -> None:
        scores = validate(self.averaged(), dataset, device=str(self.device))
        self._write(folder, {"step": self.progress.step, "validation": dataset.name, **scores})

    def _write(self, folder: Path, line: dict[str, Any]) -> None:
        with (folder / LOG).open("a") as file:
            file.write(json.dumps(line) + "\n")
        log.info("%s", json.dumps(line))


class _Timer:
    """Says whether so many seconds of training have passed since it last said yes."""

    def __init__(self, seconds: float) -> None:
        self._every = seconds
        self._last: float | None = None

    def __call__(self, now: float) -> bool:
        if self._last is None:
            self._last = now
        due = now - self._last >= self._every
        if due:
            self._last = now
        return due


def _moving_average(decay: float) -> Callable[[Tensor, Tensor, Tensor | int], Tensor]:
    """Exponential average that forgets its start: early on, the last tenth of the run counts."""

    def update(average: Tensor, current: Tensor, count: Tensor | int) -> Tensor:
        share = max(1 - decay, 9 / (10 + int(count)))
        return average + (current - average) * share

    return update


def _groups(net: STCN, recipe: Recipe) -> list[dict[str, Any]]:
    """Pretrained layers learn more slowly than new ones."""
    backbone: list[nn.Parameter] = []
    new: list[nn.Parameter] = []
    for name, parameter in net.named_parameters():
        if not parameter.requires_grad:
            continue
        pretrained = name.startswith(("key_encoder.", "value_encoder.features."))
        # The value encoder's first convolution has inputs that no photo network knows.
        pretrained = pretrained and name != "value_encoder.features.0.0.weight"
        (backbone if pretrained else new).append(parameter)
    return [
        {"params": backbone, "lr": 0.0, "peak": recipe.backbone_rate},
        {"params": new, "lr": 0.0, "peak": recipe.rate},
    ]


def _freeze_first_blocks(net: STCN, blocks: int) -> None:
    """Keep the ImageNet weights of the first blocks, which work at strides 2 and 4.

    A step without their backward pass takes 60 % of the time on a CPU.
    """
    for block in net.key_encoder.first_blocks(blocks):
        block.requires_grad_(False)


def _train_without_statistics(net: nn.Module) -> None:
    """Batch statistics of three frames of the same clip would be worse than ImageNet's."""
    net.train()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
