"""The commands on a project, run in this process on a clip of twelve frames."""

from __future__ import annotations

from shell_projects import json_lines

import roto
import roto.cli.common
import roto.cli.propagate
from roto.cli import main

COUNT = 12
LAST = 1000 + COUNT


def command(name, *more):
    return main([name, "shot.roto", *more])


def failure(capsys, name, *more):
    """The sentence of a command that must fail; the project stays as it is."""
    before = state()
    assert command(name, *more) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("roto: error: ")
    assert captured.err.count("\n") == 1
    assert state() == before
    return captured.err


def state():
    """All rows of the project."""
    with roto.open_session("shot.roto", read_only=True) as session:
        project = session.project
        rows = (project.objects(), project.locks(), project.keyframes(), project.results())
        return [dict(row) for row in rows]


def status(capsys):
    """Per object and state the frames."""
    capsys.readouterr()
    assert command("status", "--json") == 0
    return {line["name"]: line for line in json_lines(capsys) if line["event"] == "object"}
