"""The project file: edits and their undo, what it refuses, who may write, and where its clip is."""

import contextlib
import math
import os
import pickle
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from golden import make_project_v1 as golden
from hypothesis import given, settings
from hypothesis import strategies as st

from roto.errors import (
    ClipNotFoundError,
    DecodeError,
    ProjectDamagedError,
    ProjectEditError,
    ProjectError,
    ProjectExistsError,
    ProjectLockedError,
    ProjectNotFoundError,
    ProjectReadOnlyError,
    ProjectVersionError,
    RotoError,
)
from roto.masks import unpack_label_map, unpack_matte
from roto.project import (
    ClipRecord,
    KeyframeRecord,
    LockRecord,
    ObjectRecord,
    Project,
    ResultRecord,
    Steps,
    find_clip,
    fingerprint,
    pack_result,
    relative_to,
    schema,
    unpack_result,
)
from roto.project.store import hash_of
from roto.results import Grid, Logits, PackedLogits

CLIP = ClipRecord("plate.mov", "", None, "", 64, 48, "24000/1001", 1001, 10, "display", {"a": [1]})
HERO = ObjectRecord(1, "hero", (255, 0, 0))
CAR = ObjectRecord(2, "car", (0, 255, 0), visible=False, first=1002, last=1004)
GOLDEN = Path(golden.__file__).with_name("project_v1.roto")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "shot.roto"


@pytest.fixture
def project():
    with Project.create(CLIP) as project:
        with project.edit("objects") as edit:
            edit.put_object(HERO)
            edit.put_object(CAR)
        yield project


def rows(project):
    return (
        project.clip,
        project.objects(),
        dict(project.keyframes()),
        dict(project.results()),
        project.locks(),
        project.settings(),
    )


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


