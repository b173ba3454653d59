"""``roto compact`` and ``roto check``: the project's file, made small and read for damage."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from roto.cli.output import emit, say
from roto.cli.texts import count
from roto.project import Project

if TYPE_CHECKING:
    import argparse


def compact(options: argparse.Namespace) -> int:
    """Make a project's file small, and say by how much; an error while others edit it."""
    path = Path(options.project)
    before = _on_disk(path)
    with Project.open(path) as project:
        steps = len(project.steps().undo)
        project.compact(options.keep_steps)
        left = len(project.steps().undo)
    after = _on_disk(path)  # only now is all of it in one file
    back = max(0, before - after)
    if options.json:
        emit("end", given_back=back, bytes=after, steps=left, forgotten=steps - left)
        return 0
    undo = f"{count(left, 'step')} to undo"
    if left < steps:
        undo += f", {count(steps - left, 'older one')} forgotten"
    say(f"Gave back {_megabytes(back)}: {path} takes {_megabytes(after)} ({undo}).")
    return 0


def check(options: argparse.Namespace) -> int:
    """Read all of a project; also while another process works on it."""
    path = Path(options.project)
    with Project.open(path, read_only=True) as project:
        project.check()
    size = _on_disk(path)
    if options.json:
        emit("end", bytes=size)
    say(f"{path} is whole: {_megabytes(size)} read.", json_lines=options.json)
    return 0


def _on_disk(path: Path) -> int:
    """Bytes of a project's file and of its log; 0 where there is none."""
    real, size = path.resolve(), 0
    for part in (real, real.with_name(f"{real.name}-wal")):
        with suppress(OSError):
            size += part.stat().st_size
    return size


def _megabytes(nbytes: int) -> str:
    return f"{nbytes / 1e6:.1f} MB"
