"""The commands that propagate and tell how the work stands."""

from __future__ import annotations

import subprocess
import sys

import pytest
from cli_shots import LAST, command, failure, status
from shell_projects import json_lines, pretend

import roto
import roto.cli.common
import roto.cli.propagate
from roto.cli import main
from roto.fake_engine import FakeMemory


class TestRun:
    def test_a_first_run_and_one_with_nothing_to_do(self, shot, capsys):
        assert command("key", "1001:box=box.1001.png") == 0
        capsys.readouterr()
        assert command("run") == 0
        captured = capsys.readouterr()
        assert captured.out.startswith("11 frames in ")
        assert captured.err.startswith("Memory: at most ")
        assert captured.err.count("\n") == 1  # no bar without a terminal
        assert command("run") == 0
        assert capsys.readouterr().out == "There is nothing to propagate.\n"

    def test_json(self, shot, capsys):
        assert command("key", "1001:box=box.1001.png") == 0
        capsys.readouterr()
        assert command("run", "--range", "1002-1004", "--json") == 0
        memory, *frames, end = json_lines(capsys)
        assert memory["event"] == "memory"
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
