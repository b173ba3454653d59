"""Made ``package_v1``: ``python tests/golden/make_package_v1.py``, with the roto of version 1.

The folder is never made again. It is what packages of that time look like; every later roto reads
it. Its clip and its checksums are those of an anamorphic shot of six frames, of which one is
missing on disk and one was not found of the car.
"""

from __future__ import annotations

import json
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

import roto
from roto.fake_engine import FakeEngine
from roto.package import PackageOrder, write_package

SIZE, FIRST, COUNT, GAP = (12, 16), 1001, 6, 1004


def plate(position: int) -> np.ndarray:
    picture = np.full((*SIZE, 3), (20, 40, 200), np.uint8)
    picture[2:7, 1 + position : 6 + position] = (230, 30, 30)
    picture[9:11] = (20, 220, 40)
    return picture


def make(folder: Path) -> None:
    hero, car = np.zeros((2, *SIZE), np.uint8)
    hero[2:7, 1:6], car[9:11] = 255, 255
    with tempfile.TemporaryDirectory() as plates:
        for position in range(COUNT):
            if FIRST + position != GAP:
                path = Path(plates, f"plate.{FIRST + position}.png")
                cv2.imwrite(str(path), plate(position)[..., ::-1])
        clip = roto.open_clip(Path(plates, "plate.####.png"), frame_rate=Fraction(24000, 1001))
        with roto.new_session(clip, model=FakeEngine()) as session:
            session.set_keyframe(FIRST, {"hero": hero})
            for _ in session.propagate():
                pass
            session.set_keyframe(FIRST + 1, {'the "car"; #2': car})
            for _ in session.propagate((FIRST, FIRST + 2)):
                pass
            order = PackageOrder(
                range=(FIRST + 1, FIRST + 4),
                handles=1,
                also=["layers", "cryptomatte", "png"],
                partial=True,
            )
            for _ in write_package(session, folder, order):
                pass
    manifest = json.loads((folder / "matte.json").read_text("utf-8"))
    # Where it was made is nobody's business.
    manifest["clip"]["path"] = "/shots/sh010/plates/plate.####.png"
    manifest["clip"]["relative"] = "../plates/plate.####.png"
    (folder / "matte.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("package_v1")))
