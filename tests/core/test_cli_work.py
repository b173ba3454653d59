"""The commands on a project, run in this process on a clip of twelve frames."""

from __future__ import annotations

import subprocess
import sys

import cv2
import numpy as np
import pytest
from shell_projects import json_lines, pretend
from small_engines import SIZE, bar, plate, square

import roto
import roto.cli.common
import roto.cli.propagate
from roto.cli import main
from roto.fake_engine import FakeMemory

COUNT = 12
LAST = 1000 + COUNT


@pytest.fixture
def shot(tmp_path, monkeypatch):
    """A folder with a plate, masks of a box and a bar, and shot.roto; the current folder."""
    pretend(monkeypatch)
    (tmp_path / "plate").mkdir()
    for position, picture in enumerate(plate(COUNT)):
        cv2.imwrite(str(tmp_path / "plate" / f"plate.{1001 + position}.png"), picture[..., ::-1])
        cv2.imwrite(str(tmp_path / f"box.{1001 + position}.png"), square(position) * 255)
    cv2.imwrite(str(tmp_path / "bar.1001.png"), bar() * 255)
    monkeypatch.chdir(tmp_path)
    assert command("new", "--plate", "plate") == 0
    return tmp_path


@pytest.fixture
def found(shot, capsys):
    """The same, the box keyed at three frames and propagated."""
    masks = [f"{frame}:box=box.{frame}.png" for frame in (1001, 1006, LAST)]
    assert command("key", *masks) == 0
    assert command("run") == 0
    capsys.readouterr()
    return shot


def command(name, *more):
    return main([name, "shot.roto", *more])


def failure(capsys, name, *more):
    """The sentence of a command that must fail; the project stays as it is."""
    before = state()
    assert command(name, *more) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("roto: error: ")
    assert captured.err.count("\n") == 1
    assert state() == before
    return captured.err


def state():
    """All rows of the project."""
    with roto.open_session("shot.roto", read_only=True) as session:
        project = session.project
        rows = (project.objects(), project.locks(), project.keyframes(), project.results())
        return [dict(row) for row in rows]


def status(capsys):
    """Per object and state the frames."""
    capsys.readouterr()
    assert command("status", "--json") == 0
    return {line["name"]: line for line in json_lines(capsys) if line["event"] == "object"}


