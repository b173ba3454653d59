"""Files that are no project, are damaged, or were made to do harm."""

import contextlib
import os
import pickle
import random
import sqlite3

import pytest
from project_files import CLIP, made, rows

from roto.errors import (
    ProjectDamagedError,
    ProjectEditError,
    ProjectError,
    ProjectNotFoundError,
    ProjectVersionError,
)
from roto.project import (
    Project,
)


class TestBadFiles:
    @pytest.mark.parametrize(
        "data",
        [b"", b"text" * 1000, b"SQLite format 3\0", b"\0" * 5000, pickle.dumps(CLIP.name)],
        ids=["empty", "text", "header", "zeros", "pickle"],
    )
    @pytest.mark.parametrize("read_only", [True, False])
    def test_a_file_that_is_no_project_is_refused_and_kept(self, path, data, read_only):
        path.write_bytes(data)
        with pytest.raises(ProjectDamagedError, match=r"not a roto project"):
            Project.open(path, read_only=read_only)
        assert path.read_bytes() == data
        assert os.listdir(path.parent) == [path.name]

    @pytest.mark.parametrize("read_only", [True, False])
    def test_a_missing_file_or_a_folder_is_told(self, tmp_path, read_only):
        with pytest.raises(ProjectNotFoundError, match=r"no\.roto"):
            Project.open(tmp_path / "no.roto", read_only=read_only)
        with pytest.raises(FileNotFoundError):
            Project.open(str(tmp_path / "no.roto"), read_only=read_only)
        with pytest.raises(ProjectError, match="folder"):
            Project.open(tmp_path, read_only=read_only)

    @pytest.mark.skipif(os.name != "posix", reason="needs a named pipe")
    def test_a_pipe_is_not_waited_for(self, path):
        os.mkfifo(path)
        with pytest.raises(ProjectDamagedError, match="ordinary"):
            Project.open(path)

    def test_another_programs_database_is_refused_and_kept(self, path):
        with contextlib.closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE clip (id)")
        before = path.read_bytes()
        with pytest.raises(ProjectDamagedError, match="another program"):
            Project.open(path)
        assert path.read_bytes() == before

    @pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.99999])
    @pytest.mark.parametrize("read_only", [True, False])
    def test_a_file_that_is_cut_off_is_refused(self, path, share, read_only):
        made(path)
        whole = path.read_bytes()
        path.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(ProjectDamagedError):
            Project.open(path, read_only=read_only)

    def test_a_newer_version_is_told(self, path):
        made(path)
        with contextlib.closing(sqlite3.connect(path)) as other:
            other.execute("PRAGMA user_version = 9")
        for read_only in (True, False):
            with pytest.raises(ProjectVersionError, match=r"newer roto.*update"):
                Project.open(path, read_only=read_only)

    @pytest.mark.parametrize(
        "statement",
        [
            "CREATE TRIGGER t AFTER INSERT ON objects BEGIN DELETE FROM blobs; END",
            "CREATE VIEW v AS SELECT load_extension('evil')",
            "CREATE VIRTUAL TABLE v USING fts5(a)",
            "CREATE TABLE more (a)",
            "CREATE INDEX i ON objects (abs(red))",
            "ALTER TABLE objects ADD COLUMN more DEFAULT (1)",
            "DROP TABLE locks",
        ],
    )
    @pytest.mark.parametrize("read_only", [True, False])
    def test_tables_that_no_project_has(self, path, statement, read_only):
        made(path)
        with contextlib.closing(sqlite3.connect(path)) as other:
            other.execute(statement)
        with pytest.raises(ProjectDamagedError, match=r"no project has|not as it should be"):
            Project.open(path, read_only=read_only)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE objects SET id = 300 WHERE id = 2",
            "UPDATE objects SET name = x'ff'",
            "UPDATE objects SET name = CAST(x'ff' AS TEXT)",
            "UPDATE objects SET red = 'red'",
            "DELETE FROM objects WHERE id = 2",
            "UPDATE keyframes SET blob = '../../etc/passwd'",
            "UPDATE keyframes SET frame = 1e300",
            "UPDATE results SET confidence = 7",
            "UPDATE results SET confidence = 'high'",
            "UPDATE locks SET first = 9, last = 1",
            "UPDATE settings SET value = 'no json'",
            "UPDATE settings SET value = 'NaN'",
            "UPDATE settings SET value = x'80'",
            f"UPDATE settings SET value = '{'[' * 200_000}'",
            "UPDATE clip SET arguments = '[1]'",
            "UPDATE clip SET width = -4",
            "UPDATE clip SET frame_rate = '24/0'",
            "DELETE FROM clip",
        ],
    )
    def test_rows_that_no_edit_makes(self, path, statement):
        made(path)
        with contextlib.closing(sqlite3.connect(path)) as other, other:
            other.execute(statement)
        for read_only in (True, False):
            with pytest.raises(ProjectDamagedError, match="damaged"):
                Project.open(path, read_only=read_only)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE changes SET place = 'blobs'",
            "UPDATE changes SET place = 'sqlite_master'",
            "UPDATE changes SET key = '[7,7,7]'",
            "UPDATE changes SET after = '[]'",
            "UPDATE changes SET after = '{'",
            "UPDATE changes SET after = x'00'",
            "UPDATE changes SET before = '[1,2,3]'",
            "UPDATE changes SET place = 5",
        ],
    )
    def test_a_damaged_journal_stops_undo_and_nothing_else(self, path, statement):
        made(path)
        with contextlib.closing(sqlite3.connect(path)) as other, other:
            other.execute(statement.replace("UPDATE", "UPDATE OR IGNORE"))
        with Project.open(path) as project:
            before = rows(project)
            with pytest.raises(ProjectDamagedError, match=r"shot\.roto is damaged"):
                project.undo()
            assert rows(project) == before
            with project.edit("still works") as edit:
                edit.set_setting("a", 1)

    @pytest.mark.parametrize("data", ["x'00'", "NULL", "'text'", "CAST(data AS TEXT)"])
    def test_a_damaged_blob_is_told(self, path, data):
        made(path)
        with contextlib.closing(sqlite3.connect(path)) as other, other:
            other.execute(f"UPDATE blobs SET data = {data}")
        with Project.open(path) as project:
            blob = project.keyframes()[1001, 1].blob
            with pytest.raises(ProjectDamagedError, match=f"blob {blob[:12]} is not what"):
                project.blob(blob)
            with pytest.raises(ProjectDamagedError, match="blob"):
                project.check()

    def test_a_blob_of_no_sane_size_is_not_read(self, path, monkeypatch):
        with Project.open(made(path)) as project:
            blob = project.keyframes()[1001, 1].blob
            monkeypatch.setattr("roto.project.store.MOST_BYTES", 3)
            with pytest.raises(ProjectDamagedError, match="blob"):
                project.blob(blob)
            with pytest.raises(ProjectEditError, match="3 at most"), project.edit("large") as edit:
                edit.put_blob(b"four")

    @pytest.mark.parametrize("data", ["'{}'", "NULL", "x'7b7d'", "'no json'"])
    def test_a_damaged_provenance_is_told(self, path, data):
        made(path)
        with contextlib.closing(sqlite3.connect(path)) as other, other:
            other.execute(f"UPDATE provenance SET data = {data}")
        with Project.open(path) as project:
            with pytest.raises(ProjectDamagedError, match="provenance"):
                project.provenance(project.results()[1002, 1].provenance)
            with pytest.raises(ProjectDamagedError, match="provenance"):
                project.check()
            with pytest.raises(ProjectDamagedError, match="missing"):
                project.provenance("a" * 64)

    def test_bytes_at_random_are_told_or_did_not_matter(self, path):
        """Whatever is damaged: a ``ProjectError``, or it did not matter."""
        made(path)
        whole, chance, refused = path.read_bytes(), random.Random(7), 0
        for _ in range(150):
            broken = bytearray(whole)
            for _ in range(chance.choice([1, 3, 30])):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            path.write_bytes(broken)
            try:
                with Project.open(path, read_only=chance.random() < 0.5) as project:
                    project.check()
                    if not project.read_only:
                        project.undo()
                        project.redo()
            except ProjectError:
                refused += 1
            for end in ("-wal", "-shm", "-lock"):
                path.with_name(path.name + end).unlink(missing_ok=True)
        assert refused > 10
