"""Jobs, edits that come between, cancel, and several clients; without a network."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import threading
from functools import partial

import pytest
from engine_lines import SECONDS, inside, joined

import roto.opening
from roto.fake_engine import FakeEngine
from roto_plugin.protocol import FIRST_LINE
from roto_plugin.sockets import Listener

BOX = [[4, 8], [16, 8], [16, 20], [4, 20]]
KEY = {"frame": 1001, "object": "hero", "shapes": [{"points": BOX}]}


@pytest.fixture
def gate(monkeypatch):
    """Frames are looked at one by one, as this is released."""
    permits = threading.Semaphore(0)

    class SlowEngine(FakeEngine):
        def encode(self, picture):
            assert permits.acquire(timeout=SECONDS)
            return super().encode(picture)

    monkeypatch.setattr(roto.opening, "load_model", lambda model, **more: SlowEngine())
    return permits


@pytest.fixture
def at_work(line, shot, gate):
    """A propagation that has found its first frame and is at the second."""
    line.open(shot)
    line.ask("set_keyframe", KEY)
    line.job = line.send("propagate")
    gate.release(2)
    assert line.event("progress")["params"]["frame"] == 1002
    yield line
    gate.release(1000)


def test_an_edit_goes_before_the_next_frame_of_a_propagation(at_work, gate):
    edit = at_work.send("correct", {**KEY, "frame": 1007})
    look = at_work.send("status")
    gate.release(1)
    assert at_work.answer(edit)["result"]["objects"] == ["hero"]
    seen = len(at_work.events)
    assert seen <= 1  # the frame that was under way
    job = at_work.answer(look)["result"]["job"]
    assert (job["method"], job["by"]) == ("propagate", "test")
    gate.release(1000)
    end = at_work.answer(at_work.job)["result"]
    frames = [one["params"]["frame"] for one in at_work.events[seen:]]
    assert set(frames[:2]) == {1006, 1008}  # nearest to the correction first
    assert end == {"ended": "done", "frames": 6}  # 1002 to 1008, and 1007 was given
    states = at_work.ask("status")["objects"][0]["states"]
    assert states == {
        "keyframe": [[1001, 1001], [1007, 1007]],
        "fresh": [[1002, 1006], [1008, 1008]],
    }


def test_a_cancelled_propagation_keeps_what_it_found(at_work, gate):
    cancel = at_work.send("cancel", {"request": at_work.job})
    assert at_work.answer(cancel)["result"] == {"cancelled": True}
    gate.release(1)
    end = at_work.answer(at_work.job)["result"]
    assert end["ended"] == "cancelled"
    fresh = at_work.ask("status")["objects"][0]["states"]["fresh"]
    assert fresh == [[1002, 1001 + end["frames"]]]
    assert at_work.ask("cancel", {"request": at_work.job}) == {"cancelled": False}


def test_one_job_at_a_time_and_only_one_s_own_is_named(at_work, gate):
    kind, text = at_work.refused("propagate")
    assert (kind, "propagate of test" in text) == ("BusyError", True)
    assert at_work.refused("app")[0] == "BusyError"
    assert at_work.ask("cancel", {"request": 4711}) == {"cancelled": False}
    again = json.dumps({"id": at_work.job, "method": "models"}).encode() + b"\n"
    at_work.raw(again)
    refused = at_work.receive()
    assert (refused["id"], refused["error"]["kind"]) == (None, "RequestError")
    gate.release(1000)
    assert at_work.answer(at_work.job)["result"]["ended"] == "done"


def test_undo_ends_a_propagation_that_would_be_in_vain(at_work, gate):
    undo = at_work.send("undo")
    gate.release(1000)
    assert at_work.answer(undo)["result"] == {"label": "propagate"}
    assert at_work.answer(at_work.job)["result"]["ended"] == "cancelled"
    assert "fresh" not in at_work.ask("status")["objects"][0]["states"]


def test_closing_ends_a_job_and_answers_it(at_work, gate):
    close = at_work.send("close")
    gate.release(1000)
    assert at_work.answer(at_work.job)["result"]["ended"] == "cancelled"
    assert at_work.answer(close)["result"] == {}
    assert at_work.refused("status")[0] == "StateError"


def test_what_is_sent_before_the_project_is_open_waits_for_it(line, shot):
    clip, project = str(shot / "plate" / "p.####.png"), str(shot / "a.roto")
    numbers = [
        line.send("open", {"clip": clip, "project": project}),
        line.send("set_keyframe", KEY),
        line.send("propagate"),
        line.send("status"),
    ]
    found = [line.answer(number) for number in numbers]
    assert all("result" in one for one in found)
    line.ask("close")
    numbers = [line.send("open", {"project": str(shot / "no.roto")}), line.send("status")]
    kinds = [line.answer(number)["error"]["kind"] for number in numbers]
    assert kinds == ["ProjectNotFoundError", "StateError"]


def test_two_clients_work_on_one_project(line, shot):
    line.open(shot)
    with inside(line.dispatcher, owner=False) as second:
        second.hello(client="second")
        assert second.refused("status")[0] == "StateError"  # it has opened nothing yet
        second.open(shot)
        edits = [("first", line, n) for n in range(10)] + [("second", second, n) for n in range(10)]
        sent = [
            (who, who_line.send("add_object", {"name": f"{who}{n}"})) for who, who_line, n in edits
        ]
        lines = {"first": line, "second": second}
        ids = [lines[who].answer(number)["result"]["id"] for who, number in sent]
        assert sorted(ids) == list(range(1, 21))
        for _ in range(10):
            assert line.event("changed")["params"] == {"what": "add_object", "by": "second"}
            assert second.event("changed")["params"] == {"what": "add_object", "by": "test"}
        second.ask("set_keyframe", KEY)
        second.ask("propagate")
        assert len([one for one in second.events if one["event"] == "progress"]) == 7
        whats = [line.event("changed")["params"]["what"] for _ in range(2)]
        assert whats == ["set_keyframe", "propagate"]
        assert line.events == []  # progress goes to who asked
        other = shot / "b.roto"
        kind, _ = line.refused("open", {"clip": str(shot / "bar.png"), "project": str(other)})
        assert kind == "StateError"
        assert not other.exists()
        line.ask("close")
        assert len(second.ask("status")["objects"]) == 21  # it is still open for the other
    with roto.open_session(shot / "a.roto") as session:  # and closed behind the last
        assert len(session.objects) == 21


def test_a_client_that_goes_takes_its_job_with_it(line, shot, gate):
    line.open(shot)
    line.ask("set_keyframe", KEY)
    with inside(line.dispatcher, owner=False) as second:
        second.hello()
        second.open(shot)
        second.send("propagate")
        gate.release(2)
        second.event("progress")
    gate.release(1)
    assert line.event("changed")["params"]["what"] == "propagate"
    assert line.ask("status")["job"] is None
    gate.release(1000)


@pytest.fixture
def door(line, tmp_path):
    """A listener for more clients of the line's engine, and how to get in."""
    file = tmp_path / "token.json"
    listener = Listener(0, file, partial(line.dispatcher.serve, owner=False))
    with contextlib.ExitStack() as stack:

        def enter():
            known = json.loads(file.read_text())
            found = stack.enter_context(joined(known["port"]))
            found.token = known["token"]
            return found

        enter.file = file
        yield enter
    listener.close()
    assert not file.exists()
    for thread in [one for one in threading.enumerate() if one.name == "roto listener"]:
        thread.join(SECONDS)
        assert not thread.is_alive()


