"""The shell writes over a finished file only where that was asked for."""

from __future__ import annotations

import os

import pytest
from cli_shots import COUNT, LAST, command, failure

import roto
import roto.cli.propagate
from roto.cli import main
from roto.fake_engine import FakeEngine

HERE = "choose another name.\n"


@pytest.fixture
def engines(monkeypatch):
    """How often ``roto propagate`` asked for the network, of which there is none."""
    loaded = []

    def load(options):
        loaded.append(options.output)
        return FakeEngine()

    monkeypatch.setattr(roto.cli.propagate, "engine_from", load)
    return loaded


def propagate(*more, out="out/%04d.png"):
    return main(["propagate", "plate", "--key", "1001=box.1001.png", "-o", out, *more])


def refused(capsys, run):
    """The sentence of a command that must leave every file as it is."""
    before = files()
    capsys.readouterr()
    assert run() == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert files() == before
    return captured.err.removeprefix("roto: error: ")


def files():
    """Everything in the current folder, and when it was written."""
    there = (os.path.join(folder, name) for folder, _, names in os.walk(".") for name in names)
    return {path: os.stat(path).st_mtime_ns for path in there}


def age(*paths):
    """Old files, so that one sees which are written."""
    for path in paths:
        os.utime(path, (1, 1))


def new(folder):
    return sorted(path.name for path in folder.iterdir() if path.stat().st_mtime > 1)


class TestExport:
    def test_it_is_refused_in_one_sentence(self, found, capsys):
        assert command("export", "-o", "out/%04d.png", "--overlay", "check.mp4") == 0
        again = ("export", "-o", "out/%04d.png")
        ways = "--overwrite replaces them, --resume keeps those that are current, or "
        start = f"{COUNT} files are there already, such as out/1001.png: "
        assert refused(capsys, lambda: command(*again)) == start + ways + HERE
        more = (*again, "--overlay", "check.mp4")
        assert refused(capsys, lambda: command(*more)).startswith(f"{COUNT + 1} files are")

    def test_one_file_is_enough(self, found, capsys):
        assert command("export", "-o", "out/%04d.png", "--range", "1003") == 0
        text = refused(capsys, lambda: command("export", "-o", "out/%04d.png"))
        assert text.startswith("1 file is there already, such as out/1003.png: --overwrite repl")
        assert command("export", "-o", "out/%04d.png", "--range", "1001-1002,1004-1012") == 0

    def test_an_overlay_counts_and_cannot_be_resumed(self, found, capsys):
        (found / "check.mp4").write_bytes(b"somebody's")
        more = ("export", "-o", "out/%04d.png", "--overlay", "check.mp4")
        text = "1 file is there already, such as check.mp4: --overwrite replaces it, or "
        assert refused(capsys, lambda: command(*more)) == text + HERE
        assert not (found / "out").exists()
        assert command(*more, "--overwrite") == 0
        with roto.open_clip("check.mp4") as movie:
            assert movie.clip.frame_count == COUNT

    def test_a_movie_cannot_be_resumed(self, found, capsys):
        assert command("export", "-o", "box.mkv") == 0
        text = "1 file is there already, such as box.mkv: --overwrite replaces it, or "
        assert refused(capsys, lambda: command("export", "-o", "box.mkv")) == text + HERE
        age("box.mkv")
        assert command("export", "-o", "box.mkv", "--overwrite") == 0
        assert "box.mkv" in new(found)

    def test_overwrite_writes_all_and_resume_what_is_not_current(self, found, capsys):
        more = ("export", "-o", "out/%04d.png", "--overlay", "check.mp4")
        assert command(*more) == 0
        age("check.mp4", *(found / "out").iterdir())
        assert command(*more, "--overwrite") == 0
        assert len(new(found / "out")) == COUNT
        assert "check.mp4" in new(found)
        (found / "out" / "1003.png").unlink()
        age("check.mp4", *(found / "out").iterdir())
        assert command(*more, "--resume") == 0
        assert new(found / "out") == ["1003.png"]
        assert "check.mp4" in new(found)

    def test_a_file_that_is_not_going_to_be_written_does_not_count(self, found, capsys):
        assert command("key", "1001:bar=bar.1001.png") == 0
        (found / "out").mkdir()
        (found / "out" / "bar.1005.png").write_bytes(b"of another shot")
        assert command("export", "-o", "out/{object}.%04d.png", "--partial") == 0
        assert (found / "out" / "bar.1005.png").read_bytes() == b"of another shot"

    def test_the_plate_is_not_written_over_even_so(self, found, capsys):
        out = ("export", "-o", "plate/plate.%d.png", "--overwrite")
        assert "the clip is read from it" in refused(capsys, lambda: command(*out))

    @pytest.mark.parametrize("name", ["export", "propagate"])
    def test_both_at_once_are_wrong_usage(self, name, capsys):
        more = ["--key", "1001=a.png"] if name == "propagate" else []
        with pytest.raises(SystemExit) as caught:
            main([name, "shot.roto", *more, "-o", "out", "--resume", "--overwrite"])
        assert caught.value.code == 2
        assert "not allowed with" in capsys.readouterr().err

    def test_a_frame_that_is_missing_is_told_first(self, found, capsys):
        """So nobody allows replacing files and then hears that there is nothing to put there."""
        assert command("export", "-o", "out/%04d.png") == 0
        assert command("key", "--correct", "1003=bar.1001.png") == 0
        capsys.readouterr()
        assert "box is open at" in failure(capsys, "export", "-o", "out/%04d.png")


class TestPropagate:
    def test_it_is_refused_before_a_network_is_loaded(self, shot, engines, capsys):
        assert propagate() == 0
        assert len(engines) == 1
        text = refused(capsys, propagate)
        assert text == (
            f"{COUNT} files are there already, such as out/1001.png: --overwrite replaces them, "
            f"--resume keeps them and goes on, or {HERE}"
        )
        assert len(engines) == 1

    def test_overwrite_replaces_them(self, shot, engines, capsys):
        assert propagate("--overlay", "check.mp4") == 0
        age("check.mp4", *(shot / "out").iterdir())
        assert f"{COUNT + 1} files" in refused(capsys, lambda: propagate("--overlay", "check.mp4"))
        assert propagate("--overlay", "check.mp4", "--overwrite") == 0
        assert len(new(shot / "out")) == COUNT
        assert "check.mp4" in new(shot)

    def test_an_overlay_alone(self, shot, engines, capsys):
        (shot / "check.mp4").write_bytes(b"somebody's")
        text = refused(capsys, lambda: propagate("--overlay", "check.mp4"))
        start = "1 file is there already, such as check.mp4: --overwrite replaces it, or choose"
        assert text.startswith(start)
        assert engines == []

    def test_resume_draws_the_overlay_anew(self, shot, engines):
        assert propagate("--overlay", "check.mp4") == 0
        age("check.mp4", *(shot / "out").iterdir())
        assert propagate("--overlay", "check.mp4", "--resume") == 0
        assert new(shot / "out") == []
        assert "check.mp4" in new(shot)

    def test_a_dry_run_is_never_refused(self, shot, engines, capsys):
        assert propagate() == 0
        before = files()
        assert propagate("--dry-run") == 0
        assert files() == before

    def test_only_frames_that_are_written_count(self, shot, engines, capsys):
        assert propagate("--range", "1001-1003") == 0
        assert propagate("--range", f"1004-{LAST}") == 0
        text = refused(capsys, lambda: propagate("--range", "1003-1004"))
        assert text.startswith("2 files are there already, such as out/1003.png")
