"""``roto export``: mattes of what a project knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from roto.cli.common import Progress
from roto.cli.output import emit, say
from roto.cli.projects import chosen, command_line, opened, range_of
from roto.cli.propagate import MatteWriter, write_overlay_movie
from roto.cli.texts import count, shown
from roto.errors import ExportError
from roto.export import FramePattern
from roto.export.stills import depth_of
from roto.passes import Propagated

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Mapping, Sequence

    from roto.masks import LabelMap
    from roto.session import Session


def run(options: argparse.Namespace) -> int:
    """Write mattes; frames that nobody has found are an error unless ``--partial``."""
    with opened(options, read_only=True) as session:
        names = chosen(session, options.object)
        numbers = session.source.frame_numbers
        first, last = range_of(session, options.range) or (numbers[0], numbers[-1])
        frames = [frame for frame in numbers if first <= frame <= last]
        pattern = FramePattern(options.output)
        pattern.check(list(names.values()), frame_count=len(frames))
        depth_of(pattern.path(first, ""), options.bit_depth)  # now, not after the first frame
        missing = _check_known(options, session, names, frames)
        written = _write(options, session, MatteWriter(pattern, options.bit_depth), frames, missing)
        if options.overlay:
            _write_overlay(Path(options.overlay), session, names, frames)
        if options.json:
            emit("end", files=written)
        text = f"Wrote {count(written, 'matte')} of {', '.join(names.values())}: {pattern.template}"
        say(text, json_lines=options.json)
    return 0


def _check_known(
    options: argparse.Namespace, session: Session, names: Mapping[int, str], frames: Sequence[int]
) -> dict[int, frozenset[int]]:
    """Per object the frames at which nothing is known of it.

    Raises:
        ExportError: there are such frames, or open ones, and ``--partial`` was not given.
    """
    if not names:
        raise ExportError("There is nothing to export: the project has no objects.")
    status, inside = session.status(), set(frames)
    found = {
        state: {i: sorted(inside.intersection(status.frames(state, i))) for i in names}
        for state in ("missing", "open")
    }
    due = [
        f"{names[i]} is {state} at {shown(where)}"
        for state, objects in found.items()
        for i, where in objects.items()
        if where
    ]
    if due and not options.partial:
        again = command_line("run", options)
        raise ExportError(f"{'; '.join(due)}: first {again}, or export with --partial.")
    return {i: frozenset(where) for i, where in found["missing"].items()}


def _write(
    options: argparse.Namespace,
    session: Session,
    writer: MatteWriter,
    frames: Sequence[int],
    missing: Mapping[int, Collection[int]],
) -> int:
    """Write every object's mattes; returns how many files."""
    written = 0
    with Progress(json_lines=options.json) as progress:
        for done, frame in enumerate(frames, start=1):
            result = session.result(frame)
            files = writer.write(result, [i for i in missing if frame not in missing[i]])
            written += len(files)
            event = Propagated(frame, result, done, len(frames))
            progress.frame(event, [str(path) for path in files])
    return written


def _write_overlay(
    path: Path, session: Session, objects: Collection[int], frames: Collection[int]
) -> None:
    ids = np.array(sorted(objects), np.uint8)

    def labels(frame: int) -> LabelMap:
        found = session.result(frame).label_map
        return np.where(np.isin(found, ids), found, np.uint8(0))

    write_overlay_movie(path, session.source, frozenset(frames), labels)
