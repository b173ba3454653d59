"""Clients without a client: raw lines to an engine, in this process or in one of its own.

Every answer and event is checked against the protocol's schemas.
"""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

from roto_plugin.channel import Channel
from roto_plugin.client import engine_environment
from roto_plugin.dispatch import Dispatcher
from roto_plugin.protocol import ERRORS, EVENTS, METHODS, PROTOCOL, ProtocolError
from roto_plugin.room import Room
from roto_plugin.schemas import fault_of, validator

SECONDS = 240  # the machine may be busy
TINY = {"short_side": 64, "enlarge": False, "memory_every": 2}


class Line:
    """One client's end."""

    def __init__(self, source, sink):
        self._sink, self._inbox, self._number = sink, queue.Queue(), 0
        self.asked, self.events, self.answers = {}, [], {}
        threading.Thread(target=self._read, args=(source,), daemon=True).start()

    def _read(self, source):
        try:
            for raw in source:
                self._inbox.put(raw)
        except (OSError, ValueError):
            pass
        self._inbox.put(b"")

    def raw(self, data):
        self._sink.write(data)
        self._sink.flush()

    def send(self, method, params=None):
        self._number += 1
        self.asked[self._number] = method
        message = {"id": self._number, "method": method, "params": params or {}}
        self.raw(json.dumps(message).encode() + b"\n")
        return self._number

    def receive(self):
        """The next message, checked; None at the end."""
        raw = self._inbox.get(timeout=SECONDS)
        if not raw:
            return None
        message = json.loads(raw)
        if "event" in message:
            assert fault_of(validator(EVENTS[message["event"]][1]), message["params"]) == ""
            self.events.append(message)
        elif "result" in message:
            method = self.asked[message["id"]]
            assert fault_of(validator(METHODS[method].result), message["result"]) == ""
        else:
            assert set(message) == {"id", "error"}
            kind = message["error"]["kind"]
            assert kind in ERRORS or kind.endswith("Error")
            assert 0 < len(message["error"]["message"]) < 3000
        return message

    def answer(self, number):
        """Wait for an answer; events that come before it are kept."""
        while number not in self.answers:
            message = self.receive()
            assert message is not None, "the engine has hung up"
            if "event" not in message:
                self.answers[message["id"]] = message
        return self.answers.pop(number)

    def event(self, name):
        """Wait for an event that has not been waited for yet."""
        while True:
            for one in self.events:
                if one["event"] == name:
                    self.events.remove(one)
                    return one
            message = self.receive()
            assert message is not None, "the engine has hung up"
            if "event" not in message:
                self.answers[message["id"]] = message

    def ask(self, method, params=None):
        found = self.answer(self.send(method, params))
        if "error" in found:
            raise ProtocolError(found["error"]["kind"], found["error"]["message"])
        return found["result"]

    def refused(self, method, params=None):
        """The error that a request gets."""
        found = self.answer(self.send(method, params))
        assert "error" in found, found
        return found["error"]["kind"], found["error"]["message"]

    def hello(self, **more):
        return self.ask("hello", {"protocol": PROTOCOL, "client": "test", **more})

    def open(self, shot, **more):
        clip, project = str(shot / "plate" / "p.####.png"), str(shot / "a.roto")
        return self.ask("open", {"clip": clip, "project": project, **more})


@contextmanager
def joined(port):
    """One more client, by socket."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        reading, writing = connection.makefile("rb"), connection.makefile("wb")
        made = Line(reading, writing)
        try:
            yield made
        finally:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # or closing waits for who reads
            for one in (writing, reading):
                with contextlib.suppress(OSError):
                    one.close()


@contextmanager
def inside(dispatcher=None, *, owner=True, token=""):
    """An engine in this process; with a dispatcher, one more client of it."""
    over = threading.Event()
    mine = dispatcher or Dispatcher(Room(), over)
    here, there = socket.socketpair()
    source, sink = there.makefile("rb"), there.makefile("wb")
    channel = Channel(source, sink, lambda: there.shutdown(socket.SHUT_RDWR))
    thread = threading.Thread(
        target=mine.serve, args=(channel,), kwargs={"owner": owner, "token": token}, daemon=True
    )
    thread.start()
    reading, writing = here.makefile("rb"), here.makefile("wb")
    made = Line(reading, writing)
    made.dispatcher, made.over, made.thread = mine, over, thread
    try:
        yield made
    finally:
        with contextlib.suppress(OSError):
            here.shutdown(socket.SHUT_RDWR)
        thread.join(SECONDS)
        for one in (reading, writing, source, sink, here, there):
            with contextlib.suppress(OSError):
                one.close()


@contextmanager
def process(*options, environment=None):
    """An engine process, killed at the end if it has not ended."""
    started = subprocess.Popen(
        [sys.executable, "-m", "roto_plugin.server", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment or engine_environment(),
    )
    said = []
    listener = threading.Thread(target=lambda: said.extend(started.stderr), daemon=True)
    listener.start()
    made = Line(started.stdout, started.stdin)
    made.process, made.said = started, said
    try:
        yield made
    finally:
        with contextlib.suppress(OSError):
            started.stdin.close()
        try:
            started.wait(30)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
        listener.join(10)
        started.stdout.close()
        started.stderr.close()
