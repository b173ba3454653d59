"""Files appear whole or not at all.

Everything is first written to a temporary file beside its destination and then moved over
it in one step, so that a full disk, a crash or a reader in between never meets half a file.
There is no fsync: mattes can be made again, and a sync per frame would cost more than the frame.
"""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from roto.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    temporary = target.with_name(f".{target.stem[:40]}.{secrets.token_hex(4)}{target.suffix}")
    try:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        target.parent.mkdir(parents=True, exist_ok=True)
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
