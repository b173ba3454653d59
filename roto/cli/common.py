"""What the commands that run a network share."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from roto.api import load_model
from roto.cli.output import emit
from roto.engine import Settings

if TYPE_CHECKING:
    import argparse

    from roto.engine import Engine
    from roto.passes import Propagated


def engine_from(options: argparse.Namespace) -> Engine:
    """The engine that the options of a command ask for."""
    settings = Settings(
        short_side=options.short_side,
        enlarge=options.enlarge,
        memory_every=options.memory_every,
        max_memory=options.max_memory,
        top_k=options.top_k or None,
        similarity=options.similarity,
        remember_last=options.remember_last,
    )
    return load_model(
        options.model, settings=settings, device=options.device, precision=options.precision
    )


class Progress:
    """Frames per second and time left, as a bar on a terminal or as JSON lines."""

    def __init__(self, *, json_lines: bool, label: str = "") -> None:
        self._json, self._label = json_lines, label
        self._bar: tqdm[Any] | None = None
        self._started = time.perf_counter()
        self.done = 0

    def frame(self, event: Propagated, files: list[str]) -> None:
        """Tell that a frame is finished and written."""
        self.done = event.done
        if self._json:
            emit(
                "frame",
                frame=event.frame,
                confidence=round(event.confidence, 4),
                files=files,
                done=event.done,
                total=event.total,
                fps=round(self.frames_per_second, 2),
            )
            return
        if self._bar is None:
            # Without a terminal a bar is noise in a log: tqdm's None asks for one.
            self._bar = tqdm(
                total=event.total, desc=self._label, unit="frame", file=sys.stderr, disable=None
            )
        self._bar.set_postfix(frame=event.frame, refresh=False)
        self._bar.update()

    @property
    def frames_per_second(self) -> float:
        """Since the first frame was asked for."""
        return self.done / max(time.perf_counter() - self._started, 1e-9)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._bar is not None:  # end its line, or the next message is written into it
            self._bar.close()
