"""The desktop app on the same project: the engine lets go of it, the app takes it.

One process at a time may write a project. The engine closes it before the app is started, and
waits until the app has the project's lock, or has ended without it. When the app is closed the
clients are told, and may open the project again.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from roto.project.lock import lock_path
from roto_plugin.protocol import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SECONDS = 60.0  # for Qt and the window, from a cold disk
_STEP_SECONDS = 0.1
_DETACHED = 0x00000008 | 0x00000200 if sys.platform == "win32" else 0


def start_app(project: Path, ended: Callable[[int, int], None]) -> int:
    """Start ``roto gui PROJECT``, which outlives this process; waits until it has the project.

    Args:
        project: Closed here.
        ended: Called in a thread with the app's process id and exit code, when it has ended.

    Returns:
        Its process id.

    Raises:
        ProtocolError: it did not start; the message says why.
    """
    with tempfile.TemporaryFile() as words:
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", "roto", "gui", str(project)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=words,
                start_new_session=True,
                creationflags=_DETACHED,
            )
        except OSError as error:
            raise ProtocolError("AppError", f"The app cannot be started: {error}.") from error
        _wait(process, project)
        if process.poll() is not None:
            words.seek(0)
            said = words.read().decode("utf-8", "replace").strip() or "it said nothing"
            last = said.splitlines()[-1][:300]
            raise ProtocolError("AppError", f"The app ended at once: {last}")

    def watch() -> None:
        code = process.wait()
        ended(process.pid, code)

    threading.Thread(target=watch, name="roto app", daemon=True).start()
    return process.pid


def _wait(process: subprocess.Popen[bytes], project: Path) -> None:
    until = time.monotonic() + _SECONDS
    while process.poll() is None and time.monotonic() < until:
        if _writer(project) == process.pid:
            return
        time.sleep(_STEP_SECONDS)


def _writer(project: Path) -> int | None:
    """The process that has the project's lock, as its file says."""
    with suppress(OSError, ValueError):
        return int(lock_path(project).read_text(encoding="ascii"))
    return None
