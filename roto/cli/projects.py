"""What the commands on a project share: it is opened as it was left."""

from __future__ import annotations

import logging
import os
import shlex
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from roto.cli.common import settings_from
from roto.cli.texts import Range, parse_range
from roto.engine import Settings
from roto.errors import SettingsError
from roto.models import DEFAULT, list_models
from roto.project import Project
from roto.sessions import open_session

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from roto.session import Session

log = logging.getLogger(__name__)

_NETWORK = "network"  # the project's setting


@dataclass(frozen=True)
class Network:
    """Model and settings of a project's runs: what says whether a result is fresh."""

    model: str = DEFAULT
    settings: Settings = field(default_factory=Settings)

    @classmethod
    def of(cls, project: Project) -> Network:
        """What the last run worked with."""
        value = project.settings().get(_NETWORK)
        if value is None:
            return cls()
        try:
            return cls(str(value["model"]), Settings(**value["settings"]))
        except (TypeError, LookupError, SettingsError):  # a newer roto may know more
            log.warning("The network that the project names is not understood.")
            return cls()

    def asked(self, options: argparse.Namespace) -> Network:
        """The same with what the options of a command change."""
        model = options.model or self.model
        named = any(model == known.name for known in list_models())
        if not named and os.path.isfile(path := os.path.expanduser(model)):
            model = os.path.abspath(path)  # the next command may come from another folder
        return Network(model, settings_from(options, self.settings))

    def remember(self, session: Session) -> None:
        """Let later commands know; nothing happens where they do."""
        if Network.of(session.project) == self:
            return
        _ = session.engine  # what cannot be loaded is not worth remembering
        settings: dict[str, Any] = asdict(self.settings)
        with session.project.edit("change network") as edit:
            edit.set_setting(_NETWORK, {"model": self.model, "settings": settings})


def opened(options: argparse.Namespace, *, read_only: bool = False) -> Session:
    """The project of a command, to be edited or looked at; no network is told about."""
    return open_session(options.project, clip=options.plate, read_only=read_only)


def network_of(options: argparse.Namespace) -> Network:
    """What the project's last run worked with."""
    with Project.open(options.project, read_only=True) as project:
        return Network.of(project)


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


def command_line(command: str, options: argparse.Namespace, *more: str) -> str:
    """What to type next."""
    return " ".join(["roto", command, shlex.quote(options.project), *more])
