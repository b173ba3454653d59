"""The commands that make a project, keyframes and objects, and take steps back."""

from __future__ import annotations

import pytest
from cli_shots import LAST, command, failure, state, status
from shell_projects import json_lines

from roto.cli import main


class TestNew:
    def test_it_says_what_the_clip_is(self, shot, capsys):
        assert main(["new", "other.roto", "--plate", "plate"]) == 0
        out = capsys.readouterr().out
        assert out.startswith("other.roto: 56x40, 12 frames 1001-1012, 24 frames/s\n")
        assert (shot / "other.roto").is_file()

    def test_json(self, shot, capsys):
        capsys.readouterr()
        assert main(["new", "other.roto", "--plate", "plate", "--json"]) == 0
        (line,) = json_lines(capsys)
        assert (line["event"], line["path"]) == ("project", "other.roto")
        assert (line["width"], line["height"], line["frames"]) == (56, 40, [1001, 1012])

    def test_what_is_there_is_left_alone(self, shot, capsys):
        before = (shot / "shot.roto").read_bytes()
        assert "already a file" in failure(capsys, "new", "--plate", "plate")
        assert (shot / "shot.roto").read_bytes() == before

    def test_without_a_plate_nothing_is_made(self, shot, capsys):
        assert main(["new", "other.roto", "--plate", "nothing.mov"]) == 1
        assert "nothing.mov" in capsys.readouterr().err
        assert not (shot / "other.roto").exists()


class TestKey:
    def test_what_a_lock_hides_is_said(self, found, capsys):
        assert command("lock", "1002-1004") == 0
        capsys.readouterr()
        assert command("key", "--correct", "1003:box=box.1004.png") == 0
        note = "Note: box is locked there and is shown as it was; to see this: roto unlock"
        assert f"{note} shot.roto --frames 1003\n" in capsys.readouterr().out
        assert command("unlock", "--frames", "1003") == 0
        capsys.readouterr()
        assert command("key", "--correct", "1003:box=box.1003.png") == 0
        assert "Note" not in capsys.readouterr().out

    def test_masks_absent_and_removed(self, shot, capsys):
        masks = ("1001:box=box.1001.png", "1001:bar=bar.1001.png", "1004:box=box.1004.png")
        assert command("key", *masks) == 0
        assert "1004 box: keyframe set" in capsys.readouterr().out
        assert command("key", "--remove", "1004:box", "--absent", "1006:bar") == 0
        out = capsys.readouterr().out
        assert "1004 box: keyframe removed" in out
        assert "1006 bar: absent" in out
        (_, _, keys, _) = state()
        assert {key: record.absent for key, record in keys.items()} == {
            (1001, 1): False,
            (1001, 2): False,
            (1006, 2): True,
        }

    def test_options_may_stand_before_the_masks(self, found, capsys):
        assert command("key", "--correct", "1003:box=bar.1001.png") == 0
        assert main(["key", "--correct", "shot.roto", "1004=box.1004.png"]) == 0
        assert status(capsys)["box"]["keyframe"] == [1001, 1003, 1004, 1006, LAST]

    def test_a_correction_says_what_it_reaches(self, found, capsys):
        assert command("key", "1003=bar.1001.png", "--correct") == 0
        assert "reaches box at 1002, 1004-1005 (3 frames)" in capsys.readouterr().out
        assert command("key", "--absent", "1009:box", "--correct", "--json") == 0
        key, reach = json_lines(capsys)
        assert (key["event"], key["frame"], key["state"]) == ("key", 1009, "absent")
        assert (reach["event"], reach["frames"]) == ("reach", [1007, 1008, 1010, 1011])

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ([], "at least one"),
            (["box.1001.png"], "1001:hero=mask.png"),
            (["1003=missing.png"], "missing.png"),
            (["1013=box.1001.png"], "no frame 1013"),
            (["1003:box=box.1003.png", "1004:box=missing.png"], "missing.png"),
            (["1003:box=box.1003.png", "1003:box=box.1003.png"], "already"),
            (["--absent", "1003"], "does not say who"),
            (["--absent", "1003:bar"], "no object 'bar'"),
            (["--absent", "box"], "no frame of an object"),
            (["--remove", "1003"], "no keyframe to remove"),
            (["--correct", "1003:bar=bar.1001.png"], "no object 'bar'"),
        ],
    )
    def test_bad_input_changes_nothing(self, found, capsys, arguments, words):
        assert words in failure(capsys, "key", *arguments)

    def test_a_correction_must_say_whose(self, found, capsys):
        assert command("object", "--add", "bar") == 0
        capsys.readouterr()
        assert "Say whose mask" in failure(capsys, "key", "--correct", "1003=bar.1001.png")


class TestObject:
    def test_everything_that_can_be_done(self, found, capsys):
        assert command("object", "--add", "dog", "--add", "cat") == 0
        assert capsys.readouterr().out.splitlines() == ["1 box", "2 dog", "3 cat"]
        changes = ("--rename", "dog=left dog", "--hide", "box", "--remove", "cat")
        assert command("object", *changes, "--lifetime", "box=1001-1010") == 0
        rows = ["1 box, hidden, lives 1001-1010", "2 left dog"]
        assert capsys.readouterr().out.splitlines() == rows
        assert status(capsys)["box"]["absent"] == [1011]
        assert command("object", "--show", "box", "--lifetime", "box=all", "--json") == 0
        box, dog = json_lines(capsys)
        assert (box["name"], box["visible"], box["lifetime"]) == ("box", True, [None, None])
        assert dog["name"] == "left dog"

    def test_a_list_of_none(self, shot, capsys):
        assert command("object") == 0
        assert "no objects" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--add", "box"], "cannot be called"),
            (["--add", "dog", "--hide", "cat"], "no object 'cat'"),
            (["--rename", "box"], "--rename OLD=NEW"),
            (["--lifetime", "box=1001-1050"], "1001-1012"),
            (["--lifetime", "box=1009-1002"], "1002-1009"),
            (["--lifetime", "box=soon"], "'soon' is no range"),
        ],
    )
    def test_bad_input_changes_nothing(self, found, capsys, arguments, words):
        assert words in failure(capsys, "object", *arguments)


class TestUndo:
    def test_back_and_forth(self, found, capsys):
        end = state()
        assert command("undo") == 0
        assert capsys.readouterr().out == "Undone: propagate (3 to undo, 1 to redo).\n"
        assert len(status(capsys)["box"]["missing"]) == 9
        assert command("redo", "--json") == 0
        (line,) = json_lines(capsys)
        assert (line["label"], line["undo"], line["redo"]) == ("propagate", 4, 0)
        assert state() == end
        assert command("redo") == 0
        assert capsys.readouterr().out == "There is nothing to redo.\n"

    def test_to_the_very_start(self, shot, capsys):
        capsys.readouterr()
        assert command("undo") == 0
        assert capsys.readouterr().out == "There is nothing to undo.\n"


class TestHelp:
    @pytest.mark.parametrize(
        "name",
        [
            *("new", "key", "object", "run", "status", "receipt"),
            *("lock", "unlock", "undo", "redo", "export"),
        ],
    )
    def test_every_command_is_listed_and_explained(self, name, capsys):
        for arguments in (["--help"], [name, "--help"]):
            with pytest.raises(SystemExit) as caught:
                main(arguments)
            assert caught.value.code == 0
        out = capsys.readouterr().out
        assert f"\n  {name} " in out
        assert f"usage: roto {name} [-h] [--json] [--debug]" in out
