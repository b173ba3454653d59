"""File names of image sequences: ``plate.%04d.exr``, ``plate.####.png``, ``plate.@@@@.dpx``."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from roto.errors import ClipNotFoundError
from roto.media.images import is_image_name
from roto.media.refusing import no_sequence

_PLACEHOLDER = re.compile(r"%0?(\d*)d|(#+)|(@+)")
_NUMBERED = re.compile(r"(?P<head>.*?)(?P<digits>\d+)(?P<tail>\.[^.]*)$")


@dataclass(frozen=True, slots=True)
class SequencePattern:
    """A folder, and a file name with a hole for the frame number.

    Attributes:
        folder: Where the files are.
        head: Text before the number.
        padding: Digits that the number has at least.
        tail: Text after the number, with the extension.
    """

    folder: Path
    head: str
    padding: int
    tail: str

    def __str__(self) -> str:
        hole = f"%0{self.padding}d" if self.padding > 1 else "%d"
        return str(self.folder / f"{self.head}{hole}{self.tail}")

    def path_of(self, frame: int) -> Path:
        """Where the file of a frame is, or should be."""
        return self.folder / f"{self.head}{frame:0{self.padding}d}{self.tail}"

    def find(self) -> dict[int, Path]:
        """The files on disk by frame number, ascending. The extension may be in any case."""
        digits = rf"(\d{{{self.padding}}}|[1-9]\d{{{self.padding},}})"
        head, tail = re.escape(self.head), re.escape(self.tail)
        name = re.compile(rf"{head}{digits}(?i:{tail})$")
        found: dict[int, Path] = {}
        for path in sorted(self.folder.iterdir()):
            match = name.match(path.name)
            if match and (path.name.endswith(self.tail) or int(match[1]) not in found):
                found[int(match[1])] = path
        return dict(sorted(found.items()))


def parse_pattern(path: Path) -> SequencePattern | None:
    """Understand ``%04d``, ``####`` or ``@@@@`` in the file name; None where there is no such hole.

    >>> str(parse_pattern(Path("plates/sh010.####.exr")))
    'plates/sh010.%04d.exr'
    """
    holes = list(_PLACEHOLDER.finditer(path.name))
    if not holes:
        return None
    match = holes[-1]
    padding = int(match[1] or 1) if match[1] is not None else len(match[0])
    head, tail = path.name[: match.start()], path.name[match.end() :]
    return SequencePattern(path.parent, head.replace("%%", "%"), padding, tail.replace("%%", "%"))


def number_of(path: Path) -> int | None:
    """The frame number in a file name (its last digits before the extension), or None."""
    match = _NUMBERED.match(path.name)
    return int(match["digits"]) if match else None


def sequences_in(folder: Path) -> list[SequencePattern]:
    """All numbered image sequences of a folder, sorted by name."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in sorted(folder.iterdir()):
        match = _NUMBERED.match(path.name)
        if match and is_image_name(path.name) and not path.name.startswith("."):
            groups[match["head"], match["tail"].lower()].append(path.name)
    patterns = []
    for (head, _), names in sorted(groups.items()):
        digits = [_NUMBERED.sub(r"\g<digits>", name) for name in names]
        tail = Path(names[0]).suffix
        patterns += [SequencePattern(folder, head, width, tail) for width in _paddings(digits)]
    return patterns


def _paddings(digits: list[str]) -> list[int]:
    """The paddings that explain a set of frame numbers; more than one where sequences are mixed."""
    padded = {len(text) for text in digits if text.startswith("0") and len(text) > 1}
    plain = {len(text) for text in digits if not text.startswith("0") or text == "0"}
    if not padded:
        return [plain.pop() if len(plain) == 1 else 1]
    if any(length < min(padded) for length in plain):
        padded.add(1)
    return sorted(padded)


def the_sequence_in(folder: Path) -> SequencePattern:
    """The one sequence of a folder.

    Raises:
        ClipNotFoundError: there is none, or there are several; the error names them.
    """
    patterns = sequences_in(folder)
    if len(patterns) == 1:
        return patterns[0]
    if not patterns:
        raise no_sequence(folder)
    names = ", ".join(Path(str(pattern)).name for pattern in patterns[:8])
    more = f" and {len(patterns) - 8} more" if len(patterns) > 8 else ""
    raise ClipNotFoundError(
        f"The folder {folder} holds {len(patterns)} sequences: {names}{more}; "
        "open one of them by its pattern."
    )
