"""Before a run of an engine: what it takes, and the engine that it fits with."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from roto.budget.available import limits_here, measure
from roto.budget.fitting import Fitted, fit
from roto.budget.needs import MemoryNeed, memory_need

if TYPE_CHECKING:
    from roto.budget.needs import Workload
    from roto.engine import Engine, Settings

log = logging.getLogger(__name__)


def need_of(engine: Engine, workload: Workload) -> MemoryNeed:
    """What a run of an engine takes with its settings as they are."""
    footprint = engine.footprint(workload.plate, workload.objects)
    return memory_need(footprint, workload, engine.settings, measure())


def fitted(engine: Engine, workload: Workload, memory: str | int | None = None) -> Fitted:
    """The settings with which a run fits.

    Args:
        engine: Loaded, and with the settings that were asked for.
        workload: What there is to do.
        memory: What the process may take, as ``4G``; None for what ``ROTO_MEMORY`` says, or
            else what is free.

    Raises:
        MemoryLimitError: not even the smallest run fits.
        SettingsError: ``memory`` is no size.
    """
    free = engine.footprint(workload.plate, workload.objects).free
    program = measure()  # after the engine worked on something for the first time

    def need(settings: Settings) -> MemoryNeed:
        footprint = engine.with_settings(settings).footprint(workload.plate, workload.objects)
        return memory_need(footprint, workload, settings, program)

    return fit(engine.settings, need, limits_here(program, memory, device=free))


def prepare(engine: Engine, workload: Workload, memory: str | int | None = None) -> Engine:
    """The engine itself if the run fits, or the same network working as the rules say.

    What it takes is logged for those who want to know, every change as a warning. Arguments and
    errors as for :func:`fitted`.
    """
    found = fitted(engine, workload, memory)
    for step in found.steps:
        log.warning("%s", step)
    log.info("%s", found.need)
    return engine if found.settings == engine.settings else engine.with_settings(found.settings)
