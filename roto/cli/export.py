"""``roto export``: mattes of what a project knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roto.cli import host, package
from roto.cli.common import Progress
from roto.cli.looks import order_from
from roto.cli.output import emit, say
from roto.cli.projects import chosen, command_line, opened, ranges_of
from roto.cli.propagate import write_overlay_movie
from roto.cli.replacing import check_replaced, overlays
from roto.cli.texts import count
from roto.delivery import Gaps, deliver, gaps, needs_all, only
from roto.errors import ExportError
from roto.export.inputs import spare
from roto.media import files_of
from roto.propagation.shot import frames_within

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

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
        frames = frames_within(session.source, ranges_of(session, options.range), "export")
        order = order_from(options, names, frames)
        order.check()  # now, not after the first frame
        found = gaps(session, order)
        if found and not options.partial:
            again = command_line("run", options)
            other = "" if needs_all(order, found) else ", or export with --partial"
            raise ExportError(f"{found}: first {again}{other}.")
        _check_files(options, session, order, found)
        written, kept = _write(options, session, order, found)
        for path in overlays(options):
            _write_overlay(path, session, order)
        if options.json:
            emit("end", files=written, kept=kept)
        template = order.pattern.template
        text = f"Wrote {count(written, _WORDS[order.look.content])} of {', '.join(names.values())}"
        more = f", {kept} kept" if kept else ""
        say(f"{text}{more}: {template}", json_lines=options.json)
    return 0


def _check_files(options: argparse.Namespace, session: Session, order: Order, found: Gaps) -> None:
    """Make sure that the plate is not written over, and what is finished only if asked for."""
    spare(files_of(session.source), [*order.all_paths(), *overlays(options)])
    gone = {i: frozenset(frames) for i, frames in found.missing.items()}
    mattes = [
        path
        for frame in order.frames
        for path in order.paths(frame, [i for i in order.names if frame not in gone.get(i, ())])
    ]
    resuming = None if order.chosen.key_of is None else "keeps those that are current"
    check_replaced(options, mattes, resuming)


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

    colours = {i: record.colour for i, record in session.objects.items()}
    write_overlay_movie(path, session.source, frozenset(order.frames), labels, colours)
