"""Space-Time Correspondence Network.

Cheng, Tai and Tang, "Rethinking Space-Time Networks with Improved Memory Coverage
for Efficient Video Object Segmentation", NeurIPS 2021. Section 3.1 describes the
two encoders and the decoder, section 3.2 the similarity and the read-out.

Letters, once for the module::

    B   batch            K   objects             T   memory frames
    H W pixels           h w stride 16           Ck  key width     Cv  value width

The same class serves the published network (ResNet-50 keys, ResNet-18 values,
54 M parameters), the small one (MobileNetV2 twice, narrow decoder) and the base one
between them: only the :class:`StcnConfig` differs, and that is read off a weight
file's own shapes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from roto.model.backbones import MobileNetV2, ResNet18, ResNet50, ResNet50V2, normalise

KeyBackbone = Literal["resnet50", "resnet50v2", "mobilenet_v2"]
ValueBackbone = Literal["resnet18", "mobilenet_v2"]


@dataclass(frozen=True, slots=True)
class StcnConfig:
    """Widths and backbones of one network. The defaults are the published one."""

    key_backbone: KeyBackbone = "resnet50"
    value_backbone: ValueBackbone = "resnet18"
    key_width: int = 64  # Ck
    value_width: int = 512  # Cv
    thin_width: int = 512  # image feature at stride 16 handed to the decoder
    decoder_widths: tuple[int, int, int] = (512, 256, 256)  # at strides 16, 8 and 4
    value_inputs: int = 5  # RGB + mask + others; stage-0 weights lack the last
    prior: bool = False  # the decoder is told where each object was a frame ago
    value_blocks: int = 11  # of a MobileNetV2 value encoder: 11, 14 or 18
    codewords: int = 0  # of a network that reads a global context, see roto.model.context


SMALL = StcnConfig(
    key_backbone="mobilenet_v2",
    value_backbone="mobilenet_v2",
    value_width=160,
    thin_width=128,
    decoder_widths=(128, 96, 48),
    prior=True,
)
"""The embedded network for machines without a GPU."""

GC_SMALL = replace(SMALL, codewords=512)
"""The embedded network for memory that does not grow: ``SMALL`` with a global context."""

BASE = StcnConfig(
    key_backbone="resnet50v2",
    value_backbone="mobilenet_v2",
    value_width=320,
    thin_width=256,
    decoder_widths=(256, 192, 96),
    prior=True,
    value_blocks=14,
)
"""The network for machines with a GPU: 27,968,510 parameters, 56 MB in float16.

