"""The tables of a project file, its versions, and the way from an older one.

A file whose tables are not exactly these is refused before anything is read from it: triggers,
views and virtual tables are ways to run something, and no project has any.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, TypeAlias

from roto.errors import ProjectDamagedError, ProjectVersionError

if TYPE_CHECKING:
    from collections.abc import Callable

APPLICATION_ID = 0x526F746F  # "Roto", where file managers and `file` look for it

STATEMENTS = (
    """CREATE TABLE clip (
        id INTEGER PRIMARY KEY, name TEXT, absolute TEXT, relative TEXT, fingerprint TEXT,
        width INTEGER, height INTEGER, frame_rate TEXT, first_frame INTEGER,
        frame_count INTEGER, colour_space TEXT, arguments TEXT)""",
    """CREATE TABLE objects (
        id INTEGER PRIMARY KEY, name TEXT, red INTEGER, green INTEGER, blue INTEGER,
        visible INTEGER, "first" INTEGER, "last" INTEGER)""",
    """CREATE TABLE keyframes (
        frame INTEGER, object INTEGER, blob TEXT, origin TEXT,
        PRIMARY KEY (frame, object)) WITHOUT ROWID""",
    """CREATE TABLE results (
        frame INTEGER, object INTEGER, blob TEXT, confidence REAL, "left" TEXT, "right" TEXT,
        provenance TEXT, PRIMARY KEY (frame, object)) WITHOUT ROWID""",
    """CREATE TABLE locks (
        id INTEGER PRIMARY KEY, "first" INTEGER, "last" INTEGER, object INTEGER, region TEXT,
        snapshot TEXT)""",
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
    "CREATE TABLE provenance (id TEXT PRIMARY KEY, data TEXT)",
    "CREATE TABLE blobs (hash TEXT PRIMARY KEY, data BLOB)",
    "CREATE TABLE object_ids (id INTEGER PRIMARY KEY)",
    "CREATE TABLE steps (id INTEGER PRIMARY KEY, label TEXT, done INTEGER, joinable INTEGER)",
    """CREATE TABLE changes (
        step INTEGER, place TEXT, key TEXT, before TEXT, after TEXT,
        PRIMARY KEY (step, place, key)) WITHOUT ROWID""",
)
"""The newest version: what ``create`` makes."""

Upgrade: TypeAlias = "Callable[[sqlite3.Connection], None]"
UPGRADES: tuple[Upgrade, ...] = ()
"""The way from version n to n + 1 at place n - 1. It leaves tables as ``STATEMENTS`` say."""

VERSION = len(UPGRADES) + 1


def create(connection: sqlite3.Connection) -> None:
    """Make the tables of the newest version in an empty database."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    for statement in STATEMENTS:
        connection.execute(statement)


def version_of(connection: sqlite3.Connection, name: str) -> int:
    """The schema version of an open file.

    Args:
        connection: The file.
        name: What messages call it.

    Raises:
        ProjectDamagedError: it is no project.
        ProjectVersionError: it is of a newer roto.
    """
    found = connection.execute("PRAGMA application_id").fetchone()[0]
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    check_numbers(found, version, name)
    return version


def check_numbers(application: int, version: int, name: str) -> None:
    """Refuse what is no project, or of a newer roto; see ``version_of``."""
    if application != APPLICATION_ID or version < 1:
        raise ProjectDamagedError(f"{name} is not a roto project but another program's database.")
    if version > VERSION:
        raise ProjectVersionError(
            f"{name} was made by a newer roto (its version is {version}, this roto reads up to "
            f"{VERSION}); update roto to open it."
        )


def upgrade(connection: sqlite3.Connection, version: int, name: str) -> None:
    """Bring an open file to the newest version, all in one transaction or not at all.

    Raises:
        ProjectDamagedError: its tables are not those of a project.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        check_harmless(connection, name)
        for step in UPGRADES[version - 1 :]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        check_tables(connection, name)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def check_harmless(connection: sqlite3.Connection, name: str) -> None:
    """Refuse a file of any version that holds what could run.

    Raises:
        ProjectDamagedError: a trigger, a view or a virtual table.
    """
    for kind, thing, text in connection.execute("SELECT type, name, sql FROM sqlite_master"):
        virtual = isinstance(text, str) and text.upper().split()[:2] == ["CREATE", "VIRTUAL"]
        if virtual or kind not in ("table", "index"):
            raise _foreign(name, "virtual table" if virtual else kind, thing)


def check_tables(connection: sqlite3.Connection, name: str) -> None:
    """Refuse tables that are not exactly those of the newest version.

    Raises:
        ProjectDamagedError: a table is missing, too many, or another than it should be.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as model:
        create(model)
        expected, found = _tables(model), _tables(connection)
    for kind, thing in sorted(found.keys() - expected.keys(), key=repr):
        raise _foreign(name, kind, thing)
    for kind, thing in sorted(expected):
        if found.get((kind, thing), "") != expected[kind, thing]:
            raise ProjectDamagedError(
                f"{name} is damaged or not a roto project: its {kind} {thing} is not as it should "
                "be."
            )


def _tables(connection: sqlite3.Connection) -> dict[tuple[str, str], object]:
    found = connection.execute("SELECT type, name, sql FROM sqlite_master")
    return {
        (kind, name): " ".join(text.split()) if isinstance(text, str) else text
        for kind, name, text in found
    }


def _foreign(name: str, kind: object, thing: object) -> ProjectDamagedError:
    return ProjectDamagedError(
        f"{name} is not a roto project or was tampered with: it holds a {kind} {thing!r:.60}, "
        "which no project has."
    )
