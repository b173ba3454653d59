"""Pictures for the canvas: decoded plates and computed mattes, from a thread of their own.

Neither decoding a plate, nor what a screen shows of float values, nor making mattes of stored
logits may hold up the window. All are kept up to a bound; what the artist looks at comes first,
then the frames ahead of it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from roto.errors import RotoError
from roto_gui.canvas.display import display

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from roto.media import FrameSource, Image
    from roto.results import FrameResult
    from roto_gui.canvas.display import Rgb

    Mattes = Mapping[int, npt.NDArray[np.uint8] | npt.NDArray[np.float32]]

T = TypeVar("T")

PLATE_BYTES = 2 * 2**30
SHOWN_BYTES = 2**29
MATTE_BYTES = 2**29


class Bounded(Generic[T]):
    """The values used last, up to a number of bytes. Any thread.

    Args:
        bytes_at_most: Bound; at least one value is kept.
    """

    def __init__(self, bytes_at_most: int) -> None:
        self.bytes_at_most = bytes_at_most
        self._values: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """What is kept now."""
        return self._bytes

    def get(self, key: Hashable) -> T | None:
        """The value, which now is the one used last."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: T, nbytes: int) -> None:
        """Keep a value, and let go of old ones beyond the bound."""
        with self._lock:
            if key in self._values:
                self._bytes -= self._values.pop(key)[1]
            self._values[key] = value, nbytes
            self._bytes += nbytes
            while self._bytes > self.bytes_at_most and len(self._values) > 1:
                _, (_, dropped) = self._values.popitem(last=False)
                self._bytes -= dropped

    def keys(self) -> list[Hashable]:
        """All keys, in no order that matters."""
        with self._lock:
            return list(self._values)


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """A frame to be made ready.

    Attributes:
        frame: Frame number.
        version: Of what is known of it; see ``Snapshot.versions``.
        result: What is known of it; None: the plate alone.
    """

    frame: int
    version: int = 0
    result: FrameResult | None = None


