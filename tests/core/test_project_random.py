"""Random edits, undo, redo, reopening: a project is always what a model of it says."""

import contextlib
import tempfile
from copy import deepcopy
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from project_files import LONG

from roto.project import (
    KeyframeRecord,
    LockRecord,
    ObjectRecord,
    Project,
    ResultRecord,
)
from roto.project.store import hash_of

FRAMES = st.integers(1001, 1004)
IDS = st.integers(1, 3)
LABELS = st.sampled_from(["paint", "propagate", "lock"])
BLOBS = st.sampled_from([b"one", b"two", b"three"])


class Edits(RuleBasedStateMachine):
    """A project in a file against a list of plain dictionaries."""

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp(dir=self.base))
        self.path, self.saved = self.folder / "0.roto", 0
        self.project = Project.create(LONG, self.path)
        self.states = [{n: {} for n in ("objects", "keyframes", "results", "locks", "settings")}]
        self.labels, self.joinable, self.place = [], [], 0
        self.given = set()

    @property
    def now(self):
        return self.states[self.place]

    def step(self, label, change, join=False):
        """An edit of both: ``change(edit, tables)``; ``edit`` is None for the model."""
        wanted = deepcopy(self.now)
        with self.project.edit(label, join=join, durable=False) as edit:
            change(edit, wanted)
        if wanted == self.now:
            return
        if join and self.place == len(self.labels) and self.place and self.joinable[-1]:
            join = self.labels[-1] == label
        else:
            join = False
        if join:
            self.states[-1] = wanted
        else:
            self.states[self.place + 1 :] = [wanted]
            self.labels[self.place :], self.joinable[self.place :] = [label], [True]
            self.place += 1

    @rule(id=IDS, name=st.text(max_size=3), visible=st.booleans())
    def put_object(self, id, name, visible):
        record = ObjectRecord(id, name, (1, 2, 3), visible)
        self.given.add(id)

        def change(edit, tables):
            edit.put_object(record)
            tables["objects"][id] = record

        self.step("object", change)

    @rule()
    def next_id(self):
        with self.project.edit("id") as edit:
            found = edit.next_object_id()
        assert found not in self.given
        self.given.add(found)

    @rule(id=IDS)
    def remove_object(self, id):
        def change(edit, tables):
            edit.remove_object(id)
            for name in ("objects", "keyframes", "results", "locks"):
                tables[name] = {
                    key: record
                    for key, record in tables[name].items()
                    if getattr(record, "object", record if name != "objects" else key) != id
                }

        self.step("remove", change)

    @precondition(lambda self: self.now["objects"])
    @rule(data=st.data(), frame=FRAMES, label=LABELS, blob=st.none() | BLOBS, join=st.booleans())
    def put_keyframe(self, data, frame, label, blob, join):
        id = data.draw(st.sampled_from(sorted(self.now["objects"])))
        record = KeyframeRecord(frame, id, None if blob is None else hash_of(blob), label)

        def change(edit, tables):
            if blob is not None:
                assert edit.put_blob(blob) == record.blob
            edit.put_keyframe(record)
            tables["keyframes"][frame, id] = record

        self.step(label, change, join)

    @precondition(lambda self: self.now["objects"])
    @rule(data=st.data(), frames=st.lists(FRAMES, max_size=3), label=LABELS, join=st.booleans())
    def propagate(self, data, frames, label, join):
        id = data.draw(st.sampled_from(sorted(self.now["objects"])))
        share = data.draw(st.floats(0, 1))
        blob = data.draw(BLOBS)

        def change(edit, tables):
            provenance = edit.put_provenance({"label": label})
            for frame in frames:
                record = ResultRecord(
                    frame, id, edit.put_blob(blob), share, None, str(id), provenance
                )
                edit.put_result(record)
                tables["results"][frame, id] = record

        self.step(label, change, join)

    @rule(frame=FRAMES, id=IDS, join=st.booleans())
    def remove(self, frame, id, join):
        def change(edit, tables):
            edit.remove_keyframe(frame, id)
            edit.remove_result(frame, id)
            edit.remove_lock(id)
            for name, key in (("keyframes", (frame, id)), ("results", (frame, id)), ("locks", id)):
                tables[name].pop(key, None)

        self.step("propagate", change, join)

    @rule(id=IDS, frame=FRAMES, join=st.booleans())
    def lock(self, id, frame, join):
        record = LockRecord(id, frame, frame + 2)

        def change(edit, tables):
            edit.put_lock(record)
            tables["locks"][id] = record

        self.step("lock", change, join)

    @rule(name=st.text(max_size=4), value=st.integers() | st.text() | st.lists(st.booleans()))
    def setting(self, name, value):
        def change(edit, tables):
            edit.set_setting(name, value)
            tables["settings"][name] = value

        self.step("setting", change)

    @rule(id=IDS)
    def fail(self, id):
        with contextlib.suppress(ZeroDivisionError), self.project.edit("fail") as edit:
            edit.remove_object(id)
            edit.set_setting("failed", edit.put_blob(b"failed"))
            raise ZeroDivisionError

    @rule()
    def undo(self):
        label = self.labels[self.place - 1] if self.place else None
        assert self.project.undo() == label
        if label is not None:
            self.place -= 1
            self.joinable[self.place] = False

    @rule()
    def redo(self):
        label = self.labels[self.place] if self.place < len(self.labels) else None
        assert self.project.redo() == label
        if label is not None:
            self.place += 1

    @rule()
    def reopen(self):
        self.project.close()
        self.project = Project.open(self.path)

    @rule()
    def save_as(self):
        self.saved += 1
        self.path = self.folder / f"{self.saved}.roto"
        self.project.save_as(self.path)

    @rule(keep=st.integers(0, 5))
    def compact(self, keep):
        self.project.compact(keep)
        dropped = max(0, self.place - keep)
        del self.states[:dropped], self.labels[:dropped], self.joinable[:dropped]
        self.place -= dropped

    @invariant()
    def same(self):
        if not hasattr(self, "project"):
            return
        assert tables_of(self.project) == self.now
        steps = self.project.steps()
        assert list(steps.undo) == self.labels[: self.place][::-1]
        assert list(steps.redo) == self.labels[self.place :]

    def teardown(self):
        if not hasattr(self, "project"):
            return
        while self.project.undo() is not None:
            self.place -= 1
            assert tables_of(self.project) == self.now
        assert self.place == 0
        while self.project.redo() is not None:
            self.place += 1
            assert tables_of(self.project) == self.now
        assert self.place == len(self.labels)
        self.project.check()
        self.project.close()
        with Project.open(self.path, read_only=True) as project:
            assert tables_of(project) == self.now


def tables_of(project):
    return {
        "objects": project.objects(),
        "keyframes": dict(project.keyframes()),
        "results": dict(project.results()),
        "locks": project.locks(),
        "settings": project.settings(),
    }


def test_random_edits_undo_redo_and_reopening(tmp_path):
    class InFolder(Edits):
        base = tmp_path

    run_state_machine_as_test(
        InFolder,
        settings=settings(
            max_examples=12,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
