"""The contract of ``FrameSource``: every backend passes this one suite. Add yours to ``MAKERS``."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from media_files import (
    FRAME_COUNT,
    HEIGHT,
    WIDTH,
    encode,
    exr_sequence,
    h264,
    numbered,
    position_in,
    run_ffmpeg,
    write_images,
)

from roto.errors import FrameNotFoundError, MediaError
from roto.media import FrameSource, open_clip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SHOT = range(1001, 1001 + FRAME_COUNT)


def _vfr(folder: Path) -> Path:
    # Every fourth of 32 frames is dropped and the times of the others are kept.
    frames = [numbered(i - i // 4) for i in range(32)]
    select = ("-vf", "select=lt(mod(n\\,4)\\,3)", "-fps_mode", "passthrough")
    return h264(folder / "vfr.mp4", *select, frames=frames)


def _rotated(folder: Path) -> Path:
    h264(folder / "flat.mp4")
    turned = folder / "turned.mp4"
    turn = ("-display_rotation", "90", "-i", str(folder / "flat.mp4"), "-c", "copy")
    run_ffmpeg(*turn, str(turned))
    return turned


def _edit_list(folder: Path) -> Path:
    """The first five of 29 frames are cut away without encoding anew: hidden by an edit list."""
    frames = [numbered(max(i - 5, 0)) for i in range(FRAME_COUNT + 5)]
    whole = h264(folder / "whole.mp4", frames=frames)
    run_ffmpeg("-ss", "0.2", "-i", str(whole), "-c", "copy", str(folder / "cut.mp4"))
    return folder / "cut.mp4"


X265 = ("-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params")
VP9 = ("-c:v", "libvpx-vp9", "-pix_fmt", "yuv420p", "-auto-alt-ref", "1", "-g", "12")

MAKERS: dict[str, Callable[[Path], Any]] = {
    "h264 mp4": lambda d: h264(d / "a.mp4"),
    "h264 open gop": lambda d: h264(d / "a.mp4", "-x264-params", "open-gop=1:keyint=8"),
    "h264 gradual refresh": lambda d: h264(d / "a.mp4", "-intra-refresh", "1"),
    "h264 variable rate": _vfr,
    "h264 rotated": _rotated,
    "h264 edit list": _edit_list,
    "h264 avi": lambda d: h264(d / "a.avi"),
    "h264 ts": lambda d: h264(d / "a.ts"),
    "h264 raw": lambda d: h264(d / "a.h264"),
    "h265 mkv": lambda d: encode(d / "a.mkv", *X265, "keyint=8:open-gop=1:log-level=none"),
    "prores mov": lambda d: encode(d / "a.mov", "-c:v", "prores_ks", "-pix_fmt", "yuv422p10le"),
    "vp9 webm": lambda d: encode(d / "a.webm", *VP9, "-lag-in-frames", "16", "-cpu-used", "8"),
    "mjpeg avi": lambda d: encode(d / "a.avi", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p"),
    "png": lambda d: write_images(d / "png", "plate.%04d.png", SHOT),
    "tiff 16 bit": lambda d: write_images(d / "tif", "plate_%d.tif", SHOT, bits=16),
    "dpx": lambda d: encode(d / "p.%04d.dpx", "-pix_fmt", "gbrp10le", "-start_number", "1001"),
    "exr half": lambda d: exr_sequence(d / "half", np.float16),
    "exr float": lambda d: exr_sequence(d / "float", np.float32),
    "jpg folder": lambda d: write_images(d / "jpg", "plate-%05d.jpg", SHOT).parent,
    "array": lambda d: np.stack([numbered(i) for i in range(FRAME_COUNT)]),
    "list": lambda d: [numbered(i) / np.float32(255) for i in range(FRAME_COUNT)],
}


@pytest.fixture(scope="module", params=MAKERS)
def material(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Something to open: made once for the whole suite."""
    return MAKERS[request.param](tmp_path_factory.mktemp("clip"))


@pytest.fixture
def source(material: Any) -> Iterator[FrameSource]:
    with open_clip(material) as opened:
        yield opened


def positions(source: FrameSource, frames: list[int]) -> list[int]:
    return [position_in(source.read(frame)) for frame in frames]


def test_clip_describes_what_is_there(source: FrameSource) -> None:
    clip = source.clip
    assert isinstance(source, FrameSource)
    assert clip.frame_count == len(source.frame_numbers) == FRAME_COUNT
    assert clip.first_frame == source.frame_numbers[0]
    assert {clip.width, clip.height} == {WIDTH, HEIGHT}
    assert clip.frame_rate > 0
    assert clip.codec
    assert clip.damaged_from is None


def test_first_frame_is_1001_on_disk_and_0_in_memory(source: FrameSource) -> None:
    assert source.frame_numbers[0] == (1001 if source.clip.path else 0)


def test_images_are_rgb_of_the_stated_size(source: FrameSource) -> None:
    image = source.read(source.frame_numbers[3])
    assert image.shape == (source.clip.height, source.clip.width, 3)
    assert image.dtype in (np.uint8, np.float32)
    assert image.flags.c_contiguous


def test_sequential(source: FrameSource) -> None:
    assert positions(source, list(source.frame_numbers)) == list(range(FRAME_COUNT))


def test_frames_gives_all_with_their_numbers(source: FrameSource) -> None:
    found = {frame: position_in(image) for frame, image in source.frames()}
    assert found == {frame: i for i, frame in enumerate(source.frame_numbers)}


def test_backward(source: FrameSource) -> None:
    backward = list(source.frame_numbers)[::-1]
    assert positions(source, backward) == list(range(FRAME_COUNT))[::-1]


def test_random_order(source: FrameSource) -> None:
    order = list(range(FRAME_COUNT)) * 2
    random.Random(7).shuffle(order)
    assert positions(source, [source.frame_numbers[i] for i in order]) == order


def test_random_access_equals_sequential_reading(source: FrameSource, material: Any) -> None:
    in_order = dict(source.frames())
    shuffled = random.Random(3).sample(list(in_order), k=FRAME_COUNT)
    with open_clip(material) as fresh:
        assert all(np.array_equal(fresh.read(frame), in_order[frame]) for frame in shuffled)


def test_the_caller_may_keep_and_change_an_image(source: FrameSource) -> None:
    frame = source.frame_numbers[5]
    image = source.read(frame)
    before = image.copy()
    image[:] = 0
    assert np.array_equal(source.read(frame), before)


def test_unknown_frame_is_an_error_after_which_reading_goes_on(source: FrameSource) -> None:
    first, last = source.frame_numbers[0], source.frame_numbers[-1]
    for unknown in (first - 1, last + 1, -5, 10**9):
        with pytest.raises(FrameNotFoundError, match=str(unknown)):
            source.read(unknown)
        assert position_in(source.read(first + 9)) == 9


def test_two_iterations_at_once_do_not_disturb_each_other(source: FrameSource) -> None:
    pairs = zip(source.frames(), source.frames(), strict=True)
    assert all(a[0] == b[0] and np.array_equal(a[1], b[1]) for a, b in pairs)


def test_closing_twice_is_harmless_and_reading_afterwards_an_error(material: Any) -> None:
    source = open_clip(material)
    with source as same:
        assert same is source
    source.close()
    with pytest.raises(MediaError, match="closed"):
        source.read(source.frame_numbers[0])


def test_an_open_source_is_returned_as_it_is(source: FrameSource) -> None:
    assert open_clip(source) is source
