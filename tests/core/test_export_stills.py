"""Stills and their names: exact levels, atomic writes, one sentence when it cannot be done."""

import sys
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import OpenEXR
import pytest
import tifffile
from PIL import Image
from project_files import folder_of_another_user
from small_disks import small_disk

from roto.errors import ExportError, MaskError, SettingsError
from roto.export import (
    FramePattern,
    atomic_path,
    safe_file_name,
    write_bytes_atomic,
    write_label_map,
    write_matte,
)
from roto.export.atomic import remove_leftovers
from roto.export.contract import Job, Look, Picture, Subject
from roto.export.encoding import levels_of
from roto.export.pixels import picture_of, strips
from roto.export.registry import format_named
from roto.masks import read_mask

RAMP = np.linspace(0, 1, 35 * 21, dtype=np.float32).reshape(21, 35)


class TestMattes:
    @pytest.mark.parametrize(
        ("name", "options", "dtype", "step"),
        [
            ("m.png", {}, np.uint8, 1 / 255),
            ("m.png", {"bit_depth": 16}, np.uint16, 1 / 65535),
            ("m.tif", {}, np.uint16, 1 / 65535),
            ("M.TIFF", {"bit_depth": 8}, np.uint8, 1 / 255),
            ("m.tif", {"bit_depth": 32}, np.float32, 1e-9),
        ],
    )
    def test_levels_are_rounded_to_nearest(self, tmp_path, name, options, dtype, step):
        write_matte(tmp_path / name, RAMP, **options)
        stored = cv2.imread(str(tmp_path / name), cv2.IMREAD_UNCHANGED)
        assert stored.dtype == dtype
        assert stored.shape == RAMP.shape
        full = 1 if dtype == np.float32 else np.iinfo(dtype).max
        assert np.abs(stored / full - RAMP).max() <= step * 0.501

    @pytest.mark.parametrize(("depth", "dtype"), [(None, np.float16), (32, np.float32)])
    def test_exr_is_never_quantised_to_8_bits(self, tmp_path, depth, dtype):
        write_matte(tmp_path / "m.exr", RAMP, bit_depth=depth)
        with OpenEXR.File(str(tmp_path / "m.exr"), separate_channels=True) as exr:
            assert list(exr.channels()) == ["Y"]
            np.testing.assert_array_equal(exr.channels()["Y"].pixels, RAMP.astype(dtype))

    @pytest.mark.parametrize("name", ["m.png", "m.tif", "m.exr"])
    def test_what_is_written_can_be_read_as_a_mask(self, tmp_path, name):
        write_matte(tmp_path / name, RAMP)
        mask = read_mask(tmp_path / name, frame=1, size=RAMP.shape)
        np.testing.assert_allclose(mask.matte(1), RAMP, atol=0.5 / 255 + 1e-6)

    def test_jpeg_is_refused_with_a_reason(self, tmp_path):
        with pytest.raises(SettingsError, match=r"JPEG smears the edges.*\.png"):
            write_matte(tmp_path / "m.jpg", RAMP)

    @pytest.mark.parametrize("name", ["m.webp", "m"])
    def test_unknown_formats_are_refused(self, tmp_path, name):
        with pytest.raises(SettingsError, match=r"\.png, \.tif"):
            write_matte(tmp_path / name, RAMP)

    def test_unknown_depths_are_refused(self, tmp_path):
        with pytest.raises(SettingsError, match="8 or 16 bits, not 32"):
            write_matte(tmp_path / "m.png", RAMP, bit_depth=32)

    @pytest.mark.parametrize("value", [np.nan, 2.0, -1.0])
    def test_what_is_no_matte_is_not_written(self, tmp_path, value):
        with pytest.raises(MaskError, match=r"m\.exr"):
            write_matte(tmp_path / "m.exr", np.full((4, 4), value, np.float32))
        assert not list(tmp_path.iterdir())


class TestPixelAspect:
    """Width over height: 2 of an anamorphic plate has half as many pixels across."""

    def written(self, folder, name, aspect):
        format = format_named(name)
        pattern = FramePattern(f"{folder}/a.####{format.extensions[0]}")
        job = Job(Subject(RAMP.shape, {1: "a"}, pixel_aspect=aspect), Look(), pattern, [7])
        with format.open(job) as exporter:
            [path] = exporter.write(Picture(7, {1: RAMP}, dict))
        return path

    @pytest.mark.parametrize("aspect", [Fraction(2), Fraction(10, 11), Fraction(1)])
    def test_png_and_tiff_say_it(self, tmp_path, aspect):
        with Image.open(self.written(tmp_path, "png", aspect)) as image:
            across, down = image.info.get("aspect", (1, 1))
            assert ("aspect" in image.info) == (aspect != 1)
            assert Fraction(down, across) == aspect
        with tifffile.TiffFile(self.written(tmp_path, "tiff", aspect)) as file:
            tags = file.pages.first.tags
            ratios = [Fraction(*tags[name].value) for name in ("XResolution", "YResolution")]
            assert ratios[1] / ratios[0] == aspect
            assert tags["ResolutionUnit"].value == 1  # of no known length


