"""The README is run: its script, its shell lines, its message, and the command that CI uses."""

from __future__ import annotations

import re
import shlex
import shutil
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import pytest

import roto
from roto.cli import main as command_line
from roto.cli.main import _parser
from roto.cli.propagate import parse_keys
from roto.export import FramePattern, write_matte
from roto.masks.files import read_picture

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def shell_lines():
    return [line for block in blocks("sh") for line in block.splitlines()]


ROTO_LINES = [line for line in shell_lines() if line.startswith("roto ")]
SETUP_LINES = [line for line in shell_lines() if line.startswith("python3 ")]


@pytest.fixture
def shot(tmp_path, monkeypatch):
    """A folder with the sample clip and a mask of its first object, under the README's names."""
    clips = files("roto_resources") / "clips"
    with as_file(clips / "sample.mp4") as movie, as_file(clips / "sample_key.1001.png") as key:
        shutil.copy(movie, tmp_path / "plate.mov")
        van = read_picture(key).pixels == 1
    write_matte(tmp_path / "hero.1001.png", van.astype(np.float32))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_the_script_runs(shot, capsys):
    script = blocks("python")[0]
    assert len([line for line in script.splitlines() if line]) == 6
    exec(compile(script, "README.md", "exec"), {})
    assert len(list((shot / "mattes").glob("hero.*.png"))) == 60
    mean, highest, confidence = map(float, capsys.readouterr().out.split())
    assert 0 < mean < 0.5
    assert highest == 1
    assert 0 < confidence <= 1


@pytest.mark.slow
def test_the_session_runs(shot, capsys):
    exec(compile(blocks("python")[1], "README.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 15 + 2  # frames 1002 to 1016
    assert lines[-2] == "reaches (1009, 1011, 1008, 1012)"
    assert "name='hero'" in lines[-1]
    with roto.open_session(shot / "shot.roto") as session:
        assert session.status().frames("locked") == [1002, 1003, 1004]
        assert session.status().frames("keyframe") == [1001, 1010]


@pytest.mark.parametrize("line", ROTO_LINES)
def test_shell_lines_are_understood(line):
    options = _parser().parse_args(shlex.split(line)[1:])
    if options.command == "propagate":
        frames = parse_keys(options.key)
        assert min(frames) == 1001
        FramePattern(options.output).check(["hero"], frame_count=60)


def test_the_error_message_is_the_one_shown(shot, capsys):
    write_matte(shot / "small.png", np.ones((180, 320), np.float32))
    (block,) = blocks("text")
    prompt, message = block.strip().splitlines()
    assert command_line(shlex.split(prompt.removeprefix("$ "))[1:]) == 1
    assert capsys.readouterr().err.strip() == message
    assert not (shot / "out").exists()


def test_two_commands_set_everything_up():
    assert len(SETUP_LINES) == 2
    assert all(line.startswith("python3 -m venv .venv && .venv/bin/pip") for line in SETUP_LINES)


def test_continuous_integration_runs_the_second_command():
    recipe = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "grep -m1 'pytest$' README.md" in recipe
    first = next(line for line in README.splitlines() if line.endswith("pytest"))
    assert first == SETUP_LINES[1]


def test_links_lead_somewhere():
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert targets
    assert [t for t in targets if not (ROOT / t).exists()] == []
