"""An engine without a network: it knows an object by its colours. NumPy only.

Sessions, the command line, the app and host plugins are tested with it in
milliseconds, and on flat colours its answers are right.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from roto.engine import Capabilities, Display, Footprint, Settings, SoftMask
from roto.errors import SettingsError
from roto.results import Grid, Logits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Floats = npt.NDArray[np.float32]

_CERTAIN = np.float32(8)  # log-odds of a pixel that has exactly a remembered colour
_FAR = np.float32(1e4)  # squared distance of what was never seen


@dataclass(frozen=True, slots=True, eq=False)
class FakeFrame:
    """A picture as floats: all there is to derive from it."""

    grid: Grid
    colours: Floats  # (H, W, 3) in [0, 1]

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return self.colours.nbytes


@dataclass(slots=True, eq=False)
class _Seen:
    """Mean colours at one frame: of each object, None where it is absent, and of what is not it."""

    frame: int
    inside: dict[int, Floats | None] = field(default_factory=dict)
    outside: dict[int, Floats | None] = field(default_factory=dict)


class FakeEngine:
    """Deterministic, exact at keyframes' colours, and quick.

    Args:
        settings: Of these it follows ``memory_every`` and ``max_memory``.
    """

    capabilities = Capabilities("fake", 0, "cpu", "float32")

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()

    def encode(self, picture: Display) -> FakeFrame:
        """See :meth:`roto.engine.Engine.encode`."""
        size = (picture.shape[0], picture.shape[1])
        grid = Grid(size, size, (0, 0, 0, 0), reduction=1)
        return FakeFrame(grid, picture.astype(np.float32) / np.float32(255))

    def pack(self, encoded: FakeFrame) -> bytes:
        """See :meth:`roto.engine.Engine.pack`."""
        size = np.array(encoded.colours.shape, np.int64)
        return size.tobytes() + encoded.colours.tobytes()

    def unpack(self, data: bytes) -> FakeFrame:
        """See :meth:`roto.engine.Engine.unpack`."""
        shape = tuple(int(n) for n in np.frombuffer(data[:24], np.int64))
        colours = np.frombuffer(data[24:], np.float32).reshape(shape)
        size = (shape[0], shape[1])
        return FakeFrame(Grid(size, size, (0, 0, 0, 0), reduction=1), colours)

    def open_memory(self) -> FakeMemory:
        """See :meth:`roto.engine.Engine.open_memory`."""
        return FakeMemory(self.settings)

    def with_settings(self, settings: Settings) -> FakeEngine:
        """See :meth:`roto.engine.Engine.with_settings`."""
        other = copy.copy(self)
        other.settings = settings
        return other

    def footprint(self, plate: tuple[int, int], objects: int) -> Footprint:
        """See :meth:`roto.engine.Engine.footprint`; what it remembers is a few colours."""
        colours = 12 * plate[0] * plate[1]
        logits = 4 * plate[0] * plate[1] * objects
        return Footprint(
            working=plate,
            weights=0,
            encoded=colours,
            encode=2 * colours,
            remember=2 * colours,
            decode=2 * colours + logits,
            key=0,
            value=24,
        )


class FakeMemory:
    """Colours of objects at keyframes for ever, and at the latest remembered predictions."""

    def __init__(self, settings: Settings, permanent: dict[int, _Seen] | None = None) -> None:
        self._settings = settings
        self._permanent: dict[int, _Seen] = {} if permanent is None else permanent
        self._predicted: list[_Seen] = []
        self._since_keyframe = 0

    @property
    def frames(self) -> list[int]:
        """Numbers of the remembered frames: keyframes, then predicted ones."""
        return [*self._permanent, *(seen.frame for seen in self._predicted)]

    def add(
        self, frame: int, encoded: FakeFrame, masks: Mapping[int, SoftMask], *, permanent: bool
    ) -> None:
        """See :meth:`roto.engine.Memory.add`."""
        seen = _Seen(frame)
        for object_id, mask in masks.items():
            seen.inside[object_id] = _mean(encoded.colours, mask)
            seen.outside[object_id] = _mean(encoded.colours, 1 - mask)
        if permanent:
            old = self._permanent.get(frame, _Seen(frame))
            seen.inside = {**old.inside, **seen.inside}
            seen.outside = {**old.outside, **seen.outside}
            self._permanent[frame] = seen
        elif self._settings.max_memory:
            self._predicted = [*self._predicted, seen][-self._settings.max_memory :]

    def predict(
        self,
        frame: int,
        encoded: FakeFrame,
        objects: Sequence[int],
        known: Mapping[int, SoftMask] | None = None,
        before: Sequence[Logits] | None = None,
    ) -> Logits:
        """See :meth:`roto.engine.Memory.predict`; it looks everywhere, which costs it nothing."""
        del before
        values = np.stack([self._logits(encoded, i) for i in objects])
        if self.wants(frame):
            masks = {i: (v > 0).astype(np.float32) for i, v in zip(objects, values, strict=True)}
            self.add(frame, encoded, {**(known or {}), **masks}, permanent=False)
        return Logits(tuple(objects), values, encoded.grid)

    def wants(self, frame: int) -> bool:
        """See :meth:`roto.engine.Memory.wants`."""
        del frame  # the policy counts frames, whatever their numbers
        self._since_keyframe += 1
        every = self._settings.memory_every
        return self._settings.max_memory > 0 and self._since_keyframe % every == 0

    def follow(self, masks: Mapping[int, SoftMask]) -> None:
        """See :meth:`roto.engine.Memory.follow`; colours do not care where they were."""

    def drop(self, frame: int, objects: Iterable[int]) -> None:
        """See :meth:`roto.engine.Memory.drop`."""
        seen = self._permanent[frame]
        for object_id in objects:
            seen.inside.pop(object_id, None)
            seen.outside.pop(object_id, None)
        if not seen.inside:
            del self._permanent[frame]

    def branch(self) -> FakeMemory:
        """See :meth:`roto.engine.Memory.branch`."""
        return type(self)(self._settings, self._permanent)

    def forget(self, objects: Iterable[int] | None = None) -> None:
        """See :meth:`roto.engine.Memory.forget`."""
        self._since_keyframe = 0
        if objects is None:
            self._predicted = []
            return
        for object_id in objects:
            for seen in self._predicted:
                seen.inside.pop(object_id, None)
                seen.outside.pop(object_id, None)
        self._predicted = [seen for seen in self._predicted if seen.inside]

    def _logits(self, encoded: FakeFrame, object_id: int) -> Floats:
        """How much nearer a pixel's colour is to the object's than to all others', (H, W)."""
        entries = [*self._permanent.values(), *self._predicted]
        entries = [seen for seen in entries if object_id in seen.inside]
        if not entries:
            raise SettingsError(f"Object {object_id} was predicted before it was ever shown.")
        near = _distance(encoded.colours, [seen.inside[object_id] for seen in entries])
        far = _distance(encoded.colours, [seen.outside[object_id] for seen in entries])
        logits: Floats = _CERTAIN * (far - near) / np.maximum(far + near, np.float32(1e-6))
        return logits


def _mean(colours: Floats, weight: SoftMask) -> Floats | None:
    total = float(weight.sum())
    if total == 0:
        return None
    mean: Floats = ((colours * weight[..., None]).sum((0, 1)) / total).astype(np.float32)
    return mean


def _distance(colours: Floats, means: Sequence[Floats | None]) -> Floats:
    """Squared distance to the nearest mean, (H, W)."""
    nearest: Floats = np.full(colours.shape[:2], _FAR, np.float32)
    for mean in means:
        if mean is not None:
            nearest = np.minimum(nearest, ((colours - mean) ** 2).sum(-1))
    return nearest
