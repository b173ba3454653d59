"""Masks in files: PNG, TIFF, JPEG, EXR, their colours and their names."""

import numpy as np
import OpenEXR
import pytest
from drawn_masks import SIZE, disc, read, save, soft_disc, two_objects
from PIL import Image

from roto.errors import MaskError, MaskNotFoundError, MaskSizeError
from roto.masks import davis_palette, labels, soft, suggest_name


def save_indexed(path, labels_, palette=None):
    image = Image.fromarray(labels_)
    image.putpalette((davis_palette() if palette is None else palette).tobytes())
    image.save(path)
    return path


def save_exr(path, channels, **header):
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage, **header}
    OpenEXR.File(header, channels).write(str(path))
    return path


class TestFiles:
    @pytest.mark.parametrize("name", ["hero.1001.png", "hero.1001.tif", "hero.bmp"])
    def test_grey_levels_are_alpha(self, tmp_path, name):
        mask = read(save(tmp_path / name, soft_disc()))
        assert mask.suggested_name == "hero"
        np.testing.assert_array_equal(mask.matte(1), (soft_disc() / 255).astype(np.float32))

    @pytest.mark.parametrize("suffix", [".png", ".tif"])
    def test_16_bits_are_kept(self, tmp_path, suffix):
        given = soft_disc(65535, np.uint16)
        mask = read(save(tmp_path / f"m{suffix}", given))
        np.testing.assert_array_equal(mask.matte(1), (given / 65535).astype(np.float32))

    def test_floats_of_a_tiff_are_alpha(self, tmp_path):
        given = disc(np.float32, 0.3)
        np.testing.assert_array_equal(read(save(tmp_path / "m.tif", given)).matte(1), given)

    def test_a_few_grey_levels_are_labels(self, tmp_path):
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

    def test_rgb_that_is_grey_is_alpha(self, tmp_path):
        mask = read(save(tmp_path / "m.png", np.dstack([soft_disc()] * 3)))
        np.testing.assert_array_equal(mask.matte(1), (soft_disc() / 255).astype(np.float32))

    def test_alpha_that_varies_is_the_mask(self, tmp_path):
        picture = np.dstack([disc(value=9), disc(value=90), disc(value=3), soft_disc()])
        mask = read(save(tmp_path / "m.png", picture))
        np.testing.assert_allclose(mask.matte(1), soft_disc() / 255, atol=1e-7)

    @pytest.mark.parametrize("alpha", [0, 128, 255])
    def test_alpha_that_says_nothing_is_ignored(self, tmp_path, alpha):
        picture = np.dstack([disc(value=255)] * 3 + [np.full(SIZE, alpha, np.uint8)])
        np.testing.assert_array_equal(read(save(tmp_path / "m.png", picture)).label_map(), disc())

    def test_a_missing_file_is_told_by_its_name(self, tmp_path):
        with pytest.raises(MaskNotFoundError, match=r"nope\.png"):
            read(tmp_path / "nope.png")
        with pytest.raises(FileNotFoundError):
            read(str(tmp_path / "nope.exr"))

    @pytest.mark.parametrize("name", ["m.png", "m.tif", "m.exr", "m.jpg"])
    @pytest.mark.parametrize(
        ("data", "words"), [(b"", "is empty"), (b"not a picture" * 9, "damaged; give a PNG")]
    )
    def test_junk_is_refused(self, tmp_path, name, data, words):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(MaskError, match=words):
            read(tmp_path / name)

    @pytest.mark.parametrize("keep", [20, 26, 40, -30])
    def test_a_palette_png_that_is_cut_off_is_refused(self, tmp_path, keep):
        path = save_indexed(tmp_path / "m.png", two_objects())
        path.write_bytes(path.read_bytes()[:keep])
        with pytest.raises(MaskError, match="cut off"):
            read(path)

    def test_a_folder_is_refused(self, tmp_path):
        with pytest.raises(MaskError, match="is a folder"):
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

    def test_floats_are_colours_from_0_to_1(self):
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

    def test_every_part_is_an_object(self, tmp_path):
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

    @pytest.mark.parametrize("channel", ["Z", "depth.V", "N", "uv.map", "motion.left"])
    def test_no_channel_for_a_mask(self, tmp_path, channel):
        with pytest.raises(MaskError, match=f"no channel .* only {channel}; save the matte as A"):
            read(save_exr(tmp_path / "m.exr", {channel: disc(np.float32)}))

    def test_channels_named_after_objects(self, tmp_path):
        channels = {"hero": disc(np.float16, 0.25), "mattes.car": disc(np.float32)}
        mask = read(save_exr(tmp_path / "m.exr", {**channels, "Z": disc(np.float32, 90)}))
        assert set(mask.names) == {"hero", "car"}
        np.testing.assert_array_equal(mask.matte("hero"), disc(np.float32, 0.25))
        with_main = save_exr(tmp_path / "n.exr", {**channels, "A": disc(np.float16)})
        assert read(with_main).ids == {1: None}

    def test_errors_in_layers_name_file_and_layer(self, tmp_path):
        layers = {"hero.A": disc(np.float16), "car.A": disc(np.float32, 3)}
        with pytest.raises(MaskError, match=r"^Mask m\.exr, layer 'car', holds values from 0 to 3"):
            read(save_exr(tmp_path / "m.exr", layers))
        with pytest.raises(MaskSizeError, match=r"^Mask n\.exr, layer 'hero', is 16x12 but"):
            read(save_exr(tmp_path / "n.exr", {"hero.A": disc(np.float16)}), size=(3, 4))

    def test_pixels_that_are_not_finite(self, tmp_path):
        for value in (np.nan, np.inf):
            matte = disc(np.float32)
            matte[0, 0] = value
            with pytest.raises(MaskError, match=r"^Mask m\.exr holds NaN or infinite"):
                read(save_exr(tmp_path / "m.exr", {"A": matte}))


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
def test_a_name_is_suggested_by_the_files_own(path, name):
    assert suggest_name(path) == name
