"""Where a project is, who may write it, and what an older or newer roto makes of it."""

import contextlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from golden import make_project_v1 as golden
from project_files import CAR, CLIP, GOLDEN, HERO, fill, folder_of_another_user, made, rows

from roto.errors import (
    ProjectDamagedError,
    ProjectEditError,
    ProjectError,
    ProjectExistsError,
    ProjectLockedError,
    ProjectReadOnlyError,
    ProjectVersionError,
)
from roto.masks import unpack_label_map, unpack_matte
from roto.project import (
    KeyframeRecord,
    LockRecord,
    Project,
    Steps,
    schema,
    unpack_result,
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
            reader.refresh()
            assert rows(reader) == rows(writer)
            assert reader.blob(blob) == b"more"
            assert reader.steps() == writer.steps()

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


class TestVersions:
    @pytest.fixture
    def version_2(self, monkeypatch):
        """A roto whose objects have a note."""
        rebuilt = schema.STATEMENTS[1].replace('"last" INTEGER', '"last" INTEGER, note TEXT')

        def upgrade(connection):
            connection.execute("ALTER TABLE objects RENAME TO old")
            connection.execute(rebuilt)
            connection.execute("INSERT INTO objects SELECT *, 'new' FROM old")
            connection.execute("DROP TABLE old")

        statements = (schema.STATEMENTS[0], rebuilt, *schema.STATEMENTS[2:])
        monkeypatch.setattr(schema, "STATEMENTS", statements)
        monkeypatch.setattr(schema, "UPGRADES", (upgrade,))
        monkeypatch.setattr(schema, "VERSION", 2)
        return upgrade

    def test_upgrading_keeps_a_copy(self, tmp_path, request):
        path = tmp_path / "shot.roto"
        shutil.copyfile(GOLDEN, path)
        request.getfixturevalue("version_2")
        with Project.open(path) as project:
            assert project.objects() == {1: golden.HERO, 2: golden.CAR}
            notes = project._file.connection.execute("SELECT note FROM objects").fetchall()
            assert notes == [("new",), ("new",)]
        assert sorted(os.listdir(tmp_path)) == ["shot.roto", "shot.roto.v1"]
        with Project.open(path) as project:
            assert project.version == 2
        request.getfixturevalue("monkeypatch").undo()
        with Project.open(tmp_path / "shot.roto.v1") as project:
            assert project.objects() == {1: golden.HERO, 2: golden.CAR}
        with pytest.raises(ProjectVersionError):
            Project.open(path)

    def test_an_upgrade_that_fails_leaves_the_file_as_it_was(self, tmp_path, request):
        path = tmp_path / "shot.roto"
        shutil.copyfile(GOLDEN, path)
        upgrade = request.getfixturevalue("version_2")
        monkeypatch = request.getfixturevalue("monkeypatch")

        def failing(connection):
            upgrade(connection)
            raise sqlite3.OperationalError("database or disk is full")

        monkeypatch.setattr(schema, "UPGRADES", (failing,))
        for _ in range(2):
            with pytest.raises(ProjectError, match="disk is full"):
                Project.open(path)
        monkeypatch.undo()
        with Project.open(path) as project:
            project.check()
            assert project.version == 1
        assert sorted(os.listdir(tmp_path)) == ["shot.roto", "shot.roto.v1", "shot.roto.v1-2"]

    def test_looking_at_an_old_one_changes_nothing(self, tmp_path, request):
        path = tmp_path / "shot.roto"
        shutil.copyfile(GOLDEN, path)
        request.getfixturevalue("version_2")
        with Project.open(path, read_only=True) as project:
            assert project.objects() == {1: golden.HERO, 2: golden.CAR}
        assert path.read_bytes() == GOLDEN.read_bytes()
        assert os.listdir(tmp_path) == ["shot.roto"]

    def test_an_old_one_with_a_trigger_is_refused_before_it_is_upgraded(self, tmp_path, request):
        path = made(tmp_path / "shot.roto")
        with contextlib.closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TRIGGER t AFTER INSERT ON objects BEGIN DELETE FROM blobs; END")
        request.getfixturevalue("version_2")
        for read_only in (True, False):
            with pytest.raises(ProjectDamagedError, match="trigger"):
                Project.open(path, read_only=read_only)
        assert os.listdir(tmp_path) == ["shot.roto"]

    def test_the_golden_file_of_version_1(self, tmp_path):
        path = tmp_path / "shot.roto"
        shutil.copyfile(GOLDEN, path)
        with Project.open(path) as project:
            project.check()
            assert project.clip == golden.CLIP
            assert project.objects() == {1: golden.HERO, 2: golden.CAR}
            assert project.settings() == golden.SETTINGS
            self.check_masks(project)
            self.check_results(project)
            self.check_locks(project)
            assert project.steps() == Steps(
                ("settings", "lock", "propagate", "import car", "paint hero", "add objects"),
                ("remove hero",),
            )
            expected = rows(project)
            while project.undo():
                pass
            assert rows(project) == (golden.CLIP, {}, {}, {}, {}, {})
            while project.redo():
                pass
            assert list(project.objects()) == [2]
            project.undo()
            assert rows(project) == expected
            with project.edit("another") as edit:
                assert edit.next_object_id() == 3

    def check_masks(self, project):
        keyframes = project.keyframes()
        painted, imported = keyframes[1001, 1], keyframes[1003, 2]
        assert keyframes == {
            (1001, 1): KeyframeRecord(1001, 1, painted.blob, "painted"),
            (1001, 2): KeyframeRecord(1001, 2, None, "painted"),
            (1003, 2): KeyframeRecord(1003, 2, imported.blob, "imported"),
        }
        label_map = unpack_label_map(project.blob(painted.blob))
        np.testing.assert_array_equal(label_map, golden.label_map())
        np.testing.assert_array_equal(unpack_matte(project.blob(imported.blob)), golden.matte())

    def check_results(self, project):
        results = project.results()
        assert set(results) == {(1002, 1), (1004, 1)}
        found = results[1002, 1]
        assert (found.confidence, found.left, found.right) == (0.875, "1001:bbbbbbbb", None)
        assert project.provenance(found.provenance) == golden.PROVENANCE
        unpacked = unpack_result(project.blob(found.blob)).unpack()
        assert unpacked.ids == (1,)
        np.testing.assert_array_equal(unpacked.values, golden.logits(1).pack().unpack().values)

    def check_locks(self, project):
        one, two = project.locks().values()
        assert one == LockRecord(1, 1001, 1002, 1, one.region, one.snapshot)
        assert two == LockRecord(2, 1010, 1010)
        np.testing.assert_array_equal(
            unpack_label_map(project.blob(one.region)), golden.label_map()
        )
        assert project.blob(one.snapshot) == b"snapshot"
