"""Packages are read strictly: a damaged or hostile one is told in a sentence, never followed."""

from __future__ import annotations

import json
import os
from copy import deepcopy
from fractions import Fraction
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from package_files import FILES, manifest, write

from roto.errors import PackageError, PackageNotFoundError, RotoError
from roto.export.contract import Provenance
from roto.masks import read_mask, soft
from roto.package import (
    FileRecord,
    Frames,
    Package,
    PackagedClip,
    PackagedObject,
    Representation,
    find_plate,
    from_manifest,
    read_package,
    schema,
    verify,
)
from roto.package.folders import recover
from roto.package.manifest import read_files, to_manifest

GOLDEN = Path(__file__).parents[1] / "golden" / "package_v1"


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "shot.mattes")


def refused(folder, data):
    """The sentence with which a manifest is refused."""
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    (folder / "matte.json").write_bytes(text)
    with pytest.raises(PackageError) as caught:
        read_package(folder)
    message = str(caught.value)
    assert "matte.json" in message
    assert message.endswith((".", "?"))
    assert "\n" not in message
    assert len(message) < 600
    return message


def changed(path, value):
    """A manifest with another value at ``a/b/0/c``."""
    data = manifest()
    *parents, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    place = data
    for part in parents:
        place = place[part]
    place[last] = value
    return data


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

    def test_no_package(self, tmp_path):
        with pytest.raises(PackageNotFoundError, match=r"no package .*nothing"):
            read_package(tmp_path / "nothing")
        with pytest.raises(FileNotFoundError, match=r"has no matte\.json"):
            read_package(tmp_path)

    def test_a_newer_version_is_refused(self, folder):
        message = refused(folder, {"schema": "roto-matte", "version": 2, "all": "different"})
        assert "version 2, made by a newer roto" in message

    def test_an_interrupted_replacement_is_undone(self, folder):
        folder.rename(folder.with_name(f".{folder.name}.previous"))
        assert read_package(folder).name == "shot"
        assert os.listdir(folder.parent) == [folder.name]
        recover(folder)  # nothing to do


class TestDamaged:
    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"", "no JSON"),
            (b"\x00" * 100, "no JSON"),
            (b'{"schema": "roto-matte", "version": 1, "name": "\xff"}', "not UTF-8"),
            (b'{"schema": "roto-matte", "name": "\\ud800"}', "not UTF-8"),
            (b'{"schema": 1, "schema": "roto-matte"}', "'schema' twice"),
            (b'{"a": {"b": [{"c": 1, "c": 1}]}}', "'c' twice"),
            (b'{"version": 1' + b"0" * 5000 + b"}", "too large"),
            (b'{"version": 1e999}', "no number"),
            (b'{"version": NaN}', "no number"),
            (b'{"version": -Infinity}', "no number"),
            (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
            (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
            (b"[]", "no 'roto-matte'"),
            (b"null", "no 'roto-matte'"),
            (b'{"schema": "other", "version": 1}', "no 'roto-matte'"),
            (b'{"schema": "roto-matte"}', "no version"),
            (b'{"schema": "roto-matte", "version": true}', "no version"),
            (b'{"schema": "roto-matte", "version": 0}', "no version"),
            (b'{"schema": "roto-matte", "version": "1"}', "no version"),
            (b'{"schema": "roto-matte", "version": 1}', "required"),
        ],
    )
    def test_no_manifest(self, folder, data, words):
        assert words in refused(folder, data)

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("name", ""),
            ("name", 7),
            ("clip", []),
            ("clip/width", 0),
            ("clip/width", 10**9),
            ("clip/width", 64.5),
            ("clip/width", True),
            ("clip/rate", 24),
            ("clip/rate", "24"),
            ("clip/rate", "0/1"),
            ("clip/rate", "24/0"),
            ("clip/rate", "24/1\n"),
            ("clip/rate", "99999999999/1"),
            ("clip/frames", []),
            ("clip/frames", [[1001, 1004, 1005]]),
            ("clip/frames", [[1001, 10**12]]),
            ("clip/frames", [[1004, 1001]]),
            ("clip/frames", [[1003, 1004], [1001, 1002]]),
            ("clip/frames", [[1001, 1003], [1003, 1004]]),
            ("clip/frames", [[1001, 1002], [1003, 1004]]),
            ("clip/first", 1000),
            ("clip/handles", [2, 2]),
            ("clip/handles", [-1, 0]),
            ("clip/timecode", "one o'clock"),
            ("clip/data_window", [0, 0, 64]),
            ("objects", {}),
            ("objects", [manifest()["objects"][0]] * 2),
            ("objects", [manifest()["objects"][0] | {"id": i} for i in (1, 2)]),
            ("objects/0/id", 0),
            ("objects/0/id", 256),
            ("objects/0/name", None),
            ("objects/0/colour", [0, 0, 256]),
            ("objects/0/states", {"fresh": "1001-1004"}),
            ("objects/0/representations/0/pattern", "exr/hero/hero.1001.exr"),
            ("objects/0/representations/0/path", "exr/hero.mov"),
            ("objects/0/representations/0/alpha", "both"),
            ("objects/0/representations/0/range", "video"),
            ("objects/0/representations/0/frames", [[1001, 1003]]),
            ("objects/0/representations/0/frames", [[1001, 2147483647]]),
            ("objects/0/representations/0/bit_depth", "half"),
            ("provenance", "me"),
            ("provenance/settings", []),
            ("files", []),
            ("files/exr~", {"sha256": "0" * 63, "bytes": 1}),
            ("files/exr~", {"sha256": "0" * 64 + "\n", "bytes": 1}),
            ("files/exr~", {"sha256": "A" * 64, "bytes": 1}),
            ("files/exr~", {"sha256": "0" * 64, "bytes": -1}),
            ("files/exr~", {"sha256": "0" * 64, "bytes": 2**60}),
            ("files/exr~", {"sha256": "0" * 64, "bytes": True}),
            ("files/exr~", {"bytes": 1}),
            ("files/exr~", None),
            ("files/matte.json", {"sha256": "0" * 64, "bytes": 1}),
        ],
    )
    def test_a_wrong_value(self, folder, path, value):
        refused(folder, changed(path, value))


