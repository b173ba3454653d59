"""The client that hosts have, against real engines: crashes, hangs, wrong interpreters."""

from __future__ import annotations

import json
import os
import signal
import sys
import time

import pytest
from engine_lines import SECONDS, TINY

import roto
from roto_plugin.client import Client, engine_command, engine_environment
from roto_plugin.protocol import MAX_LINE, ProtocolError

BOX = [[4, 8], [16, 8], [16, 20], [4, 20]]
KEY = {"frame": 1001, "object": "hero", "shapes": [{"points": BOX}]}


class Host:
    """A client, and what it told."""

    def __init__(self, command=None, **more):
        self.told = []
        self.client = Client(
            command or (None if "token_file" in more else engine_command(sys.executable)),
            lambda name, params, request: self.told.append((name, params, request)),
            name="a host",
            **more,
        )

    def ask(self, method, params=None):
        return self.client.wait(self.client.call(method, params), SECONDS)

    def refused(self, method, params=None):
        with pytest.raises(ProtocolError) as caught:
            self.ask(method, params)
        return caught.value.kind, caught.value.message

    def open(self, shot, **more):
        clip, project = str(shot / "plate" / "p.####.png"), str(shot / "a.roto")
        return self.ask("open", {"clip": clip, "project": project, **more})

    def until(self, name):
        """Poll until an event has come; returns its parameters."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            for told in self.told:
                if told[0] == name:
                    self.told.remove(told)
                    return told[1]
            if not self.client.poll():
                time.sleep(0.005)
        pytest.fail(f"{name} was not told; {self.told}, {list(self.client.log)}")

    def crash(self):
        os.kill(self.client.engine["pid"], signal.SIGKILL)


@pytest.fixture
def host():
    made = Host()
    yield made
    made.client.close(wait=60)


def test_questions_are_answered_in_poll_and_nowhere_else(host):
    seen = []
    future = host.client.call("models", on_done=seen.append)
    second = host.client.call("nothing", on_done=seen.append)
    time.sleep(0.2)
    assert not seen
    assert not future.done
    with pytest.raises(ProtocolError, match="no answer"):
        future.result()
    host.client.wait(future, SECONDS)
    with pytest.raises(ProtocolError, match="no method"):
        host.client.wait(second, SECONDS)
    assert sorted(one.id for one in seen) == [future.id, second.id]
    assert host.until("ready")["roto"] == roto.__version__
    assert host.client.state == "ready"
    future.add_done(seen.append)
    assert len(seen) == 3


def test_no_call_waits_for_the_engine(host):
    """The engine takes seconds to come, and a hundred calls of a megabyte are long in its pipe."""
    started = time.monotonic()
    futures = [host.client.call("add_object", {"name": "x" * (MAX_LINE - 200)}) for _ in range(100)]
    host.client.poll()
    called = time.monotonic() - started
    with pytest.raises(ProtocolError):
        host.client.wait(futures[-1], SECONDS)
    assert called < time.monotonic() - started
    assert [one.error.kind for one in futures] == ["ParamsError"] * 100
    with pytest.raises(ProtocolError, match="too long"):
        host.client.call("add_object", {"name": "x" * MAX_LINE})


def test_a_crash_loses_no_acknowledged_edit_and_asks_again_what_is_safe(host, shot, tiny_weights):
    host.open(shot, model=str(tiny_weights), settings=TINY)
    host.ask("set_keyframe", KEY)
    running = host.client.call("propagate")
    while running.progress is None and not running.done:
        host.client.poll()
    first = running.progress["frame"]
    host.crash()
    edit = host.client.call("correct", {**KEY, "frame": 1006})  # nobody is there to hear it
    new = host.client.call("add_object")
    assert host.client.wait(edit, SECONDS)["objects"] == ["hero"]
    with pytest.raises(ProtocolError, match="what it had finished is in the project"):
        running.result()
    assert running.error.kind == "LostError"
    lost = host.until("lost")
    assert "propagate" in lost["lost"]
    hero = host.until("restored")["objects"][0]
    assert hero["keyframes"][0] == [1001, 1001]
    assert hero["states"]["fresh"][0][0] == first == 1002  # what was told is on disk
    # A request that was written into the dead pipe may have been heard: it is not asked again.
    assert new.error is None or new.error.kind == "LostError"
    assert host.ask("propagate")["ended"] == "done"
    assert host.ask("status")["objects"][0]["keyframes"] == [[1001, 1001], [1006, 1006]]


def test_a_request_that_kills_the_engine_is_asked_twice_and_no_more(shot, tmp_path):
    fatal = tmp_path / "sitecustomize.py"
    fatal.write_text(
        "import sys, threading, time, os\n"
        "def watch():\n"
        "    while 'roto_plugin.checking' not in sys.modules: time.sleep(0.01)\n"
        "    os._exit(9)\n"
        "threading.Thread(target=watch, daemon=True).start()\n"
    )
    paths = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    host = Host(environment={**engine_environment(), "PYTHONPATH": paths})
    future = host.client.call("check")
    with pytest.raises(ProtocolError) as caught:
        host.client.wait(future, SECONDS)
    assert caught.value.kind == "LostError"
    assert future.again
    assert "code 9" in caught.value.message
    assert [host.until("lost")["again"] for _ in range(2)] == [["check"], []]
    assert host.ask("models")  # it lives
    host.client.close(wait=60)


def test_an_engine_that_always_dies_is_given_up(host):
    host.ask("models")
    for _ in range(3):
        host.crash()
        host.until("lost")
        host.ask("models")
    host.crash()
    assert host.until("failed")["kind"] == "StartError"
    assert host.client.state == "failed"
    assert host.ask("models")  # whoever asks again tries again


def test_an_engine_that_hangs_is_killed_and_comes_back(host, shot):
    host.open(shot)
    os.kill(host.client.engine["pid"], signal.SIGSTOP)
    future = host.client.call("add_object", timeout=0.3)
    with pytest.raises(ProtocolError, match="in time"):
        host.client.wait(future)
    host.client.kill()
    assert host.until("restored")["project"] == str(shot / "a.roto")
    assert host.ask("add_object")


def test_cancel(host, shot, tiny_weights):
    host.open(shot, model=str(tiny_weights), settings=TINY)
    host.ask("set_keyframe", KEY)
    running = host.client.call("propagate")
    while running.progress is None and not running.done:
        host.client.poll()
    host.client.cancel(running)
    assert host.client.wait(running, SECONDS)["ended"] in ("cancelled", "done")
    told = [params for name, params, request in host.told if request is running]
    assert told[-1] == running.progress
    waiting = Host().client
    early = waiting.call("models")
    waiting.cancel(early)
    assert early.result()["ended"] == "cancelled"
    waiting.close(wait=60)


def test_how_a_job_was_made_to_fit_into_memory(shot, tiny_weights):
    """As it was asked for it would take 2.6 GB."""
    host = Host(environment={**engine_environment(), "ROTO_MEMORY": "1.5G"})
    host.open(shot, model=str(tiny_weights), settings={"short_side": 2160, "enlarge": True})
    host.ask("set_keyframe", KEY)
    running = host.client.call("propagate")
    note = host.until("note")
    host.client.cancel(running)
    host.client.wait(running, SECONDS)
    assert note["about"] == "memory"
    assert running.notes[0] == note["text"]
    assert "instead of 2160 pixels: edges are less fine." in running.notes[-1]
    host.client.close(wait=60)


def test_events_of_a_later_engine_do_no_harm(tmp_path):
    script = tmp_path / "later"
    script.write_text(
        "#!/bin/sh\nread line\n"
        'echo \'{"id":1,"result":{"protocol":1,"roto":"9","python":"4","pid":1}}\'\n'
        'echo \'{"event":"weather","params":{"sun":true},"more":1}\'\n'
        'read line\necho \'{"id":2,"result":{"models":[]}}\'\nread line\n'
    )
    script.chmod(0o755)
    host = Host([str(script)])
    host.client.start()  # hello is the first request
    assert host.ask("models") == {"models": []}
    assert host.until("weather") == {"sun": True}
    host.client.close(wait=60)


def test_close_ends_the_engine_and_fails_what_is_open(shot):
    host = Host()
    host.open(shot)
    future = host.client.call("status")
    host.client.close(wait=60)
    assert future.error.kind == "ClosedError"
    assert host.client.state == "closed"
    with roto.open_session(shot / "a.roto"):  # the engine has let go of it
        pass
    with pytest.raises(ProtocolError, match="closed"):
        host.client.call("models")
    host.client.close()
    assert host.client.poll() == 0


def python_without_roto(folder):
    """A Python of its own, with nothing in it."""
    import venv

    venv.create(folder, with_pip=False, symlinks=os.name == "posix")
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def test_wrong_interpreters_are_told_with_what_to_do(tmp_path):
    script = tmp_path / "chatty"
    script.write_text("#!/bin/sh\necho hello world\nsleep 20\n")
    script.chmod(0o755)
    silent = tmp_path / "silent"
    silent.write_text("#!/bin/sh\necho some reason >&2\n")
    silent.chmod(0o755)
    folder = tmp_path / "folder"
    folder.mkdir()
    for interpreter, said in (
        (str(tmp_path / "nowhere"), "cannot be started: No such file"),
        (str(folder), "cannot be started: Permission denied"),
        (python_without_roto(tmp_path / "venv"), "Python without roto"),
        (str(script), "no roto engine"),
        (str(silent), "ended before it was ready: some reason"),
    ):
        host = Host(engine_command(interpreter))
        kind, text = host.refused("models")
        assert kind == "StartError"
        assert said in text
        assert interpreter in text
        assert host.until("failed") == {"kind": kind, "message": text}
        host.client.close(wait=60)


def test_an_engine_of_another_protocol_is_told(tmp_path):
    for answer, kind in (
        ('{"id":1,"result":{"protocol":2,"roto":"9","python":"4","pid":1}}', "VersionError"),
        ('{"id":1,"error":{"kind":"VersionError","message":"no"}}', "VersionError"),
        ('{"id":1,"error":"odd"}', "InternalError"),
        ('{"id":[1],"result":7}', "StartError"),
    ):
        script = tmp_path / "other"
        script.write_text(f"#!/bin/sh\nread line\necho '{answer}'\n")
        script.chmod(0o755)
        host = Host([str(script)])
        host.client.start()  # hello is the first request
        assert host.refused("models")[0] == kind
        host.client.close(wait=60)


def test_the_host_s_own_python_and_qt_stay_out(monkeypatch):
    monkeypatch.setenv("PYTHONHOME", "/of/the/host")
    monkeypatch.setenv("PYTHONPATH", "/of/the/host")
    monkeypatch.setenv("QT_PLUGIN_PATH", "/of/the/host")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    found = engine_environment()
    assert "/of/the/host" not in found.values()
    assert found["QT_QPA_PLATFORM"] == "offscreen"


@pytest.mark.parametrize("port", [1, 70000, "x", None])
def test_a_token_file_that_leads_nowhere_is_told(tmp_path, port):
    file = tmp_path / "token.json"
    file.write_text(json.dumps({"port": port, "token": "t"}))
    host = Host(token_file=str(file))
    kind, text = host.refused("models")
    assert (kind, text) == ("StartError", f"No engine can be joined by {file}; it has ended.")
    assert host.until("failed")["kind"] == "StartError"
    host.client.close(wait=60)


def test_a_second_host_joins_by_the_token_file(tmp_path, shot):
    file = tmp_path / "token.json"
    host = Host(engine_command(sys.executable, "--socket", "0", "--token-file", str(file)))
    host.open(shot)
    second = Host(token_file=str(file))
    second.open(shot)
    second.ask("add_object")
    assert host.until("changed") == {"what": "add_object", "by": "a host"}
    host.client.close(wait=60)
    assert second.until("failed")["kind"] == "StartError"  # the engine has gone, for good
    assert second.refused("models")[1] == f"No engine can be joined by {file}; it has ended."
    second.client.close(wait=60)
