"""Which network a project is worked on with: its own business, whoever opens it.

The states of results depend on model and settings. So the command line and the app ask the
project, and a project that was begun at another working size is not stale in the other program.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from roto.engine import Settings
from roto.errors import SettingsError
from roto.models import DEFAULT

if TYPE_CHECKING:
    from roto.project import Project

log = logging.getLogger(__name__)

_NETWORK = "network"  # the project's setting


@dataclass(frozen=True, slots=True)
class NetworkChoice:
    """Model and settings of a project's runs: what says whether a result is fresh.

    Attributes:
        model: Name or path of the weights.
        settings: Working size and memory.
    """

    model: str = DEFAULT
    settings: Settings = field(default_factory=Settings)

    @classmethod
    def of(cls, project: Project) -> NetworkChoice:
        """What the last run worked with."""
        value = project.settings().get(_NETWORK)
        if value is None:
            return cls()
        try:
            return cls(str(value["model"]), Settings(**value["settings"]))
        except (TypeError, LookupError, SettingsError):  # a newer roto may know more
            log.warning("The network that the project names is not understood.")
            return cls()

    def with_size(self, settings: Settings) -> NetworkChoice:
        """The same, with what results depend on of settings that were made to fit the memory."""
        side, frames = settings.short_side, settings.max_memory
        return replace(self, settings=replace(self.settings, short_side=side, max_memory=frames))

    def remember(self, project: Project, *, begun: bool = False) -> None:
        """Let others know; nothing happens where they do.

        Args:
            project: Whose network it is.
            begun: Whether the project was just made: then there is nothing to undo.

        Raises:
            ProjectError: it cannot be written.
        """
        if NetworkChoice.of(project) == self:
            return
        settings: dict[str, Any] = asdict(self.settings)
        with project.edit(None if begun else "change network") as edit:
            edit.set_setting(_NETWORK, {"model": self.model, "settings": settings})
