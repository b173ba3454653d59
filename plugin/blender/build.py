# SPDX-License-Identifier: GPL-3.0-or-later
"""Build and validate the extension with Blender's own tool.

    python plugin/blender/build.py --blender /path/to/blender
    python plugin/blender/build.py --bpy /path/to/python

The second is for Blender as the Python module bpy, which has no ``blender`` to start; it calls the
very function that Blender has registered for ``--command extension``. The engine's client is copied
into the add-on from ``plugin/roto_plugin`` on the way.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "roto_blender"
CLIENT = HERE.parent / "roto_plugin"
VENDORED = ("book.py", "client.py", "link.py", "messages.py", "protocol.py", "starting.py")
# bpy 4.5 may hang when Python takes it down, so the process ends at once.
_COMMAND = """
import os, sys
import bpy, addon_utils
addon_utils.enable("bl_pkg")
from bl_pkg import cli_extension
code = 1
try:
    code = cli_extension(sys.argv[1:])
except SystemExit as ended:
    code = ended.code or 0
finally:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
"""
_NOTE = '"""Copies of roto\'s client (Apache-2.0), unchanged; see plugin/blender/build.py."""\n'


class BuildError(Exception):
    """Blender's tool refused; its own words."""


def assemble(folder: Path) -> Path:
    """Copy the add-on with its client into a folder; returns the add-on's own."""
    target = folder / SOURCE.name
    shutil.copytree(SOURCE, target, ignore=shutil.ignore_patterns("__pycache__", "vendor"))
    (target / "vendor").mkdir()
    (target / "vendor" / "__init__.py").write_text(_NOTE, encoding="utf-8")
    for name in VENDORED:
        shutil.copyfile(CLIENT / name, target / "vendor" / name)
    shutil.copyfile(HERE.parent.parent / "LICENSE", target / "vendor" / "LICENSE")
    return target


def tool_of_blender(program: str = "blender") -> list[str]:
    """Blender's tool, from the program itself."""
    return [program, "--command", "extension"]


def tool_of_bpy(python: Path) -> list[str]:
    """The same tool, from the module bpy in that Python's environment."""
    return [str(python), "-c", _COMMAND]


def build(tool: list[str], output: Path) -> Path:
    """Build the zip and have it validated.

    Args:
        tool: Command that takes ``build`` and ``validate``.
        output: Folder for the zip; made where it is missing.

    Returns:
        The zip's path.

    Raises:
        BuildError: Blender's tool refused.
    """
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        source = assemble(Path(scratch) / "source")
        made = Path(scratch) / "made"
        made.mkdir()
        _run(tool, ["build", "--source-dir", str(source), "--output-dir", str(made)])
        (built,) = made.glob("*.zip")
        _run(tool, ["validate", str(built)])
        return Path(shutil.move(built, output / built.name))


def _run(tool: list[str], arguments: list[str]) -> None:
    found = subprocess.run([*tool, *arguments], capture_output=True, text=True, check=False)
    if found.returncode:
        words = (found.stdout + found.stderr).strip()
        raise BuildError(f"{' '.join(arguments)} ended with {found.returncode}:\n{words}")


def main(arguments: list[str] | None = None) -> int:
    """Build as the command line says."""
    parser = argparse.ArgumentParser(description="Build the roto extension for Blender.")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--blender", default="blender", help="Blender 4.2 or newer")
    which.add_argument("--bpy", type=Path, metavar="PYTHON", help="a Python with the module bpy")
    parser.add_argument("-o", "--output", type=Path, default=Path("dist"), help="folder (dist)")
    options = parser.parse_args(arguments)
    tool = tool_of_blender(options.blender) if options.bpy is None else tool_of_bpy(options.bpy)
    try:
        sys.stdout.write(f"{build(tool, options.output)}\n")
    except (BuildError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
