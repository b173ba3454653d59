"""Movies: colours, rotation, rates, seeking, damage."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from media_files import (
    COLOURS,
    bar_values,
    colour_bars,
    cut_short,
    encode,
    h264,
    numbered,
    position_in,
    run_ffmpeg,
)

from roto.errors import (
    DecodeError,
    FrameSizeError,
)
from roto.media import describe, open_clip
from roto.media.movie import MovieSource

if TYPE_CHECKING:
    from pathlib import Path

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
