"""Pixels that come in as EXR, arrays and streams, and what a clip says of itself."""

from __future__ import annotations

import itertools
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from media_files import colour_bars, numbered, position_in, write_exr

from roto.errors import (
    DecodeError,
    FrameNotFoundError,
    FrameSizeError,
    SettingsError,
)
from roto.media import Clip, IteratorSource, describe, open_clip, read_image, to_display
from roto.media.describe import frame_ranges
from roto.media.opening import exact_rate


def test_importing_media_loads_no_decoder_and_no_torch() -> None:
    heavy = {"torch", "av", "cv2", "OpenEXR", "PySide6"}
    code = f"import sys, roto.media; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_exr_keeps_light_beyond_white(tmp_path: Path, dtype: type[np.floating[Any]]) -> None:
    light = np.array([[0, 0.18, 1, 12.5, -0.25]], dtype)
    write_exr(tmp_path / "a.1001.exr", {"R": light, "G": light * 2, "B": light / 2})
    source = open_clip(tmp_path / "a.1001.exr")
    image = source.read(1001)
    assert source.clip.colour_space == "linear"
    assert source.clip.codec == ("exr half" if dtype == np.float16 else "exr float")
    assert image.dtype == np.float32
    assert np.array_equal(image[..., 1], (light * 2).astype(np.float32))


def test_exr_of_luminance_only_is_grey(tmp_path: Path) -> None:
    write_exr(tmp_path / "y.exr", {"Y": np.full((4, 6), 0.5, np.float16)})
    assert read_image(tmp_path / "y.exr").shape == (4, 6)
    assert open_clip(tmp_path / "y.exr").read(1001)[1, 1].tolist() == [0.5, 0.5, 0.5]


def test_exr_pixel_aspect_is_told(tmp_path: Path) -> None:
    plane = np.ones((4, 6), np.float16)
    write_exr(tmp_path / "a.exr", dict.fromkeys("RGB", plane), pixelAspectRatio=2.0)
    assert open_clip(tmp_path / "a.exr").clip.pixel_aspect == 2


@pytest.mark.parametrize("origin", [(3, 2), (-3, -2), (8, 6), (50, 50)])
def test_exr_data_window_lands_in_the_display_window(
    tmp_path: Path, origin: tuple[int, int]
) -> None:
    plane = np.arange(1, 41, dtype=np.float32).reshape(5, 8)
    write_exr(tmp_path / "a.exr", dict.fromkeys("RGB", plane), origin, display=(12, 9))
    expected = np.zeros((9, 12), np.float32)
    for y, x in np.ndindex(5, 8):
        if 0 <= y + origin[1] < 9 and 0 <= x + origin[0] < 12:
            expected[y + origin[1], x + origin[0]] = plane[y, x]
    assert np.array_equal(read_image(tmp_path / "a.exr")[..., 0], expected)


def test_exr_layers(tmp_path: Path) -> None:
    plane = np.full((4, 6), 0.5, np.float16)
    write_exr(tmp_path / "layer.exr", {f"beauty.{c}": plane for c in "RGBA"})
    assert read_image(tmp_path / "layer.exr").shape == (4, 6, 4)
    write_exr(tmp_path / "depth.exr", {"depth.Z": plane})
    with pytest.raises(DecodeError, match=r"depth\.Z"):
        read_image(tmp_path / "depth.exr")
    write_exr(tmp_path / "two.exr", {f"{n}.{c}": plane for n in ("a", "b") for c in "RGB"})
    with pytest.raises(DecodeError, match=r"a\.B"):
        read_image(tmp_path / "two.exr")


# ---- memory -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dtype", "white", "expected"),
    [(np.uint8, 255, 255), (np.uint16, 65535, 1.0), (np.float32, 1, 1.0), (np.float64, 1, 1.0)],
)
@pytest.mark.parametrize("shape", [(2, 5, 7), (2, 5, 7, 1), (2, 5, 7, 3), (2, 5, 7, 4)])
def test_arrays_of_all_kinds_become_rgb(
    dtype: type, white: float, expected: float, shape: tuple[int, ...]
) -> None:
    with open_clip(np.full(shape, white, dtype), first_frame=10) as source:
        image = source.read(11)
    assert image.shape == (5, 7, 3)
    assert image.dtype == (np.uint8 if dtype == np.uint8 else np.float32)
    assert np.all(image == expected)


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros((5, 7, 3), np.uint8),
        np.zeros((0, 5, 7, 3), np.uint8),
        np.zeros((2, 5, 7, 2), np.uint8),
        np.zeros((2, 5, 7, 3), np.int64),
        np.zeros((2, 0, 7, 3), np.uint8),
        [np.zeros(5, np.uint8)],
        [],
    ],
)
def test_arrays_that_are_no_clip(bad: Any) -> None:
    with pytest.raises(DecodeError):
        open_clip(bad)


