"""What a session must never lose: random work, SIGKILL, a full disk. Prints figures.

``ROTO_OPERATIONS=1000 ROTO_KILLS=200 pytest -s tests/core/test_session_reliability.py`` is the
long run.
"""

import hashlib
import inspect
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from copy import copy
from dataclasses import dataclass, field

import numpy as np
import pytest
from test_project import folder_of_another_user
from test_project_reliability import everything, posix, tell

from roto.engine import Settings
from roto.errors import KeyframeError, ProjectError, ProjectReadOnlyError
from roto.fake_engine import FakeEngine
from roto.media import open_clip
from roto.project import ClipRecord, Project
from roto.session import Session

SIZE, COUNT = (14, 20), 8


def plate():
    """Two colours that move over a third, with noise: answers are soft, and some are wrong."""
    noise = np.random.default_rng(7).integers(0, 90, (COUNT, *SIZE, 3))
    frames = noise + np.array((20, 20, 80))
    for frame in range(COUNT):
        frames[frame, 2:9, 1 + frame : 7 + frame, 0] += 120
        frames[frame, 7:12, 15 - frame : 20 - frame, 1] += 120
    return frames.astype(np.uint8)


def clip_record():
    return ClipRecord("plate", "", None, "", SIZE[1], SIZE[0], "24", 0, COUNT, "srgb")


def session_on(project, **options):
    engine = FakeEngine(Settings(**{"memory_every": 1, "max_memory": 2, **options}))
    return Session(open_clip(plate()), engine, project)


def picture(result):
    """All that a frame shows: its label map, and mattes by object id."""
    return result.label_map, result.mattes_of(list(result.names))


def digest(shown):
    """Hash of a picture."""
    labels, mattes = shown
    content = b"".join(b"%d" % i + mattes[i].tobytes() for i in sorted(mattes))
    return hashlib.sha256(labels.tobytes() + content).hexdigest()


def pictures(session):
    return {frame: picture(session.result(frame)) for frame in range(COUNT)}


def digests(shown):
    return {frame: digest(found) for frame, found in shown.items()}


@dataclass
class Lock:
    """A lock, and the frames as they were shown when it was made."""

    frames: range
    object: int | None
    region: np.ndarray | None
    shown: dict

    @property
    def place(self):
        return np.ones(SIZE, bool) if self.region is None else self.region

    def about(self, frame, which):
        return frame in self.frames and self.object in (None, which)


@dataclass
class Known:
    """What the artist knows of a session, told from the artist's own edits alone.

    ``sources`` says per frame and object between which masks a result was found, None for a
    side that is still to answer; ``last`` what it said before the newest propagation.
    """

    given: dict = field(default_factory=dict)
    lives: dict = field(default_factory=dict)
    locks: dict = field(default_factory=dict)
    sources: dict = field(default_factory=dict)
    last: dict = field(default_factory=dict)
    shown: dict = field(default_factory=dict)

    def copied(self):
        return Known(**{name: copy(value) for name, value in vars(self).items()})

    def around(self, frame, which):
        """The nearest masks on both sides: frame and pixels."""
        keys = sorted(f for f, i in self.given if i == which)
        sides = [f for f in keys if f < frame][-1:], [f for f in keys if f > frame][:1]
        return [(f[0], self.given[f[0], which].tobytes()) if f else "nothing" for f in sides]

    def can_be_found(self, frame, which):
        first, last = self.lives[which]
        return (
            (frame, which) not in self.given
            and first <= frame <= last
            and any(mask.any() for (_, i), mask in self.given.items() if i == which)
            and not any(k.region is None and k.about(frame, which) for k in self.locks.values())
        )

    def due(self, frames, which, direction):
        """What a propagation may change: what no result between the same masks answers."""
        for key in self.askable(frames, which, direction):
            if self.can_be_found(*key) and self.sources.get(key) != self.around(*key):
                yield key

    def askable(self, frames, which, direction):
        """Where a mask lies on the side that the direction comes from."""
        side = {"both": None, "forward": 0, "backward": 1}[direction]
        for key in itertools.product(range(frames[0], frames[1] + 1), which):
            if side is None or self.around(*key)[side] != "nothing":
                yield key

    def forget(self, which):
        for table in (self.given, self.sources, self.last):
            for key in [key for key in table if key[1] == which]:
                del table[key]
        self.locks = {n: lock for n, lock in self.locks.items() if lock.object != which}
        del self.lives[which]


