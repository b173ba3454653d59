"""What is on the canvas, and that nothing is painted on what is not all there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_projects import COUNT, FIRST, opened, propagate, settle, square_at, write_clip

from roto_gui.canvas.widget import Canvas
from roto_gui.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from roto_gui.document.document import Document

LAST = FIRST + COUNT - 1


@pytest.fixture
def document(qtbot: QtBot, tmp_path: Path) -> Iterator[Document]:
    document = opened(qtbot, write_clip(tmp_path / "plates"), tmp_path / "projects")
    yield document
    document.close()


@pytest.fixture
def stage(qtbot: QtBot, document: Document) -> Iterator[Stage]:
    canvas = Canvas()
    qtbot.addWidget(canvas)
    stage = Stage(document, canvas)
    assert document.plates is not None
    stage.open(document.plates)
    with qtbot.waitSignal(stage.shown):
        stage.go_to(FIRST)
    yield stage
    stage.clear()


def arrive(qtbot: QtBot, stage: Stage) -> None:
    qtbot.waitUntil(lambda: not stage.waiting and stage.whole, timeout=10_000)


def on_canvas(stage: Stage) -> dict[int, np.ndarray]:
    content = stage.canvas.content
    assert content is not None
    return dict(content.mattes)


def test_the_frame_asked_for_last_is_shown(qtbot: QtBot, stage: Stage) -> None:
    for frame in range(FIRST, LAST + 1):
        stage.go_to(frame)
    arrive(qtbot, stage)
    assert stage.frame == LAST
    content = stage.canvas.content
    assert content is not None
    assert np.array_equal(content.plate[..., 0] > 128, square_at(COUNT - 1))


def test_a_frame_that_is_not_there_is_the_nearest(qtbot: QtBot, stage: Stage) -> None:
    stage.go_to(LAST + 500)
    assert stage.frame == LAST
    stage.go_to(0)
    assert stage.frame == FIRST


def test_frames_ahead_are_read_before_they_are_needed(qtbot: QtBot, stage: Stage) -> None:
    qtbot.waitUntil(lambda: len(stage.cached) == COUNT)


def test_a_new_object_becomes_the_active_one_and_is_shown(
    qtbot: QtBot, document: Document, stage: Stage
) -> None:
    layer = stage.layer()
    assert layer is not None
    layer.alpha[square_at(0)] = 1
    document.paint_new(FIRST, square_at(0), "stroke")
    settle(qtbot, document)
    assert stage.active == 1
    qtbot.waitUntil(lambda: np.array_equal(on_canvas(stage).get(1), square_at(0)))


def test_nothing_is_painted_while_the_mask_of_a_frame_is_on_its_way(
    qtbot: QtBot, document: Document, stage: Stage
) -> None:
    """Else a dab just after a step would replace a whole mask by itself."""
    document.paint_new(FIRST, square_at(0), "stroke")
    propagate(qtbot, document)
    settle(qtbot, document)
    arrive(qtbot, stage)
    refused = painted = 0
    for frame in range(FIRST, LAST + 1):
        stage.go_to(frame)
        for _ in range(2000):
            layer = stage.layer()
            if layer is not None:
                assert np.array_equal(layer.alpha >= 0.5, square_at(frame - FIRST))
                painted += 1
                break
            refused += 1
            qtbot.wait(1)
    assert painted == COUNT
    assert refused > 0


def test_while_a_tool_is_at_work_what_comes_from_behind_waits(
    qtbot: QtBot, document: Document, stage: Stage
) -> None:
    document.paint_new(FIRST, square_at(0), "stroke")
    settle(qtbot, document)
    qtbot.waitUntil(lambda: stage.layer() is not None, timeout=10_000)
    layer = stage.layer()
    assert layer is not None
    stage.holding = True
    layer.alpha[40:, :] = 1
    document.paint(FIRST, 1, square_at(5))
    settle(qtbot, document)
    qtbot.wait(50)
    assert on_canvas(stage)[1] is layer.alpha
    stage.forget_layer()
    qtbot.waitUntil(lambda: np.array_equal(on_canvas(stage)[1], square_at(5)))


def test_a_frame_that_cannot_be_read_is_said_so_and_no_other_is_shown_for_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    clip = write_clip(tmp_path / "damaged")
    broken = FIRST + 4
    with open(clip % broken, "wb") as file:
        file.write(b"no picture")
    document = opened(qtbot, clip, tmp_path / "projects")
    canvas = Canvas()
    qtbot.addWidget(canvas)
    stage = Stage(document, canvas)
    told: list[str] = []
    stage.failed.connect(lambda what, _: told.append(what))
    assert document.plates is not None
    stage.open(document.plates)
    stage.go_to(FIRST)
    qtbot.waitUntil(lambda: len(stage.cached) == COUNT - 1)
    assert told == []  # nobody has asked for it yet
    with qtbot.waitSignal(stage.failed):
        stage.go_to(broken)
    qtbot.waitUntil(lambda: canvas.content is None)
    assert stage.layer() is None
    stage.go_to(broken + 1)
    arrive(qtbot, stage)
    assert canvas.content is not None
    assert told == [f"Frame {broken}"]
    document.close()


def test_onion_skin_has_the_masks_beside(qtbot: QtBot, document: Document, stage: Stage) -> None:
    document.paint_new(FIRST, square_at(0), "stroke")
    propagate(qtbot, document)
    settle(qtbot, document)
    stage.go_to(FIRST + 5)
    stage.change_view(onion=True)

    def beside() -> bool:
        content = stage.canvas.content
        masks = () if content is None else content.neighbours
        return len(masks) == 2 and all(
            mask is not None and np.array_equal(mask >= 0.5, square_at(position))
            for mask, position in zip(masks, (4, 6), strict=True)
        )

    qtbot.waitUntil(beside)


def test_closing_the_document_clears_the_stage(
    qtbot: QtBot, document: Document, stage: Stage
) -> None:
    document.close()
    assert stage.canvas.content is None
    assert stage.active is None
    assert not stage.is_open
    qtbot.wait(20)
    assert stage.canvas.content is None
