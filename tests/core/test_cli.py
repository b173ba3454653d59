"""The command line, run in this process on clips of a few frames."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys

import cv2
import numpy as np
import pytest
from media_files import h264
from PIL import Image
from small_engines import SIZE, bar, plate, square

import roto.cli.evaluate
import roto.cli.propagate
import roto.delivery.mattes
from roto import __version__
from roto.cli import main
from roto.fake_engine import FakeEngine
from roto.masks import davis_palette

COUNT = 6
MEMORY = r"Memory: at most \d.*B for 56x40, 1 object, 6 frames\.\n"


@pytest.fixture
def shot(tmp_path, monkeypatch):
    """A folder with plate.1001.png ..., hero.1001.png, bar.1004.png; the current folder."""
    (tmp_path / "plate").mkdir()
    for position, picture in enumerate(plate(COUNT)):
        name = f"plate.{1001 + position}.png"
        cv2.imwrite(str(tmp_path / "plate" / name), picture[..., ::-1])
    cv2.imwrite(str(tmp_path / "hero.1001.png"), square(0) * 255)
    cv2.imwrite(str(tmp_path / "bar.1004.png"), bar() * 255)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def fake(monkeypatch):
    """Commands use the engine without a network."""
    for command in (roto.cli.propagate, roto.cli.evaluate):
        monkeypatch.setattr(command, "engine_from", lambda options: FakeEngine())


def propagate(*more, key=("1001=hero.1001.png",), out="out/hero.%04d.png"):
    keys = [text for one in key for text in ("--key", one)]
    return main(["propagate", "plate/plate.%04d.png", *keys, "-o", out, *more])


def json_lines(capsys):
    captured = capsys.readouterr()
    assert captured.err == ""
    return [json.loads(line) for line in captured.out.splitlines()]


def read(path):
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)


def names(folder):
    return sorted(p.name for p in folder.iterdir())


class TestPropagate:
    def test_with_the_embedded_weights(self, shot, capsys):
        assert propagate("--short-side", "64", "--device", "cpu") == 0
        captured = capsys.readouterr()
        assert re.fullmatch(MEMORY, captured.err)  # no bar without a terminal
        assert captured.out.startswith("6 frames, ")
        assert names(shot / "out") == [f"hero.{n}.png" for n in range(1001, 1007)]
        np.testing.assert_array_equal(read(shot / "out" / "hero.1001.png"), square(0) * 255)
        assert read(shot / "out" / "hero.1006.png").shape == SIZE

    @pytest.mark.usefixtures("fake")
    def test_json_lines(self, shot, capsys):
        assert propagate("--json") == 0
        memory, *frames, end = json_lines(capsys)
        assert (memory["event"], memory["changes"]) == ("memory", [])
        assert memory["peak"] == sum(memory["parts"].values())
        assert [line["frame"] for line in frames] == list(range(1001, 1007))
        assert [line["done"] for line in frames] == list(range(1, 7))
        for line in frames:
            assert line["event"] == "frame"
            assert line["total"] == 6
            assert 0 <= line["confidence"] <= 1
            assert line["files"] == [f"out/hero.{line['frame']}.png"]
        assert (end["event"], end["frames"]) == ("end", 6)

    @pytest.mark.usefixtures("fake")
    def test_a_dry_run_tells_the_memory_and_writes_nothing(self, shot, capsys):
        assert propagate("--dry-run") == 0
        captured = capsys.readouterr()
        assert captured.err == ""
        first, *_, peak, text = captured.out.splitlines()
        assert first.startswith("program ")
        assert peak.startswith("at most ")
        assert text.endswith("1 object, 6 frames.")
        assert not (shot / "out").exists()

    @pytest.mark.usefixtures("fake")
    def test_too_little_memory_is_told_before_anything_is_done(self, shot, capsys):
        assert propagate("--memory-limit", "1M") == 1
        captured = capsys.readouterr()
        assert captured.err.startswith("roto: error: The smallest run takes ")
        assert captured.err.endswith(
            "of memory but 1 MB is the limit that was given; close other programs, or follow "
            "fewer objects.\n"
        )
        assert not (shot / "out").exists()
        assert propagate("--memory-limit", "much") == 1
        assert "no size of memory" in capsys.readouterr().err

    @pytest.mark.usefixtures("fake")
    def test_several_objects_and_keyframes(self, shot):
        keys = ("1001:hero=hero.1001.png", "1004:left bar=bar.1004.png")
        assert propagate(key=keys, out="out/{object}.####.exr") == 0
        assert len(names(shot / "out")) == 12
        assert "left bar.1002.exr" in names(shot / "out")

    @pytest.mark.usefixtures("fake")
    def test_directions(self, shot):
        assert propagate("--direction", "backward", key=("1003:hero=hero.1001.png",)) == 0
        assert names(shot / "out") == [f"hero.{n}.png" for n in (1001, 1002, 1003)]

    @pytest.mark.usefixtures("fake")
    def test_a_movie_with_a_first_frame_of_its_own_and_an_overlay(self, shot):
        h264(shot / "plate.mp4", frames=list(plate(COUNT)))
        command = ["propagate", "plate.mp4", "--first-frame", "1", "--key", "1=hero.1001.png"]
        assert main([*command, "-o", "out", "--overlay", "check.mp4"]) == 0
        assert names(shot / "out") == [f"hero.{n:04d}.png" for n in range(1, 7)]
        with roto.open_clip("check.mp4") as movie:
            assert movie.clip.frame_count == COUNT
            assert (movie.clip.height, movie.clip.width) == SIZE

    @pytest.mark.parametrize(
        "keys",
        [
            ("hero.1001.png",),
            ("1001=",),
            ("1001=hero.1001.png", "1001=hero.1001.png"),
            ("1001=hero.1001.png", "1001:hero=hero.1001.png"),
            ("1001:hero=hero.1001.png", "1001:hero=hero.1001.png"),
        ],
    )
    def test_keys_that_are_not_understood(self, shot, keys, capsys):
        assert propagate(key=keys) == 1
        error = capsys.readouterr().err
        assert error.startswith("roto: error: --key ")
        assert error.count("\n") == 1
        assert not (shot / "out").exists()


@pytest.mark.usefixtures("fake")
class TestResume:
    def test_only_what_is_missing_is_written(self, shot, capsys):
        assert propagate() == 0
        whole = {p.name: p.read_bytes() for p in (shot / "out").iterdir()}
        for path in (shot / "out").iterdir():
            os.utime(path, (1, 1))
        for frame in (1003, 1006):
            (shot / "out" / f"hero.{frame}.png").unlink()
        capsys.readouterr()
        assert propagate("--resume", "--json") == 0
        _, *frames, end = json_lines(capsys)
        assert [(line["frame"], line["total"]) for line in frames] == [(1003, 2), (1006, 2)]
        assert end["frames"] == 2
        new = [p.name for p in (shot / "out").iterdir() if p.stat().st_mtime > 1]
        assert sorted(new) == ["hero.1003.png", "hero.1006.png"]
        assert {p.name: p.read_bytes() for p in (shot / "out").iterdir()} == whole

    def test_with_nothing_left_to_do(self, shot, capsys):
        assert propagate() == 0
        capsys.readouterr()
        assert propagate("--resume") == 0
        assert capsys.readouterr().out.startswith("0 frames, 6 kept")

    def test_a_frame_with_one_of_two_objects_is_not_finished(self, shot, capsys):
        keys = ("1001:hero=hero.1001.png", "1001:bar=bar.1004.png")
        assert propagate(key=keys, out="out/{object}.%04d.png") == 0
        (shot / "out" / "bar.1005.png").unlink()
        capsys.readouterr()
        assert propagate("--resume", "--json", key=keys, out="out/{object}.%04d.png") == 0
        assert [line.get("frame") for line in json_lines(capsys)[1:-1]] == [1005]

    def test_with_overwrite_everything_is_written_anew(self, shot):
        assert propagate() == 0
        for path in (shot / "out").iterdir():
            os.utime(path, (1, 1))
        assert propagate("--overwrite") == 0
        assert all(p.stat().st_mtime > 1 for p in (shot / "out").iterdir())


class TestInterrupt:
    @pytest.mark.usefixtures("fake")
    def test_finished_mattes_are_kept_and_resume_goes_on(self, shot, capsys, monkeypatch):
        write, calls = roto.delivery.mattes.write_matte, []

        def interrupted(path, *args, **kwargs):
            calls.append(path)
            if len(calls) == 4:
                raise KeyboardInterrupt
            write(path, *args, **kwargs)

        monkeypatch.setattr(roto.delivery.mattes, "write_matte", interrupted)
        assert propagate() == 130
        captured = capsys.readouterr()
        assert "--resume" in captured.out
        assert "Traceback" not in captured.err
        assert names(shot / "out") == ["hero.1001.png", "hero.1002.png", "hero.1003.png"]
        assert propagate("--resume") == 0
        assert len(names(shot / "out")) == 6

    def test_a_real_signal(self, shot):
        """No half-written or temporary file is left, and the exit code is the shell's 130."""
        command = [sys.executable, "-m", "roto", "propagate", "plate", "--json", "-o", "out"]
        command += ["--key", "1001=hero.1001.png", "--short-side", "64", "--precision", "float32"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["event"] == "memory"
            assert json.loads(process.stdout.readline())["frame"] == 1001
            process.send_signal(signal.SIGINT)
            _, error = process.communicate(timeout=60)
        assert b"Traceback" not in error
        # The signal may meet a run that is just over.
        assert process.returncode == 130 or len(names(shot / "out")) == COUNT
        assert all(read(shot / "out" / name) is not None for name in names(shot / "out"))


class TestOthers:
    def test_info(self, shot, capsys):
        assert main(["info", "plate"]) == 0
        out = capsys.readouterr().out
        assert "56" in out
        assert "1001" in out
        assert "1006" in out
        assert main(["info", "plate", "--json"]) == 0
        (line,) = json_lines(capsys)
        assert (line["event"], line["width"], line["height"]) == ("clip", 56, 40)
        assert (line["first_frame"], line["frame_count"], line["frame_rate"]) == (1001, 6, "24")
        assert line["missing"] == []

    def test_info_tells_missing_frames(self, shot, capsys):
        (shot / "plate" / "plate.1003.png").unlink()
        assert main(["info", "plate", "--json"]) == 0
        assert json_lines(capsys)[0]["missing"] == [1003]

    def test_models(self, capsys):
        assert main(["models", "--json"]) == 0
        lines = json_lines(capsys)
        small = next(line for line in lines if line["name"] == "small")
        assert 4e6 < small["parameters"] < 7e6
        assert main(["models"]) == 0
        assert "M parameters" in capsys.readouterr().out

    @pytest.mark.usefixtures("fake")
    def test_evaluate(self, shot, capsys):
        davis = write_davis(shot / "davis")
        assert main(["evaluate", str(davis), "--report", "scores.json"]) == 0
        out = capsys.readouterr().out
        assert "box: J&F 99" in out  # the frames are JPEG files
        report = json.loads((shot / "scores.json").read_text())
        assert report["engine"]["name"] == "fake"
        assert main(["evaluate", str(davis), "--json", "--sequences", "box"]) == 0
        sequence, scores = json_lines(capsys)
        assert (sequence["event"], sequence["name"]) == ("sequence", "box")
        assert scores["j_and_f"] > 0.99

    def test_evaluate_with_the_embedded_weights(self, shot, capsys):
        davis = write_davis(shot / "davis")
        assert main(["evaluate", str(davis), "--json", "--sequences", "two"]) == 0
        _, scores = json_lines(capsys)
        assert 0 <= scores["j_and_f"] <= 1

    def test_version_and_help(self, capsys):
        for argument, wanted in (("--version", __version__), ("--help", "propagate")):
            with pytest.raises(SystemExit) as caught:
                main([argument])
            assert caught.value.code == 0
            assert wanted in capsys.readouterr().out

    @pytest.mark.parametrize("command", ["demo", "propagate", "info", "models", "evaluate"])
    def test_every_command_has_help(self, command, capsys):
        with pytest.raises(SystemExit) as caught:
            main([command, "--help"])
        assert caught.value.code == 0
        assert "--debug" in capsys.readouterr().out

    def test_wrong_usage_exits_with_two(self, capsys):
        with pytest.raises(SystemExit) as caught:
            main(["propagate"])
        assert caught.value.code == 2
        assert "plate" in capsys.readouterr().err

    def test_a_reader_that_goes_away_is_no_error(self):
        command = f"{sys.executable} -m roto models --json | true; exit ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", command], capture_output=True)
        assert done.stderr == b""
        assert done.returncode == 0


