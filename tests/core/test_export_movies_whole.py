"""A movie is there whole or not at all, and one that cannot be is refused in a sentence."""

from __future__ import annotations

import errno
import json
import os
import sys
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from movie_exports import (
    COUNT,
    EXACT16,
    NAMES,
    SIZE,
    by_ffmpeg,
    give,
    job_of,
    matte,
    notes,
    picture,
    plate,
    written,
)
from small_disks import small_disk
from small_engines import SIZE as PLATE
from small_engines import bar, square
from small_engines import plate as small_plate

from roto.delivery import Gaps, Order, deliver
from roto.errors import ExportError, MaskError, SettingsError
from roto.export.contract import Look, Picture
from roto.export.pattern import FramePattern
from roto.export.registry import check, format_named
from roto.fake_engine import FakeEngine
from roto.media import open_clip
from roto.project import ClipRecord, Project
from roto.session import Session


class TestRefusals:
    def test_holes_in_the_range(self, tmp_path):
        job = replace(job_of(tmp_path, "prores-4444"), frames=[1001, 1002, 1004])
        with pytest.raises(SettingsError, match=r"between frame 1002 and frame 1004.*left out"):
            check(job, format_named("prores-4444"))

    @pytest.mark.parametrize("timecode", ["01:00:00:24", "01:00:00;00"])
    def test_a_timecode_that_cannot_be(self, tmp_path, timecode):
        with pytest.raises(SettingsError, match=r"cannot be at 24000/1001"):
            check(job_of(tmp_path, "ffv1", timecode=timecode), format_named("ffv1"))

    def test_a_frame_number_in_the_name(self, tmp_path):
        job = replace(job_of(tmp_path, "ffv1"), pattern=FramePattern(tmp_path / "m.%04d.mkv"))
        with pytest.raises(SettingsError, match="take the frame number out"):
            check(job, format_named("ffv1"))

    @pytest.mark.parametrize("rate", [Fraction(0), Fraction(-24)])
    def test_an_impossible_rate(self, tmp_path, rate):
        with pytest.raises(SettingsError, match="frames per second"):
            check(job_of(tmp_path, "ffv1", frame_rate=rate), format_named("ffv1"))

    def test_a_slow_rate(self, tmp_path):
        [path] = written("ffv1", job_of(tmp_path, "ffv1", frame_rate=Fraction(1, 3)))
        assert notes(path)["roto/timecode"] == "none"

    @pytest.mark.parametrize(
        ("wrong", "error", "text"),
        [
            ({"frame": 1003}, ExportError, "frame 1003 came out of turn"),
            ({"mattes": {}}, ExportError, "hero has no matte at frame 1002.*cannot have holes"),
            ({"mattes": {1: matte(1002, (8, 9))}}, ExportError, "has 9 x 8 pixels.*96 x 64"),
            ({"mattes": {1: np.full(SIZE, np.nan, np.float32)}}, MaskError, "hero at frame 1002"),
            ({"plate": lambda: plate((8, 9))}, ExportError, "has 9 x 8 pixels"),
        ],
    )
    def test_a_picture_that_does_not_fit_leaves_nothing(self, tmp_path, wrong, error, text):
        job = job_of(tmp_path, "prores-4444", Look("cutout"))
        with pytest.raises(error, match=text):
            give("prores-4444", job, [picture(job, 1001), replace(picture(job, 1002), **wrong)])
        assert not list(tmp_path.iterdir())

    def test_fewer_frames_than_promised(self, tmp_path):
        job = job_of(tmp_path, "ffv1")
        with pytest.raises(ExportError, match=r"hero.mkv: only 1 of 3 frames"):
            give("ffv1", job, [picture(job, 1001)])
        assert not list(tmp_path.iterdir())


