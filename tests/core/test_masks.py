"""The rules of ``roto.masks``: one test for each row of its table, and for what breaks them."""

import subprocess
import sys

import cv2
import numpy as np
import OpenEXR
import pytest
import torch
from PIL import Image

from roto.errors import MaskError, MaskNotFoundError, MaskSizeError
from roto.masks import davis_palette, labels, overlay_colour, read_mask, soft, suggest_name

SIZE = (12, 16)


def blank(dtype=np.uint8):
    return np.zeros(SIZE, dtype)


def disc(dtype=np.uint8, value=1):
    mask = blank(dtype)
    mask[3:9, 4:11] = value
    return mask


def soft_disc(full=255, dtype=np.uint8):
    mask = disc(dtype, full)
    mask[3, 4:11] = full // 3
    mask[8, 4:11] = full // 2
    return mask


def two_objects():
    mask = blank()
    mask[1:5, 1:5] = 1
    mask[6:11, 6:15] = 2
    return mask


def read(given, frame=1001, size=SIZE):
    return read_mask(given, frame=frame, size=size)


def save(path, pixels):
    assert cv2.imwrite(
        str(path), pixels[..., [2, 1, 0, 3][: pixels.shape[2]]] if pixels.ndim == 3 else pixels
    )
    return path


def save_indexed(path, labels_, palette=None):
    image = Image.fromarray(labels_)
    image.putpalette((davis_palette() if palette is None else palette).tobytes())
    image.save(path)
    return path


def save_exr(path, channels, **header):
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage, **header}
    OpenEXR.File(header, channels).write(str(path))
    return path


class TestOneObject:
    @pytest.mark.parametrize(
        ("dtype", "full"),
        [(bool, 1), (np.uint8, 1), (np.uint8, 255), (np.uint16, 255), (np.uint16, 65535)]
        + [(np.int64, full) for full in (1, 255, 65535)],
    )
    def test_two_levels_are_one_hard_object(self, dtype, full):
        mask = read(disc(dtype, full))
        assert mask.ids == {1: None}
        assert mask.complete
        assert not mask.layers[0].is_soft
        np.testing.assert_array_equal(mask.layers[0].hard(), disc(bool))

    @pytest.mark.parametrize(
        ("full", "dtype"), [(255, np.uint8), (65535, np.uint16), (255, np.int64)]
    )
    def test_an_anti_aliased_mask_is_one_object(self, full, dtype):
        given = soft_disc(full, dtype)
        mask = read(given)
        assert mask.ids == {1: None}
        np.testing.assert_array_equal(mask.matte(1), (given / full).astype(np.float32))

    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
    def test_floats_are_alpha(self, dtype):
        given = np.linspace(0, 1, 12 * 16).reshape(SIZE).astype(dtype)
        np.testing.assert_array_equal(read(given).matte(1), given.astype(np.float32))

    def test_ringing_of_a_resize_is_clipped(self):
        given = disc(np.float32)
        given[0, 0], given[4, 5] = -0.0005, 1.0005
        matte = read(given).matte(1)
        assert matte.min() == 0
        assert matte.max() == 1

    @pytest.mark.parametrize("shape", [(12, 16, 1), (1, 12, 16)])
    def test_a_single_channel_axis_is_dropped(self, shape):
        np.testing.assert_array_equal(read(disc().reshape(shape)).label_map(), disc())

    @pytest.mark.parametrize("dtype", [torch.bool, torch.float32, torch.int64])
    def test_tensors(self, dtype):
        given = torch.from_numpy(disc()).to(dtype)
        np.testing.assert_array_equal(read(given).label_map(), disc())

    def test_a_tensor_with_gradients(self):
        assert not read(torch.ones(SIZE, requires_grad=True)).empty

    def test_pillow_images(self):
        np.testing.assert_array_equal(read(Image.fromarray(disc() * 255)).label_map(), disc())

    @pytest.mark.parametrize("dtype", [bool, np.uint8, np.float32])
    def test_an_empty_mask_says_that_the_object_is_absent(self, dtype):
        mask = read(blank(dtype))
        assert mask.empty
        assert mask.complete
        assert not mask.matte(1).any()

    def test_pixels_do_not_follow_the_given_array(self):
        given = disc()
        mask = read(given)
        given[:] = 0
        assert not mask.empty
        with pytest.raises(ValueError):
            mask.layers[0].pixels[0, 0] = 1


