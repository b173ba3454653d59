"""The same network, quicker to train: nothing here changes what is computed.

Batch norms with frozen statistics are an affine map: it becomes part of the convolution
before it for the time of the training, and part of the weight file's batch norms again.
Depthwise convolutions with stride or dilation have slow backward passes on a CPU; both can
be written as plain ones. Together, a step of ``small`` took 60 % of its time (docs/training.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from roto.model.folding import fold_batch_norms
from roto.model.stcn import STCN

if TYPE_CHECKING:
    from collections.abc import Iterator


def fold_for_training(net: STCN) -> None:
    """Make batch norms part of the convolutions before them, in place; all stays trainable."""
    fold_batch_norms(net.eval())
    net.requires_grad_(True)


def unfolded(net: STCN) -> STCN:
    """A network with batch norms that computes what the folded ``net`` does.

    The batch norms of the result neither scale nor shift by statistics; their bias is the
    folded convolution's.
    """
    whole = STCN(net.config)
    own = net.state_dict()
    state = whole.state_dict()
    for conv, norm, eps in _normalised(whole):
        # A plain network's batch norms have names of their own in its state, and stay as they are.
        if f"{norm}.weight" in own:
            continue
        own[f"{norm}.bias"] = own.pop(f"{conv}.bias")
        own[f"{norm}.weight"] = torch.ones_like(own[f"{norm}.bias"])
        own[f"{norm}.running_mean"] = torch.zeros_like(own[f"{norm}.bias"])
        own[f"{norm}.running_var"] = torch.full_like(own[f"{norm}.bias"], 1 - eps)
        own[f"{norm}.num_batches_tracked"] = state[f"{norm}.num_batches_tracked"]
        if f"{conv}.bias" in state:  # the published value encoder's convolutions have their own
            own[f"{conv}.bias"] = torch.zeros_like(own[f"{norm}.bias"])
    whole.load_state_dict(own)
    return whole


def _normalised(net: nn.Module) -> Iterator[tuple[str, str, float]]:
    """Names of the convolutions that a batch norm follows, of those batch norms, and their eps."""
    for path, parent in net.named_modules():
        prefix = f"{path}." if path else ""
        before: tuple[str, nn.Module] | None = None
        for name, child in parent.named_children():
            if isinstance(child, nn.BatchNorm2d) and before and isinstance(before[1], nn.Conv2d):
                yield prefix + before[0], prefix + name, child.eps
            before = name, child


def quicken_depthwise(net: nn.Module) -> None:
    """Give depthwise 3x3 convolutions with stride or dilation a quick backward pass, in place."""
    for module in net.modules():
        if not isinstance(module, nn.Conv2d) or module.groups != module.in_channels:
            continue
        if module.dilation == (2, 2):
            module.__class__ = _DilatedDepthwise
        elif module.stride == (2, 2):
            module.__class__ = _StridedDepthwise


class _DilatedDepthwise(nn.Conv2d):
    """Dilation 2 is no dilation on each of the four grids of every second pixel."""

    def forward(self, x: Tensor) -> Tensor:
        b, c, h, w = x.shape
        if h % 2 or w % 2:
            return super().forward(x)
        grid = x.permute(0, 2, 3, 1).reshape(b, h // 2, 2, w // 2, 2, c)
        grid = grid.permute(2, 4, 0, 1, 3, 5).reshape(4 * b, h // 2, w // 2, c)
        y = F.conv2d(grid.permute(0, 3, 1, 2), self.weight, self.bias, padding=1, groups=c)
        y = y.permute(0, 2, 3, 1).reshape(2, 2, b, h // 2, w // 2, c)
        return y.permute(2, 3, 0, 4, 1, 5).reshape(b, h, w, c).permute(0, 3, 1, 2)


class _StridedDepthwise(nn.Conv2d):
    """The gradient of stride 2 is that of stride 1 with nothing at the skipped places."""

    def forward(self, x: Tensor) -> Tensor:
        weight = self.weight
        if torch.is_autocast_enabled(x.device.type):
            weight = weight.to(x.dtype)
        y = cast("Tensor", _Strided.apply(x, weight))  # type: ignore[no-untyped-call]
        return y if self.bias is None else y + self.bias.to(y.dtype)[:, None, None]


class _Strided(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return F.conv2d(x, weight, stride=2, padding=1, groups=x.shape[1])

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None]:
        x, weight = ctx.saved_tensors
        b, c, h, w = x.shape
        at_1 = grads[0].new_zeros(b, h, w, c)
        at_1[:, ::2, ::2] = grads[0].permute(0, 2, 3, 1)
        wanted = [ctx.needs_input_grad[0], ctx.needs_input_grad[1], False]
        to_x, to_weight, _ = torch.ops.aten.convolution_backward(
            at_1.permute(0, 3, 1, 2),
            x,
            weight,
            None,
            [1, 1],
            [1, 1],
            [1, 1],
            False,  # transposed
            [0, 0],
            c,
            wanted,
        )
        return to_x, to_weight
