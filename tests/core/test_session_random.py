"""Random work on a session, checked after every operation against what the artist did.

``ROTO_OPERATIONS=1000 pytest -s tests/core/test_session_random.py`` is the long run.
"""

import itertools
import os
import random
import time
from copy import copy
from dataclasses import replace

import numpy as np
import pytest
from known_work import Known, Lock
from noisy_sessions import COUNT, SIZE, clip_record, digest, digests, picture, pictures, session_on
from project_files import tell

from roto.errors import KeyframeError
from roto.project import Project

OFTEN = {
    "propagate": 16,
    "set_keyframe": 6,
    "correct": 9,
    "undo": 5,
    "redo": 4,
    "lock": 4,
    "unlock": 3,
}
"""How often an operation comes, where it is not 2."""


class Work:
    """Random work on a project in a file, checked after every operation."""

    def __init__(self, path, seed):
        self.path, self.chance, self.log = path, random.Random(seed), []
        self.session = session_on(Project.create(clip_record(), path))
        self.known = Known(shown=pictures(self.session))
        self.history, self.place = [self.known.copied()], 0
        self.events = 0

    def some_operation(self):
        names = [n[3:] for n in dir(self) if n.startswith("do_")]
        return self.chance.choices(names, [OFTEN.get(n, 2) for n in names])[0]

    def operate(self, name):
        """One operation, whatever comes out of it, and everything that must hold after it."""
        self.log.append(name)
        before, steps = self.known.copied(), len(self.session.project.steps().undo)
        self.touched = set()
        getattr(self, f"do_{name}")()
        self.known.shown = pictures(self.session)
        if name not in ("undo", "redo"):
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
            life = self.some_range() if self.chance.random() < 0.4 else (0, COUNT - 1)
            self.say(which, life)
            self.session.set_lifetime(which, *life)
            self.known.lives[which] = tuple(life)
            self.touched = set(range(COUNT))

    def do_lock(self):
        first = self.chance.randrange(COUNT)
        last = min(COUNT - 1, first + self.chance.randrange(3))
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
            free = self.some_range() if self.chance.random() < 0.5 else (0, COUNT - 1)
            self.say(number, free)
            self.session.unlock(number, free)
            lock = self.known.locks.pop(number)
            self.touched = set(lock.frames) & set(range(free[0], free[1] + 1))
            for left, record in self.session.project.locks().items():
                if left not in self.known.locks:  # what is left of it shows what it showed
                    frames = range(record.first, record.last + 1)
                    self.known.locks[left] = replace(lock, frames=frames)
                    assert set(frames) == set(frames) & set(lock.frames) - self.touched
            held = {f for k in self.known.locks.values() for f in k.frames if k.shown is lock.shown}
            assert held >= set(lock.frames) - self.touched

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
            for number in range(each):
                work.operate("set_keyframe" if number < 3 else work.some_operation())
            work.finish()
        except Exception as error:
            operations = "\n".join(f"{n} {what}" for n, what in enumerate(work.log))
            raise AssertionError(f"seed {seed}, operations:\n{operations}") from error
        done += [what.split()[0] for what in work.log]
        events += work.events
    counted = ", ".join(f"{done.count(name)} {name}" for name in sorted(set(done)))
    seconds = time.perf_counter() - started
    tell(f"{len(done)} operations ({counted}), {events} events; {seconds:.1f} s")
