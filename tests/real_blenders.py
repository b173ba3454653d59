"""Blender as the module bpy, with the add-on as it was built; what its tests share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import cv2
import numpy as np
import pytest

import roto

VERSIONS = ("5.0", "4.5", "4.2")
FRAMES = range(1001, 1009)
ROOT = Path(__file__).parents[1]
PLUGIN = ROOT / "plugin" / "blender"
INSIDE = ROOT / "tests" / "plugin" / "blender" / "in_blender.py"
SECONDS = 600


def python_of(version: str) -> Path:
    """Blender's Python. Where hosts are promised, one that is missing is a failure."""
    folder = os.environ.get("ROTO_HOSTS")
    if not folder:
        pytest.skip("ROTO_HOSTS is not set; `.ci/hosts FOLDER` installs Blender and MLT there.")
    found = Path(folder) / f"bpy-{version}" / "bin" / "python"
    if not found.exists():
        pytest.fail(f"ROTO_HOSTS is set, but there is no {found}; run `.ci/hosts {folder}`.")
    return found


def build_module():
    spec = spec_from_file_location("blender_build", PLUGIN / "build.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Blender:
    """One version, with the add-on as it was built by its own tool."""

    def __init__(self, version: str, folder: Path) -> None:
        self.python, self.folder = python_of(version), folder
        self.version = version
        builder = build_module()
        self.archive = builder.build(builder.tool_of_bpy(self.python), folder / "dist")

    def run(self, day: str, folder: Path) -> dict:
        """One day in ``folder``; returns what it told."""
        profile = folder / f"profile-{day}"
        for name in ("home", "resources"):
            (profile / name).mkdir(parents=True)
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("PYTHON", "QT_", "ROTO"))}
        environment = {
            **kept,
            "BLENDER_USER_RESOURCES": str(profile / "resources"),
            "HOME": str(profile / "home"),
            "XDG_CONFIG_HOME": str(profile / "home"),
            "QT_QPA_PLATFORM": "offscreen",
        }
        command = [self.python, INSIDE, day, folder, self.archive, sys.executable]
        ended = subprocess.run(
            [str(part) for part in command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
        )
        words = ended.stdout.decode("utf-8", "replace")
        assert ended.returncode == 0, words[-3000:]
        told = json.loads((folder / f"{day}.json").read_text(encoding="utf-8"))
        assert "failed" not in told, told["failed"] + words[-2000:]
        assert "Traceback" not in words, words[-3000:]
        assert told["version"].startswith(self.version)
        return told


def write_plates(folder: Path, frames: range = FRAMES, step: int = 6) -> Path:
    """A disc that moves so many pixels a frame over a blurred ground, 96x64."""
    (folder / "plate").mkdir(parents=True)
    noise = np.random.default_rng(0).integers(0, 255, (64, 96, 3)).astype(np.uint8)
    ground = cv2.GaussianBlur(noise, (0, 0), 3)
    for frame in frames:
        picture = ground.copy()
        x = 20 + step * (frame - 1001)
        cv2.circle(picture, (x, 32), 14, (40, 80, 230), -1, cv2.LINE_AA)
        cv2.imwrite(str(folder / "plate" / f"plate.{frame}.png"), picture)
    return folder


def picture(path: Path) -> np.ndarray:
    found = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert found is not None, path
    return found / float(np.iinfo(found.dtype).max)


def mattes(project: Path, name: str = "hero", clip: str | None = None) -> dict[int, np.ndarray]:
    with roto.open_session(project, clip=clip, read_only=True) as session:
        return {
            f: session.result(f).matte(name)
            for f in session.source.frame_numbers
            if name in session.result(f).confidences
        }
