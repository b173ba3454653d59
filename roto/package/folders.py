"""Folders appear whole or not at all, and a new one takes the place of an old one in one step.

A folder is written beside its destination under a hidden name, and moved when it is finished.
Where the system can exchange two folders in one step (Linux, macOS), there is the old or the new
one at any moment. Elsewhere two moves are needed; a process that dies between them leaves the
old folder under a name from which the next reader or writer brings it back (:func:`recover`).
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import secrets
import shutil
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from roto.errors import ExportError, RotoError
from roto.export.atomic import export_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_PARTIAL, _PREVIOUS = ".partial", ".previous"
_LONGEST = 200  # bytes of a name that has room for the endings of the hidden ones
_AT_FDCWD, _EXCHANGE = -100, 2  # <fcntl.h>, <linux/fs.h>; RENAME_SWAP of macOS is 2 as well
_ATTEMPTS = 5


@contextmanager
def whole_folder(target: Path, may_replace: Callable[[], None] | None = None) -> Iterator[Path]:
    """A new folder to write into, which becomes ``target`` when the block ends well.

    It lies beside the target. When the block raises, it is removed and an older folder at
    ``target`` is left as it was. What was left behind by processes that died is removed.

    Args:
        target: No link; missing parents are made. An empty folder may be there.
        may_replace: Raises where the folder that is there must stay; asked just before it is
            replaced. None: it must stay.

    Raises:
        ExportError: nothing can be written there. Any ``OSError`` of the block becomes one.
    """
    parents = [folder for folder in target.parents if not folder.exists()]
    done = False
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        recover(target)
        _clear(target)
        with _locked_folder(target) as partial:
            try:
                yield partial
                _place(partial, target, may_replace)
                done = True
            finally:
                shutil.rmtree(partial, ignore_errors=True)  # or the older folder, if all is well
    except RotoError:  # some are OSErrors, too, and say more
        raise
    except OSError as error:
        raise export_error(target, error) from error
    finally:
        if not done:
            for folder in parents:
                with suppress(OSError):  # somebody else may use it by now
                    folder.rmdir()


def recover(target: Path) -> None:
    """Bring back the older folder if a process died while it replaced it."""
    previous = _hidden(target, "", _PREVIOUS)
    if not os.path.lexists(target) and previous.is_dir():
        with suppress(OSError):  # another process did it, or it may only be looked at
            previous.rename(target)


def _hidden(target: Path, token: str, ending: str) -> Path:
    return target.with_name(f".{_stem(target)}{token}{ending}")


def _stem(target: Path) -> str:
    name = os.fsencode(target.name)
    return target.name if len(name) <= _LONGEST else hashlib.sha256(name).hexdigest()


@contextmanager
def _locked_folder(target: Path) -> Iterator[Path]:
    """A new folder that says, by a lock of the system, that its writer is alive."""
    while True:
        partial = _hidden(target, f".{secrets.token_hex(4)}", _PARTIAL)
        partial.mkdir()
        lock = _lock(partial, wait=True)
        if lock is None or partial.is_dir():  # else somebody took it for a dead one's
            break
        os.close(lock)
    try:
        yield partial
    finally:
        if lock is not None:
            os.close(lock)


def _clear(target: Path) -> None:
    """Remove what processes that died have left beside a target."""
    start = f".{_stem(target)}."
    if target.is_dir():
        shutil.rmtree(_hidden(target, "", _PREVIOUS), ignore_errors=True)
    for folder in target.parent.iterdir():
        if folder.name.startswith(start) and folder.name.endswith(_PARTIAL):
            lock = _lock(folder, wait=False)
            if lock is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(lock)


def _lock(folder: Path, *, wait: bool) -> int | None:
    """A lock on a folder, let go of when its process ends; None where there is none to be had."""
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:  # somebody has it, or this disk knows no locks
        os.close(opened)
        return None
    return opened


def _place(partial: Path, target: Path, may_replace: Callable[[], None] | None) -> None:
    if not _occupied(target):
        with suppress(OSError):  # where an empty folder is in the way: Windows
            target.rmdir()
        try:
            partial.rename(target)
            return
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
    if may_replace is None:
        raise ExportError(f"Cannot write {target}: there is a folder already.")
    may_replace()
    _flush(partial)
    if not _exchange(partial, target):
        _replace_in_two(partial, target)


def _occupied(target: Path) -> bool:
    return target.is_dir() and any(target.iterdir())


def _exchange(first: Path, second: Path) -> bool:
    """Let two folders change places in one step; False where the system or the disk cannot."""
    if sys.platform == "win32":
        return False
    libc = ctypes.CDLL(None)
    one, other = os.fsencode(first), os.fsencode(second)
    if sys.platform == "darwin":
        return hasattr(libc, "renamex_np") and libc.renamex_np(one, other, _EXCHANGE) == 0
    if not hasattr(libc, "renameat2"):
        return False
    done: bool = libc.renameat2(_AT_FDCWD, one, _AT_FDCWD, other, _EXCHANGE) == 0
    return done


def _replace_in_two(partial: Path, target: Path) -> None:
    previous = _hidden(target, "", _PREVIOUS)
    for attempt in range(_ATTEMPTS):
        shutil.rmtree(previous, ignore_errors=True)
        target.rename(previous)
        try:
            partial.rename(target)
            break
        except OSError:
            recover(target)  # a reader may have been quicker, and brought it back
            if attempt == _ATTEMPTS - 1:
                raise
    shutil.rmtree(previous, ignore_errors=True)


def _flush(folder: Path) -> None:
    """See to it that a new folder is on the disk before the old one goes."""
    if sys.platform == "linux":
        opened = os.open(folder, os.O_RDONLY)
        try:
            if ctypes.CDLL(None).syncfs(opened) == 0:
                return
        finally:
            os.close(opened)
    for place, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(place, name), "rb+") as file:
                os.fsync(file.fileno())