HOSTILE = [
    "../secret.exr",
    "exr/../../secret.exr",
    "exr/..",
    "..",
    ".",
    "./a.exr",
    "exr//a.exr",
    "exr/",
    "/etc/passwd",
    "\\\\server\\share",
    "exr\\..\\..\\secret.exr",
    "C:/secret.exr",
    "C:secret.exr",
    "a.exr:stream",
    "a\x00.exr",
    "a\n.exr",
    "",
    "a" * 1001,
]


class TestHostile:
    @pytest.mark.parametrize("path", HOSTILE)
    def test_a_file_outside(self, folder, path):
        refused(folder, changed("files", {path: {"sha256": "0" * 64, "bytes": 1}}))

    @pytest.mark.parametrize("path", HOSTILE)
    def test_a_pattern_outside(self, folder, path):
        refused(folder, changed("objects/0/representations/0/pattern", path + "/####.exr"))
        data = manifest()
        way = data["objects"][0]["representations"][0]
        del way["pattern"]
        refused(folder, changed("objects/0/representations/0", way | {"path": path}))

    def test_links(self, folder, tmp_path):
        secret = tmp_path / "secret.exr"
        secret.write_bytes(FILES["exr/hero/hero.1001.exr"])
        matte = folder / "exr/hero/hero.1001.exr"
        matte.unlink()
        matte.symlink_to(secret)
        package = read_package(folder)
        with pytest.raises(PackageError, match="leads out of the package"):
            package.path(package.objects[0].representations[0], 1001)
        (check,) = [one for one in verify(folder).files if one.state != "ok"]
        assert (check.file, check.state) == ("exr/hero/hero.1001.exr", "changed")
        assert "leads out" in check.note

    def test_a_folder_that_is_a_link(self, folder, tmp_path):
        (folder / "exr").rename(tmp_path / "elsewhere")
        (folder / "exr").symlink_to(tmp_path / "elsewhere")
        assert verify(folder).counts == {"ok": 0, "changed": 3, "missing": 0, "extra": 1}

    def test_a_manifest_that_is_a_link(self, folder, tmp_path):
        (folder / "matte.json").rename(tmp_path / "other.json")
        (folder / "matte.json").symlink_to(tmp_path / "other.json")
        with pytest.raises(PackageError, match="leads out of the package"):
            read_package(folder)

    def test_a_link_that_stays_inside(self, folder):
        matte = folder / "exr/hero/hero.1001.exr"
        matte.rename(folder / "store.exr")
        matte.symlink_to("../../store.exr")
        assert verify(folder).counts == {"ok": 3, "changed": 0, "missing": 0, "extra": 1}

    def test_a_link_in_a_circle(self, folder):
        matte = folder / "exr/hero/hero.1001.exr"
        matte.unlink()
        matte.symlink_to(matte.name)
        assert not verify(folder).ok

    def test_the_package_itself_may_be_a_link(self, folder, tmp_path):
        (tmp_path / "link").symlink_to(folder)
        assert verify(tmp_path / "link").ok

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
    def test_a_pipe_is_not_waited_for(self, folder):
        os.remove(folder / "exr/hero/hero.1001.exr")
        os.mkfifo(folder / "exr/hero/hero.1001.exr")
        (check,) = [one for one in verify(folder).files if one.state != "ok"]
        assert (check.state, check.note) == ("changed", "it is not a file")
        os.remove(folder / "matte.json")
        os.mkfifo(folder / "matte.json")
        with pytest.raises(PackageNotFoundError):
            read_package(folder)

    def test_names_of_extra_files_are_fit_for_a_terminal(self, folder):
        (folder / "\x1b[31mred\nü.txt").touch()
        (folder / os.fsdecode(b"\xff.txt")).touch()
        extra = {one.file for one in verify(folder).files if one.state == "extra"}
        assert extra == {"\\x1b[31mred\\nü.txt", "\\xff.txt"}

    @settings(max_examples=150, deadline=None)
    @given(st.data())
    def test_any_value_anywhere(self, data):
        """Whatever stands where: it is read, or refused with one of our errors."""
        found = manifest()
        place, key = found, "clip"
        while isinstance(place, (dict, list)) and place:
            parent, keys = place, range(len(place)) if isinstance(place, list) else sorted(place)
            key = data.draw(st.sampled_from(list(keys)))
            place = place[key]
            if data.draw(st.booleans()):
                break
        leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
        keys = st.text() | st.sampled_from(["first", "files", "kind", "../x", "path", "0"])
        parent[key] = data.draw(
            st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(keys, inner))
        )
        before = deepcopy(found)
        try:
            package = from_manifest(found, Path("shot"))
        except RotoError as error:
            said = str(error)
        else:
            said = ""
        if said:
            assert "matte.json" in said
            return
        assert found == before
        again = from_manifest(json.loads(json.dumps(to_manifest(package))), Path("shot"))
        assert again == package


