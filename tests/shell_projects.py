"""What tests of the commands on a project share: an engine that pretends to be the network."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import roto.opening
from roto.fake_engine import FakeEngine
from roto.models import find_model, sha256_of

if TYPE_CHECKING:
    import pytest

    from roto.engine import Settings


def pretend(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions load an engine without a network, under the name and the weights of the real one.

    Otherwise a command that loads no network would take its results for another one's.
    """

    def load(model: str, *, settings: Settings, **device: str) -> FakeEngine:
        del device
        found = find_model(model)
        engine = FakeEngine(settings)
        engine.capabilities = replace(
            FakeEngine.capabilities, name=found.name, weights=sha256_of(found.path)
        )
        return engine

    monkeypatch.setattr(roto.opening, "load_model", load)


def json_lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What a command printed with ``--json``; there must be nothing else."""
    captured = capsys.readouterr()
    assert captured.err == ""
    return [json.loads(line) for line in captured.out.splitlines()]
