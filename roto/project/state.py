"""The small rows of a project in memory: what an edit reads and changes, and the file repeats."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from roto.errors import ProjectDamagedError
from roto.project.tables import CLIP, TABLES, BadValueError, Row, Setting, Table, to_json

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from roto.project.records import (
        ClipRecord,
        KeyframeRecord,
        LockRecord,
        ObjectRecord,
        ResultRecord,
    )


@dataclass(frozen=True, slots=True)
class Change:
    """One row before and after an edit. ``None`` means that it is not there."""

    table: Table[Any]
    key: Row
    before: Any | None
    after: Any | None

    @property
    def reversed(self) -> Change:
        """The same, taken back."""
        return Change(self.table, self.key, self.after, self.before)


@dataclass(slots=True)
class State:
    """All rows that undo knows about, by table and key."""

    clip: dict[int, ClipRecord] = field(default_factory=dict)
    objects: dict[int, ObjectRecord] = field(default_factory=dict)
    keyframes: dict[tuple[int, int], KeyframeRecord] = field(default_factory=dict)
    results: dict[tuple[int, int], ResultRecord] = field(default_factory=dict)
    locks: dict[int, LockRecord] = field(default_factory=dict)
    settings: dict[str, Setting] = field(default_factory=dict)

    def index(self, table: Table[Any]) -> dict[Any, Any]:
        """The rows of one table."""
        index: dict[Any, Any] = getattr(self, table.name)
        return index

    def apply(self, changes: Iterable[Change]) -> None:
        """Make every changed row what it is afterwards; doing so twice is harmless."""
        for change in changes:
            index, key = self.index(change.table), change.table.key(change.key)
            if change.after is None:
                index.pop(key, None)
            else:
                index[key] = change.after

    def load(self, connection: sqlite3.Connection, name: str) -> None:
        """Become what the file says, all at one moment: that of a transaction if one is open.

        Dictionaries that were handed out stay the ones in use.

        Raises:
            ProjectDamagedError: rows that no edit makes.
            sqlite3.Error: it cannot be read.
        """
        own = not connection.in_transaction
        if own:
            connection.execute("BEGIN")
        try:
            loaded = {table: table.read(connection) for table in TABLES.values()}
            _check(loaded)
        except BadValueError as error:
            raise ProjectDamagedError(f"{name} is damaged: {error}.") from None
        finally:
            if own and connection.in_transaction:
                connection.execute("ROLLBACK")
        for table, rows in loaded.items():
            index = self.index(table)
            index.clear()
            index.update(rows)


def _check(loaded: dict[Table[Any], dict[Any, Any]]) -> None:
    """What holds between tables. Blobs are checked when they are read."""
    if not loaded[CLIP]:
        raise BadValueError("it describes no clip")
    objects = loaded[TABLES["objects"]]
    for table, rows in loaded.items():
        for record in rows.values() if table.refers else ():
            if record.object is not None and record.object not in objects:
                raise BadValueError(f"{table.name} speak of an object {record.object}")


def as_text(table: Table[Any], record: Any | None) -> str | None:
    """A row for the journal."""
    return None if record is None else to_json(table.row(record))


def as_setting(name: str, value: Any) -> Setting:
    """A setting from a JSON value.

    Raises:
        BadValueError: it is no JSON value.
    """
    return Setting(name, to_json(value))
