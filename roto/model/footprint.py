"""What a network takes while it works, counted without working.

The network is run on tensors that have shapes and no numbers (torch's device ``meta``), and what
is alive at once is added up. That is exact for what torch allocates, takes a tenth of a second,
and holds for every network that ever gets here. All of it grows with the number of pixels, so it
is counted on a small picture.
"""

from __future__ import annotations

import copy
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from roto.model.aggregation import soft_aggregate, upsample_logits

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto.model.stcn import ImageFeatures
    from roto.model.weights import Network

_SIDE = 256  # pixels of the picture it is counted on
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
    """

    encoded: float
    encode: float
    remember: float
    decode: float
    key: float
    value: float


def count(net: Network, dtype: torch.dtype, objects: int, at_once: int) -> Counted:
    """What a network takes for so many objects, of which ``at_once`` go side by side."""
    blank = without_numbers(net)
    at_once = min(objects, at_once)
    with torch.inference_mode():
        image = _blank((1, 3, _SIDE, _SIDE), dtype)
        features, encode, encoded = _alive(lambda: blank.encode_image(image), blank)
        memory, remember, _ = _alive(
            lambda: _remember(blank, image, features, objects, at_once, dtype), blank
        )
        keys, values = memory
        readout = torch.empty(1, at_once, values.shape[2], _CELLS, _CELLS, dtype=dtype)
        readout = readout.to("meta")
        _, decode, _ = _alive(lambda: _decode(blank, readout, features, dtype), blank, features)
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
    )


def without_numbers(net: nn.Module) -> Any:
    """The same network with the shapes of its weights alone."""
    tensors = [*net.parameters(), *net.buffers()]
    blanks = {id(t): torch.empty_like(t, device="meta", requires_grad=False) for t in tensors}
    for parameter in net.parameters():
        blank = blanks[id(parameter)]
        blanks[id(parameter)] = nn.Parameter(blank, requires_grad=False)
    return copy.deepcopy(net, blanks)


def _remember(
    net: Any,
    image: Tensor,
    features: ImageFeatures,
    objects: int,
    at_once: int,
    dtype: torch.dtype,
) -> tuple[Tensor | None, Tensor]:
    """As a memory does it with what it predicted; what stays of the last objects at once."""
    logits = torch.empty(objects, _SIDE // 4, _SIDE // 4, device="meta")
    large = upsample_logits(logits[None], (_SIDE, _SIDE))[0]
    soft = soft_aggregate(torch.sigmoid(large))[1:]
    total = soft.sum(0)[None, None].to(dtype)
    some = soft[None, :at_once].to(dtype)
    kept: tuple[Tensor | None, Tensor] = net.encode_memory(image, features.f16, some, total)
    return kept


def _decode(net: Any, readout: Tensor, features: ImageFeatures, dtype: torch.dtype) -> Tensor:
    masks = torch.empty(1, readout.shape[1], _SIDE // 4, _SIDE // 4, dtype=dtype, device="meta")
    logits: Tensor = net.decode(readout, features, net.look_back(masks))
    return logits


def _blank(shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
    picture = torch.empty(shape, dtype=dtype, device="meta")
    return picture.contiguous(memory_format=torch.channels_last)


def _alive(work: Callable[[], Any], net: nn.Module, inputs: Any = ()) -> tuple[Any, int, int]:
    """What some work returns, the bytes alive at once on the way, and those still alive."""
    known = [*net.parameters(), *net.buffers(), *(t for t in inputs if t is not None)]
    with _Alive(known) as alive:
        result = work()
    return result, alive.most, alive.now


class _Alive(TorchDispatchMode):
    """Adds up what operations make, and takes off what is let go of."""

    def __init__(self, known: list[Tensor]) -> None:
        super().__init__()
        self.now = self.most = 0
        self._sizes = {t.untyped_storage()._cdata: 0 for t in known}

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
