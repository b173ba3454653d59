"""Any package that could be is written and read back; any value anywhere is read or refused."""

from __future__ import annotations

import json
from copy import deepcopy
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from package_files import HOSTILE, manifest

from roto.errors import PackageError, RotoError
from roto.export.contract import Provenance
from roto.package import (
    FileRecord,
    Frames,
    Package,
    PackagedClip,
    PackagedObject,
    Representation,
    from_manifest,
    schema,
)
from roto.package.manifest import read_files, to_manifest

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


class TestAnyValue:
    @settings(max_examples=150, deadline=None)
    @given(st.data())
    def test_any_value_anywhere_is_read_or_told(self, data):
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


class TestSchema:
    def test_the_schema_is_valid_and_so_is_a_manifest(self):
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
