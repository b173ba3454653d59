"""What the export dialog offers: every format of the core, label maps, packages and projects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from roto.export.registry import FORMATS

if TYPE_CHECKING:
    from roto.export.contract import Content, Format

Group = Literal["still", "exr", "movie", "package"]
"""Under which heading an artist looks for it."""

Naming = Literal["object", "together", "movie", "package", "project"]
"""Formats that files are named alike for: the artist's names are remembered for each."""

LABELS, PACKAGE, PROJECT = "labels", "package", "project"


@dataclass(frozen=True)
class Offer:
    """One entry of the list of formats.

    Attributes:
        name: What choices remember.
        group: Its heading.
        naming: How its files are named.
        extension: Of the files, with the dot; "" of a package, and of a project, whose program
            has its own.
        depths: Bits that can be chosen, the default first; empty: there is no choice.
        contents: What can be in the pixels.
        premultiplied: Whether cut-outs can be premultiplied, straight (False), or either; the
            usual one first.
        floating: Whether numbers are floats.
        format: Of the core; None for label maps, packages and projects.
    """

    name: str
    group: Group
    naming: Naming
    extension: str
    depths: tuple[int, ...] = ()
    contents: tuple[Content, ...] = ("matte",)
    premultiplied: tuple[bool, ...] = (False,)
    floating: bool = False
    format: Format | None = None

    @property
    def movie(self) -> bool:
        """Whether all frames are in one file."""
        return self.naming == "movie"


def _offer(format: Format) -> Offer:
    extension = format.extensions[0]
    stills: Group = "exr" if extension == ".exr" else "still"
    files: Naming = "together" if format.grouping == "frame" else "object"
    return Offer(
        format.name,
        "movie" if format.movie else stills,
        "movie" if format.movie else files,
        extension,
        format.depths,
        format.contents,
        format.premultiplied,
        format.floating,
        format,
    )


def _all() -> dict[str, Offer]:
    found = [_offer(one) for one in FORMATS.values()]
    found.append(Offer(LABELS, "still", "together", ".png"))
    found.append(Offer(PACKAGE, "package", "package", "", floating=True))
    found.append(Offer(PROJECT, "package", "project", "", floating=True))
    groups: tuple[Group, ...] = ("still", "exr", "movie", "package")
    return {one.name: one for group in groups for one in found if one.group == group}


OFFERS = _all()
"""By name, group after group."""