def mattes(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


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


class TestRun:
    def test_a_first_run_and_one_with_nothing_to_do(self, shot, capsys):
        assert command("key", "1001:box=box.1001.png") == 0
        capsys.readouterr()
        assert command("run") == 0
        captured = capsys.readouterr()
        assert captured.out.startswith("11 frames in ")
        assert captured.err == ""  # no bar without a terminal
        assert command("run") == 0
        assert capsys.readouterr().out == "There is nothing to propagate.\n"

    def test_json(self, shot, capsys):
        assert command("key", "1001:box=box.1001.png") == 0
        capsys.readouterr()
        assert command("run", "--range", "1002-1004", "--json") == 0
        *frames, end = json_lines(capsys)
        assert [line["frame"] for line in frames] == [1002, 1003, 1004]
        assert all("files" not in line and 0 <= line["confidence"] <= 1 for line in frames)
        assert (end["event"], end["frames"], end["stale"]) == ("end", 3, [])
        assert end["missing"] == list(range(1005, LAST + 1))

    def test_range_object_and_direction(self, found, capsys):
        assert command("key", "1004:bar=bar.1001.png") == 0
        assert command("run", "--object", "bar", "--direction", "backward") == 0
        assert status(capsys)["bar"]["fresh"] == [1001, 1002, 1003]
        assert command("run", "--range", "1005") == 0
        assert status(capsys)["bar"]["fresh"] == [1001, 1002, 1003, 1005]

    def test_stale_frames_are_told_and_refreshed(self, found, capsys):
        assert command("key", "--correct", "1003=bar.1001.png") == 0
        capsys.readouterr()
        assert command("run") == 0
        out = capsys.readouterr().out
        assert out.startswith("3 frames in ")
        assert "Still stale: 1007-1011 (roto run shot.roto --stale)" in out
        assert command("run", "--stale") == 0
        assert "stale" not in capsys.readouterr().out

    def test_settings_are_remembered(self, found, capsys):
        assert command("run", "--stale", "--memory-every", "2") == 0
        assert status(capsys)["box"]["stale"] == []
        assert command("run") == 0
        assert command("key", "1009=box.1009.png") == 0
        assert command("run") == 0
        assert status(capsys)["box"]["stale"] == [1002, 1003, 1004, 1005]
        assert command("run", "--stale") == 0
        assert status(capsys)["box"]["stale"] == []
        capsys.readouterr()
        assert command("run", "--memory-every", "5") == 0  # to be understood as: from now on
        frames = "1002-1005, 1007-1008, 1010-1011"
        out = "There is nothing to propagate.\n"
        out += f"Still stale: {frames} (roto run shot.roto --stale)\n"
        assert capsys.readouterr().out == out

    def test_a_stop_keeps_what_is_done(self, shot, capsys, monkeypatch):
        assert command("key", "1001:box=box.1001.png") == 0
        capsys.readouterr()
        predict = FakeMemory.predict

        def interrupted(self, frame, *rest):
            if frame == 1005:
                raise KeyboardInterrupt
            return predict(self, frame, *rest)

        monkeypatch.setattr(FakeMemory, "predict", interrupted)
        assert command("run") == 130
        out = capsys.readouterr().out
        assert out == "Stopped, 3 frames finished and kept; roto run shot.roto goes on.\n"
        monkeypatch.undo()
        pretend(monkeypatch)
        monkeypatch.chdir(shot)
        assert status(capsys)["box"]["fresh"] == [1002, 1003, 1004]
        assert command("run") == 0
        assert status(capsys)["box"]["missing"] == []

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--range", "1009-1002"], "backwards"),
            (["--range", "0900-1002"], "leaves the clip"),
            (["--range", "1-2-3"], "no range"),
            (["--object", "cat"], "no object 'cat'"),
            (["--model", "medium"], "no model 'medium'"),
            (["--short-side", "8"], "short_side"),
        ],
    )
    def test_bad_input_changes_nothing(self, found, capsys, arguments, words):
        assert words in failure(capsys, "run", *arguments)

    def test_without_a_keyframe(self, shot, capsys):
        capsys.readouterr()
        assert "no keyframe" in failure(capsys, "run", "--short-side", "240")
        with roto.open_session("shot.roto") as session:
            assert session.project.settings() == {}


