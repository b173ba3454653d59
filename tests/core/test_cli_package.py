"""``roto export --package`` and ``roto verify``, run in this process."""

from __future__ import annotations

import cv2
import pytest
from shell_projects import json_lines, pretend
from small_engines import bar, plate, square

from roto.cli import main
from roto.cli.arguments import build_parser
from roto.package import Frames, read_package, verify

COUNT = 5
LAST = 1000 + COUNT


@pytest.fixture
def shot(tmp_path, monkeypatch, capsys):
    """A folder with shot.roto, its box found and its bar keyed only; the current folder."""
    pretend(monkeypatch)
    (tmp_path / "plate").mkdir()
    for position, picture in enumerate(plate(COUNT)):
        cv2.imwrite(str(tmp_path / "plate" / f"plate.{1001 + position}.png"), picture[..., ::-1])
    cv2.imwrite(str(tmp_path / "box.png"), square(0) * 255)
    cv2.imwrite(str(tmp_path / "bar.png"), bar() * 255)
    monkeypatch.chdir(tmp_path)
    assert main(["new", "shot.roto", "--plate", "plate"]) == 0
    assert main(["key", "shot.roto", "1001:box=box.png"]) == 0
    # Another working size than a new project's: what is stale is told from the project's own.
    assert main(["run", "shot.roto", "--short-side", "128"]) == 0
    capsys.readouterr()
    return tmp_path


def export(*more):
    return main(["export", "shot.roto", "--package", "a.mattes", *more])


def failure(capsys):
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("roto: error: ")
    return captured.err


class TestExport:
    def test_a_package(self, shot, capsys):
        assert export("--with", "png,layers", "--with", "cryptomatte") == 0
        out = capsys.readouterr().out
        assert out == (
            f"Wrote {4 * COUNT} files to a.mattes. box at 1001-{LAST} as exr, png, exr-layers, "
            "cryptomatte.\n"
        )
        package = read_package("a.mattes")
        assert package.objects[0].states["fresh"] == Frames.of(range(1002, LAST + 1))
        assert package.provenance.model == "small"
        assert len(package.provenance.weights) == 64
        assert package.provenance.settings["short_side"] == 128
        assert verify("a.mattes").ok

    def test_json(self, shot, capsys):
        assert export("--json", "--range", "1002-1003", "--handles", "1") == 0
        *frames, end = json_lines(capsys)
        assert [line["frame"] for line in frames] == [1001, 1002, 1003, 1004]
        assert frames[0]["files"] == ["a.mattes/exr/box/box.1001.exr"]
        assert end == {"event": "end", "package": "a.mattes", "files": 4}
        assert read_package("a.mattes").clip.handles == (1, 1)

    def test_what_is_missing(self, shot, capsys):
        assert main(["key", "shot.roto", "1001:bar=bar.png"]) == 0
        capsys.readouterr()
        assert export() == 1
        message = failure(capsys)
        assert "bar is missing at 1002-1005: first roto run shot.roto, or" in message
        assert not (shot / "a.mattes").exists()
        assert export("--partial", "--object", "bar") == 0
        assert "bar is missing at 1002-1005." in capsys.readouterr().out
        assert list(read_package("a.mattes").files) == ["exr/bar/bar.1001.exr"]

    def test_an_older_package(self, shot, capsys):
        assert export() == 0
        capsys.readouterr()
        assert export("--range", "1001") == 1
        assert "there already" in failure(capsys)
        assert len(read_package("a.mattes").files) == COUNT
        assert export("--range", "1001", "--overwrite") == 0
        assert len(read_package("a.mattes").files) == 1

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--with", "shapes"], "no format 'shapes'"),
            (["--handles", "3"], "give the range"),
            (["--range", "1-5"], "leaves the clip"),
            (["--range", "1001,1003"], "'1001,1003' is no range"),
            (["--object", "dog"], "no object 'dog'"),
            (["--bit-depth", "32"], "--bit-depth says nothing about a package"),
        ],
    )
    def test_mistakes(self, shot, capsys, arguments, words):
        assert export(*arguments) == 1
        assert words in failure(capsys)
        assert not (shot / "a.mattes").exists()

    @pytest.mark.parametrize(
        "option",
        [
            ["--bit-depth", "16"],
            ["--overlay", "a.mp4"],
            ["--format", "exr"],
            ["--content", "matte"],
            ["--premultiplied"],
            ["--straight"],
            ["--colour", "0,0,0"],
            ["--resume"],
        ],
        ids=lambda option: option[0],
    )
    def test_options_of_files_alone(self, shot, capsys, option):
        assert export(*option) == 1
        assert f"{option[0]} says nothing about a package" in failure(capsys)
        assert not (shot / "a.mattes").exists()

    def test_every_option_of_export_is_of_files_of_packages_of_hosts_or_of_all(self):
        """An option that is added later must say where it has an effect."""
        options = build_parser().parse_args(["export", "shot.roto", "-o", "x.####.png"])
        common = {"json", "debug", "plate", "project", "output", "package", "host", "object"}
        common |= {"range", "partial", "overwrite", "command", "home"}
        kinds = (options.of_files, options.of_packages, options.of_hosts)
        assert [kind.given(options) for kind in kinds] == ["", "", ""]
        sorted_out = {action.dest for kind in kinds for action in kind.actions}
        assert set(vars(options)) - common - sorted_out == {"of_files", "of_packages", "of_hosts"}
        assert not common & sorted_out

    @pytest.mark.parametrize("option", [["--with", "png"], ["--handles", "2"]])
    def test_options_of_packages_alone(self, shot, capsys, option):
        assert main(["export", "shot.roto", "-o", "box.####.png", *option]) == 1
        assert f"{option[0]} is about a package" in failure(capsys)

    @pytest.mark.parametrize("target", [[], ["-o", "b.####.png", "--package", "a"]])
    def test_one_target(self, shot, capsys, target):
        with pytest.raises(SystemExit):
            main(["export", "shot.roto", *target])
        assert "--package" in capsys.readouterr().err


