"""A project with something in it, for tests of the project file."""

import contextlib
import os
import sys
import tempfile
from pathlib import Path

import pytest
from golden import make_project_v1 as golden

from roto.project import (
    ClipRecord,
    KeyframeRecord,
    LockRecord,
    ObjectRecord,
    Project,
    ResultRecord,
)

CLIP = ClipRecord("plate.mov", "", None, "", 64, 48, "24000/1001", 1001, 10, "display", {"a": [1]})
HERO = ObjectRecord(1, "hero", (255, 0, 0))
CAR = ObjectRecord(2, "car", (0, 255, 0), visible=False, first=1002, last=1004)
LONG = ClipRecord("plate.mov", "", None, "", 1920, 1080, "24", 1001, 1000, "display")
GOLDEN = Path(golden.__file__).with_name("project_v1.roto")
posix = pytest.mark.skipif(os.name != "posix", reason="needs signals and limits of POSIX")


def rows(project):
    return (
        project.clip,
        project.objects(),
        dict(project.keyframes()),
        dict(project.results()),
        project.locks(),
        project.settings(),
    )


def everything(project):
    """All that an edit can change, and what can be undone and redone."""
    return (*rows(project), project.steps())


def tell(figures):
    """Print a measurement; pytest shows it with -s, or beside a failure."""
    sys.stdout.write(f"\n{figures}\n")


def new_project(path=None):
    """A project of a thousand frames with one object."""
    project = Project.create(LONG, path)
    with project.edit("begin") as edit:
        edit.put_object(ObjectRecord(1, "hero", (255, 0, 0)))
        edit.put_provenance({"model": "small"})
    return project


def fill(project):
    with project.edit("fill") as edit:
        edit.put_object(HERO)
        edit.put_object(CAR)
        blob, made = edit.put_blob(b"mask"), edit.put_provenance({"model": "small"})
        edit.put_keyframe(KeyframeRecord(1001, 1, blob, "painted"))
        edit.put_keyframe(KeyframeRecord(1001, 2, None, "painted"))
        edit.put_result(ResultRecord(1002, 1, blob, 0.5, "1001:ab", None, made))
        edit.put_result(ResultRecord(1002, 2, edit.put_blob(b"r"), 1, None, "1003:cd", made))
        edit.put_lock(LockRecord(1, 1001, 1003, 2, blob, blob))
        edit.put_lock(LockRecord(2, 1001, 1003))
        edit.set_setting("short_side", 480)
    return project


def made(path):
    fill(Project.create(CLIP, path)).close()
    return path


@contextlib.contextmanager
def folder_of_another_user():
    """A folder in which the one who runs this may read and not write."""
    if not hasattr(os, "seteuid"):
        pytest.skip("needs the users of POSIX")
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        @contextlib.contextmanager
        def as_stranger():
            folder.chmod(0o555)
            if root:
                os.seteuid(65534)
            try:
                yield
            finally:
                if root:
                    os.seteuid(0)
                folder.chmod(0o755)

        yield folder, as_stranger
