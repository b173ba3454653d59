"""Undo, kept in the file: of every step the rows it changed, before and after.

A step holds each row at most once, so its changes may be made in any order. Rows are small,
because pixels are blobs that rows only name; so a step is small, and taking one back copies
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from roto.project.records import Steps
from roto.project.state import Change, as_text
from roto.project.tables import (
    LOCKS,
    TABLES,
    BadValueError,
    Table,
    from_json,
    from_sql,
    to_json,
    to_sql,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from roto.project.records import LockRecord

_ADD = """
    INSERT INTO changes (step, place, key, before, after) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (step, place, key) DO UPDATE SET after = excluded.after"""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the undo history."""

    id: int
    label: str


def record(
    connection: sqlite3.Connection, label: str, changes: Sequence[Change], *, join: bool
) -> None:
    """Note a step that is being made; what could have been redone is forgotten."""
    newest = connection.execute(
        "SELECT id, label, done AND joinable FROM steps ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if join and newest and newest[2] and from_sql(newest[1]) == label:
        step = newest[0]
    else:
        connection.execute(
            "DELETE FROM changes WHERE step IN (SELECT id FROM steps WHERE NOT done)"
        )
        connection.execute("DELETE FROM steps WHERE NOT done")
        step = newest[0] + 1 if newest else 1  # a number is never given twice
        connection.execute(
            "INSERT INTO steps (id, label, done, joinable) VALUES (?, ?, 1, 1)",
            [step, to_sql(label)],
        )
    rows = (
        (
            step,
            change.table.name,
            to_json(change.key),
            as_text(change.table, change.before),
            as_text(change.table, change.after),
        )
        for change in changes
    )
    connection.executemany(_ADD, rows)


def to_undo(connection: sqlite3.Connection) -> Step | None:
    """The step that comes next when taking back."""
    return _step(connection, "SELECT id, label FROM steps WHERE done ORDER BY id DESC LIMIT 1")


def to_redo(connection: sqlite3.Connection) -> Step | None:
    """The step that comes next when bringing back."""
    return _step(connection, "SELECT id, label FROM steps WHERE NOT done ORDER BY id LIMIT 1")


def newest(connection: sqlite3.Connection, label: str, before: int | None = None) -> Step | None:
    """The newest step of a label that was not taken back, of those before a number."""
    found = connection.execute(
        "SELECT id, label FROM steps WHERE done AND (? IS NULL OR id < ?) ORDER BY id DESC",
        [before, before],
    )
    for step, name in found:
        if from_sql(name) == label:
            return Step(step, label)
    return None


def taken_back(connection: sqlite3.Connection, table: Table[Any]) -> set[Any]:
    """Keys of the rows that steps had added to a table before they were taken back."""
    found = connection.execute(
        "SELECT key FROM changes WHERE place = ? AND before IS NULL "
        "AND step IN (SELECT id FROM steps WHERE NOT done)",
        [table.name],
    )
    return {table.key(_row(row[0])) for row in found}


def mark(connection: sqlite3.Connection, step: Step, *, done: bool) -> None:
    """Note that a step was taken back or brought back. No later edit joins it."""
    connection.execute("UPDATE steps SET done = ?, joinable = 0 WHERE id = ?", [done, step.id])


def changes_of(connection: sqlite3.Connection, step: Step) -> list[Change]:
    """What a step changed.

    Raises:
        BadValueError: the journal is damaged.
    """
    found = connection.execute(
        "SELECT place, key, before, after FROM changes WHERE step = ?", [step.id]
    )
    return [_change(*row) for row in found]


def steps(connection: sqlite3.Connection) -> Steps:
    """All labels."""
    undo = connection.execute("SELECT label FROM steps WHERE done ORDER BY id DESC")
    redo = connection.execute("SELECT label FROM steps WHERE NOT done ORDER BY id")
    return Steps(*(tuple(str(from_sql(row[0])) for row in found) for found in (undo, redo)))


def trim(connection: sqlite3.Connection, keep: int) -> None:
    """Forget all but the newest steps that could be taken back."""
    found = connection.execute(
        "SELECT id FROM steps WHERE done ORDER BY id DESC LIMIT 1 OFFSET ?", [keep]
    ).fetchone()
    if found:
        connection.execute("DELETE FROM changes WHERE step <= ?", found)
        connection.execute("DELETE FROM steps WHERE id <= ?", found)
        if connection.execute("SELECT 1 FROM steps").fetchone() is None:
            # Neither done nor undone, it is no step: it only keeps the number from coming again.
            connection.execute("INSERT INTO steps (id, label) VALUES (?, ?)", [*found, to_sql("")])


def blobs(connection: sqlite3.Connection) -> Iterator[str]:
    """Hashes of all blobs that a step may bring back, some of them many times.

    Raises:
        BadValueError: the journal is damaged.
    """
    for place, *texts in connection.execute("SELECT place, before, after FROM changes"):
        table = _table(place)
        for text in texts:
            if text is not None:
                yield from table.blobs(_row(text))


def locks(connection: sqlite3.Connection) -> Iterator[LockRecord]:
    """All locks that a step may bring back."""
    for place, *texts in connection.execute("SELECT place, before, after FROM changes"):
        if _table(place) is LOCKS:
            yield from (LOCKS.record(_row(text)) for text in texts if text is not None)


def _step(connection: sqlite3.Connection, query: str) -> Step | None:
    found = connection.execute(query).fetchone()
    return None if found is None else Step(found[0], str(from_sql(found[1])))


def _change(place: object, key: object, before: object, after: object) -> Change:
    table, row = _table(place), _row(key)
    change = Change(table, row, _record(table, before), _record(table, after))
    for found in (change.before, change.after):
        if found is not None and table.row(found)[: table.keys] != row:
            raise BadValueError(f"a step changes the key of a row of {table.name}")
    return change


def _table(place: object) -> Table[Any]:
    if not isinstance(place, str) or place not in TABLES:
        raise BadValueError("a step changes an unknown table")
    return TABLES[place]


def _record(table: Table[Any], text: object) -> Any | None:
    return None if text is None else table.record(_row(text))


def _row(text: object) -> tuple[Any, ...]:
    row = from_json(text)
    if not isinstance(row, list):
        raise BadValueError("a step holds what is no row")
    return tuple(row)
