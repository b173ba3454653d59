"""Undo patches and compact storage: nothing may be lost, whatever the pixels."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from roto.errors import MaskError
from roto.masks import (
    MaskPatch,
    pack_label_map,
    pack_matte,
    unpack_label_map,
    unpack_matte,
)

QUICK = settings(max_examples=60, deadline=None)
SHAPES = npst.array_shapes(min_dims=2, max_dims=2, max_side=12)
# All bit patterns: NaN with a payload, -0.0, infinities.
FLOAT_BITS = st.sampled_from([0, 0x3F800000, 0x80000000, 0x7FC00001, 0x7F800000]) | st.integers(
    0, 2**32 - 1
)


def label_maps(shape=SHAPES):
    return npst.arrays(np.uint8, shape, elements=st.integers(0, 3) | st.integers(0, 255))


def mattes(shape=SHAPES):
    return npst.arrays(np.uint32, shape, elements=FLOAT_BITS).map(lambda bits: bits.view("f4"))


def pairs(arrays):
    return SHAPES.flatmap(lambda shape: st.tuples(arrays(shape), arrays(shape)))


def same(one, other):
    return (
        one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes()
    )


class TestPatch:
    @QUICK
    @given(pairs(label_maps) | pairs(mattes))
    def test_apply_and_undo_are_exact_and_leave_their_input_alone(self, pair):
        old, new = pair
        before = old.tobytes(), new.tobytes()
        patch = MaskPatch.diff(old, new)
        assert same(patch.apply(old), new)
        assert same(patch.undo(new), old)
        assert before == (old.tobytes(), new.tobytes())

    @QUICK
    @given(pairs(label_maps))
    def test_the_box_is_tight(self, pair):
        old, new = pair
        top, left, bottom, right = MaskPatch.diff(old, new).box
        changed = old != new
        inside = np.zeros_like(changed)
        inside[top:bottom, left:right] = True
        assert not changed[~inside].any()
        if changed.any():
            assert changed[top].any()
            assert changed[bottom - 1].any()
            assert changed[:, left].any()
            assert changed[:, right - 1].any()

    @QUICK
    @given(SHAPES.flatmap(lambda shape: st.lists(label_maps(shape), min_size=2, max_size=5)))
    def test_a_chain_undoes_to_the_start(self, states):
        patches = [MaskPatch.diff(old, new) for old, new in pairwise(states)]
        mask = states[-1]
        for patch in reversed(patches):
            mask = patch.undo(mask)
        assert same(mask, states[0])

    def test_nothing_changed(self):
        mask = np.ones((5, 5), np.uint8)
        patch = MaskPatch.diff(mask, mask)
        assert patch.empty
        assert same(patch.apply(mask), mask)

    def test_undoing_out_of_order_is_refused(self):
        old = np.zeros((5, 5), np.uint8)
        new = old.copy()
        new[2, 2] = 1
        patch = MaskPatch.diff(old, new)
        with pytest.raises(MaskError, match="in order"):
            patch.undo(old)
        with pytest.raises(MaskError, match="in order"):
            patch.apply(new)

    @pytest.mark.parametrize(
        "other", [np.zeros((5, 4), np.uint8), np.zeros((5, 5), np.float32)], ids=["size", "type"]
    )
    def test_masks_that_do_not_fit(self, other):
        old = np.zeros((5, 5), np.uint8)
        with pytest.raises(MaskError, match="one size and type"):
            MaskPatch.diff(old, other)
        with pytest.raises(MaskError, match="does not fit"):
            MaskPatch.diff(old, old).apply(other)

    def test_a_brush_stroke_takes_hundreds_of_bytes(self):
        old = np.zeros((1080, 1920), np.uint8)
        new = old.copy()
        rows, columns = np.ogrid[:1080, :1920]
        new[(rows - 500) ** 2 + (columns - 900) ** 2 < 30**2] = 4
        assert MaskPatch.diff(old, new).nbytes < 1000


class TestStorage:
    @QUICK
    @given(label_maps())
    def test_label_maps_come_back(self, label_map):
        assert same(unpack_label_map(pack_label_map(label_map)), label_map)

    @QUICK
    @given(mattes())
    def test_mattes_come_back_bit_by_bit(self, matte):
        assert same(unpack_matte(pack_matte(matte)), matte)

    @pytest.mark.parametrize("order", ["F", "C"])
    def test_views_and_orders(self, order):
        plane = np.asarray(np.arange(600, dtype=np.float32).reshape(20, 30), order=order)[::2, ::3]
        assert same(unpack_matte(pack_matte(plane)), plane)
        labels = plane.astype(np.uint8)
        assert same(unpack_label_map(pack_label_map(labels)), labels)

    def test_what_comes_back_can_be_painted_on(self):
        label_map = unpack_label_map(pack_label_map(np.zeros((4, 4), np.uint8)))
        matte = unpack_matte(pack_matte(np.zeros((4, 4), np.float32)))
        for plane in (label_map, matte):
            plane[0, 0] = 1
            assert plane.sum() == 1

    def test_noise_costs_hardly_more_than_itself(self):
        noise = np.random.default_rng(0).integers(0, 256, (100, 100), np.uint8)
        assert len(pack_label_map(noise)) < 1.01 * noise.size

    def test_hard_masks_are_tiny(self):
        mask = np.zeros((1080, 1920), np.uint8)
        mask[200:900, 300:800] = 3
        assert len(pack_label_map(mask)) < 500
        assert len(pack_matte((mask > 0).astype(np.float32))) < 500

    @pytest.mark.parametrize("wrong", [np.zeros((2, 2), np.int64), np.zeros(4, np.uint8)])
    def test_other_arrays_are_refused(self, wrong):
        with pytest.raises(MaskError, match="Expected"):
            pack_label_map(wrong)
        with pytest.raises(MaskError, match="Expected"):
            pack_matte(wrong)

    @QUICK
    @given(st.data())
    def test_damaged_bytes_raise_nothing_but_mask_errors(self, data):
        label_map = np.zeros((9, 9), np.uint8)
        label_map[3:5, 2:7] = 2
        pack, unpack = data.draw(
            st.sampled_from(
                [
                    (pack_label_map, unpack_label_map),
                    (lambda m: pack_matte(m / np.float32(4)), unpack_matte),
                ]
            )
        )
        stored = bytearray(pack(label_map))
        stored[data.draw(st.integers(0, len(stored) - 1))] ^= data.draw(st.integers(1, 255))
        with pytest.raises(MaskError, match="damaged"):
            unpack(bytes(stored[: data.draw(st.integers(0, len(stored)))]))

    def test_kinds_are_not_mixed_up(self):
        with pytest.raises(MaskError, match="damaged"):
            unpack_matte(pack_label_map(np.zeros((4, 4), np.uint8)))