class TestEdits:
    def test_everything_comes_back(self, path):
        with fill(Project.create(CLIP, path)) as project:
            expected = rows(project)
        with Project.open(path) as project:
            assert rows(project) == expected
            assert project.clip == CLIP
            assert project.objects() == {1: HERO, 2: CAR}
            assert project.keyframes()[1001, 2].absent
            assert project.blob(project.keyframes()[1001, 1].blob) == b"mask"
            assert project.provenance(project.results()[1002, 1].provenance) == {"model": "small"}
            assert (project.path, project.version, project.read_only) == (path, 1, False)
            project.check()

    def test_an_error_inside_changes_nothing(self, project):
        before, steps = rows(project), project.steps()
        with pytest.raises(ZeroDivisionError):
            edit_and_fail(project, fill_part_of)
        assert (rows(project), project.steps()) == (before, steps)
        with pytest.raises(ProjectDamagedError, match="missing"):
            project.blob(hash_of(b"lost"))

    def test_an_error_of_the_system_inside_stays_what_it_is(self, project):
        with pytest.raises(FileNotFoundError) as caught, project.edit("broken"):
            raise FileNotFoundError("mask.png")
        assert not isinstance(caught.value, RotoError)

    def test_the_edit_itself_sees_what_it_did(self, project):
        with project.edit("edit") as edit:
            blob = edit.put_blob(b"new")
            made = edit.put_provenance({"b": 1, "a": 2})
            assert made == edit.put_provenance({"a": 2, "b": 1})
            assert project.blob(blob) == b"new"
            assert project.provenance(made) == {"a": 2, "b": 1}
            edit.put_keyframe(KeyframeRecord(1, 1, blob, "painted"))
            assert (1, 1) in project.keyframes()

    def test_nothing_after_its_end(self, project):
        with project.edit("edit") as edit:
            pass
        with pytest.raises(ProjectEditError, match="over"):
            edit.put_object(HERO)
        with pytest.raises(ProjectEditError, match="over"):
            edit.remove_object(1)

    def test_one_at_a_time(self, project):
        with project.edit("edit"):
            for call in (project.undo, project.redo, project.compact, project.refresh):
                with pytest.raises(ProjectEditError, match="finish"):
                    call()
            with pytest.raises(ProjectEditError), project.edit("inner"):
                pass
            with pytest.raises(ProjectEditError):
                project.save_as("never.roto")

    def test_an_edit_that_changes_nothing_is_no_step(self, project):
        project.undo()
        steps = project.steps()
        with project.edit("nothing") as edit:
            edit.remove_keyframe(5, 5)
            edit.remove_object(9)
            edit.put_blob(b"unused")
            edit.set_setting("a", 1)
            edit.set_setting("a", None)
        assert project.steps() == steps

    def test_views_cannot_be_written_and_copies_may(self, project):
        with pytest.raises(TypeError):
            project.keyframes()[1, 1] = None
        project.objects().clear()
        project.clip.arguments["a"].append(2)
        assert project.objects()
        assert project.clip == CLIP

    @pytest.mark.parametrize(
        "text", ["'; DROP TABLE objects; --", "a\0b", '"', "🎬", "\udcff\udc00", "", "x" * 10_000]
    )
    def test_names_are_just_data(self, path, text):
        with Project.create(replace(CLIP, name=text, absolute=text), path) as project:
            with project.edit(text) as edit:
                edit.put_object(ObjectRecord(1, text, (0, 0, 0)))
                edit.put_keyframe(KeyframeRecord(1, 1, None, text))
                edit.set_setting(text, {text: [text]})
                edit.put_provenance({text: text})
            assert project.steps().undo == (text,)
            project.undo()
            assert project.redo() == text
            with project.edit(text, join=True) as edit:
                edit.set_setting("later", 1)
        with Project.open(path) as project:
            assert project.objects()[1].name == text
            assert project.clip.absolute == text
            assert project.settings()[text] == {text: [text]}
            with project.edit("remove") as edit:
                edit.set_setting(text, None)
            assert text not in project.settings()
            project.check()

    @pytest.mark.parametrize(
        "change",
        [
            lambda edit: edit.put_object(replace(HERO, id=0)),
            lambda edit: edit.put_object(replace(HERO, id=256)),
            lambda edit: edit.put_object(replace(HERO, id=True)),
            lambda edit: edit.put_object(replace(HERO, name=b"bytes")),
            lambda edit: edit.put_object(replace(HERO, colour=(1, 2))),
            lambda edit: edit.put_object(replace(HERO, colour=(1, 2, 256))),
            lambda edit: edit.put_object(replace(HERO, colour=None)),
            lambda edit: edit.put_object(replace(HERO, visible="yes")),
            lambda edit: edit.put_object(replace(HERO, first=3, last=2)),
            lambda edit: edit.put_object("hero"),
            lambda edit: edit.put_keyframe(KeyframeRecord(1, 3, None, "painted")),
            lambda edit: edit.put_keyframe(KeyframeRecord(1.0, 1, None, "painted")),
            lambda edit: edit.put_keyframe(KeyframeRecord(2**31, 1, None, "painted")),
            lambda edit: edit.put_keyframe(KeyframeRecord(np.int64(1), 1, None, "painted")),
            lambda edit: edit.put_keyframe(KeyframeRecord(1, 1, "a" * 64, "painted")),
            lambda edit: edit.put_keyframe(KeyframeRecord(1, 1, "../x", "painted")),
            lambda edit: edit.put_keyframe(KeyframeRecord(1, 1, None, None)),
            lambda edit: put_result(edit, confidence=math.nan),
            lambda edit: put_result(edit, confidence=1.5),
            lambda edit: put_result(edit, confidence="high"),
            lambda edit: put_result(edit, blob=None),
            lambda edit: put_result(edit, provenance="a" * 64),
            lambda edit: put_result(edit, provenance=3),
            lambda edit: edit.put_lock(LockRecord(0, 1, 2)),
            lambda edit: edit.put_lock(LockRecord(1, 2, 1)),
            lambda edit: edit.put_lock(LockRecord(1, 1, 2, object=7)),
            lambda edit: edit.put_lock(LockRecord(1, 1, 2, region="a" * 64)),
            lambda edit: edit.set_setting("a", object()),
            lambda edit: edit.set_setting("a", math.inf),
            lambda edit: edit.set_setting("a", nested(100_000)),
            lambda edit: edit.set_setting(3, 3),
            lambda edit: edit.put_provenance({"a": b""}),
            lambda edit: edit.set_clip(replace(CLIP, frame_rate="24.0")),
            lambda edit: edit.set_clip(replace(CLIP, width=0)),
            lambda edit: edit.set_clip(replace(CLIP, arguments=[])),
            lambda edit: edit.set_clip(replace(CLIP, arguments={"a": {1, 2}})),
        ],
    )
    def test_what_a_project_cannot_hold(self, project, change):
        before = rows(project)
        with pytest.raises(ProjectEditError):
            edit_and_fail(project, fill_part_of, change)
        assert rows(project) == before

    def test_a_clip_that_cannot_be_described(self, path):
        with pytest.raises(ProjectEditError):
            Project.create(replace(CLIP, height=-1), path)
        assert not path.exists()

    def test_numbers_of_numpy_are_kept_as_numbers(self, project):
        with project.edit("result") as edit:
            put_result(edit, confidence=np.float64(0.25))
        assert type(project.results()[7, 1].confidence) is float


