"""``roto key`` with a pattern: every file that it names is the mask of a frame."""

from __future__ import annotations

import shutil

import cv2
import pytest
from cli_shots import COUNT, LAST, command, failure, state, status
from shell_projects import json_lines
from small_engines import bar, square

import roto

EVERY = list(range(1001, LAST + 1))


def masks(folder, name, frames, mask=None):
    """Files of masks; ``name`` has a place for the frame number."""
    folder.mkdir(parents=True, exist_ok=True)
    for frame in frames:
        pixels = square(frame - 1001) if mask is None else mask
        cv2.imwrite(str(folder / (name % frame)), pixels * 255)


class TestOneObject:
    def test_a_keyframe_per_file_and_one_step(self, shot, capsys):
        capsys.readouterr()
        assert command("key", "box.####.png") == 0
        *lines, hint = capsys.readouterr().out.splitlines()
        assert lines == [f"{frame} box: keyframe set" for frame in EVERY]
        assert hint == "Next: roto run shot.roto"
        assert status(capsys)["box"]["keyframe"] == EVERY
        with roto.open_session("shot.roto", read_only=True) as session:
            for frame in EVERY:
                given = session.result(frame).matte("box")
                assert (given == square(frame - 1001)).all()
        assert command("undo", "--json") == 0
        (line,) = json_lines(capsys)
        assert (line["label"], line["undo"]) == ("set keyframes", 0)
        assert state()[0] == {}

    @pytest.mark.parametrize("text", ["masks/%04d.png", "masks/%d.png", ":hat=masks/####.png"])
    def test_whose_they_are(self, found, capsys, text):
        """A mask without a name is of the only object, unless it is said whose it is."""
        masks(found / "masks", "%04d.png", (1003, 1004), bar())
        assert command("key", text) == 0
        now = status(capsys)
        if text.startswith(":hat"):
            assert now["hat"]["keyframe"] == [1003, 1004]
        else:
            assert now["box"]["keyframe"] == [1001, 1003, 1004, 1006, LAST]

    def test_as_corrections(self, found, capsys):
        masks(found / "fixes", "fix.%04d.png", (1003, 1009), bar())
        assert command("key", "--correct", "fixes/fix.%04d.png") == 0
        out = capsys.readouterr().out
        assert "reaches box at 1002, 1004-1005 (3 frames)" in out
        assert "reaches box at 1007-1008, 1010-1011 (4 frames)" in out
        assert command("undo") == 0
        assert status(capsys)["box"]["keyframe"] == [1001, 1006, LAST]

    def test_together_with_single_masks(self, shot, capsys):
        masks(shot / "masks", "box.%04d.png", (1001, 1002))
        assert command("key", "masks/{object}.####.png", "1001:bar=bar.1001.png") == 0
        now = status(capsys)
        assert (now["box"]["keyframe"], now["bar"]["keyframe"]) == ([1001, 1002], [1001])
        assert command("undo") == 0
        assert state()[0] == {}


class TestSeveralObjects:
    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("{}.%04d.png", "masks/{object}.####.png"),
            ("{}/%04d.png", "masks/{object}/%04d.png"),
            ("{}/{}.%04d.png", "masks/{object}/{object}.%d.png"),
            ("{}.%04d.png", "masks"),  # as `roto export -o masks` calls them
        ],
    )
    def test_the_pattern_names_them(self, shot, capsys, name, text):
        for who, frames, mask in (("box", EVERY, None), ("left arm", (1003,), bar())):
            path = shot / "masks" / name.replace("{}", who)
            masks(path.parent, path.name, frames, mask)
        assert command("key", text) == 0
        now = status(capsys)
        assert {who: now[who]["keyframe"] for who in now} == {"box": EVERY, "left arm": [1003]}

    def test_what_was_exported_is_found_again(self, found, capsys):
        """Also where a name has signs that no file can have."""
        assert command("object", "--rename", "box=box: red") == 0
        assert command("export", "-o", "masks") == 0
        assert command("key", "masks/{object}.%04d.png") == 0
        now = status(capsys)
        assert list(now) == ["box: red"]
        assert now["box: red"]["keyframe"] == EVERY


class TestMistakes:
    def test_files_outside_the_clip_are_named_and_nothing_is_set(self, shot, capsys):
        for frame in (999, 1013):
            shutil.copy("box.1001.png", f"box.{frame:04d}.png")
        capsys.readouterr()
        text = failure(capsys, "key", "box.####.png", "1001:bar=bar.1001.png")
        assert text == (
            "roto: error: 2 files of box.####.png have numbers of no frame of the clip, which has "
            "1001-1012: box.0999.png, box.1013.png; move them elsewhere, or name the others "
            "only.\n"
        )

    def test_many_files_outside(self, shot, capsys):
        masks(shot / "masks", "%04d.png", range(1, 10), bar())
        capsys.readouterr()
        text = failure(capsys, "key", "masks/####.png")
        assert "9 files of" in text
        assert "0006.png and 3 more; move" in text

    def test_one_bad_mask_spoils_all(self, shot, capsys):
        (shot / "box.1007.png").write_bytes(b"no picture")
        capsys.readouterr()
        assert "box.1007.png" in failure(capsys, "key", "box.####.png")

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["hero.####.png"], "No file matches hero.####.png"),
            (["nowhere/{object}.####.png"], "No file matches nowhere/{object}.####.png"),
            (["empty"], "No file matches empty/{object}.%04d.png"),
            (["{object}.png"], "no place for the frame number"),
            ([":hat={object}.####.png"], "twice whose masks"),
            (["{name}.####.png"], "the only name in braces"),
            (["box.####.png", "1003=box.1003.png"], "box.1003.png: frame 1003 already has"),
            (["box.1001.png"], "or name many files, as masks/hero.####.png"),
            (["--correct", "{object}.####.png"], "no object 'bar'"),
        ],
    )
    def test_bad_input_changes_nothing(self, found, capsys, arguments, words):
        (found / "empty").mkdir()
        assert words in failure(capsys, "key", *arguments)

    def test_a_name_is_needed_among_several(self, found, capsys):
        assert command("object", "--add", "bar") == 0
        capsys.readouterr()
        text = failure(capsys, "key", "box.####.png")
        assert "does not say which object it shows" in text
        assert len(EVERY) == COUNT
