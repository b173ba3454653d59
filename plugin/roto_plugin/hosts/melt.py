"""Runs ``melt``, the command that renders MLT projects."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from roto.errors import HostError
from roto_plugin.hosts.mlt_xml import BLEND

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_INSTALL = "on Debian and Ubuntu: apt-get install melt frei0r-plugins"
_ASK_S, _QUIET_S, _STALLED_S = 0.05, 2.0, 120.0


def version() -> str:
    """Version of the ``melt`` on the path; "" where there is none."""
    if shutil.which("melt") is None:
        return ""
    found = re.search(r"melt (\S+)", _answer("--version"))
    return found[1] if found else "unknown"


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
    with TemporaryFile() as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_environment()
        )
        try:
            _wait(process, list(pictures.values()), output)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
        log.seek(0)
        said = log.read().decode(errors="replace").strip()
    missing = [frame for frame, path in pictures.items() if not path.is_file()]
    if missing:
        reason = said.splitlines()[-1] if said else "it does not say why"
        raise HostError(f"melt rendered no frame {missing[0]} of {output}: {reason}.")
    return pictures


def _wait(process: subprocess.Popen[bytes], pictures: Sequence[Path], output: Path) -> None:
    """Until it has ended, or has written everything: melt 7.12 sometimes sleeps on at its end."""
    state, since = -1, time.monotonic()
    while process.poll() is None:
        sizes = [path.stat().st_size for path in pictures if path.is_file()]
        whole = len(sizes) == len(pictures)
        if sum(sizes) != state:
            state, since = sum(sizes), time.monotonic()
        quiet = time.monotonic() - since
        if whole and quiet > _QUIET_S:
            return
        if quiet > _STALLED_S:
            raise HostError(f"melt stands still while it renders {output}; it was stopped.")
        time.sleep(_ASK_S)


def _check_installed() -> None:
    if shutil.which("melt") is None:
        raise HostError(f"There is no melt to render with; {_INSTALL}.")
    if BLEND not in _answer("-query", "transitions"):  # melt would leave it out and return 0
        raise HostError(f"This melt has no {BLEND}; {_INSTALL}.")


def _answer(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["melt", *arguments],
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
