"""How a client gets its engine: the command, the environment, and why there is none.

The standard library only, and Python 3.9: see ``client.py``.
"""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

from .link import Link, Process, Socket

if TYPE_CHECKING:
    from collections import deque

_FOREIGN = ("PYTHON", "QT_", "LD_PRELOAD", "__PYVENV_LAUNCHER__", "VIRTUAL_ENV", "OCIO")
MOST_CRASHES = 3
"""So many in two minutes, and one more: it makes no sense to start the engine again."""

_CRASH_SECONDS = 120.0


def engine_command(interpreter: str, *options: str) -> list[str]:
    """How to start the engine with the Python that roto is installed in."""
    return [interpreter, "-m", "roto_plugin.server", *options]


def engine_environment() -> dict[str, str]:
    """The host's environment without what hosts set for their own Python and Qt."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(_FOREIGN)}
    kept.update({n: v for n, v in os.environ.items() if n.startswith("QT_QPA_PLATFORM")})
    # No module beside the host's working folder may stand in for one of Python's.
    kept.update(PYTHONUTF8="1", PYTHONSAFEPATH="1", PYTHONUNBUFFERED="1")
    return kept


class Starter:
    """Starts an engine, or joins one that somebody else started; counts how often it ended.

    Args:
        command: How to start it; see :func:`engine_command`.
        environment: Of the engine; None for :func:`engine_environment`.
        token_file: Join the engine that wrote this file instead.

    Attributes:
        who: What messages call the engine: its interpreter, or the token file.
    """

    def __init__(
        self,
        command: list[str] | None = None,
        environment: dict[str, str] | None = None,
        token_file: str | None = None,
    ) -> None:
        self._command, self._environment, self._token_file = command or [], environment, token_file
        self.who = token_file or (self._command or ["No Python"])[0]
        self._crashes: list[float] = []

    def dial(self, hello: dict[str, Any], log: deque[str]) -> Link:
        """Start the engine, or join it.

        Args:
            hello: Parameters of the hello that comes next; the token goes into it.
            log: Where the engine's last lines go.

        Raises:
            OSError, ValueError, LookupError, TypeError: it cannot be; see :meth:`why_not`.
        """
        if self._token_file is None:
            return Process(self._command, self._environment or engine_environment(), log)
        with open(self._token_file, encoding="utf-8") as file:
            known = json.load(file)
        hello["token"] = known["token"]
        return Socket(known["port"])

    def why_not(self, log: deque[str], error: Exception | None = None) -> str:
        """Why there is no engine: one sentence, and what to do.

        Args:
            log: The engine's last lines.
            error: What :meth:`dial` raised; None where the engine ended before it answered.
        """
        if self._token_file is not None:
            return f"No engine can be joined by {self._token_file}; it has ended."
        lines = [line.strip() for line in log if line.strip()]
        missing = [line for line in lines if "No module named" in line and "roto" in line]
        if isinstance(error, OSError):
            why = error.strerror or error
            return f"{self.who} cannot be started: {why}; choose roto's Python."
        if missing:
            return f"{self.who} is a Python without roto; choose that of roto's own environment."
        said = lines[-1][:300] if lines else "it said nothing"
        return f"{self.who} ended before it was ready: {said}"

    def count_crash(self) -> int:
        """The engine ended by itself; returns how often it did of late."""
        now = time.monotonic()
        self._crashes = [t for t in self._crashes if now - t < _CRASH_SECONDS] + [now]
        return len(self._crashes)

    def forget(self) -> None:
        """Begin to count anew."""
        self._crashes.clear()
