"""A shot to deliver."""

from __future__ import annotations

import pytest
from deliveries import shot_here


@pytest.fixture
def session(tmp_path, monkeypatch):
    """Of shot.roto in the current folder, with a box found everywhere; see ``shot_here``."""
    monkeypatch.chdir(tmp_path)
    with shot_here() as session:
        yield session
