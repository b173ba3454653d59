"""A clip on disk, a session on it, and a small package written by hand."""

from __future__ import annotations

import pytest
from package_files import write
from small_engines import write_plate
from written_packages import COUNT, FIRST, keyed, work


@pytest.fixture
def clip(tmp_path):
    """A sequence on disk; returns its pattern."""
    return write_plate(tmp_path / "plates", COUNT, FIRST) / "plate.####.png"


@pytest.fixture
def session(clip):
    with keyed(clip) as session:
        work(session)
        yield session


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "shot.mattes")
