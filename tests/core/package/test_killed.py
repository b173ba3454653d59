"""Whoever is killed while a package is written leaves the old one or the new one, whole."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from written_packages import COUNT, FIRST, keyed, others, package_of, work

import roto
from roto.fake_engine import FakeEngine
from roto.package import read_package, verify

KILLED = """
import os, pathlib, signal, sys
import roto, roto.package.folders as folders
from roto.fake_engine import FakeEngine
from roto.package import PackageOrder, write_package

project, folder, where = sys.argv[1:]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

if where == "between":  # the two moves of a system that cannot exchange folders
    move = pathlib.Path.rename
    pathlib.Path.rename = lambda a, b: die() if a.name.endswith(".partial") else move(a, b)
    folders._exchange = lambda *_: False
elif where == "after":  # before the older one is removed
    folders.shutil.rmtree = lambda path, **_: die() if path.name.endswith(".partial") else None

with roto.open_session(project, model=FakeEngine(), read_only=True) as session:
    writing = write_package(session, folder, PackageOrder(overwrite=True, also=["png"]))
    for done, event in enumerate(writing):
        if where == str(done):
            die()
die()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nothing can be killed here")
class TestKilled:
    @pytest.fixture
    def older(self, clip, tmp_path):
        """A project, and a package of half its frames."""
        with keyed(clip, tmp_path / "shot.roto") as session:
            work(session)
            package_of(session, tmp_path / "shot.mattes", range=(FIRST, FIRST + 2))
        return tmp_path / "shot.mattes"

    @pytest.mark.parametrize(
        ("where", "new"), [("0", False), ("3", False), ("between", False), ("after", True)]
    )
    def test_the_old_or_the_new_one_is_whole(self, older, clip, where, new):
        project = older.with_name("shot.roto")
        command = [sys.executable, "-c", KILLED, str(project), str(older), where]
        found = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert found.returncode == -signal.SIGKILL, found.stderr
        assert verify(older).ok
        package = read_package(older)
        assert len(package.clip.frames) == (COUNT if new else 3)
        with roto.open_session(project, model=FakeEngine(), read_only=True) as session:
            package_of(session, older, overwrite=True)
        assert verify(older).ok
        assert others(older) == ["shot.roto", "shot.roto.cache"]  # nothing of the dead is left