OFTEN = {"propagate": 12, "set_keyframe": 5, "correct": 8, "undo": 5, "redo": 4, "lock": 4}
"""How often an operation comes, where it is not 2."""


class Work:
    """Random work on a project in a file, checked after every operation."""

    def __init__(self, path, seed):
        self.path, self.chance, self.log = path, random.Random(seed), []
        self.session = session_on(Project.create(clip_record(), path))
        self.known = Known(shown=pictures(self.session))
        self.history, self.place = [self.known.copied()], 0
        self.events = 0

    def operate(self):
        """One operation, whatever comes out of it, and everything that must hold after it."""
        names = [n for n in dir(self) if n.startswith("do_")]
        weights = [OFTEN.get(n[3:], 2) for n in names]
        name = self.chance.choices(names, weights)[0]
        self.log.append(name[3:])
        before, steps = self.known.copied(), len(self.session.project.steps().undo)
        self.touched = set()
        getattr(self, name)()
        self.known.shown = pictures(self.session)
        if name not in ("do_undo", "do_redo"):
            made = len(self.session.project.steps().undo) - steps
            assert made in (0, 1)
            if made:
                del self.history[self.place + 1 :]
                self.history.append(self.known.copied())
                self.place += 1
            self.check_outside(before)
        self.check()

    def say(self, *what):
        self.log[-1] = " ".join(str(w) for w in (self.log[-1], *what))

    def some_object(self):
        return self.chance.choice(sorted(self.known.lives)) if self.known.lives else None

    def some_range(self):
        return sorted(self.chance.randrange(COUNT) for _ in range(2))

    def some_mask(self):
        """A soft or a hard rectangle, or nothing."""
        if self.chance.random() < 0.12:
            return np.zeros(SIZE, np.float32)
        mask = np.zeros(SIZE, np.float32)
        top, left = self.chance.randrange(SIZE[0] - 3), self.chance.randrange(SIZE[1] - 3)
        mask[top : top + self.chance.randrange(3, 9), left : left + self.chance.randrange(3, 9)] = 1
        if self.chance.random() < 0.3:
            mask *= np.random.default_rng(self.chance.randrange(99)).random(SIZE, np.float32)
        return mask

    def do_add_object(self):
        if len(self.known.lives) < 4:
            self.known.lives[self.session.add_object()] = (0, COUNT - 1)

    def do_rename_object(self):
        if (which := self.some_object()) is not None:
            self.session.rename_object(which, f"name {len(self.log)}")

    def do_remove_object(self):
        if len(self.known.lives) > 1:
            which = self.some_object()
            self.say(which)
            self.session.remove_object(which)
            self.known.forget(which)
            self.touched = set(range(COUNT))

    def do_set_keyframe(self):
        frame, mask = self.chance.randrange(COUNT), self.some_mask()
        which = self.some_object()
        if which is None or (len(self.known.lives) < 3 and self.chance.random() < 0.5):
            name = f"new {len(self.log)}"
            self.session.set_keyframe(frame, {name: mask if mask.any() else None})
            which = self.session.object_id(name)
            self.known.lives[which] = (0, COUNT - 1)
        else:
            name = self.session.objects[which].name
            self.session.set_keyframe(frame, {name: mask if mask.any() else None})
        self.say(frame, which)
        self.known.given[frame, which] = mask
        self.touched = {frame}

    def do_correct(self):
        if (which := self.some_object()) is None:
            return
        frame, mask = self.chance.randrange(COUNT), self.some_mask()
        self.say(frame, which)
        correction = self.session.correct(frame, which, mask)
        self.known.given[frame, which] = mask
        self.touched = {frame}
        due = {f for f, _ in self.known.due((0, COUNT - 1), [which], "both")}
        nearest = [f for f, i in self.known.given if i == which and f != frame]
        low = max((f for f in nearest if f < frame), default=-1)
        high = min((f for f in nearest if f > frame), default=COUNT)
        assert set(correction.frames) == {f for f in due if low < f < high}

    def do_remove_keyframe(self):
        if self.known.given:
            frame, which = self.chance.choice(sorted(self.known.given))
            self.say(frame, which)
            self.session.remove_keyframe(frame, which)
            del self.known.given[frame, which]
            self.touched = {frame}

    def do_set_lifetime(self):
        if (which := self.some_object()) is not None:
            life = self.some_range() if self.chance.random() < 0.7 else (0, COUNT - 1)
            self.say(which, life)
            self.session.set_lifetime(which, *life)
            self.known.lives[which] = tuple(life)
            self.touched = set(range(COUNT))

    def do_lock(self):
        first, last = self.some_range()
        which = self.some_object() if self.chance.random() < 0.5 else None
        region = None
        if self.chance.random() < 0.5:
            region = np.zeros(SIZE, bool)
            region[self.chance.randrange(6) :, self.chance.randrange(9) :] = True
        self.say(first, last, which, "all" if region is None else f"{region.sum()} pixels")
        (number,) = self.session.lock((first, last), which, region)
        self.known.locks[number] = Lock(range(first, last + 1), which, region, self.known.shown)

    def do_unlock(self):
        if self.known.locks:
            number = self.chance.choice(sorted(self.known.locks))
            self.say(number)
            self.session.unlock(number)
            self.touched = set(self.known.locks.pop(number).frames)

    def do_propagate(self):
        frames = self.some_range() if self.chance.random() < 0.3 else (0, COUNT - 1)
        some = self.chance.random() < 0.3 and self.known.lives
        chosen = [self.some_object()] if some else sorted(self.known.lives)
        direction = self.chance.choice(["both", "both", "both", "forward", "backward"])
        stale, stop = self.chance.random() < 0.2, self.chance.randrange(1, 2 * COUNT)
        stop = stop if self.chance.random() < 0.5 else None
        self.say(frames, chosen, direction, "stale" if stale else "", "stop", stop)
        due = set(self.known.due(frames, chosen, direction))
        if stale:
            states = self.session.status().states
            asked = self.known.askable(frames, chosen, direction)
            due = {(f, i) for f, i in asked if states[i][f] == "stale"}
        rows = dict(self.session.project.results())
        work = self.session.propagate(
            tuple(frames), chosen if some else None, direction, stale=stale
        )
        if not self.known.given:
            with pytest.raises(KeyframeError, match="no keyframe"):
                next(work)
            return
        events = list(itertools.islice(work, stop))
        work.close()
        self.events += len(events)
        self.note(events, direction)
        found = {(e.frame, a.object) for e in events for a in e.answers}
        assert found <= due
        if len(events) != stop:
            assert found == due, "all that was asked for is found"
        now = self.session.project.results()
        assert {k for k in rows.keys() | now.keys() if rows.get(k) != now.get(k)} <= found
        last = {event.frame: event for event in events}
        for frame, event in last.items():
            assert digest(picture(event.result)) == digest(picture(self.session.result(frame)))
            if event.final:
                assert event.result.confidences == self.session.result(frame).confidences
        self.touched = set(last)

    def note(self, events, direction):
        """What the results of these events were made of."""
        known = self.known
        sources = copy(known.sources)
        for event in events:
            for answer in event.answers:
                key = event.frame, answer.object
                sources[key] = known.around(*key)
                for side, asked in enumerate((answer.left, answer.right)):
                    unasked = direction == ("backward", "forward")[side]
                    if asked is None and sources[key][side] != "nothing" and not unasked:
                        assert not event.final
                        sources[key][side] = None
        if events:
            answered = {(e.frame, a.object) for e in events for a in e.answers}
            known.last = {key: known.sources.get(key) for key in answered}
        known.sources = sources

    def do_revert(self):
        first, last = self.some_range()
        self.say(first, last)
        mine = {k: source for k, source in self.known.last.items() if first <= k[0] <= last}
        self.touched = set(self.session.revert((first, last)))
        assert self.touched == {frame for frame, _ in mine}
        for key, source in mine.items():
            del self.known.last[key], self.known.sources[key]
            if source is not None:
                self.known.sources[key] = source

    def do_accept(self):
        self.session.accept()
        self.known.last = {}
        assert self.session.receipt() is None

    def do_undo(self):
        self.travel(self.session.undo, -1)

    def do_redo(self):
        self.travel(self.session.redo, 1)

    def travel(self, move, step):
        there = 0 <= self.place + step < len(self.history)
        assert (move() is not None) == there
        if there:
            self.place += step
            self.known = self.history[self.place].copied()
        assert digests(pictures(self.session)) == digests(self.history[self.place].shown)

    def do_reopen(self):
        self.session.close()
        self.session = session_on(Project.open(self.path))

    def check(self):
        """What holds after every operation."""
        status, known = self.session.status(), self.known
        assert set(status.states) == set(known.lives)
        assert set(self.session.project.results()) == set(known.sources)
        for which, states in status.states.items():
            due = {f for f, _ in known.due((0, COUNT - 1), [which], "both")}
            assert due == {f for f, state in states.items() if state in ("open", "missing")}
        receipt = self.session.receipt()
        listed = {(c.frame, c.object) for c in receipt.changes} if receipt else set()
        assert listed <= set(known.last)
        for (frame, which), mask in known.given.items():
            free = np.ones(SIZE, bool)
            for lock in known.locks.values():
                if lock.about(frame, which):
                    free &= ~lock.place
            assert (known.shown[frame][1][which] == mask)[free].all(), f"keyframe {frame} {which}"
        for number, lock in known.locks.items():
            for frame in lock.frames:
                self.check_lock(f"lock {number} at {frame}", lock, frame)

    def check_lock(self, name, lock, frame):
        (labels, mattes), place = self.known.shown[frame], lock.place
        labels_then, mattes_then = lock.shown[frame]
        nothing = np.zeros(SIZE, np.float32)
        for which in mattes if lock.object is None else [lock.object]:
            then = mattes_then.get(which, nothing)
            assert mattes[which][place].tobytes() == then[place].tobytes(), f"{name}: {which}"
            assert ((labels == which) == (labels_then == which))[place].all(), f"{name}: {which}"

    def check_outside(self, before):
        """Frames that the operation did not speak of show what they showed."""
        for frame in set(range(COUNT)) - self.touched:
            labels, mattes = before.shown[frame]
            mattes = dict.fromkeys(self.known.lives, np.zeros(SIZE, np.float32)) | mattes
            assert digest((labels, mattes)) == digest(self.known.shown[frame]), f"frame {frame}"

    def finish(self):
        """Undo to the start and redo to the end."""
        end, place = digests(self.known.shown), self.place
        for step in (-1, 1):
            while 0 <= self.place + step < len(self.history):
                self.travel(self.session.undo if step < 0 else self.session.redo, step)
        assert self.place >= place
        while self.place > place:
            self.do_undo()
        assert digests(pictures(self.session)) == end
        self.session.project.check()
        self.session.close()


