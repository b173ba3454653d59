"""What a newer or older roto makes of a project: upgraded with a copy, and read for ever."""

import contextlib
import os
import shutil
import sqlite3

import numpy as np
import pytest
from golden import make_project_v1 as golden
from project_files import GOLDEN, made, rows

from roto.errors import ProjectDamagedError, ProjectError, ProjectVersionError
from roto.masks import unpack_label_map, unpack_matte
from roto.project import KeyframeRecord, LockRecord, Project, Steps, schema, unpack_result


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
            assert schema.version_of(project._file.connection, path.name) == 2
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
            assert schema.version_of(project._file.connection, path.name) == 1
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
