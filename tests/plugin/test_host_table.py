"""Hosts by name, hosts that other packages bring, and the page of conformance."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from roto.errors import HostError
from roto_plugin import conformance, hosts
from roto_plugin.hosts.fake import FakeHost

ROOT = Path(__file__).parents[2]
ADAPTER = """
from roto_plugin.hosts.fake import FakeHost

class MyHost(FakeHost):
    name = "mine"
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A package that brings a host: one file, and one entry."""
    (tmp_path / "roto_mine.py").write_text(ADAPTER)
    info = tmp_path / "roto_mine-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: roto-mine\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[roto.hosts]\nmine = roto_mine:MyHost\nbroken = roto_mine:Nobody\nmlt = roto_mine:MyHost\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    hosts._table.cache_clear()
    yield
    hosts._table.cache_clear()
    sys.modules.pop("roto_mine", None)


class TestNames:
    def test_pyproject_says_the_same_as_the_table(self):
        text = (ROOT / "pyproject.toml").read_text("utf-8")
        block = text.partition('[project.entry-points."roto.hosts"]')[2].partition("\n[")[0]
        rows = re.findall(r'^"?([\w.-]+)"? = "(\S+)"$', block, re.MULTILINE)
        assert dict(rows) == hosts.BUILT_IN

    def test_every_host_says_who_it_is(self):
        for name in hosts.BUILT_IN:
            adapter = hosts.host_named(name)
            assert adapter.name == name
            assert adapter.title

    def test_no_such_host(self):
        with pytest.raises(HostError, match=r"There is no host 'nuke'; there are mlt, .*\."):
            hosts.host_named("nuke")


class TestAnotherPackage:
    def test_its_host_is_measured_by_the_same_command(self, installed, capsys):
        assert hosts.host_names()[-2:] == ["mine", "broken"]
        assert conformance.main(["--hosts", "mine"]) == 0
        rows = capsys.readouterr().out.splitlines()[2:]
        ways = FakeHost().capabilities().ways
        assert [row.split("|")[3].strip() for row in rows] == [way.title for way in ways]
        assert all(row.startswith("| mine ") for row in rows)

    def test_roto_s_own_are_not_replaced(self, installed):
        assert hosts.host_named("mlt").name == "mlt"

    def test_one_that_cannot_be_loaded(self, installed):
        with pytest.raises(HostError, match="'broken' cannot be loaded from roto_mine:Nobody"):
            hosts.host_named("broken")


class TestPage:
    def test_it_is_written(self, tmp_path, capsys):
        page = tmp_path / "conformance.md"
        assert conformance.main(["--hosts", "fake", "-o", str(page)]) == 0
        assert page.read_text("utf-8").endswith("\n\n" + capsys.readouterr().out)

    def test_one_that_is_missing_leaves_the_old_page(self, tmp_path, capsys, monkeypatch):
        monkeypatch.delenv("ROTO_HOSTS", raising=False)
        page = tmp_path / "conformance.md"
        page.write_text("old")
        assert conformance.main(["--hosts", "blender-5.0", "fake", "-o", str(page)]) == 1
        captured = capsys.readouterr()
        assert captured.err.startswith("blender-5.0: Blender 5.0 is not here: ROTO_HOSTS must")
        assert captured.out.count("| fake ") == 3
        assert page.read_text() == "old"

    def test_docs_have_every_way_of_every_host(self):
        text = (ROOT / "docs" / "conformance.md").read_text("utf-8")
        rows = [[cell.strip() for cell in line.split("|")] for line in text.splitlines()]
        shown = {(row[1], row[3]) for row in rows if len(row) > 5}
        for name in hosts.BUILT_IN:
            for way in hosts.host_named(name).capabilities().ways:
                assert (name, way.title) in shown
        assert "BROKEN" not in text

    def test_the_guide_names_what_there_is(self):
        guide = (ROOT / "docs" / "adding-a-host.md").read_text("utf-8")
        methods = [name for name in vars(FakeHost) if not name.startswith("_")]
        for name in {*methods} - {"name", "title"}:
            assert f"`{name}(" in guide
        for path in re.findall(r"`(roto_plugin/[\w/]+\.py)`", guide):
            assert (ROOT / "plugin" / path).is_file()
