"""``Project``: everything that is saved of a session, in one SQLite file.

The file is the state. A session that was never saved has one too, in memory. Every edit is one
transaction and one step of an undo history that is in the file as well.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from roto.errors import ProjectEditError
from roto.project import database, journal, store, upkeep
from roto.project.edit import Edit
from roto.project.file import ProjectFile, absolute
from roto.project.tables import CLIP, BadValueError, from_json

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from typing_extensions import Self

    from roto.project.records import (
        ClipRecord,
        KeyframeRecord,
        LockRecord,
        ObjectRecord,
        ResultRecord,
        Steps,
    )
    from roto.project.state import Change
    from roto.project.tables import Row


class Project:
    """A project, open. Made by ``create`` and ``open``.

    One caller at a time; which thread that is does not matter. After any error the project is
    what its file says.
    """

    def __init__(self, file: ProjectFile) -> None:
        self._file = file
        self._edit: Edit | None = None
        self._joined = False  # whether edits are parts of the open one

    @classmethod
    def create(cls, clip: ClipRecord, path: str | os.PathLike[str] | None = None) -> Self:
        """A new project.

        Args:
            clip: What it is about.
            path: Where it will be; None keeps it in memory until ``save_as``.

        Raises:
            ProjectExistsError: there is such a file; it is left alone.
            ProjectEditError: the clip cannot be described so.
            ProjectError: nothing can be written there.
        """
        row = _row(clip)
        connection = database.in_memory()
        CLIP.write(connection, (1,), row)
        with _closed_on_error(ProjectFile(connection)) as file:
            file.load()
            if path is not None:
                file.move_to(path)
        return cls(file)

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, read_only: bool = False) -> Self:
        """Open a project's file.

        Args:
            path: The file.
            read_only: Only look at it, which is possible while another process edits it.

        Raises:
            ProjectNotFoundError: there is none.
            ProjectLockedError: another process edits it.
            ProjectVersionError: it is of a newer roto.
            ProjectDamagedError: it is damaged or no project.
            ProjectError: it cannot be read, or not be written without ``read_only``.
        """
        opened = ProjectFile.reading if read_only else ProjectFile.writing
        with _closed_on_error(opened(absolute(path))) as file:
            file.load()
        return cls(file)

    @property
    def path(self) -> Path | None:
        """Where its file is; None for one that was never saved."""
        return self._file.path

    @property
    def read_only(self) -> bool:
        """True where nothing can be changed."""
        return self._file.read_only

    @property
    def clip(self) -> ClipRecord:
        """What the project is about."""
        clip = self._file.state.clip[1]
        return replace(clip, arguments=deepcopy(clip.arguments))

    def objects(self) -> dict[int, ObjectRecord]:
        """All objects by id, ascending."""
        return dict(sorted(self._file.state.objects.items()))

    def keyframes(self) -> Mapping[tuple[int, int], KeyframeRecord]:
        """What the artist gave, by (frame, object): a live view, in no order."""
        return MappingProxyType(self._file.state.keyframes)

    def results(self) -> Mapping[tuple[int, int], ResultRecord]:
        """What propagation found, by (frame, object): a live view, in no order."""
        return MappingProxyType(self._file.state.results)

    def locks(self) -> dict[int, LockRecord]:
        """All locks by id, ascending."""
        return dict(sorted(self._file.state.locks.items()))

    def settings(self) -> dict[str, Any]:
        """All settings by name, as new JSON values."""
        return {name: from_json(given.text) for name, given in self._file.state.settings.items()}

    def blob(self, hash: str) -> bytes:
        """Stored bytes, checked against their hash.

        Raises:
            ProjectDamagedError: they are damaged or missing.
        """
        if self._edit is not None and hash in self._edit.additions.blobs:
            return self._edit.additions.blobs[hash]
        with database.explained(self.path):
            return store.read_blob(self._file.connection, hash, self._file.name)

    def provenance(self, id: str) -> dict[str, Any]:
        """What ``Edit.put_provenance`` was given, checked against its id.

        Raises:
            ProjectDamagedError: it is damaged or missing.
        """
        if self._edit is not None and id in self._edit.additions.provenance:
            value: dict[str, Any] = from_json(self._edit.additions.provenance[id])
            return value
        with database.explained(self.path):
            return store.read_provenance(self._file.connection, id, self._file.name)

    @contextmanager
    def edit(
        self, label: str | None, *, join: bool = False, durable: bool = True
    ) -> Iterator[Edit]:
        """Change the project: one transaction, one step to undo.

        When the block has ended well, its changes are in the file. When it raises, nothing has
        happened. A block that changes no row makes no step.

        Args:
            label: What the step is called; None: it is no step. Only for what is no work of an
                artist, and must not be lost by undo, as where the clip was found again.
            join: Add to the newest step if it has the same label and nothing was undone since,
                as the frames of one propagation do.
            durable: Safe from a power cut too, which costs waiting for the disk. False is safe
                from a process that is killed; the next durable edit makes it safe altogether.

        Raises:
            ProjectReadOnlyError: the project was opened read-only.
            ProjectError: it cannot be written.
        """
        if self._joined and self._edit is not None:
            if not durable:
                raise ProjectEditError(
                    "A propagation cannot be a part of a step; finish the step first."
                )
            with self._edit.part():
                yield self._edit
            return
        self._begin()
        edit = self._edit = Edit(self._file.state, self._file.connection)
        try:
            yield edit
            changes = edit.changes()

            def also(connection: sqlite3.Connection) -> None:
                edit.additions.write(connection)
                if changes and label is not None:
                    journal.record(connection, label, changes, join=join)

            if changes or edit.additions:
                self._file.commit(changes, also, durable=durable)
        except BaseException as error:
            self._file.recover(edit.changes())
            if isinstance(error, sqlite3.Error):
                raise database.explain(self.path, error) from error
            raise
        finally:
            edit.finish()
            self._edit = None

    @contextmanager
    def step(self, label: str) -> Iterator[None]:
        """Make the edits of a block parts of one: one transaction, one step to undo.

        When the block raises, none of them has happened; when one of them does and the block
        goes on, that one has not. A step in a step is a part of it.

        Raises:
            ProjectError: as ``edit``.
        """
        outer = self._joined
        with self.edit(label):
            self._joined = True
            try:
                yield
            finally:
                self._joined = outer

    def undo(self) -> str | None:
        """Take the newest step back; returns its label, None where there is nothing to take back.

        Raises:
            ProjectError: as ``edit``.
        """
        return self._travel(journal.to_undo, done=False)

    def redo(self) -> str | None:
        """Bring back what was undone last; returns its label, None where there is nothing.

        Raises:
            ProjectError: as ``edit``.
        """
        return self._travel(journal.to_redo, done=True)

    def steps(self) -> Steps:
        """What can be taken back and brought back."""
        with database.explained(self.path):
            return journal.steps(self._file.connection)

    def newest(self, label: str, before: int | None = None) -> tuple[int, list[Change]] | None:
        """The newest step of a label that was not taken back: its number and what it changed.

        Args:
            label: What the step is called.
            before: Only steps of a smaller number; None for all.

        Returns:
            None where there is no such step.

        Raises:
            ProjectDamagedError: the history is damaged.
        """
        with database.explained(self.path):
            step = journal.newest(self._file.connection, label, before)
            return None if step is None else (step.id, self._file.changes_of(step))

    def save_as(self, path: str | os.PathLike[str]) -> None:
        """Write all of it, with its history, to a new file, and go on there.

        The file appears complete or not at all. A project opened read-only can be edited in its
        new place. The file it was in before stays as it is. The clip's relative path becomes that
        from the new place.

        Raises:
            ProjectExistsError: there is such a file; it is left alone.
            ProjectError: nothing can be written there.
        """
        self._check_no_edit()
        self._file.move_to(path)

    def compact(self, keep_steps: int = 1000) -> None:
        """Forget the oldest steps beyond some number, then the blobs that nothing names.

        Raises:
            ProjectError: as ``edit``.
        """
        self._begin()
        if keep_steps < 0:
            raise ProjectEditError(f"{keep_steps} steps cannot be kept; 0 or more can.")
        upkeep.compact(self._file, keep_steps)

    def check(self) -> None:
        """Read everything and see whether it is whole; takes as long as reading the file.

        What another process writes meanwhile does not matter: all of it is read as it is at one
        moment, which a project opened read-only then knows.

        Raises:
            ProjectDamagedError: something is damaged; the message says what.
        """
        upkeep.check(self._file)

    def close(self) -> None:
        """Let go of the file. Everything is in it already; twice is harmless."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _travel(
        self, find: Callable[[sqlite3.Connection], journal.Step | None], *, done: bool
    ) -> str | None:
        self._begin()
        step = self._file.travel(find, done=done)
        return None if step is None else step.label

    def _begin(self) -> None:
        self._check_no_edit()
        self._file.begin()

    def _check_no_edit(self) -> None:
        if self._edit is not None:
            raise ProjectEditError(f"{self._file.name} is being edited already; finish that first.")


@contextmanager
def _closed_on_error(file: ProjectFile) -> Iterator[ProjectFile]:
    try:
        yield file
    except BaseException:
        file.close()
        raise


def _row(clip: ClipRecord) -> Row:
    """A clip as it is stored.

    Raises:
        ProjectEditError: it cannot be described so.
    """
    try:
        row = CLIP.row(clip)
        CLIP.record(row)  # it will be read from the file
    except (BadValueError, AttributeError) as error:
        raise ProjectEditError(f"This cannot be stored: {error}.") from None
    return row
