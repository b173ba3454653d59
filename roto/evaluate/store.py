"""Where the files of a data set lie: in a folder, or still in the tar it came in."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING, Protocol

from roto.errors import ClipNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Store(Protocol):
    """Named files, wherever they lie; names are relative, with forward slashes."""

    def names(self) -> Iterable[str]:
        """All files that could belong to a data set."""
        ...

    def read(self, name: str) -> bytes:
        """The bytes of one file; raises KeyError if there is none of that name."""
        ...

    def close(self) -> None:
        """Let go of open files."""
        ...


class FolderStore:
    """Files below a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self) -> Iterable[str]:
        # Only the depths that count: a full DAVIS holds thousands of other files.
        for pattern in ("JPEGImages/*/*", "Annotations/*/*", "*/480p/*/*", "ImageSets/*/*"):
            for path in self._root.glob(pattern):
                yield path.relative_to(self._root).as_posix()

    def read(self, name: str) -> bytes:
        return (self._root / name).read_bytes()

    def close(self) -> None:
        pass


class TarStore:
    """Files in a tar, read in place."""

    def __init__(self, path: Path) -> None:
        self._tar = tarfile.open(path)  # noqa: SIM115 - closed by close()
        self._members = {m.name: m for m in self._tar.getmembers() if m.isfile()}

    def names(self) -> Iterable[str]:
        return self._members

    def read(self, name: str) -> bytes:
        stream = self._tar.extractfile(self._members[name])
        assert stream is not None  # only regular files were listed
        with stream:
            return stream.read()

    def close(self) -> None:
        self._tar.close()


def open_store(path: Path) -> Store:
    """The files of a folder or of a tar.

    Raises:
        ClipNotFoundError: there is nothing, or a file that is not a tar.
    """
    if path.is_dir():
        return FolderStore(path)
    if not path.exists():
        raise ClipNotFoundError(f"There is no data set at {path}.")
    try:
        return TarStore(path)
    except tarfile.TarError:
        raise ClipNotFoundError(
            f"{path} is neither a folder nor a tar file, so it cannot be a data set."
        ) from None
