"""``roto export --host``: a project of an editor or compositor, with its mattes beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roto.cli import package
from roto.cli.output import emit, say
from roto.cli.texts import count
from roto.errors import SettingsError
from roto.hosts import exporting

if TYPE_CHECKING:
    import argparse


def export(options: argparse.Namespace) -> int:
    """Write a package, then the project.

    Raises:
        SettingsError: no project is named.
        HostError: roto's adapters are not installed, or this one cannot do it.
    """
    if options.output is None:
        raise SettingsError("Say which project to write, as --host mlt -o shot.mlt.")
    hosts = exporting()
    order = hosts.prepare(
        options.host,
        options.output,
        feature=options.feature,
        background=options.background,
        gain=options.gain,
        overwrite=options.overwrite,
    )
    options.package = str(order.folder)
    options.with_ = [*options.with_, *order.needs]
    packaged = package.write(options)
    result = hosts.finish(order, packaged)
    if options.json:
        told = {"package": options.package, "losses": result.losses, "warnings": result.warnings}
        emit("end", project=result.output, host=options.host, files=result.files, **told)
        return 0
    files = count(len(packaged.files), "file")
    say(f"Wrote {result.output} for {result.title}, and {files} to {options.package}.")
    for text in result.losses:
        say(f"  not kept: {text}")
    for text in result.warnings:
        say(f"  note: {text}")
    return 0


def check_unused(options: argparse.Namespace) -> None:
    """Make sure that no option of a host's project is given without one.

    Raises:
        SettingsError: one is.
    """
    given = options.of_hosts.given(options)
    if given:
        raise SettingsError(f"{given} is about the project of a host: add --host NAME.")
