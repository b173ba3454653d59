"""The engine lets go of a project, the real desktop app takes it, and back again."""

from __future__ import annotations

import os
import signal

import pytest
from engine_lines import process

import roto
from roto_plugin.client import engine_environment

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the app is ended by a signal here")
BOX = [[4, 8], [16, 8], [16, 20], [4, 20]]
KEY = {"frame": 1001, "object": "hero", "shapes": [{"points": BOX}]}


@pytest.fixture
def host(tmp_path):
    """A client of an engine whose app needs no screen and has no settings."""
    offscreen = {"QT_QPA_PLATFORM": "offscreen", "ROTO_CONFIG": str(tmp_path / "config")}
    with process(environment={**engine_environment(), **offscreen}) as line:
        line.hello()
        yield line


def test_a_project_goes_to_the_app_and_comes_back_with_what_the_artist_did(host, shot):
    host.open(shot)
    host.ask("set_keyframe", KEY)
    found = host.ask("app")
    project = {"project": str(shot / "a.roto")}
    assert found["project"] == project["project"]
    try:
        assert host.refused("status")[0] == "StateError"
        kind, text = host.refused("open", project)
        assert (kind, f"process {found['pid']}" in text) == ("ProjectLockedError", True)
        assert host.ask("open", {**project, "read_only": True})["read_only"]
        host.ask("close")
    finally:
        os.kill(found["pid"], signal.SIGTERM)
    told = host.event("app")["params"]
    assert (told["pid"], told["project"]) == (found["pid"], project["project"])
    with roto.open_session(project["project"]) as session:  # the artist
        session.add_object("painted in the app")
    objects = host.ask("open", project)["objects"]
    assert [one["name"] for one in objects] == ["hero", "painted in the app"]


def test_the_app_outlives_the_engine(host, shot):
    host.open(shot)
    pid = host.ask("app")["pid"]
    try:
        host.ask("quit")
        assert host.process.wait(60) == 0
        os.kill(pid, 0)  # it is there
        with pytest.raises(roto.RotoError, match="is being edited"):
            roto.open_session(shot / "a.roto")
    finally:
        os.kill(pid, signal.SIGTERM)


def test_an_app_that_cannot_start_says_why_and_the_project_can_be_opened_again(tmp_path, shot):
    nowhere = {"QT_QPA_PLATFORM": "no-such-platform", "ROTO_CONFIG": str(tmp_path)}
    with process(environment={**engine_environment(), **nowhere}) as host:
        host.hello()
        host.open(shot)
        kind, text = host.refused("app")
        assert kind == "AppError"
        assert "platform plugin" in text or "ended" in text
        assert host.event("closed")["params"] == {"why": "app", "by": "test"}
        assert host.open(shot)["read_only"] is False
