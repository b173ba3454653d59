"""Frames made ready in a thread of their own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_projects import COUNT, FIRST, square_at, write_clip

import roto
from roto.errors import DecodeError
from roto.fake_engine import FakeEngine
from roto_gui.document.plates import Bounded, FrameLoader, Wanted, as_alpha, shown_mattes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from roto.errors import RotoError

PLATE = 48 * 64 * 3


class Told:
    """A loader with an ear for what it says."""

    def __init__(self, clip: str, **bounds: int) -> None:
        self.loaded: list[int] = []
        self.failed: list[tuple[int, RotoError]] = []
        self.loader = FrameLoader(
            lambda: roto.open_clip(clip),
            self.loaded.append,
            lambda frame, error: self.failed.append((frame, error)),
            **bounds,
        )


@pytest.fixture
def clip(tmp_path: Path) -> str:
    return write_clip(tmp_path / "plates")


@pytest.fixture
def told(clip: str) -> Iterator[Told]:
    told = Told(clip)
    yield told
    told.loader.close()


def until(true: Callable[[], bool]) -> None:
    late = time.monotonic() + 10
    while not true():
        assert time.monotonic() < late
        time.sleep(0.002)


def test_values_used_last_are_kept_up_to_a_bound() -> None:
    kept: Bounded[str] = Bounded(30)
    for n in range(3):
        kept.put(n, str(n), 10)
    assert kept.get(0) == "0"
    kept.put(3, "3", 10)
    assert set(kept.keys()) == {0, 2, 3}
    kept.put(0, "again", 20)
    assert kept.get(0) == "again"
    assert kept.nbytes == 30
    kept.put(4, "large", 100)
    assert kept.keys() == [4]


def test_plates_come_in_the_order_they_are_wanted_in(told: Told) -> None:
    frames = [FIRST + 4, FIRST, FIRST + 2]
    told.loader.request([Wanted(frame) for frame in frames])
    until(lambda: len(told.loaded) == 3)
    assert told.loaded == frames
    assert told.loader.cached == set(frames)
    plate = told.loader.plate(FIRST + 4)
    assert plate is not None
    assert np.array_equal(plate[..., 0] > 128, square_at(4))
    assert not plate.flags.writeable


def test_what_is_ready_is_not_read_again(told: Told) -> None:
    told.loader.request([Wanted(FIRST)])
    until(lambda: told.loaded == [FIRST])
    told.loader.request([Wanted(FIRST), Wanted(FIRST + 1)])
    until(lambda: told.loaded == [FIRST, FIRST + 1])


def test_old_plates_make_room(clip: str) -> None:
    told = Told(clip, plate_bytes=3 * 2 * PLATE)
    for frame in range(FIRST, FIRST + COUNT):
        told.loader.request([Wanted(frame)])
        until(lambda frame=frame: frame in told.loaded)  # type: ignore[misc]
    cached = told.loader.cached
    assert FIRST + COUNT - 1 in cached
    assert FIRST not in cached
    told.loader.close()


def test_a_plate_that_cannot_be_read_is_told_and_the_others_come(clip: str) -> None:
    broken = FIRST + 1
    with open(clip % broken, "wb") as file:
        file.write(b"no picture")
    told = Told(clip)
    told.loader.request([Wanted(FIRST), Wanted(broken), Wanted(FIRST + 2)])
    until(lambda: FIRST + 2 in told.loaded)
    assert [frame for frame, _ in told.failed] == [broken]
    assert isinstance(told.failed[0][1], DecodeError)
    told.loader.close()


def test_a_clip_that_is_gone_is_told_for_the_frame(tmp_path: Path) -> None:
    told = Told(str(tmp_path / "none.mov"))
    told.loader.request([Wanted(FIRST)])
    until(lambda: bool(told.failed))
    told.loader.close()


def test_mattes_of_keyframes_are_exact_and_those_of_results_as_they_are_shown() -> None:
    frames = [np.full((48, 64, 3), 20, np.uint8) for _ in range(2)]
    soft = np.full((48, 64), 0.123, np.float32)
    for frame in frames:
        frame[square_at(0)] = (250, 20, 20)
    with roto.new_session(frames, model=FakeEngine()) as session:
        session.set_keyframe(0, {"hard": square_at(0), "soft": soft})
        for _ in session.propagate():
            pass
        given, found = shown_mattes(session.result(0)), shown_mattes(session.result(1))
    assert given[1].dtype == np.uint8
    assert np.array_equal(as_alpha(given[1]), square_at(0).astype(np.float32))
    assert given[2].dtype == np.float32
    assert np.array_equal(given[2], soft)
    assert found[1].dtype == np.uint8
    alpha = as_alpha(given[2])
    alpha[:] = 0
    assert given[2].any()  # what may be painted on is a copy
