"""What must never be lost: projects under SIGKILL, on a full disk, interrupted. Prints figures.

``ROTO_KILLS=200 pytest -s tests/core/test_project_reliability.py`` is the long run.
"""

import inspect
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from project_files import everything, new_project, posix, tell
from small_disks import small_disk

from roto.errors import ProjectError
from roto.project import (
    KeyframeRecord,
    ObjectRecord,
    Project,
    ResultRecord,
)


def operate(project, number):
    """The operation of a number; what it does depends on that and on the project alone."""
    from roto.project import KeyframeRecord, LockRecord, ResultRecord

    kind, frame = number % 12, 1001 + number * 7 % 100
    if kind == 9:
        project.undo()
    elif kind == 10:
        project.redo()
    elif number % 60 == 59:
        project.compact(30)
    elif kind in (3, 4, 5, 6):
        with project.edit("propagate", join=True, durable=False) as edit:
            blob = edit.put_blob(number.to_bytes(4, "big") * 1000)
            made = edit.put_provenance({"model": "small"})
            edit.put_result(ResultRecord(frame, 1, blob, number % 101 / 100, None, None, made))
    elif kind == 7:
        with project.edit("lock") as edit:
            edit.put_lock(LockRecord(1 + number % 5, frame, frame + 3, 1))
    elif kind == 8:
        with project.edit("remove") as edit:
            for key in sorted(project.results())[:3]:
                edit.remove_result(*key)
    else:
        with project.edit(f"edit {number}") as edit:
            edit.set_setting("number", number)
            blob = edit.put_blob(b"%d" % number * 20_000)  # larger than the pages of SQLite
            edit.put_keyframe(KeyframeRecord(frame, 1, blob, "painted"))


CHILD = f"""
import os, sys
from roto.project import Project
{inspect.getsource(operate)}
os.write(1, b"ready\\n")
with Project.open(sys.argv[1]) as project:
    for number in range(int(sys.argv[2]), 10**9):
        operate(project, number)
        os.write(1, b"%d\\n" % number)
"""


class TestKilled:
    @posix
    def test_every_acknowledged_edit_survives_sigkill(self, tmp_path):
        kills = int(os.environ.get("ROTO_KILLS", "25"))
        path, chance, started = tmp_path / "shot.roto", random.Random(4), time.perf_counter()
        new_project(path).close()
        done = unacknowledged = 0
        with new_project() as model:
            for kill in range(kills):
                wait = chance.uniform(0, 0.02) if kill % 5 == 0 else chance.uniform(0, 0.25)
                acknowledged = edit_until_killed(path, done, wait)
                for number in range(done, acknowledged):
                    operate(model, number)
                done = max(done, acknowledged)
                with Project.open(path) as project:  # no repair step, and no stale lock
                    project.check()
                    found = everything(project)
                if found != everything(model):
                    # The one that was written when the kill came, before it could be told.
                    operate(model, done)
                    done += 1
                    unacknowledged += 1
                assert found == everything(model), f"after kill {kill}"
        seconds = time.perf_counter() - started
        tell(
            f"{kills} kills, {done} edits, {unacknowledged} of them written but not yet told, "
            f"none lost; {seconds:.1f} s"
        )
        assert done > kills

    @posix
    def test_a_project_being_made_is_there_whole_or_not_at_all(self, tmp_path):
        code = (
            "import sys; sys.path.insert(0, '')\n"
            "from roto.project import ClipRecord, Project\n"
            "source = Project.open(sys.argv[1])\n"
            "print('ready', flush=True)\n"
            "for i in range(10**6):\n"
            "    source.save_as(f'{sys.argv[2]}/{i}.roto')\n"
            "    print(i, flush=True)\n"
        )
        source = tmp_path / "source.roto"
        with new_project(source) as project:
            for number in range(30):
                operate(project, number)
            expected = everything(project)
        chance, seen = random.Random(1), 0
        for attempt in range(3):
            folder = tmp_path / str(attempt)
            folder.mkdir()
            command = [sys.executable, "-c", code, str(source), str(folder)]
            with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
                told = [child.stdout.readline() for _ in range(1 + chance.randrange(1, 4))]
                time.sleep(chance.uniform(0, 0.02))
                child.kill()
            assert told[-1]
            assert len(list(folder.glob("*.roto"))) >= len(told) - 1
            for path in folder.glob("*.roto"):
                with Project.open(path) as copy:
                    copy.check()
                    assert everything(copy)[1:] == expected[1:]
                seen += 1
        tell(f"{seen} copies, all whole")


