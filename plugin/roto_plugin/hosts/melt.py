"""Runs ``melt``, the command that renders MLT projects."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from roto.errors import HostError
from roto_plugin.hosts.mlt_xml import BLEND

if TYPE_CHECKING:
    from collections.abc import Sequence

_INSTALL = "on Debian and Ubuntu: apt-get install melt frei0r-plugins"
_ASK_S, _QUIET_S, _ASLEEP_S, _STALLED_S = 0.05, 2.0, 4.0, 120.0
_BUSY = 0.01  # of a processor; a melt that only waits for itself needs less than a tenth of that
_ATTEMPTS = 6


def version() -> str:
    """Version of the ``melt`` on the path; "" where there is none."""
    command = shutil.which("melt")
    return "" if command is None else _version(command)


def render(output: Path, folder: Path, frames: Sequence[int]) -> dict[int, Path]:
    """Render a project to 8-bit PNG pictures.

    Args:
        output: The project.
        folder: Where to.
        frames: Numbers of its frames, from the first on.

    Raises:
        HostError: there is no ``melt``, a plug-in is missing, or it fails.
    """
    _check_installed()
    pictures = {frame: folder / f"melt.{frame:04d}.png" for frame in frames}
    command = ["melt", "-silent", str(output.absolute()), "-consumer"]
    command += [f"avformat:{folder / 'melt.%04d.png'}", f"start_number={frames[0]}", "f=image2"]
    command += ["vcodec=png", "pix_fmt=rgb24", "mlt_image_format=rgb", "an=1", "real_time=-1"]
    # The consumer of 7.12 sets its flag "running" after it has started its thread. A thread that
    # looks for it sooner ends at once: melt returns 0 without a picture, or waits for ever.
    said = ""
    for left in reversed(range(_ATTEMPTS)):
        did_nothing, said = _attempt(command, list(pictures.values()), output, may_retry=left > 0)
        if not did_nothing:
            break
    missing = [frame for frame, path in pictures.items() if not path.is_file()]
    if missing:
        reason = said.splitlines()[-1] if said else "it does not say why"
        raise HostError(f"melt rendered no frame {missing[0]} of {output}: {reason}.")
    return pictures


def _attempt(
    command: list[str], pictures: Sequence[Path], output: Path, *, may_retry: bool
) -> tuple[bool, str]:
    """Run melt once; returns whether it rendered nothing without a reason, and what it said."""
    with TemporaryFile() as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_environment()
        )
        try:
            asleep = _wait(process, pictures, output, may_retry=may_retry)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
        log.seek(0)
        empty = process.returncode == 0 and not any(map(Path.is_file, pictures))
        return asleep or empty, log.read().decode(errors="replace").strip()


def _wait(
    process: subprocess.Popen[bytes], pictures: Sequence[Path], output: Path, *, may_retry: bool
) -> bool:
    """Until it has ended, or has written everything: melt 7.12 sometimes sleeps on at its end.

    Returns:
        Whether it was found asleep before its first picture; looked for with ``may_retry`` only.

    Raises:
        HostError: it does not go on.
    """
    state, since = -1, time.monotonic()
    used, looked = 0.0, since
    while process.poll() is None:
        sizes = [path.stat().st_size for path in pictures if path.is_file()]
        now = time.monotonic()
        if sum(sizes) != state:
            state, since = sum(sizes), now
        if len(sizes) == len(pictures) and now - since > _QUIET_S:
            return False
        if may_retry and not sizes and now - looked > _ASLEEP_S:
            before, used = used, _processor_seconds(process.pid)
            if used - before < _BUSY * (now - looked):
                return True
            looked = now
        if now - since > _STALLED_S:
            raise HostError(f"melt stands still while it renders {output}; it was stopped.")
        time.sleep(_ASK_S)
    return False


def _processor_seconds(process: int) -> float:
    """What a process has used so far; always more than before where there is no way to tell."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return time.monotonic()
    ticks: int = os.sysconf("SC_CLK_TCK")
    return (int(fields[11]) + int(fields[12])) / ticks


def _check_installed() -> None:
    command = shutil.which("melt")
    if command is None:
        raise HostError(f"There is no melt to render with; {_INSTALL}.")
    if not _can_blend(command):  # melt would leave it out and return 0
        raise HostError(f"This melt has no {BLEND}; {_INSTALL}.")


@cache
def _version(command: str) -> str:
    found = re.search(r"melt (\S+)", _answer(command, "--version"))
    return found[1] if found else "unknown"


@cache
def _can_blend(command: str) -> bool:
    return BLEND in _answer(command, "-query", "transitions")


def _answer(*command: str) -> str:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=_environment(),
            check=False,
            timeout=_STALLED_S,
        )
    except subprocess.TimeoutExpired:
        raise HostError("melt does not answer; is it well installed?") from None
    return (done.stdout + done.stderr).decode(errors="replace")


def _environment() -> dict[str, str]:
    """Without a display and Qt's settings: OpenCV and Qt leave some that end melt."""
    found = {key: value for key, value in os.environ.items() if not key.startswith("QT_")}
    found.pop("DISPLAY", None)
    return found
