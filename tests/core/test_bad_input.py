"""Bad input: one sentence that names what is wrong, as the error one would expect, or nothing.

Every line of the project's list is here: from Python, and from the command line.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from media_files import encode, h264, run_ffmpeg
from small_engines import SIZE, plate, square, tiny_network

import roto
import roto.cli.propagate
import roto.export.atomic
from roto.cli import main
from roto.errors import (
    ClipNotFoundError,
    DecodeError,
    DeviceError,
    ExportError,
    FrameSizeError,
    KeyframeError,
    MaskError,
    MaskNotFoundError,
    MaskSizeError,
    WeightsError,
    WeightsNotFoundError,
)
from roto.export.overlay_movie import OverlayMovie
from roto.fake_engine import FakeEngine
from roto.masks import labels

COUNT = 6
H, W = SIZE


def told(capsys):
    """What is on stderr besides the line that says what memory a run takes."""
    lines = capsys.readouterr().err.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("Memory: "))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder: plate/plate.1001.png ..., hero.png."""
    monkeypatch.chdir(tmp_path)
    Path("plate").mkdir()
    for position, picture in enumerate(plate(COUNT)):
        cv2.imwrite(f"plate/plate.{1001 + position}.png", picture[..., ::-1])
    cv2.imwrite("hero.png", square(0) * 255)
    return tmp_path


@contextmanager
def one_sentence(kind, builtin, *words):
    """The block raises ``kind``, which is also ``builtin``, in one line that holds the words."""
    with pytest.raises(kind) as caught:
        yield
    error = caught.value
    text = str(error)
    assert isinstance(error, roto.RotoError)
    assert isinstance(error, builtin)
    assert "\n" not in text
    assert text[0].isupper() or text.split()[0].count(".")  # a sentence, or a file's name
    assert text.endswith(".")
    for word in words:
        assert word in text, text


def propagate(frames="plate", keys=None, **options):
    options.setdefault("model", FakeEngine())
    return roto.propagate(frames, keys or {1001: "hero.png"}, **options)


def command_fails(*arguments, capsys):
    """The command prints one line on stderr, exits with 1 and changes nothing on disk."""
    before = {p: p.stat().st_size for p in Path().rglob("*")}
    assert main(list(arguments)) == 1
    error = told(capsys)
    assert error.startswith("roto: error: ")
    assert error.count("\n") == 1
    assert "Traceback" not in error
    assert {p: p.stat().st_size for p in Path().rglob("*")} == before
    return error


def propagate_command(frames="plate", key="1001=hero.png", out="out/hero.%04d.png"):
    return ("propagate", frames, f"--key={key}", "-o", out)


