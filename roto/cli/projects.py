"""What the commands on a project share: it is opened as it was left."""

from __future__ import annotations

import os
import shlex
from contextlib import contextmanager
from typing import TYPE_CHECKING

from roto.cli.common import settings_from
from roto.cli.texts import Range, parse_range, parse_ranges
from roto.models import list_models
from roto.network_choice import NetworkChoice
from roto.opening import open_session
from roto.project import Project

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from roto.session import Session


def asked(choice: NetworkChoice, options: argparse.Namespace) -> NetworkChoice:
    """A project's network with what the options of a command change."""
    model = options.model or choice.model
    named = any(model == known.name for known in list_models())
    if not named and os.path.isfile(path := os.path.expanduser(model)):
        model = os.path.abspath(path)  # the next command may come from another folder
    return NetworkChoice(model, settings_from(options, choice.settings))


def opened(options: argparse.Namespace, *, read_only: bool = False) -> Session:
    """The project of a command, to be edited or looked at; no network is told about."""
    return open_session(options.project, clip=options.plate, read_only=read_only)


def choice_of(options: argparse.Namespace) -> NetworkChoice:
    """What the project's last run worked with."""
    with Project.open(options.project, read_only=True) as project:
        return NetworkChoice.of(project)


@contextmanager
def all_or_nothing(session: Session) -> Iterator[None]:
    """Several edits: when one of them fails, those before it are taken back."""
    before = len(session.project.steps().undo)
    try:
        yield
    except BaseException:
        while len(session.project.steps().undo) > before:
            session.undo()
        raise


def chosen(session: Session, names: list[str] | None) -> dict[int, str]:
    """Names by id of the objects that a command is about; all of them without ``--object``."""
    ids = list(session.objects) if names is None else [session.object_id(name) for name in names]
    return {i: session.objects[i].name for i in ids}


def range_of(session: Session, text: str | None) -> Range | None:
    """The frames that a command is about; None for all."""
    return None if text is None else parse_range(text, session.source.frame_numbers)


def ranges_of(session: Session, text: str | None) -> list[Range] | None:
    """The same where several ranges may be given."""
    return None if text is None else parse_ranges(text, session.source.frame_numbers)


def command_line(command: str, options: argparse.Namespace, *more: str) -> str:
    """What to type next."""
    return " ".join(["roto", command, shlex.quote(options.project), *more])
