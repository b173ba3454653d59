"""Image encoders to stride 16: classification networks without their last stages.

Every backbone maps (B, C, H, W) to features at strides 4, 8 and 16 and says how
many channels each has. Where published STCN weights exist, parameter names are theirs, so
torchvision's modules are re-hung under those names, not re-written. ``ResNet50V2``, which
torchvision lacks, has names of its own.

K. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016; M. Sandler et al.,
"MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.models import mobilenet_v2, resnet18, resnet50

if TYPE_CHECKING:
    from torchvision.models.mobilenetv2 import InvertedResidual

Pyramid = tuple[Tensor, Tensor, Tensor]
"""Features at strides 16, 8 and 4, coarsest first."""


MEAN = (0.485, 0.456, 0.406)  # of ImageNet, which all backbones were pretrained on
STD = (0.229, 0.224, 0.225)


def normalise(image: Tensor) -> Tensor:
    """(B, 3, H, W) uint8 RGB -> float32 as the backbones expect it."""
    mean, std = (torch.tensor(v, device=image.device)[:, None, None] for v in (MEAN, STD))
    return (image.float() / 255 - mean) / std


class ResNet50(nn.Module):
    """ResNet-50, stages conv1 to layer3: the key encoder of the published STCN."""

    widths = (1024, 512, 256)

    def __init__(self) -> None:
        super().__init__()
        net = resnet50()
        self.conv1, self.bn1, self.relu, self.maxpool = net.conv1, net.bn1, net.relu, net.maxpool
        self.res2, self.layer2, self.layer3 = net.layer1, net.layer2, net.layer3

    def pyramid(self, x: Tensor) -> Pyramid:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        f4 = self.res2(x)
        f8 = self.layer2(f4)
        return self.layer3(f8), f8, f4

    def first_blocks(self, count: int) -> list[nn.Module]:
        """All up to stride 4, which training may keep as it is; nothing for a ``count`` of 0."""
        return [self.conv1, self.bn1, self.res2] if count > 0 else []


class ResNet50V2(nn.Module):
    """ResNet-50 v2 to the end of stage 3, with the activation that follows it.

    He et al., "Identity Mappings in Deep Residual Networks", ECCV 2016, with the stride in
    the 3x3 convolutions. It normalises what it is given once more: the statistics of
    ``input_norm`` in the ImageNet weights (means -0.13 to -0.14, variances 1.55 to 1.57) are
    those of pictures that went through :func:`normalise`, which makes 1.3 of the variance of
    150 photos of the training packs; of pixels in [0, 1] it would be below 0.1.
    """

    widths = (1024, 512, 256)

    def __init__(self) -> None:
        super().__init__()
        self.input_norm = nn.BatchNorm2d(3)
        self.conv = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.norm = nn.BatchNorm2d(64)
        self.stage1 = _pre_activation_stage(3, 64, 256, stride=1)
        self.stage2 = _pre_activation_stage(4, 256, 512, stride=2)
        self.stage3 = _pre_activation_stage(6, 512, 1024, stride=2)
        self.last_norm = nn.BatchNorm2d(1024)

    def pyramid(self, x: Tensor) -> Pyramid:
        x = F.relu(self.norm(self.conv(self.input_norm(x))))
        # The skips are the sums themselves: the decoder's convolutions may use both signs of
        # them, and nothing needs to be computed or kept beside what the next stage reads.
        f4 = self.stage1(F.max_pool2d(x, 3, stride=2, padding=1))
        f8 = self.stage2(f4)
        return F.relu(self.last_norm(self.stage3(f8))), f8, f4

    def first_blocks(self, count: int) -> list[nn.Module]:
        """All up to stride 4, which training may keep as it is; nothing for a ``count`` of 0."""
        return [self.input_norm, self.conv, self.norm, self.stage1] if count > 0 else []


class PreActivationBlock(nn.Module):
    """Bottleneck whose batch norms and activations stand before its convolutions.

    ``bn2`` and ``bn3`` are registered right after the convolutions that feed them, for
    ``fold_batch_norms``; ``bn1`` is fed by a sum and cannot be folded.
    """

    def __init__(self, in_width: int, out_width: int, stride: int) -> None:
        super().__init__()
        width = out_width // 4
        self.bn1 = nn.BatchNorm2d(in_width)
        self.conv1 = nn.Conv2d(in_width, width, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride=stride, padding=1, bias=False)
        self.bn3 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, out_width, 1, bias=False)
        self.shortcut = (
            None
            if in_width == out_width
            else nn.Conv2d(in_width, out_width, 1, stride=stride, bias=False)
        )

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C', H / stride, W / stride)."""
        active = F.relu(self.bn1(x))
        y = F.relu(self.bn2(self.conv1(active)))
        y = self.conv3(F.relu(self.bn3(self.conv2(y))))
        shortcut = x if self.shortcut is None else self.shortcut(active)
        return cast("Tensor", shortcut + y)