class TestVerify:
    def test_whole(self, shot, capsys):
        export()
        capsys.readouterr()
        assert main(["verify", "a.mattes"]) == 0
        assert capsys.readouterr().out == (
            "a.mattes: 5 files as written. box at 1001-1005 as exr.\n"
        )

    def test_damaged(self, shot, capsys):
        export()
        folder = shot / "a.mattes" / "exr" / "box"
        data = bytearray((folder / "box.1001.exr").read_bytes())
        data[-1] ^= 1
        (folder / "box.1001.exr").write_bytes(data)
        (folder / "box.1002.exr").unlink()
        (folder / "notes.txt").touch()
        capsys.readouterr()
        assert main(["verify", "a.mattes"]) == 1
        assert capsys.readouterr().out.splitlines() == [
            "changed exr/box/box.1001.exr: other bytes",
            "missing exr/box/box.1002.exr",
            "extra   exr/box/notes.txt",
            "a.mattes: 3 files as written, 1 changed, 1 missing, 1 extra. box at 1001-1005 as exr.",
        ]
        assert main(["verify", "a.mattes", "--json"]) == 1
        *files, end = json_lines(capsys)
        assert len(files) == COUNT + 1
        assert files[0] == {
            "event": "file",
            "file": "exr/box/box.1001.exr",
            "state": "changed",
            "note": "other bytes",
        }
        del end["event"]
        counts = {"ok": 3, "changed": 1, "missing": 1, "extra": 1}
        assert end == {"package": "a.mattes", "whole": False, **counts}

    def test_no_package(self, shot, capsys):
        assert main(["verify", "plate"]) == 1
        assert "no package of mattes" in failure(capsys)
        export()
        (shot / "a.mattes" / "matte.json").write_text("{")
        capsys.readouterr()
        assert main(["verify", "a.mattes"]) == 1
        assert "no JSON from line 1 on" in failure(capsys)