def write_davis(folder):
    """Two sequences of six frames, one with one object, one with two."""
    for name, second in (("box", False), ("two", True)):
        images, annotations = (folder / kind / name for kind in ("JPEGImages", "Annotations"))
        images.mkdir(parents=True)
        annotations.mkdir(parents=True)
        for position, picture in enumerate(plate(COUNT)):
            Image.fromarray(picture).save(images / f"{position:05d}.jpg", quality=100)
            labels = Image.fromarray(square(position) + 2 * second * bar())
            labels.putpalette(davis_palette().tobytes())
            labels.save(annotations / f"{position:05d}.png")
    return folder


class TestErrors:
    def test_one_line_and_exit_code_one(self, shot, capsys):
        assert main(["info", "nothing.mov"]) == 1
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("roto: error: ")
        assert captured.err.count("\n") == 1
        assert "nothing.mov" in captured.err

    def test_debug_shows_the_traceback(self, shot):
        command = [sys.executable, "-m", "roto", "info", "nothing.mov", "--debug"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 1
        assert "Traceback" in done.stderr
        assert "ClipNotFoundError" in done.stderr

    @pytest.mark.parametrize(
        "more",
        [
            ("--short-side", "8"),
            ("--memory-every", "0"),
            ("--top-k", "-1"),
            ("--device", "tpu"),
            ("--precision", "float8"),
            ("--model", "medium"),
            ("--model", "missing.pth"),
            ("--bit-depth", "12"),
            ("-o", "out/hero.%04d.jpg"),
            ("-o", "out/hero.png"),
            ("--key", "1003=hero.1001.jpg"),
            ("--key", "9999=hero.1001.png"),
        ],
    )
    def test_nothing_is_written(self, shot, more, capsys):
        before = sorted(p for p in shot.rglob("*"))
        assert propagate(*more) == 1
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("roto: error: ")
        assert captured.err.count("\n") == 1
        assert "Traceback" not in captured.err
        assert sorted(p for p in shot.rglob("*")) == before
