"""``roto info --check``: every frame decoded, and what is wrong with which."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from media_files import cut_short, encode, exr_sequence, h264, numbered, write_exr, write_images

from roto.cli import main
from roto.errors import DecodeError
from roto.media import check_frames, open_clip, open_to_check

if TYPE_CHECKING:
    from pathlib import Path

SHOT = range(1001, 1009)


@pytest.fixture
def troubled(tmp_path: Path) -> Path:
    """Eight EXR frames: 1003 missing, 1004 cut off, 1005 larger, 1006 and 1008 with bad pixels."""
    picture = np.full((12, 16), 0.5, np.float16)
    for frame in SHOT:
        planes = {letter: picture.copy() for letter in "RGB"}
        if frame == 1005:
            planes = {letter: np.ones((12, 18), np.float16) for letter in "RGB"}
        if frame == 1006:
            planes["R"][3, 4], planes["G"][3, 4], planes["B"][0, 0] = np.nan, np.inf, -np.inf
        if frame == 1008:
            planes["G"][7, 7] = np.inf
        write_exr(tmp_path / f"plate.{frame}.exr", planes)
    (tmp_path / "plate.1003.exr").unlink()
    cut = tmp_path / "plate.1004.exr"
    cut.write_bytes(cut.read_bytes()[:-20])
    return tmp_path


def lines_of(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_what_is_wrong_is_named(troubled: Path) -> None:
    with open_clip(troubled) as source:
        found = {checked.frame: checked for checked in check_frames(source)}
    assert list(found) == list(SHOT)
    assert {frame: checked.trouble for frame, checked in found.items()} == {
        1001: "", 1002: "", 1003: "missing", 1004: "broken", 1005: "size", 1006: "pixels",
        1007: "", 1008: "pixels",
    }  # fmt: skip
    assert [found[frame].bad_pixels for frame in (1001, 1006, 1008)] == [0, 2, 1]
    assert found[1001].text == ""
    assert found[1006].text == "2 pixels are NaN or infinite in frame 1006."
    assert found[1008].text == "1 pixel is NaN or infinite in frame 1008."
    assert "plate.1004.exr is cut off" in found[1004].text
    assert "18 x 12" in found[1005].text


def test_for_people(troubled: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(troubled), "--check"]) == 1
    output = capfd.readouterr()
    assert output.err == ""
    rows = output.out.splitlines()
    assert rows[0].split() == ["path", str(troubled)]
    assert [row.partition(":")[0] for row in rows[-6:-1]] == [
        "1003",
        "1004",
        "1005",
        "1006",
        "1008",
    ]
    assert rows[-1] == "8 frames checked, 5 with trouble: 1003-1006, 1008."


def test_for_programs(troubled: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(troubled), "--check", "--json"]) == 1
    output = capfd.readouterr()
    assert output.err == ""
    clip, *frames, end = lines_of(output.out)
    assert (clip["event"], clip["missing"]) == ("clip", [1003])
    assert [line["frame"] for line in frames] == list(SHOT)
    assert {line["event"] for line in frames} == {"frame"}
    assert frames[5] == {
        "event": "frame", "frame": 1006, "trouble": "pixels", "bad_pixels": 2, "done": 6,
        "total": 8, "text": "2 pixels are NaN or infinite in frame 1006.",
    }  # fmt: skip
    assert end == {"event": "end", "frames": 8, "bad": [1003, 1004, 1005, 1006, 1008]}


@pytest.mark.parametrize("make", ["exr", "png", "movie", "still"])
def test_nothing_is_wrong(tmp_path: Path, make: str, capfd: pytest.CaptureFixture[str]) -> None:
    if make == "exr":
        path = exr_sequence(tmp_path / "exr", np.float16)
    elif make == "movie":
        path = h264(tmp_path / "a.mp4")
    else:
        path = write_images(tmp_path, "plate.%04d.png", range(1001, 1025))
        path = tmp_path / "plate.1003.png" if make == "still" else path
    assert main(["info", str(path), "--check"]) == 0
    count = "1 frame" if make == "still" else "24 frames"
    assert capfd.readouterr().out.endswith(f"\n{count} checked, nothing is wrong.\n")


def test_without_check_nothing_is_decoded_beyond_the_first(
    troubled: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["info", str(troubled)]) == 0
    assert "checked" not in capfd.readouterr().out


@pytest.mark.parametrize("named", ["folder", "pattern"])
def test_a_sequence_that_begins_with_broken_files(
    tmp_path: Path, named: str, capfd: pytest.CaptureFixture[str]
) -> None:
    pattern = write_images(tmp_path, "plate.%04d.png", SHOT)
    (tmp_path / "plate.1001.png").write_bytes(b"")
    (tmp_path / "plate.1002.png").write_bytes(b"stopped")
    path = str(tmp_path if named == "folder" else pattern)
    with pytest.raises(DecodeError, match=r"plate\.1001\.png is empty"):
        open_clip(path)
    with open_to_check(path) as source:
        assert (source.clip.width, source.clip.first_frame) == (96, 1001)
        assert np.array_equal(source.read(1003), numbered(2))
        with pytest.raises(DecodeError, match=r"plate\.1001\.png is empty"):
            source.read(1001)
    assert main(["info", path, "--check"]) == 1
    output = capfd.readouterr()
    assert output.err == ""
    assert output.out.endswith("8 frames checked, 2 with trouble: 1001-1002.\n")


def test_where_no_frame_can_be_read_the_first_is_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for frame in SHOT:
        (tmp_path / f"plate.{frame}.png").write_bytes(b"")
    assert main(["info", str(tmp_path), "--check"]) == 1
    first = tmp_path / "plate.1001.png"
    said = f"roto: error: {first} is empty; copy or render it again.\n"
    assert capfd.readouterr() == ("", said)
    assert main(["info", str(first), "--check"]) == 1
    assert capfd.readouterr() == ("", said)


def test_a_movie_that_is_cut_off(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    options = ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-movflags", "+faststart")
    path = cut_short(encode(tmp_path / "a.mov", *options), 0.6)
    with open_clip(path) as source:
        lost = source.clip.damaged_from
        assert lost is not None
        *whole, last = check_frames(source)
    assert [checked.frame for checked in whole] == list(range(1001, lost))
    assert not any(checked.trouble for checked in whole)
    assert (last.frame, last.trouble) == (lost, "broken")
    assert f"frame {lost} and all after it" in last.text
    assert main(["info", str(path), "--check"]) == 1
    assert f"1 with trouble: {lost}." in capfd.readouterr().out


def test_lines_for_programs_stay_clean(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """OpenEXR prints a warning of its own where compressed pixels are damaged."""
    pattern = exr_sequence(tmp_path / "exr", np.float16)
    bad = tmp_path / "exr" / "plate.1005.exr"
    data = bytearray(bad.read_bytes())
    data[-60:-20] = bytes(40)
    bad.write_bytes(data)
    assert main(["info", str(pattern), "--check", "--json"]) == 1
    output = capfd.readouterr().out
    assert lines_of(output)[-1]["bad"] == [1005]


def test_arrays_and_what_is_in_them() -> None:
    frames = np.zeros((3, 4, 5, 3), np.float32)
    frames[1, 2, 3, 0] = np.nan
    with open_clip(frames) as source:
        assert [checked.bad_pixels for checked in check_frames(source)] == [0, 1, 0]


@pytest.mark.skipif(os.name != "posix", reason="there is a terminal to be had on POSIX only")
def test_a_person_at_a_terminal_sees_a_bar(tmp_path: Path) -> None:
    pattern = write_images(tmp_path, "plate.%04d.png", SHOT)
    cv2.imwrite(str(tmp_path / "plate.1004.png"), np.zeros((4, 5, 3), np.uint8))
    import fcntl
    import termios

    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
    command = [sys.executable, "-m", "roto", "info", str(pattern), "--check"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True) as process:
        output = process.communicate(timeout=100)[0]
    os.close(theirs)
    shown = "".join(iter(lambda: _read(ours), ""))
    os.close(ours)
    assert process.returncode == 1
    assert "Checked" in shown
    assert "8/8" in shown
    assert output.endswith("8 frames checked, 1 with trouble: 1004.\n")


def _read(terminal: int) -> str:
    """Some of what was written; "" at the end, which Linux tells by an error."""
    try:
        return os.read(terminal, 100_000).decode()
    except OSError:
        return ""
