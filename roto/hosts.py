"""Projects of other programs: the door to the adapters that write them.

The core knows no shell, and adapters are in one: they are found by name, where they are installed.
What is here is all that the command line and the app need of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from roto.errors import HostError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from roto.package import Package

_EXPORTING = "roto_plugin.exporting"
_ENDING = ".mattes"


@dataclass(frozen=True)
class HostChoice:
    """A program that projects can be written for.

    Attributes:
        name: What ``--host`` calls it.
        title: For people: "MLT (melt, Kdenlive, Shotcut)".
        extension: Of its project files, with the dot.
        features: What can be shown in it, of "cutout", "grade" and "alpha"; the usual one first.
        needs: What the package beside a project must hold, see ``roto.package.PackageOrder.also``.
    """

    name: str
    title: str
    extension: str
    features: tuple[str, ...]
    needs: tuple[str, ...]


class HostOrder(Protocol):
    """A project to write, checked as far as can be told without a package."""

    @property
    def folder(self) -> Path:
        """Where the package must be: :func:`folder_beside` the project."""
        ...

    @property
    def needs(self) -> tuple[str, ...]:
        """What the package must hold, see ``roto.package.PackageOrder.also``."""
        ...


class HostResult(Protocol):
    """A project that was written."""

    @property
    def title(self) -> str:
        """Of the program."""
        ...

    @property
    def output(self) -> str:
        """The project file."""
        ...

    @property
    def files(self) -> Sequence[str]:
        """All that was written, the project among it."""
        ...

    @property
    def losses(self) -> Sequence[str]:
        """What the program does not have of the package, a sentence each."""
        ...

    @property
    def warnings(self) -> Sequence[str]:
        """What is worth knowing before rendering."""
        ...


class Exporting(Protocol):
    """What writes projects; the functions of ``roto_plugin.exporting`` say more."""

    def choices(self) -> list[HostChoice]:
        """All programs."""
        ...

    def prepare(
        self,
        host: str,
        output: str,
        *,
        feature: str | None = None,
        background: str | None = None,
        gain: str | None = None,
        overwrite: bool = False,
    ) -> HostOrder:
        """Check an order before anything is written."""
        ...

    def finish(self, order: HostOrder, package: Package) -> HostResult:
        """Write the project, when its package is there."""
        ...


def exporting() -> Exporting:
    """What writes projects.

    Raises:
        HostError: it is not installed.
    """
    try:
        return cast("Exporting", import_module(_EXPORTING))
    except ModuleNotFoundError as error:
        raise HostError(f"roto's adapters for hosts are not installed: {error}.") from None


def folder_beside(project: Path, extension: str) -> Path:
    """The package that belongs to a project: ``shot.mattes`` beside ``shot.mlt``."""
    return project.with_name(project.name.removesuffix(extension) + _ENDING)