class TestClips:
    @pytest.mark.parametrize(
        "name", ["nothing.mov", "nothing.%04d.png", "nowhere/plate.####.exr", "nothing", ""]
    )
    def test_missing(self, folder, name, capsys):
        stem = name.split("%")[0].split("#")[0]
        with one_sentence(ClipNotFoundError, FileNotFoundError, stem):
            propagate(name)
        command_fails(*propagate_command(name), capsys=capsys)

    @pytest.mark.parametrize("ending", ["mov", "mp4", "txt", "foo", "png", "exr", "dpx"])
    @pytest.mark.parametrize("data", [b"", b"hello world", bytes(5000), b"\x89PNG\r\n\x1a\n"])
    def test_not_a_picture_or_movie(self, folder, ending, data, capsys):
        path = Path(f"other.{ending}")
        path.write_bytes(data)
        with one_sentence(DecodeError, OSError, path.name):
            propagate(path)
        command_fails("info", str(path), capsys=capsys)

    def test_only_sound(self, folder, capsys):
        run_ffmpeg("-f", "lavfi", "-i", "sine=duration=0.2", "sound.wav")
        with one_sentence(DecodeError, OSError, "sound.wav"):
            propagate("sound.wav")

    def test_a_movie_without_its_index(self, folder, capsys):
        """An MP4 whose end is missing has lost the table of its frames."""
        path = h264(folder / "cut.mp4", frames=list(plate(COUNT)))
        path.write_bytes(path.read_bytes()[:-700])
        with one_sentence(DecodeError, OSError, "cut.mp4"):
            propagate(path)
        command_fails(*propagate_command("cut.mp4"), capsys=capsys)

    def test_a_movie_that_is_cut_off(self, folder, capsys):
        """What can be read is written, and then comes the error; a script learns it at once."""
        noise = np.random.default_rng(0).integers(0, 255, (24, H, W, 3)).astype(np.uint8)
        path = encode(
            folder / "cut.mp4", "-c:v", "mjpeg", "-movflags", "+faststart", frames=[*noise]
        )
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        with roto.open_clip(path) as source:
            first_lost = source.clip.damaged_from
        assert first_lost is not None
        assert 1003 < first_lost < 1024
        with one_sentence(DecodeError, OSError, "cut.mp4", f"frame {first_lost}"):
            propagate(path)
        assert main(list(propagate_command("cut.mp4"))) == 1
        error = told(capsys)
        assert error.startswith("roto: error: cut.mp4 is cut off")
        assert error.count("\n") == 1
        written = sorted(p.name for p in Path("out").iterdir())
        assert written == [f"hero.{n}.png" for n in range(1001, first_lost)]

    @pytest.mark.parametrize("frames", [[], np.zeros((0, H, W, 3), np.uint8)])
    def test_zero_frames_in_memory(self, frames):
        with one_sentence(DecodeError, OSError, "no frames"):
            propagate(frames, {0: square(0)})

    def test_zero_frames_in_a_stream(self):
        with one_sentence(DecodeError, OSError, "no frames"):
            list(roto.stream(iter(()), {0: square(0)}, model=FakeEngine()))

    def test_zero_frames_in_a_folder(self, folder, capsys):
        Path("empty").mkdir()
        with one_sentence(ClipNotFoundError, FileNotFoundError, "empty"):
            propagate("empty")
        command_fails("info", "empty", capsys=capsys)

    def test_zero_frames_in_a_movie(self, folder):
        h264(folder / "plate.mp4", frames=list(plate(COUNT)))
        run_ffmpeg("-i", "plate.mp4", "-frames:v", "0", "-c", "copy", "zero.mp4")
        with one_sentence(DecodeError, OSError, "zero.mp4"):
            propagate("zero.mp4")

    def test_a_frame_that_changes_size(self, folder, capsys):
        cv2.imwrite("plate/plate.1004.png", np.zeros((H, W + 2, 3), np.uint8))
        with one_sentence(FrameSizeError, ValueError, "1004", f"{W + 2} x {H}", f"{W} x {H}"):
            propagate()
        assert main(list(propagate_command())) == 1
        assert told(capsys).count("\n") == 1
        assert sorted(p.name for p in Path("out").iterdir()) == [
            f"hero.{n}.png" for n in (1001, 1002, 1003)
        ]

    def test_a_frame_in_memory_that_changes_size(self):
        with one_sentence(FrameSizeError, ValueError, "Frame 1"):
            propagate([plate(1)[0], plate(1)[0][:-1]], {0: square(0)})

    def test_a_frame_of_a_stream_that_changes_size(self):
        pictures = iter([plate(1)[0], plate(1)[0][:-1]])
        events = roto.stream(pictures, {0: square(0)}, model=FakeEngine())
        assert next(events).frame == 0
        with one_sentence(FrameSizeError, ValueError, "Frame 1"):
            next(events)

    def test_a_damaged_frame_in_the_middle(self, folder):
        path = Path("plate/plate.1003.png")
        path.write_bytes(path.read_bytes()[:60])
        with one_sentence(DecodeError, OSError, "plate.1003.png"):
            propagate()