class TestStatus:
    def test_from_nothing_to_everything(self, shot, capsys):
        capsys.readouterr()
        assert command("status") == 0
        out = capsys.readouterr().out
        assert "56x40, 12 frames 1001-1012" in out
        assert "roto key shot.roto 1001:NAME=MASK" in out
        assert command("key", "1001:box=box.1001.png", "1006:box=box.1006.png") == 0
        capsys.readouterr()
        assert command("status") == 0
        out = capsys.readouterr().out
        assert "  keyframe  1001, 1006\n" in out
        assert "  missing   1002-1005, 1007-1012  (10)\n" in out
        assert "  roto run shot.roto  10 frames to find\n" in out

    def test_locks_hidden_objects_and_what_is_stale(self, found, capsys):
        assert command("lock", "1008-1009") == 0
        assert command("object", "--hide", "box") == 0
        assert command("key", "--correct", "1003=bar.1001.png") == 0
        capsys.readouterr()
        assert command("status") == 0
        out = capsys.readouterr().out
        assert "\nbox (hidden)\n" in out
        assert "  open      1002, 1004-1005  (3)\n" in out
        assert "  locked    1008-1009  (2)\n" in out
        assert "  stale     1007, 1010-1011  (3)\n" in out
        assert "  1         1008-1009, all objects\n" in out
        assert "last step: correct (" in out
        assert "  roto run shot.roto --stale  3 frames would come out differently now\n" in out

    def test_frames_that_are_worth_a_keyframe(self, shot, capsys):
        assert command("key", "1001:box=box.1001.png") == 0
        assert status(capsys)["box"]["missing"]
        capsys.readouterr()
        assert command("status") == 0
        assert "suggested" not in capsys.readouterr().out  # nothing is known yet
        assert command("run") == 0
        with roto.open_session("shot.roto", read_only=True) as session:
            best = session.suggest(3)
        capsys.readouterr()
        assert command("status") == 0
        out = capsys.readouterr().out
        assert len(best) == 3
        lines = "".join(f"  {s.frame:<9} box, {s.reason}\n" for s in best)
        assert f"\nsuggested next frames\n{lines}\nnext\n" in out
        assert command("status", "--json") == 0
        told = [line for line in json_lines(capsys) if line["event"] == "suggestion"]
        assert [line["frame"] for line in told] == [s.frame for s in best]

    def test_while_another_process_works(self, found, capsys):
        with roto.open_session("shot.roto") as session:
            assert command("status") == 0
            assert "fresh" in capsys.readouterr().out
            process = failure(capsys, "key", "1003=box.1003.png")
            assert "is being edited by" in process
            assert "roto status, receipt and export only look" in process
            assert "read_only=" not in process
            session.lock(1003)
            assert status(capsys)["box"]["locked"] == [1003]

    def test_it_loads_no_network(self, found):
        code = "import sys; from roto.cli import main; main(['status', 'shot.roto'])"
        code += "; print('torch' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.stdout.splitlines()[-1] == "False"
        assert "fresh" in done.stdout

    def test_a_plate_that_was_moved(self, found, capsys):
        (found / "plate").rename(found / "elsewhere")
        assert command("status") == 1
        assert "plate" in capsys.readouterr().err
        assert command("status", "--plate", "elsewhere") == 0

    @pytest.mark.parametrize(
        "value", [5, {"model": "small"}, {"model": 3, "settings": {"short_side": "all"}}]
    )
    def test_a_network_that_is_not_understood(self, found, capsys, caplog, value):
        with roto.open_session("shot.roto") as session, session.project.edit("odd") as edit:
            edit.set_setting("network", value)
        assert command("status") == 0
        assert "not understood" in caplog.text
        assert "fresh" in capsys.readouterr().out

    def test_no_project(self, shot, capsys):
        capsys.readouterr()
        for name in ("status", "run", "undo", "receipt"):
            assert main([name, "nothing.roto"]) == 1
            assert "nothing.roto" in capsys.readouterr().err
        assert not (shot / "nothing.roto").exists()

    def test_a_file_that_is_no_project(self, shot, capsys):
        capsys.readouterr()
        (shot / "shot.roto").write_bytes(b"PNG, perhaps")
        assert command("status") == 1
        assert capsys.readouterr().err.startswith("roto: error: ")


