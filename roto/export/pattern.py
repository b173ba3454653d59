"""Names of output files: ``mattes/{object}.%04d.exr`` and its relatives."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from roto.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TOKEN = re.compile(r"%(?P<width>\d*)d|(?P<hashes>#+)|(?P<object>\{object\})")
_FORBIDDEN = re.compile(r'[<>:"/\\|?*{}%#\x00-\x1f\x7f]+')  # on any of the three systems
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # on Windows
_LONGEST_NAME = 120  # bytes; leaves room for the frame number and the extension within 255

TOGETHER = "mattes"
"""What stands for ``{object}`` in the name of a file that holds all objects."""


class NamedFile(NamedTuple):
    """A file on disk that a pattern names, and what stands in its path for the pattern's signs."""

    path: Path
    frame: int | None
    object: str | None


@dataclass(frozen=True)
class FramePattern:
    """Where the matte of an object at a frame is written.

    ``%04d`` and ``####`` stand for the frame number, ``{object}`` for the object's name. A
    folder alone means ``<folder>/{object}.%04d.png``.

    Args:
        text: Path with these signs in it, or a folder.
        extension: Of the files in a folder that is named alone, with the dot.
        movie: Whether such a file holds all frames, and so has no number in its name.

    >>> FramePattern("mattes/{object}.####.exr").path(1001, "hero").as_posix()
    'mattes/hero.1001.exr'

    Raises:
        SettingsError: something in braces that is not ``{object}``.
    """

    text: str | os.PathLike[str]
    extension: str = ".png"
    movie: bool = False
    template: str = field(init=False)

    def __post_init__(self) -> None:
        name = "{object}" + ("" if self.movie else ".%04d") + self.extension
        object.__setattr__(self, "template", _expand_folder(os.fspath(self.text), name))
        unknown = re.search(r"[{}]", self.template.replace("{object}", ""))
        if unknown:
            raise SettingsError(f"{self.text}: the only name in braces is {{object}}.")

    @property
    def has_frame(self) -> bool:
        """True where every frame gets a file of its own."""
        return any(m["object"] is None for m in _TOKEN.finditer(self.template))

    @property
    def has_object(self) -> bool:
        """True where every object gets a file of its own."""
        return "{object}" in self.template

    def path(self, frame: int, object_name: str) -> Path:
        """Path of one matte; characters of the name that files cannot have become "_"."""

        def value(match: re.Match[str]) -> str:
            if match["object"]:
                return safe_file_name(object_name)
            width = len(match["hashes"]) if match["hashes"] else int(match["width"] or 1)
            return f"{frame:0{width}d}"

        return Path(_TOKEN.sub(value, self.template))

    def find(self) -> list[NamedFile]:
        """The files on disk that it names, by frame and object; those of no number come first.

        As with plates, a number has at least the digits of its sign, and the end of a name may be
        in any case. A name that has a sign twice has the same there twice.
        """
        found = [NamedFile(Path(), None, None)]
        for part in Path(self.template).parts:
            found = [inner for one in found for inner in _inside(one, part)]
        files = [one for one in found if one.path.is_file()]
        return sorted(files, key=lambda one: (one.frame or 0, one.object or "", one.path))

    def check(self, object_names: Sequence[str], *, frame_count: int = 1) -> None:
        """Make sure that no matte would overwrite another.

        Raises:
            SettingsError: several objects or frames would share one file.
        """
        if frame_count > 1 and not self.has_frame:
            raise SettingsError(
                f"{self.text} names one file for {frame_count} frames; add %04d or #### to it."
            )
        if len(object_names) > 1 and not self.has_object:
            raise SettingsError(
                f"{self.text} names one file for {len(object_names)} objects; add {{object}} to it."
            )
        taken: dict[str, str] = {}
        for name in object_names:
            # Windows and macOS do not tell Hero from hero.
            other = taken.setdefault(safe_file_name(name).casefold(), name)
            if other is not name and self.has_object:
                raise SettingsError(
                    f"The objects {other!r} and {name!r} would share the file name "
                    f"{safe_file_name(name)!r}; rename one of them."
                )


def suffixed(path: Path, suffix: str) -> Path:
    """The path with more before its extension.

    >>> suffixed(Path("hero.mov"), ".key").name
    'hero.key.mov'
    """
    return path.with_name(path.stem + suffix + path.suffix)


def safe_file_name(name: str) -> str:
    """The name as part of a file name on any system: no separators, no leading dots, not empty.

    >>> safe_file_name("../hero: left arm")
    'hero_ left arm'
    """
    text = _FORBIDDEN.sub("_", name).strip(" ._") or "object"
    if _RESERVED.fullmatch(text):
        text += "_"
    return text.encode()[:_LONGEST_NAME].decode(errors="ignore").rstrip(" .")


def _inside(place: NamedFile, part: str) -> Iterator[NamedFile]:
    """What a part of a template names in a folder that was found for the parts before it."""
    name = _name_of(part)
    if name is None:
        yield place._replace(path=place.path / part)
        return
    try:
        there = os.listdir(place.path)
    except OSError:  # no folder, or none that can be read
        return
    for text in there:
        match = name.fullmatch(text)
        if match is None:
            continue
        signs = match.groupdict()
        numbers = {int(value) for sign, value in signs.items() if sign.startswith("number")}
        objects = {value for sign, value in signs.items() if sign.startswith("object")}
        if place.frame is not None:
            numbers.add(place.frame)
        if place.object is not None:
            objects.add(place.object)
        if len(numbers) <= 1 and len(objects) <= 1:
            path = place.path / text
            yield NamedFile(path, next(iter(numbers), None), next(iter(objects), None))


def _name_of(part: str) -> re.Pattern[str] | None:
    """Names that a part of a template stands for; None where it has no sign."""
    signs = list(_TOKEN.finditer(part))
    if not signs:
        return None
    text, end = "", 0
    for place, sign in enumerate(signs):
        text += re.escape(part[end : sign.start()])
        end = sign.end()
        if sign["object"]:
            text += rf"(?P<object{place}>[^.].*)"  # no name begins with a dot: those are hidden
        else:
            width = len(sign["hashes"]) if sign["hashes"] else int(sign["width"] or 1)
            text += rf"(?P<number{place}>\d{{{width}}}|[1-9]\d{{{width},}})"
    return re.compile(f"{text}(?i:{re.escape(part[end:])})")


def _expand_folder(text: str, name: str) -> str:
    """Add a file name where the text names a folder only."""
    names_folder = text.endswith(("/", os.sep)) or Path(text).is_dir()
    if names_folder or (not Path(text).suffix and not _TOKEN.search(Path(text).name)):
        return str(Path(text) / name)
    return text
