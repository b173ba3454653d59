"""What is done where a run needs more memory than there is.

The rules, in this order, each only as far as it has to go:

1. *Fewer encoded frames are kept* for the second pass. It costs time: they are encoded again.
2. *Fewer objects go through the network at once.* It costs a little time.
3. *Fewer predicted frames are remembered*, at least one. Keyframes are all kept.
4. *The network works at a lower resolution*, in steps of 32 pixels of the shorter side, at least
   160. Mattes keep the plate's size.

The first two change no result but for rounding, the last two do; so they come last. What is
predicted may be missed by 15 %, so a run fits when that much more fits as well. Where even the
smallest run does not fit, that is said before anything is begun.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from roto.budget.needs import MemoryNeed, size_text
from roto.engine import Settings
from roto.errors import MemoryLimitError

TOLERANCE = 1.15
"""How far a prediction may be missed."""

LEAST_SIDE = 160
"""Pixels of the shorter side that the network works at, at least."""

NeedOf: TypeAlias = Callable[[Settings], MemoryNeed]
"""What a run takes with other settings."""

_Rule: TypeAlias = Callable[[Settings, MemoryNeed], Iterator[Settings]]
_Told: TypeAlias = Callable[[Settings, Settings], str]

_STEP = 32  # pixels of the shorter side


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes there are.

    Attributes:
        main: Of main memory, for all of the process.
        device: Of the device's own, for the run; None where there is none.
        why: Where the first number comes from, for the message.
    """

    main: int
    device: int | None = None
    why: str = "free"

    def hold(self, need: MemoryNeed) -> bool:
        """Whether a run fits, even if it takes :data:`TOLERANCE` more than predicted."""
        if self.device is not None and need.device * TOLERANCE > self.device:
            return False
        return need.ahead * TOLERANCE <= self.main


@dataclass(frozen=True, slots=True)
class Fitted:
    """Settings that fit.

    Attributes:
        settings: To work with.
        need: What the run takes with them.
        steps: What was changed and what it costs, a sentence each; empty where nothing was.
    """

    settings: Settings
    need: MemoryNeed
    steps: tuple[str, ...] = ()


def fit(settings: Settings, need_of: NeedOf, limits: Limits) -> Fitted:
    """The settings, changed by the rules above as far as they must be.

    Args:
        settings: What was asked for.
        need_of: What the run takes with other settings.
        limits: What there is.

    Raises:
        MemoryLimitError: not even the smallest run fits.
    """
    need = need_of(settings)
    steps = []
    for rule, told in _RULES:
        before = settings
        for smaller in rule(settings, need):
            if limits.hold(need):
                break
            found = need_of(smaller)
            if found.ahead + found.device < need.ahead + need.device:
                settings, need = smaller, found
        if settings is not before:
            steps.append(told(before, settings))
    if not limits.hold(need):
        raise _too_little(need, limits)
    return Fitted(settings, need, tuple(steps))


def _cache(settings: Settings, need: MemoryNeed) -> Iterator[Settings]:
    """Eighths of what would be kept."""
    kept = sum(part.nbytes for part in need.parts if part.name == "cache")
    for eighths in range(7, -1, -1):
        yield replace(settings, cache_bytes=min(settings.cache_bytes, kept * eighths // 8))


def _objects(settings: Settings, need: MemoryNeed) -> Iterator[Settings]:
    count = min(settings.objects_at_once, need.workload.objects) // 2
    while count:
        yield replace(settings, objects_at_once=count)
        count //= 2


def _frames(settings: Settings, need: MemoryNeed) -> Iterator[Settings]:
    del need
    for count in range(settings.max_memory - 1, 0, -1):
        yield replace(settings, max_memory=count)


def _resolution(settings: Settings, need: MemoryNeed) -> Iterator[Settings]:
    side = settings.short_side
    if not settings.enlarge:
        side = min(side, *need.workload.plate)
    for smaller in range((side - 1) // _STEP * _STEP, LEAST_SIDE - 1, -_STEP):
        yield replace(settings, short_side=smaller)


def _cache_told(before: Settings, after: Settings) -> str:
    sizes = f"{size_text(after.cache_bytes)} instead of {size_text(before.cache_bytes)}"
    return f"Encoded frames are kept up to {sizes}: a second pass takes longer."


def _objects_told(before: Settings, after: Settings) -> str:
    counts = f"{after.objects_at_once} instead of {before.objects_at_once}"
    return f"Objects go through the network {counts} at a time, which takes a little longer."


def _frames_told(before: Settings, after: Settings) -> str:
    counts = f"{after.max_memory} instead of {before.max_memory}"
    return f"Predicted frames are remembered up to {counts}: mattes may be less steady."


def _resolution_told(before: Settings, after: Settings) -> str:
    sides = f"{after.short_side} instead of {before.short_side}"
    return f"The network works at a shorter side of {sides} pixels: edges are less fine."


_RULES: tuple[tuple[_Rule, _Told], ...] = (
    (_cache, _cache_told),
    (_objects, _objects_told),
    (_frames, _frames_told),
    (_resolution, _resolution_told),
)


def _too_little(need: MemoryNeed, limits: Limits) -> MemoryLimitError:
    text = f"The smallest run takes {size_text(need.ahead * TOLERANCE)} of memory"
    if need.ahead * TOLERANCE > limits.main:
        there = f"{size_text(limits.main)} is {limits.why}"
    else:
        text = f"The smallest run takes {size_text(need.device * TOLERANCE)} of the device's memory"
        there = f"{size_text(limits.device or 0)} is free"
    return MemoryLimitError(f"{text} but {there}; close other programs, or follow fewer objects.")
