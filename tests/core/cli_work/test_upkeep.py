"""``roto compact`` and ``roto check``: the project's file made small, and read for damage."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from cli_shots import command, failure, state
from shell_projects import json_lines

from roto.cli import main
from roto.project import Project

SIZE = Path("shot.roto")


@pytest.fixture
def painted(found):
    """The same, and a bar that was painted over and over: noise, which nothing makes small."""
    chance = np.random.default_rng(7)
    for _ in range(12):
        noise = (chance.random((40, 56)) < 0.5).astype(np.uint8) * 255
        cv2.imwrite("noise.png", noise)
        assert command("key", "1003:bar=noise.png") == 0
    return found


class TestCompact:
    def test_what_is_given_back_is_said(self, painted, capsys):
        before, rows = SIZE.stat().st_size, state()
        capsys.readouterr()
        assert command("compact", "--keep-steps", "2") == 0
        after = SIZE.stat().st_size
        assert after < before
        assert state() == rows
        back, left = (f"{size / 1e6:.1f} MB" for size in (before - after, after))
        steps = "2 steps to undo, 14 older ones forgotten"
        assert capsys.readouterr().out == f"Gave back {back}: shot.roto takes {left} ({steps}).\n"
        assert os.listdir().count("shot.roto-wal") == 0
        for _ in range(2):
            assert command("undo") == 0
        assert command("undo") == 0
        assert capsys.readouterr().out.endswith("There is nothing to undo.\n")

    def test_all_steps_of_a_day_are_kept(self, painted, capsys):
        capsys.readouterr()
        assert command("compact", "--json") == 0
        (end,) = json_lines(capsys)
        size = SIZE.stat().st_size
        back = end.pop("given_back")
        assert back >= 0
        assert end == {"event": "end", "bytes": size, "steps": 16, "forgotten": 0}

    def test_the_clip_need_not_be_there(self, found, capsys):
        (found / "plate").rename(found / "moved")
        assert command("compact") == 0
        assert command("check") == 0

    def test_not_while_another_process_edits(self, found, capsys):
        code = (
            "import sys; from roto.project import Project; project = Project.open('shot.roto'); "
            "print('open', flush=True); sys.stdin.read()"
        )
        before = SIZE.read_bytes()
        with subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as other:
            assert other.stdout.readline() == b"open\n"
            told = failure(capsys, "compact")
            assert f"shot.roto is being edited by process {other.pid}; close it there" in told
            assert command("check") == 0
            other.stdin.close()
        assert SIZE.read_bytes() == before
        assert command("compact") == 0

    def test_steps_that_cannot_be_kept(self, found, capsys):
        assert "-1 steps cannot be kept" in failure(capsys, "compact", "--keep-steps", "-1")


class TestCheck:
    def test_a_whole_project(self, found, capsys):
        size = SIZE.stat().st_size
        assert command("check") == 0
        assert capsys.readouterr().out == f"shot.roto is whole: {size / 1e6:.1f} MB read.\n"
        assert command("check", "--json") == 0
        assert json_lines(capsys) == [{"event": "end", "bytes": size}]

    def test_a_damaged_mask_is_told(self, found, capsys):
        with Project.open(SIZE, read_only=True) as project:
            blob = project.keyframes()[1006, 1].blob
        with contextlib.closing(sqlite3.connect(SIZE)) as other, other:
            other.execute("UPDATE blobs SET data = x'00' WHERE hash = ?", [blob])
        told = failure(capsys, "check")
        assert f"shot.roto is damaged: the blob {blob[:12]} is not what was stored" in told

    def test_no_project(self, shot, capsys):
        capsys.readouterr()
        assert main(["check", "none.roto"]) == 1
        assert capsys.readouterr().err == (
            f"roto: error: There is no project {str(Path('none.roto').absolute())!r}; "
            "check the path.\n"
        )
        assert main(["compact", "plate/plate.1001.png"]) == 1
        assert "is not a roto project" in capsys.readouterr().err
        assert not Path("plate/plate.1001.png-lock").exists()
