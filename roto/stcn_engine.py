"""The networks behind the engine protocol: the one place where torch meets NumPy.

Resizing, padding, device and precision live here, the memory policy in
:mod:`roto.stcn_memory`, so that the networks know nothing of plates and the session nothing of
tensors.
"""

from __future__ import annotations

import copy
import json
import math
from typing import TYPE_CHECKING

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from roto.engine import Capabilities, Display, Footprint, Settings
from roto.model.devices import choose_device, choose_precision, free_bytes
from roto.model.folding import fold_batch_norms
from roto.model.footprint import Counted, count
from roto.model.stcn import STCN, ImageFeatures
from roto.model.weights import load_any_network
from roto.models import sha256_of
from roto.results import Grid
from roto.stcn_memory import EncodedFrame, StcnMemory, resize

if TYPE_CHECKING:
    from roto.model.weights import Network
    from roto.models import Model


class StcnEngine:
    """An STCN or STM on a device, in a precision. Deterministic on a CPU: same input, same bytes.

    Args:
        net: The network; its batch norms are folded and its weights cast, so it is consumed.
        settings: Working size, memory policy and similarity.
        device: ``cuda``, ``mps``, ``cpu``, ``cuda:1`` ...; ``auto`` takes the best there is.
        precision: ``bfloat16``, ``float32``; ``auto`` takes bfloat16 where it is fast.
        name: What to call the network in reports.
        weights: SHA-256 of its file, for provenance.

    Attributes:
        net: On its device, in evaluation mode.
        device: Where it runs.
        dtype: What it computes in.
        settings: As given, or the default ones.
        capabilities: What reports and provenance say of it.

    Raises:
        DeviceError: no such device.
        SettingsError: no such precision.
    """

    def __init__(
        self,
        net: Network,
        settings: Settings | None = None,
        *,
        device: str = "auto",
        precision: str = "auto",
        name: str = "stcn",
        weights: str = "",
    ) -> None:
        self.settings = settings or Settings()
        self.device = choose_device(device)
        self.dtype = choose_precision(precision, self.device)
        parameters = sum(p.numel() for p in net.parameters())
        fold_batch_norms(net.eval().requires_grad_(False))
        self.net = net.to(device=self.device, dtype=self.dtype)
        self.net = self.net.to(memory_format=torch.channels_last)
        precision = str(self.dtype).removeprefix("torch.")
        self.capabilities = Capabilities(
            name, parameters, str(self.device), precision, weights=weights
        )
        self._counted: dict[tuple[int, int], Counted] = {}

    @torch.inference_mode()
    def encode(self, picture: Display) -> EncodedFrame:
        """See :meth:`roto.engine.Engine.encode`."""
        grid = self.grid((picture.shape[0], picture.shape[1]))
        image = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None]
        image = resize(image.to(self.device), grid.work)
        features = self.net.encode_image(self.normalise(image, grid))
        positions = features.key[0].flatten(1).T.float().contiguous()
        return EncodedFrame(grid, image, features, positions)

    def grid(self, plate: tuple[int, int]) -> Grid:
        """How the working picture of a plate (H, W) lies on it."""
        return working_grid(plate, self.settings.short_side, enlarge=self.settings.enlarge)

    def pack(self, encoded: EncodedFrame) -> bytes:
        """See :meth:`roto.engine.Engine.pack`."""
        features = encoded.features._asdict()
        tensors = {**features, "image": encoded.image, "positions": encoded.positions}
        whole = {name: t.cpu().contiguous() for name, t in tensors.items()}
        grid = json.dumps([encoded.grid.plate, encoded.grid.work, encoded.grid.pad])
        return save(whole, {"grid": grid})

    def unpack(self, data: bytes) -> EncodedFrame:
        """See :meth:`roto.engine.Engine.unpack`."""
        try:
            tensors = {name: t.to(self.device) for name, t in load(data).items()}
            length = int.from_bytes(data[:8], "little")
            sizes = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["grid"])
            plate, work, pad = (tuple(int(n) for n in size) for size in sizes)
            grid = Grid((plate[0], plate[1]), (work[0], work[1]), (pad[0], pad[1], pad[2], pad[3]))
            maps = {
                name: tensors[name].contiguous(memory_format=torch.channels_last)
                for name in ImageFeatures._fields
            }
            features = ImageFeatures(**maps)
            return EncodedFrame(grid, tensors["image"], features, tensors["positions"])
        except (SafetensorError, KeyError, TypeError) as error:
            raise ValueError("not an encoded frame") from error

    def open_memory(self) -> StcnMemory:
        """See :meth:`roto.engine.Engine.open_memory`."""
        return StcnMemory(self)

    def with_settings(self, settings: Settings) -> StcnEngine:
        """See :meth:`roto.engine.Engine.with_settings`."""
        other = copy.copy(self)
        other.settings = settings
        return other

    def footprint(self, plate: tuple[int, int], objects: int) -> Footprint:
        """See :meth:`roto.engine.Engine.footprint`; see :mod:`roto.model.footprint`."""
        case = objects, min(objects, self.settings.objects_at_once)
        if case not in self._counted:
            self._counted[case] = count(self.net, self.device, self.dtype, *case)
        known, working = self._counted[case], self.grid(plate).padded
        pixels = math.prod(working)
        words = self.net.config.codewords if isinstance(self.net, STCN) else 0
        return Footprint(
            working,
            weights=sum(p.nbytes for p in self.net.parameters()),
            encoded=round(known.encoded * pixels),
            encode=round(known.encode * pixels),
            remember=round(known.remember * pixels),
            decode=round(known.decode * pixels),
            key=0 if words else round(known.key * pixels),
            value=0 if words else round(known.value * pixels),
            context=4 * words * known.width,
            masks=pixels // 4,  # float32 at stride 4
            read=round(2 * known.value * pixels),
            free=free_bytes(self.device),
        )

    def normalise(self, image: Tensor, grid: Grid) -> Tensor:
        """(1, 3, h, w) uint8 -> network input, padded."""
        x = self.net.prepare(image, grid.pad)
        return x.to(self.dtype, memory_format=torch.channels_last)


def load_engine(
    model: Model, settings: Settings | None = None, *, device: str = "auto", precision: str = "auto"
) -> StcnEngine:
    """The engine for a model; arguments as of :func:`roto.load_model`.

    Raises:
        WeightsError: the file is damaged, or of no network that roto knows.
        DeviceError: no such device.
        SettingsError: no such precision.
    """
    device_checked = str(choose_device(device))
    return StcnEngine(
        load_any_network(model.path),
        settings,
        device=device_checked,
        precision=precision,
        name=model.name,
        weights=sha256_of(model.path),
    )


def working_grid(
    plate: tuple[int, int], short_side: int, stride: int = 16, *, enlarge: bool = False
) -> Grid:
    """Size the network works at, and the padding to multiples of ``stride``, split evenly.

    Args:
        plate: (H, W) in pixels.
        short_side: Pixels of the working picture's shorter side.
        stride: Of the network's coarsest features, in working pixels.
        enlarge: Bring smaller plates up to ``short_side``; otherwise they stay as they are.
    """
    scale = short_side / min(plate)
    if not enlarge:
        scale = min(1.0, scale)
    h, w = (max(1, round(side * scale)) for side in plate)
    down, across = -h % stride, -w % stride
    pad = (across // 2, across - across // 2, down // 2, down - down // 2)
    return Grid(plate, (h, w), pad)
