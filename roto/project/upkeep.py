"""What is done to a whole project file now and then: making it small, and looking for damage."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from roto.errors import ProjectDamagedError
from roto.project import database, journal, store

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from roto.project.file import ProjectFile


def compact(file: ProjectFile, keep_steps: int) -> None:
    """See :meth:`roto.project.Project.compact`."""

    def drop(connection: sqlite3.Connection) -> None:
        journal.trim(connection, keep_steps)
        store.drop_blobs(connection, file.needed_blobs())

    try:
        file.commit([], drop)
    except BaseException:
        file.recover([])
        raise
    with database.explained(file.path):
        file.connection.execute("VACUUM")
        file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def check(file: ProjectFile) -> None:
    """See :meth:`roto.project.Project.check`."""
    connection = file.connection
    with database.explained(file.path), _one_moment(file):
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise ProjectDamagedError(f"{file.name} is damaged: {found}.")
        for name in file.needed_blobs().union(store.blob_names(connection)):
            store.read_blob(connection, name, file.name)
        for name in {result.provenance for result in file.state.results.values()}:
            store.read_provenance(connection, name, file.name)


@contextmanager
def _one_moment(file: ProjectFile) -> Iterator[None]:
    """Rows and blobs of one moment, whatever another process writes. A writer has no other."""
    if not file.read_only:
        yield
        return
    connection = file.connection
    connection.execute("BEGIN")
    try:
        file.load()
        yield
    finally:
        if connection.in_transaction:  # SQLite ends it by itself after some errors
            connection.execute("ROLLBACK")
