"""The rules of docs/architecture.md, checked: imports, sizes, and what the public names say."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fresh_processes import loaded_by

from roto.media import FrameSource

ROOT = Path(__file__).parent.parent
FOLDERS = ("roto", "gui", "plugin", "tests", "benchmarks")
MOST_LINES = {"file": 450, "class": 300, "function": 80}

# What is larger than it may be, as "path::name". Entries go; none is added.
TOO_LARGE: frozenset[str] = frozenset()


def test_imports_keep_the_contracts():
    # In a process of its own: it silences all loggers that there are, for all tests after it.
    code = (
        "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    )
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_nothing_grows_beyond_what_one_reads_at_a_glance():
    assert {name for folder in FOLDERS for name in too_large(ROOT / folder)} == TOO_LARGE


@pytest.mark.parametrize(
    ("begin", "end", "folders"),
    [
        ("# Architecture", "## What flows", ("roto/session", "roto/propagation", "roto/budget")),
        (
            "## Mattes out",
            "## Rules a machine checks",
            ("roto/delivery", "roto/export", "roto/package", "plugin/roto_plugin"),
        ),
    ],
)
def test_the_page_names_every_module_of_its_tables(begin, end, folders):
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    tables = page.partition(begin)[2].partition(end)[0]
    named = set(re.findall(r"`([a-z_0-9]+)/?`", tables))
    for folder in folders:
        here = {path.stem for path in (ROOT / folder).iterdir() if is_module(path)}
        assert here <= named, f"{folder}: {sorted(here - named)} are not in docs/architecture.md"


def is_module(path):
    return (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem[0] != "_"


def too_large(folder):
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        text = path.read_text(encoding="utf-8")
        if len(text.splitlines()) > MOST_LINES["file"]:
            yield name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef):
                most = MOST_LINES["class"]
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                most = MOST_LINES["function"]
            else:
                continue
            if node.end_lineno - node.lineno >= most:
                yield f"{name}::{node.name}"


def test_importing_roto_and_its_command_line_loads_nothing_heavy():
    heavy = {"torch", "torchvision", "PySide6", "cv2", "av", "OpenEXR", "PIL", "imageio"}
    assert not heavy & loaded_by("import roto, roto.cli")


def public_names():
    for name in (
        "roto",
        "roto.delivery",
        "roto.export",
        "roto.masks",
        "roto.media",
        "roto.painting",
    ):
        for member in members(importlib.import_module(name)):
            yield pytest.param(name, member, id=f"{name}.{member}")


def members(module):
    """What a module lists, or, where it lists nothing, what it defines without an underscore."""
    own = [n for n, value in vars(module).items() if is_of(value, module) and n[0] != "_"]
    return getattr(module, "__all__", own)


def is_of(value, module):
    return getattr(value, "__module__", None) == module.__name__


@pytest.mark.parametrize(("module", "name"), list(public_names()))
def test_public_names_say_what_they_are(module, name):
    value = getattr(importlib.import_module(module), name)
    if not (inspect.isclass(value) or inspect.isfunction(value)):
        return  # an alias or a constant: a docstring would be that of its type
    assert has_own_docstring(value)
    if inspect.isclass(value) and value.__module__.startswith("roto"):
        silent = [m for m, member in vars(value).items() if is_silent(value, m, member)]
        assert silent == []


def has_own_docstring(value):
    # A dataclass without one gets its signature as a docstring.
    return bool(value.__doc__) and not value.__doc__.startswith(f"{value.__name__}(")


def is_silent(cls, name, member):
    """True for public methods and properties that no docstring explains.

    That of a base class serves, and for frame sources that of the protocol they follow.
    """
    if name.startswith("_") or not (inspect.isfunction(member) or isinstance(member, property)):
        return False
    protocol = getattr(FrameSource, name, None)
    return not (inspect.getdoc(getattr(cls, name)) or inspect.getdoc(protocol))


def test_public_names_are_sorted_and_listed():
    roto = importlib.import_module("roto")
    assert roto.__all__ == sorted(roto.__all__)
    assert dir(roto) == roto.__all__
