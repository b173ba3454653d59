"""How much memory there is, and how much this process has. Read from the system, without extras."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from roto.budget.fitting import Limits
from roto.budget.needs import Program
from roto.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "ROTO_MEMORY"
"""Environment variable: what a process of roto may take, such as ``4G``; ``off`` for no bound."""

NO_BOUND = 2**62
"""Bytes that stand for: run as asked, whatever there is."""

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_BINARY = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_UNKNOWN = 500 * 10**6  # of a program that cannot be measured
_NO_LIMIT = 2**60  # control groups write "no limit" as a number of this size


def parse_bytes(text: str | int) -> int:
    """``4G``, ``4GB``, ``500M``, ``2GiB``, ``off`` or a number of bytes.

    Raises:
        SettingsError: none of these.
    """
    if isinstance(text, str) and text.strip().lower() == "off":
        return NO_BOUND
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(I?)B?\s*", str(text).upper())
    if found is None or not float(found[1]):
        raise SettingsError(f"{text!r:.40} is no size of memory; give one such as 4G or 800M.")
    unit = (_BINARY if found[3] else _UNITS)[found[2]]
    return int(float(found[1]) * unit)


def limits_here(
    program: Program, asked: str | int | None = None, *, device: int | None = None
) -> Limits:
    """What a run may take: as asked, as the environment says, or what is free.

    Args:
        program: What the process has already.
        asked: Bytes, or a text such as ``4G``, for all of the process.
        device: What is free on the engine's device; None if it works in main memory.
    """
    if asked is not None:
        return Limits(parse_bytes(asked), device, "the limit that was given")
    if os.environ.get(VARIABLE):
        return Limits(parse_bytes(os.environ[VARIABLE]), device, f"the limit of ${VARIABLE}")
    return Limits(program.now + free_memory(), device, "free")


def measure() -> Program:
    """What this process takes now and has taken at most."""
    status = _fields(Path("/proc/self/status"))
    if "VmRSS" in status:
        return Program(status["VmRSS"], status["VmHWM"])
    if sys.platform == "win32":
        return Program(_UNKNOWN, _UNKNOWN)
    import resource  # Unix only

    unit = 1 if sys.platform == "darwin" else 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return Program(most, most)


def free_memory() -> int:
    """Bytes that can still be had: of the machine, and of the control group that holds us."""
    free = [_free_of_machine(), *_free_of_groups(Path("/sys/fs/cgroup"))]
    return max(0, min(free))


def _free_of_machine() -> int:
    known = _fields(Path("/proc/meminfo"))
    if "MemAvailable" in known:
        return known["MemAvailable"]
    if sys.platform == "win32":
        return _free_of_windows()
    # Elsewhere the system does not say; half of what is built in is what it can make free.
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2


def _free_of_windows() -> int:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = [
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "a", "b", "c", "d", "e")),
        ]

    status = Status()
    status.length = ctypes.sizeof(status)
    ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))  # type: ignore[attr-defined]
    return int(status.free)


def _free_of_groups(root: Path) -> Iterator[int]:
    """What each control group above this process leaves, version 2 and 1."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, name = line.split(":", 2)
        if controllers not in ("", "memory"):
            continue
        top = root / "memory" if controllers else root
        limit, used = _NAMES[bool(controllers)]
        inside = Path(name.lstrip("/"))
        for group in (top / inside, *(top / parent for parent in inside.parents)):
            yield from _free_of_group(group, limit, used)


_NAMES = {
    False: ("memory.max", "memory.current"),
    True: ("memory.limit_in_bytes", "memory.usage_in_bytes"),
}


def _free_of_group(group: Path, limit: str, used: str) -> Iterator[int]:
    most, now = _number(group / limit), _number(group / used)
    if most is None or now is None or most >= _NO_LIMIT:
        return
    # Files that were read count as used and are let go of when memory is wanted.
    yield most - now + _fields(group / "memory.stat", unit=1).get("inactive_file", 0)


def _number(path: Path) -> int | None:
    """The number in a file; None if there is none, as in ``max``."""
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _fields(path: Path, unit: int = 1024) -> dict[str, int]:
    """Lines such as ``VmRSS:  1234 kB`` or ``inactive_file 1234``, in bytes."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return {}
    words = (line.replace(":", " ").split() for line in lines)
    return {w[0]: int(w[1]) * unit for w in words if len(w) > 1 and w[1].isdigit()}
