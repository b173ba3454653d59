"""Objects, keyframes, results, locks and settings of a project; results as bytes."""

import contextlib
import math
import zlib
from dataclasses import replace

import numpy as np
import pytest
from fresh_processes import loaded_by
from hypothesis import given, settings
from hypothesis import strategies as st
from project_files import CAR, CLIP, HERO, fill, rows

from roto.errors import (
    ProjectDamagedError,
    ProjectEditError,
    RotoError,
)
from roto.project import (
    KeyframeRecord,
    LockRecord,
    ObjectRecord,
    Project,
    ResultRecord,
    pack_result,
    unpack_result,
)
from roto.project.store import hash_of
from roto.results import Grid, Logits, PackedLogits


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
            assert (project.path, project.read_only) == (path, False)
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

    def test_nothing_is_edited_after_its_end(self, project):
        with project.edit("edit") as edit:
            pass
        with pytest.raises(ProjectEditError, match="over"):
            edit.put_object(HERO)
        with pytest.raises(ProjectEditError, match="over"):
            edit.remove_object(1)

    def test_an_edit_is_finished_before_anything_else_begins(self, project):
        with project.edit("edit"):
            for call in (project.undo, project.redo, project.compact):
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
        ],
    )
    def test_what_a_project_cannot_hold(self, project, change):
        before = rows(project)
        with pytest.raises(ProjectEditError):
            edit_and_fail(project, fill_part_of, change)
        assert rows(project) == before

    @pytest.mark.parametrize(
        "wrong",
        [{"frame_rate": "24.0"}, {"width": 0}, {"arguments": []}, {"arguments": {"a": {1, 2}}}],
        ids=str,
    )
    def test_a_clip_that_cannot_be_described(self, project, path, wrong):
        with pytest.raises(ProjectEditError), project.edit(None) as edit:
            edit.set_clip(replace(CLIP, **wrong))
        assert project.clip == CLIP
        with pytest.raises(ProjectEditError):
            Project.create(replace(CLIP, **wrong), path.with_name("other.roto"))
        assert not path.with_name("other.roto").exists()

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

    def test_the_numbers_of_objects_run_out_at_255(self, project):
        with project.edit("last") as edit:
            edit.put_object(replace(HERO, id=255))
            assert [edit.next_object_id() for _ in range(252)] == list(range(3, 255))
            with pytest.raises(ProjectEditError, match="All 255"):
                edit.next_object_id()


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

    def test_results_that_are_cut_off_or_longer_are_refused(self):
        data = pack_result(a_result())
        for broken in [data[:i] for i in range(len(data))] + [data + b"\0", b"", b"RLOG"]:
            with pytest.raises(ProjectDamagedError, match="stored result"):
                unpack_result(broken)

    def test_any_changed_bit_is_refused_or_stays_sane(self):
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
        with pytest.raises(ProjectDamagedError, match="stored result"):
            unpack_result(pack_result(bomb))


def test_importing_projects_is_light():
    heavy = {"cv2", "OpenEXR", "PIL", "torch", "av", "imageio"}
    assert not heavy & loaded_by("import roto.project")
