"""EXR: headers, layers, parts, data windows, and colours in linear light."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise

import cv2
import numpy as np
import OpenEXR
import pytest
from PIL import Image

import roto
from roto.export.contract import Job, Look, Picture, Provenance, Subject
from roto.export.exr_header import layer_names
from roto.export.pattern import FramePattern
from roto.export.pixels import to_light
from roto.export.registry import check, format_named
from roto.export.timecode import Timecode, parse_timecode, timecode_at
from roto.masks import read_mask

SIZE = (20, 30)
FILM, NTSC = Fraction(24000, 1001), Fraction(30000, 1001)
MADE = Provenance("1.2", "stcn", "ab" * 32, {"short_side": 480}, {"hero": [1001, 1050]})


def alpha(left=5, right=20):
    ramp = np.zeros(SIZE, np.float32)
    ramp[4:16, left:right] = np.linspace(0.1, 1, right - left, dtype=np.float32)
    return ramp


def write(folder, name="exr", look=None, *, mattes=None, plate=None, frame=1001, **subject):
    """One frame; returns its file."""
    format = format_named(name)
    mattes = {1: alpha()} if mattes is None else mattes
    names = subject.pop("names", {i: f"object{i}" for i in mattes})
    job = Job(
        Subject(SIZE, names, **{"frame_rate": FILM, "provenance": MADE, **subject}),
        look or Look(),
        FramePattern(f"{folder}/", ".exr"),
        [frame],
    )
    check(job, format)
    with format.open(job) as exporter:
        [path] = exporter.write(Picture(frame, mattes, lambda: plate, key="k"))
    return path


def read(path):
    """Header and channels of every part."""
    with OpenEXR.File(str(path), separate_channels=True) as file:
        return [
            (dict(part.header), {name: c.pixels.copy() for name, c in part.channels.items()})
            for part in file.parts
        ]


class TestHeader:
    @pytest.mark.parametrize("name", ["exr", "exr-layers", "exr-parts", "cryptomatte"])
    def test_what_it_was_made_of(self, tmp_path, name):
        mattes = {1: alpha(), 2: alpha()}
        more = {"mattes": mattes} if name != "exr" else {}
        parts = read(
            write(tmp_path, name, pixel_aspect=Fraction(2), timecode="01:00:00:00", **more)
        )
        assert len(parts) == (2 if name == "exr-parts" else 1)
        for header, _ in parts:
            self.check(header)
        if name == "exr":
            assert json.loads(parts[0][0]["roto/object"]) == ["object1"]

    def check(self, header):
        assert header["framesPerSecond"] == FILM
        assert header["pixelAspectRatio"] == 2.0
        code = header["timeCode"]  # first_frame is 0: 1001 frames later
        assert (code.hours, code.minutes, code.seconds, code.frame) == (1, 0, 41, 17)
        assert header["roto/version"] == "1.2"
        assert header["roto/model"] == "stcn"
        assert header["roto/weights"] == "ab" * 32
        assert json.loads(header["roto/settings"]) == {"short_side": 480}
        assert json.loads(header["roto/keyframes"]) == {"hero": [1001, 1050]}
        assert (header["roto/frame"], header["roto/alpha"]) == ("1001", "matte")
        assert header["roto/colour"].startswith("data")

    def test_without_timecode_there_is_none(self, tmp_path):
        [(header, _)] = read(write(tmp_path))
        assert "timeCode" not in header

    @pytest.mark.parametrize("name", ["exr", "exr-layers", "exr-parts", "cryptomatte"])
    def test_the_key_is_read_again(self, tmp_path, name):
        path = write(tmp_path, name)
        key_of = format_named(name).key_of
        assert key_of(path) == "k"
        path.write_bytes(path.read_bytes()[:40])
        assert key_of(path) == ""

    @pytest.mark.parametrize(("frame", "expected"), [(0, (0, 0)), (49, (24, 1)), (59, (29, 1))])
    def test_above_30_frames_per_second_the_field_counts(self, tmp_path, frame, expected):
        path = write(
            tmp_path, frame=frame, frame_rate=Fraction(60000, 1001), timecode="02:00:00:00"
        )
        [(header, _)] = read(path)
        code = header["timeCode"]
        assert (code.frame, code.fieldPhase) == expected


class TestTimecode:
    @pytest.mark.parametrize(
        ("start", "rate", "later", "expected"),
        [
            ("01:00:00:00", 24, 24, "01:00:01:00"),
            ("01:00:00:00", FILM, 86400, "02:00:00:00"),
            ("00:00:59;28", NTSC, 1, "00:00:59;29"),
            ("00:00:59;29", NTSC, 1, "00:01:00;02"),
            ("00:09:59;29", NTSC, 1, "00:10:00;00"),
            ("00:00:00;00", NTSC, 107892, "01:00:00;00"),
            ("00:00:59.59", 2 * NTSC, 1, "00:01:00;04"),
            ("23:59:59:23", 24, 1, "00:00:00:00"),
            ("23:59:59;29", NTSC, 1, "00:00:00;00"),
            ("00:00:00:00", 25, -1, "23:59:59:24"),
        ],
    )
    def test_frames_are_counted_as_timecode_does(self, start, rate, later, expected):
        subject = Subject(SIZE, {}, Fraction(rate), timecode=start, first_frame=1001)
        assert str(timecode_at(subject, 1001 + later)) == expected

    def test_drop_frame_labels_are_in_order(self):
        subject = Subject(SIZE, {}, NTSC, timecode="00:00:00;00")
        labels = [timecode_at(subject, frame) for frame in range(20000)]
        assert all(before < after for before, after in pairwise(labels))
        assert not any(m % 10 and s == 0 and f < 2 for _, m, s, f, _ in labels)

    @pytest.mark.parametrize("text", ["", "1:00:00:00", "24:00:00:00", "00:60:00:00", "noon"])
    def test_what_is_no_timecode_is_none(self, text):
        assert parse_timecode(text) is None
        assert timecode_at(Subject(SIZE, {}, timecode=text), 1) is None

    def test_drop_frames_are_written_with_a_semicolon(self):
        assert str(Timecode(1, 2, 3, 4, drop=True)) == "01:02:03;04"


class TestLayers:
    def test_names_are_safe_and_differ(self):
        names = {
            1: "Zoë",
            2: "left.arm",
            3: "left arm",
            4: "LEFT_ARM",
            5: "左腕",
            6: "1st",
            7: "x" * 90,
        }
        assert list(layer_names(names).values()) == [
            "Zoe", "left_arm", "left_arm_2", "LEFT_ARM_3", "object5", "_1st", "x" * 48,
        ]  # fmt: skip

    @pytest.mark.parametrize("name", ["exr-layers", "exr-parts"])
    def test_all_objects_in_one_file(self, tmp_path, name):
        mattes = {1: alpha(), 2: alpha(2, 29)}
        path = write(tmp_path, name, mattes=mattes, names={1: "hero", 2: "left.arm", 3: "van"})
        parts = read(path)
        assert len(parts) == (1 if name == "exr-layers" else 3)
        channels = {c: pixels for _, found in parts for c, pixels in found.items()}
        assert list(channels) == ["hero.A", "left_arm.A", "van.A"]
        np.testing.assert_array_equal(channels["left_arm.A"], mattes[2].astype(np.float16))
        assert not channels["van.A"].any()
        for header, _ in parts:
            assert json.loads(header["roto/missing"]) == ["van"]
            assert json.loads(header["roto/layers"])["left_arm"] == "left.arm"
        if name == "exr-parts":
            assert [header["name"] for header, _ in parts] == ["hero", "left_arm", "van"]

    @pytest.mark.parametrize("name", ["exr-layers", "exr-parts"])
    def test_roto_reads_them_as_masks(self, tmp_path, name):
        mattes = {1: alpha(2, 14), 2: alpha(15, 29)}
        path = write(tmp_path, name, Look(bit_depth=32), mattes=mattes)
        mask = read_mask(path, frame=1001, size=SIZE)
        for object_id, matte in mattes.items():
            np.testing.assert_array_equal(mask.matte(object_id), matte)

    @pytest.mark.parametrize("name", ["exr-layers", "exr-parts"])
    def test_cutouts_have_layers_of_rgba(self, tmp_path, name):
        plate = np.full((*SIZE, 3), 0.5, np.float32)
        parts = read(write(tmp_path, name, Look("cutout"), plate=plate, colour_space="linear"))
        assert sorted(parts[0][1]) == [f"object1.{letter}" for letter in "ABGR"]
        assert (parts[0][1]["object1.R"] == 0.5).all()


class TestWindows:
    def test_overscan_and_pixel_aspect_of_a_plate_are_kept(self, tmp_path):
        window = (-4, -2, 34, 22)
        [(header, channels)] = read(write(tmp_path, data_window=window))
        assert [list(corner) for corner in header["dataWindow"]] == [[-4, -2], [33, 21]]
        assert [list(corner) for corner in header["displayWindow"]] == [[0, 0], [29, 19]]
        assert channels["Y"].shape == (24, 38)
        np.testing.assert_array_equal(channels["Y"][2:22, 4:34], alpha().astype(np.float16))
        assert channels["Y"].sum() == alpha().astype(np.float16).sum()

    @pytest.mark.parametrize("name", ["exr", "exr-layers", "cryptomatte"])
    def test_a_crop_never_cuts_a_matte(self, tmp_path, name):
        for window in [(4, 3, 21, 17), (6, 3, 21, 17), (40, 40, 50, 50)]:
            path = write(tmp_path, name, Look(), data_window=window)
            [(header, channels)] = read(path)
            kept = window == (4, 3, 21, 17)
            shape = next(iter(channels.values())).shape
            assert shape == ((14, 17) if kept else (max(20, window[3]), max(30, window[2])))
            if name != "cryptomatte":
                mask = read_mask(path, frame=1, size=SIZE)
                np.testing.assert_allclose(mask.matte(1), alpha(), atol=3e-4)
            del header

    def test_the_clip_tells_window_timecode_rate_and_aspect(self, tmp_path):
        path = write(
            tmp_path / "in",
            look=Look("over", colour=(0, 0, 1)),
            plate=np.zeros((*SIZE, 3), np.float32),
            data_window=(-4, -2, 34, 22),
            timecode="10:00:00;12",
            first_frame=1001,
            frame_rate=NTSC,
            pixel_aspect=Fraction(3, 2),
            colour_space="linear",
        )
        with roto.open_clip(path) as source:
            clip = source.clip
        assert (clip.height, clip.width) == SIZE
        assert clip.data_window == (-4, -2, 34, 22)
        assert clip.timecode == "10:00:00;12"
        assert clip.frame_rate == NTSC
        assert clip.pixel_aspect == Fraction(3, 2)
        with roto.open_clip(path, frame_rate=25) as source:
            assert source.clip.frame_rate == 25

    def test_plates_without_have_none(self, tmp_path):
        cv2.imwrite(str(tmp_path / "a.1001.png"), np.zeros((4, 4, 3), np.uint8))
        with roto.open_clip(tmp_path / "a.1001.png") as source:
            clip = source.clip
        assert (clip.data_window, clip.timecode, clip.frame_rate) == (None, "", 24)


class TestColours:
    def test_an_8_bit_plate_becomes_linear_and_the_file_says_so(self, tmp_path):
        plate = np.zeros((*SIZE, 3), np.uint8)
        plate[..., 0], plate[..., 1], plate[..., 2] = 255, 128, 10
        [(header, channels)] = read(
            write(tmp_path, look=Look("cutout", False, bit_depth=32), plate=plate)
        )
        assert header["roto/colour"] == "linear light, the plate converted by the sRGB curve"
        assert header["roto/alpha"] == "straight"
        for letter, value in {"R": 1.0, "G": 0.2158605, "B": 10 / 255 / 12.92}.items():
            np.testing.assert_allclose(channels[letter], value, rtol=1e-5)
        np.testing.assert_array_equal(channels["A"], alpha())

    def test_a_linear_plate_stays_as_it_is_beyond_1_and_below_0(self, tmp_path):
        plate = np.random.default_rng(0).normal(2, 3, (*SIZE, 3)).astype(np.float32)
        look = Look("cutout", premultiplied=True, bit_depth=32)
        [(header, channels)] = read(write(tmp_path, look=look, plate=plate, colour_space="linear"))
        assert header["roto/alpha"] == "premultiplied"
        assert header["roto/colour"] == "linear light, as the plate"
        np.testing.assert_array_equal(channels["G"], plate[..., 1] * alpha())

    def test_light_beyond_half_floats_is_their_largest_and_not_infinite(self, tmp_path):
        plate = np.full((*SIZE, 3), 1e9, np.float32)
        [(_, channels)] = read(
            write(tmp_path, look=Look("cutout"), plate=plate, colour_space="linear")
        )
        assert (channels["R"][alpha() > 0] == 65504).all()
        assert np.isfinite(channels["R"]).all()

    def test_over_a_colour_in_the_plates_own_light(self, tmp_path):
        half = {1: np.full(SIZE, 0.5, np.float32)}
        look = Look("over", colour=(0.0, 1.0, 0.0), bit_depth=32)
        grey = np.full((*SIZE, 3), 1.0, np.float32)
        [(_, linear)] = read(
            write(tmp_path, look=look, mattes=half, plate=grey, colour_space="linear")
        )
        assert sorted(linear) == ["B", "G", "R"]
        assert (linear["R"] == 0.5).all()
        white = np.full((*SIZE, 3), 255, np.uint8)
        [(_, display)] = read(write(tmp_path, look=look, mattes=half, plate=white))
        np.testing.assert_allclose(display["R"], 0.21404114, rtol=1e-5)  # code value 0.5

    def test_light_and_back_is_the_same_code_value(self):
        codes = np.arange(256, dtype=np.uint8).reshape(1, -1, 1).repeat(3, 2)
        linear = to_light(codes, "display", "linear")
        back = to_light(linear, "linear", "display")
        np.testing.assert_array_equal(np.rint(back * 255), codes)
        strange = np.array([[[np.nan, np.inf, -np.inf]]], np.float32)
        shown = to_light(strange, "linear", "display")
        np.testing.assert_allclose(shown, [[[0, 1, 0]]], atol=1e-6)


class TestDisplayStills:
    def job(self, folder, name, look, **subject):
        format = format_named(name)
        job = Job(
            Subject(SIZE, {1: "hero"}, **subject),
            look,
            FramePattern(f"{folder}/{{object}}{format.extensions[0]}"),
            [1],
        )
        check(job, format)
        return format, job

    def write(self, folder, name, look, plate, **subject):
        format, job = self.job(folder, name, look, **subject)
        with format.open(job) as exporter:
            [path] = exporter.write(Picture(1, {1: alpha()}, lambda: plate))
        return path

    @pytest.mark.parametrize("name", ["png", "tiff"])
    @pytest.mark.parametrize(("depth", "highest"), [(8, 255), (16, 65535)])
    def test_a_straight_cutout_keeps_an_8_bit_plate_exactly(self, tmp_path, name, depth, highest):
        plate = np.random.default_rng(1).integers(0, 256, (*SIZE, 3), np.uint8)
        path = self.write(tmp_path, name, Look("cutout", bit_depth=depth), plate)
        if (name, depth) == ("tiff", 8):  # OpenCV would multiply it by alpha
            with Image.open(path) as image:
                found = np.asarray(image)[..., [2, 1, 0, 3]]
        else:
            found = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        np.testing.assert_array_equal(found[..., 2::-1], plate.astype(int) * (highest // 255))
        np.testing.assert_array_equal(found[..., 3], np.rint(alpha() * np.float32(highest)))

    @pytest.mark.parametrize(("premultiplied", "kind"), [(False, 2), (True, 1)])
    def test_tiff_says_what_its_alpha_is(self, tmp_path, premultiplied, kind):
        import tifffile

        plate = np.full((*SIZE, 3), 255, np.uint8)
        path = self.write(tmp_path, "tiff", Look("cutout", premultiplied), plate)
        with tifffile.TiffFile(path) as file:
            page = file.pages.first
            assert [int(k) for k in page.extrasamples] == [kind]
            pixels = page.asarray()
        red = pixels[..., 3] if premultiplied else np.full(SIZE, 65535)
        np.testing.assert_array_equal(pixels[..., 0], red)

    def test_a_linear_plate_is_shown_as_on_a_display(self, tmp_path):
        plate = np.zeros((*SIZE, 3), np.float32)
        plate[..., 0], plate[..., 1] = 7.0, 0.21404114
        path = self.write(tmp_path, "png", Look("cutout"), plate, colour_space="linear")
        found = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert found[0, 0, :3].tolist() == [0, 128, 255]
        assert b"display: sRGB code values, the plate converted" in path.read_bytes()

    def test_over_a_colour(self, tmp_path):
        plate = np.full((*SIZE, 3), 255, np.uint8)
        path = self.write(tmp_path, "png", Look("over", colour=(0, 0, 0)), plate)
        found = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert found.shape == (*SIZE, 3)
        np.testing.assert_array_equal(found[..., 0], np.rint(alpha() * np.float32(255)))