class TestLabelMaps:
    def test_ids_are_kept(self):
        given = two_objects() * 7
        mask = read(given)
        assert mask.ids == {7: None, 14: None}
        assert mask.complete
        np.testing.assert_array_equal(mask.label_map(), given)

    def test_255_beside_labels_is_ignored_and_noted(self):
        given = two_objects()
        given[5, :] = 255
        mask = read(given)
        np.testing.assert_array_equal(mask.label_map(), two_objects())
        assert "ignore" in mask.notes[0]

    def test_255_that_outweighs_small_labels_is_ambiguous(self):
        given = disc(value=255)
        given[0, 0] = 3
        with pytest.raises(MaskError, match=r"roto\.masks\.labels"):
            read(given)
        assert read(labels(given)).ids == {3: None}
        assert read(soft(given)).ids == {1: None}

    @pytest.mark.parametrize("highest", [32, 100, 254])
    def test_levels_in_between_are_ambiguous(self, highest):
        given = disc(value=highest)
        with pytest.raises(MaskError, match=rf"up to {highest}.*roto\.masks\.soft"):
            read(given)
        assert read(labels(given)).ids == {highest: None}
        assert read(soft(given)).matte(1).max() == pytest.approx(highest / 255)

    def test_names_of_labels(self):
        mask = read(labels(two_objects(), names={1: "hero", 2: "car", 3: "dog"}))
        assert mask.names == ("hero", "car", "dog")
        assert mask.layer("dog").empty
        np.testing.assert_array_equal(mask.matte("car"), two_objects() == 2)

    def test_whole_floats_are_labels_when_said_so(self):
        assert read(labels(two_objects().astype(np.float32))).ids == {1: None, 2: None}
        with pytest.raises(MaskError, match="whole"):
            read(labels(disc(np.float32, 0.5)))

    def test_more_than_255_objects(self):
        given = np.arange(12 * 16, dtype=np.uint16).reshape(SIZE) * 2
        with pytest.raises(MaskError, match=r"382.*255"):
            read(labels(given))

    def test_a_name_for_an_impossible_label(self):
        with pytest.raises(MaskError, match="300"):
            read(labels(two_objects(), names={300: "hero"}))


class TestNotMasks:
    @pytest.mark.parametrize("value", [np.nan, np.inf, -0.5, 1.5, 255.0])
    def test_floats_out_of_range(self, value):
        with pytest.raises(MaskError, match="frame 1001"):
            read(disc(np.float32, value))

    def test_floats_of_255_are_told_what_to_do(self):
        with pytest.raises(MaskError, match="divide by 255"):
            read(disc(np.float32, 255.0))

    @pytest.mark.parametrize(
        "given",
        [
            disc(np.int16, -1),
            disc(np.complex64),
            np.full(SIZE, "x"),
            np.zeros((2, 12, 16), np.uint8),
            np.zeros((12, 16, 2), np.uint8),
            np.zeros(5, np.uint8),
            np.zeros((0, 16), np.uint8),
            np.uint64(2**63) * disc(np.uint64),
            object(),
            None,
            3,
            [[1, 2], [3]],
            {},
            {"": disc()},
            {1: disc()},
        ],
        ids=str,
    )
    def test_refused(self, given):
        with pytest.raises(MaskError):
            read(given)

    @pytest.mark.parametrize("dtype", [bool, np.uint8, np.float32])
    @pytest.mark.parametrize("value", [0, 1])
    def test_another_size_is_never_resized(self, dtype, value):
        with pytest.raises(MaskSizeError, match="16x12 but the plate is 32x24"):
            read(np.full(SIZE, value, dtype), size=(24, 32))


class TestDictionaries:
    def test_objects_may_overlap_and_are_exact(self):
        mask = read({"hero": disc(), "hat": soft_disc(), "empty": blank()})
        assert mask.names == ("hero", "hat", "empty")
        assert not mask.complete
        np.testing.assert_array_equal(mask.matte("hero"), disc())
        np.testing.assert_array_equal(mask.matte("hat"), (soft_disc() / 255).astype(np.float32))
        assert mask.layer("empty").empty

    def test_it_is_silent_about_others(self):
        with pytest.raises(MaskError, match="says nothing about 'dog'"):
            read({"hero": disc()}).matte("dog")

    def test_the_label_of_a_single_object_does_not_matter(self):
        np.testing.assert_array_equal(read({"hero": disc(value=5)}).label_map(), disc())

    def test_several_objects_under_one_name(self):
        with pytest.raises(MaskError, match=r"2 objects under the name 'hero'"):
            read({"hero": two_objects()})

    def test_files_and_wrappers_inside(self, tmp_path):
        path = save(tmp_path / "a.png", disc() * 255)
        mask = read({"hero": path, "car": soft(disc(value=100))})
        np.testing.assert_array_equal(mask.matte("hero"), disc())
        assert mask.matte("car").max() == pytest.approx(100 / 255)


