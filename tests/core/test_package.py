"""Packages are written whole or not at all, and say truly what is in them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import av
import cv2
import numpy as np
import OpenEXR
import pytest
from small_engines import SIZE, bar, plate, square

import roto
import roto.package.folders
from roto.errors import ExportError, KeyframeError, MaskError, PackageError, SettingsError
from roto.fake_engine import FakeEngine
from roto.package import Frames, PackageOrder, find_plate, read_package, verify, write_package
from roto.package.folders import whole_folder

COUNT = 6
FIRST, LAST = 1001, 1000 + COUNT


def work(session, **options):
    for _ in session.propagate(**options):
        pass


def keyed(clip, path=None):
    """A session with a box keyed at the first frame and a bar at the third, not propagated."""
    session = roto.new_session(clip, path, model=FakeEngine())
    start = session.source.frame_numbers[0]
    session.set_keyframe(start, {"box": square(0)})
    session.set_keyframe(start + 2, {"bar": bar()})
    return session


@pytest.fixture
def clip(tmp_path):
    """A sequence on disk; returns its pattern."""
    folder = tmp_path / "plates"
    folder.mkdir()
    for position, picture in enumerate(plate(COUNT)):
        cv2.imwrite(str(folder / f"plate.{FIRST + position}.png"), picture[..., ::-1])
    return folder / "plate.####.png"


@pytest.fixture
def session(clip):
    with keyed(clip) as session:
        work(session)
        yield session


def package_of(session, folder, **options):
    """Write one to the end."""
    for _ in write_package(session, folder, PackageOrder(**options)):
        pass
    return read_package(folder)


def tree(folder):
    """All files with their bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def others(folder):
    """What lies beside a package."""
    return sorted(name for name in os.listdir(folder.parent) if name not in (folder.name, "plates"))


def exr(path):
    """Channels by name, (H, W)."""
    with OpenEXR.File(str(path), separate_channels=True) as file:
        return {name: channel.pixels for name, channel in file.channels().items()}


