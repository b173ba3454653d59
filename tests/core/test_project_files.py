"""Where a project is, and who may write it."""

import contextlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest
from project_files import CAR, CLIP, HERO, fill, folder_of_another_user, made, rows

from roto.errors import (
    ProjectDamagedError,
    ProjectEditError,
    ProjectError,
    ProjectExistsError,
    ProjectLockedError,
    ProjectReadOnlyError,
)
from roto.project import (
    KeyframeRecord,
    Project,
)


class TestFiles:
    def test_saving_goes_on_in_the_new_file(self, tmp_path, path):
        with fill(Project.create(CLIP)) as project:
            expected = rows(project)
            project.save_as(path)
            assert project.path == path
            project.save_as(tmp_path / "copy.roto")
            with project.edit("later") as edit:
                edit.set_setting("later", 1)
        with Project.open(path) as first, Project.open(tmp_path / "copy.roto") as second:
            assert rows(first) == expected
            assert second.settings()["later"] == 1
            assert second.steps().undo == ("later", "fill")
            second.undo()
            assert rows(second) == expected

    def test_a_closed_project_is_one_file(self, path):
        made(path)
        with Project.open(path), Project.open(path, read_only=True):
            pass
        assert os.listdir(path.parent) == [path.name]

    def test_nothing_is_overwritten(self, path, project):
        path.write_bytes(b"precious")
        with pytest.raises(ProjectExistsError, match="already"):
            Project.create(CLIP, path)
        with pytest.raises(FileExistsError):
            project.save_as(path)
        assert path.read_bytes() == b"precious"
        assert os.listdir(path.parent) == [path.name]
        assert project.path is None

    def test_nor_is_a_log_taken_for_ones_own(self, path):
        log = path.with_name("shot.roto-wal")
        log.write_bytes(b"edits of a project that was moved")
        with pytest.raises(ProjectExistsError, match="moved"):
            Project.create(CLIP, path)
        assert log.exists()

    @pytest.mark.parametrize("name", ["no/such/folder/shot.roto", "x" * 300, "a\0b", ""])
    def test_places_that_cannot_be(self, tmp_path, monkeypatch, name):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(ProjectError):
            Project.create(CLIP, name)
        with pytest.raises(ProjectError):
            Project.open(name)
        assert os.listdir(tmp_path) == []

    @pytest.mark.parametrize("name", ["a b.roto", "50%3f?#.roto", "ünï 🎬.roto", "'\";.roto"])
    def test_names_of_files(self, tmp_path, name):
        made(tmp_path / name)
        with Project.open(tmp_path / name) as project:
            assert project.objects()
        assert os.listdir(tmp_path) == [name]

    def test_relative_paths_survive_a_change_of_folder(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with Project.create(CLIP, "shot.roto") as project:
            monkeypatch.chdir("/")
            assert project.path == tmp_path / "shot.roto"

    def test_the_way_to_the_clip_is_that_from_the_new_place(self, tmp_path):
        clip = replace(CLIP, absolute=str(tmp_path / "plates" / "a.mov"))
        with Project.create(clip) as project:
            assert project.clip.relative is None
            project.save_as(tmp_path / "shot.roto")
            assert project.clip.relative == "plates/a.mov"
            (tmp_path / "work").mkdir()
            project.save_as(tmp_path / "work" / "shot.roto")
            assert project.clip.relative == "../plates/a.mov"
        with Project.create(replace(clip, relative="b.mov"), tmp_path / "b.roto") as project:
            assert project.clip.relative == "b.mov"

    def test_after_closing(self, path):
        with fill(Project.create(CLIP, path)) as project:
            blob = project.keyframes()[1001, 1].blob
        project.close()
        for call in (project.undo, project.compact, project.steps, lambda: project.blob(blob)):
            with pytest.raises(ProjectError, match="closed"):
                call()
        with pytest.raises(ProjectError, match="closed"), project.edit("late"):
            pass

    def test_compacting(self, path):
        with fill(Project.create(CLIP, path)) as project:
            for number in range(20):
                with project.edit(str(number)) as edit:
                    blob = edit.put_blob(random.Random(number).randbytes(50_000))
                    edit.put_keyframe(KeyframeRecord(1001, 1, blob, "painted"))
            expected, full = rows(project), path.stat().st_size
            project.compact(keep_steps=5)
            assert rows(project) == expected
            project.check()
            assert path.stat().st_size < full / 2 or full < 500_000
            assert project.steps().undo == ("19", "18", "17", "16", "15")
            while project.undo():
                project.blob(project.keyframes()[1001, 1].blob)
            project.compact(keep_steps=0)
            while project.redo():
                project.blob(project.keyframes()[1001, 1].blob)
            assert rows(project) == expected
            with pytest.raises(ProjectEditError):
                project.compact(-1)
        assert path.stat().st_size < 500_000


def paint(project, data):
    with project.edit("paint") as edit:
        edit.put_keyframe(KeyframeRecord(1001, 1, edit.put_blob(data), "painted"))


class TestWhoMayWrite:
    def test_a_second_writer_is_told_to_look_only(self, path):
        made(path)
        with Project.open(path) as first:
            with pytest.raises(ProjectLockedError, match=r"shot\.roto.*read-only"):
                Project.open(path)
            with Project.open(path, read_only=True) as second:
                assert rows(second) == rows(first)
        with Project.open(path):
            pass

    def test_nor_may_another_process(self, path):
        made(path)
        code = "import sys; from roto.project import Project; Project.open(sys.argv[1])"
        command = [sys.executable, "-c", code, str(path)]
        with Project.open(path):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert f"edited by process {os.getpid()}" in done.stderr.splitlines()[-1]

    def test_a_link_is_the_same_project(self, tmp_path, path):
        made(path)
        link = tmp_path / "link.roto"
        link.symlink_to(path)
        with Project.open(link), pytest.raises(ProjectLockedError):
            Project.open(path)

    def test_a_lock_file_that_was_left_means_nothing(self, path):
        made(path)
        path.with_name("shot.roto-lock").write_bytes(b"4711")
        with Project.open(path) as project:
            assert rows(project)
        assert os.listdir(path.parent) == [path.name]

    def test_a_reader_sees_what_is_committed(self, path):
        made(path)
        with Project.open(path) as writer, Project.open(path, read_only=True) as reader:
            with writer.edit("more") as edit:
                blob = edit.put_blob(b"more")
                edit.put_keyframe(KeyframeRecord(1009, 1, blob, "painted"))
            assert (1009, 1) not in reader.keyframes()
            with Project.open(path, read_only=True) as later:
                assert rows(later) == rows(writer)
                assert later.blob(blob) == b"more"
                assert later.steps() == writer.steps()

    def test_a_reader_checks_what_is_there_now(self, path):
        """The first row that it knew has lost its pixels, which is no damage."""
        made(path)
        with Project.open(path) as writer:
            paint(writer, b"old")
            reader = Project.open(path, read_only=True)
        with reader, Project.open(path) as writer:
            old = reader.keyframes()[1001, 1].blob
            paint(writer, b"new")
            writer.compact(keep_steps=0)
            with pytest.raises(ProjectDamagedError, match="missing"):
                reader.blob(old)
            reader.check()
            assert rows(reader) == rows(writer)
            paint(writer, b"newer")  # nobody is kept from writing
            writer.compact(keep_steps=0)

    def test_a_reader_cannot_write(self, path):
        made(path)
        with Project.open(path, read_only=True) as reader:
            for call in (reader.undo, reader.redo, reader.compact):
                with pytest.raises(ProjectReadOnlyError, match="another name"):
                    call()
            with pytest.raises(PermissionError), reader.edit("edit"):
                pass
            with pytest.raises(sqlite3.OperationalError):
                reader._file.connection.execute("DELETE FROM objects")

    def test_a_reader_can_go_on_under_another_name(self, tmp_path, path):
        made(path)
        with Project.open(path), Project.open(path, read_only=True) as reader:
            reader.save_as(tmp_path / "mine.roto")
            with reader.edit("edit") as edit:
                edit.set_setting("a", 1)
            assert not reader.read_only

    def test_another_program_that_writes(self, path, monkeypatch):
        monkeypatch.setattr("roto.project.database._PATIENCE", 0.05)
        made(path)
        other = sqlite3.connect(path, isolation_level=None)
        with contextlib.closing(other), Project.open(path) as project:
            other.execute("BEGIN IMMEDIATE")
            before = rows(project)
            with pytest.raises(ProjectLockedError, match="another program"):
                project.undo()
            assert rows(project) == before
            other.execute("ROLLBACK")
            assert project.undo() == "fill"


class TestPermissions:
    def test_a_folder_that_cannot_be_written(self):
        with folder_of_another_user() as (folder, as_stranger):
            path = made(folder / "shot.roto")
            path.chmod(0o444)
            with as_stranger():
                with pytest.raises(ProjectError, match="read-only"):
                    Project.open(path)
                with Project.open(path, read_only=True) as project:
                    assert project.objects() == {1: HERO, 2: CAR}
                    assert project.blob(project.keyframes()[1001, 1].blob) == b"mask"
                with pytest.raises(ProjectError, match="Permission denied"):
                    Project.create(CLIP, folder / "new.roto")
            assert os.listdir(folder) == ["shot.roto"]

    def test_with_edits_that_are_only_in_its_log(self, tmp_path):
        with folder_of_another_user() as (folder, as_stranger):
            with fill(Project.create(CLIP, tmp_path / "shot.roto")) as project:
                expected = rows(project)
                for name in ("shot.roto", "shot.roto-wal"):  # as after a crash
                    shutil.copyfile(tmp_path / name, folder / name)
            with as_stranger(), Project.open(folder / "shot.roto", read_only=True) as project:
                assert rows(project) == expected

    def test_while_its_owner_edits_it(self):
        with (
            folder_of_another_user() as (folder, as_stranger),
            fill(Project.create(CLIP, folder / "shot.roto")) as project,
            as_stranger(),
            Project.open(project.path, read_only=True) as reader,
        ):
            assert rows(reader) == rows(project)

    def test_a_file_that_cannot_be_read_or_written(self):
        with folder_of_another_user() as (folder, as_stranger):
            path = made(folder / "shot.roto")
            path.chmod(0o000)
            with as_stranger():
                for read_only in (True, False):
                    with pytest.raises(ProjectError, match="Permission denied"):
                        Project.open(path, read_only=read_only)

    def test_a_lock_file_that_another_user_left(self):
        with folder_of_another_user() as (folder, as_stranger):
            path = made(folder / "shot.roto")
            lock = folder / "shot.roto-lock"
            lock.write_bytes(b"1")
            lock.chmod(0o444)
            path.chmod(0o666)
            with as_stranger():
                if os.geteuid() != 65534:
                    pytest.skip("needs two users")
            folder.chmod(0o777)
            os.seteuid(65534)
            try:
                with Project.open(path) as project:
                    assert project.undo() == "fill"
            finally:
                os.seteuid(0)