class TestAllOrNothing:
    @pytest.mark.parametrize("name", ["prores-4444", "ffv1", "fill-key"])
    def test_two_objects_at_once(self, tmp_path, name):
        paths = written(name, job_of(tmp_path, name, names={3: "hero", 7: "the dog"}))
        assert {path.name.split(".")[0] for path in paths} == {"hero", "the dog"}
        for path in paths:
            assert len(by_ffmpeg(path, SIZE, "gbrpf32le")) == COUNT

    @pytest.mark.parametrize("name", ["prores-4444", "vp9", "fill-key"])
    def test_cancel_leaves_the_older_files(self, tmp_path, name):
        job = job_of(tmp_path, name, names={1: "hero", 2: "dog"})
        older = tmp_path / f"dog{format_named(name).extensions[0]}"
        older.write_bytes(b"older")

        def pictures():
            yield picture(job, 1001)
            raise GeneratorExit

        with pytest.raises(GeneratorExit):
            give(name, job, pictures())
        assert list(tmp_path.iterdir()) == [older]
        assert older.read_bytes() == b"older"

    def test_cancel_before_the_first_frame(self, tmp_path):
        with pytest.raises(KeyboardInterrupt), format_named("ffv1").open(job_of(tmp_path, "ffv1")):
            raise KeyboardInterrupt
        assert not list(tmp_path.iterdir())

    def test_a_folder_is_made_and_a_file_in_its_place_told(self, tmp_path):
        written("ffv1", job_of(tmp_path / "a" / "b", "ffv1"))
        (tmp_path / "c").write_text("mine")
        with (
            pytest.raises(ExportError, match="a file, not a folder"),
            format_named("ffv1").open(job_of(tmp_path / "c", "ffv1")),
        ):
            pass

    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize(("count", "kilobytes"), [(2, 4), (8, 64)])
    def test_a_disk_that_is_full(self, tmp_path, name, count, kilobytes):
        """Met while frames are written, or only when the last bytes are."""
        folder = tmp_path / "disk"
        with small_disk(folder, kilobytes):
            job = job_of(folder, name, size=(128, 192), count=count, names={1: "a", 2: "b"})
            random = np.random.default_rng(0)
            noise = [random.random((128, 192)).astype(np.float32) for _ in job.frames]
            pictures = [
                Picture(frame, {1: one, 2: one}, lambda one=one: np.dstack([one] * 3))
                for frame, one in zip(job.frames, noise, strict=True)
            ]
            with pytest.raises(ExportError, match=r"Cannot write .*: the disk is full\.$"):
                give(name, job, pictures)
            assert not list(folder.iterdir())


NAMED = {1: "box", 2: "bar"}


class TestDelivery:
    @pytest.fixture
    def session(self):
        """Two objects on eight frames."""
        clip = ClipRecord("plate", "", None, "", PLATE[1], PLATE[0], "24", 0, 8, "srgb")
        made = Session(open_clip(small_plate(8)), FakeEngine(), Project.create(clip))
        made.set_keyframe(0, {"box": square(0), "bar": bar()})
        assert list(made.propagate())
        return made

    def order(self, session, folder, name, look=None):
        pattern = FramePattern(folder / f"{{object}}{format_named(name).extensions[0]}")
        return Order(NAMED, range(8), pattern, format_named(name), look or Look())

    def test_a_movie_holds_what_the_session_knows(self, tmp_path, session):
        events = list(deliver(session, self.order(session, tmp_path, "ffv1")))
        assert [event.event.frame for event in events] == list(range(8))
        for object_id, name in NAMED.items():
            known = np.stack(
                [session.result(f).mattes_of([object_id])[object_id] for f in range(8)]
            )
            found = by_ffmpeg(tmp_path / f"{name}.mkv", PLATE, "gray16le")
            assert np.abs(found - known).max() <= EXACT16
        assert json.loads(notes(tmp_path / "bar.mkv")["roto/keyframes"])["bar"] == [0]

    def test_to_stop_asking_leaves_nothing(self, tmp_path, session):
        delivery = deliver(session, self.order(session, tmp_path, "fill-key", Look("cutout")))
        assert next(delivery)
        delivery.close()
        assert not list(tmp_path.iterdir())

    def test_a_gap_is_told(self, tmp_path, session):
        order = self.order(session, tmp_path, "prores-4444")
        missing = Gaps(NAMED, {next(iter(NAMED)): [5]}, {})
        with pytest.raises(
            ExportError, match=r"^A movie cannot have holes, but .* is missing at 5: "
        ):
            list(deliver(session, order, missing))
        assert not list(tmp_path.iterdir())


def test_a_limit_on_file_sizes_is_told(tmp_path):
    """The same without privileges: the system refuses the bytes, here with another reason."""
    if sys.platform == "win32":
        pytest.skip("a limit of POSIX systems")
    import resource
    import signal

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(ExportError, match=os.strerror(errno.EFBIG)):
            written("png-mov", job_of(tmp_path, "png-mov"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert not list(tmp_path.iterdir())