Its value encoder is a MobileNetV2 as well, because that can start from ImageNet weights; it
keeps three blocks more than that of ``SMALL``, as it fills twice as many channels.
"""


class ImageFeatures(NamedTuple):
    """All that the network derives from a picture alone: computed once, used by every pass."""

    key: Tensor  # (B, Ck, h, w)
    thin: Tensor  # (B, Ct, h, w)
    f16: Tensor  # (B, C16, h, w)
    f8: Tensor  # (B, C8, 2h, 2w)
    f4: Tensor  # (B, C4, 4h, 4w)


class ResBlock(nn.Module):
    """Pre-activation residual block; a 3x3 convolution as shortcut where the width changes."""

    def __init__(self, in_width: int, out_width: int) -> None:
        super().__init__()
        self.downsample = (
            None if in_width == out_width else nn.Conv2d(in_width, out_width, 3, padding=1)
        )
        self.conv1 = nn.Conv2d(in_width, out_width, 3, padding=1)
        self.conv2 = nn.Conv2d(out_width, out_width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        residual = self.conv2(F.relu(self.conv1(F.relu(x))))
        shortcut = x if self.downsample is None else self.downsample(x)
        return cast("Tensor", shortcut + residual)


class ChannelGate(nn.Module):
    """Scales channels by what their mean and maximum say (CBAM, Woo et al. 2018, section 3)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.mlp = nn.Sequential(
            nn.Flatten(), nn.Linear(width, width // 16), nn.ReLU(), nn.Linear(width // 16, width)
        )

    def forward(self, x: Tensor) -> Tensor:
        weight = self.mlp(x.mean((2, 3))) + self.mlp(x.amax((2, 3)))
        return x * torch.sigmoid(weight)[:, :, None, None]


class SpatialGate(nn.Module):
    """Scales positions by what the mean and maximum over channels say (CBAM)."""

    def __init__(self) -> None:
        super().__init__()
        # The extra level keeps the published parameter name ``spatial.conv``.
        self.spatial = nn.ModuleDict({"conv": nn.Conv2d(2, 1, 7, padding=3)})

    def forward(self, x: Tensor) -> Tensor:
        pooled = torch.cat([x.amax(1, keepdim=True), x.mean(1, keepdim=True)], 1)
        return x * torch.sigmoid(self.spatial["conv"](pooled))


class Attention(nn.Module):
    """Convolutional block attention: channels first, then positions."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.ChannelGate = ChannelGate(width)
        self.SpatialGate = SpatialGate()

    def forward(self, x: Tensor) -> Tensor:
        return cast("Tensor", self.SpatialGate(self.ChannelGate(x)))


class Fuser(nn.Module):
    """Joins what the value encoder saw of the mask with the image feature of the key encoder."""

    def __init__(self, mask_width: int, image_width: int, out_width: int) -> None:
        super().__init__()
        self.block1 = ResBlock(mask_width + image_width, out_width)
        self.attention = Attention(out_width)
        self.block2 = ResBlock(out_width, out_width)

    def forward(self, mask_feature: Tensor, f16: Tensor) -> Tensor:
        x = self.block1(torch.cat([mask_feature, f16], 1))
        return cast("Tensor", self.block2(x + self.attention(x)))


class ValueMobileNet(MobileNetV2):
    """Value encoder of the small and base networks: the first blocks, and the fuser."""

    def __init__(self, in_channels: int, image_width: int, out_width: int, blocks: int) -> None:
        super().__init__(in_channels, blocks)
        self.fuser = Fuser(self.widths[0], image_width, out_width)


class ValueResNet(ResNet18):
    """Value encoder of the published network."""

    def __init__(self, in_channels: int, image_width: int, out_width: int) -> None:
        super().__init__(in_channels)
        self.fuser = Fuser(self.widths[0], image_width, out_width)


class KeyProjection(nn.Module):
    """One convolution from image feature to key."""

    def __init__(self, in_width: int, key_width: int) -> None:
        super().__init__()
        self.key_proj = nn.Conv2d(in_width, key_width, 3, padding=1)
        # Orthogonal keys start out spread over the sphere, which the similarity needs.
        nn.init.orthogonal_(self.key_proj.weight)
        nn.init.zeros_(self.key_proj.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        return cast("Tensor", self.key_proj(x))


class UpsampleBlock(nn.Module):
    """Doubles the resolution and adds detail of the image at that resolution."""

    def __init__(self, skip_width: int, in_width: int, out_width: int) -> None:
        super().__init__()
        self.skip_conv = nn.Conv2d(skip_width, in_width, 3, padding=1)
        self.out_conv = ResBlock(in_width, out_width)

    def forward(self, skip: Tensor, x: Tensor) -> Tensor:
        """skip: (B, Cs, 2h, 2w); x: (B*K, C, h, w), the objects of a batch item side by side."""
        x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        detail = self.skip_conv(skip)  # the same for all objects: computed once
        return cast("Tensor", self.out_conv(x + per_object(detail, x.shape[0])))


class Prior(nn.Module):
    """What the decoder makes of the masks of the frame before.

    The read-out compares appearances wherever they are, so it cannot tell two look-alikes
    apart; where each was a moment ago can. The masks come at stride 4 and are folded into
    channels, so that stride 16 knows their edges too. It starts out silent: a network
    trained without it computes what it did.
    """

    def __init__(self, out_width: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2 * 4 * 4, out_width, 5, padding=2)
        nn.init.zeros_(self.conv.weight)
        nn.init.zeros_(self.conv.bias)  # type: ignore[arg-type]

    def forward(self, masks: Tensor) -> Tensor:
        """masks: (B, K, 4h, 4w) soft masks at stride 4 -> (B*K, C, h, w)."""
        others = masks.sum(1, keepdim=True) - masks
        planes = torch.stack([masks, others], 2).flatten(0, 1)  # (B*K, 2, 4h, 4w)
        return cast("Tensor", self.conv(F.pixel_unshuffle(planes, 4)))


class Decoder(nn.Module):
    """Read-out and image features to one logit per object and pixel at stride 4."""

    def __init__(self, config: StcnConfig, skip_widths: tuple[int, int]) -> None:
        super().__init__()
        w16, w8, w4 = config.decoder_widths
        self.compress = ResBlock(config.value_width + config.thin_width, w16)
        self.prior = Prior(w16) if config.prior else None
        self.up_16_8 = UpsampleBlock(skip_widths[0], w16, w8)
        self.up_8_4 = UpsampleBlock(skip_widths[1], w8, w4)
        self.pred = nn.Conv2d(w4, 1, 3, padding=1)

    def forward(self, x: Tensor, prior: Tensor | None, f8: Tensor, f4: Tensor) -> Tensor:
        """prior: what :class:`Prior` made of the frame before, None where nothing is known."""
        x = self.compress(x)
        x = self.up_16_8(f8, x if prior is None else x + prior)
        return cast("Tensor", self.pred(F.relu(self.up_8_4(f4, x))))


class Codebook(nn.Module):
    """Queries and keys of a global context, see :mod:`roto.model.context`.

    A query is linear in the key of an STCN. The keys of remembered positions see the masks as well,
    through the values: without that, an object of a hundredth of the picture is lost in the mean
    over all positions. That part starts out silent.
    """

    def __init__(self, config: StcnConfig) -> None:
        super().__init__()
        self.query = nn.Linear(config.key_width, config.codewords)
        self.mask = nn.Linear(config.value_width, config.codewords, bias=False)
        nn.init.zeros_(self.mask.weight)

    def queries(self, positions: Tensor) -> Tensor:
        """(..., Ck) keys of an STCN to (..., Cg) float32, before the softmax over channels."""
        return cast("Tensor", self.query(positions.to(self.query.weight.dtype))).float()

    def keys(self, positions: Tensor, values: Tensor) -> Tensor:
        """The same and values (..., Cv) to (..., Cg), before the softmax over positions."""
        seen = self.mask(values.to(self.mask.weight.dtype)).float()
        return self.queries(positions) + cast("Tensor", seen)


_KEY_ENCODERS: dict[KeyBackbone, type[ResNet50 | ResNet50V2 | MobileNetV2]] = {
    "resnet50": ResNet50,
    "resnet50v2": ResNet50V2,
    "mobilenet_v2": MobileNetV2,
}


class STCN(nn.Module):
    """Keys from images, values from images and masks, masks from read-outs."""

    stride = 16
    own_keys = False  # objects in memory share the keys of their frames
    empty_padding = False  # what is predicted in the padding is remembered

    def __init__(self, config: StcnConfig) -> None:
        super().__init__()
        self.config = config
        self.prior = config.prior
        key = _KEY_ENCODERS[config.key_backbone]()
        w16, w8, w4 = key.widths
        self.key_encoder = key
        self.value_encoder = _value_encoder(config, w16)
        self.key_proj = KeyProjection(w16, config.key_width)
        self.key_comp = nn.Conv2d(w16, config.thin_width, 3, padding=1)
        self.decoder = Decoder(config, (w8, w4))
        self.codebook = Codebook(config) if config.codewords else None

    def prepare(self, image: Tensor, pad: tuple[int, int, int, int]) -> Tensor:
        """(B, 3, H, W) uint8 RGB to what the encoders see; padding is the mean colour."""
        return F.pad(normalise(image), pad)

    def encode_image(self, image: Tensor) -> ImageFeatures:
        """image: (B, 3, H, W), ImageNet-normalised; H and W multiples of 16."""
        f16, f8, f4 = self.key_encoder.pyramid(image)
        return ImageFeatures(self.key_proj(f16), self.key_comp(f16), f16, f8, f4)

    def encode_value(
        self, image: Tensor, f16: Tensor, masks: Tensor, total: Tensor | None = None
    ) -> Tensor:
        """Values of K objects.

        Args:
            image: (B, 3, H, W), the one the features came from.
            f16: (B, C16, h, w) of ``encode_image``.
            masks: (B, K, H, W) soft masks in [0, 1].
            total: (B, 1, H, W) sum of the masks of all objects, where these are only some.

        Returns:
            (B, K, Cv, h, w).
        """
        b, k = masks.shape[:2]
        mask = masks.flatten(0, 1)[:, None]  # (B*K, 1, H, W)
        planes = [per_object(image, b * k), mask]
        if self.config.value_inputs == 5:
            total = masks.sum(1, keepdim=True) if total is None else total
            others = total - masks  # (B, K, H, W)
            planes.append(others.flatten(0, 1)[:, None])
        feature = self.value_encoder.pyramid(torch.cat(planes, 1))[0]
        value = self.value_encoder.fuser(feature, per_object(f16, b * k))
        return cast("Tensor", value.unflatten(0, (b, k)))

    def encode_memory(
        self, image: Tensor, f16: Tensor, masks: Tensor, total: Tensor | None = None
    ) -> tuple[None, Tensor]:
        """No keys but those of the image, and the values of ``encode_value``."""
        return None, self.encode_value(image, f16, masks, total)

    def look_back(self, masks: Tensor) -> Tensor | None:
        """What the decoder is to know of the frame before; None for a network without a prior.

        Args:
            masks: (B, K, 4h, 4w) soft masks of all objects, aggregated, at stride 4.

        Returns:
            (B, K, C, h, w).
        """
        if self.decoder.prior is None:
            return None
        return cast("Tensor", self.decoder.prior(masks).unflatten(0, masks.shape[:2]))

    def decode(
        self, readout: Tensor, features: ImageFeatures, prior: Tensor | None = None
    ) -> Tensor:
        """Masks of K objects.

        Args:
            readout: (B, K, Cv, h, w).
            features: of the picture, from ``encode_image``.
            prior: (B, K, C, h, w) of ``look_back``.

        Returns:
            (B, K, 4h, 4w) logits at stride 4.
        """
        b, k = readout.shape[:2]
        thin = per_object(features.thin, b * k)
        x = torch.cat([readout.flatten(0, 1), thin], 1)
        # The read-out comes as rows of a matrix; convolutions are faster on channels last.
        x = x.contiguous(memory_format=torch.channels_last)
        before = None if prior is None else prior.flatten(0, 1)
        logits = self.decoder(x, before, features.f8, features.f4)  # (B*K, 1, 4h, 4w)
        return cast("Tensor", logits.reshape(b, k, *logits.shape[-2:]))


def _value_encoder(config: StcnConfig, image_width: int) -> ValueResNet | ValueMobileNet:
    inputs, width = config.value_inputs, config.value_width
    if config.value_backbone == "resnet18":
        return ValueResNet(inputs, image_width, width)
    return ValueMobileNet(inputs, image_width, width, config.value_blocks)


def per_object(x: Tensor, count: int) -> Tensor:
    """Repeat (B, ...) to (B*K, ...), the objects of one batch item side by side."""
    b = x.shape[0]
    if b == count:
        return x
    return x[:, None].expand(b, count // b, *x.shape[1:]).flatten(0, 1)
