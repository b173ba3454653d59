"""The engine as a process: its log of a day's work, its end, and what cannot end it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from engine_lines import SECONDS, TINY, joined, process
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from protocol_logs import LOGS, replay
from small_engines import square

import roto
from roto_plugin.client import engine_environment
from roto_plugin.protocol import METHODS

BOX = [[4, 8], [16, 8], [16, 20], [4, 20]]
KEY = {"frame": 1001, "object": "hero", "shapes": [{"points": BOX}]}


@pytest.mark.parametrize("log", LOGS, ids=[log.stem for log in LOGS])
def test_the_same_requests_get_the_same_answers(log, shot, tiny_weights):
    """To write the logs anew: ``python tests/golden/make_protocol_logs.py``."""
    wanted = [json.loads(text) for text in log.read_text(encoding="utf-8").splitlines()]
    with process() as line:
        found = replay(line, [one["send"] for one in wanted if "send" in one], shot, tiny_weights)
    assert found == wanted


def test_the_first_script_of_the_page_about_the_protocol_works(tmp_path, shot, tiny_weights):
    """As a reader would type it, but for a network that does not take minutes on a busy machine."""
    page = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
    script = page.partition("```python\n")[2].partition("```")[0]
    usual = "project=project)"
    ours = f"project=project, model={str(tiny_weights)!r}, settings={TINY})"
    assert usual in script
    (tmp_path / "first.py").write_text(script.replace(usual, ours), encoding="utf-8")
    given = [shot / "plate" / "p.####.png", shot / "a.roto", shot / "square.1001.png"]
    command = [sys.executable, "first.py", sys.executable, *given, shot / "m" / "{object}.####.exr"]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS)
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.splitlines()[:2] == ["frame 1002 1", "frame 1003 2"]
    assert "'files': 8" in found.stdout
    assert len(list((shot / "m").iterdir())) == 8


def test_the_process_answers_hello_before_it_loads_anything_heavy():
    code = "import sys, roto_plugin.server as s; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ).stdout.split()
    assert not {"torch", "numpy", "cv2", "av", "OpenEXR", "PySide6"} & set(loaded)


def test_what_libraries_print_never_gets_into_the_protocol(tmp_path):
    """A module that every Python loads at its start prints from a thread, to Python and below."""
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys, threading, time\n"
        "def chatter():\n"
        "    while True:\n"
        "        time.sleep(0.05)\n"
        "        if 'roto_plugin.dispatch' in sys.modules:\n"
        "            time.sleep(1); print('noise', flush=True); os.write(1, b'noise below\\n')\n"
        "threading.Thread(target=chatter, daemon=True).start()\n"
    )
    paths = [str(tmp_path), *filter(None, sys.path)]
    environment = {**engine_environment(), "PYTHONPATH": os.pathsep.join(paths)}
    with process(environment=environment) as line:
        line.hello()
        while not any(b"noise below" in one for one in line.said):
            line.ask("models")  # every line that comes is JSON, or this fails
    assert any(one == b"noise\n" for one in line.said)


def test_the_engine_ends_when_its_host_dies(tmp_path):
    """Killed, so that nobody says goodbye."""
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-m', 'roto_plugin.server'],"
        " stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        'child.stdin.write(b\'{"id":1,"method":"hello","params":{"protocol":1,"client":"x"}}\\n\')\n'
        "child.stdin.flush(); print(child.stdout.readline().decode(), flush=True)\n"
        "sys.stdin.read()\n"
    )
    host = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    with host:
        pid = json.loads(host.stdout.readline())["result"]["pid"]
        assert alive(pid)
        host.kill()
    wait_until_gone(pid)


def alive(pid):
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    try:  # a zombie that nobody waits for is dead, too
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return True


def wait_until_gone(pid):
    for _ in range(SECONDS * 10):
        if not alive(pid):
            return
        time.sleep(0.1)
    pytest.fail(f"process {pid} lives on")


def test_the_end_of_stdin_ends_it_and_ctrl_c_does_not(engine):
    engine.process.send_signal(signal.SIGINT)
    engine.ask("models")
    engine.process.stdin.close()
    assert engine.process.wait(SECONDS) == 0
    assert engine.receive() is None
    assert b"".join(engine.said) == b""


def test_quit_ends_it(engine, shot):
    engine.open(shot)
    assert engine.ask("quit") == {}
    assert engine.process.wait(SECONDS) == 0
    with roto.open_session(shot / "a.roto"):  # nobody holds it
        pass


def test_two_clients_and_a_wrong_token_on_a_real_process(tmp_path, shot):
    file = tmp_path / "token.json"
    with process("--socket", "0", "--token-file", str(file)) as line:
        line.hello()
        line.open(shot)
        known = json.loads(file.read_text())
        with joined(known["port"]) as second:
            hello = {"protocol": 1, "client": "second", "token": "wrong"}
            assert second.refused("hello", hello)[0] == "TokenError"
            assert second.receive() is None
        with joined(known["port"]) as second:
            second.ask("hello", {**hello, "token": known["token"]})
            second.open(shot)
            second.ask("set_keyframe", KEY)
        assert line.event("changed")["params"] == {"what": "set_keyframe", "by": "second"}
    assert not file.exists()
    with pytest.raises(ConnectionRefusedError), joined(known["port"]):
        pass


def test_a_server_without_a_host_ends_with_its_last_client(tmp_path):
    file = tmp_path / "token.json"
    with process("--socket", "0", "--token-file", str(file), "--keep") as line:
        line.process.stdin.close()
        while not file.exists():
            assert line.process.poll() is None
            time.sleep(0.05)
        known = json.loads(file.read_text())
        for last in ("close", "quit"):
            assert line.process.poll() is None
            with joined(known["port"]) as one:
                one.hello(token=known["token"])
                one.ask(last)
        assert line.process.wait(SECONDS) == 0


def test_options_that_do_not_belong_together(tmp_path):
    for wrong in (["--socket", "0"], ["--keep"], ["--token-file", str(tmp_path / "x")]):
        with process(*wrong) as line:
            assert line.process.wait(SECONDS) == 2


def test_a_door_that_cannot_be_opened_is_told_in_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for wrong, why in (
            (["--socket", port, "--token-file", str(tmp_path / "x")], b"in use"),
            (["--socket", "0", "--token-file", str(tmp_path / "no" / "x")], b"No such file"),
            (["--socket", "70000", "--token-file", str(tmp_path / "x")], b"port must be"),
        ):
            with process(*wrong) as line:
                assert line.process.wait(SECONDS) == 1
            [told] = line.said
            assert told.startswith(b"roto_plugin.server: nobody can join by port ")
            assert why in told
    assert list(tmp_path.iterdir()) == []


noise = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace")),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries(
        {
            "id": st.integers(-1, 2**60) | st.text(max_size=3) | st.none(),
            "method": st.sampled_from([n for n in METHODS if n not in ("quit", "check", "app")]),
        },
        optional={
            "params": st.dictionaries(
                st.sampled_from(["frame", "object", "range", "file", "clip", "name", "shapes"]),
                st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=3),
                max_size=3,
            )
        },
    ).map(lambda value: json.dumps(value).encode()),
)


def test_no_line_whatever_ends_the_engine(engine, shot):
    engine.open(shot)
    again = [0]

    @settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
    @given(st.lists(noise, max_size=5))
    def bother(lines):
        for data in lines:
            engine.raw(data.replace(b"\n", b" ") + b"\n")
        again[0] += 1
        mark = 2**40 + again[0]
        engine.raw(json.dumps({"id": mark, "method": "nothing"}).encode() + b"\n")
        while True:
            raw = engine._inbox.get(timeout=SECONDS)
            assert raw, b"".join(engine.said)
            if json.loads(raw).get("id") == mark:
                return

    bother()
    assert engine.process.poll() is None
    assert not any(b"Traceback" in one for one in engine.said), b"".join(engine.said).decode()


@pytest.mark.slow
def test_the_real_network_follows_a_square(engine, shot):
    engine.open(shot)
    engine.ask("set_keyframe", KEY)
    assert engine.ask("propagate", {"range": [1001, 1003]})["frames"] == 2
    assert engine.ask("export", {"pattern": str(shot / "m.####.png"), "range": [1002, 1003]})
    for frame in (1002, 1003):
        found = cv2.imread(str(shot / f"m.{frame}.png"), cv2.IMREAD_UNCHANGED) > 127
        true = square(frame - 1001) > 0
        assert np.sum(found & true) / np.sum(found | true) > 0.8


def test_tiny_settings_are_settings_of_roto():
    assert roto.Settings(**TINY).short_side == 64
