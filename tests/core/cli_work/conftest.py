"""A shot to work on with commands."""

from __future__ import annotations

import cv2
import pytest
from cli_shots import COUNT, LAST, command
from shell_projects import pretend
from small_engines import bar, plate, square


@pytest.fixture
def shot(tmp_path, monkeypatch):
    """A folder with a plate, masks of a box and a bar, and shot.roto; the current folder."""
    pretend(monkeypatch)
    (tmp_path / "plate").mkdir()
    for position, picture in enumerate(plate(COUNT)):
        cv2.imwrite(str(tmp_path / "plate" / f"plate.{1001 + position}.png"), picture[..., ::-1])
        cv2.imwrite(str(tmp_path / f"box.{1001 + position}.png"), square(position) * 255)
    cv2.imwrite(str(tmp_path / "bar.1001.png"), bar() * 255)
    monkeypatch.chdir(tmp_path)
    assert command("new", "--plate", "plate") == 0
    return tmp_path


@pytest.fixture
def found(shot, capsys):
    """The same, the box keyed at three frames and propagated."""
    masks = [f"{frame}:box=box.{frame}.png" for frame in (1001, 1006, LAST)]
    assert command("key", *masks) == 0
    assert command("run") == 0
    capsys.readouterr()
    return shot