class FrameLoader:
    """Makes frames ready to be shown.

    Args:
        opener: Opens the clip; called in the thread.
        loaded: Told of each frame that is ready, in the thread.
        failed: Told of each that cannot be, and why, in the thread.
        linear: Whether float plates are scene-linear.
        plate_bytes: Bound of the decoded plates.
        shown_bytes: Bound of what a screen shows of float plates.
        matte_bytes: Bound of the mattes.
    """

    def __init__(
        self,
        opener: Callable[[], FrameSource],
        loaded: Callable[[int], None],
        failed: Callable[[int, RotoError], None],
        *,
        linear: bool = False,
        plate_bytes: int = PLATE_BYTES,
        shown_bytes: int = SHOWN_BYTES,
        matte_bytes: int = MATTE_BYTES,
    ) -> None:
        self._opener, self._loaded, self._failed = opener, loaded, failed
        self._linear = linear
        self._plates: Bounded[Image] = Bounded(plate_bytes)
        self._shown: Bounded[Rgb] = Bounded(shown_bytes)
        self._grade = (0.0, 1.0)  # exposure and gamma
        self._most: int | None = None  # frames that fit; not known before there is one
        # Of each frame one version: what was there before an edit is not shown again.
        self._mattes: Bounded[tuple[int, Mattes]] = Bounded(matte_bytes)
        self._wanted: list[Wanted] = []
        self._condition = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._live, name="roto plates", daemon=True)
        self._thread.start()

    @property
    def cached(self) -> frozenset[int]:
        """Frames whose plates are in memory."""
        return frozenset(key for key in self._plates.keys() if isinstance(key, int))  # noqa: SIM118

    def plate(self, frame: int) -> Image | None:
        """A plate that is ready, (H, W, 3); not to be changed."""
        return self._plates.get(frame)

    def grade(self, exposure: float, gamma: float) -> None:
        """How float plates are shown from now on; what was asked for has to be asked for again."""
        self._grade = exposure, gamma

    @property
    def graded(self) -> tuple[float, float]:
        """Exposure and gamma."""
        return self._grade

    def shown(self, frame: int) -> Rgb | None:
        """What a screen shows of a float plate as graded now, (H, W, 3); None: not ready, or 8 bit.

        8-bit plates need no preparation: they are shown as they are, or through a small table.
        """
        return self._shown.get((frame, self._grade))

    def waits(self, frame: int) -> bool:
        """Whether there is nothing to be shown of a frame yet."""
        plate = self.plate(frame)
        return plate is None or (plate.dtype != np.uint8 and self.shown(frame) is None)

    def mattes(self, frame: int, version: int) -> Mattes | None:
        """Mattes by object id, (H, W); None where they are not ready.

        Those of results are uint8, in steps of 1/255 as they are shown; a keyframe's are float32
        in [0, 1], as the artist gave them.
        """
        if version == 0:
            return {}
        found = self._mattes.get(frame)
        return found[1] if found is not None and found[0] == version else None

    def request(self, wanted: Sequence[Wanted]) -> None:
        """Make these ready, in this order, as many as there is room for.

        What was asked for before and not begun is forgotten.
        """
        with self._condition:
            self._wanted = list(wanted)[: self._most]
            self._condition.notify()

    def close(self) -> None:
        """End the thread, which closes the clip."""
        with self._condition:
            self._closing = True
            self._condition.notify()
        self._thread.join(10)

    def _live(self) -> None:
        source: FrameSource | None = None
        try:
            while (wanted := self._next()) is not None:
                if self._ready(wanted):
                    continue
                try:
                    source = source or self._opener()
                    self._make(source, wanted)
                except RotoError as error:
                    self._failed(wanted.frame, error)
                else:
                    self._loaded(wanted.frame)
        finally:
            if source is not None:
                source.close()

    def _next(self) -> Wanted | None:
        with self._condition:
            while not (self._wanted or self._closing):
                self._condition.wait()
            return None if self._closing else self._wanted.pop(0)

    def _ready(self, wanted: Wanted) -> bool:
        plate = not self.waits(wanted.frame)
        if wanted.result is None:
            return plate
        return plate and self.mattes(wanted.frame, wanted.version) is not None

    def _make(self, source: FrameSource, wanted: Wanted) -> None:
        frame, grade = wanted.frame, self._grade
        plate = self._plates.get(frame)
        if plate is None:
            plate = source.read(frame)
            plate.setflags(write=False)
            self._plates.put(frame, plate, plate.nbytes)
            self._leave_room(plate)
        if plate.dtype != np.uint8 and self._shown.get((frame, grade)) is None:
            shown = display(plate, self._linear, *grade)
            self._shown.put((frame, grade), shown, shown.nbytes)
        if wanted.result is not None and self.mattes(frame, wanted.version) is None:
            mattes = shown_mattes(wanted.result)
            size = sum(matte.nbytes for matte in mattes.values())
            self._mattes.put(frame, (wanted.version, mattes), size)

    def _leave_room(self, plate: Image) -> None:
        """Never ask for more than can be kept: the frame looked at would be dropped for others."""
        most = self._plates.bytes_at_most // plate.nbytes
        if plate.dtype != np.uint8:
            most = min(most, self._shown.bytes_at_most // plate.size)
        with self._condition:
            self._most = max(most, 1)
            del self._wanted[self._most :]


def shown_mattes(result: FrameResult) -> Mattes:
    """All mattes of a frame by object id; see ``FrameLoader.mattes``."""
    mattes: dict[int, npt.NDArray[np.uint8] | npt.NDArray[np.float32]] = {}
    for object_id, matte in result.mattes_of(list(result.names)).items():
        if not matte.any():
            continue
        steps = np.rint(matte * 255).astype(np.uint8)
        exact = np.array_equal(steps.astype(np.float32) / np.float32(255), matte)
        given = object_id in result.given_ids
        mattes[object_id] = matte if given and not exact else steps
    return mattes


def as_alpha(matte: npt.NDArray[np.uint8] | npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """A matte of a loader as new (H, W) float32 in [0, 1] that may be painted on."""
    alpha: npt.NDArray[np.float32] = matte.astype(np.float32)
    return alpha / np.float32(255) if matte.dtype == np.uint8 else alpha
