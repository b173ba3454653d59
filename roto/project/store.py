"""What rows name and undo never takes away: blobs, provenance, and the ids once given."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from roto.errors import ProjectDamagedError
from roto.project.tables import BadValueError, from_json

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Container

MOST_BYTES = 2**28  # of a blob; a float matte of 8K without any compression takes half


@dataclass(slots=True)
class Additions:
    """What an edit adds, until it is written.

    Attributes:
        blobs: Bytes by hash.
        provenance: JSON texts by id.
        ids: Object ids that were given out.
    """

    blobs: dict[str, bytes] = field(default_factory=dict)
    provenance: dict[str, str] = field(default_factory=dict)
    ids: set[int] = field(default_factory=set)

    def write(self, connection: sqlite3.Connection) -> None:
        """Put everything in the file; what is there already stays as it is."""
        connection.executemany(
            "INSERT OR IGNORE INTO blobs (hash, data) VALUES (?, ?)", self.blobs.items()
        )
        connection.executemany(
            "INSERT OR IGNORE INTO provenance (id, data) VALUES (?, ?)", self.provenance.items()
        )
        connection.executemany(
            "INSERT OR IGNORE INTO object_ids (id) VALUES (?)", [(i,) for i in self.ids]
        )

    def __bool__(self) -> bool:
        return bool(self.blobs or self.provenance or self.ids)


def hash_of(data: bytes) -> str:
    """The name of a blob: its SHA-256."""
    return hashlib.sha256(data).hexdigest()


def has_blob(connection: sqlite3.Connection, name: str) -> bool:
    """Whether there is a blob of this hash."""
    return _has(connection, "SELECT 1 FROM blobs WHERE hash = ?", name)


def has_provenance(connection: sqlite3.Connection, name: str) -> bool:
    """Whether there is a provenance of this id."""
    return _has(connection, "SELECT 1 FROM provenance WHERE id = ?", name)


def read_blob(connection: sqlite3.Connection, name: str, project: str) -> bytes:
    """The bytes of a blob, checked against its hash.

    Raises:
        ProjectDamagedError: they are damaged or missing.
    """
    # Only after the length is known to be sane is anything of it read.
    found = connection.execute(
        "SELECT CASE WHEN typeof(data) = 'blob' AND length(data) <= ? THEN data END "
        "FROM blobs WHERE hash = ?",
        [MOST_BYTES, name],
    ).fetchone()
    if found is None:
        raise ProjectDamagedError(f"{project} is damaged: the blob {name:.12} is missing.")
    data = found[0]
    if not isinstance(data, bytes) or hash_of(data) != name:
        raise ProjectDamagedError(
            f"{project} is damaged: the blob {name:.12} is not what was stored; paint or "
            "propagate again what it belongs to."
        )
    return data


def read_provenance(connection: sqlite3.Connection, name: str, project: str) -> dict[str, Any]:
    """A provenance, checked against its id.

    Raises:
        ProjectDamagedError: it is damaged or missing.
    """
    found = connection.execute("SELECT data FROM provenance WHERE id = ?", [name]).fetchone()
    text = found[0] if found else None
    if isinstance(text, str) and hash_of(text.encode()) == name:
        try:
            value = from_json(text)
        except BadValueError:
            value = None
        if isinstance(value, dict):
            return value
    raise ProjectDamagedError(
        f"{project} is damaged: the provenance {name:.12} is "
        f"{'not what was stored' if found else 'missing'}."
    )


def used_ids(connection: sqlite3.Connection) -> set[int]:
    """All object ids that were ever given out."""
    return {row[0] for row in connection.execute("SELECT id FROM object_ids")}


def drop_blobs(connection: sqlite3.Connection, needed: Container[str]) -> None:
    """Remove the blobs that nobody names."""
    names = connection.execute("SELECT hash FROM blobs").fetchall()
    unneeded = [row for row in names if row[0] not in needed]
    connection.executemany("DELETE FROM blobs WHERE hash = ?", unneeded)


def blob_names(connection: sqlite3.Connection) -> list[str]:
    """Hashes of all blobs."""
    return [row[0] for row in connection.execute("SELECT hash FROM blobs")]


def _has(connection: sqlite3.Connection, query: str, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None
