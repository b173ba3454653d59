"""The commands that lock, compare and write."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from cli_shots import COUNT, command, failure, state
from shell_projects import json_lines
from small_engines import SIZE, bar, moving_square, plate

import roto
import roto.cli.common
import roto.cli.propagate
from roto.masks import overlay_colour


def mattes(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


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
        out = capsys.readouterr().out
        assert "Brought back 1002-1004 (3 frames)" in out
        assert "roto lock keeps them" in out
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

    @pytest.mark.parametrize("chosen", [None, (0, 0, 255)])
    def test_an_overlay_has_the_colours_of_the_objects(self, found, chosen):
        with roto.open_session("shot.roto") as session:
            if chosen is not None:
                session.recolour_object("box", chosen)
            (record,) = session.objects.values()
        more = ("--range", "1006", "--overlay", "check.mp4")
        assert command("export", "-o", "out", *more) == 0
        assert record.colour == (chosen or overlay_colour(1))
        inside = moving_square(5)
        with roto.open_clip("check.mp4") as movie:
            seen = movie.read(1001)[inside][3:-3, 3:-3].reshape(-1, 3).mean(0)
        expected = (plate()[5][inside][0, 0] + np.array(record.colour)) / 2
        assert np.abs(seen - expected).max() < 12  # of 255; H.264 is not exact

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
