"""What a session must never lose: killed, on a full disk, read-only. Prints figures.

``ROTO_KILLS=200 pytest -s tests/core/test_session_reliability.py`` is the long run.
"""

import contextlib
import inspect
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from noisy_sessions import (
    COUNT,
    SIZE,
    clip_record,
    digest,
    digests,
    picture,
    pictures,
    plate,
    session_on,
)
from project_files import everything, folder_of_another_user, posix, tell

from roto.errors import ProjectError, ProjectReadOnlyError
from roto.media import open_clip
from roto.project import Project
from roto.session import Session


def day(session):
    """A fixed piece of work. After each edit it yields None, after each event what was asked."""
    chance = random.Random(5)

    def mask():
        found = np.zeros(SIZE, np.float32)
        top, left = chance.randrange(8), chance.randrange(12)
        found[top : top + 6, left : left + 7] = chance.choice([1, 0.7])
        return found

    def run(**asked):
        for event in session.propagate(**asked):
            yield {**asked, "final": event.final}

    yield session.set_keyframe(0, {"red": mask(), "green": mask()})
    yield session.set_keyframe(COUNT - 1, {"red": mask()})
    yield from run()
    for turn in range(4):
        session.correct(2 + turn, "red", mask())
        yield
        yield from run()
        session.lock((turn, turn + 1), ["red"])
        yield
        yield from run(stale=True)
        session.undo()
        yield
        if turn % 2:
            session.remove_keyframe(2 + turn, "red")
            yield
            session.unlock()
            yield
            yield from run()


CHILD = f"""
import os, random, sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
import numpy as np
from noisy_sessions import COUNT, SIZE, session_on
from roto.project import Project
{inspect.getsource(day)}
with session_on(Project.open(sys.argv[1]), max_memory=int(sys.argv[2])) as session:
    for _ in day(session):
        os.write(1, b".")
"""


class TestKilled:
    """What is promised of a propagation that was cut off, and asked for again.

    Every frame whose event was seen is there, and stays as it is. What is missing is found as
    an undisturbed run would have found it, to the byte, where nothing in between was finished
    or the memory keeps no predictions. Where it does, a frame that was finished is remembered
    as it is stored, both sides fused, and no more as one side had predicted it: then the states
    are the same, and pixels need not be.
    """

    @posix
    def test_every_event_and_edit_survives_sigkill(self, tmp_path):
        kills, started = int(os.environ.get("ROTO_KILLS", "8")), time.perf_counter()
        chance, counts = random.Random(1), dict.fromkeys(("unseen", "resumed", "same"), 0)
        days = {memory: self.undisturbed(tmp_path, memory) for memory in (0, 2)}
        for kill in range(kills):
            memory = kill % 2 * 2
            path = tmp_path / f"{kill}.roto"
            shutil.copyfile(tmp_path / "begin.roto", path)
            seen = work_until_killed(path, memory, chance)
            self.check_after(path, memory, days[memory], seen, counts)
        seconds = time.perf_counter() - started
        tell(
            f"{kills} kills in a day of {len(days[0]) - 1} edits and events: none lost, "
            f"{counts['unseen']} written but not yet told; {counts['resumed']} propagations went "
            f"on, {counts['same']} of them to the same bytes; {seconds:.1f} s"
        )

    def undisturbed(self, folder, memory):
        """All there is to know after each step of the day, and what the step was."""
        if not (folder / "begin.roto").exists():
            Project.create(clip_record(), folder / "begin.roto").close()
        with session_on(Project.create(clip_record()), max_memory=memory) as session:
            steps = [(everything(session.project), None)]
            steps += [(everything(session.project), asked) for asked in day(session)]
        return steps

    def check_after(self, path, memory, steps, seen, counts):
        with session_on(Project.open(path), max_memory=memory) as session:
            session.project.check()
            found = everything(session.project)
            if found != steps[seen][0]:
                seen += 1
                counts["unseen"] += 1
            assert found == steps[seen][0], f"after {seen} steps"
            after = steps[seen + 1][1] if seen + 1 < len(steps) else None
            if after is None or steps[seen][1] is None:
                return
            # In the middle of a propagation: it goes on to where it would have ended.
            begun = seen
            while steps[begun][1] is not None:
                begun -= 1
            end = seen
            while end + 1 < len(steps) and steps[end + 1][1] is not None:
                end += 1
            asked = {name: value for name, value in after.items() if name != "final"}
            finished = any(step[1]["final"] for step in steps[begun + 1 : seen + 1])
            states = session.status().states
            done = {k: row for k, row in found[3].items() if states[k[1]][k[0]] == "fresh"}
            list(session.propagate(**asked))
            counts["resumed"] += 1
            now, wanted = session.project.results(), steps[end][0][3]
            assert done.items() <= now.items()
            sources = [
                {k: (r.left, r.right, r.provenance) for k, r in x.items()} for x in (now, wanted)
            ]
            assert sources[0] == sources[1]
            if memory == 0 or not finished:
                assert dict(now) == wanted
                counts["same"] += 1


def sources(results):
    return {key: (row.left, row.right, row.provenance) for key, row in results.items()}