class TestPlate:
    def test_it_is_found_beside_the_package(self, folder, tmp_path):
        (tmp_path / "plate.mov").write_bytes(b"a movie")
        clip = {**manifest()["clip"], "path": "/gone/plate.mov", "relative": "../plate.mov"}
        found = find_plate(read_package(write(folder, manifest(clip=clip))))
        assert found.path == tmp_path / "plate.mov"
        assert not found.changed

    def test_it_is_nowhere(self, folder):
        with pytest.raises(FileNotFoundError, match=r"plate\.####\.exr"):
            find_plate(read_package(folder))


class TestFrames:
    @given(st.lists(st.integers(-50, 50)))
    def test_they_are_a_sequence(self, numbers):
        frames, plain = Frames.of(numbers), sorted(set(numbers))
        assert list(frames) == plain
        assert len(frames) == len(plain)
        assert [n in frames for n in range(-60, 60)] == [n in plain for n in range(-60, 60)]
        assert list(reversed(frames)) == plain[::-1]
        assert [frames.index(n) for n in plain] == list(range(len(plain)))
        assert list(frames[2:-1]) == plain[2:-1]
        assert Frames(frames.ranges) == frames
        assert hash(Frames(frames.ranges)) == hash(frames)
        with pytest.raises(IndexError):
            frames[len(plain)]
        with pytest.raises(ValueError, match="not among"):
            frames.index(77)

    def test_huge_ranges_cost_nothing(self):
        frames = Frames([(-(2**31), 2**31 - 1)])
        assert len(frames) == 2**32
        assert frames[-1] == 2**31 - 1
        assert "hero" not in frames


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
frames_ = st.lists(st.integers(-(2**31), 2**31 - 1), max_size=6).map(Frames.of)
some_frames = st.lists(st.integers(-100, 100_000), min_size=1, max_size=6).map(Frames.of)
ratios = st.builds(Fraction, st.integers(1, 10**9), st.integers(1, 10**9))
signs = st.characters(
    codec="utf-8", exclude_characters='/\\:*?"<>|#\x7f', exclude_categories=["Cc", "Cs"]
)
parts = st.text(signs, min_size=1, max_size=10).filter(lambda text: text not in (".", ".."))
jsons = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def packages(draw):
    """Any package that could be, with the files that its representations name."""
    clip = draw(
        st.builds(
            PackagedClip,
            path=st.text(st.characters(codec="utf-8"), max_size=40),
            frames=some_frames,
            width=st.integers(1, 10**6),
            height=st.integers(1, 10**6),
            rate=ratios,
            pixel_aspect=ratios,
            colour_space=st.sampled_from(["display", "linear"]),
            relative=st.none() | names,
            fingerprint=st.text(st.characters(codec="utf-8"), max_size=20),
            start=st.integers(-(2**31), 2**31 - 1),
            timecode=st.sampled_from(["", "01:00:00:00", "23:59:59;29"]),
            timecode_frame=st.integers(-(2**31), 2**31 - 1),
            data_window=st.none() | st.tuples(*[st.integers(-(10**6), 10**6)] * 4),
        )
    )
    ids = draw(st.lists(st.integers(1, 255), unique=True, max_size=3))
    called = draw(st.lists(names, unique=True, min_size=len(ids), max_size=len(ids)))
    objects = tuple(draw(_object(i, name)) for i, name in zip(ids, called, strict=True))
    made = draw(
        st.builds(
            Provenance,
            roto=st.sampled_from(["", "0.1.0"]),
            model=st.sampled_from(["", "small"]),
            weights=st.sampled_from(["", "a" * 64]),
            settings=st.dictionaries(names, jsons, max_size=3),
            keyframes=st.dictionaries(names, frames_, max_size=3),
        )
    )
    listed = {way.file(f) for one in objects for way in one.representations for f in way.frames}
    record = st.builds(
        FileRecord,
        sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
        bytes=st.integers(0, 2**53 - 1),
    )
    return Package(
        Path("shot"), draw(names), clip, objects, made, {name: draw(record) for name in listed}
    )


