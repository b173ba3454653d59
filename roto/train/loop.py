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

from roto.model.folding import fold_batch_norms
from roto.model.stcn import STCN
from roto.model.weights import save_state_dict
from roto.train.batches import Batch, Batches, default_workers, endless
from roto.train.distributed import Ranks
from roto.train.faster import fold_for_training, quicken_depthwise, unfolded
from roto.train.hard import note
from roto.train.packs import StillPack
from roto.train.recipe import Progress, Recipe
from roto.train.step import ClipLoss, StepResult, rollout
from roto.train.validation import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch.utils.data import DataLoader

log = logging.getLogger(__name__)

CHECKPOINT = "checkpoint.pt"
WEIGHTS = "weights.safetensors"
LOG = "log.jsonl"


class Trainer:
    """Owns network, optimiser and weight average of one run.

    Args:
        recipe: What to train on and how.
        net: To be trained; the trainer consumes it.
        device: Where to train.
        ranks: Which of how many processes this is; None: the only one.
        teacher: A network whose answers are learned too; consumed as well.
        workers: Processes that make clips; None: what suits the device.
    """

    def __init__(
        self,
        recipe: Recipe,
        net: STCN,
        device: torch.device,
        *,
        ranks: Ranks | None = None,
        teacher: STCN | None = None,
        workers: int | None = None,
    ) -> None:
        self.recipe, self.device, self.ranks = recipe, device, ranks or Ranks()
        self.workers = default_workers(device, self.ranks) if workers is None else workers
        fold_for_training(net)
        if device.type == "cpu":
            quicken_depthwise(net)
        self.net = net.to(device).to(memory_format=torch.channels_last)
        _freeze_first_blocks(self.net, recipe.freeze)
        self.average = AveragedModel(self.net, avg_fn=_moving_average(recipe.ema))
        self.optimiser = torch.optim.AdamW(_groups(net, recipe), weight_decay=recipe.weight_decay)
        self.loss = self.ranks.averaging(ClipLoss(self.net))
        self.teacher = None if teacher is None else _frozen(teacher, device)
        self.recent: Tensor | None = None  # loss of each still, see roto.train.hard
        self.progress = Progress()

    def load(self, checkpoint: dict[str, Any]) -> None:
        """Go on where ``save`` left off."""
        self.net.load_state_dict(checkpoint["net"])
        self.average.load_state_dict(checkpoint["average"])
        self.optimiser.load_state_dict(checkpoint["optimiser"])
        self.recent = checkpoint.get("recent")
        # Runs from before there were several processes took one batch per step.
        progress = checkpoint["progress"]
        self.progress = Progress(**{"batches": progress["step"], **progress})

    def save(self, folder: Path) -> None:
        """Checkpoint and, beside it, the averaged weights as they would ship."""
        state = {
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "progress": asdict(self.progress),
            "recent": self.recent,
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
        """Train until the budget is used; the first process alone writes and validates.

        Args:
            folder: Where checkpoint, weights and log go.
            validation: Data set in the layout of DAVIS; scored now and then and at the end.
            save_every: Seconds between checkpoints.
            validate_every: Seconds between validations, which do not count as training time.
            log_every: Steps between lines of the log.
        """
        save_due, validate_due = _Timer(save_every), _Timer(validate_every)
        for _ in self._steps():
            if not self.ranks.first:
                continue
            if self.progress.step % log_every == 0:
                self._write(folder, self.progress.line(self.recipe.rate_factor(self.progress)))
            if save_due(self.progress.seconds):
                self.save(folder)
            if validation is not None and validate_due(self.progress.seconds):
                self._validate(folder, validation)
        if self.ranks.first:
            self.save(folder)
            if validation is not None:
                self._validate(folder, validation)
        self.ranks.settle()

    def _steps(self) -> Iterator[None]:
        """One training step per turn; what happens between turns costs no training time.

        Waiting for clips does: a loader that is too slow is part of what a budget buys.
        """
        pack = StillPack([Path(p) for p in self.recipe.packs])
        if self.recipe.hard_clips:
            if self.recent is None or len(self.recent) != len(pack):
                self.recent = torch.zeros(len(pack))
            self.recent.share_memory_()
        budget = self.recipe.minutes * 60
        while self.progress.seconds < budget:
            stage = self.recipe.stage(self.progress)
            started = self._now()
            for batch in self._loader(stage, pack):
                self._count(self._step(batch), len(batch.frames), started)
                yield
                if self.progress.seconds >= budget or self.recipe.stage(self.progress) != stage:
                    break
                started = self._now()

    def _loader(self, stage: Recipe, pack: StillPack) -> DataLoader[Batch]:
        """This process's batches: every n-th of those that n processes see together."""
        return endless(
            Batches(stage, pack, self.recent),
            first=self.progress.batches + self.ranks.rank,
            stride=self.ranks.count,
            workers=self.workers,
            pinned=self.device.type == "cuda",
        )

    def _step(self, batch: Batch) -> StepResult:
        _train_without_statistics(self.net)
        factor = self.recipe.rate_factor(self.progress)
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * factor
        clips = (
            batch.frames.to(self.device, non_blocking=True),
            batch.labels.to(self.device, non_blocking=True),
            batch.objects,
        )
        number = self.progress.batches + self.ranks.rank
        remembered = self.recipe.remembered(number, batch.frames.shape[1])
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            result: StepResult = self.loss(
                *clips,
                self.recipe.hard_share(self.progress.step),
                self.recipe.sighted(number, len(batch.frames)).to(self.device),
                remembered=remembered,
                iou_share=self.recipe.iou_share,
                taught=self._taught(*clips, remembered),
                teacher_share=self.recipe.teacher_share,
            )
        self.optimiser.zero_grad(set_to_none=True)
        result.loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimiser.step()
        self.average.update_parameters(self.net)
        if self.recent is not None:
            note(self.recent, batch.stills, result.clips)
        return result

    def _taught(
        self, frames: Tensor, labels: Tensor, objects: int, remembered: tuple[bool, ...]
    ) -> list[Tensor] | None:
        """What the teacher makes of the clips; it may always look at the frame before."""
        if self.teacher is None:
            return None
        with torch.no_grad():
            return list(rollout(self.teacher, frames, labels, objects, remembered=remembered))

    def _count(self, result: StepResult, clips: int, started: float) -> None:
        """Add a step to the progress, which stays the same in all processes."""
        loss, iou = float(result.loss.detach()), float(result.iou)
        seconds = self._now() - started
        count = self.ranks.count
        if count > 1:
            clock = seconds if self.ranks.first else 0.0
            numbers = torch.tensor([clock, loss / count, iou / count], device=self.device)
            seconds, loss, iou = self.ranks.total(numbers).tolist()
        self.progress.seconds += seconds
        self.progress.add(loss, iou, clips * count, count)

    def _now(self) -> float:
        """Seconds on the clock that the budget counts by."""
        wall = self.recipe.clock == "wall"
        return time.monotonic() if wall else time.process_time()

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


def _frozen(net: STCN, device: torch.device) -> STCN:
    """The network as it is used, not trained."""
    fold_batch_norms(net.eval())
    return net.requires_grad_(False).to(device).to(memory_format=torch.channels_last)


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
