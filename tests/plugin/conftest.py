"""What tests of the engine process share: clips, a tiny network, and lines to an engine."""

from __future__ import annotations

import pytest
from engine_lines import inside, process
from protocol_shots import write_shot, write_tiny_weights
from shell_projects import pretend


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory):
    """Weights of a network that is as small as one can be."""
    return write_tiny_weights(tmp_path_factory.mktemp("weights") / "tiny.safetensors")


@pytest.fixture
def shot(tmp_path):
    """A folder with a clip of 8 frames, and masks of its square and bar."""
    return write_shot(tmp_path / "shot")


@pytest.fixture
def pretended(monkeypatch):
    """No network inside this process."""
    pretend(monkeypatch)


@pytest.fixture
def line(pretended):
    """A client of an engine in this process, which has said hello."""
    with inside() as made:
        made.hello()
        yield made


@pytest.fixture
def engine():
    """A client of an engine process."""
    with process() as made:
        made.hello()
        yield made
