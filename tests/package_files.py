"""Packages made by hand: a small valid manifest, a folder with its files, and hostile paths."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

FILES = {f"exr/hero/hero.{frame}.exr": b"matte %d" % frame for frame in (1001, 1002, 1004)}

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
"""Paths that no manifest may name."""


def manifest(**changes: Any) -> dict[str, Any]:
    """What ``matte.json`` of :data:`FILES` says; some of it changed."""
    sequence = {
        "kind": "sequence",
        "pattern": "exr/hero/hero.####.exr",
        "format": "exr",
        "bit_depth": 16,
        "channel": "Y",
        "alpha": "straight",
        "range": "full",
        "colour": "data",
        "frames": [[1001, 1002], [1004, 1004]],
    }
    hero = {
        "id": 1,
        "name": "hero",
        "colour": [255, 64, 0],
        "representations": [sequence],
        "states": {"keyframe": [[1001, 1001]], "stale": [[1002, 1002]], "missing": [[1003, 1003]]},
    }
    found: dict[str, Any] = {
        "schema": "roto-matte",
        "version": 1,
        "name": "shot",
        "clip": {
            "path": "/shots/sh010/plate.####.exr",
            "first": 1001,
            "last": 1004,
            "frames": [[1001, 1004]],
            "rate": "24000/1001",
            "width": 64,
            "height": 48,
            "pixel_aspect": "2/1",
        },
        "objects": [hero],
        "provenance": {"roto": "0.1.0", "keyframes": {"hero": [[1001, 1001]]}},
        "files": {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
            for name, data in FILES.items()
        },
    }
    return found | changes


def write(folder: Path, data: dict[str, Any] | None = None) -> Path:
    """A package on disk; ``data`` is what its manifest says."""
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    text = json.dumps(manifest() if data is None else data)
    (folder / "matte.json").write_text(text, "utf-8")
    return folder