class TestMasks:
    @pytest.mark.parametrize("size", [(H, W + 1), (H - 1, W), (W, H), (2 * H, 2 * W), (1, 1)])
    def test_another_size_or_aspect(self, folder, size, capsys):
        mask = np.ones(size, np.uint8)
        with one_sentence(MaskSizeError, ValueError, "1001", f"{size[1]}x{size[0]}", f"{W}x{H}"):
            propagate(keys={1001: mask})
        cv2.imwrite("wrong.png", mask * 255)
        error = command_fails(*propagate_command(key="1001=wrong.png"), capsys=capsys)
        assert "wrong.png" in error

    @pytest.mark.parametrize("frame", [1000, 1007, 0, -5])
    def test_a_frame_outside_the_clip(self, folder, frame, capsys):
        with one_sentence(KeyframeError, ValueError, f"frame {frame} ", "1001 to 1006"):
            propagate(keys={frame: "hero.png"})
        command_fails(*propagate_command(key=f"{frame}=hero.png"), capsys=capsys)

    @pytest.mark.parametrize("count", [256, 300])
    def test_more_than_255_objects_in_one_mask(self, count):
        many = np.arange(H * W).reshape(SIZE) % (count + 1)
        with one_sentence(MaskError, ValueError, "255"):
            propagate(plate(2), {0: labels(many)})
        with one_sentence(MaskError, ValueError, "255"):
            propagate(plate(2), {0: {f"o{i}": square(0) for i in range(count)}})

    @pytest.mark.parametrize("count", [128, 200])
    def test_more_than_255_objects_in_all(self, count):
        keys = {f: {f"f{f} o{i}": square(0) for i in range(count)} for f in (0, 1)}
        with one_sentence(KeyframeError, ValueError, f"{2 * count} objects", "255"):
            propagate(plate(2), keys)

    def test_255_objects_are_fine(self):
        many = (np.arange(H * W) % 256).reshape(SIZE).astype(np.uint8)
        keys = {0: labels(many, {255: "last"})}
        found = propagate(plate(1), keys)
        assert len(found.names) == 255
        np.testing.assert_array_equal(found[0].label_map, many)

    @pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -0.5, 1.5, 255.0])
    def test_pixels_that_are_no_alpha(self, value):
        mask = square(0).astype(np.float32)
        mask[5, 5] = value
        for given in (mask, {"hero": mask}):
            with one_sentence(MaskError, ValueError, "frame 0"):
                propagate(plate(2), {0: given})

    def test_negative_integers(self):
        with one_sentence(MaskError, ValueError, "frame 0", "-1"):
            propagate(plate(2), {0: square(0).astype(np.int16) - 1})

    def test_a_picture_for_a_mask(self, folder, capsys):
        noise = np.random.default_rng(0).integers(0, 255, (H, W, 3)).astype(np.uint8)
        cv2.imwrite("noise.png", noise)
        with one_sentence(MaskError, ValueError, "noise.png"):
            propagate(keys={1001: "noise.png"})
        command_fails(*propagate_command(key="1001=noise.png"), capsys=capsys)

    @pytest.mark.parametrize("ending", ["png", "jpg", "tif", "exr", "foo"])
    def test_missing_or_damaged_files(self, folder, ending, capsys):
        with one_sentence(MaskNotFoundError, FileNotFoundError, f"none.{ending}"):
            propagate(keys={1001: f"none.{ending}"})
        Path(f"bad.{ending}").write_bytes(b"hello world")
        with one_sentence(MaskError, ValueError, f"bad.{ending}"):
            propagate(keys={1001: f"bad.{ending}"})
        command_fails(*propagate_command(key=f"1001=bad.{ending}"), capsys=capsys)

    @pytest.mark.parametrize("mask", [None, "", object(), np.zeros(SIZE, "U1"), [], np.zeros(5)])
    def test_things_that_are_no_masks(self, mask):
        with one_sentence(MaskError, ValueError):
            propagate(plate(2), {0: mask})

    def test_an_empty_mask_is_allowed_with_one_line_of_warning(self, folder):
        cv2.imwrite("hero.png", np.zeros(SIZE, np.uint8))
        command = [sys.executable, "-m", "roto", *propagate_command(), "--short-side", "64"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0
        warning, memory = done.stderr.splitlines()
        assert warning == "roto: The object 'hero' has no pixel in any keyframe: it is absent."
        assert memory.startswith("Memory: at most ")
        assert [cv2.imread(str(p), 0).max() for p in Path("out").iterdir()] == [0] * COUNT


class TestNetworks:
    @pytest.mark.parametrize("name", ["medium", "none.pth", "none.safetensors"])
    def test_no_such_weights(self, folder, name, capsys):
        with one_sentence(WeightsNotFoundError, FileNotFoundError, name):
            propagate(model=name)
        command_fails(*propagate_command(), "--model", name, capsys=capsys)

    @pytest.mark.parametrize("ending", ["pth", "safetensors"])
    def test_weights_that_are_none(self, folder, ending, capsys):
        path = Path(f"bad.{ending}")
        path.write_bytes(b"hello world")
        with one_sentence(WeightsError, ValueError, path.name):
            propagate(model=path)
        command_fails(*propagate_command(), "--model", str(path), capsys=capsys)

    def test_weights_of_another_network(self, folder, capsys):
        torch.save(torch.nn.Linear(3, 3).state_dict(), "linear.pth")
        with one_sentence(WeightsError, ValueError, "linear.pth"):
            propagate(model="linear.pth")
        state = tiny_network().state_dict()
        del state["decoder.pred.bias"]
        torch.save(state, "part.pth")
        error = command_fails(*propagate_command(), "--model", "part.pth", capsys=capsys)
        assert "decoder.pred.bias" in error

    @pytest.mark.parametrize("device", ["cuda:99", "tpu"])
    def test_no_such_device(self, folder, device, capsys):
        with one_sentence(DeviceError, RuntimeError, device):
            propagate(model="small", device=device)
        command_fails(*propagate_command(), "--device", device, capsys=capsys)


@pytest.fixture
def fake(monkeypatch):
    monkeypatch.setattr(roto.cli.propagate, "engine_from", lambda options: FakeEngine())


def fill_disk(monkeypatch, after):
    """From the n-th file on there is no space: half of it is written, then the disk is full."""
    write, calls = Path.write_bytes, []

    def write_bytes(path, data):
        calls.append(path)
        if len(calls) <= after:
            return write(path, data)
        write(path, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", write_bytes)


class TestOutput:
    @pytest.mark.usefixtures("fake")
    def test_a_file_where_a_folder_is_needed(self, folder, capsys):
        Path("out").write_text("mine")
        with one_sentence(ExportError, OSError, "out/hero.1001.png"):
            propagate().save("out/hero.%04d.png")
        command_fails(*propagate_command(), capsys=capsys)
        assert Path("out").read_text() == "mine"

    @pytest.mark.usefixtures("fake")
    def test_a_folder_where_a_file_is_needed(self, folder, capsys):
        Path("out/hero.1001.png").mkdir(parents=True)
        with one_sentence(ExportError, OSError, "out/hero.1001.png", "folder"):
            propagate().save("out/hero.%04d.png")
        command_fails(*propagate_command(), capsys=capsys)

    def test_a_disk_that_is_read_only(self, folder):
        with one_sentence(ExportError, OSError, "/proc/mattes"):
            propagate().save("/proc/mattes/hero.%04d.png")

    @pytest.mark.usefixtures("fake")
    @pytest.mark.parametrize("ending", ["png", "tif"])
    def test_a_disk_that_fills_up(self, folder, ending, capsys, monkeypatch):
        """Whole files stay, the half one goes, and so do temporary ones."""
        fill_disk(monkeypatch, after=2)
        assert main(list(propagate_command(out=f"out/hero.%04d.{ending}"))) == 1
        error = told(capsys)
        assert error == f"roto: error: Cannot write out/hero.1003.{ending}: the disk is full.\n"
        assert sorted(p.name for p in Path("out").iterdir()) == [
            f"hero.{n}.{ending}" for n in (1001, 1002)
        ]

    @pytest.mark.parametrize("ending", ["png", "tif", "exr"])
    def test_a_disk_that_is_really_full(self, folder, ending):
        with small_disk(folder / "disk") as disk:
            result = roto.propagate(noise_clip(), {0: soft_noise()}, model=FakeEngine())
            with one_sentence(ExportError, OSError, "disk is full", f".{ending}"):
                for _ in range(40):
                    result.save(disk / f"{_}.%04d.{ending}")
            assert not [p for p in disk.iterdir() if p.name.startswith(".")]
            assert all(cv2.imread(str(p), -1) is not None for p in disk.glob("*.png"))

    def test_an_overlay_movie_on_a_full_disk(self, folder):
        with small_disk(folder / "disk") as disk:
            frames = np.random.default_rng(0).integers(0, 255, (40, 128, 256, 3), np.uint8)
            with (
                one_sentence(ExportError, OSError, "check.mp4"),
                OverlayMovie(disk / "check.mp4", 24, (128, 256)) as movie,
            ):
                for picture in frames:
                    movie.write(picture)
            assert list(disk.iterdir()) == []


def noise_clip():
    return np.random.default_rng(0).integers(0, 255, (2, 128, 256, 3), np.uint8)


def soft_noise():
    return np.random.default_rng(1).random((128, 256)).astype(np.float32)


@contextmanager
def small_disk(folder):
    """A disk of 256 kB. Mounting one needs a privilege that a person's account lacks."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if os.name != "posix" or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk can only be mounted with root's privileges")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
