"""A propagation is told where things were: by results of the same model and settings alone."""

from __future__ import annotations

import numpy as np
import pytest
from small_engines import SIZE, bar, plate, square

from roto.engine import Settings
from roto.fake_engine import FakeEngine, FakeMemory
from roto.media import open_clip
from roto.project import ClipRecord, Project
from roto.session import Session

COUNT = 8


class Hinted(FakeMemory):
    """Notes what it is told."""

    told: dict

    def predict(self, frame, encoded, objects, known=None, before=None):
        self.told[frame, tuple(objects)] = before
        return super().predict(frame, encoded, objects, known, before)


class HintedEngine(FakeEngine):
    def __init__(self, settings=None):
        super().__init__(settings or Settings())
        self.told = {}

    def open_memory(self):
        return type("Memory", (Hinted,), {"told": self.told})(self.settings)


@pytest.fixture
def project():
    return Project.create(
        ClipRecord("plate", "", None, "", SIZE[1], SIZE[0], "24", 0, COUNT, "srgb")
    )


def work(project, engine, frame, mask, **options):
    """A correction, and what the engine is told in the propagation after it."""
    session = Session(open_clip(plate(COUNT)), engine, project)
    session.set_keyframe(frame, {"box": mask})
    for _ in session.propagate(**options):
        pass
    return engine.told


def test_the_first_time_nothing_is_known(project):
    told = work(project, HintedEngine(), 0, square(0))
    assert told == {(frame, (1,)): None for frame in range(1, COUNT)}


def test_what_was_found_by_the_same_engine_is_told(project):
    work(project, HintedEngine(), 0, square(0))
    rows = dict(project.results())
    told = work(project, HintedEngine(), 7, square(7))
    for frame in range(1, COUNT - 1):
        (hint,) = told[frame, (1,)]
        assert hint.ids == (1,)
        assert hint.values.shape == (1, *SIZE)
    assert set(rows) >= {(frame, 1) for frame in range(1, COUNT - 1)}


@pytest.mark.parametrize("settings", [Settings(memory_every=3), Settings(short_side=240)])
def test_other_settings_say_nothing(project, settings):
    work(project, HintedEngine(), 0, square(0))
    told = work(project, HintedEngine(settings), 7, square(7))
    assert set(told.values()) == {None}
    told = work(project, HintedEngine(settings), 4, square(4))  # now there are such of today
    assert all(told[frame, (1,)] is not None for frame in (1, 2, 3, 5, 6))


def test_how_much_is_kept_at_hand_is_no_setting_of_that_kind(project):
    work(project, HintedEngine(), 0, square(0))
    told = work(project, HintedEngine(Settings(cache_bytes=1)), 7, square(7))
    assert all(told[frame, (1,)] is not None for frame in range(1, COUNT - 1))


def test_all_objects_or_none(project):
    engine = HintedEngine()
    work(project, engine, 0, square(0))
    session = Session(open_clip(plate(COUNT)), engine, project)
    session.set_keyframe(0, {"box": square(0), "bar": bar()})
    session.set_keyframe(0, {"box": np.roll(square(0), 1, 0)})
    engine.told.clear()
    for _ in session.propagate():
        pass
    assert engine.told[1, (1, 2)] is None
