"""What a session asks of an engine. NumPy only: torch stays behind this line.

An engine looks at pictures (:meth:`Engine.encode`) and remembers masks
(:class:`Memory`). What it derives from a picture does not depend on any mask, so a
session may keep it and use it for every pass and every object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from roto.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from roto.results import Logits

Display = npt.NDArray[np.uint8]
"""(H, W, 3) RGB, display-referred: what the networks were trained to see."""

SoftMask = npt.NDArray[np.float32]
"""(H, W) in [0, 1] at the plate's size."""

# Of the settings that are numbers.
_LEAST = {
    "short_side": 32,
    "memory_every": 1,
    "max_memory": 0,
    "top_k": 1,
    "cache_bytes": 0,
    "objects_at_once": 1,
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How to propagate. Every choice has a default that suits a laptop.

    Attributes:
        short_side: Pixels of the shorter side the network works at. Results come back at the
            plate's size.
        enlarge: Bring smaller plates up to ``short_side`` too: small things are followed much
            better, see docs/training.md.
        memory_every: Every n-th predicted frame is remembered.
        max_memory: Predicted frames remembered at most; keyframes do not count and stay.
        top_k: Remembered positions that each position may draw on; None for all.
        similarity: How positions are compared.
        bound: What becomes of predicted frames beyond ``max_memory``: "thin" drops the one whose
            absence leaves the smallest gap in time, "oldest" the oldest, and "consolidate" keeps
            the positions that were drawn on most, in the same room. A network with a global
            context has no use for it.
        keyframe_weight: How much likelier a position is matched with one of a keyframe than with
            one of a predicted frame that resembles it as much. None: what suits the network, 3
            for roto's own and 1 for published ones. With a global context: how much all keyframes
            together weigh, where all predicted frames together weigh 1; 1 unless told otherwise.
        remember_last: Keep the previous frame as temporary memory.
        cache_bytes: Bound of the encoded frames kept in memory for another pass.
        objects_at_once: Objects that go through the network side by side; it bounds the
            workspace and, but for rounding, changes no result.
    """

    short_side: int = 480
    enlarge: bool = True
    memory_every: int = 5
    max_memory: int = 12
    bound: Literal["thin", "oldest", "consolidate"] = "thin"
    top_k: int | None = 20
    similarity: Literal["l2", "dot", "cosine"] = "l2"
    keyframe_weight: float | None = None
    remember_last: bool = False
    cache_bytes: int = 512 * 2**20
    objects_at_once: int = 8

    def __post_init__(self) -> None:
        for name, bound in _LEAST.items():
            value = getattr(self, name)
            if value is not None and value < bound:
                raise SettingsError(f"The setting {name} is {value}; it must be at least {bound}.")
        if self.keyframe_weight is not None and not 0 < self.keyframe_weight < float("inf"):
            raise SettingsError(
                f"The setting keyframe_weight is {self.keyframe_weight}; it must be above 0."
            )
        if self.bound not in ("thin", "oldest", "consolidate"):
            raise SettingsError(
                f"There is no bound {self.bound!r}; choose thin, oldest or consolidate."
            )
        if self.similarity not in ("l2", "dot", "cosine"):
            raise SettingsError(
                f"There is no similarity {self.similarity!r}; choose l2, dot or cosine."
            )


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine is and can do, as ``roto models`` shows it.

    Attributes:
        name: Of its model.
        parameters: How many.
        device: Where it runs.
        precision: What it computes in.
        max_objects: How many it can follow at once.
        weights: SHA-256 of the weight file, hexadecimal; "" where there is none.
    """

    name: str
    parameters: int
    device: str
    precision: str
    max_objects: int = 255
    weights: str = ""


@dataclass(frozen=True, slots=True)
class Footprint:
    """What an engine takes for plates of one size, in bytes; :mod:`roto.budget.needs` adds it up.

    Attributes:
        working: (h, w) the network works at, padding included.
        weights: Of the network.
        encoded: What stays of an encoded picture.
        encode: The most there is at once while a picture is encoded, what stays included.
        remember: The same while the objects' masks become memory.
        decode: The same while their masks are found from what was read.
        key: Of a remembered frame, whatever the number of objects.
        value: Of a remembered frame and object.
        context: Of a keyframe and object where all predicted frames together take as much: a
            memory that does not grow.
        masks: Of a keyframe and object, besides key and value.
        read: Of one object while memory is read.
        free: What is free on the engine's own device; None where it works in main memory.
    """

    working: tuple[int, int]
    weights: int
    encoded: int
    encode: int
    remember: int
    decode: int
    key: int
    value: int
    context: int = 0
    masks: int = 0
    read: int = 0
    free: int | None = None


class Encoded(Protocol):
    """What an engine made of one picture; opaque, but its size is known."""

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        ...


class Memory(Protocol):
    """What has been seen of the objects so far. Not thread-safe."""

    def add(
        self, frame: int, encoded: Any, masks: Mapping[int, SoftMask], *, permanent: bool
    ) -> None:
        """Remember masks of some objects in a picture.

        Args:
            frame: Number of the frame. Its objects are given together, since each is remembered
                beside the others; a permanent frame is given again only after :meth:`drop`.
            encoded: What :meth:`Engine.encode` made of it.
            masks: Per object id, at the size of the plate.
            permanent: True for keyframes, which are never dropped.
        """
        ...

    def predict(
        self,
        frame: int,
        encoded: Any,
        objects: Sequence[int],
        known: Mapping[int, SoftMask] | None = None,
        before: Sequence[Logits] | None = None,
    ) -> Logits:
        """Where ``objects`` are in a picture; each must have been added before.

        The memory itself may remember what it predicted, as its settings say.

        Args:
            frame: Number of the frame.
            encoded: What :meth:`Engine.encode` made of it.
            objects: Ids of the objects asked for.
            known: Masks of other objects in this picture, at the size of the plate. They leave
                less room for the predicted ones, and are remembered with them.
            before: What was found of these objects in this picture earlier. A memory may then
                look only there and where they were a frame ago, as long as it looks everywhere
                now and then; None: everywhere.
        """
        ...

    def wants(self, frame: int) -> bool:
        """Tell that the pass goes by a frame whose masks are known; True if it asks for them."""
        ...

    def follow(self, masks: Mapping[int, SoftMask]) -> None:
        """Tell where objects are in the frame just gone by: the next one is to be predicted.

        Args:
            masks: Per object id, at the size of the plate.
        """
        ...

    def drop(self, frame: int, objects: Iterable[int]) -> None:
        """Forget what a permanent frame showed of some objects: it is no keyframe any more."""
        ...

    def branch(self) -> Memory:
        """Another memory with the same permanent frames, now and later, and nothing predicted."""
        ...

    def forget(self, objects: Iterable[int] | None = None) -> None:
        """Drop predicted memory: of some objects, which stand at a keyframe, or of all."""
        ...


class Engine(Protocol):
    """A network on a device. Not thread-safe."""

    @property
    def capabilities(self) -> Capabilities:
        """Name, size, device and precision."""
        ...

    @property
    def settings(self) -> Settings:
        """How it works."""
        ...

    def encode(self, picture: Display) -> Encoded:
        """Everything the network derives from a picture alone."""
        ...

    def pack(self, encoded: Any) -> bytes:
        """Bytes of an encoded picture, for a cache on disk."""
        ...

    def unpack(self, data: bytes) -> Encoded:
        """The encoded picture of :meth:`pack`; raises ValueError if the bytes are damaged."""
        ...

    def open_memory(self) -> Memory:
        """An empty memory; several may be open at once."""
        ...

    def with_settings(self, settings: Settings) -> Engine:
        """The same network, which is not loaded again, working another way."""
        ...

    def footprint(self, plate: tuple[int, int], objects: int) -> Footprint:
        """What it takes to follow so many objects on plates of (H, W); nothing is computed."""
        ...