class TestLock:
    def test_locked_frames_stay(self, found, capsys):
        assert command("export", "-o", "before/%04d.png") == 0
        assert command("lock", "1004-1005", "--object", "box") == 0
        assert "Locked 1004-1005 of box: lock 1." in capsys.readouterr().out
        assert command("key", "--correct", "1003=bar.1001.png") == 0
        assert command("run") == 0
        assert command("export", "-o", "after/%04d.png") == 0
        before, after = mattes(found / "before"), mattes(found / "after")
        changed = [name for name in before if before[name] != after[name]]
        assert "1003.png" in changed
        assert not {"1004.png", "1005.png"} & set(changed)

    def test_a_region_and_unlocking(self, found, capsys):
        assert command("lock", "1004", "--region", "bar.1001.png") == 0
        assert "inside bar.1001.png" in capsys.readouterr().out
        (_, locks, _, _) = state()
        assert locks[1].region is not None
        assert command("lock", "1007-1008", "--json") == 0
        (line,) = json_lines(capsys)
        assert (line["event"], line["ids"], line["frames"]) == ("lock", [2], [1007, 1008])
        assert command("unlock", "2") == 0
        assert "Removed lock 2." in capsys.readouterr().out
        assert command("unlock") == 0
        assert "Removed lock 1." in capsys.readouterr().out
        assert command("unlock") == 0
        assert "no locks" in capsys.readouterr().out

    def test_a_part_is_unlocked(self, found, capsys):
        assert command("lock", "1002-1008") == 0
        assert command("unlock", "1", "--frames", "1004-1005") == 0
        assert "Still locked: 1002-1003 (1), 1006-1008 (2)." in capsys.readouterr().out
        assert command("unlock", "--frames", "1003", "--region", "bar.1001.png", "--json") == 0
        (line,) = json_lines(capsys)
        assert (line["ids"], line["left"]) == ([], [1, 3])
        (_, locks, _, _) = state()
        assert [(k.first, k.last, k.region is None) for k in locks.values()] == [
            (1002, 1002, True),
            (1006, 1008, True),
            (1003, 1003, False),
        ]
        assert command("unlock", "2", "--frames", "1010") == 0
        assert "Nothing of that is locked." in capsys.readouterr().out

    def test_what_was_never_found_is_told(self, shot, capsys):
        assert command("key", "1001:box=box.1001.png") == 0
        assert command("lock", "1001-1003") == 0
        assert "never found at 1002-1003" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["lock", "1004-1050"], "leaves the clip"),
            (["lock", "soon"], "no range"),
            (["lock", "1004", "--object", "cat"], "no object 'cat'"),
            (["lock", "1004", "--region", "small.png"], "small.png"),
            (["unlock", "7"], "no lock 7"),
            (["unlock", "--frames", "1050"], "leaves the clip"),
        ],
    )
    def test_bad_input_changes_nothing(self, found, capsys, arguments, words):
        cv2.imwrite("small.png", np.full((4, 4), 255, np.uint8))
        assert words in failure(capsys, *arguments)


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


class TestReceipt:
    def test_of_a_first_run(self, found, capsys):
        assert command("receipt") == 0
        assert "box: found for the first time at 1002-1005, 1007-1011" in capsys.readouterr().out

    def test_of_a_correction(self, found, capsys):
        correct_to_nothing(capsys)
        assert command("receipt", "--sort", "change") == 0
        label, head, *rows, hint = capsys.readouterr().out.splitlines()
        assert label == "9 frames changed."
        assert head.split() == ["frame", "object", "pixels", "overlap", "edge", "moved", "by"]
        pixels = [int(row.split()[2]) for row in rows]
        assert pixels == sorted(pixels, reverse=True)
        assert len({len(row) for row in (head, *rows)}) == 1
        assert "--accept" in hint
        assert command("receipt", "--json") == 0
        *changes, end = json_lines(capsys)
        frames = [line["frame"] for line in changes]
        assert frames == sorted(frames)
        assert all(0 <= line["iou"] < 1 and not line["first"] for line in changes)
        assert end["changes"] == len(changes) == len(rows)

    def test_frames_are_brought_back(self, found, capsys):
        before = state()[3]
        correct_to_nothing(capsys)
        assert command("receipt", "--revert", "1002-1004") == 0
        assert "Brought back 1002-1004 (3 frames)" in capsys.readouterr().out
        rows = state()[3]
        same = [key for key in rows if rows[key] == before[key]]
        assert same == [(1002, 1), (1003, 1), (1004, 1)]

    def test_it_is_accepted(self, found, capsys):
        assert command("receipt", "--accept") == 0
        assert capsys.readouterr().out.startswith("Accepted: 9 frames")
        assert command("receipt") == 0
        assert "no receipt" in capsys.readouterr().out
        assert command("receipt", "--accept", "--json") == 0
        assert json_lines(capsys) == [{"event": "accept", "accepted": False}]

    def test_a_range_outside(self, found, capsys):
        assert "leaves the clip" in failure(capsys, "receipt", "--revert", "1-5")


def correct_to_nothing(capsys):
    """The keyframe at 1006 shows the bar instead, and all that hangs on it is found again."""
    assert command("key", "--correct", "1006=bar.1001.png") == 0
    assert command("run") == 0
    capsys.readouterr()