class TestKeyMask:
    def test_label_map_in_the_order_of_the_shot(self):
        mask = read(labels(two_objects(), names={1: "hero", 2: "car"}))
        expected = np.where(two_objects() == 1, 3, two_objects() == 2)
        np.testing.assert_array_equal(mask.label_map(["car", "absent", "hero"]), expected)

    def test_an_object_left_out_of_the_order(self):
        with pytest.raises(MaskError, match="'hero'"):
            read({"hero": disc(), "car": disc()}).label_map(["car"])

    def test_later_objects_lie_on_top(self):
        mask = read({"hero": disc(), "hat": disc()})
        np.testing.assert_array_equal(mask.label_map(["hero", "hat"]), disc(value=2))
        np.testing.assert_array_equal(mask.label_map(["hat", "hero"]), disc(value=2))

    def test_the_larger_alpha_wins(self):
        mask = read({"hero": disc(np.float32, 0.9), "hat": disc(np.float32, 0.6)})
        np.testing.assert_array_equal(mask.label_map(), disc())

    def test_naming_by_id(self):
        mask = read(two_objects()).with_names({2: "car"})
        assert mask.ids == {1: None, 2: "car"}

    def test_a_complete_mask_knows_that_others_are_absent(self):
        assert not read(two_objects()).matte("dog").any()

    def test_a_key_mask_is_read_as_itself(self):
        mask = read(read(two_objects()), frame=7)
        assert mask.frame == 7
        with pytest.raises(MaskSizeError):
            read(mask, size=(1, 1))


class TestFiles:
    @pytest.mark.parametrize("name", ["hero.1001.png", "hero.1001.tif", "hero.bmp"])
    def test_gray_files(self, tmp_path, name):
        mask = read(save(tmp_path / name, soft_disc()))
        assert mask.suggested_name == "hero"
        np.testing.assert_array_equal(mask.matte(1), (soft_disc() / 255).astype(np.float32))

    @pytest.mark.parametrize("suffix", [".png", ".tif"])
    def test_16_bits(self, tmp_path, suffix):
        given = soft_disc(65535, np.uint16)
        mask = read(save(tmp_path / f"m{suffix}", given))
        np.testing.assert_array_equal(mask.matte(1), (given / 65535).astype(np.float32))

    def test_float_tiff(self, tmp_path):
        given = disc(np.float32, 0.3)
        np.testing.assert_array_equal(read(save(tmp_path / "m.tif", given)).matte(1), given)

    def test_gray_labels(self, tmp_path):
        mask = read(save(tmp_path / "00000.png", two_objects()))
        assert mask.ids == {1: None, 2: None}
        assert mask.suggested_name is None

    def test_palette_pngs_are_label_maps_whatever_their_numbers(self, tmp_path):
        given = two_objects() * 50
        mask = read(save_indexed(tmp_path / "m.png", given))
        np.testing.assert_array_equal(mask.label_map(), given)

    def test_palette_png_with_ignored_pixels(self, tmp_path):
        given = disc()
        given[3, :] = 255
        assert read(save_indexed(tmp_path / "m.png", given)).ids == {1: None}

    def test_a_palette_of_grays_is_a_gray_picture(self, tmp_path):
        # As small-file optimisers write two-level masks, in either order.
        palette = np.array([[255] * 3, [0] * 3], np.uint8)
        np.testing.assert_array_equal(
            read(save_indexed(tmp_path / "m.png", 1 - disc(), palette)).label_map(), disc()
        )

    def test_jpeg_is_one_soft_object(self, tmp_path):
        path = save(tmp_path / "hero.jpg", np.dstack([disc() * 255] * 3))
        mask = read(path)
        assert mask.ids == {1: None}
        np.testing.assert_array_equal(mask.layers[0].hard(), disc(bool))
        with pytest.raises(MaskError, match="JPEG"):
            read(labels(path))

    def test_rgb_that_is_gray(self, tmp_path):
        mask = read(save(tmp_path / "m.png", np.dstack([soft_disc()] * 3)))
        np.testing.assert_array_equal(mask.matte(1), (soft_disc() / 255).astype(np.float32))

    def test_alpha_that_varies(self, tmp_path):
        picture = np.dstack([disc(value=9), disc(value=90), disc(value=3), soft_disc()])
        mask = read(save(tmp_path / "m.png", picture))
        np.testing.assert_allclose(mask.matte(1), soft_disc() / 255, atol=1e-7)

    @pytest.mark.parametrize("alpha", [0, 128, 255])
    def test_alpha_that_says_nothing(self, tmp_path, alpha):
        picture = np.dstack([disc(value=255)] * 3 + [np.full(SIZE, alpha, np.uint8)])
        np.testing.assert_array_equal(read(save(tmp_path / "m.png", picture)).label_map(), disc())

    def test_missing(self, tmp_path):
        with pytest.raises(MaskNotFoundError, match=r"nope\.png"):
            read(tmp_path / "nope.png")
        with pytest.raises(FileNotFoundError):
            read(str(tmp_path / "nope.exr"))

    @pytest.mark.parametrize("name", ["m.png", "m.tif", "m.exr", "m.jpg"])
    @pytest.mark.parametrize("data", [b"", b"not a picture" * 9])
    def test_junk(self, tmp_path, name, data):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(MaskError, match=r"damaged"):
            read(tmp_path / name)

    @pytest.mark.parametrize("keep", [20, 26, 40, -30])
    def test_truncated_palette_png(self, tmp_path, keep):
        path = save_indexed(tmp_path / "m.png", two_objects())
        path.write_bytes(path.read_bytes()[:keep])
        with pytest.raises(MaskError, match="damaged"):
            read(path)

    def test_a_folder(self, tmp_path):
        with pytest.raises(MaskError, match="cannot be read"):
            read(tmp_path)

    def test_another_size_names_the_file(self, tmp_path):
        path = save(tmp_path / "hero.1001.png", disc())
        with pytest.raises(MaskSizeError, match=r"hero\.1001\.png is 16x12 but the plate is 3x2"):
            read(path, size=(2, 3))


