"""``roto export --package`` and ``roto verify``: mattes in a folder that any host understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roto.cli.common import Progress
from roto.cli.output import emit, say
from roto.cli.projects import choice_of, chosen, command_line, range_of
from roto.cli.texts import count, shown
from roto.delivery import Gaps, Order, gaps
from roto.errors import ExportError, SettingsError
from roto.export import FramePattern
from roto.opening import open_session
from roto.package import (
    FileCheck,
    Package,
    PackageOrder,
    check_files,
    read_package,
    write_package,
)

if TYPE_CHECKING:
    import argparse

    from roto.session import Session


def export(options: argparse.Namespace) -> int:
    """Write a package; frames that nobody has found are an error unless ``--partial``."""
    _tell(options, write(options))
    return 0


def write(options: argparse.Namespace) -> Package:
    """The same without saying so at its end."""
    _check_alone(options)
    choice = choice_of(options)  # what is stale depends on it, and the package tells
    with open_session(
        options.project,
        clip=options.plate,
        model=choice.model,
        settings=choice.settings,
        read_only=True,
    ) as session:
        order = _order(options, session)
        if not options.partial:
            _check_found(options, session, order)
        files = 0
        with Progress(json_lines=options.json) as progress:
            for one in write_package(session, options.package, order):
                files += len(one.files)
                progress.frame(one.event, [str(path) for path in one.files])
        return read_package(options.package)


def verify(options: argparse.Namespace) -> int:
    """Say which files of a package are not what they were; returns 1 if any is gone or changed."""
    package = read_package(options.package)
    found = []
    for one in check_files(package):
        found.append(one)
        if options.json:
            emit("file", file=one.file, state=one.state, note=one.note)
        elif one.state != "ok":
            say(f"{one.state:<8}{one.file}" + (f": {one.note}" if one.note else ""))
    counts = {state: _count(found, state) for state in ("ok", "changed", "missing", "extra")}
    whole = not counts["changed"] and not counts["missing"]
    if options.json:
        emit("end", package=options.package, whole=whole, **counts)
    more = [f"{number} {state}" for state, number in counts.items() if number and state != "ok"]
    state = ", ".join([f"{count(counts['ok'], 'file')} as written", *more])
    say(f"{options.package}: {state}. {_summary(package)}", json_lines=options.json)
    return 0 if whole else 1


def _check_alone(options: argparse.Namespace) -> None:
    given = options.of_files.given(options)
    if given:
        raise SettingsError(
            f"{given} says nothing about a package; leave it out, or choose what is in it by "
            "--with."
        )


def check_unused(options: argparse.Namespace) -> None:
    """Make sure that no option of a package is given without one.

    Raises:
        SettingsError: one is.
    """
    given = options.of_packages.given(options)
    if given:
        raise SettingsError(f"{given} is about a package: add --package FOLDER, not -o.")


def _order(options: argparse.Namespace, session: Session) -> PackageOrder:
    names = [name.strip() for text in options.with_ for name in text.split(",")]
    return PackageOrder(
        objects=list(chosen(session, options.object)),
        range=range_of(session, options.range),
        handles=options.handles,
        also=[name for name in names if name],
        overwrite=options.overwrite,
        partial=options.partial,
    )


def _check_found(options: argparse.Namespace, session: Session, order: PackageOrder) -> None:
    """The same as ``write_package`` does, but with the command to type next."""
    frames, _ = order.frames(session)
    found: Gaps = gaps(session, Order(order.names(session), frames, FramePattern("mattes")))
    if found:
        again = command_line("run", options)
        raise ExportError(f"{found}: first {again}, or export with --partial.")


def _tell(options: argparse.Namespace, package: Package) -> None:
    if options.json:
        emit("end", package=options.package, files=len(package.files))
    text = f"Wrote {count(len(package.files), 'file')} to {options.package}. {_summary(package)}"
    say(text, json_lines=options.json)


def _summary(package: Package) -> str:
    """What is in it: ``box, bar at 1001-1006 as exr, png; bar is stale at 1004``."""
    kinds = dict.fromkeys(way.format for one in package.objects for way in one.representations)
    doubts = [
        f"{one.name} is {state} at {shown(one.states[state])}"
        for one in package.objects
        for state in ("missing", "open", "stale")
        if state in one.states
    ]
    names = ", ".join(one.name for one in package.objects)
    text = f"{names} at {shown(package.clip.frames)} as {', '.join(kinds)}"
    return "; ".join([text, *doubts]) + "."


def _count(found: list[FileCheck], state: str) -> int:
    return sum(one.state == state for one in found)
