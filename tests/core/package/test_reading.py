"""What a package says is read exactly, also one of an older version."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from package_files import FILES, manifest, write

from roto.errors import PackageError, PackageNotFoundError
from roto.export.contract import Provenance
from roto.masks import read_mask, soft
from roto.package import Frames, find_plate, read_package, verify
from roto.package.folders import recover

GOLDEN = Path(__file__).parents[2] / "golden" / "package_v1"


class TestReading:
    def test_everything_is_there(self, folder):
        package = read_package(folder)
        assert package.name == "shot"
        assert package.clip.rate == Fraction(24000, 1001)
        assert package.clip.pixel_aspect == 2
        assert (package.clip.first, package.clip.last) == (1001, 1004)
        hero = package.object("hero")
        assert hero is package.object(1)
        assert list(hero.states["stale"]) == [1002]
        way = hero.representation("sequence")
        assert list(package.frames(way)) == [1001, 1002, 1004]
        for frame in way.frames:
            assert package.path(way, frame).read_bytes() == FILES[f"exr/hero/hero.{frame}.exr"]
        with pytest.raises(PackageError, match="no frame 1003"):
            package.path(way, 1003)
        with pytest.raises(PackageError, match="has no object 'dog'; it has 'hero'"):
            package.object("dog")
        assert hero.representation("movie") is None
        assert hero.representation("sequence", "png") is None

    def test_the_manifest_may_be_named(self, folder):
        assert read_package(folder / "matte.json") == read_package(folder)

    def test_what_is_not_there_has_a_default(self, folder):
        data = manifest()
        del data["provenance"]
        del data["objects"][0]["colour"], data["objects"][0]["states"]
        for key in ("channel", "alpha", "range", "colour"):
            del data["objects"][0]["representations"][0][key]
        write(folder, data)
        package = read_package(folder)
        assert package.provenance == Provenance("")
        assert package.clip.handles == (0, 0)
        assert (package.clip.start, package.clip.timecode) == (1001, "")
        (way,) = package.objects[0].representations
        assert (way.channel, way.alpha, way.range, way.colour) == (None, "straight", "full", "data")

    def test_more_keys_and_kinds_are_ignored(self, folder):
        data = manifest(studio={"ticket": 17})
        data["objects"][0]["note"] = None
        data["objects"][0]["representations"].append(
            {"kind": "shapes", "path": "shapes/hero.json", "format": "roto-shapes", "bit_depth": 64}
            | {"frames": [[1001, 1004]], "interpolation": "linear"}
        )
        package = read_package(write(folder, data))
        shapes = package.objects[0].representation("shapes")
        assert shapes.pattern == "shapes/hero.json"
        with pytest.raises(PackageError, match="does not list"):
            package.path(shapes, 1001)

    def test_a_folder_without_a_package_is_told(self, tmp_path):
        with pytest.raises(PackageNotFoundError, match=r"no package .*nothing"):
            read_package(tmp_path / "nothing")
        with pytest.raises(FileNotFoundError, match=r"has no matte\.json"):
            read_package(tmp_path)

    def test_an_interrupted_replacement_is_undone(self, folder):
        folder.rename(folder.with_name(f".{folder.name}.previous"))
        assert read_package(folder).name == "shot"
        assert os.listdir(folder.parent) == [folder.name]
        recover(folder)  # nothing to do


class TestPlate:
    def test_it_is_found_beside_the_package(self, folder, tmp_path):
        (tmp_path / "plate.mov").write_bytes(b"a movie")
        clip = {**manifest()["clip"], "path": "/gone/plate.mov", "relative": "../plate.mov"}
        found = find_plate(read_package(write(folder, manifest(clip=clip))))
        assert found.path == tmp_path / "plate.mov"
        assert not found.changed

    def test_a_plate_that_is_nowhere_is_told_by_its_name(self, folder):
        with pytest.raises(FileNotFoundError, match=r"plate\.####\.exr"):
            find_plate(read_package(folder))


class TestGolden:
    def test_a_package_of_version_1_reads_for_ever(self):
        package = read_package(GOLDEN)
        assert json.loads((GOLDEN / "matte.json").read_text("utf-8"))["version"] == 1
        found = verify(GOLDEN)
        assert found.ok
        assert found.counts["ok"] == 26
        clip = package.clip
        assert (clip.first, clip.last, clip.start) == (1001, 1006, 1001)
        assert clip.frames == Frames([(1001, 1003), (1005, 1006)])
        assert (clip.rate, clip.handles) == (Fraction(24000, 1001), (1, 1))
        assert (clip.width, clip.height, clip.pixel_aspect) == (16, 12, 1)
        assert clip.relative == "../plates/plate.####.png"
        assert package.provenance.model == "fake"
        assert package.provenance.settings["short_side"] == 480
        hero, car = package.objects
        assert (hero.name, car.name) == ("hero", 'the "car"; #2')
        assert hero.states == {
            "keyframe": Frames([(1001, 1001)]),
            "fresh": Frames([(1002, 1003), (1005, 1006)]),
        }
        assert car.states["missing"] == Frames([(1005, 1006)])
        for one, channel in ((hero, "hero.A"), (car, "the_car_2.A")):
            kinds = [(way.kind, way.format, way.bit_depth) for way in one.representations]
            assert kinds == [
                ("sequence", "exr", 16),
                ("layer", "exr-layers", 16),
                ("cryptomatte", "cryptomatte", 32),
                ("sequence", "png", 16),
            ]
            assert [w.channel for w in one.representations] == ["Y", channel, one.name, "Y"]
            for way in one.representations:
                assert all(package.path(way, f).is_file() for f in package.frames(way))
        matte = read_mask(
            soft(package.path(hero.representations[0], 1001)), frame=1001, size=(12, 16)
        )
        expected = np.zeros((12, 16), np.float32)
        expected[2:7, 1:6] = 1
        np.testing.assert_array_equal(matte.layers[0].matte(), expected)
