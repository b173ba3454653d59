"""``ProjectFile``: an open database and its rows in memory, which always say the same."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from roto.errors import (
    ProjectDamagedError,
    ProjectEditError,
    ProjectError,
    ProjectLockedError,
    ProjectReadOnlyError,
)
from roto.project import database, journal, store
from roto.project.locate import relative_to
from roto.project.lock import WriterLock
from roto.project.state import Change, State
from roto.project.tables import TABLES, BadValueError, to_sql

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from typing_extensions import Self


class ProjectFile:
    """An open database, the lock on it, and its rows in memory.

    Attributes:
        state: The rows.
        path: Where the file is; None in memory.
        read_only: True where nothing can be changed.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: Path | None = None,
        lock: WriterLock | None = None,
        *,
        read_only: bool = False,
    ) -> None:
        self._database, self._lock = connection, lock
        self.state, self.path, self.read_only = State(), path, read_only
        self._closed = self._touched = False

    @classmethod
    def reading(cls, path: Path) -> Self:
        """Open a file to look at it; see ``Project.open``."""
        return cls(database.open_reading(path), path, read_only=True)

    @classmethod
    def writing(cls, path: Path) -> Self:
        """Open a file to edit it; see ``Project.open``."""
        database.check_file(path)  # first, so that no lock is made beside what is no project
        try:
            lock = WriterLock(path)
        except ProjectLockedError:
            raise
        except OSError as error:
            raise ProjectError(
                f"{path} cannot be edited, because nothing can be written beside it "
                f"({error.strerror or error}); open it read-only to look at it."
            ) from error
        try:
            return cls(database.open_writing(path), path, lock)
        except BaseException:
            lock.release()
            raise

    @property
    def name(self) -> str:
        """What messages call it."""
        return "The unsaved project" if self.path is None else self.path.name

    @property
    def connection(self) -> sqlite3.Connection:
        """The open database.

        Raises:
            ProjectError: it was closed.
        """
        if self._closed:
            raise ProjectError(f"{self.name} was closed; open it again.")
        return self._database

    def check_editable(self) -> None:
        """Refuse what was closed or opened read-only.

        Raises:
            ProjectReadOnlyError: it was opened read-only.
            ProjectError: it was closed.
        """
        _ = self.connection
        if self.read_only:
            raise ProjectReadOnlyError(
                f"{self.name} was opened read-only; save it under another name to edit it."
            )

    def load(self) -> None:
        """Bring the rows in memory to what the file says."""
        with database.explained(self.path):
            self.state.load(self.connection, self.name)

    def begin(self) -> None:
        """Start an operation that ``recover`` will take back when it fails."""
        self.check_editable()
        self._touched = False

    def commit(
        self,
        changes: Sequence[Change],
        also: Callable[[sqlite3.Connection], None],
        *,
        durable: bool = True,
    ) -> None:
        """Write changes and what goes with them in one transaction, then apply them in memory.

        Raises:
            ProjectError: nothing was written; the caller calls ``recover``.
        """
        connection = self.connection
        self._touched = True
        try:
            with database.explained(self.path):
                connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
                connection.execute("BEGIN IMMEDIATE")
                for change in changes:
                    row = None if change.after is None else change.table.row(change.after)
                    change.table.write(connection, change.key, row)
                also(connection)
                connection.execute("COMMIT")
        except BadValueError as error:
            raise self.damaged(error) from None
        self.state.apply(changes)

    def recover(self, changes: Sequence[Change]) -> None:
        """After a failure: memory says what the file says, and no transaction is open.

        Args:
            changes: What the operation was about to do.
        """
        self.state.apply(change.reversed for change in changes)
        if not self._touched or self._closed:
            return
        with suppress(ProjectError), database.explained(self.path):
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            self.load()  # only the file knows whether an interrupt came before or after

    def changes_of(self, step: journal.Step) -> list[Change]:
        """What a step of the history changed.

        Raises:
            ProjectDamagedError: the history is damaged.
        """
        try:
            return journal.changes_of(self.connection, step)
        except BadValueError as error:
            raise self.damaged(error) from None

    def travel(
        self, find: Callable[[sqlite3.Connection], journal.Step | None], *, done: bool
    ) -> journal.Step | None:
        """Bring the step that is found back, or take it back where ``done`` is False.

        Raises:
            ProjectError: nothing was written, and memory says what the file says.
        """
        with database.explained(self.path):
            step = find(self.connection)
            if step is None:
                return None
            changes = self.changes_of(step)
        if not done:
            changes = [change.reversed for change in changes]
        try:
            self.commit(changes, lambda opened: journal.mark(opened, step, done=done))
        except BaseException:
            self.recover(changes)
            raise
        return step

    def needed_blobs(self) -> set[str]:
        """Hashes of all blobs that a row names, or a step may bring back.

        Raises:
            ProjectDamagedError: the journal is damaged.
        """
        named = {
            name
            for table in TABLES.values()
            if table.hashes
            for record in self.state.index(table).values()
            for name in table.blobs(table.row(record))
        }
        try:
            named.update(journal.blobs(self.connection))
            locks = [*self.state.locks.values(), *journal.locks(self.connection)]
        except BadValueError as error:
            raise self.damaged(error) from None
        snapshots = {lock.snapshot for lock in locks if lock.snapshot is not None}
        return named.union(*(self._named_in(snapshot) for snapshot in snapshots))

    def _named_in(self, snapshot: str) -> set[str]:
        """Blobs that a lock's snapshot names: a text in which every such number is one."""
        data = store.read_blob(self.connection, snapshot, self.name)
        return set(re.findall(r"[0-9a-f]{64}", data.decode("ascii", "ignore")))

    def move_to(self, path: str | os.PathLike[str]) -> None:
        """Copy everything to a new file and go on there; see ``Project.save_as``."""
        source, target = self.connection, absolute(path)
        clip = self.state.clip[1]
        # What was said of a project that had no place yet was meant for this one.
        meant = clip.relative if self.path is None else None
        relative = relative_to(clip.absolute, target) if meant is None else meant

        def relocate(copy: sqlite3.Connection) -> None:
            copy.execute("UPDATE clip SET relative = ?", [to_sql(relative)])

        database.refuse_existing(target)
        with database.explained(target):
            lock = WriterLock(target)
        try:
            database.write_copy(source, target, relocate)
            fresh = database.open_writing(target)
        except BaseException:
            lock.release()
            raise
        old, self._lock = self._lock, lock
        self._database, self.path, self.read_only = fresh, target, False
        source.close()
        if old is not None:
            old.release()
        self.load()

    def close(self) -> None:
        """Let go of the file. Twice is harmless."""
        if self._closed:
            return
        self._closed = True
        self._database.close()
        if self._lock is not None:
            self._lock.release()

    def damaged(self, error: BadValueError) -> ProjectDamagedError:
        """The error for a value that no edit puts in a project."""
        return ProjectDamagedError(f"{self.name} is damaged: {error}.")


def absolute(path: str | os.PathLike[str]) -> Path:
    """A path that stays right when the working folder changes.

    Raises:
        ProjectEditError: no file has such a name.
    """
    text = os.fspath(path)
    if not text or "\0" in text:
        raise ProjectEditError(f"{text!r:.60} is no path of a file.")
    return Path(text).expanduser().absolute()