class TestColour:
    def paint(self, *colours):
        picture = np.zeros((*SIZE, 3), np.uint8)
        for place, colour in enumerate(colours):
            picture[2 + 3 * place : 4 + 3 * place, 3:12] = colour
        return picture

    def test_davis_colours_get_davis_labels(self):
        picture = davis_palette()[two_objects() * 5]
        mask = read(picture)
        assert mask.ids == {5: None, 10: None}
        np.testing.assert_array_equal(mask.label_map(), two_objects() * 5)

    def test_davis_void_is_ignored(self):
        given = two_objects()
        given[5] = 255
        assert read(davis_palette()[given]).ids == {1: None, 2: None}

    def test_other_colours_name_their_objects(self):
        assert read(self.paint((255, 0, 0), (0, 255, 0), (18, 52, 86))).names == (
            "green", "#123456", "red",
        )  # fmt: skip

    def test_an_absent_object_does_not_rename_the_others(self):
        both, one = read(self.paint((0, 0, 255), (255, 0, 0))), read(self.paint((255, 0, 0)))
        assert both.names == ("blue", "red")
        assert one.names == ("red",)

    @pytest.mark.parametrize("colour", [(255, 0, 0), (128, 0, 64)])
    def test_one_anti_aliased_colour_is_one_soft_object(self, colour):
        alpha = np.linspace(0, 1, 12 * 16).reshape(SIZE)
        picture = np.rint(alpha[..., None] * np.array(colour)).astype(np.uint8)
        np.testing.assert_allclose(read(picture).matte(1), alpha, atol=0.005)

    def test_a_photograph_is_no_mask(self):
        picture = np.random.default_rng(0).integers(0, 256, (*SIZE, 3), np.uint8)
        with pytest.raises(MaskError, match="it is a picture"):
            read(picture)
        with pytest.raises(MaskError, match="too many for a label map"):
            read(labels(picture))
        np.testing.assert_allclose(read(soft(picture)).matte(1), picture.max(axis=2) / 255)

    def test_float_colours(self):
        assert read(self.paint((255, 0, 0)).astype(np.float32) / 255).names == ("red",)
        with pytest.raises(MaskError, match="0 to 1"):
            read(self.paint((255, 0, 0)).astype(np.float32))


