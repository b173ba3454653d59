"""``--range`` of ``roto propagate``; and lists of ranges, wherever the shell takes them."""

from __future__ import annotations

import cv2
import pytest
from cli_shots import COUNT, LAST, command, failure, state, status
from shell_projects import json_lines

import roto
import roto.cli.propagate
from roto.cli import main
from roto.cli.texts import parse_ranges
from roto.errors import SettingsError
from roto.fake_engine import FakeEngine


@pytest.fixture
def fake(monkeypatch):
    """``roto propagate`` uses the engine without a network."""
    monkeypatch.setattr(roto.cli.propagate, "engine_from", lambda options: FakeEngine())


def propagate(*more, out="out/%04d.png"):
    keys = ["--key", "1002=box.1002.png", "--key", "1011=box.1011.png"]
    return main(["propagate", "plate", *keys, "-o", out, *more])


def mattes(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.usefixtures("shot", "fake")
class TestPropagate:
    def test_only_these_are_written_and_as_in_a_whole_run(self, shot, capsys):
        """Both keyframes are outside, and count as they do for all frames."""
        assert propagate(out="whole/%04d.png") == 0
        capsys.readouterr()
        assert propagate("--range", "1004-1006", "--json") == 0
        _, *frames, end = json_lines(capsys)
        assert sorted(line["frame"] for line in frames) == [1004, 1005, 1006]
        assert {line["total"] for line in frames} == {3}
        assert end["frames"] == 3
        whole = mattes(shot / "whole")
        assert len(whole) == COUNT
        assert mattes(shot / "out") == {f"{n}.png": whole[f"{n}.png"] for n in (1004, 1005, 1006)}

    def test_a_keyframe_and_a_list(self, shot):
        assert propagate("--range", "1012, 1001-1002") == 0
        assert list(mattes(shot / "out")) == ["1001.png", "1002.png", "1012.png"]
        given = cv2.imread("box.1002.png", cv2.IMREAD_UNCHANGED)
        assert (cv2.imread("out/1002.png", cv2.IMREAD_UNCHANGED) == given).all()

    def test_one_frame_needs_no_number_in_its_name(self, shot):
        assert propagate("--range", "1005", out="one.png") == 0
        assert (shot / "one.png").is_file()

    def test_with_a_direction(self, shot, capsys):
        assert propagate("--range", "1001-1003", "--direction", "forward") == 0
        assert list(mattes(shot / "out")) == ["1002.png", "1003.png"]
        capsys.readouterr()
        more = ("--range", "1012", "--direction", "backward")
        assert propagate(*more, out="none/%04d.png") == 1
        assert "Nothing of 1012 is before the last keyframe" in capsys.readouterr().err
        assert not (shot / "none").exists()

    def test_it_goes_on(self, shot, capsys):
        assert propagate("--range", "1004-1006") == 0
        (shot / "out" / "1005.png").unlink()
        capsys.readouterr()
        assert propagate("--range", "1004-1008", "--resume") == 0
        assert capsys.readouterr().out.startswith("3 frames, 2 kept, ")
        assert len(mattes(shot / "out")) == 5

    def test_the_overlay_shows_only_these(self, shot):
        assert propagate("--range", "1004-1006", "--overlay", "check.mp4") == 0
        with roto.open_clip("check.mp4") as movie:
            assert movie.clip.frame_count == 3

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("1009-1002", "backwards"),
            ("1004-1050", "leaves the clip"),
            ("soon", "'soon' is no range"),
            ("1004,,1006", "'' is no range"),
            ("", "'' is no range"),
        ],
    )
    def test_bad_input_writes_nothing(self, shot, capsys, text, words):
        capsys.readouterr()
        assert propagate("--range", text) == 1
        assert words in capsys.readouterr().err
        assert not (shot / "out").exists()


class TestLists:
    def test_run(self, shot, capsys):
        assert command("key", "1001:box=box.1001.png") == 0
        assert command("run", "--range", "1003-1004,1006") == 0
        assert status(capsys)["box"]["fresh"] == [1003, 1004, 1006]
        assert command("undo") == 0  # of all ranges
        assert status(capsys)["box"]["fresh"] == []

    def test_export(self, found, capsys):
        assert command("export", "-o", "out/%04d.png", "--range", "1001-1002,1005") == 0
        assert list(mattes(found / "out")) == ["1001.png", "1002.png", "1005.png"]
        capsys.readouterr()
        holes = failure(capsys, "export", "-o", "box.mkv", "--range", "1001-1002,1005")
        assert "between frame 1002 and frame 1005 some are left out" in holes

    def test_lock_and_unlock(self, found, capsys):
        assert command("lock", "1009, 1002-1005") == 0
        out = capsys.readouterr().out
        assert out == "Locked 1002-1005, 1009 of all objects: locks 1, 2.\n"
        assert command("unlock", "--frames", "1003,1005,1009") == 0
        out = capsys.readouterr().out
        assert out == "Still locked: 1002 (1), 1004 (2).\n"
        assert command("undo") == 0
        assert command("undo") == 0
        assert state()[1] == {}

    def test_a_lock_of_several_for_programs(self, found, capsys):
        assert command("lock", "1002-1005,1009", "--object", "box", "--json") == 0
        first, second = json_lines(capsys)
        assert (first["ids"], first["frames"]) == ([1], [1002, 1005])
        assert (second["ids"], second["frames"]) == ([2], [1009, 1009])

    def test_nothing_is_locked_where_a_range_is_wrong(self, found, capsys):
        assert "leaves the clip" in failure(capsys, "lock", "1002,1050")

    def test_what_is_understood(self):
        frames = range(1001, LAST + 1)
        assert parse_ranges("1004", frames) == [(1004, 1004)]
        assert parse_ranges("1008-1010, 1001-1003,1005", frames) == [
            (1001, 1003),
            (1005, 1005),
            (1008, 1010),
        ]
        assert parse_ranges("1001-1006,1002,1005-1008,1009", frames) == [(1001, 1009)]
        with pytest.raises(SettingsError, match="'1001 1002' is no range"):
            parse_ranges("1001 1002", frames)
