"""The add-on as files: what it carries, what it imports, and that its names are roto's."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roto.export.pattern import FramePattern, safe_file_name

try:
    import tomllib
except ImportError:  # Python 3.10
    tomllib = None

PLUGIN = Path(__file__).parents[2] / "plugin"
SOURCE = PLUGIN / "blender" / "roto_blender"


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


names = load(SOURCE / "names.py")
build = load(PLUGIN / "blender" / "build.py")


def imported(path):
    """Names of the modules that a file imports from outside its package."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module


def test_the_add_on_imports_the_standard_library_and_blender_only(tmp_path):
    found = {
        name.split(".")[0] for p in build.assemble(tmp_path).rglob("*.py") for name in imported(p)
    }
    assert found - set(sys.stdlib_module_names) == {"bpy"}


def test_the_add_on_carries_the_client_unchanged(tmp_path):
    vendor = build.assemble(tmp_path) / "vendor"
    for name in build.VENDORED:
        assert (vendor / name).read_bytes() == (PLUGIN / "roto_plugin" / name).read_bytes()
    assert "Apache" in (vendor / "LICENSE").read_text(encoding="utf-8")


def test_the_client_works_from_the_copies(tmp_path):
    """Without roto: the copies import nothing but each other."""
    build.assemble(tmp_path)
    (tmp_path / "roto_blender" / "__init__.py").write_text("")  # the add-on's own wants Blender
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
    code += "import roto_blender.vendor.client as c; print(c.Client(['x']).state)"
    found = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {code}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "idle"


@pytest.mark.skipif(tomllib is None, reason="tomllib came with Python 3.11")
def test_the_manifest_says_what_blender_asks_for():
    manifest = tomllib.loads((SOURCE / "blender_manifest.toml").read_text(encoding="utf-8"))
    assert manifest["blender_version_min"] == "4.2.0"
    assert manifest["license"] == ["SPDX:GPL-3.0-or-later"]
    assert len(manifest["tagline"]) <= 64
    assert "wheels" not in manifest


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda p: p.name)
def test_every_file_names_its_licence(path):
    assert path.read_text(encoding="utf-8").startswith(
        "# SPDX-License-Identifier: GPL-3.0-or-later"
    )


@given(st.text(max_size=200))
def test_names_of_files_are_those_of_roto(name):
    assert names.in_path(name) == safe_file_name(name)


@pytest.mark.parametrize("frame", [7, 1001, 123456])
def test_files_are_where_roto_writes_them(frame):
    text = "/m/{object}/{object}.####.exr"
    assert names.file_at(text, frame, "a/b") == str(FramePattern(text).path(frame, "a/b"))


def test_building_tells_what_blenders_tool_says(tmp_path):
    tool = tmp_path / "tool.py"
    tool.write_text("import sys; sys.exit('tagline too long')")
    with pytest.raises(build.BuildError, match="tagline too long"):
        build.build([sys.executable, str(tool)], tmp_path / "dist")
    assert list((tmp_path / "dist").iterdir()) == []