class TestWriting:
    def test_what_it_says(self, session, tmp_path, clip):
        package = package_of(session, tmp_path / "sh010.mattes")
        assert package.name == "sh010"
        assert [(one.id, one.name) for one in package.objects] == [(1, "box"), (2, "bar")]
        assert package.objects[0].colour == session.objects[1].colour
        found = package.clip
        assert (found.first, found.last, found.start) == (FIRST, LAST, FIRST)
        assert (found.width, found.height) == SIZE[::-1]
        assert (found.rate, found.pixel_aspect, found.handles) == (24, 1, (0, 0))
        assert found.relative == "../plates/plate.####.png"
        assert find_plate(package).path == clip
        assert not find_plate(package).changed
        assert package.provenance.roto == roto.__version__
        assert package.provenance.model == "fake"
        assert package.provenance.keyframes == {
            "box": Frames.of([FIRST]),
            "bar": Frames.of([FIRST + 2]),
        }
        assert package.provenance.settings["short_side"] == session.engine.settings.short_side
        box, bar_ = package.objects
        assert box.states == {
            "keyframe": Frames.of([FIRST]),
            "fresh": Frames.of(range(FIRST + 1, LAST + 1)),
        }
        assert bar_.states["keyframe"] == Frames.of([FIRST + 2])

    def test_the_mattes_are_the_sessions(self, session, tmp_path):
        package = package_of(session, tmp_path / "shot.mattes", also=["png"])
        for one in package.objects:
            halves, steps = one.representation("sequence"), one.representation("sequence", "png")
            assert (halves.bit_depth, steps.bit_depth) == (16, 16)
            assert list(package.frames(halves)) == list(session.source.frame_numbers)
            for frame in package.frames(halves):
                matte = session.result(frame).matte(one.name)
                found = exr(package.path(halves, frame))[halves.channel]
                np.testing.assert_array_equal(found, matte.astype(np.float16))
                levels = cv2.imread(str(package.path(steps, frame)), cv2.IMREAD_UNCHANGED)
                assert levels.dtype == np.uint16
                np.testing.assert_array_equal(levels, np.rint(matte * np.float32(65535)))

    def test_layers_and_cryptomatte_share_a_file_per_frame(self, session, tmp_path):
        package = package_of(session, tmp_path / "shot.mattes", also=["layers", "cryptomatte"])
        box, bar_ = (one.representation("layer") for one in package.objects)
        assert package.path(box, FIRST) == package.path(bar_, FIRST)
        channels = exr(package.path(box, LAST))
        for one, way in zip(package.objects, (box, bar_), strict=True):
            matte = session.result(LAST).matte(one.name)
            np.testing.assert_array_equal(channels[way.channel], matte.astype(np.float16))
        crypto = package.objects[0].representation("cryptomatte")
        assert (crypto.channel, crypto.bit_depth) == ("box", 32)
        with OpenEXR.File(str(package.path(crypto, LAST))) as file:
            (manifest,) = [v for k, v in file.header().items() if k.endswith("/manifest")]
        assert set(json.loads(manifest)) == {"box", "bar"}

    def test_a_movie(self, session, tmp_path):
        package = package_of(session, tmp_path / "shot.mattes", also=["movie"])
        way = package.objects[0].representation("movie")
        assert (way.format, way.channel, way.range) == ("qt-animation", "A", "full")
        (path,) = {package.path(way, frame) for frame in way.frames}
        with av.open(str(path)) as file:
            pictures = [f.to_ndarray(format="rgba") for f in file.decode(video=0)]
        assert len(pictures) == len(way.frames)
        for frame, picture in zip(way.frames, pictures, strict=True):
            expected = np.rint(session.result(frame).matte("box") * np.float32(255))
            np.testing.assert_allclose(picture[..., 3], expected, atol=1)

    def test_any_format_of_the_table(self, session, tmp_path):
        package = package_of(session, tmp_path / "a.mattes", also=["exr-parts", "ffv1", "exr"])
        kinds = [(way.kind, way.format) for way in package.objects[0].representations]
        assert kinds == [("sequence", "exr"), ("layer", "exr-parts"), ("movie", "ffv1")]

    def test_range_handles_and_objects(self, session, tmp_path):
        cut = (FIRST + 1, FIRST + 3)
        package = package_of(session, tmp_path / "a", range=cut, handles=2, objects=[2])
        assert [one.name for one in package.objects] == ["bar"]
        assert (package.clip.first, package.clip.last) == (FIRST, FIRST + 5)
        assert package.clip.handles == (1, 2)
        assert package.provenance.keyframes == {"bar": Frames.of([FIRST + 2])}
        (way,) = package.objects[0].representations
        assert list(way.frames) == list(range(FIRST, FIRST + 6))

    def test_one_event_per_frame(self, session, tmp_path):
        folder = tmp_path / "shot.mattes"
        events = list(write_package(session, folder, PackageOrder(also=["layers", "movie"])))
        assert [e.event.frame for e in events] == list(session.source.frame_numbers)
        assert {e.event.total for e in events} == {COUNT}
        named = {path for e in events for path in e.files}
        assert named == {folder / name for name in read_package(folder).files}

    def test_the_package_is_returned(self, session, tmp_path):
        def whole():
            found.append((yield from write_package(session, tmp_path / "shot.mattes")))

        found = []
        assert len(list(whole())) == COUNT
        assert found == [read_package(tmp_path / "shot.mattes")]

    def test_the_same_again_is_the_same(self, session, tmp_path):
        for name in ("one", "two"):
            package_of(session, tmp_path / name / "shot.mattes")
        assert tree(tmp_path / "one" / "shot.mattes") == tree(tmp_path / "two" / "shot.mattes")

    def test_names_that_files_cannot_have(self, tmp_path):
        """Neither of objects nor of folders above, which look like patterns."""
        odd = "../ü #1: 100%d {object}"
        with roto.new_session(plate(2), model=FakeEngine()) as session:
            session.set_keyframe(0, {odd: square(0), "a\nb": bar()})
            work(session)
            folder = tmp_path / "50%d" / "{object} ####" / "a.mattes"
            package = package_of(session, folder, also=["layers", "cryptomatte"])
        assert verify(folder).ok
        assert [one.name for one in package.objects] == [odd, "a\nb"]
        for one in package.objects:
            for way in one.representations:
                assert package.path(way, 1).is_file()
        assert others(tmp_path / "50%d") == []

    def test_a_clip_in_memory_and_one_that_lacks_frames(self, tmp_path, clip):
        with keyed(plate(COUNT)) as session:
            work(session)
            package = package_of(session, tmp_path / "memory")
            assert (package.clip.path, package.clip.relative) == ("", None)
            assert package.clip.frames == Frames([(0, COUNT - 1)])
        os.remove(clip.with_name(f"plate.{FIRST + 3}.png"))
        with keyed(clip) as session:
            work(session)
            package = package_of(session, tmp_path / "gap")
            assert package.clip.frames == Frames([(FIRST, FIRST + 2), (FIRST + 4, LAST)])
            with pytest.raises(SettingsError, match="cannot have holes"):
                write_package(session, tmp_path / "movie", PackageOrder(also=["movie"]))


