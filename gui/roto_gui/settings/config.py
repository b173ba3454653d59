"""Preferences: typed values in one JSON file, written whole or not at all.

A file that cannot be understood is set aside, never overwritten; values of a newer roto are kept.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from PySide6.QtCore import QObject, QStandardPaths, Signal

from roto.errors import ExportError
from roto.export import write_bytes_atomic
from roto_gui.tools.brush import Pressure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from roto_gui.state import Colour

FOLDER_VARIABLE = "ROTO_CONFIG"
"""Environment variable that names another folder for the preferences."""

FILE_NAME = "preferences.json"


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("not true or false")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _number(least: float, most: float) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TypeError("not a number")
        if not least <= value <= most:  # also true of NaN
            raise ValueError("out of range")
        return float(value)

    return read


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError("not a whole number")
        return int(_number(least, most)(value))

    return read


def _short_side(value: Any) -> int | None:
    return None if value is None else _whole(32, 8192)(value)


def _colour(value: Any) -> Colour:
    red, green, blue = (_whole(0, 255)(v) for v in value)
    return red, green, blue


def _pressure(value: Any) -> str:
    if value not in get_args(Pressure):
        raise ValueError("not what a pen's pressure can change")
    return _text(value)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise TypeError("not a list")
    return tuple(_text(v) for v in value)


def _bindings(value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise TypeError("not a table")
    return {_text(name): _texts(keys) for name, keys in value.items()}


def _table(value: Any) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError("not a table")
    return {_text(name): found for name, found in value.items()}


@dataclass(frozen=True)
class Preferences:
    """What the artist chose, and what the app remembers from day to day.

    Attributes:
        plate_cache_mb: Bound of the decoded plates in memory, in MiB.
        model: Name or path of the weights; empty: what roto takes by default.
        short_side: Working size, in pixels of the shorter side; None: the engine's default.
        device: "auto", "cpu", "cuda" or "mps".
        autoplay: Whether a clip plays when it is opened.
        language: Code of the language the app speaks; empty: the system's.
        hints: Whether the hint line says what to do next.
        overlay_opacity: Of the colours over the plate, in [0, 1].
        canvas_background: Around the plate.
        cutout_colour: Of the view "over a colour".
        brush_size: Diameter in pixels of the plate.
        brush_hardness: In [0, 1]; 1 is a sharp edge.
        scribble_size: Diameter of smart select's strokes in pixels of the plate.
        pen_pressure: What the pressure of a pen changes: "size", "opacity" or "off".
        preset: Name of the shortcuts' preset.
        bindings: Keys that differ from the preset's, by action id.
        recent: Paths of clips and projects, the latest first.
        recent_commands: Ids of commands run from the palette, the latest first.
        last_folder: Where the last file dialog was; empty: none yet.
        export: What was chosen in the export dialog, JSON values by name.
        geometry: Of the window, base64 of ``saveGeometry``.
        state: Of its docks, base64 of ``saveState``.
    """

    plate_cache_mb: int = 2048
    model: str = ""
    short_side: int | None = None
    device: str = "auto"
    autoplay: bool = False
    language: str = ""
    hints: bool = True
    overlay_opacity: float = 0.45
    canvas_background: Colour = (0x1E, 0x1E, 0x1E)
    cutout_colour: Colour = (0, 177, 64)
    brush_size: float = 40.0
    brush_hardness: float = 0.8
    scribble_size: float = 12.0
    pen_pressure: Pressure = "size"
    preset: str = "roto"
    bindings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recent: tuple[str, ...] = ()
    recent_commands: tuple[str, ...] = ()
    last_folder: str = ""
    export: Mapping[str, object] = field(default_factory=dict)
    geometry: str = ""
    state: str = ""


def config_folder() -> Path:
    """Where preferences are: ``$ROTO_CONFIG``, or the platform's folder for them."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen:
        return Path(chosen)
    base = QStandardPaths.StandardLocation.GenericConfigLocation
    return Path(QStandardPaths.writableLocation(base)) / "roto"


