"""Files appear whole or not at all.

Everything is first written to a temporary file beside its destination and then moved over
it in one step, so that a full disk, a crash or a reader in between never meets half a file.
There is no fsync: mattes can be made again, and a sync per frame would cost more than the frame.

A process that is killed leaves its temporary file behind. The system's lock on it is gone then, by
which :func:`remove_leftovers` tells it from that of a process at work.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from roto.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your disk quota is used up",
    errno.EACCES: "you may not write there",
    errno.EPERM: "you may not write there",
    errno.EROFS: "the disk is read-only",
    errno.EISDIR: "there is a folder of that name",
    errno.ENOENT: "there is no such folder and it cannot be made",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.EEXIST: "a part of the path is a file, not a folder",
    errno.ENAMETOOLONG: "the name is too long",
}


_STEM = 40  # letters of the target's name that a temporary one begins with
_TEMPORARY = re.compile(rf"\.(.{{0,{_STEM}}})\.[0-9a-f]{{8}}(\.[^.]+)?")


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary path to write to, which becomes ``path`` when the block ends well.

    It lies in the same folder, which is made if need be, and has the same extension, since
    encoders choose their format by it. When the block raises, the temporary file is removed
    and an older file at ``path`` is left as it was.

    Raises:
        ExportError: nothing can be written there. Any ``OSError`` of the block becomes one.
    """
    target = Path(path)
    temporary = target.with_name(f".{target.stem[:_STEM]}.{secrets.token_hex(4)}{target.suffix}")
    lock: int | None = None
    try:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = _made_and_locked(temporary)
        yield temporary
        os.replace(temporary, target)
    except ExportError:
        raise
    except OSError as error:
        raise export_error(target, error) from error
    finally:
        # Gone already when all went well; never there when the folder could not be made.
        with suppress(OSError):
            temporary.unlink()
        if lock is not None:
            os.close(lock)


def remove_leftovers(folder: Path, targets: Callable[[], Collection[Path]]) -> None:
    """Remove temporary files that processes left when they were killed; never those of others.

    Args:
        folder: Where files are going to be written. It need not exist.
        targets: These files; asked for only where something looks like a leftover.
    """
    with suppress(OSError):
        names = [name for name in os.listdir(folder) if _TEMPORARY.fullmatch(name)]
        starts = {(t.stem[:_STEM], t.suffix) for t in targets()} if names else set()
        for name in names:
            found = _TEMPORARY.fullmatch(name)
            if found and (found[1], found[2] or "") in starts:
                _remove_if_left(folder / name)


def _made_and_locked(path: Path) -> int | None:
    """A new, empty file and a lock on it, which the system lifts when this process ends."""
    if sys.platform == "win32":  # a file that is open could not be moved there
        return None
    import fcntl

    opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
    with suppress(OSError):  # of disks that know no locks
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return opened


def _remove_if_left(path: Path) -> None:
    if sys.platform == "win32":
        return
    import fcntl

    with suppress(OSError):  # somebody writes it, or it is no file of ours
        opened = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
        finally:
            os.close(opened)


def write_bytes_atomic(path: str | os.PathLike[str], data: bytes) -> None:
    """Write ``data`` to ``path``, wholly or not at all.

    Raises:
        ExportError: nothing can be written there.
    """
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)


def export_error(path: Path, error: OSError) -> ExportError:
    """The sentence for an artist that says why ``path`` cannot be written."""
    reason = _REASONS.get(error.errno or 0) or error.strerror or str(error)
    return ExportError(f"Cannot write {path}: {reason}.")
