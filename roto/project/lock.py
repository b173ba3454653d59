"""Who may write: one process at a time, by a lock of the operating system.

The lock is on a small file beside the project, since SQLite needs the locks on its own files
for itself. The system lets go of it when its process ends, however that ends, so a lock file
that was left behind means nothing.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from roto.errors import ProjectLockedError

if TYPE_CHECKING:
    from pathlib import Path

_PLACE = 1 << 30  # of the locked byte on Windows, where a locked byte cannot be read


class WriterLock:
    """The right to write a project, held until ``release``.

    Args:
        project: The project's file; it need not exist yet.

    Raises:
        ProjectLockedError: someone has it.
        OSError: no file can be made beside the project.
    """

    def __init__(self, project: Path) -> None:
        self._path = lock_path(project)
        self._file = self._take(project)

    def release(self) -> None:
        """Let others write. Twice is harmless."""
        if self._file.closed:
            return
        if sys.platform == "win32":  # where an open file cannot be removed
            _unlock(self._file)
            self._file.close()
            with suppress(OSError):
                self._path.unlink()
            return
        with suppress(OSError):
            self._path.unlink()
        _unlock(self._file)
        self._file.close()

    def _take(self, project: Path) -> IO[bytes]:
        while True:
            file = self._open()
            try:
                if not _lock(file):
                    raise _locked(project, file)
                if self._is_current(file):
                    if file.writable():
                        _sign(file)
                        return file
                    self._path.unlink()  # left by another user's process: make our own
            except BaseException:
                file.close()
                raise
            file.close()  # its last holder removed it between our opening and our locking

    def _open(self) -> IO[bytes]:
        try:
            return os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666), "r+b", 0)
        except PermissionError as error:
            try:
                return self._path.open("rb", 0)
            except FileNotFoundError:
                raise error from None

    def _is_current(self, file: IO[bytes]) -> bool:
        try:
            return os.path.samestat(os.fstat(file.fileno()), os.stat(self._path))
        except FileNotFoundError:
            return False


def lock_path(project: Path) -> Path:
    """The file beside a project that its writer locks."""
    real = project.resolve()
    return real.with_name(f"{real.name}-lock")


def _sign(file: IO[bytes]) -> None:
    with suppress(OSError):  # a full disk is no reason not to open a project
        file.truncate(0)
        file.write(str(os.getpid()).encode())


def _locked(project: Path, file: IO[bytes]) -> ProjectLockedError:
    text = file.read(20)
    who = f"process {text.decode()}" if text.isdigit() else "another process"
    return ProjectLockedError(
        f"{project.name} is being edited by {who}; close it there, or open it read-only to look "
        "at it."
    )


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> bool:
        file.seek(_PLACE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        finally:
            file.seek(0)
        return True

    def _unlock(file: IO[bytes]) -> None:
        file.seek(_PLACE)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