def test_list_with_a_frame_of_another_size() -> None:
    with pytest.raises(FrameSizeError, match="Frame 1 "):
        open_clip([numbered(0), colour_bars()])


def test_endless_stream_is_read_forward_only() -> None:
    with IteratorSource((numbered(i % 60) for i in itertools.count()), first_frame=5) as source:
        assert source.clip.frame_count is None
        found = [(n, position_in(image)) for n, image in itertools.islice(source.frames(), 3)]
        assert found == [(5, 0), (6, 1), (7, 2)]
        assert position_in(source.read(7)) == 2
        assert position_in(source.read(20)) == 15
        with pytest.raises(FrameNotFoundError, match="passed"):
            source.read(19)
        assert position_in(source.read(21)) == 16


def test_stream_that_ends() -> None:
    with IteratorSource(numbered(i) for i in range(3)) as source:
        assert [n for n, _ in source.frames()] == [0, 1, 2]
        with pytest.raises(FrameNotFoundError, match="ended at frame 2"):
            source.read(9)
    with pytest.raises(DecodeError, match="no frames"):
        IteratorSource([])


# ---- what a person sees -------------------------------------------------------------------------


def test_linear_light_to_display() -> None:
    light = np.array([0, 0.0031308, 0.18, 0.5, 1, 7, -1, np.inf, -np.inf, 1e30], np.float32)
    image = np.repeat(light[None, :, None], 3, axis=2)
    expected = [0, 10, 118, 188, 255, 255, 0, 255, 0, 255]
    assert to_display(image, "linear")[0, :, 0].tolist() == expected


def test_linear_table_is_within_one_code_of_the_formula() -> None:
    light = np.random.default_rng(0).random((40, 50, 3), np.float32) ** 3
    exact = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055) * 255
    codes = to_display(light, "linear")
    assert codes.dtype == np.uint8
    assert np.abs(codes - exact).max() < 0.75  # 0.5 is rounding itself


def test_display_floats_and_bytes_to_display() -> None:
    values = np.array([[[0, 0.5, 1], [2, -1, np.inf]]], np.float32)
    assert to_display(values).tolist() == [[[0, 128, 255], [255, 0, 255]]]
    assert np.array_equal(to_display(numbered(3)), numbered(3))


# ---- in words -----------------------------------------------------------------------------------


def test_describe() -> None:
    clip = Clip(
        path="plate.%04d.exr", width=1920, height=1080, frame_count=59, first_frame=1001,
        frame_rate=Fraction(24000, 1001), pixel_aspect=Fraction(2), colour_space="linear",
        missing=(1007,), codec="exr half",
    )  # fmt: skip
    assert describe(clip) == [
        ("path", "plate.%04d.exr"),
        ("size", "1920 x 1080"),
        ("frames", "1001-1060 (59), missing 1007"),
        ("rate", "24000/1001 (23.976)"),
        ("duration", "2.50 s"),
        ("codec", "exr half"),
        ("pixel aspect", "2"),
        ("colour", "linear"),
    ]


def test_describe_a_stream() -> None:
    rows = dict(describe(Clip(path="", width=4, height=3, frame_count=None, first_frame=7)))
    assert rows["frames"] == "from 7, no known end"
    assert "duration" not in rows


def test_frame_ranges() -> None:
    assert frame_ranges([]) == ""
    assert frame_ranges([5]) == "5"
    assert frame_ranges(range(0, 40, 2)) == "0, 2, 4, 6, 8, 10, 12, ... 38"


def test_frame_rates() -> None:
    assert exact_rate(29.97) == Fraction(30000, 1001)
    assert exact_rate(12.5) == Fraction(25, 2)
    for wrong in (0, -24, float("nan"), float("inf")):
        with pytest.raises(SettingsError, match="frame rate"):
            open_clip([numbered(0)], frame_rate=wrong)