def edit_and_fail(project, *changes):
    with project.edit("broken") as edit:
        for change in changes:
            change(edit)
        raise ZeroDivisionError


def fill_part_of(edit):
    edit.put_object(replace(HERO, name="other"))
    edit.put_keyframe(KeyframeRecord(1, 1, edit.put_blob(b"lost"), "painted"))
    edit.remove_object(2)
    edit.set_setting("a", 1)


def put_result(edit, **changes):
    record = ResultRecord(7, 1, edit.put_blob(b"r"), 0.5, None, None, edit.put_provenance({}))
    edit.put_result(replace(record, **changes))


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


class TestObjects:
    def test_removing_takes_all_that_is_of_it_and_undo_brings_it_back(self):
        with fill(Project.create(CLIP)) as project:
            before = rows(project)
            with project.edit("remove") as edit:
                edit.remove_object(2)
            assert list(project.objects()) == [1]
            assert list(project.keyframes()) == [(1001, 1)]
            assert list(project.results()) == [(1002, 1)]
            assert list(project.locks()) == [2]
            assert project.undo() == "remove"
            assert rows(project) == before

    def test_ids_are_never_given_twice(self, path):
        with Project.create(CLIP, path) as project:
            with project.edit("one") as edit:
                assert edit.next_object_id() == 1
                assert edit.next_object_id() == 2
                edit.put_object(replace(HERO, id=7))
            project.undo()
            with project.edit("two") as edit:
                assert edit.next_object_id() == 8
        with Project.open(path) as project, project.edit("three") as edit:
            assert edit.next_object_id() == 9

    def test_an_edit_that_failed_gave_none(self, project):
        with pytest.raises(ZeroDivisionError):
            edit_and_fail(project, lambda edit: edit.next_object_id())
        with project.edit("again") as edit:
            assert edit.next_object_id() == 3

    def test_they_run_out(self, project):
        with project.edit("last") as edit:
            edit.put_object(replace(HERO, id=255))
            assert [edit.next_object_id() for _ in range(252)] == list(range(3, 255))
            with pytest.raises(ProjectEditError, match="All 255"):
                edit.next_object_id()


class TestUndo:
    def test_labels(self, project):
        for name in "abc":
            with project.edit(name) as edit:
                edit.set_setting(name, 1)
        assert project.steps() == Steps(("c", "b", "a", "objects"), ())
        assert (project.undo(), project.undo()) == ("c", "b")
        assert project.steps() == Steps(("a", "objects"), ("b", "c"))
        assert project.redo() == "b"
        assert list(project.settings()) == ["a", "b"]
        assert project.steps() == Steps(("b", "a", "objects"), ("c",))

    def test_a_new_edit_forgets_what_was_undone(self, project):
        with project.edit("a") as edit:
            edit.set_setting("a", 1)
        project.undo()
        with project.edit("b") as edit:
            edit.set_setting("b", 1)
        assert project.redo() is None
        assert project.steps().undo == ("b", "objects")

    def test_at_the_ends(self):
        with Project.create(CLIP) as project:
            assert project.undo() is None
            assert project.redo() is None

    def test_the_history_is_in_the_file(self, path):
        made(path)
        with Project.open(path) as project:
            full = rows(project)
            assert project.undo() == "fill"
            assert rows(project) == (CLIP, {}, {}, {}, {}, {})
        with Project.open(path) as project:
            assert project.redo() == "fill"
            assert rows(project) == full

    def test_the_clip_too(self, project):
        with project.edit("relink") as edit:
            edit.set_clip(replace(CLIP, absolute="/new.mov", arguments={}))
        assert project.clip.absolute == "/new.mov"
        project.undo()
        assert project.clip == CLIP


