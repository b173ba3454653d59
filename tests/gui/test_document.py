"""The document and the thread behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_projects import COUNT, FIRST, opened, propagate, settle, square_at, write_clip

from roto import open_session
from roto_gui.document.opening import as_clip, project_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from roto_gui.document.document import Document
    from roto_gui.state import Progress

LAST = FIRST + COUNT - 1


@pytest.fixture
def clip(tmp_path: Path) -> str:
    return write_clip(tmp_path / "plates")


@pytest.fixture
def document(qtbot: QtBot, clip: str, tmp_path: Path) -> Iterator[Document]:
    document = opened(qtbot, clip, tmp_path / "projects")
    yield document
    document.close()


def state_of(document: Document, frame: int, object_id: int = 1) -> str:
    assert document.snapshot is not None
    found = document.snapshot.object(object_id)
    assert found is not None
    return found.states[frame]


def test_a_clip_is_there_with_its_frame_numbers(document: Document) -> None:
    assert document.snapshot is not None
    assert document.snapshot.frames == tuple(range(FIRST, LAST + 1))
    assert document.snapshot.objects == ()
    assert document.snapshot.undo is None


def test_a_stroke_becomes_a_keyframe_on_disk_at_once(
    qtbot: QtBot, document: Document, clip: str, tmp_path: Path
) -> None:
    document.paint_new(FIRST, square_at(0), "stroke")
    settle(qtbot, document)
    assert state_of(document, FIRST) == "keyframe"
    place = project_of(clip, tmp_path / "projects")
    with open_session(place, read_only=True) as other:
        assert np.array_equal(other.result(FIRST).matte(1) == 1, square_at(0))


def test_strokes_that_come_fast_are_of_one_object(qtbot: QtBot, document: Document) -> None:
    document.paint_new(FIRST, square_at(0), "same")
    document.paint_new(FIRST, square_at(1), "same")
    settle(qtbot, document)
    assert document.snapshot is not None
    assert [o.id for o in document.snapshot.objects] == [1]


def test_propagation_tells_of_each_frame_and_leaves_a_receipt(
    qtbot: QtBot, document: Document
) -> None:
    document.paint_new(FIRST, square_at(0), "stroke")
    told: list[int] = []
    document.result_ready.connect(told.append)
    propagate(qtbot, document)
    assert sorted(set(told)) == list(range(FIRST + 1, LAST + 1))
    assert {state_of(document, f) for f in range(FIRST + 1, LAST + 1)} == {"fresh"}
    assert document.receipt is not None
    assert {change.frame for change in document.receipt.changes} == set(range(FIRST + 1, LAST + 1))
    document.accept()
    qtbot.waitUntil(lambda: document.receipt is None)


def test_results_of_a_frame_come_when_asked_for(qtbot: QtBot, document: Document) -> None:
    document.paint_new(FIRST, square_at(0), "stroke")
    settle(qtbot, document)
    assert document.result(FIRST) is None
    with qtbot.waitSignal(document.result_ready):
        document.request_result(FIRST)
    found = document.result(FIRST)
    assert found is not None
    assert np.array_equal(found.matte(1) == 1, square_at(0))


def test_a_correction_during_a_propagation_takes_precedence(
    qtbot: QtBot, document: Document
) -> None:
    document.paint_new(FIRST, square_at(0), "stroke")
    wrong = np.roll(square_at(6), 4, 0)
    corrected = []

    def correct(frame: int) -> None:
        if not corrected and frame == FIRST + 3:
            corrected.append(frame)
            document.paint(FIRST + 6, 1, wrong)

    document.result_ready.connect(correct)
    propagate(qtbot, document)
    settle(qtbot, document)
    assert state_of(document, FIRST + 6) == "keyframe"
    assert {state_of(document, f) for f in range(FIRST, LAST + 1)} == {"keyframe", "fresh"}
    with qtbot.waitSignal(document.result_ready):
        document.request_result(FIRST + 6)
    found = document.result(FIRST + 6)
    assert found is not None
    assert np.array_equal(found.matte(1) == 1, wrong)


def test_undo_takes_back_a_whole_propagation_and_redo_brings_it_back(
    qtbot: QtBot, document: Document
) -> None:
    document.paint_new(FIRST, square_at(0), "stroke")
    propagate(qtbot, document)
    settle(qtbot, document)
    assert document.snapshot is not None
    assert document.snapshot.undo == "propagate"
    document.undo()
    settle(qtbot, document)
    assert state_of(document, FIRST + 5) == "missing"
    document.redo()
    settle(qtbot, document)
    assert state_of(document, FIRST + 5) == "fresh"


def test_cancelling_keeps_what_is_finished(qtbot: QtBot, document: Document) -> None:
    document.paint_new(FIRST, square_at(0), "stroke")
    document.result_ready.connect(lambda frame: document.cancel() if frame > FIRST + 2 else None)
    with qtbot.waitSignal(document.ended) as ended:
        document.propagate()
    settle(qtbot, document)
    assert ended.args == ["propagate", "cancelled"]
    assert state_of(document, FIRST + 1) == "fresh"
    assert state_of(document, LAST) == "missing"


def test_a_paused_propagation_stands_still_and_goes_on(qtbot: QtBot, document: Document) -> None:
    document.paint_new(FIRST, square_at(0), "stroke")
    told: list[Progress | None] = []
    document.progress.connect(told.append)
    document.result_ready.connect(lambda _: document.pause())
    document.propagate()
    qtbot.waitUntil(lambda: document.paused)
    document.result_ready.disconnect()
    qtbot.wait(200)
    assert document.busy
    assert told[-1] is not None
    assert told[-1].paused  # also after the frame that was at work has come
    assert state_of(document, LAST) == "missing"
    with qtbot.waitSignal(document.ended):
        document.resume()
        assert not told[-1].paused
    assert state_of(document, LAST) == "fresh"


def test_after_all_is_reverted_there_is_nothing_to_accept(qtbot: QtBot, document: Document) -> None:
    document.paint_new(FIRST, square_at(0), "stroke")
    propagate(qtbot, document)
    assert document.receipt is not None
    with qtbot.waitSignal(document.receipt_changed):
        document.revert(FIRST + 2, FIRST + 3)
    assert [c.frame for c in document.receipt.changes][:2] == [FIRST + 1, FIRST + 4]
    with qtbot.waitSignal(document.receipt_changed):
        document.revert()
    assert document.receipt is None
    assert state_of(document, LAST) == "missing"
    with qtbot.waitSignal(document.receipt_changed):
        document.undo()
    settle(qtbot, document)
    assert document.receipt is not None
    assert state_of(document, LAST) == "fresh"


def test_what_cannot_be_done_is_told_and_nothing_else_happens(
    qtbot: QtBot, document: Document
) -> None:
    document.paint_new(FIRST, square_at(0), "stroke")
    settle(qtbot, document)
    before = document.snapshot
    with qtbot.waitSignal(document.failed) as failed:
        document.rename_object(1, "")
    settle(qtbot, document)
    assert "cannot be called ''" in failed.args[1]
    assert document.snapshot == before


def test_opening_what_is_not_there_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    from roto_gui.document.document import Document
    from roto_gui.document.opening import Opening

    document = Document()
    with qtbot.waitSignal(document.failed) as failed:
        document.open(Opening(str(tmp_path / "none.mov"), folder=tmp_path).session)
    assert "none.mov" in failed.args[1]
    assert not document.is_open
    document.close()


def test_the_same_clip_goes_on_where_it_was_left(qtbot: QtBot, clip: str, tmp_path: Path) -> None:
    first = opened(qtbot, clip, tmp_path / "projects")
    first.paint_new(FIRST, square_at(0), "stroke")
    settle(qtbot, first)
    first.close()
    assert first.snapshot is None
    second = opened(qtbot, clip, tmp_path / "projects")
    assert state_of(second, FIRST) == "keyframe"
    second.close()


def test_a_second_window_may_look_and_not_write(
    qtbot: QtBot, document: Document, clip: str, tmp_path: Path
) -> None:
    second = opened(qtbot, clip, tmp_path / "projects")
    assert second.snapshot is not None
    assert second.snapshot.read_only
    with qtbot.waitSignal(second.failed):
        second.add_object()
    second.close()


def test_one_picture_of_a_sequence_stands_for_all(clip: str) -> None:
    assert as_clip(clip % 1004) == clip
    assert as_clip("/somewhere/plate.mov") == "/somewhere/plate.mov"
