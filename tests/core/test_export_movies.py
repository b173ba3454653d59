"""Movies: encoded for real, read by PyAV and by the ffmpeg binary, and measured."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from fractions import Fraction

import av
import numpy as np
import pytest
from fresh_processes import loaded_by
from movie_exports import (
    COUNT,
    EXACT8,
    EXACT16,
    FILM,
    FIRST,
    NAMES,
    SIZE,
    by_ffmpeg,
    by_pyav,
    ffmpeg,
    job_of,
    matte,
    notes,
    picture,
    plate,
    written,
)

from roto.export.contract import Look, Picture, Provenance
from roto.export.registry import format_named
from roto.media import open_clip


@dataclass(frozen=True)
class Bound:
    """What an alpha may be off by at most and on average, and how decoders give it."""

    layout: str
    most: float
    mean: float
    options: tuple[str, ...] = ()


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


def test_no_codec_is_loaded_before_a_movie_is_begun():
    assert not {"av", "cv2"} & loaded_by("import roto.export.movies")