class TestExport:
    def test_mattes_of_all_or_some(self, found, capsys):
        assert command("key", "1001:bar=bar.1001.png") == 0
        assert command("run") == 0
        capsys.readouterr()
        assert command("export", "-o", "out/{object}.%04d.png") == 0
        assert capsys.readouterr().out == "Wrote 24 mattes of box, bar: out/{object}.%04d.png\n"
        assert len(mattes(found / "out")) == 24
        given = cv2.imread("box.1006.png", cv2.IMREAD_UNCHANGED)
        np.testing.assert_array_equal(cv2.imread("out/box.1006.png", cv2.IMREAD_UNCHANGED), given)
        some = ("--object", "bar", "--range", "1002-1003", "--bit-depth", "16", "--json")
        assert command("export", "-o", "bar.####.png", *some) == 0
        *frames, end = json_lines(capsys)
        assert [line["files"] for line in frames] == [["bar.1002.png"], ["bar.1003.png"]]
        assert end["files"] == 2
        assert cv2.imread("bar.1002.png", cv2.IMREAD_UNCHANGED).dtype == np.uint16

    def test_an_overlay(self, found):
        assert command("key", "--correct", "1003=bar.1001.png") == 0
        more = ("--range", "1002-1004", "--overlay", "check.mp4", "--partial")
        assert command("export", "-o", "out", *more) == 0
        with roto.open_clip("check.mp4") as movie:
            assert movie.clip.frame_count == 3
            assert (movie.clip.height, movie.clip.width) == SIZE
            before, corrected, _ = (image.astype(int) for _, image in movie.frames())
        difference = np.abs(corrected - before).mean(2)
        assert difference[bar() > 0].mean() > 20  # the mask lies there at one frame only
        assert difference[:6].mean() < 5

    def test_what_is_missing_or_open_is_named(self, found, capsys):
        assert command("key", "--correct", "1003=bar.1001.png") == 0
        assert command("key", "1001:bar=bar.1001.png") == 0
        capsys.readouterr()
        message = failure(capsys, "export", "-o", "out/{object}.%04d.png")
        assert "bar is missing at 1002-1012" in message
        assert "box is open at 1002, 1004-1005" in message
        assert "roto run shot.roto" in message
        assert not (found / "out").exists()
        assert command("export", "-o", "out/{object}.%04d.png", "--partial") == 0
        names = list(mattes(found / "out"))
        assert [name for name in names if name.startswith("bar")] == ["bar.1001.png"]
        assert len(names) == 1 + COUNT

    def test_while_another_process_works(self, found):
        with roto.open_session("shot.roto"):
            assert command("export", "-o", "out") == 0

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["-o", "out.png"], "add %04d"),
            (["-o", "out/%04d.jpg"], "JPEG"),
            (["-o", "out", "--bit-depth", "12"], "not 12"),
            (["-o", "out", "--object", "cat"], "no object 'cat'"),
            (["-o", "out", "--range", "1-5"], "leaves the clip"),
        ],
    )
    def test_bad_input_writes_nothing(self, found, capsys, arguments, words):
        assert words in failure(capsys, "export", *arguments)
        assert not (found / "out").exists()

    def test_no_objects(self, shot, capsys):
        capsys.readouterr()
        assert "no objects" in failure(capsys, "export", "-o", "out")


class TestReadOnly:
    @pytest.mark.parametrize(
        "arguments",
        [
            ["key", "1003=box.1003.png"],
            ["object", "--add", "cat"],
            ["run"],
            ["lock", "1003"],
            ["undo"],
            ["receipt", "--accept"],
        ],
    )
    def test_nothing_is_edited_in_a_folder_of_somebody_else(
        self, found, capsys, monkeypatch, arguments
    ):
        def refuse(self, project):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("roto.project.file.WriterLock.__init__", refuse)
        assert "cannot be edited" in failure(capsys, *arguments)
        assert command("status") == 0
        assert command("receipt") == 0


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
