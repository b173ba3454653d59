"""Undo and redo of a project, and steps that later edits join."""

from dataclasses import replace

import pytest
from project_files import CLIP, made, rows

from roto.errors import ProjectReadOnlyError
from roto.project import (
    KeyframeRecord,
    Project,
    Steps,
)


class TestUndo:
    def test_steps_are_told_by_their_labels(self, project):
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

    def test_there_is_nothing_beyond_the_ends(self):
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

    def test_where_the_clip_is_now_stays(self, path):
        moved = replace(CLIP, absolute="/new.mov", arguments={})
        with Project.create(CLIP, path) as project:
            for name in "ab":
                with project.edit(name) as edit:
                    edit.set_setting(name, 1)
            project.undo()
            with project.edit(None) as edit:  # no step, and what can be brought back still can
                edit.set_clip(moved)
            assert project.steps() == Steps(("a",), ("b",))
            assert (project.undo(), project.clip) == ("a", moved)
            assert (project.redo(), project.redo(), project.clip) == ("a", "b", moved)
        with Project.open(path, read_only=True) as project:
            assert project.clip == moved
            with pytest.raises(ProjectReadOnlyError), project.edit(None) as edit:
                edit.set_clip(CLIP)
            assert project.clip == moved


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
