"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data beside the checkout. Continuous integration must have it."""
    if not (SHARED / "reference").is_dir():
        text = f"There is no reference data in {SHARED}."
        if os.environ.get("CI"):
            pytest.fail(f"{text} CI is set, so it must be there.")
        pytest.skip(text)
    return SHARED


@pytest.fixture(autouse=True)
def _no_models_of_the_person_who_runs_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROTO_MODELS", raising=False)
