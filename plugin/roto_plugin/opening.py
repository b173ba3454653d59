"""What a client opens: a project, or a clip with the project that is made or found for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from roto.errors import ProjectNotFoundError
from roto.models import DEFAULT, find_model
from roto.network_choice import NetworkChoice
from roto.opening import new_session, open_session
from roto.project import Project, fingerprint
from roto.project.home import project_of
from roto_plugin.paths import Roots, absolute, clip_folder
from roto_plugin.protocol import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from roto.session import Session


@dataclass(frozen=True)
class Opening:
    """The request ``open``, understood.

    Attributes:
        project: The project's file; it need not exist where there is a clip.
        clip: File, folder or pattern; None: the project knows it.
        roots: Folders in which paths are accepted, beside those of clip and project.
        first_frame: Number of a movie's first frame, for a new project.
        frame_rate: Of the clip, where it does not know it, for a new project.
        model: Name or path of the network; None: the project's own.
        settings: What to change of the network's settings.
        device: As for ``roto.load_model``.
        read_only: Only look.
    """

    project: Path
    clip: Path | None = None
    roots: tuple[Path, ...] = ()
    first_frame: int | None = None
    frame_rate: Fraction | None = None
    model: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    device: str = "auto"
    read_only: bool = False

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Opening:
        """Understand a request; its schema was checked.

        Raises:
            ProtocolError: a path that is none.
        """
        clip = absolute(params["clip"]) if "clip" in params else None
        given = params.get("project")
        project = absolute(given) if given is not None else project_of(str(clip))
        rate = params.get("rate")
        return cls(
            project.resolve(),
            clip,
            tuple(absolute(root) for root in params.get("roots", ())),
            params.get("first_frame"),
            None if rate is None else Fraction(rate),
            params.get("model"),
            dict(params.get("settings", {})),
            params.get("device", "auto"),
            bool(params.get("read_only", False)),
        )

    def session(self) -> Session:
        """Open it.

        Raises:
            RotoError: it cannot be found or read.
            ProtocolError: the project is about another clip.
        """
        if self.model is not None:
            find_model(self.model)  # before anything is made
        if self.project.exists():
            return self._open()
        if self.clip is None:
            raise ProjectNotFoundError(
                f"There is no project at {self.project}; check the path, or give its clip."
            )
        self.project.parent.mkdir(parents=True, exist_ok=True)
        choice = self._changed(NetworkChoice())
        session = new_session(
            str(self.clip),
            self.project,
            model=choice.model,
            settings=choice.settings,
            device=self.device,
            first_frame=self.first_frame,
            frame_rate=self.frame_rate,
        )
        choice.remember(session.project, begun=True)
        return session

    def folders(self, session: Session) -> Roots:
        """Where the clients may read and write."""
        clip = Path(session.source.clip.path)
        return Roots([clip_folder(clip.absolute()), self.project.parent, *self.roots])

    def choice_of(self, session: Session) -> NetworkChoice:
        """What a propagation works with, to be remembered by the project."""
        return self._changed(NetworkChoice.of(session.project))

    def _open(self) -> Session:
        with Project.open(self.project, read_only=True) as project:
            choice = self._changed(NetworkChoice.of(project))
            moved = self._moved_clip(project)
        return open_session(
            self.project,
            clip=moved,
            model=choice.model,
            settings=choice.settings,
            device=self.device,
            read_only=self.read_only,
        )

    def _moved_clip(self, project: Project) -> str | None:
        """The clip that was given, if it is not where the project knows it.

        Raises:
            ProtocolError: it is another clip.
        """
        if self.clip is None or str(self.clip) == project.clip.absolute:
            return None
        if project.clip.fingerprint and fingerprint(self.clip) != project.clip.fingerprint:
            raise ProtocolError(
                "StateError",
                f"{self.project.name} is about another clip, {project.clip.name}; give a project "
                "of its own to each clip.",
            )
        return str(self.clip)

    def _changed(self, choice: NetworkChoice) -> NetworkChoice:
        """A project's network with what the request changes."""
        settings = replace(choice.settings, **self.settings)
        return NetworkChoice(self.model or choice.model or DEFAULT, settings)
