"""What a run will take, told before it begins; :mod:`roto.budget` has the rules."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from roto.budget import fitted
from roto.budget.needs import size_text
from roto.cli.output import emit, say, tell

if TYPE_CHECKING:
    import argparse

    from roto.budget.fitting import Fitted
    from roto.budget.needs import MemoryNeed, Workload
    from roto.propagation.studio import Studio

log = logging.getLogger(__name__)


def prepare(options: argparse.Namespace, studio: Studio, workload: Workload) -> Fitted:
    """Let a run fit, and say what it takes and what had to be changed."""
    engine = studio.engine
    found = fitted(engine, workload, options.memory_limit)
    for step in found.steps:
        log.warning("%s", step)
    if options.json:
        emit("memory", **_values(found.need), changes=list(found.steps))
    elif not getattr(options, "dry_run", False):
        tell(str(found.need))
    if found.settings != engine.settings:
        studio.engine = engine.with_settings(found.settings)
    return found


def show(options: argparse.Namespace, found: Fitted) -> None:
    """The parts as a table; they add up to the peak."""
    if options.json:
        return  # told already
    need = found.need
    for part in need.parts:
        where = " of the device" if part.where == "device" else ""
        say(f"{part.name:<34}{size_text(part.nbytes):>9}{where}")
    say(f"{'at most':<34}{size_text(need.peak):>9}")
    say(f"The network works at {need.working[1]}x{need.working[0]}. {need}")


def _values(need: MemoryNeed) -> dict[str, object]:
    height, width = need.working
    parts = {part.name: part.nbytes for part in need.parts}
    return {"peak": need.peak, "device": need.device, "working": [width, height], "parts": parts}
