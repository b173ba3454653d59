"""``roto export --host``, run in this process; what it writes is rendered by the real melt."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from real_hosts import present
from shell_projects import json_lines, pretend
from small_engines import bar, square

from roto.cli import main
from roto.package import read_package
from roto_plugin.expected import read_rgb
from roto_plugin.hosts.mlt import MltHost
from roto_plugin.standard import gradient

COUNT = 5
PLATE = gradient()[:40, :56]  # smooth, as MLT halves the colours of a row


@pytest.fixture
def shot(tmp_path, monkeypatch, capsys):
    """A folder with shot.roto, its box and bar found; the current folder."""
    pretend(monkeypatch)
    (tmp_path / "plate").mkdir()
    for position in range(COUNT):
        cv2.imwrite(str(tmp_path / "plate" / f"plate.{1001 + position}.png"), PLATE[..., ::-1])
    cv2.imwrite(str(tmp_path / "box.png"), square(0) * 255)
    cv2.imwrite(str(tmp_path / "bar.png"), bar() * 255)
    monkeypatch.chdir(tmp_path)
    assert main(["new", "shot.roto", "--plate", "plate"]) == 0
    assert main(["key", "shot.roto", "1001:box=box.png", "1001:bar=bar.png"]) == 0
    assert main(["run", "shot.roto"]) == 0
    capsys.readouterr()
    return tmp_path


def export(*more, output="shot.mlt", host="mlt"):
    return main(["export", "shot.roto", "--host", host, "-o", output, *more])


def failure(capsys):
    """The one sentence of a command that failed."""
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("roto: error: ")
    assert captured.err.count("\n") == 1
    return captured.err


def verified():
    """What melt makes of the project that was written."""
    present("mlt")
    report = MltHost().verify(read_package("shot.mattes"), Path("shot.mlt"))
    assert report.ok, report
    return report


class TestProject:
    @pytest.mark.hosts
    def test_a_cut_out(self, shot, capsys):
        assert export() == 0
        lines = capsys.readouterr().out.splitlines()
        files = 2 * COUNT + 2
        assert lines[0] == (
            f"Wrote shot.mlt for MLT (melt, Kdenlive, Shotcut), and {files} files to shot.mattes."
        )
        assert all(line.startswith("  not kept: ") for line in lines[1:])
        assert len(lines) > 1
        assert list(verified().frames) == [1001, 1002, 1003, 1004, 1005]

    @pytest.mark.hosts
    def test_a_part_of_one_object_over_a_picture(self, shot, capsys):
        picture = np.full((40, 56, 3), (90, 30, 200), np.uint8)
        cv2.imwrite("back.png", picture)
        more = ["--object", "box", "--range", "1002-1004", "--background", "back.png"]
        assert export(*more) == 0
        assert list(verified().frames) == [1002, 1003, 1004]
        assert [one.name for one in read_package("shot.mattes").objects] == ["box"]

    @pytest.mark.hosts
    def test_a_grade(self, shot, tmp_path, capsys):
        assert export("--feature", "grade", "--gain", "1.5,1,0.25", "--object", "box") == 0
        verified()
        (tmp_path / "r").mkdir()
        shown = read_rgb(MltHost().render(tmp_path / "shot.mlt", tmp_path / "r")[1001])
        before = PLATE / 255.0
        inside = square(0).astype(bool)
        assert np.abs(shown - before)[~inside].max() < 0.03
        assert np.abs(shown - before * (1.5, 1, 0.25))[inside].max() < 0.03

    @pytest.mark.hosts
    def test_the_mattes(self, shot, capsys):
        assert export("--feature", "alpha", "--handles", "1", "--range", "1002-1004") == 0
        assert "handles of 1 and 1 frames" in capsys.readouterr().out
        assert list(verified().frames) == [1002, 1003, 1004]

    def test_json(self, shot, capsys):
        assert export("--json") == 0
        *frames, end = json_lines(capsys)
        assert [line["frame"] for line in frames] == [1001, 1002, 1003, 1004, 1005]
        assert end["event"] == "end"
        assert (end["project"], end["package"], end["host"]) == ("shot.mlt", "shot.mattes", "mlt")
        assert end["files"] == ["shot.mlt"]
        assert any("8 bit" in text for text in end["losses"])

    def test_again(self, shot, capsys):
        assert export() == 0
        before = (shot / "shot.mlt").read_bytes()
        capsys.readouterr()
        assert export("--background", "#ff0000") == 1
        assert "Cannot write shot.mlt: it is there already" in failure(capsys)
        assert (shot / "shot.mlt").read_bytes() == before
        assert export("--background", "#ff0000", "--overwrite") == 0
        assert (shot / "shot.mlt").read_bytes() == before.replace(b"#00ff00", b"#ff0000")

    def test_another_host_by_name(self, shot, capsys):
        assert export(output="shot.fake.json", host="fake") == 0
        assert json.loads((shot / "shot.fake.json").read_text())["host"] == "fake"


class TestMistakes:
    """Every one is told before a package is written."""

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--host", "nuke", "-o", "a.nk"], "There is no host 'nuke'; there are mlt, bl"),
            (["--host", "mlt", "-o", "a.xml"], "a.xml is no project of MLT (melt, Kdenlive, Shot"),
            (["--host", "mlt", "-o", ".mlt"], "give it the ending .mlt"),
            (["--host", "mlt", "--package", "a"], "Say which project to write, as --host mlt -o"),
            (["-o", "a.####.png", "--feature", "grade"], "--feature is about the project of a ho"),
            (["-o", "a.####.png", "--gain", "0.5"], "--gain is about the project of a host: add"),
            (["--package", "a", "--background", "#ff0000"], "--background is about the project"),
        ],
        ids=lambda value: "" if isinstance(value, str) else " ".join(value),
    )
    def test_of_the_host(self, shot, capsys, arguments, words):
        before = sorted(shot.rglob("*"))
        assert main(["export", "shot.roto", *arguments]) == 1
        assert words in failure(capsys)
        assert sorted(shot.rglob("*")) == before

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--background", "#12"], "neither a colour like #00ff00 nor a picture"),
            (["--background", "no.png"], "neither a colour like #00ff00 nor a picture"),
            (["--feature", "grade", "--background", "#ff0000"], "A background is behind a cut-out"),
            (["--gain", "0.5"], "A gain is for a grade; there is none with cutout"),
            (["--feature", "grade", "--gain", "bright"], "The gain 'bright' is none: give 0.5, or"),
            (["--feature", "grade", "--gain", "1,-1,1"], "give numbers from 0 to 100"),
            (["--feature", "grade", "--gain", "1,nan,1"], "give numbers from 0 to 100"),
            (["--bit-depth", "8"], "--bit-depth"),
            (["--range", "1-5"], "leaves the clip"),
            (["--object", "dog"], "no object 'dog'"),
            (["--with", "shapes"], "no format 'shapes'"),
        ],
        ids=lambda value: "" if isinstance(value, str) else " ".join(value),
    )
    def test_of_what_is_shown(self, shot, capsys, arguments, words):
        before = sorted(shot.rglob("*"))
        assert export(*arguments) == 1
        assert words in failure(capsys)
        assert sorted(shot.rglob("*")) == before

    def test_no_mattes_yet(self, shot, capsys):
        cv2.imwrite("cat.png", square(1) * 255)
        assert main(["key", "shot.roto", "1002:cat=cat.png"]) == 0
        before = sorted(shot.rglob("*"))
        capsys.readouterr()
        assert export() == 1
        message = failure(capsys)
        assert "cat is missing at" in message
        assert "first roto run shot.roto, or export with --partial" in message
        assert sorted(shot.rglob("*")) == before

    def test_no_objects(self, shot, capsys):
        for name in ("box", "bar"):
            assert main(["object", "shot.roto", "--remove", name]) == 0
        capsys.readouterr()
        assert export() == 1
        assert "object" in failure(capsys)
        assert not (shot / "shot.mlt").exists()

    def test_a_background_of_another_size(self, shot, capsys):
        cv2.imwrite("back.png", np.zeros((10, 10, 3), np.uint8))
        assert export("--background", "back.png") == 1
        assert "has 10 x 10 pixels and the plate 56 x 40" in failure(capsys)
        assert not (shot / "shot.mlt").exists()

    def test_a_host_that_must_be_here_to_write(self, shot, capsys, monkeypatch):
        monkeypatch.delenv("ROTO_HOSTS", raising=False)
        before = sorted(shot.rglob("*"))
        assert export(output="shot.blend", host="blender-5.0") == 1
        assert "Only Blender 5.0 writes its projects: ROTO_HOSTS must name" in failure(capsys)
        assert sorted(shot.rglob("*")) == before