def _pre_activation_stage(
    blocks: int, in_width: int, out_width: int, *, stride: int
) -> nn.Sequential:
    first = PreActivationBlock(in_width, out_width, stride)
    return nn.Sequential(
        first, *(PreActivationBlock(out_width, out_width, 1) for _ in range(blocks - 1))
    )


class ResNet18(nn.Module):
    """ResNet-18 to layer3 with biased convolutions: the published STCN's value encoder.

    Args:
        in_channels: 5 for RGB + mask + mask of the other objects, 4 without the last.
    """

    widths = (256, 128, 64)

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        net = resnet18()
        net.conv1 = nn.Conv2d(in_channels, 64, 7, stride=2, padding=3)
        for layer in (net.layer1, net.layer2, net.layer3):
            _give_biases(layer)
        self.conv1, self.bn1, self.relu, self.maxpool = net.conv1, net.bn1, net.relu, net.maxpool
        self.layer1, self.layer2, self.layer3 = net.layer1, net.layer2, net.layer3

    def pyramid(self, x: Tensor) -> Pyramid:
        # Published order: the stem pools before the activation, which for a maximum is the same.
        x = self.relu(self.maxpool(self.bn1(self.conv1(x))))
        f4 = self.layer1(x)
        f8 = self.layer2(f4)
        return self.layer3(f8), f8, f4


class MobileNetV2(nn.Module):
    """MobileNetV2 kept at stride 16: the encoder of the small networks, for masks of ``base`` too.

    Args:
        in_channels: 3 for an image; more for image and masks.
        blocks: How many of the network's 18 feature blocks to keep: 18 (320 channels, the
            last four dilated instead of strided), 14 (96 channels) or 11 (64 channels).
    """

    WIDTH_AT_STRIDE_16 = {11: 64, 14: 96, 18: 320}  # noqa: RUF012 - a constant

    def __init__(self, in_channels: int = 3, blocks: int = 18) -> None:
        super().__init__()
        self.widths = (self.WIDTH_AT_STRIDE_16[blocks], 32, 24)
        self.features = cast("nn.Sequential", mobilenet_v2().features)[:blocks]
        for block in self.features[14:]:
            _dilate(cast("InvertedResidual", block), first=block is self.features[14])
        if in_channels != 3:
            stem = cast("nn.Sequential", self.features[0])
            stem[0] = nn.Conv2d(in_channels, 32, 3, stride=2, padding=1, bias=False)

    def pyramid(self, x: Tensor) -> Pyramid:
        f4 = self.features[:4](x)
        f8 = self.features[4:7](f4)
        return self.features[7:](f8), f8, f4

    def first_blocks(self, count: int) -> list[nn.Module]:
        """The first ``count`` blocks, which training may keep as they are."""
        return list(self.features[:count])


def _dilate(block: InvertedResidual, *, first: bool) -> None:
    """Trade a block's stride for dilation, so that pretrained weights keep their meaning."""
    for conv in block.modules():
        if isinstance(conv, nn.Conv2d) and conv.kernel_size == (3, 3):
            conv.stride = (1, 1)
            if not first:  # the first block still sees the dense grid of the one before it
                conv.dilation = conv.padding = (2, 2)


def _give_biases(module: nn.Module) -> None:
    """Replace every convolution below ``module`` by one that has a bias."""
    for name, child in list(module.named_children()):
        if isinstance(child, nn.Conv2d):
            biased = nn.Conv2d(
                child.in_channels,
                child.out_channels,
                cast("tuple[int, int]", child.kernel_size),
                stride=cast("tuple[int, int]", child.stride),
                padding=cast("tuple[int, int]", child.padding),
            )
            setattr(module, name, biased)
        else:
            _give_biases(child)


def widen_input(weight: Tensor, in_channels: int) -> Tensor:
    """Pad a first convolution's weight (O, C, k, k) with zero channels up to ``in_channels``.

    A zero channel ignores its input, so the padded network computes what the original did.
    """
    missing = in_channels - weight.shape[1]
    if missing <= 0:
        return weight
    return torch.cat([weight, weight.new_zeros(weight.shape[0], missing, *weight.shape[2:])], 1)