class TestHonesty:
    def test_what_is_missing_is_refused_or_told(self, clip, tmp_path):
        with keyed(clip) as session:
            work(session, objects=["box"])
            with pytest.raises(ExportError, match=r"bar is missing at .*partial"):
                write_package(session, tmp_path / "a")
            movie = PackageOrder(also=["movie"], partial=True)
            with pytest.raises(ExportError, match=r"cannot leave frames out.*1001-1002, 1004-1006"):
                write_package(session, tmp_path / "a", movie)
            package = package_of(session, tmp_path / "a", partial=True, also=["layers"])
        box, bar_ = package.objects
        assert len(box.representation("sequence").frames) == COUNT
        assert list(bar_.representation("sequence").frames) == [FIRST + 2]
        assert list(bar_.representation("layer").frames) == [FIRST + 2]
        assert bar_.states["missing"] == Frames.of([FIRST, FIRST + 1, FIRST + 3, LAST - 1, LAST])
        assert not (tmp_path / "a" / "exr" / "bar" / f"bar.{FIRST}.exr").exists()
        with pytest.raises(PackageError, match=f"no frame {FIRST}"):
            package.path(bar_.representation("sequence"), FIRST)

    def test_states_after_a_correction(self, session, tmp_path):
        session.set_keyframe(FIRST + 3, {"box": square(3)})
        session.correct(FIRST + 1, "box", square(1))
        session.lock((FIRST + 2, FIRST + 2), ["box"])
        package = package_of(session, tmp_path / "a", partial=True)
        states = package.object("box").states
        assert states["keyframe"] == Frames.of([FIRST, FIRST + 1, FIRST + 3])
        assert states["locked"] == Frames.of([FIRST + 2])
        assert states["open"] == Frames.of([FIRST + 4, FIRST + 5])
        told = {frame for frames in states.values() for frame in frames}
        assert told == set(session.source.frame_numbers)


