"""One clip, one project, however the artist points at it."""

from __future__ import annotations

import hashlib
import os

import numpy as np
import pytest

from roto.export.stills import write_picture
from roto.project.home import PROJECT, project_of


def fill(folder, *names):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        write_picture(folder / name, np.zeros((4, 4, 3), np.uint8))
    return folder


@pytest.fixture
def plates(tmp_path):
    return fill(tmp_path / "shot" / "plates", "plate.1001.png", "plate.1002.png")


@pytest.fixture
def home(tmp_path):
    return tmp_path / "projects"


def test_all_spellings_of_a_sequence_are_one(plates, home, tmp_path, monkeypatch):
    (tmp_path / "link").symlink_to(plates)
    monkeypatch.chdir(plates.parent)
    spellings = [
        str(plates),
        str(plates) + os.sep,
        "plates",
        plates / "plate.%04d.png",
        plates / "plate.####.png",
        plates / "plate.@@@@.png",
        plates / "plate.%d.png",
        "plates/../plates/plate.%04d.png",
        tmp_path / "link",
        tmp_path / "link" / "plate.####.png",
    ]
    places = {project_of(spelling, home) for spelling in spellings}
    (place,) = places
    assert place.parent == home
    assert place.name.startswith("plate-")
    assert place.name.endswith(PROJECT)


def test_a_movie_through_a_link_is_the_same(tmp_path, home, monkeypatch):
    movie = tmp_path / "plate.mov"
    movie.write_bytes(b"")
    (tmp_path / "today.mov").symlink_to(movie)
    monkeypatch.chdir(tmp_path)
    assert project_of("plate.mov", home) == project_of(tmp_path / "today.mov", home)


def test_different_clips_stay_apart(plates, home, tmp_path):
    fill(plates, "matte.1001.png", "matte.1002.png")
    other = fill(tmp_path / "other" / "plates", "plate.1001.png", "plate.1002.png")
    clips = [
        plates,  # two sequences: it cannot be opened as a folder
        plates / "plate.%04d.png",
        plates / "matte.%04d.png",
        plates / "plate.1001.png",  # one picture alone
        other,
        tmp_path / "none.%04d.png",
        tmp_path / "none.mov",
    ]
    assert len({project_of(clip, home) for clip in clips}) == len(clips)


def test_frames_that_come_later_change_nothing(plates, home):
    before = project_of(plates, home)
    fill(plates, "plate.1003.png", "plate.10000.png")
    assert project_of(plates, home) == before
    assert project_of(plates / "plate.%04d.png", home) == before


def test_what_was_made_under_another_spelling_is_found_by_it(plates, home):
    place = os.path.abspath(plates)
    mark = hashlib.sha256(place.encode()).hexdigest()[:8]
    home.mkdir()
    old = home / f"plates-{mark}.roto"
    old.write_bytes(b"work")
    assert project_of(plates, home) == old
    assert project_of(plates / "plate.%04d.png", home) != old


def test_what_was_made_by_the_pattern_is_found_by_the_folder(plates, home):
    place = str(plates / "plate.%04d.png")
    mark = hashlib.sha256(os.path.realpath(place).encode()).hexdigest()[:8]
    home.mkdir()
    old = home / f"plate-{mark}.roto"
    old.write_bytes(b"work")
    for spelling in (plates, plates / "plate.####.png", place):
        assert project_of(spelling, home) == old
