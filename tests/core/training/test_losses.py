"""Losses say what they mean, and every parameter that is trained hears of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from training_packs import SIDE, TINY

from roto.model.aggregation import soft_aggregate
from roto.model.stcn import STCN
from roto.train.losses import bootstrapped_cross_entropy, distance_from_teacher, soft_iou_loss
from roto.train.packs import IGNORE
from roto.train.step import aggregated_logits, clip_loss, hard_iou, rollout
from roto.train.synthesis import ClipMaker

if TYPE_CHECKING:
    from roto.train.packs import StillPack


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
