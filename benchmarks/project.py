"""What a project file costs: an edit, a frame's result, undo, and opening a large one.

    python benchmarks/project.py [--frames 1000]

Two objects on all frames, and half as many edits as there are frames. Sizes of what is stored are
those of a stroke at 1080p and of a packed result. The project is temporary, on the disk that
``TMPDIR`` says.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tables import print_machine, print_table, spread

from roto.project import ClipRecord, KeyframeRecord, ObjectRecord, Project, ResultRecord

if TYPE_CHECKING:
    from collections.abc import Callable

STROKE, RESULT = 5000, 6000  # bytes
OBJECTS = (1, 2)


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=1000)
    frames = range(1, parser.parse_args().frames + 1)
    print_machine()
    rows: list[list[object]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shot.roto"
        with new_project(path, len(frames)) as project:
            results = [timed(partial(propagate, project, f)) for f in frames]
            rows.append(["a frame's results, 2 objects", *spread(results)])
            rows.append(["undo of all of them", *spread([timed(project.undo)])])
            rows.append(["redo of all of them", *spread([timed(project.redo)])])
            edits = [timed(partial(paint, project, f)) for f in frames[::2]]
            rows.append(["a stroke, on disk", *spread(edits)])
        rows.append(
            ["open it and read all rows", *spread([timed(partial(look, path)) for _ in "123"])]
        )
        megabytes = path.stat().st_size / 2**20
    title = f"A project of {len(frames)} frames, {len(frames) // 2} edits, {megabytes:.1f} MiB"
    print_table(title, ["what", "median ms", "99 %", "worst"], rows)


def new_project(path: Path, count: int) -> Project:
    """Two objects on a clip of so many frames, numbered from 1."""
    clip = ClipRecord("plate.mov", "", None, "", 1920, 1080, "24", 1, count, "display")
    project = Project.create(clip, path)
    with project.edit("objects") as edit:
        for number in OBJECTS:
            edit.put_object(ObjectRecord(number, f"object {number}", (255, 0, 0)))
    return project


def paint(project: Project, frame: int) -> None:
    """A stroke."""
    with project.edit("paint") as edit:
        blob = edit.put_blob(os.urandom(STROKE))
        edit.put_keyframe(KeyframeRecord(frame, 1, blob, "painted"))


def propagate(project: Project, frame: int) -> None:
    """What a propagation stores of one frame; all of it is one step of undo."""
    with project.edit("propagate", join=True, durable=False) as edit:
        made = edit.put_provenance({"model": "small"})
        for number in OBJECTS:
            blob = edit.put_blob(os.urandom(RESULT))
            between = f"1:{'a' * 16}", f"2:{'b' * 16}"
            edit.put_result(ResultRecord(frame, number, blob, 0.9, *between, made))


def look(path: Path) -> None:
    """What the window asks for when it opens a project."""
    with Project.open(path) as project:
        dict(project.keyframes())
        dict(project.results())
        project.steps()


def timed(call: Callable[[], object]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    main()
