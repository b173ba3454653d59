"""docs/tutorial.md is run, command by command, on a small clip of as many frames."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import cv2
import numpy as np
import pytest
from media_files import h264
from shell_projects import pretend
from small_engines import SIZE, bar

import roto
from roto.cli import main

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
FRAMES = range(1001, 1061)


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


COMMANDS = [line for block in blocks("sh") for line in block.splitlines()]


def printed():
    """What the tutorial says each command prints, by its place."""
    lines = [line for block in blocks("text") for line in block.splitlines()]
    found = []
    for line in lines:
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        else:
            found[-1][1].append(line)
    return found


def van(position):
    """A red square that moves right, one pixel every other frame."""
    mask = np.zeros(SIZE, np.uint8)
    mask[8:20, 4 + position // 2 : 16 + position // 2] = 1
    return mask


def write_shot(folder):
    """The files that the tutorial's script makes, smaller: a van, and a dog of two colours.

    The first mask of the dog shows its head only, so the correction has something to correct.
    """
    head, tail = bar(), bar()
    head[:, 28:], tail[:, :28] = 0, 0
    pictures = []
    for position in range(len(FRAMES)):
        picture = np.full((*SIZE, 3), (20, 40, 200), np.uint8)
        for mask, colour in (
            (head, (20, 220, 40)),
            (tail, (230, 230, 230)),
            (van(position), (230, 30, 30)),
        ):
            picture[mask > 0] = colour
        pictures.append(picture)
    h264(folder / "plate.mp4", frames=pictures)
    for name, mask in (("van.1001", van(0)), ("dog.1001", head), ("dog.1034", tail)):
        cv2.imwrite(str(folder / f"{name}.png"), mask * 255)


def comparable(lines):
    """Lines without what another clip, another network and another computer change."""
    text = "\n".join(line.rstrip() for line in lines)
    text = re.sub(r"\d+x\d+", "WxH", text)
    text = re.sub(r"at most [\d.]+ [MG]B", "at most SIZE", text)
    text = re.sub(r"\d+\.\d s, \d+\.\d frames/s", "TIME", text)
    text = re.sub(r"^  \d{4} +\w+, (low confidence|far from keyframes)$", "SEE", text, flags=re.M)
    text = re.sub(r"^(Accepted: )?\d+ frames changed", r"\1N frames changed", text, flags=re.M)
    return re.sub(r"\n *frame +object.*?\n(?=Next)", "\nTABLE\n", text, flags=re.DOTALL)


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The folder after the last command, and what each command printed."""
    folder = tmp_path_factory.mktemp("tutorial")
    write_shot(folder)
    with pytest.MonkeyPatch.context() as patch:
        pretend(patch)
        patch.chdir(folder)
        outputs = [(line, run(line)) for line in COMMANDS]
    return folder, outputs


def run(line):
    """The lines that a command of the tutorial prints."""
    program, *arguments = shlex.split(line)
    assert program == "roto"
    lines = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("builtins.print", lambda *texts, **_: lines.extend(map(str, texts)))
        assert main(arguments) == 0, line
    return "\n".join(lines).splitlines()


def test_every_command_works_and_says_what_is_written(played):
    _, outputs = played
    told = printed()
    assert [line for line, _ in told] == COMMANDS == [line for line, _ in outputs]
    for (line, real), (_, expected) in zip(outputs, told, strict=True):
        assert comparable(real) == comparable(expected), line


def test_mattes_and_movies_are_there(played):
    folder, _ = played
    for name in ("van", "dog"):
        assert len(list((folder / "mattes").glob(f"{name}.*.exr"))) == len(FRAMES)
        assert len(list((folder / "check").glob(f"{name}.*.png"))) == len(FRAMES)
    for name in ("check.mp4", "final.mp4"):
        with roto.open_clip(folder / name) as movie:
            assert movie.clip.frame_count == len(FRAMES)


def test_what_was_locked_and_what_was_given_is_there_to_the_byte(played):
    """``check`` was exported before the lock, ``mattes`` at the very end."""
    folder, _ = played
    with roto.open_session(folder / "shot.roto", read_only=True) as session:
        for name in ("van", "dog"):
            for frame in range(1001, 1021):
                before = cv2.imread(str(folder / "check" / f"{name}.{frame}.png"), 0)
                now = np.rint(session.result(frame).matte(name) * 255).astype(np.uint8)
                assert now.tobytes() == before.tobytes()
        given = cv2.imread(str(folder / "dog.1034.png"), 0)
        assert (session.result(1034).matte("dog") * 255 == given).all()


def test_the_correction_moved_its_neighbours_and_not_the_van(played):
    folder, outputs = played
    (receipt,) = (lines for line, lines in outputs if "receipt" in line and "--sort" in line)
    rows = [line.split() for line in receipt if re.match(r" *\d{4} ", line)]
    assert {row[1] for row in rows} == {"dog"}
    assert {int(row[0]) for row in rows} <= {*range(1021, 1034), *range(1035, 1061)}
    with roto.open_session(folder / "shot.roto", read_only=True) as session:
        assert session.status().count("missing") == session.status().count("open") == 0
        assert session.receipt() is None
        assert session.project.steps().redo == ()


def test_its_script_writes_the_files_it_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (script,) = blocks("python")
    exec(compile(script, "tutorial.md", "exec"), {})
    for frame, name in ((1001, "van"), (1001, "dog"), (1034, "dog")):
        mask = cv2.imread(f"{name}.{frame}.png", cv2.IMREAD_UNCHANGED)
        assert mask.shape == (360, 640)
        assert set(np.unique(mask)) == {0, 255}
    with roto.open_clip("plate.mp4") as source:
        assert list(source.frame_numbers) == list(FRAMES)
