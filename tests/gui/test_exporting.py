"""What the app exports is what ``roto export`` writes, byte for byte."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from deliveries import COUNT, FRAMES, NAMES, SIZE, arm, box, shot_here

import roto
from roto.cli import main
from roto.errors import ExportError, SettingsError
from roto.export.contract import Look
from roto.masks import labels
from roto_gui.export.exporting import Export, export
from roto_gui.export.listing import existing_files, preview
from roto_gui.state import ExportRequest


@pytest.fixture
def shot(tmp_path, monkeypatch):
    """The session of shot.roto in the current folder; see ``shot_here``."""
    monkeypatch.chdir(tmp_path)
    with shot_here() as session:
        yield session


def request(pattern="app/{object}.%04d.exr", **changes):
    return replace(ExportRequest(pattern, (), FRAMES[0], FRAMES[-1]), **changes)


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


class TestSameAsTheCommandLine:
    @pytest.mark.parametrize(
        ("extension", "depth"),
        [("exr", None), ("exr", 32), ("png", 8), ("png", 16), ("tif", 16)],
    )
    def test_every_format(self, shot, extension, depth):
        pattern = f"{{object}}.####.{extension}"
        events = list(export(shot, request(f"app/{pattern}", look=Look(bit_depth=depth))))
        more = () if depth is None else ("--bit-depth", str(depth))
        assert main(["export", "shot.roto", "-o", f"script/{pattern}", *more]) == 0
        written = contents("app")
        assert len(written) == 2 * COUNT
        assert written == contents("script")
        assert [(e.frame, e.done, e.total) for e in events] == [
            (frame, i + 1, COUNT) for i, frame in enumerate(FRAMES)
        ]
        assert {e.what for e in events} == {"export"}

    @pytest.mark.parametrize(("extension", "depth"), [("exr", 16), ("png", 8), ("tif", 16)])
    def test_a_default_that_is_named_is_the_default(self, shot, extension, depth):
        """The dialog always says how many bits; a script need not."""
        pattern = f"{{object}}.####.{extension}"
        list(export(shot, request(f"app/{pattern}", look=Look(bit_depth=depth))))
        assert main(["export", "shot.roto", "-o", f"script/{pattern}"]) == 0
        assert contents("app") == contents("script")

    def test_some_objects_of_a_range(self, shot):
        asked = request("app/{object}/m.%04d.png", objects=(2,), first=1002, last=1004)
        assert [e.frame for e in export(shot, asked)] == [1002, 1003, 1004]
        more = ("--object", "left arm", "--range", "1002-1004")
        assert main(["export", "shot.roto", "-o", "script/{object}/m.%04d.png", *more]) == 0
        assert contents("app/left arm") == contents("script/left arm")
        assert len(contents("app/left arm")) == 3


class TestLabelMaps:
    def test_one_file_per_frame_in_the_objects_ids(self, shot):
        asked = request("app/shot.%04d.png", kind="labels")
        assert len(list(export(shot, asked))) == COUNT
        assert len(contents("app")) == COUNT
        mask = roto.read_mask(labels("app/shot.1001.png"), frame=1001, size=SIZE)
        assert [layer.id for layer in mask.layers] == [1, 2]
        np.testing.assert_array_equal(mask.layers[1].matte(), arm())

    def test_only_the_chosen_objects(self, shot):
        list(export(shot, request("app/", kind="labels", objects=(2,))))
        assert next(iter(contents("app"))) == "labels.1001.png"
        mask = roto.read_mask(labels("app/labels.1001.png"), frame=1001, size=SIZE)
        assert [layer.id for layer in mask.layers] == [2]

    def test_only_as_png(self, shot):
        with pytest.raises(SettingsError, match=r"written as \.png"):
            list(export(shot, request("app/l.%04d.exr", kind="labels")))


class TestWhatIsMissing:
    @pytest.fixture
    def gap(self, shot):
        shot.set_keyframe(1003, {"cat": arm()})
        shot.correct(1004, "box", box(3))
        return shot

    def test_it_is_named_and_nothing_is_written(self, gap):
        with pytest.raises(ExportError, match="cat is missing at 1001-1002, 1004-1006") as caught:
            list(export(gap, request()))
        assert "box is open at 1002-1003, 1005" in str(caught.value)
        assert not Path("app").exists()

    def test_what_is_there_can_be_had(self, gap):
        list(export(gap, request(partial=True)))
        assert main(["export", "shot.roto", "-o", "script/{object}.%04d.exr", "--partial"]) == 0
        assert contents("app") == contents("script")
        assert [name for name in contents("app") if name.startswith("cat")] == ["cat.1003.exr"]

    def test_a_label_map_shows_what_is_known(self, gap):
        asked = request("app/", kind="labels", objects=(3,), partial=True)
        assert len(list(export(gap, asked))) == COUNT
        assert list(contents("app")) == ["labels.1003.png"]


class TestExistingFiles:
    def test_they_are_left_alone_unless_asked(self, shot):
        Path("app").mkdir()
        Path("app/box.1003.exr").write_bytes(b"mine")
        found = existing_files(request(), NAMES, FRAMES)
        assert found == [Path("app/box.1003.exr")]
        with pytest.raises(ExportError, match=r"box\.1003\.exr exist already"):
            list(export(shot, request()))
        assert contents("app") == {"box.1003.exr": b"mine"}
        list(export(shot, request(overwrite=True)))
        assert len(contents("app")) == 2 * COUNT
        assert contents("app")["box.1003.exr"] != b"mine"
        assert len(existing_files(request(), NAMES, FRAMES)) == 2 * COUNT

    def test_begun_anew_it_replaces_its_own(self, shot):
        job = Export(request())
        first = job(shot)
        next(first)
        first.close()
        assert len(contents("app")) == 2
        shot.correct(1001, "box", box(1))
        list(shot.propagate())
        assert len(list(job(shot))) == COUNT
        list(export(shot, request("fresh/{object}.%04d.exr")))
        assert contents("app") == contents("fresh")

    def test_cancelled_it_leaves_whole_files_only(self, shot):
        events = export(shot, request())
        next(events)
        next(events)
        events.close()
        assert list(contents("app")) == [
            "box.1001.exr", "box.1002.exr", "left arm.1001.exr", "left arm.1002.exr",
        ]  # fmt: skip


class TestPreview:
    def test_all_names(self):
        found = preview(request("m/{object}.####.png", first=1002, last=1003), NAMES, FRAMES)
        assert [str(path) for path in found] == [
            "m/box.1002.png", "m/left arm.1002.png", "m/box.1003.png", "m/left arm.1003.png",
        ]  # fmt: skip

    def test_frames_that_the_clip_has(self):
        found = preview(request(objects=(1,)), NAMES, (1001, 1004))
        assert [path.name for path in found] == ["box.1001.exr", "box.1004.exr"]

    @pytest.mark.parametrize(
        ("asked", "words"),
        [
            (request("m/{object}.png"), "add %04d"),
            (request("m/%04d.png"), "add {object}"),
            (request("m/{object}.%04d.jpg"), "JPEG"),
            (request(look=Look(bit_depth=8)), "not 8"),
            (request(first=2000, last=2001), "no frame"),
            (request(objects=(7,)), "not there any more"),
        ],
    )
    def test_what_cannot_be(self, asked, words):
        with pytest.raises((SettingsError, ExportError), match=words.replace("{", r"\{")):
            preview(asked, NAMES, FRAMES)

    def test_no_objects(self):
        with pytest.raises(ExportError, match="no objects"):
            preview(request(), {}, FRAMES)
