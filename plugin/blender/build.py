# SPDX-License-Identifier: GPL-3.0-or-later
"""Build and validate the extension with Blender's own tool.

    python plugin/blender/build.py --blender /path/to/blender
    python plugin/blender/build.py --blender-cli .../bl_pkg/cli/blender_ext.py

The second is for Blender as a Python module, which brings the tool without a ``blender``. The
engine's client is copied into the add-on from ``plugin/roto_plugin`` on the way.
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
VENDORED = ("client.py", "link.py", "protocol.py")
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
        _run([*tool, "build", "--source-dir", str(source), "--output-dir", str(made)])
        (built,) = made.glob("*.zip")
        _run([*tool, "validate", str(built)])
        return Path(shutil.move(built, output / built.name))


def _run(command: list[str]) -> None:
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.returncode:
        words = (found.stdout + found.stderr).strip()
        raise BuildError(f"{' '.join(command[-4:])} ended with {found.returncode}:\n{words}")


def main(arguments: list[str] | None = None) -> int:
    """Build as the command line says."""
    parser = argparse.ArgumentParser(description="Build the roto extension for Blender.")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--blender", default="blender", help="Blender 4.2 or newer")
    which.add_argument("--blender-cli", type=Path, help="path of blender_ext.py")
    parser.add_argument("-o", "--output", type=Path, default=Path("dist"), help="folder (dist)")
    options = parser.parse_args(arguments)
    tool = [options.blender, "--command", "extension"]
    if options.blender_cli is not None:
        tool = [sys.executable, str(options.blender_cli)]
    try:
        sys.stdout.write(f"{build(tool, options.output)}\n")
    except (BuildError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
