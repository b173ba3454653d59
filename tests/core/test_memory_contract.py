"""A run takes the memory that was predicted: real networks and plates, each in a fresh process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from small_engines import bar, plate, square, tiny_engine

import roto
from roto.budget import budget
from roto.budget.available import VARIABLE
from roto.budget.fitting import TOLERANCE
from roto.budget.needs import Program
from roto.engine import Settings
from roto.errors import MemoryLimitError
from roto.fake_engine import FakeEngine
from roto.media import IteratorSource
from roto.propagation import Propagation

ROOT = Path(__file__).parents[2]
PROGRAM = Program(300 * 10**6, 300 * 10**6)

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the kernel tells the highest memory of a process on Linux"
)


@pytest.mark.parametrize(
    "cell",
    ["848x480:1:3", "848x480:8:2", "1920x1080:4:2:240"],  # the second one's workspace is the most
)
def test_measured_peak_is_within_15_percent(cell):
    command = [sys.executable, "benchmarks/contract.py", "--child", cell, "--threads", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert 0.85 < found["ratio"] < 1.15, found


class TestRealEngine:
    def test_the_counted_footprint_is_that_of_the_features(self):
        engine = tiny_engine(precision="float32")
        encoded = engine.encode(plate()[0])
        found = engine.footprint((40, 56), 2)
        assert found.working == encoded.grid.padded
        padding = 3 * (np.prod(found.working) - 40 * 56)  # the picture itself is not padded
        assert found.encoded - encoded.nbytes == padding
        assert found.weights == sum(p.nbytes for p in engine.net.parameters())
        assert found.free is None

    def test_it_grows_with_the_picture_and_the_objects_at_once(self):
        engine = tiny_engine()
        small, large = engine.footprint((64, 64), 1), engine.footprint((64, 128), 1)
        assert large.encode == 2 * small.encode
        assert large.value == 2 * small.value
        many = engine.footprint((64, 64), 8)
        fewer = engine.with_settings(Settings(short_side=64, objects_at_once=2))
        assert small.remember < fewer.footprint((64, 64), 8).remember < many.remember
        assert small.decode < fewer.footprint((64, 64), 8).decode < many.decode

    def test_counting_changes_nothing(self):
        masks = {0: {"square": square(0), "bar": bar()}}
        before = roto.propagate(plate(), masks, model=tiny_engine(), memory="off")
        engine = tiny_engine()
        engine.footprint((40, 56), 2)
        after = roto.propagate(plate(), masks, model=engine)
        for frame in before:
            assert np.array_equal(before[frame].matte("bar"), after[frame].matte("bar"))


class TestRuns:
    def test_what_does_not_fit_is_made_smaller_and_told(self, caplog, monkeypatch):
        engine = tiny_engine(cache_bytes=10**6, max_memory=12, memory_every=1)
        masks = {0: square(0), 7: square(7)}
        # What the system says of the test program is another number from moment to moment.
        monkeypatch.setattr(budget, "measure", lambda: PROGRAM)
        need = roto.memory_needed(plate(), masks, model=engine)
        enough = int(need.ahead * TOLERANCE) + 1
        monkeypatch.setenv(VARIABLE, str(enough))
        assert len(roto.propagate(plate(), masks, model=engine)) == 8
        assert not caplog.messages
        monkeypatch.setenv(VARIABLE, str(enough - 400_000))
        assert len(roto.propagate(plate(), masks, model=engine)) == 8
        (told,) = caplog.messages
        assert told.startswith("Encoded frames are kept up to 0 MB instead of 1 MB")
        assert engine.settings.cache_bytes == 10**6

    def test_a_stream_asks_for_no_more_the_longer_it_is(self):
        work = []
        for count in (8, 80):
            pictures = (plate()[i % 8] for i in range(count))
            session = Propagation(IteratorSource(pictures), tiny_engine())
            session.set_keyframe(0, square(0))
            work.append(session.workload())
        assert work[0] == work[1]
        assert work[0].frames is None
        events = roto.stream(iter(plate()), {0: square(0)}, model=tiny_engine(), memory="40G")
        assert len(list(events)) == 8

    def test_a_limit_that_cannot_be_kept(self):
        with pytest.raises(roto.RotoError, match="The smallest run takes"):
            roto.propagate(plate(), {0: square(0)}, model=tiny_engine(), memory="1M")
        with pytest.raises(MemoryError, match="The smallest run takes"):
            next(roto.stream(plate(), {0: square(0)}, model=tiny_engine(), memory="1M"))

    def test_sessions_say_what_they_need(self):
        with roto.new_session(plate(), model=tiny_engine()) as session:
            with pytest.raises(roto.RotoError, match="no keyframe"):
                session.workload()
            session.set_keyframe(0, {"square": square(0), "bar": bar()})
            work = session.workload()
        assert (work.plate, work.objects, work.frames, work.again) == ((40, 56), 2, 8, 8)
        assert not work.deep
        assert not work.mattes


class TestSession:
    """What the app and the engine process do before each run."""

    def session(self):
        session = roto.new_session(np.zeros((4, 48, 64, 3), np.uint8), model=FakeEngine())
        session.set_keyframe(0, {"hero": np.ones((48, 64), np.uint8)})
        return session

    def test_nothing_changes_where_all_fits(self):
        with self.session() as session:
            engine = session.engine
            assert session.fit_memory("64G") == ()
            assert session.engine is engine

    def test_what_does_not_fit_is_refused_before_anything_begins(self):
        with self.session() as session, pytest.raises(MemoryLimitError, match="limit"):
            session.fit_memory("1M")

    def test_it_is_asked_once_for_an_engine_and_so_many_objects(self):
        with self.session() as session:
            session.fit_memory("64G")
            assert session.fit_memory("1M") == ()
            session.set_keyframe(1, {"car": np.ones((48, 64), np.uint8)})
            with pytest.raises(MemoryLimitError):
                session.fit_memory("1M")
