"""``roto export``: mattes of what a project knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from roto.cli import host, package
from roto.cli.common import Progress
from roto.cli.looks import order_from
from roto.cli.output import emit, say
from roto.cli.projects import chosen, command_line, opened, range_of
from roto.cli.propagate import write_overlay_movie
from roto.cli.texts import count
from roto.delivery import Gaps, deliver, gaps, needs_all, only
from roto.errors import ExportError
from roto.export.inputs import spare
from roto.media import files_of

if TYPE_CHECKING:
    import argparse

    from roto.delivery import Order
    from roto.masks import LabelMap
    from roto.session import Session

_WORDS = {"matte": "matte", "cutout": "cut-out", "over": "picture"}


def run(options: argparse.Namespace) -> int:
    """Write mattes; frames that nobody has found are an error unless ``--partial``."""
    if options.host is not None:
        return host.export(options)
    host.check_unused(options)
    if options.package is not None:
        return package.export(options)
    package.check_unused(options)
    with opened(options, read_only=True) as session:
        names = chosen(session, options.object)
        numbers = session.source.frame_numbers
        first, last = range_of(session, options.range) or (numbers[0], numbers[-1])
        frames = [frame for frame in numbers if first <= frame <= last]
        order = order_from(options, names, frames)
        order.check()  # now, not after the first frame
        found = gaps(session, order)
        if found and not options.partial:
            again = command_line("run", options)
            other = "" if needs_all(order, found) else ", or export with --partial"
            raise ExportError(f"{found}: first {again}{other}.")
        if options.overlay:
            spare(files_of(session.source), [Path(options.overlay)])
        written, kept = _write(options, session, order, found)
        if options.overlay:
            _write_overlay(Path(options.overlay), session, order)
        if options.json:
            emit("end", files=written, kept=kept)
        template = order.pattern.template
        text = f"Wrote {count(written, _WORDS[order.look.content])} of {', '.join(names.values())}"
        more = f", {kept} kept" if kept else ""
        say(f"{text}{more}: {template}", json_lines=options.json)
    return 0


def _write(
    options: argparse.Namespace, session: Session, order: Order, found: Gaps
) -> tuple[int, int]:
    """Write every object's mattes; returns how many files, and how many were kept."""
    written: set[Path] = set()  # all frames of a movie go to one
    kept: set[Path] = set()
    with Progress(json_lines=options.json) as progress:
        for one in deliver(session, order, found):
            written.update(one.files)
            kept.update(one.kept)
            progress.frame(one.event, [str(path) for path in one.files])
    return len(written), len(kept)


def _write_overlay(path: Path, session: Session, order: Order) -> None:
    def labels(frame: int) -> LabelMap:
        return only(session.result(frame).label_map, list(order.names))

    write_overlay_movie(path, session.source, frozenset(order.frames), labels)
