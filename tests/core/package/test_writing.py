"""What is in a package is what the session knows, and its manifest says truly what it is."""

from __future__ import annotations

import json
import os

import av
import cv2
import numpy as np
import OpenEXR
import pytest
from small_engines import SIZE, bar, plate, square
from written_packages import (
    COUNT,
    FIRST,
    LAST,
    exr,
    keyed,
    others,
    package_of,
    tree,
    work,
)

import roto
from roto.errors import ExportError, PackageError, SettingsError
from roto.fake_engine import FakeEngine
from roto.package import Frames, PackageOrder, find_plate, read_package, verify, write_package


class TestWriting:
    def test_the_manifest_says_what_the_session_is(self, session, tmp_path, clip):
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

    def test_a_movie_holds_the_matte_as_its_alpha(self, session, tmp_path):
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

    def test_formats_of_the_table_are_told_by_their_kind(self, session, tmp_path):
        package = package_of(session, tmp_path / "a.mattes", also=["exr-parts", "ffv1", "exr"])
        kinds = [(way.kind, way.format) for way in package.objects[0].representations]
        assert kinds == [("sequence", "exr"), ("layer", "exr-parts"), ("movie", "ffv1")]

    def test_range_handles_and_objects_are_those_asked_for(self, session, tmp_path):
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

    def test_names_that_files_cannot_have_are_kept_in_the_manifest(self, tmp_path):
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

    def test_a_clip_in_memory_has_no_path_and_missing_frames_are_told(self, tmp_path, clip):
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

    def test_every_frame_has_its_state_after_a_correction(self, session, tmp_path):
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
