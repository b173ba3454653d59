"""Made ``project_v1.roto``: ``python tests/golden/make_project_v1.py``, with the roto of version 1.

The file is never made again. It is what projects of that time look like; every later roto opens it.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np

from roto.masks import pack_label_map, pack_matte
from roto.project import (
    ClipRecord,
    KeyframeRecord,
    LockRecord,
    ObjectRecord,
    Project,
    ResultRecord,
    pack_result,
)
from roto.results import Grid, Logits

CLIP = ClipRecord(
    name="plate.####.exr",
    absolute="/shots/sh010/plates/plate.####.exr",
    relative="plates/plate.####.exr",
    fingerprint="sequence:24:" + "0" * 64,
    width=64,
    height=48,
    frame_rate="24000/1001",
    first_frame=1001,
    frame_count=24,
    colour_space="linear",
    arguments={"frame_rate": "24000/1001"},
)
HERO = ObjectRecord(1, "hero", (255, 64, 0))
CAR = ObjectRecord(2, 'the "car"; 🚗', (0, 128, 255), visible=False, first=1003, last=1020)
PROVENANCE = {"model": "small", "settings": {"short_side": 480}, "weights": "a" * 64}
SETTINGS = {"short_side": 480, "view": {"overlay": 0.5, "shown": [1001, None, True, "ü"]}}


def label_map() -> np.ndarray:
    mask = np.zeros((48, 64), np.uint8)
    mask[10:30, 20:50] = 1
    return mask


def matte() -> np.ndarray:
    return np.linspace(0, 1, 48 * 64, dtype=np.float32).reshape(48, 64)


def logits(object_id: int) -> Logits:
    rows, columns = np.mgrid[:12, :16].astype(np.float32)
    return Logits(
        (object_id,), (rows - columns + object_id)[None], Grid((48, 64), (48, 64), (0,) * 4)
    )


def make(path: Path) -> None:
    with Project.create(CLIP, path) as project:
        with project.edit("add objects") as edit:
            edit.put_object(HERO)
            edit.put_object(CAR)
        with project.edit("paint hero") as edit:
            blob = edit.put_blob(pack_label_map(label_map()))
            edit.put_keyframe(KeyframeRecord(1001, 1, blob, "painted"))
        with project.edit("import car") as edit:
            blob = edit.put_blob(pack_matte(matte()))
            edit.put_keyframe(KeyframeRecord(1003, 2, blob, "imported"))
            edit.put_keyframe(KeyframeRecord(1001, 2, None, "painted"))
        for frame in (1002, 1004):
            with project.edit("propagate", join=True, durable=False) as edit:
                provenance = edit.put_provenance(PROVENANCE)
                blob = edit.put_blob(pack_result(logits(1).pack()))
                found = ResultRecord(frame, 1, blob, 0.875, f"1001:{'b' * 8}", None, provenance)
                edit.put_result(found)
        with project.edit("lock") as edit:
            region = edit.put_blob(pack_label_map(label_map()))
            edit.put_lock(LockRecord(1, 1001, 1002, 1, region, edit.put_blob(b"snapshot")))
            edit.put_lock(LockRecord(2, 1010, 1010))
        with project.edit("settings") as edit:
            for name, value in SETTINGS.items():
                edit.set_setting(name, value)
        with project.edit("remove hero") as edit:
            edit.remove_object(1)
        project.undo()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "project.roto")
        make(made)
        # Its own path is nobody's business.
        shutil.copyfile(made, Path(__file__).with_name("project_v1.roto"))
