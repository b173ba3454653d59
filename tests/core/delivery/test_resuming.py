"""A delivery goes on where it was, also where it was killed, and keeps only what is current."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from deliveries import COUNT, FRAMES, NAMES, SIZE, box, delivered, names_in, order_of

from roto.errors import SettingsError
from roto.export.contract import Look
from roto.export.registry import format_named


class TestResume:
    TEXT = "out/{object}.%04d.exr"

    def states(self, session, text=TEXT, **options):
        events = delivered(session, text, resume=True, **options)
        return [(len(one.files), len(one.kept)) for one in events]

    @pytest.mark.parametrize("extension", ["exr", "png", "tif"])
    def test_what_is_current_is_kept(self, session, extension):
        text = f"out/{{object}}.%04d.{extension}"
        delivered(session, text, frames=FRAMES[:3])
        Path(f"out/box.1002.{extension}").unlink()
        before = Path(f"out/box.1003.{extension}").stat().st_mtime_ns
        assert self.states(session, text) == [(0, 2), (2, 0), (0, 2), *[(2, 0)] * 3]
        assert Path(f"out/box.1003.{extension}").stat().st_mtime_ns == before

    def test_what_was_corrected_is_written_anew(self, session):
        delivered(session, self.TEXT)
        session.correct(1003, "box", box(3))
        list(session.propagate())
        changed = [files for files, _ in self.states(session)]
        assert changed[0] == changed[5] == 0  # beyond the neighbouring keyframes
        assert changed[2] == 2
        assert self.states(session) == [(0, 2)] * COUNT

    def test_another_look_is_written_anew(self, session):
        delivered(session, self.TEXT)
        assert self.states(session, look=Look(bit_depth=32)) == [(2, 0)] * COUNT
        assert self.states(session, look=Look(bit_depth=32)) == [(0, 2)] * COUNT
        session.rename_object("left arm", "arm")
        assert self.states(session, look=Look(bit_depth=32)) == [(2, 0)] * COUNT

    def test_another_plate_is_written_anew_where_it_shows(self, session):
        look = Look("cutout", premultiplied=True)
        delivered(session, self.TEXT, look)
        assert self.states(session, look=look) == [(0, 2)] * COUNT
        cv2.imwrite("plate/plate.1006.png", np.zeros((*SIZE, 3), np.uint8))
        assert self.states(session, look=look) == [(2, 0)] * COUNT

    def test_files_of_somebody_else_are_replaced(self, session):
        Path("out").mkdir()
        Path("out/box.1001.exr").write_bytes(b"mine")
        assert self.states(session)[0] == (2, 0)
        assert Path("out/box.1001.exr").read_bytes() != b"mine"

    @pytest.mark.parametrize("name", ["exr-layers", "exr-parts", "cryptomatte"])
    def test_files_of_all_objects(self, session, name):
        delivered(session, "out/a.%04d.exr", format=format_named(name))
        options = {"format": format_named(name)}
        assert self.states(session, "out/a.%04d.exr", **options) == [(0, 1)] * COUNT

    def test_movies_and_label_maps_cannot(self, session):
        with pytest.raises(SettingsError, match="leave out resuming"):
            order_of(session, "{object}.mov", resume=True).check()
        with pytest.raises(SettingsError, match="leave out resuming"):
            order_of(session, "a.%04d.png", labels=True, resume=True).check()


KILLED = """
import itertools, os, pathlib, signal, sys
import roto
from roto.delivery import Order, deliver
from roto.export import FramePattern
from roto.fake_engine import FakeEngine

text, where = sys.argv[1:]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

writes, moves = itertools.count(1), itertools.count(1)
write, move = pathlib.Path.write_bytes, os.replace

if where == "in a file":
    def write_bytes(path, data):
        if next(writes) == 4:
            with path.open("wb") as file:
                file.write(data[: len(data) // 2])
            die()
        return write(path, data)
    pathlib.Path.write_bytes = write_bytes
elif where == "before it is moved":
    os.replace = lambda a, b: die() if next(moves) == 4 else move(a, b)

with roto.open_session("shot.roto", model=FakeEngine(), read_only=True) as session:
    names = {i: record.name for i, record in session.objects.items()}
    order = Order(names, session.source.frame_numbers, FramePattern(text))
    for done, event in enumerate(deliver(session, order), start=1):
        if where == "between frames" and done == 3:
            die()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nothing can be killed here")
class TestKilled:
    def kill(self, text, where):
        command = [sys.executable, "-c", KILLED, text, where]
        found = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert found.returncode == -signal.SIGKILL, found.stderr

    @pytest.mark.parametrize("where", ["in a file", "before it is moved", "between frames"])
    @pytest.mark.parametrize("extension", ["exr", "png"])
    def test_an_export_that_was_killed_goes_on_where_it_was(self, session, extension, where):
        delivered(session, f"whole/{{object}}.%04d.{extension}")
        text = f"out/{{object}}.%04d.{extension}"
        self.kill(text, where)
        before = {path.name: path.read_bytes() for path in Path("out").glob(f"*.{extension}")}
        there = {name for name in before if not name.startswith(".")}
        assert 1 < len(there) < 2 * COUNT
        # Between two frames the next ones may be half written: files are written ahead.
        assert where == "between frames" or set(before) != there
        for name in there:  # whole, and what they would have been
            assert before[name] == Path("whole", name).read_bytes()
        events = delivered(session, text, resume=True)
        complete = [f for f in FRAMES if {f"{n}.{f}.{extension}" for n in NAMES.values()} <= there]
        assert [one.event.frame for one in events if one.kept] == complete
        assert complete
        assert names_in("out") == names_in("whole")  # nothing of the dead is left
        for name in names_in("whole"):
            assert Path("out", name).read_bytes() == Path("whole", name).read_bytes()

    def test_a_movie_that_was_killed_is_not_there_and_nothing_of_it_stays(self, session):
        self.kill("out/{object}.mkv", "between frames")
        assert all(name.startswith(".") for name in names_in("out"))
        assert len(names_in("out")) == 2
        delivered(session, "out/{object}.mkv")
        assert names_in("out") == ["box.mkv", "left arm.mkv"]
