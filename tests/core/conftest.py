"""A project in memory and a place for one, for the tests of the project file."""

import pytest
from project_files import CAR, CLIP, HERO

from roto.project import Project


@pytest.fixture
def path(tmp_path):
    return tmp_path / "shot.roto"


@pytest.fixture
def project():
    with Project.create(CLIP) as project:
        with project.edit("objects") as edit:
            edit.put_object(HERO)
            edit.put_object(CAR)
        yield project
