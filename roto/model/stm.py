"""Space-Time Memory network.

Oh, Lee, Xu and Kim, "Video Object Segmentation using Space-Time Memory Networks", ICCV 2019:
section 3.1 describes the two encoders, section 3.2 the read, section 3.3 the decoder.

Unlike STCN's, the keys of remembered frames see the masks, so every object has keys of its own and
the affinity is computed once for each. Letters as in :mod:`roto.model.stcn`. The names of modules
are those of the published weights, which hence load strictly; 38.9 M parameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.models import resnet50

from roto.model.backbones import MEAN, STD
from roto.model.stcn import ImageFeatures, per_object

if TYPE_CHECKING:
    from roto.model.backbones import Pyramid

_KEY_WIDTH, _VALUE_WIDTH, _WIDTH = 128, 512, 256


class Encoder(nn.Module):
    """ResNet-50 to stride 16, under the published names."""

    def __init__(self) -> None:
        super().__init__()
        net = resnet50()
        # Before the convolutions on purpose: in the memory encoder it normalises the sum of three,
        # so it must not be folded into the one that would stand before it.
        self.bn1 = net.bn1
        self.conv1, self.maxpool = net.conv1, net.maxpool
        self.res2, self.res3, self.res4 = net.layer1, net.layer2, net.layer3
        self.register_buffer("mean", torch.tensor(MEAN)[None, :, None, None])
        self.register_buffer("std", torch.tensor(STD)[None, :, None, None])

    def pyramid(self, stem: Tensor) -> Pyramid:
        """From the sum of the first convolutions to strides 16, 8 and 4."""
        f4 = self.res2(self.maxpool(F.relu(self.bn1(stem))))
        f8 = self.res3(f4)
        return self.res4(f8), f8, f4


class MemoryEncoder(Encoder):
    """Sees a frame, an object's mask and the mask of all others."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1_m = nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False)
        self.conv1_o = nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False)

    def forward(self, image: Tensor, masks: Tensor, others: Tensor) -> Tensor:
        """From an image (B, 3, H, W), masks and others (B*K, 1, H, W) to (B*K, 1024, h, w)."""
        frame = per_object(self.conv1(image), len(masks))  # the same for all objects
        return self.pyramid(frame + self.conv1_m(masks) + self.conv1_o(others))[0]


class KeyValue(nn.Module):
    """A key and a value of a feature, one convolution each."""

    def __init__(self) -> None:
        super().__init__()
        self.Key = nn.Conv2d(1024, _KEY_WIDTH, 3, padding=1)
        self.Value = nn.Conv2d(1024, _VALUE_WIDTH, 3, padding=1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.Key(x), self.Value(x)


class ResBlock(nn.Module):
    """Pre-activation residual block of one width."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return cast("Tensor", x + self.conv2(F.relu(self.conv1(F.relu(x)))))


class Refine(nn.Module):
    """Refinement module: doubles the resolution and adds what the frame shows there."""

    def __init__(self, skip_width: int, width: int) -> None:
        super().__init__()
        self.convFS = nn.Conv2d(skip_width, width, 3, padding=1)
        self.ResFS = ResBlock(width)
        self.ResMM = ResBlock(width)

    def forward(self, skip: Tensor, x: Tensor) -> Tensor:
        """skip: (B, Cs, 2h, 2w); x: (B*K, C, h, w)."""
        detail = self.ResFS(self.convFS(skip))  # the same for all objects
        x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        return cast("Tensor", self.ResMM(x + per_object(detail, len(x))))


class Decoder(nn.Module):
    """Read-out and query value to two logits at stride 4: background and object."""

    def __init__(self) -> None:
        super().__init__()
        self.convFM = nn.Conv2d(2 * _VALUE_WIDTH, _WIDTH, 3, padding=1)
        self.ResMM = ResBlock(_WIDTH)
        self.RF3 = Refine(512, _WIDTH)
        self.RF2 = Refine(256, _WIDTH)
        self.pred2 = nn.Conv2d(_WIDTH, 2, 3, padding=1)

    def forward(self, x: Tensor, f8: Tensor, f4: Tensor) -> Tensor:
        """(B*K, 2*Cv, h, w) -> (B*K, 2, 4h, 4w)."""
        x = self.RF2(f4, self.RF3(f8, self.ResMM(self.convFM(x))))
        return cast("Tensor", self.pred2(F.relu(x)))


class STM(nn.Module):
    """Keys and values of frames, and of frames with masks; masks from read-outs."""

    stride = 16
    prior = False  # the decoder is not told where objects were
    own_keys = True  # of each object in memory
    empty_padding = True  # no object is remembered beside the picture

    def __init__(self) -> None:
        super().__init__()
        self.Encoder_M, self.Encoder_Q = MemoryEncoder(), Encoder()
        self.KV_M_r4, self.KV_Q_r4 = KeyValue(), KeyValue()
        self.Decoder = Decoder()

    def prepare(self, image: Tensor, pad: tuple[int, int, int, int]) -> Tensor:
        """(B, 3, H, W) uint8 RGB to what the encoders see; padding is black."""
        mean, std = (self.get_buffer(f"Encoder_Q.{name}").float() for name in ("mean", "std"))
        return (F.pad(image.float() / 255, pad) - mean) / std

    def encode_image(self, image: Tensor) -> ImageFeatures:
        """image: (B, 3, H, W) of ``prepare``. ``thin`` is the query's value."""
        f16, f8, f4 = self.Encoder_Q.pyramid(self.Encoder_Q.conv1(image))
        key, value = self.KV_Q_r4(f16)
        nothing = f16[:, :0]  # memory has an encoder of its own
        return ImageFeatures(key, value, nothing, f8, f4)

    def encode_memory(
        self, image: Tensor, f16: Tensor, masks: Tensor, total: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Keys and values of K objects; arguments as of ``STCN.encode_memory``.

        Returns:
            (B, K, Ck, h, w) and (B, K, Cv, h, w).
        """
        del f16
        total = masks.sum(1, keepdim=True) if total is None else total
        others = (total - masks).clamp(0, 1)
        planes = (x.flatten(0, 1)[:, None] for x in (masks, others))
        key, value = self.KV_M_r4(self.Encoder_M(image, *planes))
        size = masks.shape[:2]
        return key.unflatten(0, size), value.unflatten(0, size)

    def look_back(self, masks: Tensor) -> None:
        """Nothing: the decoder knows no other frame."""

    def decode(
        self, readout: Tensor, features: ImageFeatures, prior: Tensor | None = None
    ) -> Tensor:
        """Masks of K objects.

        Args:
            readout: (B, K, Cv, h, w).
            features: Of the picture, from ``encode_image``.
            prior: Nothing.

        Returns:
            (B, K, 4h, 4w) logits at stride 4. Two logits and a softmax are one and a sigmoid.
        """
        del prior
        b, k = readout.shape[:2]
        x = torch.cat([readout.flatten(0, 1), per_object(features.thin, b * k)], 1)
        x = x.contiguous(memory_format=torch.channels_last)
        both = self.Decoder(x, features.f8, features.f4)
        return cast("Tensor", (both[:, 1] - both[:, 0]).unflatten(0, (b, k)))
