"""The functions most people need: :func:`propagate`, :func:`stream`, :func:`load_model`.

:func:`memory_needed` tells beforehand what a run takes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from roto.budget import need_of, prepare
from roto.errors import FrameNotFoundError, KeyframeError, SettingsError
from roto.export import FramePattern, write_matte
from roto.export.inputs import spare
from roto.media import FrameSource, IteratorSource, files_of, open_clip
from roto.models import DEFAULT, find_model
from roto.propagation import Propagation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from roto.budget.needs import MemoryNeed
    from roto.engine import Engine, Settings
    from roto.masks.reading import MaskLike
    from roto.media import Clip, ClipLike
    from roto.propagation.passes import Propagated
    from roto.propagation.reach import Direction
    from roto.results import FrameResult

    Keyframes = Mapping[int, MaskLike | Mapping[str, MaskLike]]


def load_model(
    model: str | os.PathLike[str] = DEFAULT,
    *,
    settings: Settings | None = None,
    device: str = "auto",
    precision: str = "auto",
) -> Engine:
    """A network ready to work: load it once, use it for many shots.

    Args:
        model: Name of a model (``roto models`` lists them) or path of a weight file:
            published ``stcn.pth``, stage-0 weights, or weights trained with roto.
        settings: Working size, memory policy, similarity.
        device: ``auto``, ``cpu``, ``cuda``, ``mps``.
        precision: ``auto``, ``bfloat16``, ``float32``.

    Raises:
        WeightsNotFoundError, WeightsError: no such weights, or none that can be used.
        DeviceError: no such device.
    """
    from roto.stcn_engine import load_engine  # torch takes a second to import

    return load_engine(find_model(model), settings, device=device, precision=precision)


def propagate(
    frames: ClipLike,
    keyframes: Keyframes,
    *,
    model: str | os.PathLike[str] | Engine = DEFAULT,
    direction: Direction = "both",
    settings: Settings | None = None,
    device: str = "auto",
    precision: str = "auto",
    memory: str | int | None = None,
    progress: Callable[[Propagated], None] | None = None,
) -> Result:
    """Masks for every frame of a clip from masks of one or a few frames.

    Args:
        frames: Movie, image sequence, folder, array (T, H, W, 3), list of arrays, or an open
            clip; see :func:`roto.open_clip`. Movies are numbered from 1001, arrays from 0.
        keyframes: Masks by frame number: paths, arrays, or ``{"name": mask}``; see
            ``roto.masks``.
        model: Name, path, or an engine from :func:`load_model`.
        direction: ``both``, ``forward`` or ``backward`` of the keyframes.
        settings: Working size and memory; not with an engine, which has its own.
        device: As for :func:`load_model`.
        precision: As for :func:`load_model`.
        memory: What the process may take, such as ``"4G"``; None for what ``ROTO_MEMORY`` says,
            or else what is free. A run that takes more is made smaller by the rules of
            :mod:`roto.budget.fitting`, and each change is logged as a warning.
        progress: Called after each finished frame.

    Returns:
        The result of every frame, by frame number.

    Raises:
        RotoError: one of its subclasses, saying what is wrong, where, and what to do.

    >>> result = roto.propagate("plate.mov", {1001: "hero.1001.png"})  # doctest: +SKIP
    >>> result[1020].matte("hero").shape  # doctest: +SKIP
    (1080, 1920)
    """
    own = not isinstance(frames, FrameSource)
    source = open_clip(frames)
    try:
        if source.clip.damaged_from is not None:
            source.read(source.clip.damaged_from)  # says so now: an error later would cost the work
        propagation = _opened(source, keyframes, model, settings, device, precision)
        propagation.engine = prepare(propagation.engine, propagation.workload(kept=True), memory)
        results: dict[int, FrameResult] = {}
        for event in propagation.propagate(direction):
            results[event.frame] = event.result
            if progress is not None:
                progress(event)
        return Result(source.clip, propagation.shot.names, results, files_of(source))
    finally:
        if own:
            source.close()


def stream(
    frames: Any,
    keyframes: Keyframes,
    *,
    model: str | os.PathLike[str] | Engine = DEFAULT,
    settings: Settings | None = None,
    device: str = "auto",
    precision: str = "auto",
    memory: str | int | None = None,
) -> Iterator[Propagated]:
    """Masks while frames arrive: forward only, bounded memory, for a camera or a generator.

    Args:
        frames: What :func:`propagate` takes, or any iterable of (H, W, 3) pictures, which may
            be endless; its frames are numbered from 0.
        keyframes: As for :func:`propagate`. Frames before the first one have no object.
        model: As for :func:`propagate`.
        settings: As for :func:`propagate`.
        device: As for :func:`load_model`.
        precision: As for :func:`load_model`.
        memory: As for :func:`propagate`.

    Yields:
        One event per frame, in order.
    """
    source = _open_stream(frames)
    try:
        propagation = _opened(source, keyframes, model, settings, device, precision)
        propagation.engine = prepare(propagation.engine, propagation.workload(), memory)
        yield from propagation.stream()
    finally:
        if source is not frames:
            source.close()


def memory_needed(
    frames: ClipLike,
    keyframes: Keyframes,
    *,
    model: str | os.PathLike[str] | Engine = DEFAULT,
    settings: Settings | None = None,
    device: str = "auto",
    precision: str = "auto",
) -> MemoryNeed:
    """What :func:`propagate` would take at most, part by part; nothing is propagated.

    Args:
        frames: As for :func:`propagate`.
        keyframes: As for :func:`propagate`.
        model: As for :func:`propagate`.
        settings: As for :func:`propagate`.
        device: As for :func:`load_model`.
        precision: As for :func:`load_model`.

    Raises:
        RotoError: as :func:`propagate`.
    """
    own = not isinstance(frames, FrameSource)
    source = open_clip(frames)
    try:
        propagation = _opened(source, keyframes, model, settings, device, precision)
        return need_of(propagation.engine, propagation.workload(kept=True))
    finally:
        if own:
            source.close()


class Result(Mapping[int, "FrameResult"]):
    """Results by frame number, ascending. Kept packed: kilobytes per frame and object.

    Attributes:
        clip: The clip they belong to.
        names: Object names by id.
    """

    def __init__(
        self,
        clip: Clip,
        names: Mapping[int, str],
        frames: Mapping[int, FrameResult],
        inputs: Sequence[Path] = (),
    ) -> None:
        """As :func:`propagate` gives it; ``inputs`` are the clip's files, which save spares."""
        self.clip, self.names = clip, dict(names)
        self._inputs = tuple(inputs)
        self._frames = dict(sorted(frames.items()))

    def __getitem__(self, frame: int) -> FrameResult:
        try:
            return self._frames[frame]
        except KeyError:
            numbers = list(self._frames)
            raise FrameNotFoundError(
                f"There is no result for frame {frame}; there are {len(numbers)}, from frame "
                f"{numbers[0]} to {numbers[-1]}."
            ) from None

    def __iter__(self) -> Iterator[int]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)

    def __repr__(self) -> str:
        names = ", ".join(self.names.values())
        return f"<Result of {len(self)} frames: {names}>"

    def save(self, pattern: str | os.PathLike[str], *, bit_depth: int | None = None) -> list[Path]:
        """Write one matte per frame and object.

        Args:
            pattern: ``mattes/hero.%04d.png``, ``mattes/{object}.####.exr``, or a folder.
            bit_depth: Bits per pixel; PNG 8 or 16, TIFF 8, 16 or 32, EXR 16 (half) or 32.

        Returns:
            The files written.

        Raises:
            ExportError: nothing can be written there, or the clip itself would be replaced.
            SettingsError: several mattes would share one file, or no such format.
        """
        names = FramePattern(pattern)
        names.check(list(self.names.values()), frame_count=len(self))
        spare(self._inputs, [names.path(f, name) for f in self for name in self.names.values()])
        paths = []
        for frame, result in self.items():
            for object_name, matte in result.mattes().items():
                path = names.path(frame, object_name)
                write_matte(path, matte, bit_depth=bit_depth)
                paths.append(path)
        return paths


def _opened(
    source: FrameSource,
    keyframes: Keyframes,
    model: str | os.PathLike[str] | Engine,
    settings: Settings | None,
    device: str,
    precision: str,
) -> Propagation:
    """Keyframes are read before the network is loaded: the cheap mistakes are found first."""
    if settings is not None and not isinstance(model, (str, os.PathLike)):
        raise SettingsError("An engine has settings of its own; give settings to load_model.")
    propagation = Propagation(source)
    for frame, mask in keyframes.items():
        propagation.set_keyframe(_frame_number(frame), mask)
    propagation.shot  # noqa: B018 - contradictions between masks are found here
    if isinstance(model, (str, os.PathLike)):
        model = load_model(model, settings=settings, device=device, precision=precision)
    propagation.engine = model
    return propagation


def _frame_number(frame: object) -> int:
    if isinstance(frame, (int, np.integer)) and not isinstance(frame, bool):
        return int(frame)
    raise KeyframeError(f"A keyframe is given by its frame number, not by {frame!r}.")


def _open_stream(frames: Any) -> FrameSource:
    if isinstance(frames, (str, os.PathLike, np.ndarray, list, tuple, FrameSource)):
        return open_clip(frames)
    return IteratorSource(frames)