class TestStrips:
    """Large pictures are worked on strip by strip: no seam, no row left out or done twice."""

    SIZE = (601, 1000)

    @pytest.mark.parametrize("shape", [(601, 1000), (601, 1000, 4), (1, 1), (3, 300_000), (0, 5)])
    def test_every_row_is_in_one_strip(self, shape):
        rows = [row for strip in strips(shape) for row in range(shape[0])[strip]]
        assert rows == list(range(shape[0]))

    def test_levels_of_strips_are_those_of_the_whole(self):
        values = np.random.default_rng(0).random((*self.SIZE, 4), np.float32)
        for depth, most in ((8, 255), (16, 65535)):
            expected = np.rint(values * np.float32(most))
            np.testing.assert_array_equal(levels_of(values, depth), expected)

    @pytest.mark.parametrize("premultiplied", [True, False])
    def test_cutouts_of_strips_are_those_of_the_whole(self, premultiplied):
        generator = np.random.default_rng(1)
        matte = generator.random(self.SIZE, np.float32)
        plate = generator.integers(0, 256, (*self.SIZE, 3), np.uint8)
        job = Job(
            Subject(self.SIZE, {1: "a"}), Look("cutout", premultiplied), FramePattern("a"), [1]
        )
        found = picture_of(job, Picture(1, {1: matte}, lambda: plate), 1, "display")
        colour = plate / np.float32(255) * (matte[..., None] if premultiplied else 1)
        np.testing.assert_array_equal(found[..., :3], colour.astype(np.float32))
        np.testing.assert_array_equal(found[..., 3], matte)


class TestLabelMaps:
    def test_labels_and_colours_are_exact(self, tmp_path):
        label_map = np.arange(256, dtype=np.uint8).reshape(8, 32)
        write_label_map(tmp_path / "l.png", label_map)
        with Image.open(tmp_path / "l.png") as image:
            np.testing.assert_array_equal(np.asarray(image), label_map)
            assert image.getpalette()[3:9] == [128, 0, 0, 0, 128, 0]

    def test_only_png(self, tmp_path):
        with pytest.raises(SettingsError, match=r"as \.png"):
            write_label_map(tmp_path / "l.tif", np.zeros((2, 2), np.uint8))


class TestAtomic:
    def test_missing_folders_are_made_and_old_files_replaced(self, tmp_path):
        path = tmp_path / "a" / "b" / "report.json"
        write_bytes_atomic(path, b"old")
        write_bytes_atomic(path, b"new")
        assert path.read_bytes() == b"new"
        assert list(path.parent.iterdir()) == [path]

    @pytest.mark.parametrize("name", ["m.png", "m.tif", "m.exr"])
    def test_a_full_disk_leaves_the_old_file(self, tmp_path, name):
        noise = np.random.default_rng(0).random((200, 200), np.float32)
        with small_disk(tmp_path / "disk", 16) as disk:
            (disk / name).write_bytes(b"old")
            with pytest.raises(ExportError, match=rf"Cannot write .*{name}: the disk is full\.$"):
                write_matte(disk / name, noise)
            assert [p.name for p in disk.iterdir()] == [name]
            assert (disk / name).read_bytes() == b"old"

    def test_a_real_full_device(self, tmp_path):
        if not Path("/dev/full").exists():
            pytest.skip("this system has no /dev/full")

        def write():
            with atomic_path(tmp_path / "x") as temporary:
                temporary.unlink()
                temporary.symlink_to("/dev/full")
                temporary.write_bytes(b"data")

        with pytest.raises(ExportError, match="the disk is full"):
            write()
        assert not list(tmp_path.iterdir())

    def test_any_other_error_passes_and_cleans_up(self, tmp_path):
        def write():
            with atomic_path(tmp_path / "x.png") as temporary:
                temporary.write_bytes(b"half")
                raise KeyError

        with pytest.raises(KeyError):
            write()
        assert not list(tmp_path.iterdir())

    def test_the_path_is_a_folder(self, tmp_path):
        (tmp_path / "m.png").mkdir()
        with pytest.raises(ExportError, match="there is a folder of that name"):
            write_matte(tmp_path / "m.png", RAMP)
        assert [p.name for p in tmp_path.iterdir()] == ["m.png"]

    def test_a_file_where_a_folder_is_needed(self, tmp_path):
        (tmp_path / "a").write_bytes(b"")
        with pytest.raises(ExportError, match="is a file, not a folder"):
            write_matte(tmp_path / "a" / "m.png", RAMP)

    def test_a_folder_of_another_user(self):
        with folder_of_another_user() as (folder, as_stranger):
            with as_stranger(), pytest.raises(ExportError, match="you may not write there"):
                write_matte(folder / "m.png", RAMP)
            assert list(folder.iterdir()) == []

    @pytest.mark.skipif(sys.platform == "win32", reason="open files cannot be moved there")
    def test_leftovers_of_the_dead_alone_are_removed(self, tmp_path):
        mine = [tmp_path / ".hero.1001.0123abcd.exr", tmp_path / ".hero.1002.fedcba98.exr"]
        others = [
            tmp_path / name
            for name in (
                ".van.1001.0123abcd.exr",
                ".hero.1001.0123abcd.png",
                ".hero.1001.0123abc.exr",
                "hero.1001.0123abcd.exr",
                ".hero.1001.exr",
            )
        ]
        for path in [*mine, *others]:
            path.write_bytes(b"left")
        (tmp_path / ".hero.1002.00000000.exr").mkdir()
        targets = [tmp_path / "hero.1001.exr", tmp_path / "hero.1002.exr"]
        with atomic_path(targets[0]) as alive:
            remove_leftovers(tmp_path, lambda: targets)
            assert alive.exists()
            assert not any(path.exists() for path in mine)
            assert all(path.exists() for path in others)
            alive.write_bytes(b"new")
        assert targets[0].read_bytes() == b"new"
        remove_leftovers(tmp_path / "nowhere", lambda: targets)

    def test_names_that_are_too_long_are_told(self, tmp_path):
        with pytest.raises(ExportError, match="too long"):
            write_matte(tmp_path / ("m" * 300 + ".png"), RAMP)


