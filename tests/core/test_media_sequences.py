"""Image sequences: names, numbers, depths, damage."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from media_files import (
    COLOURS,
    bar_values,
    colour_bars,
    cut_short,
    encode,
    numbered,
    position_in,
    run_ffmpeg,
    write_exr,
    write_images,
)

from roto.errors import (
    ClipNotFoundError,
    DecodeError,
    FrameNotFoundError,
    FrameSizeError,
    SettingsError,
)
from roto.media import describe, open_clip, read_image
from roto.media.naming import parse_pattern, sequences_in

# ---- sequences ----------------------------------------------------------------------------------


@pytest.mark.parametrize("hole", ["%04d", "####", "@@@@"])
def test_patterns(tmp_path: Path, hole: str) -> None:
    write_images(tmp_path, "plate.%04d.png", range(998, 1003))
    with open_clip(tmp_path / f"plate.{hole}.png") as source:
        assert list(source.frame_numbers) == [998, 999, 1000, 1001, 1002]
        assert position_in(source.read(1002)) == 4


def test_numbers_longer_than_their_padding_belong_to_the_sequence(tmp_path: Path) -> None:
    write_images(tmp_path, "p%02d.png", range(98, 102))
    assert list(open_clip(tmp_path / "p##.png").frame_numbers) == [98, 99, 100, 101]
    write_images(tmp_path / "plain", "p%d.png", range(8, 12))
    assert list(open_clip(tmp_path / "plain").frame_numbers) == [8, 9, 10, 11]
    assert list(open_clip(tmp_path / "plain" / "p%d.png").frame_numbers) == [8, 9, 10, 11]


def test_missing_frames_are_told_and_not_renumbered(tmp_path: Path) -> None:
    pattern = write_images(tmp_path, "plate.%04d.png", range(1001, 1011))
    for gone in (1004, 1005, 1008):
        (tmp_path / f"plate.{gone}.png").unlink()
    with open_clip(pattern) as source:
        assert source.clip.missing == (1004, 1005, 1008)
        assert source.clip.frame_count == 7
        with pytest.raises(FrameNotFoundError, match=r"plate\.1005\.png"):
            source.read(1005)
        assert position_in(source.read(1010)) == 9
        assert ("frames", "1001-1010 (7), missing 1004-1005, 1008") in describe(source.clip)


def test_a_file_that_vanishes_while_open(tmp_path: Path) -> None:
    pattern = write_images(tmp_path, "plate.%04d.png", range(1, 4))
    with open_clip(pattern) as source:
        (tmp_path / "plate.0002.png").unlink()
        with pytest.raises(FrameNotFoundError, match=r"plate\.0002\.png"):
            source.read(2)


def test_case_of_the_extension_does_not_matter(tmp_path: Path) -> None:
    write_images(tmp_path, "plate.%04d.PNG", range(1, 4))
    assert open_clip(tmp_path / "plate.####.png").clip.frame_count == 3
    assert open_clip(tmp_path).clip.frame_count == 3


def test_folder_with_two_sequences_names_them(tmp_path: Path) -> None:
    write_images(tmp_path, "beauty.%04d.png", range(1001, 1003))
    write_images(tmp_path, "depth.%03d.png", range(1, 3))
    with pytest.raises(ClipNotFoundError, match=r"beauty\.%04d\.png, depth\.%03d\.png"):
        open_clip(tmp_path)


def test_folder_ignores_what_is_no_sequence(tmp_path: Path) -> None:
    write_images(tmp_path, "plate.%04d.png", range(1001, 1003))
    (tmp_path / "notes.txt").write_text("take 2")
    (tmp_path / ".plate.1001.png").write_text("left by a file server")
    assert [str(p) for p in sequences_in(tmp_path)] == [str(tmp_path / "plate.%04d.png")]


def test_two_paddings_are_two_sequences(tmp_path: Path) -> None:
    write_images(tmp_path, "p.%04d.png", range(1, 3))
    write_images(tmp_path, "p.%d.png", range(1, 3))
    assert len(sequences_in(tmp_path)) == 2


@pytest.mark.parametrize("name", ["", "none.mp4", "none.####.png", "none/p.%04d.exr", "none.png"])
def test_nothing_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(ClipNotFoundError):
        open_clip(str(tmp_path / name) if name else "")


def test_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(ClipNotFoundError, match="is empty"):
        open_clip(tmp_path)


def test_stills_are_clips_of_one_frame(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "plate.0042.png"), numbered(0))
    cv2.imwrite(str(tmp_path / "wall.png"), numbered(0))
    assert list(open_clip(tmp_path / "plate.0042.png").frame_numbers) == [42]
    assert list(open_clip(tmp_path / "wall.png").frame_numbers) == [1001]
    assert list(open_clip(tmp_path / "wall.png", first_frame=3).frame_numbers) == [3]


def test_a_frame_of_another_size(tmp_path: Path) -> None:
    pattern = write_images(tmp_path, "plate.%04d.png", range(1, 4))
    cv2.imwrite(str(tmp_path / "plate.0002.png"), colour_bars())
    with open_clip(pattern) as source:
        with pytest.raises(FrameSizeError, match=r"Frame 2 .* 128 x 64 .* 96 x 64"):
            source.read(2)
        assert position_in(source.read(3)) == 2


def test_sequences_have_their_own_numbers(tmp_path: Path) -> None:
    pattern = write_images(tmp_path, "plate.%04d.png", range(1, 4))
    with pytest.raises(SettingsError, match="first_frame=5"):
        open_clip(pattern, first_frame=5)


def test_stray_number_does_not_make_an_endless_clip(tmp_path: Path) -> None:
    for number in (1, 20260101):
        cv2.imwrite(str(tmp_path / f"p.{number}.png"), numbered(0))
    with pytest.raises(DecodeError, match="stray"):
        open_clip(tmp_path / "p.%d.png")


def test_patterns_in_words() -> None:
    assert str(parse_pattern(Path("shots/sh#1.####.exr"))) == str(Path("shots/sh#1.%04d.exr"))
    assert parse_pattern(Path("movie.mp4")) is None


# ---- image files --------------------------------------------------------------------------------


@pytest.mark.parametrize("extension", ["png", "tif", "jpg", "webp", "bmp"])
def test_eight_bit_files(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"bars.{extension}"
    cv2.imwrite(str(path), colour_bars()[:, :, ::-1])
    image = read_image(path)
    assert image.dtype == np.uint8
    assert np.abs(bar_values(image) - COLOURS).max() <= (12 if extension in ("jpg", "webp") else 0)


@pytest.mark.parametrize("extension", ["png", "tif"])
def test_sixteen_bit_files_keep_their_depth(tmp_path: Path, extension: str) -> None:
    ramp = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    cv2.imwrite(str(tmp_path / f"ramp.{extension}"), ramp)
    image = read_image(tmp_path / f"ramp.{extension}")
    assert image.dtype == np.float32
    assert np.array_equal(np.rint(image * 65535).astype(np.uint16), ramp)


def test_alpha_and_grey_come_as_stored_but_clips_are_rgb(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "rgba.png"), np.full((5, 7, 4), (10, 20, 30, 40), np.uint8))
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((5, 7), 50, np.uint8))
    assert read_image(tmp_path / "rgba.png")[0, 0].tolist() == [30, 20, 10, 40]
    assert read_image(tmp_path / "grey.png").shape == (5, 7)
    assert open_clip(tmp_path / "rgba.png").read(1001)[0, 0].tolist() == [30, 20, 10]
    assert open_clip(tmp_path / "grey.png").read(1001)[0, 0].tolist() == [50, 50, 50]


@pytest.mark.parametrize(
    ("pixels", "bits"), [("rgb24", 8), ("gbrp10le", 10), ("gbrp12le", 12), ("rgb48le", 16)]
)
def test_dpx_values_are_exact(tmp_path: Path, pixels: str, bits: int) -> None:
    ramp = np.linspace(0, (1 << bits) - 1, 64 * 32).astype(np.uint8 if bits == 8 else "<u2")
    order = [1, 2, 0] if pixels.startswith("gbr") else [0, 1, 2]
    picture = np.stack([ramp, ramp[::-1], ramp // 2], axis=-1)  # (2048, 3) RGB
    stored = picture[:, order].T if pixels.startswith("gbr") else picture
    raw = ("-f", "rawvideo", "-pix_fmt", pixels, "-s", "64x32", "-i", "-")
    run_ffmpeg(*raw, str(tmp_path / "ramp.dpx"), data=stored.tobytes())
    image = read_image(tmp_path / "ramp.dpx")
    assert image.dtype == (np.uint8 if bits == 8 else np.float32)
    white = 1 if bits == 8 else (1 << bits) - 1
    assert np.array_equal(np.rint(image.reshape(-1, 3) * white), picture)


def test_jpeg_is_turned_upright(tmp_path: Path) -> None:
    data = cv2.imencode(".jpg", colour_bars())[1].tobytes()
    # An EXIF block that holds one entry: orientation 6, "turn a quarter to the right".
    tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    exif = b"\xff\xe1" + (len(tiff) + 8).to_bytes(2, "big") + b"Exif\0\0" + tiff
    (tmp_path / "turned.jpg").write_bytes(data[:2] + exif + data[2:])
    assert read_image(tmp_path / "turned.jpg").shape == (128, 64, 3)


@pytest.mark.parametrize("extension", ["png", "jpg", "tif", "dpx", "exr"])
def test_damaged_images(tmp_path: Path, extension: str) -> None:
    broken = tmp_path / f"broken.{extension}"
    for content in (b"", b"not an image at all"):
        broken.write_bytes(content)
        with pytest.raises(DecodeError, match=rf"broken\.{extension}"):
            read_image(broken)
    with pytest.raises(ClipNotFoundError, match="absent"):
        read_image(tmp_path / f"absent.{extension}")


def test_truncated_images(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "a.png"), noise)
    write_exr(tmp_path / "a.exr", {c: noise[:, :, 0].astype(np.float16) for c in "RGB"})
    encode(tmp_path / "a.dpx", frames=[noise])
    for name in ("a.png", "a.exr", "a.dpx"):
        short = cut_short(tmp_path / name, 0.5)
        with pytest.raises(DecodeError, match="short"):
            read_image(short)
