"""Finished files are replaced only where that was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from roto.cli.texts import count
from roto.errors import ExportError
from roto.export.outputs import existing

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable


def overlays(options: argparse.Namespace) -> list[Path]:
    """The movie of ``--overlay``, if there is to be one."""
    return [Path(options.overlay)] if options.overlay else []


def check_replaced(
    options: argparse.Namespace, mattes: Iterable[Path], resuming: str | None
) -> None:
    """Make sure that no file is replaced without ``--overwrite`` or ``--resume``.

    Args:
        options: Of ``roto export`` or ``roto propagate``.
        mattes: Files that are going to be written besides the overlay.
        resuming: What ``--resume`` would do with them; None where it cannot be had.

    Raises:
        ExportError: some are there already; nothing was written.
    """
    if options.overwrite or options.resume:
        return
    found = existing(list(dict.fromkeys(mattes)))
    there = [*found, *existing(overlays(options))]
    if not there:
        return
    are, them = ("is", "it") if len(there) == 1 else ("are", "them")
    ways = [f"--overwrite replaces {them}"]
    if found and resuming is not None:
        ways.append(f"--resume {resuming}")
    raise ExportError(
        f"{count(len(there), 'file')} {are} there already, such as {there[0]}: "
        f"{', '.join(ways)}, or choose another name."
    )
