"""No way of writing mattes replaces the plate that they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from shell_projects import pretend

import roto
from roto.cli import main
from roto.errors import ExportError
from roto.export.inputs import spare
from roto.fake_engine import FakeEngine
from roto.media import files_of, open_clip

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def plates(tmp_path: Path) -> Path:
    folder = tmp_path / "plates"
    folder.mkdir()
    rng = np.random.default_rng(1)
    for frame in (1001, 1002, 1003):
        picture = rng.integers(0, 255, (32, 48, 3), np.uint8)
        cv2.imwrite(str(folder / f"plate.{frame}.png"), picture)
    mask = np.zeros((32, 48), np.uint8)
    mask[8:24, 8:24] = 255
    cv2.imwrite(str(tmp_path / "hero.png"), mask)
    return folder


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_files_of_a_clip_are_known(plates: Path) -> None:
    with open_clip(plates) as source:
        assert files_of(source) == sorted(plates.iterdir())
    with open_clip(np.zeros((2, 32, 48, 3), np.uint8)) as source:
        assert files_of(source) == []


def test_another_way_to_the_same_folder_is_seen(plates: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(plates, target_is_directory=True)
    read = list(plates.iterdir())
    for folder in (link, plates / ".." / "plates"):
        with pytest.raises(ExportError, match="the clip is read from it"):
            spare(read, [folder / "Plate.1002.PNG"])
    spare(read, [plates / "hero.1002.png", tmp_path / "none" / "plate.1002.png"])


def test_propagate_never_writes_over_its_plate(
    plates: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, output = _bytes(plates), str(plates / "plate.%04d.png")
    key = f"1001={tmp_path / 'hero.png'}"
    assert main(["propagate", str(plates), "--key", key, "-o", output]) == 1
    assert "Cannot write" in (said := capsys.readouterr().err)
    assert said.count("\n") == 1
    assert _bytes(plates) == before


@pytest.mark.parametrize("output", ["plate.%04d.png", "{object}.%04d.png"])
def test_export_never_writes_over_its_plate(
    plates: Path,
    tmp_path: Path,
    output: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pretend(monkeypatch)
    shot, before = str(tmp_path / "shot.roto"), _bytes(plates)
    assert main(["new", shot, "--plate", str(plates)]) == 0
    assert main(["key", shot, f"1001:plate={tmp_path / 'hero.png'}"]) == 0
    assert main(["run", shot]) == 0
    capsys.readouterr()
    assert main(["export", shot, "-o", str(plates / output)]) == 1
    assert "the clip is read from it" in capsys.readouterr().err
    assert _bytes(plates) == before
    assert main(["export", shot, "-o", str(plates / "matte.%04d.png")]) == 0  # beside it: fine


def test_a_result_never_writes_over_its_plate(plates: Path, tmp_path: Path) -> None:
    before = _bytes(plates)
    result = roto.propagate(plates, {1001: tmp_path / "hero.png"}, model=FakeEngine())
    with pytest.raises(ExportError, match="the clip is read from it"):
        result.save(plates / "plate.%04d.png")
    assert _bytes(plates) == before
    assert len(result.save(plates / "hero.%04d.png")) == 3


def test_overlays_spare_the_movie(
    plates: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from roto.export.overlay_movie import OverlayMovie

    plate = tmp_path / "plate.mp4"
    with open_clip(plates) as source, OverlayMovie(plate, 24, (32, 48)) as movie:
        for _, image in source.frames():
            movie.write(image)
    before = plate.read_bytes()
    words = ["propagate", str(plate), "--key", f"1001={tmp_path / 'hero.png'}"]
    assert main([*words, "-o", str(tmp_path / "o.%04d.png"), "--overlay", str(plate)]) == 1
    assert "plate.mp4: the clip is read from it" in capsys.readouterr().err
    assert plate.read_bytes() == before
    assert not list(tmp_path.glob("o.*"))


def test_a_file_that_holds_no_weights_is_named(tmp_path: Path) -> None:
    from roto.models import find_model

    (tmp_path / "hero.png").write_bytes(b"")
    with pytest.raises(roto.RotoError, match=r"hero\.png is no weight file"):
        find_model(tmp_path / "hero.png")
