"""From a session to files: what is told, what is kept, and what happens when it ends early."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cryptomatte_by_hand
import cv2
import numpy as np
import OpenEXR
import pytest

import roto
from roto.cli import main
from roto.delivery import Order, deliver, gaps, subject_of
from roto.errors import DecodeError, ExportError, SettingsError
from roto.export import FramePattern
from roto.export.contract import Look
from roto.export.registry import FORMATS, format_named
from roto.fake_engine import FakeEngine

SIZE, COUNT = (30, 44), 6
FRAMES = range(1001, 1001 + COUNT)
NAMES = ("box", "left arm")


def box(position):
    alpha = np.zeros(SIZE, np.float32)
    alpha[5:15, 3 + 3 * position : 13 + 3 * position] = 1
    alpha[5, 3 + 3 * position : 13 + 3 * position] = 0.37
    return alpha


def picture(position):
    image = np.full((*SIZE, 3), 40, np.uint8)
    image[box(position) > 0] = (220, 30, 30)
    image[20:26, 10:30] = (30, 200, 60)
    return image


def arm():
    alpha = np.zeros(SIZE, np.float32)
    alpha[20:26, 10:30] = 1
    return alpha


@pytest.fixture
def session(tmp_path, monkeypatch):
    """shot.roto: a box found everywhere, an arm keyed at the first frame."""
    monkeypatch.chdir(tmp_path)
    Path("plate").mkdir()
    for position, frame in enumerate(FRAMES):
        cv2.imwrite(f"plate/plate.{frame}.png", picture(position)[..., ::-1])
    with roto.new_session("plate", "shot.roto", model=FakeEngine()) as session:
        session.set_keyframe(1001, {"box": box(0), "left arm": arm()})
        session.set_keyframe(1006, {"box": box(5)})
        list(session.propagate())
        yield session


def order_of(session, text, look=None, *, format=None, frames=FRAMES, **more):
    names = {i: record.name for i, record in session.objects.items()}
    return Order(names, list(frames), FramePattern(text), format, look or Look(), **more)


def delivered(session, *arguments, **options):
    order = order_of(session, *arguments, **options)
    order.check()
    return list(deliver(session, order, gaps(session, order)))


def names_in(folder):
    return sorted(path.name for path in Path(folder).iterdir())


class TestSubject:
    def test_what_is_known_without_a_network(self, session):
        names = {1: "box", 2: "left arm"}
        subject = subject_of(session, names)
        assert subject.size == SIZE
        assert subject.names == names
        assert subject.frame_rate == Fraction(24)
        assert subject.first_frame == 1001
        made = subject.provenance
        assert (made.roto, made.model) == (roto.__version__, "fake")
        assert made.keyframes == {"box": [1001, 1006], "left arm": [1001]}
        assert made.settings["short_side"] == session.engine.settings.short_side

    def test_where_nothing_was_propagated(self, tmp_path):
        with roto.new_session(np.zeros((2, 8, 8, 3), np.uint8), model=FakeEngine()) as session:
            session.set_keyframe(0, {"a": np.ones((8, 8), np.float32)})
            made = subject_of(session, {1: "a"}).provenance
        assert (made.model, made.weights, dict(made.settings)) == ("", "", {})
        assert made.keyframes == {"a": [0]}


class TestFormats:
    @pytest.mark.parametrize("name", FORMATS)
    def test_every_format_is_delivered(self, session, name):
        format = format_named(name)
        pattern = FramePattern("out/", format.extensions[0], format.movie)
        names = {i: record.name for i, record in session.objects.items()}
        order = Order(names, list(FRAMES), pattern, format)
        order.check()
        events = list(deliver(session, order))
        assert [one.event.frame for one in events] == list(FRAMES)
        assert [one.event.done for one in events] == [1, 2, 3, 4, 5, 6]
        written = {path.name for one in events for path in one.files}
        assert written == set(names_in("out"))

    @pytest.mark.parametrize("name", ["exr", "exr-layers", "exr-parts", "cryptomatte", "tiff"])
    def test_floats_go_through_as_they_are(self, session, name):
        """A ramp of a thousand levels, from the artist's mask to the file."""
        ramp = np.linspace(0, 1, SIZE[0] * SIZE[1], dtype=np.float32).reshape(SIZE)
        session.set_keyframe(1002, {"ramp": ramp})
        names = {i: record.name for i, record in session.objects.items() if record.name == "ramp"}
        extension = "tif" if name == "tiff" else "exr"
        pattern, look = FramePattern(f"out/a.%04d.{extension}"), Look(bit_depth=32)
        [one] = deliver(session, Order(names, [1002], pattern, format_named(name), look))
        [file] = one.files
        if name == "tiff":
            found = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
        elif name == "cryptomatte":
            found = cryptomatte_by_hand.masks(file)["ramp"]
        else:
            with OpenEXR.File(str(file), separate_channels=True) as exr:
                [channel] = exr.parts[0].channels.values()
                found = channel.pixels.copy()
        assert len(np.unique(found)) == SIZE[0] * SIZE[1]
        np.testing.assert_array_equal(found, ramp)

    def test_a_cutout_reads_the_plate(self, session):
        delivered(session, "out/{object}.####.png", Look("cutout"), format=format_named("png"))
        found = cv2.imread("out/box.1003.png", cv2.IMREAD_UNCHANGED)
        np.testing.assert_array_equal(found[..., 2::-1], picture(2))
        np.testing.assert_array_equal(
            found[..., 3], np.rint(session.result(1003).matte("box") * np.float32(255))
        )

    def test_an_exr_cutout_of_an_8_bit_plate_is_linear(self, session):
        delivered(session, "out/{object}.####.exr", Look("cutout", premultiplied=True))
        with OpenEXR.File("out/left arm.1001.exr", separate_channels=True) as file:
            header, red = file.header(), file.channels()["G"].pixels
            assert header["roto/alpha"] == "premultiplied"
            assert "converted by the sRGB curve" in header["roto/colour"]
            np.testing.assert_allclose(red[22, 15], 0.57758, rtol=1e-3)  # 200 / 255
            assert red[2, 2] == 0

    def test_a_mistake_is_told_before_anything_is_written(self, session):
        for format, text, look, words in [
            ("png", "out/{object}.%04d.exr", Look(), r"PNG is written as \.png"),
            ("png", "out/{object}.%04d.png", Look("cutout", premultiplied=True), "straight"),
            ("cryptomatte", "out/a.%04d.exr", Look("cutout"), "holds matte, not cutout"),
            ("exr-layers", "out/a.exr", Look(), "add %04d"),
        ]:
            with pytest.raises(SettingsError, match=words):
                order_of(session, text, look, format=format_named(format)).check()
        assert not Path("out").exists()


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


