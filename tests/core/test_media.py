"""What is particular to movies, sequences, image formats and memory, beyond the common contract."""

from __future__ import annotations

import itertools
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from media_files import encode, h264, numbered, position_in, run_ffmpeg, write_exr, write_images

from roto.errors import (
    ClipNotFoundError,
    DecodeError,
    FrameNotFoundError,
    FrameSizeError,
    SettingsError,
)
from roto.media import Clip, IteratorSource, describe, open_clip, read_image, to_display
from roto.media.describe import frame_ranges
from roto.media.movie import MovieSource
from roto.media.naming import parse_pattern, sequences_in
from roto.media.opening import exact_rate

if TYPE_CHECKING:
    import numpy.typing as npt


COLOURS = np.array(
    [
        *[(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)],
        *[(0, 0, 0), (128, 128, 128), (200, 120, 40), (30, 90, 160)],
    ],
    np.uint8,
)


def colour_bars() -> npt.NDArray[np.uint8]:
    return np.broadcast_to(np.repeat(COLOURS, 16, axis=0)[None], (64, 128, 3)).copy()


def bar_values(image: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Mean colour of each bar, away from its edges, in 8-bit code values."""
    bars = image[24:40].reshape(16, 8, 16, 3)[:, :, 6:10].astype(np.float64).mean(axis=(0, 2))
    return np.asarray(bars * (1 if image.dtype == np.uint8 else 255))


# ---- import -------------------------------------------------------------------------------------


def test_importing_media_loads_no_decoder_and_no_torch() -> None:
    heavy = {"torch", "av", "cv2", "OpenEXR", "PySide6"}
    code = f"import sys, roto.media; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


# ---- movies: colour -----------------------------------------------------------------------------


@pytest.mark.parametrize("code_range", ["tv", "pc"])
@pytest.mark.parametrize(
    ("matrix", "tag"), [("bt709", "bt709"), ("bt601", "smpte170m"), ("bt2020", "bt2020nc")]
)
@pytest.mark.parametrize(
    ("pixels", "codec", "tolerance"),
    [
        ("yuv444p", ["libx264", "-qp", "1"], 2.0),
        ("yuv420p10le", ["libx265", "-x265-params", "log-level=none:qp=1"], 1.5),
    ],
)
def test_matrix_and_range_of_the_file_are_honoured(
    tmp_path: Path, matrix: str, tag: str, code_range: str, pixels: str, codec: list[str],
    tolerance: float,
) -> None:  # fmt: skip
    scale = f"scale=out_color_matrix={matrix}:out_range={code_range}"
    path = encode(
        tmp_path / "bars.mkv",
        *("-vf", f"{scale}:flags=accurate_rnd+full_chroma_int", "-pix_fmt", pixels),
        *("-colorspace", tag, "-color_range", code_range, "-c:v", *codec),
        frames=[colour_bars()] * 2,
    )
    with open_clip(path) as source:
        image = source.read(1001)
    assert image.dtype == (np.uint8 if pixels == "yuv444p" else np.float32)
    assert np.abs(bar_values(image) - COLOURS).max() <= tolerance


def test_709_file_in_420_is_within_two_code_values(tmp_path: Path) -> None:
    scale = "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int"
    options = ("-vf", scale, "-colorspace", "bt709", "-color_range", "tv")
    path = h264(tmp_path / "bars.mp4", *options, "-qp", "1", frames=[colour_bars()] * 2)
    with open_clip(path) as source:
        assert np.abs(bar_values(source.read(1001)) - COLOURS).max() <= 2


@pytest.mark.parametrize(("size", "matrix"), [("128x64", "bt601"), ("1280x720", "bt709")])
def test_untagged_movies_follow_the_convention_by_size(
    tmp_path: Path, size: str, matrix: str
) -> None:
    scale = f"scale={size}:flags=neighbor:out_color_matrix={matrix}:out_range=tv"
    untag = ("-bsf:v", "h264_metadata=matrix_coefficients=2:colour_primaries=2")
    path = h264(tmp_path / "a.mp4", "-vf", scale, *untag, frames=[colour_bars()])
    with open_clip(path) as source:
        image = source.read(1001)
    small = cv2.resize(image, (128, 64), interpolation=cv2.INTER_NEAREST)
    assert np.abs(bar_values(small) - COLOURS).max() <= 6  # the other matrix is off by 20 and more


def test_rgb_movies_are_exact(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mkv", "-c:v", "ffv1", "-pix_fmt", "bgr0", frames=[colour_bars()])
    with open_clip(path) as source:
        assert np.array_equal(source.read(1001), colour_bars())


# ---- movies: geometry and time ------------------------------------------------------------------


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotation_is_applied(tmp_path: Path, degrees: int) -> None:
    picture = colour_bars()
    picture[:32] = picture[:32] // 2  # top and bottom differ as well
    flat = h264(tmp_path / "flat.mp4", frames=[picture])
    with open_clip(flat) as source:
        before = source.read(1001)
    turn = ("-display_rotation", str(degrees), "-i", str(flat), "-c", "copy")
    run_ffmpeg(*turn, str(tmp_path / "turned.mp4"))
    with open_clip(tmp_path / "turned.mp4") as source:
        assert np.array_equal(source.read(1001), np.rot90(before, degrees // 90))
        assert (source.clip.width < source.clip.height) == (degrees != 180)


def test_mirror_is_applied(tmp_path: Path) -> None:
    flat = h264(tmp_path / "flat.mp4", frames=[colour_bars()])
    mirror = ("-display_hflip", "-i", str(flat), "-c", "copy", str(tmp_path / "mirrored.mp4"))
    run_ffmpeg(*mirror)
    with open_clip(flat) as plain, open_clip(tmp_path / "mirrored.mp4") as mirrored:
        assert np.array_equal(mirrored.read(1001), plain.read(1001)[:, ::-1])


def test_pixel_aspect_is_told_and_turned_with_the_picture(tmp_path: Path) -> None:
    wide = h264(tmp_path / "wide.mp4", "-vf", "setsar=2/1", frames=[numbered(0)])
    turn = ("-display_rotation", "90", "-i", str(wide), "-c", "copy", str(tmp_path / "t.mp4"))
    run_ffmpeg(*turn)
    with open_clip(wide) as source, open_clip(tmp_path / "t.mp4") as turned:
        assert source.clip.pixel_aspect == 2
        assert (source.clip.width, source.clip.height) == (96, 64)
        assert turned.clip.pixel_aspect == Fraction(1, 2)


def test_variable_frame_rate_is_told(tmp_path: Path) -> None:
    steps = ("-vf", "setpts='(N+gte(N\\,4)*3*(N-4))/24/TB'", "-fps_mode", "passthrough")
    frames = [numbered(i) for i in range(12)]
    with open_clip(h264(tmp_path / "vfr.mp4", *steps, frames=frames)) as source:
        assert source.clip.variable_frame_rate
        assert [position_in(image) for _, image in source.frames()] == list(range(12))
        assert source.clip.frame_rate == Fraction(11, 1) / Fraction(32, 24)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_ntsc_rate_is_exact_and_not_variable(tmp_path: Path, name: str) -> None:
    rate = ("-vf", "setpts=N*1001/24000/TB", "-r", "24000/1001")
    with open_clip(h264(tmp_path / name, *rate)) as source:
        assert source.clip.frame_rate == Fraction(24000, 1001)
        assert not source.clip.variable_frame_rate


def test_first_frame_and_rate_can_be_given(tmp_path: Path) -> None:
    path = h264(tmp_path / "a.mp4")
    with open_clip(path, first_frame=7, frame_rate=23.976) as source:
        assert source.frame_numbers == range(7, 31)
        assert position_in(source.read(8)) == 1
        assert source.clip.frame_rate == Fraction(24000, 1001)


def test_sound_before_the_picture_does_not_matter(tmp_path: Path) -> None:
    path = h264(tmp_path / "a.mp4")
    both = tmp_path / "both.mp4"
    tone = ("-f", "lavfi", "-i", "sine=duration=2", "-i", str(path))
    run_ffmpeg(*tone, "-map", "0:a", "-map", "1:v", "-c:v", "copy", "-c:a", "aac", str(both))
    with open_clip(both) as source:
        assert position_in(source.read(1020)) == 19


# ---- movies: cache ------------------------------------------------------------------------------


def test_backward_reading_decodes_each_group_of_pictures_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MovieSource(h264(tmp_path / "a.mp4")) as source:
        decoder, seeks = source._decoder, []
        original = decoder.from_keyframe
        monkeypatch.setattr(
            decoder, "from_keyframe", lambda key, index: seeks.append(key) or original(key, index)
        )
        backward = [position_in(source.read(frame)) for frame in source.frame_numbers[::-1]]
        assert backward == list(range(24))[::-1]
        assert sorted(seeks) == list(source._index.keyframes)


def test_a_cache_for_one_frame_changes_nothing_but_the_speed(tmp_path: Path) -> None:
    with MovieSource(h264(tmp_path / "a.mp4"), cache_bytes=1) as source:
        backward = [position_in(source.read(frame)) for frame in source.frame_numbers[::-1]]
        assert backward == list(range(24))[::-1]


# ---- movies: damage -----------------------------------------------------------------------------


def cut_short(path: Path, share: float) -> Path:
    data = path.read_bytes()
    short = path.with_stem("short")
    short.write_bytes(data[: int(len(data) * share)])
    return short


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
def test_cut_off_movie_is_read_as_far_as_it_goes(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    noise = np.random.default_rng(0).integers(0, 40, (24, 64, 96, 3), np.uint8)
    frames = [np.abs(numbered(i).astype(int) - noise[i]).astype(np.uint8) for i in range(24)]
    if name == "a.avi":
        path = encode(tmp_path / name, "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", frames=frames)
    else:
        path = h264(tmp_path / name, "-movflags", "+faststart", frames=frames)
    with open_clip(cut_short(path, 0.6)) as source:
        end = source.clip.damaged_from
        assert end is not None
        assert 1008 <= end < 1024
        assert f"cut off: frame {end}" in caplog.text
        for frame in reversed(source.frame_numbers):
            assert position_in(source.read(frame)) == frame - 1001
        with pytest.raises(DecodeError, match=f"short.* frame {end} and all after"):
            source.read(end)
        assert position_in(source.read(1002)) == 1
        frames_read = source.frames()
        assert [n for n, _ in itertools.islice(frames_read, end - 1001)] == [*range(1001, end)]
        with pytest.raises(DecodeError, match="copy the file again"):
            next(frames_read)
        assert any(name == "damaged" for name, _ in describe(source.clip))


def test_damage_in_the_middle_spoils_frames_up_to_the_next_keyframe(tmp_path: Path) -> None:
    path = h264(tmp_path / "a.mp4", "-movflags", "+faststart")
    with MovieSource(path) as whole:
        import av

        with av.open(str(path)) as container:
            packets = {p.pts: (p.pos, p.size) for p in container.demux(video=0) if p.size}
        times, keyframes = whole._index.times, whole._index.keyframes
        position, size = packets[keyframes[1]]
        lost = range(1001 + times.index(keyframes[1]), 1001 + times.index(keyframes[2]))
    data = bytearray(path.read_bytes())
    data[position + 4 : position + size] = bytes(size - 4)
    path.write_bytes(data)
    for order in (range(1001, 1025), range(1024, 1000, -1)):
        readable = []
        with open_clip(path) as source:
            for frame in order:
                try:
                    assert position_in(source.read(frame)) == frame - 1001
                    readable.append(frame)
                except DecodeError as error:
                    assert f"Frame {frame} " in str(error)  # noqa: PT017 (not all frames raise)
        # Frames just before the damage may be lost with it, but none is shown in another's place.
        assert set(readable) >= {*range(1001, lost.start - 2), *range(lost.stop, 1025)}
        assert not set(readable) & set(lost)


def test_recording_that_begins_between_keyframes_starts_at_the_first(tmp_path: Path) -> None:
    data = h264(tmp_path / "whole.ts", "-sc_threshold", "0").read_bytes()
    with open_clip(tmp_path / "whole.ts") as whole:
        import av

        with av.open(str(tmp_path / "whole.ts")) as container:
            second = [p.pos for p in container.demux(video=0) if p.is_keyframe][1]
        start = second // 188 // 2 * 188  # somewhere before the second keyframe
        head = data[: 188 * 3]  # the tables that say what the stream is
        (tmp_path / "late.ts").write_bytes(head + data[start:])
        with open_clip(tmp_path / "late.ts") as late:
            first = position_in(late.read(1001))
            assert first > 0
            found = [position_in(late.read(n)) for n in reversed(late.frame_numbers)]
        assert found[::-1] == list(range(first, whole.clip.frame_count or 0))


def test_change_of_size_is_an_error_that_names_the_frame(tmp_path: Path) -> None:
    mjpeg = ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-f", "mjpeg")
    small = encode(tmp_path / "small.mjpeg", *mjpeg, frames=[numbered(i) for i in range(4)])
    large = encode(tmp_path / "large.mjpeg", *mjpeg, frames=[colour_bars()] * 2)
    both = tmp_path / "both.mjpeg"
    both.write_bytes(small.read_bytes() + large.read_bytes())
    run_ffmpeg("-f", "mjpeg", "-i", str(both), "-c", "copy", str(tmp_path / "both.mkv"))
    with open_clip(tmp_path / "both.mkv") as source:
        with pytest.raises(FrameSizeError, match=r"Frame 1005 .* 128 x 64 .* 96 x 64"):
            source.read(1005)
        assert position_in(source.read(1004)) == 3


def test_files_that_are_no_movies(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("This is not a movie.")
    (tmp_path / "empty.mp4").touch()
    tone = ("-f", "lavfi", "-i", "sine=duration=0.2", "-c:a", "aac", str(tmp_path / "sound.mp4"))
    run_ffmpeg(*tone)
    for name in ("text.mp4", "empty.mp4", "sound.mp4"):
        with pytest.raises(DecodeError, match=name):
            open_clip(tmp_path / name)


def test_movie_without_frames(tmp_path: Path) -> None:
    path = tmp_path / "none.mp4"
    run_ffmpeg("-f", "lavfi", "-i", "color=size=64x64", "-t", "0", "-c:v", "libx264", str(path))
    with pytest.raises(DecodeError, match=r"none\.mp4"):
        open_clip(path)


@pytest.mark.shared
def test_random_access_of_a_real_clip_equals_sequential_decoding(shared: Path) -> None:
    clip = shared / "data" / "clips" / "bedroom.mp4"
    with open_clip(clip) as source:
        sums = {frame: int(image.sum()) for frame, image in source.frames()}
    with MovieSource(clip) as source:
        for frame in sorted(sums, key=lambda frame: frame % 7):  # jumps forward through the clip
            assert int(source.read(frame).sum()) == sums[frame]


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
    with pytest.raises(ClipNotFoundError, match="no numbered image files"):
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
    light = np.array([0, 0.0031308, 0.18, 0.5, 1, 7, -1, np.nan, np.inf, -np.inf, 1e30], np.float32)
    image = np.repeat(light[None, :, None], 3, axis=2)
    expected = [0, 10, 118, 188, 255, 255, 0, 0, 255, 0, 255]
    assert to_display(image, "linear")[0, :, 0].tolist() == expected


def test_linear_table_is_within_one_code_of_the_formula() -> None:
    light = np.random.default_rng(0).random((40, 50, 3), np.float32) ** 3
    exact = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055) * 255
    codes = to_display(light, "linear")
    assert codes.dtype == np.uint8
    assert np.abs(codes - exact).max() < 0.75  # 0.5 is rounding itself


def test_display_floats_and_bytes_to_display() -> None:
    values = np.array([[[0, 0.5, 1], [2, -1, np.nan]]], np.float32)
    assert to_display(values).tolist() == [[[0, 128, 255], [255, 0, 0]]]
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
