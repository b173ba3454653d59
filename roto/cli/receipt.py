"""``roto receipt``: what the last run changed, to be accepted or brought back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from roto.cli.output import emit, say
from roto.cli.projects import command_line, opened, range_of
from roto.cli.texts import count, shown

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from roto.session import Session
    from roto.session.receipts import Change


def run(options: argparse.Namespace) -> int:
    """Print the receipt, accept it, or bring frames back."""
    edits = options.accept or options.revert is not None
    with opened(options, read_only=not edits) as session:
        if options.revert is not None:
            _revert(options, session)
        elif options.accept:
            _accept(options, session)
        else:
            _show(options, session)
    return 0


def _show(options: argparse.Namespace, session: Session) -> None:
    receipt = session.receipt()
    if receipt is None:
        say("There is no receipt: nothing was run, or it was accepted.", json_lines=options.json)
        return
    changes = list(receipt.changes)
    if options.sort == "change":
        changes.sort(key=lambda c: (-c.pixels, c.frame, c.object))
    if options.json:
        for change in changes:
            _emit(change)
        emit("receipt", label=receipt.label, changes=len(changes))
        return
    say(f"{receipt.label}.")
    _say_found(changes)
    _table([change for change in changes if not change.first])
    if changes:
        say(f"Next: {command_line('receipt', options, '--accept')}, or --revert A-B")


def _say_found(changes: Sequence[Change]) -> None:
    """What was found for the first time has nothing to be compared with: one line will do."""
    for name in dict.fromkeys(change.name for change in changes if change.first):
        frames = sorted(c.frame for c in changes if c.first and c.name == name)
        say(f"{name}: found for the first time at {shown(frames)}")


def _table(changes: Sequence[Change]) -> None:
    if not changes:
        return
    head = ("frame", "object", "pixels", "overlap", "edge moved by")
    rows = [head, *(_row(change) for change in changes)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    for frame, name, *figures in rows:
        cells = [f"{text:>{width}}" for text, width in zip(figures, widths[2:], strict=True)]
        say("  ".join([f"{frame:>{widths[0]}}", f"{name:<{widths[1]}}", *cells]))


def _row(change: Change) -> tuple[str, ...]:
    moved = f"{change.boundary:.1f} px" if math.isfinite(change.boundary) else "all of it"
    overlap = f"{100 * change.iou:.1f} %"
    return str(change.frame), change.name, str(change.pixels), overlap, moved


def _emit(change: Change) -> None:
    boundary = round(change.boundary, 2) if math.isfinite(change.boundary) else None
    emit(
        "change",
        frame=change.frame,
        object=change.name,
        pixels=change.pixels,
        iou=round(change.iou, 4),
        boundary=boundary,  # JSON knows no infinity
        first=change.first,
    )


def _revert(options: argparse.Namespace, session: Session) -> None:
    frames = session.revert(range_of(session, options.revert))
    if options.json:
        emit("revert", frames=frames)
    text = (
        f"Brought back {shown(frames)} ({count(len(frames), 'frame')}); they are open again: "
        "roto lock keeps them, the next roto run finds them anew."
    )
    if not frames:
        text = f"The last run changed nothing in {options.revert}."
    say(text, json_lines=options.json)


def _accept(options: argparse.Namespace, session: Session) -> None:
    receipt = session.receipt()
    session.accept()
    if options.json:
        emit("accept", accepted=receipt is not None)
    text = "There is nothing to accept." if receipt is None else f"Accepted: {receipt.label}."
    say(text, json_lines=options.json)
