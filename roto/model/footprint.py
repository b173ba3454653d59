"""What a network takes while it works, counted on a small picture.

The network runs once on a picture of a few pixels, and what is alive at once is added up. All of it
grows with the number of pixels. This holds for every network that ever gets here; and as libraries
set themselves up at their first use, what they take for good is there from then on and measured
with the rest of the program.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from roto.model.aggregation import soft_aggregate, upsample_logits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from roto.model.stcn import ImageFeatures
    from roto.model.weights import Network

_SIDE = 128  # pixels of the picture it is counted on
_CELLS = _SIDE // 16


@dataclass(frozen=True, slots=True)
class Counted:
    """Bytes per working pixel, padding included.

    Attributes:
        encoded: The features of a picture.
        encode: At once while they are found.
        remember: At once while masks of all objects become memory.
        decode: At once while masks are found.
        key: Of a remembered frame, of all objects if they have keys of their own.
        value: Of a remembered frame and object.
        width: Channels of a value; a number and no bytes.
    """

    encoded: float
    encode: float
    remember: float
    decode: float
    key: float
    value: float
    width: int


def count(
    net: Network, device: torch.device, dtype: torch.dtype, objects: int, at_once: int
) -> Counted:
    """What a network takes for so many objects, of which ``at_once`` go side by side."""
    at_once = min(objects, at_once)
    with torch.inference_mode():
        image = torch.zeros(1, 3, _SIDE, _SIDE, dtype=dtype, device=device)
        image = image.contiguous(memory_format=torch.channels_last)
        features, encode, encoded = _alive(lambda: net.encode_image(image), net, [image])
        memory, remember, _ = _alive(
            lambda: _remember(net, image, features, objects, at_once), net, [image, *features]
        )
        keys, values = memory
        _, decode, _ = _alive(lambda: _decode(net, values, features), net, [values, *features])
    pixels = _SIDE * _SIDE
    width = features.key.shape[1]
    positions = 4 * width * _CELLS**2  # float32, whatever the network's own precision
    picture = 3 * pixels  # uint8: values are made of it again
    return Counted(
        encoded=(encoded + positions + picture) / pixels,
        encode=(encode + image.nbytes + 4 * picture) / pixels,
        remember=(remember + image.nbytes) / pixels,
        decode=decode / pixels,
        key=positions * (objects if keys is not None else 1) / pixels,
        value=values.nbytes / values.shape[1] / pixels,
        width=values.shape[2],
    )


def _remember(
    net: Network, image: Tensor, features: ImageFeatures, objects: int, at_once: int
) -> tuple[Tensor | None, Tensor]:
    """As a memory does it with what it predicted; what stays of the objects at once."""
    logits = torch.zeros(1, objects, _SIDE // 4, _SIDE // 4, device=image.device)
    soft = soft_aggregate(torch.sigmoid(upsample_logits(logits, (_SIDE, _SIDE))[0]))[1:]
    total = soft.sum(0)[None, None].to(image.dtype)
    some = soft[None, :at_once].to(image.dtype)
    return net.encode_memory(image, features.f16, some, total)


def _decode(net: Network, readout: Tensor, features: ImageFeatures) -> Tensor:
    masks = readout.new_zeros(1, readout.shape[1], _SIDE // 4, _SIDE // 4)
    return net.decode(readout, features, net.look_back(masks)).float()


def _alive(work: Callable[[], Any], net: Network, inputs: Sequence[Tensor]) -> tuple[Any, int, int]:
    """What some work returns, the bytes alive at once on the way, and those still alive."""
    known = [*net.parameters(), *net.buffers(), *inputs]
    with _Alive(known) as alive:
        result = work()
    return result, alive.most, alive.now


class _Alive(TorchDispatchMode):
    """Adds up what operations make, and takes off what is let go of."""

    def __init__(self, known: list[Tensor]) -> None:
        super().__init__()
        self.now = self.most = 0
        self._sizes = {t.untyped_storage()._cdata: 0 for t in known}

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # else torch loads its compiler, which is never needed

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        made = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(made):
            if isinstance(tensor, Tensor):
                self._see(tensor.untyped_storage())
        return made

    def _see(self, storage: torch.UntypedStorage) -> None:
        name = storage._cdata
        if name in self._sizes:
            return
        self._sizes[name] = storage.nbytes()
        self.now += storage.nbytes()
        self.most = max(self.most, self.now)
        weakref.finalize(storage, self._let_go, name)

    def _let_go(self, name: int) -> None:
        self.now -= self._sizes.pop(name, 0)
