"""Reads packages, also such as were made to do harm: nothing they name is opened or followed."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from roto.errors import PackageError, PackageNotFoundError
from roto.package.folders import recover
from roto.package.manifest import from_manifest
from roto.package.paths import within
from roto.package.records import MANIFEST

if TYPE_CHECKING:
    import os

    from roto.package.records import Package

_LONGEST = 2**27  # bytes of a manifest; a hundred thousand files take 15 million
_MOST_DIGITS = 18


def read_package(folder: str | os.PathLike[str]) -> Package:
    """What a package says of itself. No matte is opened; :func:`roto.package.verify` does that.

    Args:
        folder: The package, or its ``matte.json``.

    Raises:
        PackageNotFoundError: there is none.
        PackageError: it is damaged, not safe to read, or of a newer roto.
    """
    place = Path(folder)
    if place.name == MANIFEST:
        place = place.parent
    recover(place)
    if not place.is_dir():
        raise PackageNotFoundError(f"There is no package {str(place)!r}; check the path.")
    manifest = within(place, MANIFEST)
    if not manifest.is_file():
        raise PackageNotFoundError(f"{place} is no package of mattes: it has no {MANIFEST}.")
    return from_manifest(_parse(_read(manifest), str(place / MANIFEST)), place)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST + 1)
    except OSError as error:
        raise PackageError(f"{path} cannot be read: {error.strerror or error}.") from error
    if len(data) > _LONGEST:
        raise PackageError(f"{path} is longer than {_LONGEST} bytes: no package needs that.")
    return data


def _parse(data: bytes, where: str) -> Any:
    """JSON, strictly: UTF-8, no key twice, no NaN, no number that no field can hold."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_number,
        )
        # "\ud800" alone is JSON, but no text: it could neither be shown nor name a file.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except PackageError as error:
        raise PackageError(f"{where} is damaged: {error}") from None
    except UnicodeError:
        raise PackageError(f"{where} is damaged: it is not UTF-8 text.") from None
    except RecursionError:
        raise PackageError(f"{where} is damaged: it is nested too deeply.") from None
    except json.JSONDecodeError as error:
        raise PackageError(
            f"{where} is damaged: it is no JSON from line {error.lineno} on."
        ) from None
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise PackageError(f"it says {key!r:.60} twice.")
        found[key] = value
    return found


def _integer(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise PackageError(f"the number {text[:20]}... is too large.")
    return int(text)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise PackageError(f"{text[:20]} is no number.")
    return value
