"""Opening, copying and closing the SQLite file; SQLite's complaints in our sentences."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import stat
import tempfile
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from roto.errors import (
    ProjectDamagedError,
    ProjectError,
    ProjectExistsError,
    ProjectLockedError,
    ProjectNotFoundError,
)
from roto.project import schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MAGIC = b"SQLite format 3\0"
_HEADER = 100  # bytes; https://www.sqlite.org/fileformat2.html#the_database_header
_PATIENCE = 5.0  # seconds, for another program that writes to the file
_REASONS = (
    # What SQLite says, the error, what we say.
    ("disk is full", ProjectError, "the disk is full"),
    ("disk I/O error", ProjectError, "the disk is full or failing"),
    ("readonly database", ProjectError, "you may not write there"),
    ("unable to open", ProjectError, "it cannot be opened; check the permissions of its folder"),
    ("is locked", ProjectLockedError, "another program is writing to it"),
    ("not a database", ProjectDamagedError, "it is damaged or no roto project"),
    ("malformed", ProjectDamagedError, "it is damaged"),
    ("not decode", ProjectDamagedError, "it is damaged"),
)


def in_memory() -> sqlite3.Connection:
    """A new database that lives as long as its connection."""
    connection = _connect(":memory:", uri=False)
    schema.create(connection)
    return connection


def open_writing(path: Path) -> sqlite3.Connection:
    """Open a project's file to edit it; an older version is upgraded, with a copy kept beside it.

    Raises:
        ProjectError: one of its kinds; see ``roto.errors``.
    """
    check_file(path)
    with explained(path), _closed_on_error(_connect(_uri(path))) as connection:
        version = schema.version_of(connection, path.name)
        if version < schema.VERSION:
            schema.check_harmless(connection, path.name)
            write_copy(connection, _name_of_backup(path, version))
            schema.upgrade(connection, version, path.name)
        schema.check_tables(connection, path.name)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")  # tells whether the file can be written at all
        connection.execute("ROLLBACK")
        return connection


def open_reading(path: Path) -> sqlite3.Connection:
    """Open a project's file to look at it, also while another process writes it.

    Raises:
        ProjectError: one of its kinds; see ``roto.errors``.
    """
    check_file(path)
    with explained(path):
        try:
            with _closed_on_error(_connect(_uri(path), reading=True)) as connection:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            if "unable to open" not in str(error) and "readonly" not in str(error):
                raise
            connection = _read_aside(path)
        with _closed_on_error(connection):
            version = schema.version_of(connection, path.name)
            if version < schema.VERSION:
                connection = _replaced(connection)
                schema.upgrade(connection, version, path.name)
            schema.check_tables(connection, path.name)
            connection.execute("PRAGMA query_only = ON")
            return connection


def check_file(path: Path) -> None:
    """Refuse, before SQLite sees it, what cannot be a project or is cut off.

    Raises:
        ProjectNotFoundError: nothing is there.
        ProjectDamagedError: it is no project, or a part of it is missing.
        ProjectError: it cannot be read.
    """
    for attempt in (1, 2):
        header, size = _read_header(path)
        if not size:
            raise ProjectDamagedError(f"{path.name} is empty, so it is not a roto project.")
        if header[:16] != _MAGIC or len(header) < _HEADER:
            raise ProjectDamagedError(
                f"{path.name} is not a roto project: it is no SQLite file, or cut off."
            )
        number = int.from_bytes
        schema.check_numbers(number(header[68:72], "big"), number(header[60:64], "big"), path.name)
        page = number(header[16:18], "big")
        page = 65536 if page == 1 else page
        expected = page * number(header[28:32], "big")
        # What is not in the file yet is in its log. The second look is for a log that its
        # writer has emptied into the file while we were looking.
        if size >= expected or _has_log(path):
            return
        if attempt == 2:
            raise ProjectDamagedError(
                f"{path.name} is damaged: it is cut off after {size} of {expected} bytes; "
                "take it from a backup."
            )


def _read_header(path: Path) -> tuple[bytes, int]:
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise ProjectError(f"{path} is a folder, not a roto project.")
        if not stat.S_ISREG(kind):  # a pipe would make us wait for ever
            raise ProjectDamagedError(f"{path} is no ordinary file, so it is not a roto project.")
        with path.open("rb") as file:
            return file.read(_HEADER), os.fstat(file.fileno()).st_size
    except (FileNotFoundError, NotADirectoryError):
        raise ProjectNotFoundError(f"There is no project {str(path)!r}; check the path.") from None
    except ProjectError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or error
        raise ProjectError(f"{path} cannot be read: {reason}.") from None


def write_copy(
    connection: sqlite3.Connection,
    target: Path,
    change: Callable[[sqlite3.Connection], None] | None = None,
) -> None:
    """Copy a whole database to a new file, which appears complete or not at all.

    Args:
        connection: What to copy.
        target: Where; nothing may be there.
        change: Made to the copy before it appears.

    Raises:
        ProjectExistsError: something is there.
        ProjectError: it cannot be written.
    """
    refuse_existing(target)
    temporary = target.with_name(f".{target.name[:40]}.{secrets.token_hex(4)}")
    try:
        with explained(target):
            with closing(sqlite3.connect(_uri(temporary, "rwc"), uri=True)) as copy:
                connection.backup(copy)
                copy.isolation_level = None
                if change is not None:
                    change(copy)
                copy.execute("PRAGMA journal_mode = WAL")
            _sync(temporary, os.O_RDWR)
            refuse_existing(target)
            os.replace(temporary, target)
            if os.name != "nt":  # where a folder cannot be opened
                _sync(target.parent, os.O_RDONLY)
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                temporary.with_name(temporary.name + end).unlink()


def refuse_existing(path: Path) -> None:
    """Nothing is overwritten, and no log that an other project left is taken for the new one's.

    Raises:
        ProjectExistsError: there is such a file.
    """
    if os.path.lexists(path):
        raise ProjectExistsError(f"There is already a file {path}; choose another name.")
    log = path.with_name(f"{path.name}-wal")
    if os.path.lexists(log):
        raise ProjectExistsError(
            f"There is a file {log} that belongs to a project of this name which was moved or "
            "deleted; move it to where that project is, or choose another name."
        )


@contextmanager
def explained(path: Path | None) -> Iterator[None]:
    """Turn what SQLite and the system complain about into a ``ProjectError``."""
    try:
        yield
    except ProjectError:
        raise
    except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
        raise explain(path, error) from error


def explain(path: Path | None, error: Exception) -> ProjectError:
    """The sentence for an artist that says why a project cannot be used."""
    name = "The unsaved project" if path is None else str(path)
    kind, reason = ProjectError, str(error)
    if isinstance(error, FileNotFoundError):
        reason = "there is no such folder"
    elif isinstance(error, OSError):
        reason = error.strerror or reason
    elif isinstance(error, UnicodeDecodeError):  # SQLite's complaint quotes damaged text
        kind, reason = ProjectDamagedError, "it is damaged"
    else:
        known = ((k, r) for text, k, r in _REASONS if text in str(error))
        kind, reason = next(known, (ProjectDamagedError, f"SQLite says {error}"))
    return kind(f"{name} cannot be used: {reason}.")


def _connect(address: str, *, uri: bool = True, reading: bool = False) -> sqlite3.Connection:
    connection = sqlite3.connect(
        address, uri=uri, isolation_level=None, timeout=_PATIENCE, check_same_thread=False
    )
    with _closed_on_error(connection):
        # Nothing that a file says about functions, triggers or views is to be believed.
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute(
            "PRAGMA mmap_size = 0"
        )  # a file cut off while open is an error, no crash
        if reading:
            connection.execute("PRAGMA query_only = ON")
        return connection


@contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    try:
        yield connection
    except BaseException:
        connection.close()
        raise


def _read_aside(path: Path) -> sqlite3.Connection:
    """A copy in memory of a file in a folder where SQLite can make no files of its own.

    No process can be writing to it, since that one's files would be there.
    """
    with tempfile.TemporaryDirectory(prefix="roto-") as folder:
        aside = Path(folder, "project")
        shutil.copyfile(path, aside)
        if _has_log(path):
            shutil.copyfile(_log_of(path), _log_of(aside))
        return _replaced(_connect(_uri(aside)))


def _replaced(connection: sqlite3.Connection) -> sqlite3.Connection:
    """A copy in memory; the original is closed."""
    with closing(connection), _closed_on_error(_connect(":memory:", uri=False)) as copy:
        connection.backup(copy)
        return copy


def _name_of_backup(path: Path, version: int) -> Path:
    name, number = f"{path.name}.v{version}", 2
    backup = path.with_name(name)
    while os.path.lexists(backup):
        backup, number = path.with_name(f"{name}-{number}"), number + 1
    return backup


def _uri(path: Path, mode: str = "rw") -> str:
    return f"{path.absolute().as_uri()}?mode={mode}"


def _log_of(path: Path) -> Path:
    real = path.resolve()
    return real.with_name(f"{real.name}-wal")


def _has_log(path: Path) -> bool:
    try:
        return _log_of(path).stat().st_size > 0
    except OSError:
        return False


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