def test_random_work(tmp_path):
    most = int(os.environ.get("ROTO_OPERATIONS", "150"))
    each, started, done, events = 50, time.perf_counter(), [], 0
    for seed in range(most // each):
        work = Work(tmp_path / f"{seed}.roto", seed)
        try:
            for _ in range(each):
                work.operate()
            work.finish()
        except Exception as error:
            operations = "\n".join(f"{n} {what}" for n, what in enumerate(work.log))
            raise AssertionError(f"seed {seed}, operations:\n{operations}") from error
        done += [what.split()[0] for what in work.log]
        events += work.events
    counted = ", ".join(f"{done.count(name)} {name}" for name in sorted(set(done)))
    seconds = time.perf_counter() - started
    tell(f"{len(done)} operations ({counted}), {events} events; {seconds:.1f} s")


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
import numpy as np
from roto.engine import Settings
from roto.fake_engine import FakeEngine
from roto.media import open_clip
from roto.project import Project
from roto.session import Session
SIZE, COUNT = {SIZE}, {COUNT}
{inspect.getsource(plate)}
{inspect.getsource(session_on)}
{inspect.getsource(day)}
with session_on(Project.open(sys.argv[1]), max_memory=int(sys.argv[2])) as session:
    for _ in day(session):
        os.write(1, b".")
os.write(1, b"!")
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
        chance, counts = random.Random(1), dict.fromkeys(("lost", "unseen", "resumed", "same"), 0)
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
            fresh = session.status().frames("fresh")
            done = {k: r for k, r in found[3].items() if k[0] in fresh}
            list(session.propagate(**asked))
            counts["resumed"] += 1
            now, wanted = session.project.results(), steps[end][0][3]
            for key, row in done.items():
                if session.project.keyframes().get(key) is None and not asked:
                    assert now[key] == row
            sources = [
                {k: (r.left, r.right, r.provenance) for k, r in x.items()} for x in (now, wanted)
            ]
            assert sources[0] == sources[1]
            if memory == 0 or not finished:
                assert dict(now) == wanted
                counts["same"] += 1


def work_until_killed(path, memory, chance):
    """Let a child work, and kill it some time after a random step; how many it told of."""
    command = [sys.executable, "-c", CHILD, str(path), str(memory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        seen = child.stdout.read(chance.randrange(1, 90))
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
    return text[0].isupper() and text.endswith(".") and "\n" not in text and len(text) < 300


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
            self.leave(session, 1)
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
                except ProjectError as error:
                    assert "disk is full" in str(error)
                    assert the_same(session, before)
                    failed += 1
                before = as_it_is(session)
            assert failed
            self.leave(session, 10_000)
            session.correct(4, "red", noise)
            assert session.undo() == "correct"
            assert the_same(session, before) or session.redo() == "correct"

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
            for edit in edits(session):
                edit()

    def test_no_network_is_loaded_to_be_told_so(self, tmp_path):
        def load():
            raise AssertionError

        begun(tmp_path / "shot.roto").close()
        project = Project.open(tmp_path / "shot.roto", read_only=True)
        with (
            Session(open_clip(plate()), load, project) as session,
            pytest.raises(ProjectReadOnlyError),
        ):
            next(session.propagate())

    def test_a_folder_that_cannot_be_written(self):
        with folder_of_another_user() as (folder, as_stranger):
            with begun(folder / "shot.roto") as session:
                before = as_it_is(session)
            there = sorted(os.listdir(folder))
            with as_stranger():
                with pytest.raises(ProjectError, match="read_only=True"):
                    session_on(Project.open(folder / "shot.roto"))
                with session_on(Project.open(folder / "shot.roto", read_only=True)) as session:
                    assert the_same(session, before)
                    with pytest.raises(ProjectError, match="Permission denied") as error:
                        session.save(folder / "mine.roto")
                    assert is_a_sentence(error)
                    assert the_same(session, before)
            assert sorted(os.listdir(folder)) == there