class Config(QObject):
    """The preferences and their file. What cannot be written is told, and holds for this session.

    Args:
        folder: Where the file is; None for :func:`config_folder`.

    Attributes:
        path: The file.
        preferences: The values now.
        warning: What was wrong with the file when it was read, one sentence; empty: nothing.
    """

    changed = Signal(object)
    """Some value is another: the new :class:`Preferences`."""
    failed = Signal(str)
    """The file cannot be written: one sentence."""

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = (folder or config_folder()) / FILE_NAME
        self.warning = ""
        self._unknown: dict[str, object] = {}
        self.preferences = self._load()

    def update(self, **values: Any) -> None:
        """Change some values and write the file; nothing happens where they are the same.

        Meant for what a person decides, not for every move of a pointer.

        Raises:
            TypeError: there is no such preference.
            ValueError: a value is out of its range.
        """
        for key, value in values.items():
            read = _READERS.get(key)
            if read is None:
                raise TypeError(f"There is no preference {key!r}.")
            values[key] = read(value)
        self.replace(replace(self.preferences, **values))

    def replace(self, preferences: Preferences) -> None:
        """Take other values as a whole and write the file."""
        if preferences == self.preferences:
            return
        self.preferences = preferences
        self._save()
        self.changed.emit(preferences)

    def _load(self) -> Preferences:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Preferences()
        except (OSError, UnicodeDecodeError) as error:
            return self._set_aside(error)
        try:
            found = json.loads(text)
        except ValueError as error:
            return self._set_aside(error)
        if not isinstance(found, dict):
            return self._set_aside(ValueError("no table"))
        return self._read(found)

    def _read(self, found: dict[str, Any]) -> Preferences:
        values, wrong = {}, []
        for key, value in found.items():
            if key not in _READERS:
                self._unknown[key] = value
                continue
            try:
                values[key] = _READERS[key](value)
            except (TypeError, ValueError):
                wrong.append(key)
        if wrong:
            self.warning = self.tr("Some preferences made no sense and are reset: {0}.").format(
                ", ".join(sorted(wrong))
            )
        return Preferences(**values)

    def _set_aside(self, error: Exception) -> Preferences:
        aside = self.path.with_name(f"{self.path.stem}.damaged-{time.time_ns()}.json")
        try:
            os.replace(self.path, aside)
        except OSError:
            self.warning = self.tr("The preferences cannot be read ({0}); defaults are used.")
            self.warning = self.warning.format(error)
        else:
            self.warning = self.tr(
                "The preferences were damaged and are at their defaults; the old file is {0}."
            ).format(aside)
        return Preferences()

    def _save(self) -> None:
        known = {f.name: getattr(self.preferences, f.name) for f in fields(Preferences)}
        text = json.dumps({**self._unknown, **known}, indent=1, ensure_ascii=False)
        try:
            write_bytes_atomic(self.path, text.encode("utf-8"))
        except ExportError as error:
            self.failed.emit(str(error))


_READERS: dict[str, Callable[[Any], Any]] = {
    "plate_cache_mb": _whole(64, 1 << 20),
    "model": _text,
    "short_side": _short_side,
    "device": _text,
    "autoplay": _flag,
    "language": _text,
    "hints": _flag,
    "overlay_opacity": _number(0.0, 1.0),
    "canvas_background": _colour,
    "cutout_colour": _colour,
    "brush_size": _number(1.0, 10000.0),
    "brush_hardness": _number(0.0, 1.0),
    "scribble_size": _number(1.0, 4000.0),
    "pen_pressure": _pressure,
    "preset": _text,
    "bindings": _bindings,
    "recent": _texts,
    "recent_commands": _texts,
    "last_folder": _text,
    "export": _table,
    "geometry": _text,
    "state": _text,
}
"""What turns JSON into the value of each preference, or raises TypeError or ValueError."""