class TestJoining:
    def propagate(self, project, frame, label="propagate", join=True):
        with project.edit(label, join=join, durable=False) as edit:
            edit.put_keyframe(KeyframeRecord(frame, 1, None, "painted"))
            edit.set_setting("frame", frame)

    def test_frames_are_one_step(self, project):
        before = rows(project)
        for frame in (1, 2, 3, 2):
            self.propagate(project, frame)
        assert project.steps().undo == ("propagate", "objects")
        after = rows(project)
        project.undo()
        assert rows(project) == before
        project.redo()
        assert rows(project) == after

    def test_only_where_asked_and_of_one_label(self, project):
        self.propagate(project, 1)
        self.propagate(project, 2, join=False)
        self.propagate(project, 3, label="other")
        self.propagate(project, 4)
        assert project.steps().undo == ("propagate", "other", "propagate", "propagate", "objects")

    def test_not_after_undo_even_if_it_was_brought_back(self, project):
        self.propagate(project, 1)
        project.undo()
        project.redo()
        self.propagate(project, 2)
        assert project.steps().undo == ("propagate", "propagate", "objects")
        project.undo()
        self.propagate(project, 3)
        assert project.steps() == Steps(("propagate", "propagate", "objects"), ())


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


class TestBadFiles:
    @pytest.mark.parametrize(
        "data",
        [b"", b"text" * 1000, b"SQLite format 3\0", b"\0" * 5000, pickle.dumps(CLIP.name)],
        ids=["empty", "text", "header", "zeros", "pickle"],
    )
    @pytest.mark.parametrize("read_only", [True, False])
    def test_no_project(self, path, data, read_only):
        path.write_bytes(data)
        with pytest.raises(ProjectDamagedError, match=r"not a roto project"):
            Project.open(path, read_only=read_only)
        assert path.read_bytes() == data
        assert os.listdir(path.parent) == [path.name]

    @pytest.mark.parametrize("read_only", [True, False])
    def test_nothing_there(self, tmp_path, read_only):
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

    def test_another_programs_database(self, path):
        with contextlib.closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE clip (id)")
        before = path.read_bytes()
        with pytest.raises(ProjectDamagedError, match="another program"):
            Project.open(path)
        assert path.read_bytes() == before

    @pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.99999])
    @pytest.mark.parametrize("read_only", [True, False])
    def test_cut_off(self, path, share, read_only):
        made(path)
        whole = path.read_bytes()
        path.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(ProjectDamagedError):
            Project.open(path, read_only=read_only)

    def test_a_newer_version(self, path):
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
    def test_a_damaged_journal(self, path, statement):
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
    def test_a_damaged_blob(self, path, data):
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
    def test_a_damaged_provenance(self, path, data):
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

    def test_bytes_at_random(self, path):
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


class TestPermissions:
    def test_a_folder_that_cannot_be_written(self):
        with folder_of_another_user() as (folder, as_stranger):
            path = made(folder / "shot.roto")
            path.chmod(0o444)
            with as_stranger():
                with pytest.raises(ProjectError, match="read_only=True"):
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


