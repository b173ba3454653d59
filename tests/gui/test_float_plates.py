"""Float plates are made ready for the screen in the loader's thread, never in the window's."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from roto_gui.ahead import neighbours, reading_order
from roto_gui.canvas.display import Neutral, display
from roto_gui.document import plates
from roto_gui.document.plates import FrameLoader, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE = (20, 30)


class Source:
    """Grey plates, brighter from frame to frame; counts what it reads."""

    def __init__(self, kind=np.float32):
        self.kind, self.reads = kind, []

    def read(self, frame):
        self.reads.append(frame)
        if self.kind is np.uint8:
            return np.full((*SIZE, 3), frame, np.uint8)
        return np.full((*SIZE, 3), frame / 10, np.float32)

    def close(self):
        pass


@pytest.fixture
def made() -> Iterator:
    """Makes loaders; the last frame that is ready is waited for with ``wait``."""
    loaders = []

    def make(source, **more):
        event = threading.Event()

        def loaded(frame):
            del frame
            event.set()

        loader = FrameLoader(lambda: source, loaded, lambda *_: None, linear=True, **more)
        loaders.append(loader)

        def wait(frames):
            loader.request([Wanted(f) for f in frames])
            while any(loader.waits(f) for f in frames):
                assert event.wait(20)
                event.clear()

        return loader, wait

    yield make
    for loader in loaders:
        loader.close()


def test_what_a_screen_shows_comes_with_the_plate_and_again_for_another_grade(made, monkeypatch):
    where = []

    def noted(*values):
        where.append(threading.current_thread().name)
        return display(*values)

    monkeypatch.setattr(plates, "display", noted)
    source = Source()
    loader, wait = made(source)
    wait([3, 4])
    assert np.array_equal(loader.shown(3), display(loader.plate(3), True, 0.0, 1.0))
    loader.grade(1.0, 1.2)
    assert loader.waits(3)
    wait([3, 4])
    assert np.array_equal(loader.shown(4), display(loader.plate(4), True, 1.0, 1.2))
    assert source.reads == [3, 4]
    assert set(where) == {"roto plates"}
    loader.grade(0.0, 1.0)  # back again: it is still there
    assert not loader.waits(3)


def test_8_bit_plates_need_nothing(made):
    loader, wait = made(Source(np.uint8))
    wait([3])
    loader.grade(1.0, 1.0)
    assert not loader.waits(3)
    assert loader.shown(3) is None


def test_no_more_is_read_ahead_than_can_be_kept(made):
    source = Source()
    plate = SIZE[0] * SIZE[1] * 3 * 4
    loader, wait = made(source, plate_bytes=4 * plate, shown_bytes=3 * plate // 4)
    wait([0])
    for _ in range(3):
        loader.request([Wanted(f) for f in range(10)])
        wait([0, 1, 2])
    assert not loader.waits(0)
    assert sorted(set(source.reads)) == [0, 1, 2]
    assert len(source.reads) == 3


def test_tools_see_the_plate_without_exposure():
    plate = np.full((*SIZE, 3), 0.18, np.float32)
    neutral = Neutral(plate, True)
    assert neutral() is neutral()
    assert np.array_equal(neutral(), display(plate, True))
    ready = np.zeros((*SIZE, 3), np.uint8)
    assert Neutral(plate, True, ready)() is ready


def test_frames_are_read_in_the_order_they_will_be_wanted():
    frames = [*range(10, 50), *range(60, 100)]
    assert reading_order(frames, 48, 1)[:4] == [48, 49, 60, 61]
    assert reading_order(frames, 48, 1)[-4:] == [47, 46, 45, 44]
    assert reading_order(frames, 61, -1)[:4] == [61, 60, 49, 48]
    assert reading_order([5], 5, 1) == [5]


def test_neighbours_are_those_on_disk():
    assert neighbours([10, 11, 20], 11) == (10, 20)
    assert neighbours([10, 11, 20], 10) == (None, 11)
    assert neighbours([10, 11, 20], 20) == (11, None)
    assert neighbours([], 20) == (None, None)
