"""What a mask means: shapes, types and values that people have."""

import numpy as np
import pytest
import torch
from drawn_masks import SIZE, blank, disc, read, save, soft_disc, two_objects
from fresh_processes import loaded_by
from PIL import Image

from roto.errors import MaskError, MaskSizeError
from roto.masks import davis_palette, labels, overlay_colour, soft


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
    def test_tensors_are_read_as_arrays(self, dtype):
        given = torch.from_numpy(disc()).to(dtype)
        np.testing.assert_array_equal(read(given).label_map(), disc())

    def test_a_tensor_with_gradients_is_its_values(self):
        given = torch.from_numpy(disc(np.float32)).requires_grad_()
        np.testing.assert_array_equal(read(given).matte(1), disc(np.float32))

    def test_pillow_images_are_read_as_arrays(self):
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

    def test_labels_are_objects_by_name(self):
        mask = read(labels(two_objects(), names={1: "hero", 2: "car", 3: "dog"}))
        assert mask.names == ("hero", "car", "dog")
        assert mask.layer("dog").empty
        np.testing.assert_array_equal(mask.matte("car"), two_objects() == 2)

    def test_whole_floats_are_labels_when_said_so(self):
        assert read(labels(two_objects().astype(np.float32))).ids == {1: None, 2: None}
        with pytest.raises(MaskError, match="whole"):
            read(labels(disc(np.float32, 0.5)))

    def test_more_than_255_objects_are_refused(self):
        given = np.arange(12 * 16, dtype=np.uint16).reshape(SIZE) * 2
        with pytest.raises(MaskError, match=r"382.*255"):
            read(labels(given))

    def test_a_name_for_an_impossible_label(self):
        with pytest.raises(MaskError, match="300"):
            read(labels(two_objects(), names={300: "hero"}))


class TestNotMasks:
    @pytest.mark.parametrize("value", [np.nan, np.inf, -0.5, 1.5, 255.0])
    def test_floats_out_of_range_are_refused(self, value):
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
    def test_what_cannot_be_a_mask_is_refused_in_a_line(self, given):
        with pytest.raises(MaskError) as caught:
            read(given)
        assert str(caught.value).endswith(".")
        assert "\n" not in str(caught.value)

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

    def test_a_complete_mask_knows_that_others_are_absent(self):
        assert not read(two_objects()).matte("dog").any()

    def test_a_key_mask_is_read_as_itself(self):
        mask = read(read(two_objects()), frame=7)
        assert mask.frame == 7
        with pytest.raises(MaskSizeError):
            read(mask, size=(1, 1))


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
    heavy = {"cv2", "OpenEXR", "PIL", "torch", "imageio"}
    assert not heavy & loaded_by("import roto.masks")