class TestExr:
    def test_named_layers_are_objects(self, tmp_path):
        path = save_exr(
            tmp_path / "shot.1001.exr",
            {
                "hero.A": disc(np.float16, 0.25),
                "car.Y": disc(np.float32),
                "dog.red": disc(np.float32),
                "depth.Z": disc(np.float32, 90),
                "A": disc(np.float16),
            },
        )
        mask = read(path)
        assert set(mask.names) == {"hero", "car", "dog"}
        assert not mask.complete
        np.testing.assert_array_equal(mask.matte("hero"), disc(np.float32, 0.25))

    @pytest.mark.parametrize("channel", ["A", "Y", "R"])
    def test_a_single_channel_is_one_mask(self, tmp_path, channel):
        mask = read(save_exr(tmp_path / "hero.0001.exr", {channel: disc(np.float16, 0.5)}))
        assert mask.complete
        assert mask.suggested_name == "hero"
        np.testing.assert_array_equal(mask.matte(1), disc(np.float32, 0.5))

    def test_rgba_prefers_an_alpha_that_varies(self, tmp_path):
        colour = {c: disc(np.float16, 0.1) for c in "RGB"}
        varied = save_exr(tmp_path / "a.exr", {**colour, "A": disc(np.float16)})
        opaque = save_exr(tmp_path / "b.exr", {**colour, "A": np.ones(SIZE, np.float16)})
        assert read(varied).matte(1).max() == 1
        assert read(opaque).matte(1).max() == pytest.approx(0.1, abs=1e-3)

    def test_a_cropped_data_window_is_put_in_its_place(self, tmp_path):
        windows = {
            "displayWindow": ((0, 0), (15, 11)),
            "dataWindow": ((4, 3), (10, 8)),
        }
        path = save_exr(tmp_path / "m.exr", {"A": np.ones((6, 7), np.float16)}, **windows)
        np.testing.assert_array_equal(read(path).label_map(), disc())

    def test_overscan_is_cut(self, tmp_path):
        windows = {
            "displayWindow": ((0, 0), (15, 11)),
            "dataWindow": ((-2, -3), (17, 13)),
        }
        pixels = np.ones((17, 20), np.float16)
        pixels[3:15, 2:18] = disc(np.float16)
        path = save_exr(tmp_path / "m.exr", {"A": pixels}, **windows)
        np.testing.assert_array_equal(read(path).label_map(), disc())

    def test_many_parts(self, tmp_path):
        header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
        parts = [
            OpenEXR.Part({**header, "name": name}, {"A": disc(np.float16)})
            for name in ("hero", "car")
        ]
        OpenEXR.File(parts).write(str(tmp_path / "m.exr"))
        assert read(tmp_path / "m.exr").names == ("hero", "car")

    def test_cryptomatte_is_refused_with_advice(self, tmp_path):
        path = save_exr(
            tmp_path / "m.exr", {"id00.R": disc(np.float32)}, **{"cryptomatte/ab/name": "id"}
        )
        with pytest.raises(MaskError, match="Cryptomatte"):
            read(path)

    def test_no_channel_for_a_mask(self, tmp_path):
        with pytest.raises(MaskError, match="no channel"):
            read(save_exr(tmp_path / "m.exr", {"Z": disc(np.float32)}))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("hero.1001.png", "hero"),
        ("a/hero_1001.exr", "hero"),
        ("hero.png", "hero"),
        ("red car.0001.tif", "red car"),
        ("hero.v2.1001.png", "hero.v2"),
        ("00000.png", None),
        ("_.png", None),
    ],
)
def test_suggested_names(path, name):
    assert suggest_name(path) == name


def test_the_palette_is_that_of_voc():
    palette = davis_palette()
    assert palette[[0, 1, 2, 3, 20, 255]].tolist() == [
        [0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 128, 0], [0, 64, 128], [224, 224, 192],
    ]  # fmt: skip
    assert len(np.unique(palette, axis=0)) == 256


def test_overlay_colours_are_bright_and_differ():
    colours = [overlay_colour(i) for i in range(1, 256)]
    assert len(set(colours)) == 255
    assert all(max(colour) >= 185 for colour in colours)
    assert all(0 <= c <= 255 for colour in colours for c in colour)
    few = np.array(colours[:10], int)
    apart = np.abs(few[:, None] - few).sum(axis=-1) + 999 * np.eye(10, dtype=int)
    assert apart.min() >= 90


def test_importing_masks_is_light():
    code = (
        "import sys, roto.masks; heavy = {'cv2', 'OpenEXR', 'PIL', 'torch', 'imageio'}; "
        "sys.exit(' '.join(heavy & sys.modules.keys()) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
