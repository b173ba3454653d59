"""``roto formats``, and what ``roto export`` makes of a delivery."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest
from deliveries import FRAMES, arm, names_in

from roto.cli import main
from roto.export.registry import FORMATS


class TestCommand:
    def test_formats(self, capsys):
        assert main(["formats"]) == 0
        text = capsys.readouterr().out
        assert all(f"\n{name} " in f"\n{text}" for name in FORMATS)
        assert main(["formats", "--json"]) == 0
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [line["name"] for line in lines] == list(FORMATS)

    def export(self, *more):
        return main(["export", "shot.roto", "--partial", *more])

    def test_named_formats_and_folders(self, session, capsys):
        assert self.export("-o", "out", "--format", "exr-layers", "--bit-depth", "32") == 0
        assert names_in("out") == [f"mattes.{frame}.exr" for frame in FRAMES]
        assert "Wrote 6 mattes of box, left arm: " in capsys.readouterr().out
        assert self.export("-o", "movies", "--format", "ffv1", "--range", "1002-1004") == 0
        assert names_in("movies") == ["box.mkv", "left arm.mkv"]
        assert "Wrote 2 mattes" in capsys.readouterr().out

    def test_movies_are_never_offered_with_holes(self, session, capsys):
        session.set_keyframe(1004, {"van": arm()})  # and not propagated
        start = "roto: error: van is missing at 1001-1003, 1005-1006: first roto run shot.roto"
        assert main(["export", "shot.roto", "-o", "out/{object}.mov"]) == 1
        assert capsys.readouterr().err == f"{start}.\n"
        assert main(["export", "shot.roto", "-o", "out/{object}.####.exr"]) == 1
        assert capsys.readouterr().err == f"{start}, or export with --partial.\n"
        assert self.export("-o", "out/{object}.mov") == 1
        assert "A movie cannot have holes, but van is missing at" in capsys.readouterr().err
        assert not Path("out").exists()

    def test_cutouts(self, session, capsys):
        assert self.export("-o", "out/{object}.%04d.exr", "--content", "cutout") == 0
        assert "Wrote 12 cut-outs" in capsys.readouterr().out
        assert b"premultiplied" in Path("out/box.1001.exr").read_bytes()
        straight = ("--content", "cutout", "--straight", "--resume")
        assert self.export("-o", "out/{object}.%04d.exr", *straight) == 0
        assert "Wrote 12 cut-outs" in capsys.readouterr().out
        assert self.export("-o", "out/{object}.%04d.exr", *straight) == 0
        assert "Wrote 0 cut-outs of box, left arm, 12 kept" in capsys.readouterr().out

    def test_over_a_colour(self, session):
        more = ("--content", "over", "--colour", "0,1,0", "--object", "box")
        assert self.export("-o", "out/%04d.png", *more) == 0
        found = cv2.imread("out/1002.png", cv2.IMREAD_UNCHANGED)
        assert found[0, 0].tolist() == [0, 255, 0]

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--format", "gif"], "no format 'gif'"),
            (["--format", "png", "--content", "cutout", "--premultiplied"], "straight"),
            (["--format", "exr", "--premultiplied"], "cutout only"),
            (["--format", "exr", "--colour", "0,0,0"], "--content over"),
            (["--format", "exr", "--content", "over", "--colour", "red"], "three numbers"),
            (["--format", "exr", "--content", "over", "--colour", "9,0,0"], "from 0 to 1"),
            (["--format", "ffv1", "--resume"], "leave out resuming"),
            (["--format", "cryptomatte", "--bit-depth", "16"], "32 bits, not 16"),
        ],
    )
    def test_bad_input_writes_nothing(self, session, capsys, arguments, words):
        assert self.export("-o", "out", *arguments) == 1
        assert words in capsys.readouterr().err
        assert not Path("out").exists()