def edit_until_killed(path, start, wait):
    """Run the child, kill it some seconds after it began; how many operations it told of."""
    command = [sys.executable, "-c", CHILD, str(path), str(start)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        first = child.stdout.readline()
        time.sleep(wait)
        child.kill()
        told, complaints = child.communicate()
        assert child.returncode == -signal.SIGKILL, complaints.decode()
    assert first == b"ready\n"
    # A line that was cut off by the kill was not told.
    lines = [line for line in told.splitlines(keepends=True) if line.endswith(b"\n")]
    return int(lines[-1]) + 1 if lines else start


class TestFullDisk:
    def test_nothing_is_lost_and_memory_follows_the_file(self, tmp_path):
        with new_project(tmp_path / "shot.roto") as project:
            connection = project._file.connection
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages + 10}")
            failed = self.fill(project)
            before = everything(project)
            connection.execute("PRAGMA max_page_count = 100000")
            with project.edit("room again") as edit:
                edit.set_setting("room", True)
            assert project.undo() == "room again"
        with Project.open(tmp_path / "shot.roto") as project:
            project.check()
            assert everything(project)[:-1] == before[:-1]
        assert "disk is full" in failed

    @posix
    @pytest.mark.parametrize("kilobytes", [100, 150, 400])
    def test_files_that_may_not_grow(self, tmp_path, kilobytes):
        code = f"""
import resource, sys, random
from roto.errors import ProjectError
from roto.project import Project
resource.setrlimit(resource.RLIMIT_FSIZE, ({kilobytes} * 1024,) * 2)
failures = 0
with Project.open(sys.argv[1]) as project:
    for number in range(60):
        label, before = f"edit {{number}}", project.settings()
        try:
            with project.edit(label) as edit:
                edit.put_blob(random.Random(number).randbytes(9000))
                edit.set_setting(label, "x" * 3000)
            print(label)
        except ProjectError as error:
            assert project.settings() == before
            failures += 1
print(failures, file=sys.stderr)
"""
        path = tmp_path / "shot.roto"
        new_project(path).close()
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert int(done.stderr) > 0
        with Project.open(path) as project:
            project.check()
            assert list(project.settings()) == sorted(done.stdout.splitlines())

    def test_saving_where_there_is_no_room_leaves_nothing_behind(self, tmp_path):
        with new_project() as project:
            with project.edit("large") as edit:
                blob = edit.put_blob(b"x" * 500_000)
                edit.put_keyframe(KeyframeRecord(1001, 1, blob, "painted"))
            before = everything(project)
            with small_disk(tmp_path / "disk", 200) as disk:
                with pytest.raises(ProjectError, match=r"full|No space left"):
                    project.save_as(disk / "shot.roto")
                assert list(disk.iterdir()) == []
            assert everything(project) == before
            project.save_as(tmp_path / "shot.roto")
        with Project.open(tmp_path / "shot.roto") as found:
            assert everything(found)[1:] == before[1:]

    def fill(self, project):
        for number in range(100):
            before = everything(project)
            try:
                with project.edit(f"edit {number}") as edit:
                    blob = edit.put_blob(os.urandom(3000))
                    edit.put_keyframe(KeyframeRecord(number, 1, blob, "painted"))
            except ProjectError as error:
                assert everything(project) == before
                return str(error)
        raise AssertionError("the disk never got full")


class TestInterrupted:
    @pytest.mark.parametrize("moment", ["BEGIN IMMEDIATE", "COMMIT", "after COMMIT"])
    def test_memory_says_what_the_file_says(self, tmp_path, moment):
        class Interrupting:
            def __init__(self, connection):
                self.connection = connection

            def __getattr__(self, name):
                return getattr(self.connection, name)

            def execute(self, statement, *rest):
                if moment == statement:
                    raise KeyboardInterrupt
                found = self.connection.execute(statement, *rest)
                if moment == f"after {statement}":
                    raise KeyboardInterrupt
                return found

        path = tmp_path / "shot.roto"
        with new_project(path) as project:
            real = project._file._database
            project._file._database = Interrupting(real)
            with pytest.raises(KeyboardInterrupt):
                self.change(project)
            project._file._database = real
            found = everything(project)
            with project.edit("later") as edit:
                edit.set_setting("b", 1)
            assert project.undo() == "later"
        with Project.open(path) as project:
            assert everything(project)[:-1] == found[:-1]
            assert (project.settings() == {"a": 1}) == (moment == "after COMMIT")

    def change(self, project):
        with project.edit("edit") as edit:
            edit.set_setting("a", 1)
            edit.remove_object(1)


class TestLarge:
    def test_a_thousand_frames_and_five_hundred_steps_come_back(self, tmp_path):
        path = tmp_path / "shot.roto"
        with new_project(path) as project:
            with project.edit("second") as edit:
                edit.put_object(ObjectRecord(2, "car", (0, 255, 0)))
            self.propagate(project, range(1001, 2001))
            for number in range(500):
                with project.edit(f"edit {number}", durable=False) as edit:
                    edit.put_keyframe(KeyframeRecord(1001 + number, 1, None, "painted"))
            expected = everything(project)
        with Project.open(path) as project:
            project.check()
            assert everything(project) == expected
            assert len(project.results()) == 2000
            assert len(project.steps().undo) == 503

    def propagate(self, project, frames):
        for frame in frames:
            with project.edit("propagate", join=True, durable=False) as edit:
                made = edit.put_provenance({"model": "small"})
                for object_id in project.objects():
                    blob = edit.put_blob(os.urandom(6000))
                    between = f"1001:{'a' * 16}", f"2000:{'b' * 16}"
                    edit.put_result(ResultRecord(frame, object_id, blob, 0.9, *between, made))
