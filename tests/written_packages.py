"""A small session on disk, packages written from it, and what is in and beside their folders."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import OpenEXR
from small_engines import bar, square

import roto
from roto.fake_engine import FakeEngine
from roto.package import Package, PackageOrder, read_package, write_package

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from roto.session import Session

COUNT = 6
FIRST, LAST = 1001, 1000 + COUNT


def work(session: Session, **options: Any) -> None:
    """Propagate to the end."""
    for _ in session.propagate(**options):
        pass


def keyed(clip: Path | npt.NDArray[np.uint8], path: Path | None = None) -> Session:
    """A session with a box keyed at the first frame and a bar at the third, not propagated."""
    session = roto.new_session(clip, path, model=FakeEngine())
    start = session.source.frame_numbers[0]
    session.set_keyframe(start, {"box": square(0)})
    session.set_keyframe(start + 2, {"bar": bar()})
    return session


def package_of(session: Session, folder: Path, **options: Any) -> Package:
    """Write one to the end; ``options`` are those of its order."""
    for _ in write_package(session, folder, PackageOrder(**options)):
        pass
    return read_package(folder)


def tree(folder: Path) -> dict[str, bytes]:
    """All files with their bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def others(folder: Path) -> list[str]:
    """What lies beside a package, its plates apart."""
    return sorted(name for name in os.listdir(folder.parent) if name not in (folder.name, "plates"))


def exr(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Channels by name, (H, W)."""
    with OpenEXR.File(str(path), separate_channels=True) as file:
        return {name: channel.pixels for name, channel in file.channels().items()}