class TestRefused:
    @pytest.mark.parametrize(
        ("options", "error", "words"),
        [
            ({"also": ["shapes"]}, SettingsError, "no format 'shapes'"),
            ({"also": ["fill-key"]}, SettingsError, "fill-key"),
            ({"handles": 2}, SettingsError, "give the range"),
            ({"handles": -1, "range": (1002, 1003)}, SettingsError, "-1 handles"),
            ({"range": (1, 5)}, KeyframeError, "no frame from 1 to 5"),
            ({"objects": [7]}, MaskError, "no object 7"),
            ({"objects": []}, ExportError, "no objects"),
        ],
    )
    def test_orders(self, session, tmp_path, options, error, words):
        """Before anything is written, and before the generator is asked for anything."""
        with pytest.raises(error, match=words):
            write_package(session, tmp_path / "new" / "a", PackageOrder(**options))
        assert not (tmp_path / "new").exists()

    def test_what_is_there_stays(self, session, tmp_path):
        folder = tmp_path / "shot.mattes"
        before = tree(folder) if package_of(session, folder) else {}
        with pytest.raises(ExportError, match=r"there already; .*overwrite"):
            write_package(session, folder)
        assert tree(folder) == before

    def test_only_packages_are_replaced(self, session, tmp_path, clip):
        order = PackageOrder(overwrite=True)
        with pytest.raises(ExportError, match=r"plates is not replaced: .*matte\.json"):
            write_package(session, clip.parent, order)
        folder = tmp_path / "shot.mattes"
        package_of(session, folder)
        (folder / "exr" / "notes.txt").write_text("mine")
        with pytest.raises(ExportError, match=r"exr/notes\.txt would be lost"):
            write_package(session, folder, order)
        (folder / "exr" / "notes.txt").unlink()
        (folder / ".DS_Store").touch()
        writing = write_package(session, folder, order)
        next(writing)
        (folder / "exr" / "notes.txt").write_text("meanwhile")
        before = tree(folder)
        with pytest.raises(ExportError, match=r"exr/notes\.txt would be lost"):
            list(writing)
        assert tree(folder) == before
        assert others(folder) == []

    def test_a_file_in_the_way(self, session, tmp_path):
        (tmp_path / "file").write_text("mine")
        for order in (PackageOrder(), PackageOrder(overwrite=True)):
            with pytest.raises(ExportError):
                write_package(session, tmp_path / "file", order)
        with pytest.raises(ExportError, match="a part of the path is a file"):
            list(write_package(session, tmp_path / "file" / "shot.mattes"))
        assert (tmp_path / "file").read_text() == "mine"


class TestWholeOrNotAtAll:
    def test_cancelled(self, session, tmp_path):
        folder = tmp_path / "new" / "shot.mattes"
        writing = write_package(session, folder, PackageOrder(also=["movie"]))
        next(writing)
        next(writing)
        (partial,) = os.listdir(folder.parent)
        assert partial.startswith(".shot.mattes.")
        writing.close()
        assert not folder.parent.exists()

    def test_cancelled_while_replacing(self, session, tmp_path):
        folder = tmp_path / "shot.mattes"
        package_of(session, folder)
        before = tree(folder)
        writing = write_package(session, folder, PackageOrder(overwrite=True, also=["png"]))
        for _ in range(COUNT):  # even after the last frame: it was not asked for the end
            next(writing)
        writing.close()
        assert tree(folder) == before
        assert others(folder) == []

    def test_a_frame_that_cannot_be_written(self, session, tmp_path, monkeypatch):
        folder = tmp_path / "shot.mattes"
        monkeypatch.setattr(session, "result", _failing_at(session, FIRST + 3))
        events = []
        with pytest.raises(MaskError, match="broken"):
            events += list(write_package(session, folder))
        assert not folder.exists()
        assert others(folder) == []

    @pytest.mark.parametrize("can_exchange", [True, False])
    def test_replacing(self, session, tmp_path, monkeypatch, can_exchange):
        if not can_exchange:
            monkeypatch.setattr(roto.package.folders, "_exchange", lambda *folders: False)
        folder = tmp_path / "shot.mattes"
        package_of(session, folder, also=["png"])
        package = package_of(session, folder, range=(FIRST, FIRST + 1), overwrite=True)
        assert len(package.files) == 4
        assert verify(folder).counts == {"ok": 4, "changed": 0, "missing": 0, "extra": 0}
        assert others(folder) == []

    def test_an_empty_folder_is_filled(self, session, tmp_path):
        (tmp_path / "shot.mattes").mkdir()
        assert package_of(session, tmp_path / "shot.mattes").files

    def test_a_link_to_a_package_stays_a_link(self, session, tmp_path):
        package_of(session, tmp_path / "v001")
        (tmp_path / "latest").symlink_to("v001")
        package_of(session, tmp_path / "latest", overwrite=True, range=(FIRST, FIRST))
        assert (tmp_path / "latest").is_symlink()
        assert len(read_package(tmp_path / "v001").files) == 2

    def test_two_at_once(self, session, tmp_path):
        folder = tmp_path / "shot.mattes"
        first, second = (write_package(session, folder) for _ in range(2))
        next(first), next(second)
        list(first)
        before = tree(folder)
        with pytest.raises(ExportError, match="there is a folder already"):
            list(second)
        assert tree(folder) == before
        assert others(folder) == []

    def test_what_the_dead_left_behind_is_removed(self, session, tmp_path):
        folder = tmp_path / "shot.mattes"
        (tmp_path / ".shot.mattes.0123abcd.partial" / "exr").mkdir(parents=True)
        alive = write_package(session, folder)
        next(alive)
        assert len(others(folder)) == 1
        with whole_folder(folder) as partial:
            assert len(others(folder)) == 2  # the one that is alive was left alone
            (partial / "a").touch()
        alive.close()
        assert os.listdir(folder) == ["a"]
        assert others(folder) == []


