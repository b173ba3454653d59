"""Everything that decides how a training run goes, and how far it has come."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to train on and how; stored beside the checkpoints and in the model card.

    Attributes:
        packs: Tar files of labelled stills.
        minutes: Budget. The learning rate follows it, so a resumed run needs the same number.
        clock: What counts against the budget: "wall", time as it passes, or "processor", what the
            training process computed (not its loaders): on a CPU that is shared with other work,
            the fair one. With several threads, waiting in a spin counts too: use one.
        size: Side of the square clips in pixels, a multiple of 16.
        frames: Frames per clip; the first is given, the others are predicted.
        batch: Clips per step.
        rate: Peak learning rate of new layers.
        backbone_rate: Peak learning rate of pretrained layers.
        weight_decay: Of AdamW.
        warm_up: Steps until the peak.
        decay_from: Share of the budget after which the rate falls, along a cosine.
        ema: Decay of the moving average of the weights, which is what ships.
        seed: Of the clips and of new layers.
        freeze: First blocks of the key encoder that keep their ImageNet weights.
        pairs: Share of batches with two targets instead of one.
        hard: Share of pixels that the cross-entropy keeps after its first 200 steps.
        late_from: Share of the budget after which clips are larger or longer, as said next.
        late_size: Side of these clips; 0 for no change.
        late_frames: Their frames; 0 for no change.
        late_batch: Clips per step from then on; 0 for no change.
        blind: Share of clips in which the decoder is not told the masks of the frame before.
        gaps: Share of predicted frames that do not become memory. In use most frames do not: one of
            five is remembered, and the decoder alone knows the frame before.
        prior: Whether the network has a decoder that is told them at all.
        iou_share: Weight of the soft IoU loss beside the cross-entropy.
        clips: "layers", or "warps" of whole photos, see ``roto.train.warps``.
        warps: Share of warps among clips of layers.
        hard_clips: Share of each batch that is made of the stills with the highest recent loss.
        teacher: Weights of a network whose answers are learned too; empty for none.
        teacher_share: Weight of the distance from its answers in the loss.
    """

    packs: tuple[str, ...]
    minutes: float = 60.0
    clock: str = field(default="wall", metadata={"choices": ("wall", "processor")})
    size: int = 192
    frames: int = 3
    batch: int = 8
    rate: float = 3e-4
    backbone_rate: float = 1e-4
    weight_decay: float = 1e-4
    warm_up: int = 100
    decay_from: float = 0.5
    ema: float = 0.998
    seed: int = 1
    freeze: int = 4
    pairs: float = 0.3
    hard: float = 0.3
    late_from: float = 0.6
    late_size: int = 0
    late_frames: int = 0
    late_batch: int = 0
    blind: float = 0.1
    gaps: float = 0.0
    prior: bool = True
    iou_share: float = 0.5
    clips: str = field(default="layers", metadata={"choices": ("layers", "warps")})
    warps: float = 0.0
    hard_clips: float = 0.0
    teacher: str = ""
    teacher_share: float = 0.5

    def rate_factor(self, progress: Progress) -> float:
        """Share of the peak rate: linear warm-up, flat, then a cosine down to 1 %."""
        warm = min(1.0, (progress.step + 1) / self.warm_up)
        spent = progress.seconds / (self.minutes * 60)
        late = max(0.0, min(1.0, (spent - self.decay_from) / (1 - self.decay_from)))
        return warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * late)))

    def stage(self, progress: Progress) -> Recipe:
        """The recipe of the clips at this point of the run."""
        if progress.seconds < self.late_from * self.minutes * 60:
            return self
        return replace(
            self,
            size=self.late_size or self.size,
            frames=self.late_frames or self.frames,
            batch=self.late_batch or self.batch,
        )

    def sighted(self, batch: int, clips: int) -> Tensor:
        """(B,) bool, which clips of a batch are not blind; a resumed run draws the same."""
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + batch)
        return torch.rand(clips, generator=generator) >= self.blind

    def remembered(self, batch: int, frames: int) -> tuple[bool, ...]:
        """Which frames of a batch's clips become memory; the first always does."""
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + batch + 500_009)
        kept = torch.rand(frames, generator=generator) >= self.gaps
        return (True, *kept[1:].tolist())

    def hard_share(self, step: int) -> float:
        """Share of pixels the cross-entropy keeps: all at first, when nothing is easy yet."""
        return 1.0 if step < 200 else self.hard


@dataclass
class Progress:
    """Where a run is. Loss and IoU are running means; a step takes a batch of each process."""

    step: int = 0
    batches: int = 0
    seconds: float = 0.0
    clips: int = 0
    iou: float = 0.0
    loss: float = 0.0

    def add(self, loss: float, iou: float, clips: int, batches: int = 1) -> None:
        """Count one step."""
        self.step += 1
        self.batches += batches
        self.clips += clips
        keep = min(0.98, 1 - 1 / self.step)
        self.iou = keep * self.iou + (1 - keep) * iou
        self.loss = keep * self.loss + (1 - keep) * loss

    def line(self, rate: float) -> dict[str, float]:
        """What the log says every few steps."""
        return {
            "step": self.step,
            "minutes": round(self.seconds / 60, 2),
            "clips": self.clips,
            "loss": round(self.loss, 4),
            "iou": round(self.iou, 4),
            "rate": round(rate, 4),
        }