def work_until_killed(path, memory, chance):
    """Let a child work, and kill it some time after a random step; how many it told of."""
    command = [sys.executable, "-c", CHILD, str(path), str(memory)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "bufsize": 0}
    with subprocess.Popen(command, **pipes) as child:
        seen = b"".join(child.stdout.read(1) for _ in range(chance.randrange(1, 60)))
        time.sleep(chance.uniform(0, 0.01))
        child.kill()
        told, complaints = child.communicate()
        assert child.returncode in (0, -signal.SIGKILL), complaints.decode()
    return (seen + told).count(b".")


def the_same(session, before):
    return everything(session.project) == before[0] and digests(pictures(session)) == before[1]


def as_it_is(session):
    return everything(session.project), digests(pictures(session))


def is_a_sentence(error):
    text = str(error.value)
    return text.endswith(".") and ". " not in text and "\n" not in text and len(text) < 300


def edits(session):
    """Everything that changes a session, to be called one by one."""
    noise = np.random.default_rng(9).random(SIZE, np.float32)
    session_edits = {
        "add_object": (),
        "rename_object": ("red", "blue"),
        "remove_object": ("red",),
        "set_keyframe": (4, {"red": noise}),
        "correct": (4, "red", noise),
        "remove_keyframe": (0, "red"),
        "set_lifetime": ("red", 0, 5),
        "lock": ((2, 3), "red", noise > 0.5),
        "undo": (),
        "revert": (),
        "accept": (),
    }
    for name, arguments in session_edits.items():
        yield lambda name=name, arguments=arguments: getattr(session, name)(*arguments)
    yield lambda: next(session.propagate())


def begun(path):
    """A session with something to do."""
    session = session_on(Project.create(clip_record(), path))
    for asked, _ in zip(day(session), range(14), strict=False):
        del asked
    session.set_keyframe(5, {"red": np.ones(SIZE, np.float32)})
    return session


class TestFullDisk:
    def test_a_propagation_keeps_what_it_told_and_goes_on_when_there_is_room(self, tmp_path):
        with begun(tmp_path / "shot.roto") as session:
            self.leave(session, 0)
            for size in (1000, 100):
                self.fill(session, size)
            before = as_it_is(session)
            told = []
            with pytest.raises(ProjectError, match="disk is full") as error:
                told.extend(session.propagate())
            assert is_a_sentence(error)
            for event in {e.frame: e for e in told}.values():
                assert digest(picture(event.result)) == digest(picture(session.result(event.frame)))
            if not told:
                assert the_same(session, before)
            self.leave(session, 10_000)
            list(session.propagate())
            assert session.status().count("open") == session.status().count("missing") == 0
            end = as_it_is(session)
        with session_on(Project.open(tmp_path / "shot.roto")) as session:
            session.project.check()
            assert the_same(session, end)

    def test_edits_change_nothing_and_can_be_made_again(self, tmp_path):
        with begun(tmp_path / "shot.roto") as session:
            before = as_it_is(session)
            self.leave(session, 0)
            failed = 0
            for number in range(50):
                noise = np.random.default_rng(number).random(SIZE, np.float32)
                try:
                    session.correct(4, "red", noise)
                    before = as_it_is(session)
                except ProjectError:
                    failed += 1
                assert the_same(session, before)
            assert failed
            self.leave(session, 10_000)
            session.correct(4, "red", noise)
            assert session.undo() == "correct"
            assert the_same(session, before) or session.redo() == "correct"

    def fill(self, session, size):
        with contextlib.suppress(ProjectError):
            for _ in range(1000):
                with session.project.edit("fill") as edit:
                    edit.put_blob(os.urandom(size))
            raise AssertionError("the disk never got full")

    def leave(self, session, pages):
        connection = session.project._file.connection
        there = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {there + pages}")


class TestReadOnly:
    def test_everything_is_refused_in_a_sentence_and_nothing_changes(self, tmp_path):
        with begun(tmp_path / "shot.roto") as session:
            before = as_it_is(session)
        with session_on(Project.open(tmp_path / "shot.roto", read_only=True)) as session:
            for edit in edits(session):
                with pytest.raises(ProjectReadOnlyError, match="save it under") as error:
                    edit()
                assert is_a_sentence(error)
            assert the_same(session, before)
            assert session.status().count("open") > 0
            assert session.receipt() is not None
            session.save(tmp_path / "mine.roto")
            session.correct(4, "red", np.ones(SIZE, np.float32))
            list(session.propagate())
            assert session.status().count("open") == 0

    def test_no_network_is_loaded_to_be_told_so(self, tmp_path):
        def load():
            raise AssertionError

        begun(tmp_path / "shot.roto").close()
        project = Project.open(tmp_path / "shot.roto", read_only=True)
        with (
            Session(open_clip(plate()), load, project) as session,
            pytest.raises(ProjectReadOnlyError, match="save it under"),
        ):
            next(session.propagate())

    def test_a_folder_that_cannot_be_written(self):
        with folder_of_another_user() as (folder, as_stranger):
            with begun(folder / "shot.roto") as session:
                before = as_it_is(session)
            there = sorted(os.listdir(folder))
            with as_stranger():
                with pytest.raises(ProjectError, match="open it read-only"):
                    session_on(Project.open(folder / "shot.roto"))
                with session_on(Project.open(folder / "shot.roto", read_only=True)) as session:
                    assert the_same(session, before)
                    with pytest.raises(ProjectError, match="Permission denied") as error:
                        session.save(folder / "mine.roto")
                    assert is_a_sentence(error)
                    assert the_same(session, before)
            assert sorted(os.listdir(folder)) == there
