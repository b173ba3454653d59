"""What the commands that run a network share."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from roto.api import load_model
from roto.cli.output import emit
from roto.engine import Settings
from roto.models import DEFAULT

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from roto.engine import Engine
    from roto.propagation.passes import Propagated


_SETTINGS = (
    "short_side",
    "enlarge",
    "memory_every",
    "max_memory",
    "bound",
    "top_k",
    "similarity",
    "remember_last",
)


def engine_from(options: argparse.Namespace) -> Engine:
    """The engine that the options of a command ask for."""
    return load_model(
        options.model or DEFAULT,
        settings=settings_from(options, Settings()),
        device=options.device,
        precision=options.precision,
    )


def settings_from(options: argparse.Namespace, base: Settings) -> Settings:
    """The settings that the options ask for; what they do not mention is as in ``base``."""
    given = {name: getattr(options, name) for name in _SETTINGS}
    given = {name: value for name, value in given.items() if value is not None}
    if "top_k" in given:
        given["top_k"] = given["top_k"] or None
    return replace(base, **given)


class Progress:
    """Frames per second and time left, as a bar on a terminal or as JSON lines."""

    def __init__(self, *, json_lines: bool, label: str = "") -> None:
        self._json, self._label = json_lines, label
        self._bar: tqdm[Any] | None = None
        self._started = time.perf_counter()
        self.done = 0

    def frame(self, event: Propagated, files: Sequence[str] | None = None) -> None:
        """Tell that a frame is finished, and written if ``files`` are given."""
        self.done = event.done
        if self._json:
            written = {} if files is None else {"files": files}
            emit(
                "frame",
                frame=event.frame,
                confidence=round(event.confidence, 4),
                **written,
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
    def seconds(self) -> float:
        """Since the first frame was asked for."""
        return time.perf_counter() - self._started

    @property
    def frames_per_second(self) -> float:
        """Since the first frame was asked for."""
        return self.done / max(self.seconds, 1e-9)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._bar is not None:  # end its line, or the next message is written into it
            self._bar.close()