@st.composite
def _object(draw, object_id, name):
    ways = draw(st.lists(_way(), max_size=2))
    states = st.dictionaries(st.sampled_from(["keyframe", "stale", "new"]), frames_, max_size=2)
    colour = st.tuples(*[st.integers(0, 255)] * 3)
    return PackagedObject(object_id, name, draw(colour), tuple(ways), draw(states))


@st.composite
def _way(draw):
    kind = draw(st.sampled_from(["sequence", "layer", "cryptomatte", "movie"]))
    ending = ".mov" if kind == "movie" else ".####.exr"
    return draw(
        st.builds(
            Representation,
            kind=st.just(kind),
            pattern=st.lists(parts, min_size=1, max_size=3).map(lambda p: "/".join(p) + ending),
            format=names,
            bit_depth=st.sampled_from([8, 16, 32]),
            frames=st.lists(st.integers(-5, 99_999), max_size=4).map(Frames.of),
            channel=st.none() | names,
            alpha=st.sampled_from(["straight", "premultiplied"]),
            range=st.sampled_from(["full", "limited"]),
        )
    )


class TestRoundTrip:
    @settings(max_examples=60, deadline=None)
    @given(packages())
    def test_what_is_written_is_read(self, package):
        data = json.loads(json.dumps(to_manifest(package), ensure_ascii=False).encode())
        assert from_manifest(data, package.folder) == package
        jsonschema.validate(data, schema())


class TestSchema:
    def test_it_is_valid(self):
        jsonschema.Draft202012Validator.check_schema(schema())
        jsonschema.validate(manifest(), schema())

    @pytest.mark.parametrize("path", [*HOSTILE, "exr/hero.1001.exr", "..a/b..", "a", "...", ".a"])
    @pytest.mark.parametrize("entry", [{"sha256": "0" * 64, "bytes": 1}, {"bytes": 1}, 7])
    def test_files_are_checked_by_hand_as_the_schema_says(self, path, entry):
        """The reader does it itself, since there may be a hundred thousand."""
        data = manifest(files={path: entry}, objects=[])
        valid = jsonschema.Draft202012Validator(schema()).is_valid(data)
        try:
            read_files(data["files"], "matte.json")
        except PackageError:
            assert not valid
        else:
            assert valid


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
