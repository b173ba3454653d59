"""What an artist opens: a project, or a clip, for which there may be a project already.

A clip's project is made in roto's own folder at once, so that the first stroke is on disk too;
the same clip opened again goes on with it. "Save project as" takes it wherever it should be.
Plate folders are never written to: they are often read-only, and always somebody's order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from roto.engine import Settings
from roto.errors import ProjectLockedError
from roto.media import open_clip
from roto.media.images import is_image_name
from roto.models import DEFAULT
from roto.network_choice import NetworkChoice
from roto.opening import new_session, open_session
from roto.project import Project
from roto.project.home import PROJECT, project_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto.engine import Engine
    from roto.media import FrameSource
    from roto.session import Session


@dataclass(frozen=True)
class Opening:
    """How a session is opened.

    Attributes:
        path: Project file, or a clip: a movie, a folder, a pattern.
        model: Name or path of the network, or an engine.
        short_side: Working size in pixels; None for the usual one.
        device: As for ``roto.load_model``.
        folder: Where projects of clips are made; None for roto's own.
        clip: Where a project's clip is now; None: where it was.

    Model and size are of new projects; one that is there goes on with its own.
    """

    path: str
    model: str | Engine = DEFAULT
    short_side: int | None = None
    device: str = "auto"
    folder: Path | None = None
    clip: str | None = None

    def session(self) -> Session:
        """Open it; in the thread that is going to own it.

        Raises:
            RotoError: it cannot be found or read.
        """
        if self.path.endswith(PROJECT):
            return self._open(Path(self.path))
        place = project_of(self.path, self.folder)
        if place.exists():
            return self._open(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(self.model, str):
            return new_session(self.path, place, model=self.model, device=self.device)
        choice = NetworkChoice(self.model, self._settings())
        session = new_session(
            self.path, place, model=choice.model, settings=choice.settings, device=self.device
        )
        choice.remember(session.project, begun=True)
        return session

    def check(self) -> None:
        """Make sure that there is a clip or a project, at the price of a look at its file.

        Raises:
            RotoError: it cannot be found or read.
        """
        if self.path.endswith(PROJECT):
            Project.open(self.path, read_only=True).close()
        else:
            open_clip(self.path).close()

    def _open(self, place: Path) -> Session:
        """Go on with a project; to look only, where somebody else works on it."""
        try:
            return self._opened(place, read_only=False)
        except ProjectLockedError:
            return self._opened(place, read_only=True)

    def _opened(self, place: Path, *, read_only: bool) -> Session:
        if not isinstance(self.model, str):
            return open_session(place, clip=self.clip, model=self.model, read_only=read_only)
        with Project.open(place, read_only=True) as project:
            choice = NetworkChoice.of(project)
        return open_session(
            place,
            clip=self.clip,
            model=choice.model,
            settings=choice.settings,
            device=self.device,
            read_only=read_only,
        )

    def _settings(self) -> Settings:
        return Settings() if self.short_side is None else Settings(short_side=self.short_side)


def as_clip(path: str) -> str:
    """What an artist means by a file: one picture of a numbered sequence stands for all of it."""
    name = Path(path).name
    found = re.fullmatch(r"(.*?)(\d+)(\.[A-Za-z]+)", name)
    if found is None or not is_image_name(name):
        return path
    head, number, ending = found.groups()
    return str(Path(path).with_name(f"{head}%0{len(number)}d{ending}"))


def plates_of(session: Session) -> Callable[[], FrameSource]:
    """Opens the session's clip once more, for somebody else to read plates from."""
    record = session.project.clip
    path, arguments = session.source.clip.path or record.absolute, dict(record.arguments)
    return lambda: open_clip(path, **arguments)