class TestClips:
    @pytest.fixture
    def shot(self, tmp_path):
        """A project's place and a clip beside it."""
        folder = tmp_path / "shot"
        (folder / "plates").mkdir(parents=True)
        (folder / "plates" / "a.mov").write_bytes(random.Random(1).randbytes(5 * 2**20))
        return folder / "shot.roto"

    def record(self, clip, project):
        return replace(
            CLIP,
            absolute=str(clip),
            relative=relative_to(clip, project),
            fingerprint=fingerprint(clip),
        )

    def test_the_way(self, tmp_path, monkeypatch):
        assert relative_to("/a/b/c.mov", "/a/d/p.roto") == "../b/c.mov"
        assert relative_to("/a/c.%04d.exr", "/a/p.roto") == "c.%04d.exr"
        assert relative_to("", "/a/p.roto") is None
        monkeypatch.chdir(tmp_path)
        assert relative_to("c.mov", tmp_path / "p.roto") == "c.mov"

    def test_where_it_was(self, shot):
        clip = shot.parent / "plates" / "a.mov"
        record = self.record(clip, shot)
        assert find_clip(record, shot).path == clip
        found = find_clip(record, None)
        assert (found.path, found.changed) == (clip, False)

    def test_the_whole_folder_was_moved(self, shot, tmp_path):
        record = self.record(shot.parent / "plates" / "a.mov", shot)
        shot.parent.rename(tmp_path / "elsewhere")
        found = find_clip(record, tmp_path / "elsewhere" / "shot.roto")
        assert found.path == tmp_path / "elsewhere" / "plates" / "a.mov"
        assert not found.changed

    def test_only_the_project_was_moved(self, shot, tmp_path):
        clip = shot.parent / "plates" / "a.mov"
        record = self.record(clip, shot)
        assert find_clip(record, tmp_path / "other" / "deep" / "shot.roto").path == clip

    def test_the_same_clip_is_better_than_a_near_one(self, shot, tmp_path):
        clip = shot.parent / "plates" / "a.mov"
        record = self.record(clip, shot)
        (tmp_path / "other" / "plates").mkdir(parents=True)
        near = tmp_path / "other" / "plates" / "a.mov"
        near.write_bytes(b"another take")
        moved = tmp_path / "other" / "shot.roto"
        found = find_clip(record, moved)
        assert (found.path, found.changed) == (clip, False)
        clip.unlink()
        found = find_clip(record, moved)
        assert (found.path, found.changed) == (near, True)

    @pytest.mark.parametrize("place", [0, 2**20 // 2, 5 * 2**19, 5 * 2**20 - 1])
    def test_a_changed_clip_is_noticed(self, shot, place):
        clip = shot.parent / "plates" / "a.mov"
        record = self.record(clip, shot)
        with clip.open("r+b") as file:
            file.seek(place)
            old = file.read(1)
            file.seek(place)
            file.write(bytes([old[0] ^ 1]))
        assert find_clip(record, shot).changed

    def test_a_longer_clip_is_noticed(self, shot):
        clip = shot.parent / "plates" / "a.mov"
        record = self.record(clip, shot)
        with clip.open("ab") as file:
            file.write(b"\0")
        assert find_clip(record, shot).changed
        assert not find_clip(replace(record, fingerprint=""), shot).changed

    def test_a_missing_clip_says_where_it_was_looked_for(self, shot):
        clip = shot.parent / "plates" / "a.mov"
        record = self.record(clip, shot)
        clip.unlink()
        elsewhere = shot.parent / "deep" / "shot.roto"
        with pytest.raises(ClipNotFoundError) as caught:
            find_clip(record, elsewhere)
        for place in (clip, elsewhere.parent / "plates" / "a.mov", "new path"):
            assert str(place) in str(caught.value)

    @pytest.mark.parametrize(
        ("absolute", "relative"),
        [
            ("", None),
            ("relative.mov", None),
            ("http://example.com/a.mov", None),
            ("", "/etc/hostname"),
            ("a\0b", None),
        ],
    )
    def test_what_is_no_path_of_this_computer(self, shot, absolute, relative):
        record = replace(CLIP, absolute=absolute, relative=relative, fingerprint="")
        with pytest.raises(ClipNotFoundError, match="hand it over"):
            find_clip(record, shot)

    @pytest.mark.parametrize(("absolute", "relative"), [("/a\0b", None), ("", "a\0b/%04d.png")])
    def test_what_is_no_path_at_all(self, shot, absolute, relative):
        with pytest.raises(ClipNotFoundError):
            find_clip(replace(CLIP, absolute=absolute, relative=relative), shot)

    @pytest.mark.parametrize("form", ["", "a.####.png", "a.%04d.png"])
    def test_sequences(self, tmp_path, form):
        folder = tmp_path / "plates"
        folder.mkdir()
        for frame in range(1001, 1005):
            (folder / f"a.{frame}.png").write_bytes(b"picture %d" % frame)
        clip, project = folder / form, tmp_path / "shot.roto"
        record = self.record(clip, project)
        assert record.fingerprint.startswith("sequence:4:")
        assert find_clip(record, project).path == clip
        assert not find_clip(record, project).changed
        (folder / "a.1002.png").write_bytes(b"other size")
        assert find_clip(record, project).changed
        (folder / "a.1002.png").write_bytes(b"picture 1002")
        assert not find_clip(record, project).changed
        (folder / "a.1004.png").write_bytes(b"picture 1oo4")
        assert find_clip(record, project).changed
        (folder / "a.1004.png").rename(folder / "a.1005.png")
        assert find_clip(record, project).changed

    def test_nothing_to_take_a_fingerprint_of(self, tmp_path):
        for name in ("no.mov", "no.%04d.png", "no/no.####.png", ""):
            with pytest.raises(ClipNotFoundError):
                fingerprint(tmp_path / name)

    def test_a_clip_that_cannot_be_read(self):
        with folder_of_another_user() as (folder, as_stranger):
            clip = folder / "a.mov"
            clip.write_bytes(b"a")
            clip.chmod(0o000)
            with as_stranger(), pytest.raises(DecodeError, match="Permission"):
                fingerprint(clip)


def a_result(plate=(48, 64), work=(24, 32), pad=(1, 3, 0, 0), cells=(6, 9), object_id=3):
    values = np.random.default_rng(0).normal(0, 5, (1, *cells)).astype(np.float32)
    return Logits((object_id,), values, Grid(plate, work, pad)).pack()


def same(one, other):
    return (one.ids, one.shape, one.data, one.grid) == (
        other.ids,
        tuple(other.shape),
        other.data,
        other.grid,
    )


class TestFrames:
    @settings(max_examples=50, deadline=None)
    @given(
        st.tuples(st.integers(1, 5000), st.integers(1, 9000)),
        st.tuples(st.integers(1, 40), st.integers(1, 40)),
        st.tuples(*[st.integers(0, 20)] * 4),
        st.sampled_from([1, 4, 8]),
        st.integers(1, 255),
    )
    def test_there_and_back(self, plate, work, pad, reduction, object_id):
        grid = Grid(plate, work, pad, reduction)
        cells = [-(-side // reduction) for side in grid.padded]
        given = Logits((object_id,), np.zeros((1, *cells), np.float32), grid).pack()
        assert same(unpack_result(pack_result(given)), given)

    def test_one_object_only(self):
        values = np.zeros((2, 6, 8), np.float32)
        with pytest.raises(ProjectEditError, match="per object"):
            pack_result(Logits((1, 2), values, Grid((24, 32), (24, 32), (0,) * 4)).pack())

    @pytest.mark.parametrize(
        "changes",
        [
            {"plate": (2**17, 64)},
            {"plate": (0, 64)},
            {"pad": (-1, 0, 0, 0)},
            {"cells": (6, 20)},
            {"object_id": 256},
            {"object_id": 0},
            {"work": (2**16, 2**16), "cells": (1, 1)},
        ],
    )
    def test_a_grid_that_fits_no_plate(self, changes):
        with pytest.raises(ProjectEditError, match="cannot be stored"):
            pack_result(a_result(**changes))

    def test_cut_off_or_longer(self):
        data = pack_result(a_result())
        for broken in [data[:i] for i in range(len(data))] + [data + b"\0", b"", b"RLOG"]:
            with pytest.raises(ProjectDamagedError, match="stored result"):
                unpack_result(broken)

    def test_every_bit(self):
        """A changed bit is refused, or gives a result of sane size; nothing else is raised."""
        data = pack_result(a_result())
        for place in range(len(data)):
            broken = bytearray(data)
            broken[place] ^= 1 << place % 8
            with contextlib.suppress(ProjectDamagedError):
                assert unpack_result(bytes(broken)).unpack().values.size == 54

    def test_a_newer_version(self):
        data = bytearray(pack_result(a_result()))
        data[4] = 2
        with pytest.raises(ProjectDamagedError, match="update roto"):
            unpack_result(bytes(data))

    def test_a_bomb_is_not_unpacked(self):
        good = a_result()
        bomb = PackedLogits(good.ids, good.shape, zlib.compress(bytes(2**26), 9), good.grid)
        with pytest.raises(ProjectDamagedError):
            unpack_result(pack_result(bomb))


def test_importing_projects_is_light():
    code = (
        "import sys, roto.project; heavy = {'cv2', 'OpenEXR', 'PIL', 'torch', 'av', 'imageio'}; "
        "sys.exit(' '.join(heavy & sys.modules.keys()) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