def test_a_socket_with_the_token_is_a_client(line, door, shot):
    line.open(shot)
    mode = stat.S_IMODE(os.stat(door.file).st_mode)
    assert mode == 0o600 or os.name != "posix"
    second = door()
    second.hello(token=second.token)
    second.open(shot)
    second.ask("add_object")
    assert line.event("changed")["params"]["what"] == "add_object"
    assert second.ask("quit") == {}
    assert second.receive() is None
    assert len(line.ask("status")["objects"]) == 1  # the host's engine goes on


FIRST = [
    ("hello", {"protocol": 1, "client": "x"}),
    ("hello", {"protocol": 1, "client": "x", "token": ""}),
    ("hello", {"protocol": 1, "client": "x", "token": "\udcff" * 43}),
    ("hello", {"protocol": 1, "client": "x", "token": "a" * 43}),
    ("hello", {"protocol": "1"}),
    ("models", {}),
    ("quit", {}),
    ("nothing", {}),
]


@pytest.mark.parametrize(("method", "params"), FIRST)
def test_a_socket_without_the_token_is_closed_with_a_reason(line, door, method, params):
    second = door()
    assert second.refused(method, params)[0] in ("TokenError", "ParamsError", "MethodError")
    assert second.receive() is None
    assert line.ask("models")


def test_a_socket_that_talks_nonsense_is_closed_and_not_listened_to_for_long(line, door):
    for noise in (b"GET / HTTP/1.1\r\n\r\n", b"x" * (FIRST_LINE + 5) + b"\n", b"[]\n"):
        second = door()
        second.raw(noise)
        assert second.receive()["error"]["kind"] in ("ParseError", "TooLongError")
        assert second.receive() is None
    assert line.ask("models")
