"""The test on the keyframes: a long job like others, with progress, pause and an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from gui_projects import FIRST, opened, settle, square_at, write_clip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from roto_gui.document.document import Document
    from roto_gui.state import Progress

SCORE = "Keyframes predicted from the others: J 100%, F 100%."


@pytest.fixture
def document(qtbot: QtBot, tmp_path: Path) -> Iterator[Document]:
    """Keyframes at three frames."""
    document = opened(qtbot, write_clip(tmp_path / "plates"), tmp_path / "projects")
    document.paint_new(FIRST, square_at(0), "stroke")
    settle(qtbot, document)
    for position in (5, 11):
        document.paint(FIRST + position, 1, square_at(position))
    settle(qtbot, document)
    yield document
    document.close()


def watched(document: Document) -> tuple[list[Progress | None], list[str], list[tuple[str, str]]]:
    """What is told of progress, in notices, and of ends."""
    steps: list[Progress | None] = []
    notices: list[str] = []
    ends: list[tuple[str, str]] = []
    document.progress.connect(steps.append)
    document.noticed.connect(notices.append)
    document.ended.connect(lambda *end: ends.append(end))
    return steps, notices, ends


def test_it_shows_how_far_it_is(qtbot: QtBot, document: Document) -> None:
    steps, notices, ends = watched(document)
    document.self_test()
    assert document.busy
    qtbot.waitUntil(lambda: bool(notices))
    assert notices == [SCORE]
    assert ends == [("self-test", "done")]
    assert steps[-1] is None
    told = [step for step in steps if step is not None]
    assert {step.what for step in told} == {"self-test"}
    assert [step.done for step in told] == sorted(step.done for step in told)
    assert (told[0].done, told[0].total) == (0, 0)  # at once: that it began
    assert (told[-1].done, told[1].total) == (told[-1].total, told[-1].total)
    assert told[-1].total > 20


def test_it_is_stopped(qtbot: QtBot, document: Document) -> None:
    _, notices, ends = watched(document)
    document.progress.connect(lambda _: document.cancel())
    document.self_test()
    qtbot.waitUntil(lambda: bool(ends))
    assert ends == [("self-test", "cancelled")]
    assert notices == []
    assert not document.busy


def test_an_edit_goes_first_and_it_begins_anew(qtbot: QtBot, document: Document) -> None:
    steps, notices, _ = watched(document)
    document.progress.connect(lambda p: document.pause() if p is not None and p.done < 5 else None)
    document.self_test()
    qtbot.waitUntil(lambda: document.paused)
    document.remove_keyframe(FIRST + 5)
    settle(qtbot, document)  # while it is halted
    assert document.snapshot is not None
    assert document.snapshot.keyframes == (FIRST, FIRST + 11)
    document.progress.disconnect()
    document.progress.connect(steps.append)
    document.resume()
    qtbot.waitUntil(lambda: bool(notices))
    assert notices == [SCORE]
    last = [step for step in steps if step is not None][-1]
    assert last.total == 2 + 11 + 11


def test_with_nothing_to_hide_it_says_so(qtbot: QtBot, document: Document) -> None:
    _, notices, _ = watched(document)
    for position in (5, 11):
        document.remove_keyframe(FIRST + position)
    document.self_test()
    qtbot.waitUntil(lambda: bool(notices))
    assert "no object has two keyframes" in notices[0]
