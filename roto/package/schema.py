"""What a ``matte.json`` must look like: its versions, and the JSON Schema of the newest."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeAlias

from roto.errors import PackageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jsonschema.protocols import Validator

SCHEMA = "roto-matte"
"""What ``matte.json`` calls itself."""

Upgrade: TypeAlias = "Callable[[dict[str, Any]], dict[str, Any]]"
UPGRADES: tuple[Upgrade, ...] = ()
"""The way from version n to n + 1 at place n - 1. It may change what it is given."""

VERSION = len(UPGRADES) + 1


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the newest version."""
    text = (files("roto_resources") / "schemas" / f"matte-{VERSION}.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def upgraded(data: object, where: str) -> dict[str, Any]:
    """What a ``matte.json`` of any version says, as the newest would say it.

    Args:
        data: Its JSON value.
        where: What messages call it.

    Raises:
        PackageError: it is no manifest of mattes, or of a newer roto.
    """
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise PackageError(f"{where} is not about a package of mattes: it is no {SCHEMA!r}.")
    version = data.get("version")
    if type(version) is not int or version < 1:
        raise PackageError(f"{where} has no version that there ever was: {version!r:.40}.")
    if version > VERSION:
        raise PackageError(
            f"{where} is of version {version}, made by a newer roto; this one reads up to "
            f"version {VERSION}. Update roto, or write the package with this one."
        )
    for upgrade in UPGRADES[version - 1 :]:
        data = upgrade(data)
    return data


def check_schema(data: dict[str, Any], where: str) -> None:
    """Make sure that a manifest of the newest version is as the schema says.

    The files are left out: there may be a hundred thousand, see ``manifest.read_files``.

    Raises:
        PackageError: it is not; the message says where.
    """
    listed = data.get("files")
    rest = {**data, "files": {}} if isinstance(listed, dict) else data
    error = next(_validator().iter_errors(rest), None)
    if error is not None:
        place = "/".join(str(part)[:40] for part in error.absolute_path) or "its outermost level"
        raise PackageError(f"{where} is damaged at {place}: {error.message:.150}.")


@lru_cache(maxsize=1)
def _validator() -> Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema())