class TestFramePattern:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("mattes/hero.%04d.png", "mattes/hero.0007.png"),
            ("mattes/hero.####.png", "mattes/hero.0007.png"),
            ("mattes/hero_##.tif", "mattes/hero_07.tif"),
            ("%d.png", "7.png"),
            ("mattes/{object}.%04d.exr", "mattes/red car.0007.exr"),
            ("{object}/{object}.####.exr", "red car/red car.0007.exr"),
            ("mattes", "mattes/red car.0007.png"),
            ("mattes.v2/", "mattes.v2/red car.0007.png"),
            ("hero.png", "hero.png"),
        ],
    )
    def test_a_pattern_makes_paths(self, text, expected):
        assert FramePattern(text).path(7, "red car") == Path(expected)

    def test_an_existing_folder_with_a_dot(self, tmp_path):
        folder = tmp_path / "shot.v2"
        folder.mkdir()
        assert FramePattern(folder).path(7, "hero") == folder / "hero.0007.png"

    def test_names_of_objects_are_no_patterns(self):
        assert FramePattern("{object}.##.png").path(7, "{object}%d#") == Path("object_d.07.png")

    def test_unknown_braces_are_refused(self):
        with pytest.raises(SettingsError, match=r"\{object\}"):
            FramePattern("mattes/{frame}.png")

    def test_objects_that_would_share_a_file(self):
        FramePattern("m.%04d.png").check(["hero"], frame_count=9)
        with pytest.raises(SettingsError, match=r"2 objects; add \{object\}"):
            FramePattern("m.%04d.png").check(["hero", "car"])
        with pytest.raises(SettingsError, match=r"'a/b' and 'a:b' would share"):
            FramePattern("{object}.%04d.png").check(["a/b", "a:b"])
        with pytest.raises(SettingsError, match="would share"):
            FramePattern("{object}.%04d.png").check(["Hero", "hero"])

    def test_frames_that_would_share_a_file(self):
        FramePattern("m.png").check(["hero"])
        with pytest.raises(SettingsError, match="9 frames; add %04d"):
            FramePattern("m.png").check(["hero"], frame_count=9)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hero", "hero"),
        ("../../etc/passwd", "etc_passwd"),
        ("..", "object"),
        ("", "object"),
        ("C:\\temp", "C_temp"),
        ("a\x00b\nc", "a_b_c"),
        ("Zoë 左腕", "Zoë 左腕"),
        ("con", "con_"),
        ("NUL.txt", "NUL.txt_"),
        ("hero. ", "hero"),
    ],
)
def test_names_of_objects_are_made_fit_for_files(name, expected):
    assert safe_file_name(name) == expected


def test_safe_file_names_are_short():
    assert len(safe_file_name("左" * 200).encode()) <= 120
