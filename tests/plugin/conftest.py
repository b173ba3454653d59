"""What tests of the engine process share: clips, a tiny network, and lines to an engine."""

from __future__ import annotations

import cv2
import pytest
from engine_lines import inside, process
from shell_projects import pretend
from small_engines import _tiny_state, bar, plate, square

from roto.model.weights import save_state_dict


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory):
    """Weights of a network that is as small as one can be."""
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    save_state_dict(_tiny_state(), path, half=False)
    return path


@pytest.fixture
def shot(tmp_path):
    """A folder with a clip of 8 frames, and masks of its square and bar."""
    return write_shot(tmp_path / "shot")


def write_shot(folder, count=8):
    (folder / "plate").mkdir(parents=True)
    for number, picture in enumerate(plate(count), start=1001):
        cv2.imwrite(str(folder / "plate" / f"p.{number}.png"), picture[..., ::-1])
    for position in (0, 4):
        cv2.imwrite(str(folder / f"square.{1001 + position}.png"), square(position) * 255)
    cv2.imwrite(str(folder / "bar.png"), bar() * 255)
    return folder


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