def _failing_at(session, bad):
    found = session.result

    def result(frame):
        if frame == bad:
            raise MaskError("broken")
        return found(frame)

    return result


KILLED = """
import os, pathlib, signal, sys
import roto, roto.package.folders as folders
from roto.fake_engine import FakeEngine
from roto.package import PackageOrder, write_package

project, folder, where = sys.argv[1:]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

if where == "between":  # the two moves of a system that cannot exchange folders
    move = pathlib.Path.rename
    pathlib.Path.rename = lambda a, b: die() if a.name.endswith(".partial") else move(a, b)
    folders._exchange = lambda *_: False
elif where == "after":  # before the older one is removed
    folders.shutil.rmtree = lambda path, **_: die() if path.name.endswith(".partial") else None

with roto.open_session(project, model=FakeEngine(), read_only=True) as session:
    writing = write_package(session, folder, PackageOrder(overwrite=True, also=["png"]))
    for done, event in enumerate(writing):
        if where == str(done):
            die()
die()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nothing can be killed here")
class TestKilled:
    @pytest.fixture
    def older(self, clip, tmp_path):
        """A project, and a package of half its frames."""
        with keyed(clip, tmp_path / "shot.roto") as session:
            work(session)
            package_of(session, tmp_path / "shot.mattes", range=(FIRST, FIRST + 2))
        return tmp_path / "shot.mattes"

    @pytest.mark.parametrize(
        ("where", "new"), [("0", False), ("3", False), ("between", False), ("after", True)]
    )
    def test_the_old_or_the_new_one_is_whole(self, older, clip, where, new):
        project = older.with_name("shot.roto")
        command = [sys.executable, "-c", KILLED, str(project), str(older), where]
        found = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert found.returncode == -signal.SIGKILL, found.stderr
        assert verify(older).ok
        package = read_package(older)
        assert len(package.clip.frames) == (COUNT if new else 3)
        with roto.open_session(project, model=FakeEngine(), read_only=True) as session:
            package_of(session, older, overwrite=True)
        assert verify(older).ok
        assert others(older) == ["shot.roto", "shot.roto.cache"]  # nothing of the dead is left


class TestVerify:
    def test_a_byte_a_deletion_an_addition(self, session, tmp_path):
        folder = tmp_path / "shot.mattes"
        package = package_of(session, folder)
        assert verify(folder).ok
        one, two, three, *_ = (Path(folder, name) for name in sorted(package.files))
        data = bytearray(one.read_bytes())
        data[len(data) // 2] ^= 1
        one.write_bytes(data)
        two.unlink()
        with three.open("ab") as file:
            file.write(b"more")
        (folder / "exr" / "new.exr").write_bytes(b"mine")
        found = verify(folder)
        assert not found.ok
        assert found.counts == {"ok": 2 * COUNT - 3, "changed": 2, "missing": 1, "extra": 1}
        told = {one.file: (one.state, one.note) for one in found.files if one.state != "ok"}
        size = package.files[three.relative_to(folder).as_posix()].bytes
        assert told == {
            one.relative_to(folder).as_posix(): ("changed", "other bytes"),
            two.relative_to(folder).as_posix(): ("missing", ""),
            three.relative_to(folder).as_posix(): (
                "changed",
                f"{size + 4} bytes instead of {size}",
            ),
            "exr/new.exr": ("extra", ""),
        }

    def test_what_is_extra_does_no_harm(self, session, tmp_path):
        package_of(session, tmp_path / "a")
        (tmp_path / "a" / "notes.txt").touch()
        assert verify(tmp_path / "a").ok