class TestEnds:
    def test_what_was_not_told_of_is_taken_back(self, session):
        Path("out").mkdir()
        Path("out/box.1003.exr").write_bytes(b"old")
        events = deliver(session, order_of(session, "out/{object}.%04d.exr"))
        next(events)
        events.close()
        left = names_in("out")
        assert left == ["box.1001.exr", "box.1003.exr", "left arm.1001.exr"]

    def test_a_file_that_cannot_be_comes_after_the_frames_before(self, session):
        Path("out/box.1003.exr").mkdir(parents=True)
        events = deliver(session, order_of(session, "out/{object}.%04d.exr"))
        told = []
        with pytest.raises(ExportError, match=r"box\.1003\.exr: there is a folder"):
            told.extend(one.event.frame for one in events)
        assert told == [1001, 1002]
        whole = [name for name in names_in("out") if name.startswith("left")]
        assert whole == ["left arm.1001.exr", "left arm.1002.exr"]

    def test_a_plate_that_cannot_be_read(self, session):
        Path("plate/plate.1004.png").write_bytes(b"no picture")
        order = order_of(session, "out/{object}.%04d.png", Look("over"))
        told = []

        def take():
            for one in deliver(session, order):
                told.append(one.event.frame)

        with pytest.raises(DecodeError, match=r"plate\.1004\.png"):
            take()
        assert told == [1001, 1002, 1003]

    def test_a_movie_that_is_not_finished_is_not_there(self, session):
        events = deliver(session, order_of(session, "out/{object}.mov"))
        next(events)
        events.close()
        assert not Path("out").exists() or names_in("out") == []

    @pytest.mark.parametrize("told", [True, False], ids=["told of gaps", "not told"])
    def test_a_movie_with_holes_is_refused_before_a_frame_is_made(self, session, told):
        session.set_keyframe(1004, {"van": arm()})  # and not propagated
        order = order_of(session, "out/{object}.mov")
        asked = []
        session.result = lambda frame: asked.append(frame)
        words = (
            "^A movie cannot have holes, but van is missing at 1001-1003, 1005-1006: propagate "
            "there, choose another range, or write stills.$"
        )
        with pytest.raises(ExportError, match=words):
            list(deliver(session, order, gaps(session, order) if told else None))
        assert not asked
        assert not Path("out").exists()

    def test_a_pair_is_written_and_named_as_a_pair(self, session):
        order = order_of(session, "out/", Look("cutout"), format=format_named("fill-key"))
        pattern = FramePattern("out/", ".mov", movie=True)
        order = replace(order, pattern=pattern, names={1: "box"})
        pair = [Path("out/box.fill.mov"), Path("out/box.key.mov")]
        assert [one.files for one in deliver(session, order)] == [pair] * COUNT
        assert order.paths(1003) == pair
        assert names_in("out") == ["box.fill.mov", "box.key.mov"]


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
        assert (set(before) == there) == (where == "between frames")
        for name in there:  # whole, and what they would have been
            assert before[name] == Path("whole", name).read_bytes()
        events = delivered(session, text, resume=True)
        complete = [f for f in FRAMES if {f"{n}.{f}.{extension}" for n in NAMES} <= there]
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


