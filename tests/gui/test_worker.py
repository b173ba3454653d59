"""The thread that owns a session: what goes first, what ends, what is told."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import roto
from roto.errors import KeyframeError
from roto.fake_engine import FakeEngine
from roto.session.worker import Job, Task, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from roto.session import Session

PATIENCE = 10.0


class Told:
    """A worker with an ear for all it says."""

    def __init__(self, opener: Callable[[], Session] | None = None) -> None:
        self.events: list[Any] = []
        self.failures: list[tuple[str, Exception]] = []
        self.ended: list[str] = []
        self.opened = threading.Event()
        self.worker = Worker(
            opener or session,
            lambda _: self.opened.set(),
            lambda what, error: self.failures.append((what, error)),
        )
        self.worker.start()

    def job(self, events: Callable[[Session], Iterator[Any]], **options: bool) -> Job:
        return Job(
            "job", events, self.events.append, self.ended.append, self.events.append, **options
        )

    def do(self, what: object, **options: bool) -> None:
        self.worker.post(Task("task", lambda _: self.events.append(what), **options))


def session() -> Session:
    return roto.new_session([np.zeros((8, 8, 3), np.uint8)] * 3, model=FakeEngine())


def until(true: Callable[[], bool]) -> None:
    late = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < late
        time.sleep(0.002)


@pytest.fixture
def told() -> Iterator[Told]:
    told = Told()
    yield told
    assert told.worker.close(PATIENCE)
    assert not told.worker.alive


def counting(gate: threading.Semaphore | None = None, end: int = 10**6) -> Callable[[Any], Any]:
    """Counts; one number for each time that the gate is opened."""

    def events(_: Session) -> Iterator[int]:
        for n in range(end):
            if gate is not None:
                gate.acquire(timeout=PATIENCE)
            yield n

    return events


def test_tasks_are_done_in_their_order(told: Told) -> None:
    for n in range(20):
        told.do(n)
    until(lambda: len(told.events) == 20)
    assert told.events == list(range(20))


def test_a_task_goes_before_the_next_event_of_a_job(told: Told) -> None:
    gate = threading.Semaphore(1)
    assert told.worker.run(told.job(counting(gate, 3)))
    until(lambda: told.events == [0])
    told.do("look", edits=False)
    gate.release()
    until(lambda: "look" in told.events)
    gate.release(3)
    until(lambda: told.ended == ["done"])
    assert told.events == [0, 1, "look", 2]


def test_an_edit_makes_a_job_start_anew(told: Told) -> None:
    gate = threading.Semaphore(2)
    assert told.worker.run(told.job(counting(gate, 3)))
    until(lambda: told.events == [0, 1])
    told.do("edit")
    gate.release(10)
    until(lambda: told.ended == ["done"])
    after = told.events[told.events.index("edit") + 1 :]
    assert after == [0, 1, 2]


def test_what_takes_something_back_ends_a_job_that_edits_and_no_other(told: Told) -> None:
    gate = threading.Semaphore(1)
    assert told.worker.run(told.job(counting(gate), edits=True))
    until(lambda: told.events == [0])
    told.do("undo", ends=True)
    gate.release()
    until(lambda: told.ended == ["cancelled"])
    assert told.worker.run(told.job(counting(end=3)))
    told.do("undo", ends=True)
    until(lambda: told.ended == ["cancelled", "done"])


def test_one_job_at_a_time_but_one_in_the_background_makes_way(told: Told) -> None:
    behind, front = threading.Semaphore(1), threading.Semaphore(0)
    assert told.worker.run(told.job(counting(behind), background=True))
    assert not told.worker.busy
    until(lambda: told.events == [0])
    assert told.worker.run(told.job(counting(front, 1)))
    assert told.worker.busy
    assert not told.worker.run(told.job(counting()))
    behind.release(2)
    front.release(2)
    until(lambda: told.ended == ["cancelled", "done"])
    assert not told.worker.busy


def test_a_job_is_paused_and_cancelled(told: Told) -> None:
    assert told.worker.run(told.job(counting()))
    until(lambda: len(told.events) > 3)
    told.worker.pause(paused=True)
    until(lambda: True in told.events)
    time.sleep(0.05)
    count = len(told.events)
    time.sleep(0.05)
    assert len(told.events) == count
    told.worker.pause(paused=False)
    until(lambda: len(told.events) > count + 3)
    told.worker.pause(paused=True)
    told.worker.cancel()
    until(lambda: told.ended == ["cancelled"])
    assert not told.worker.busy
    assert not told.worker.paused


def test_what_fails_is_told_and_the_thread_lives_on(told: Told) -> None:
    def wrong(_: Session) -> None:
        raise KeyframeError("no")

    def broken(_: Session) -> Iterator[int]:
        yield 1
        raise ZeroDivisionError

    told.worker.post(Task("task", wrong))
    assert told.worker.run(told.job(broken))
    until(lambda: told.ended == ["failed"])
    assert [(what, type(error)) for what, error in told.failures] == [
        ("task", KeyframeError),
        ("job", ZeroDivisionError),
    ]
    told.do("on")
    until(lambda: "on" in told.events)


def test_closing_does_what_was_posted_and_drops_the_job() -> None:
    told = Told()
    assert told.worker.run(told.job(counting()))
    until(lambda: len(told.events) > 3)
    told.worker.pause(paused=True)
    for n in range(5):
        told.do(f"edit {n}")
    assert told.worker.close(PATIENCE)
    assert [e for e in told.events if isinstance(e, str)] == [f"edit {n}" for n in range(5)]
    assert told.ended == ["cancelled"]


def test_what_cannot_be_opened_is_told_and_the_thread_ends() -> None:
    def opener() -> Session:
        raise KeyframeError("there is nothing")

    told = Told(opener)
    until(lambda: not told.worker.alive)
    assert [what for what, _ in told.failures] == ["open"]
    assert told.worker.close(PATIENCE)


# In the background


def held_in_the_background(told: Told) -> threading.Event:
    """A job is at its first event in the helper thread, and stays there until the gate opens."""
    gate, inside = threading.Event(), threading.Event()

    def encoding(_: Session) -> Iterator[int]:
        inside.set()
        gate.wait(PATIENCE)
        yield 0

    assert told.worker.run(told.job(encoding, background=True))
    assert inside.wait(PATIENCE)
    return gate


def test_tasks_do_not_wait_for_what_is_in_the_background(told: Told) -> None:
    gate, inside = threading.Event(), threading.Event()
    threads: list[str] = []

    def encoding(_: Session) -> Iterator[int]:
        for n in range(3):
            threads.append(threading.current_thread().name)
            inside.set()
            gate.wait(PATIENCE)
            yield n

    assert told.worker.run(told.job(encoding, background=True))
    assert inside.wait(PATIENCE)
    for n in range(5):
        told.do(f"edit {n}")
    until(lambda: told.events == [f"edit {n}" for n in range(5)])  # it is at its first event
    gate.set()
    until(lambda: told.ended == ["done"])
    assert told.events[5:] == [0, 1, 2]
    assert all(name.startswith("roto ahead") for name in threads)


def test_what_must_be_alone_waits_for_the_background_and_others_after_it(told: Told) -> None:
    gate = held_in_the_background(told)
    told.worker.post(Task("save", lambda _: told.events.append("save"), alone=True))
    told.do("edit")
    time.sleep(0.05)
    assert told.events == []
    gate.set()
    until(lambda: len(told.events) == 3)
    assert told.events.index("save") < told.events.index("edit")


def test_one_in_the_background_makes_way_for_the_next(told: Told) -> None:
    first = threading.Semaphore(1)
    assert told.worker.run(told.job(counting(first), background=True))
    until(lambda: told.events == [0])
    assert told.worker.run(told.job(counting(None, 2), background=True))
    assert told.worker.run(told.job(counting(None, 3), background=True))  # takes its place
    first.release(2)
    until(lambda: told.ended == ["cancelled", "done"])
    assert told.events[-3:] == [0, 1, 2]


def test_what_waits_for_the_background_is_cancelled_too(told: Told) -> None:
    behind = threading.Semaphore(1)
    assert told.worker.run(told.job(counting(behind), background=True))
    until(lambda: told.events == [0])
    assert told.worker.run(told.job(counting()))
    told.worker.cancel()
    behind.release(2)
    until(lambda: told.ended == ["cancelled", "cancelled"])


def test_what_is_wrong_in_the_background_is_nobodys_business(told: Told) -> None:
    def broken(_: Session) -> Iterator[int]:
        yield 1
        raise KeyframeError("no such frame")

    assert told.worker.run(told.job(broken, background=True))
    until(lambda: told.ended == ["failed"])
    assert told.failures == []


def test_closing_waits_for_the_helper_thread_only_in_the_end() -> None:
    told = Told()
    gate = held_in_the_background(told)
    told.do("edit")
    assert not told.worker.close(0)
    until(lambda: "edit" in told.events)
    assert told.worker.opened
    gate.set()
    assert told.worker.close(PATIENCE)
    assert not told.worker.opened
