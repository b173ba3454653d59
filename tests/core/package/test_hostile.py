"""A damaged or hostile package is told in a sentence, never followed."""

from __future__ import annotations

import json
import os

import pytest
from package_files import FILES, HOSTILE, manifest

from roto.errors import PackageError, PackageNotFoundError
from roto.package import read_package, verify


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
    def test_what_is_no_manifest_is_told(self, folder, data, words):
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
    def test_a_wrong_value_is_told(self, folder, path, value):
        refused(folder, changed(path, value))

    def test_a_newer_version_is_refused(self, folder):
        message = refused(folder, {"schema": "roto-matte", "version": 2, "all": "different"})
        assert "version 2, made by a newer roto" in message


class TestHostile:
    @pytest.mark.parametrize("path", HOSTILE)
    def test_a_file_outside_is_refused(self, folder, path):
        refused(folder, changed("files", {path: {"sha256": "0" * 64, "bytes": 1}}))

    @pytest.mark.parametrize("path", HOSTILE)
    def test_a_pattern_outside_is_refused(self, folder, path):
        refused(folder, changed("objects/0/representations/0/pattern", path + "/####.exr"))
        data = manifest()
        way = data["objects"][0]["representations"][0]
        del way["pattern"]
        refused(folder, changed("objects/0/representations/0", way | {"path": path}))

    def test_a_link_that_leads_out_is_not_followed(self, folder, tmp_path):
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

    def test_a_manifest_that_is_a_link_is_not_followed(self, folder, tmp_path):
        (folder / "matte.json").rename(tmp_path / "other.json")
        (folder / "matte.json").symlink_to(tmp_path / "other.json")
        with pytest.raises(PackageError, match="leads out of the package"):
            read_package(folder)

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