class TestCommand:
    def test_formats(self, capsys):
        assert main(["formats"]) == 0
        text = capsys.readouterr().out
        assert all(f"\n{name} " in f"\n{text}" for name in FORMATS)
        assert main(["formats", "--json"]) == 0
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [line["name"] for line in lines] == list(FORMATS)

    def export(self, *more):
        return main(["export", "shot.roto", "--partial", *more])

    def test_named_formats_and_folders(self, session, capsys):
        assert self.export("-o", "out", "--format", "exr-layers", "--bit-depth", "32") == 0
        assert names_in("out") == [f"mattes.{frame}.exr" for frame in FRAMES]
        assert "Wrote 6 mattes of box, left arm: " in capsys.readouterr().out
        assert self.export("-o", "movies", "--format", "ffv1", "--range", "1002-1004") == 0
        assert names_in("movies") == ["box.mkv", "left arm.mkv"]
        assert "Wrote 2 mattes" in capsys.readouterr().out

    def test_movies_are_never_offered_with_holes(self, session, capsys):
        session.set_keyframe(1004, {"van": arm()})  # and not propagated
        start = "roto: error: van is missing at 1001-1003, 1005-1006: first roto run shot.roto"
        assert main(["export", "shot.roto", "-o", "out/{object}.mov"]) == 1
        assert capsys.readouterr().err == f"{start}.\n"
        assert main(["export", "shot.roto", "-o", "out/{object}.####.exr"]) == 1
        assert capsys.readouterr().err == f"{start}, or export with --partial.\n"
        assert self.export("-o", "out/{object}.mov") == 1
        assert "A movie cannot have holes, but van is missing at" in capsys.readouterr().err
        assert not Path("out").exists()

    def test_cutouts(self, session, capsys):
        assert self.export("-o", "out/{object}.%04d.exr", "--content", "cutout") == 0
        assert "Wrote 12 cut-outs" in capsys.readouterr().out
        assert b"premultiplied" in Path("out/box.1001.exr").read_bytes()
        straight = ("--content", "cutout", "--straight", "--resume")
        assert self.export("-o", "out/{object}.%04d.exr", *straight) == 0
        assert "Wrote 12 cut-outs" in capsys.readouterr().out
        assert self.export("-o", "out/{object}.%04d.exr", *straight) == 0
        assert "Wrote 0 cut-outs of box, left arm, 12 kept" in capsys.readouterr().out

    def test_over_a_colour(self, session):
        more = ("--content", "over", "--colour", "0,1,0", "--object", "box")
        assert self.export("-o", "out/%04d.png", *more) == 0
        found = cv2.imread("out/1002.png", cv2.IMREAD_UNCHANGED)
        assert found[0, 0].tolist() == [0, 255, 0]

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--format", "gif"], "no format 'gif'"),
            (["--format", "png", "--content", "cutout", "--premultiplied"], "straight"),
            (["--format", "exr", "--premultiplied"], "cutout only"),
            (["--format", "exr", "--colour", "0,0,0"], "--content over"),
            (["--format", "exr", "--content", "over", "--colour", "red"], "three numbers"),
            (["--format", "exr", "--content", "over", "--colour", "9,0,0"], "from 0 to 1"),
            (["--format", "ffv1", "--resume"], "leave out resuming"),
            (["--format", "cryptomatte", "--bit-depth", "16"], "32 bits, not 16"),
        ],
    )
    def test_bad_input_writes_nothing(self, session, capsys, arguments, words):
        assert self.export("-o", "out", *arguments) == 1
        assert words in capsys.readouterr().err
        assert not Path("out").exists()
