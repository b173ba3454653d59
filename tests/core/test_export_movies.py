"""Movies: encoded for real, read by PyAV and by the ffmpeg binary, and measured."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from fractions import Fraction

import av
import numpy as np
import pytest
from movie_exports import (
    COUNT,
    FILM,
    FIRST,
    NAMES,
    SIZE,
    by_ffmpeg,
    by_pyav,
    ffmpeg,
    give,
    job_of,
    matte,
    notes,
    picture,
    plate,
    small_disk,
    written,
)
from small_engines import SIZE as PLATE
from small_engines import bar, square
from small_engines import plate as small_plate

from roto.delivery import Gaps, Order, deliver
from roto.errors import ExportError, MaskError, SettingsError
from roto.export.contract import Look, Picture, Provenance
from roto.export.pattern import FramePattern
from roto.export.registry import check, format_named
from roto.fake_engine import FakeEngine
from roto.media import open_clip
from roto.project import ClipRecord, Project
from roto.session import Session


@dataclass(frozen=True)
class Bound:
    """What an alpha may be off by at most and on average, and how decoders give it."""

    layout: str
    most: float
    mean: float
    options: tuple[str, ...] = ()


EXACT16, EXACT8 = 0.5 / 65535 + 1e-7, 0.5 / 255 + 1e-6
ALPHA = ("-vf", "alphaextract")
BOUNDS = {
    ("prores-4444", None): Bound("gray12le", 7.5e-4, 1e-4, ALPHA),
    ("qt-animation", None): Bound("gray", EXACT8, 3e-4, ALPHA),
    ("png-mov", None): Bound("gray16le", EXACT16, 1e-5, ALPHA),
    ("png-mov", 8): Bound("gray", EXACT8, 3e-4, ALPHA),
    ("ffv1", None): Bound("gray16le", EXACT16, 1e-5),
    ("ffv1", 8): Bound("gray", EXACT8, 3e-4),
    ("vp9", None): Bound("gray", EXACT8, 3e-4, ALPHA),
}


class TestMattes:
    @pytest.mark.parametrize(("name", "depth"), BOUNDS)
    @pytest.mark.parametrize("size", [SIZE, (65, 97), (1, 1)])
    def test_alpha_as_the_binary_decodes_it(self, tmp_path, name, depth, size):
        job = job_of(tmp_path, name, Look(bit_depth=depth), size=size)
        bound = BOUNDS[name, depth]
        [path] = written(name, job)
        found = by_ffmpeg(path, size, bound.layout, *bound.options)
        error = np.abs(found - np.stack([matte(f, size) for f in job.frames]))
        assert len(found) == COUNT
        assert error.max() <= bound.most
        assert min(size) < 64 or error.mean() <= bound.mean

    @pytest.mark.parametrize("name", [n for n in NAMES if n != "fill-key"])
    def test_alpha_as_pyav_decodes_it(self, tmp_path, name):
        job = job_of(tmp_path, name)
        found, frame = by_pyav(written(name, job)[0])
        bits = frame.format.components[-1].bits
        bound = BOUNDS[name, None]
        error = np.abs(found / ((1 << bits) - 1) - np.stack([matte(f) for f in job.frames]))
        assert error.max() <= bound.most

    @pytest.mark.parametrize("name", NAMES)
    def test_grey_is_the_matte_as_well(self, tmp_path, name):
        """Hosts that ignore alpha, or mask by colour, see the same; white is white, not 235."""
        job = job_of(tmp_path, name, Look("matte"), count=1)
        [path] = written(name, job)
        colours = by_ffmpeg(path, SIZE, "gbrpf32le")[0]
        assert np.abs(colours - matte(FIRST)).max() < 0.01
        assert np.abs(colours[:, matte(FIRST) == 1] - 1).max() < 0.006
        assert np.abs(colours[:, matte(FIRST) == 0]).max() < 0.006

    @pytest.mark.parametrize("name", NAMES)
    def test_one_frame_of_1080p(self, tmp_path, name):
        size = (1080, 1920)
        [path] = written(name, job_of(tmp_path, name, Look("matte"), size=size, count=1))
        error = np.abs(by_ffmpeg(path, size, "gbrpf32le")[0] - matte(FIRST, size))
        assert error.max() < 0.01
        assert error.mean() < 0.001


class TestPlates:
    @pytest.mark.parametrize("size", [SIZE, (65, 97)])
    @pytest.mark.parametrize(
        ("name", "most"),
        [
            ("prores-4444", 0.008),
            ("qt-animation", 0.008),
            ("png-mov", 0.001),
            ("ffv1", 0.001),
            ("vp9", 0.06),
            ("fill-key", 0.06),
        ],
    )
    def test_cutouts_keep_colour_and_alpha(self, tmp_path, name, most, size):
        job = job_of(tmp_path, name, Look("cutout"), size=size)
        paths = written(name, job)
        colours = by_ffmpeg(paths[0], size, "gbrpf32le")
        assert np.abs(colours[1] - plate(size).transpose(2, 0, 1)).max() < most
        if name == "fill-key":
            alpha = by_ffmpeg(paths[1], size, "gbrpf32le")[:, 0]
        else:
            layout = {"vp9": "gray", "prores-4444": "gray12le"}.get(name, "gray16le")
            alpha = by_ffmpeg(paths[0], size, layout, *ALPHA)
        error = np.abs(alpha - np.stack([matte(f, size) for f in job.frames]))
        assert error.max() < {"vp9": 0.02, "fill-key": 0.01}.get(name, 0.002)

    @pytest.mark.parametrize("name", [n for n in NAMES if n != "vp9"])
    def test_premultiplied_colours_end_in_black(self, tmp_path, name):
        paths = written(name, job_of(tmp_path, name, Look("cutout", premultiplied=True)))
        expected = (plate() * matte(FIRST)[..., None]).transpose(2, 0, 1)
        assert np.abs(by_ffmpeg(paths[0], SIZE, "gbrpf32le")[0] - expected).max() < 0.05
        assert notes(paths[0])["roto/alpha"] == "premultiplied"

    @pytest.mark.parametrize("name", [n for n in NAMES if n != "fill-key"])
    def test_over_a_colour(self, tmp_path, name):
        [path] = written(name, job_of(tmp_path, name, Look("over", colour=(0.0, 1.0, 0.0))))
        alpha = matte(FIRST)[..., None]
        expected = (plate() * alpha + np.array([0, 1, 0]) * (1 - alpha)).transpose(2, 0, 1)
        assert np.abs(by_ffmpeg(path, SIZE, "gbrpf32le")[0] - expected).mean() < 0.01

    def test_linear_light_is_shown_as_on_a_display(self, tmp_path):
        job = job_of(tmp_path, "ffv1", Look("cutout"), colour_space="linear", count=1)
        light = np.full((*SIZE, 3), 0.18, np.float32)
        light[0, 0], light[0, 1] = np.nan, 7
        with format_named("ffv1").open(job) as movie:
            [path] = movie.write(Picture(FIRST, {1: matte(FIRST)}, lambda: light))
        shown = by_ffmpeg(path, SIZE, "gbrpf32le")[0]
        assert shown[:, 9, 9] == pytest.approx(0.4613, abs=1e-3)
        assert (shown[:, 0, 0] == 0).all()
        assert shown[:, 0, 1] == pytest.approx(1, abs=1e-4)

    def test_the_plate_is_read_once_for_all_objects(self, tmp_path):
        job = job_of(tmp_path, "ffv1", Look("cutout"), names={1: "hero", 2: "dog"}, count=1)
        reads = []
        with format_named("ffv1").open(job) as movie:
            one = picture(job, FIRST)
            movie.write(replace(one, plate=lambda: (reads.append(1), plate())[1]))
        assert reads == [1]

    def test_the_key_of_a_fill_is_tagged_as_what_it_is(self, tmp_path):
        fill, key = written("fill-key", job_of(tmp_path, "fill-key", Look("cutout")))
        assert (fill.name, key.name) == ("hero.fill.mov", "hero.key.mov")
        luma, frame = by_pyav(key, plane=0)
        assert frame.format.name == "yuv422p10le"
        assert np.abs(luma[0][matte(FIRST) == 1] - 940).max() <= 3
        assert np.abs(luma[0][matte(FIRST) == 0] - 64).max() <= 4
        assert (notes(fill)["roto/shows"], notes(key)["roto/shows"]) == ("fill", "key")


class TestWhatAMovieSaysOfItself:
    @pytest.mark.parametrize(
        ("name", "rate"),
        [(name, FILM) for name in NAMES]
        + [
            (name, rate)
            for name in ("prores-4444", "ffv1")
            for rate in (Fraction(25), Fraction(30000, 1001), Fraction(60))
        ],
    )
    def test_exact_rate_and_timecode(self, tmp_path, name, rate):
        start = "01:00:59;29" if rate == Fraction(30000, 1001) else "01:00:59:23"
        job = job_of(tmp_path, name, frame_rate=rate, timecode=start, first_frame=FIRST - 1)
        expected = {
            FILM: "01:01:00:00",
            Fraction(25): "01:00:59:24",
            Fraction(30000, 1001): "01:01:00;02",
            Fraction(60): "01:00:59:24",
        }[rate]
        for path in written(name, job):
            with av.open(str(path)) as container:
                stream = container.streams.video[0]
                assert stream.average_rate == rate
                times = [p.pts * p.time_base for p in container.demux(stream) if p.pts is not None]
            rounded = 0 if path.suffix == ".mov" else Fraction(1, 2000)  # Matroska counts in ms
            assert len(times) == COUNT
            assert all(abs(time - i / rate) <= rounded for i, time in enumerate(times))
            assert f": {expected}\n" in ffmpeg("-i", path).stderr.decode()

    @pytest.mark.parametrize("name", ["prores-4444", "vp9"])
    def test_without_timecode_it_is_the_frame_number(self, tmp_path, name):
        path = written(name, job_of(tmp_path, name))[0]
        assert ": 00:00:41:17\n" in ffmpeg("-i", path).stderr.decode()  # 1001 = 41 * 24 + 17
        assert notes(path)["roto/timecode"] == "the frame number"

    def test_frames_before_zero_have_no_timecode(self, tmp_path):
        job = replace(job_of(tmp_path, "ffv1"), frames=range(-1, 2))
        assert notes(written("ffv1", job)[0])["roto/timecode"] == "none"

    @pytest.mark.parametrize(
        ("name", "aspect"), [(name, Fraction(59, 54)) for name in NAMES] + [("ffv1", Fraction(2))]
    )
    def test_pixel_aspect(self, tmp_path, name, aspect):
        for path in written(name, job_of(tmp_path, name, size=(65, 97), pixel_aspect=aspect)):
            said = ffmpeg("-i", path, "-f", "null", "-").stderr.decode()
            assert f"SAR {aspect.numerator}:{aspect.denominator} " in said.split("Output #0")[0]
            assert f"frame={COUNT:5}" in said
            with open_clip(path) as source:
                assert source.clip.pixel_aspect == aspect
                assert source.clip.frame_rate == FILM
                assert source.clip.frame_count == COUNT

    @pytest.mark.parametrize("name", ["prores-4444", "ffv1"])
    def test_provenance(self, tmp_path, name):
        made = Provenance("0.1.0", "stcn", "ab" * 32, {"size": 480}, {"Jürgen": [1001, 1003]})
        job = job_of(tmp_path, name, names={1: "Jürgen"}, provenance=made)
        path = written(name, job)[0]
        found = notes(path)
        assert (found["roto/frame"], found["roto/last_frame"]) == ("1001", "1003")
        assert (found["roto/model"], found["roto/rate"]) == ("stcn", "24000/1001")
        assert json.loads(found["roto/keyframes"]) == {"Jürgen": [1001, 1003]}
        with av.open(str(path)) as container:
            assert container.metadata["title"].startswith("Jürgen")

    def test_a_long_story_loses_its_keyframes_only(self, tmp_path):
        made = Provenance("0.1.0", "stcn", keyframes={"hero": list(range(20_000))})
        found = notes(written("prores-4444", job_of(tmp_path, "prores-4444", provenance=made))[0])
        assert found["roto/model"] == "stcn"
        assert "roto/keyframes" not in found

    @pytest.mark.parametrize("name", ["prores-4444", "vp9", "fill-key"])
    def test_colour_tags(self, tmp_path, name):
        said = ffmpeg("-i", written(name, job_of(tmp_path, name))[0]).stderr.decode()
        assert "(tv, bt709" in said


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


def test_no_codec_is_loaded_before_a_movie_is_begun():
    code = "import sys, roto.export.movies; assert not {'av', 'cv2'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
