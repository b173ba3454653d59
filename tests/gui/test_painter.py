"""The painter: strokes whose result takes a while are neither lost nor waited for needlessly."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pytest
from PIL import Image

import roto
from roto.fake_engine import FakeEngine
from roto_gui.asking import Asker
from roto_gui.canvas.widget import Canvas
from roto_gui.document.document import Document
from roto_gui.painter import Painter
from roto_gui.stage import Stage
from roto_gui.tools import Pointer, Question, SmartSelect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

SIZE = (60, 80)


class Slow(SmartSelect):
    """Finds only when it is let."""

    gate: ClassVar[threading.Event]

    def question(self, layer):
        asked = super().question(layer)
        if asked is None:
            return None

        def find():
            self.gate.wait(20)
            return asked.find()

        return Question(find, asked.about)


@pytest.fixture
def painter(qtbot: QtBot, tmp_path: Path) -> Iterator[Painter]:
    """On a clip of four frames, a square on each."""
    plate = np.zeros((*SIZE, 3), np.uint8)
    plate[..., 1] = 120
    plate[15:45, 20:55] = (200, 30, 20)
    for frame in range(4):
        Image.fromarray(plate).save(tmp_path / f"plate.{frame}.png")
    clip = str(tmp_path / "plate.#.png")
    canvas = Canvas()
    qtbot.addWidget(canvas)
    document = Document(canvas)
    stage = Stage(document, canvas)
    made = Painter(document, stage)
    made.tools["smart"] = made.tool = Slow(2)
    Slow.gate = threading.Event()
    document.opened.connect(lambda: (stage.open(document.plates), stage.go_to(0)))
    document.open(lambda: roto.new_session(clip, model=FakeEngine()))
    qtbot.waitUntil(lambda: stage.whole, timeout=20_000)
    yield made
    Slow.gate.set()
    made.close()
    document.close()


def stroke(painter, *points):
    at = [Pointer(x, y) for x, y in points]
    painter.press(at[0])
    for point in at[1:]:
        painter.move(point)
    painter.release(at[-1])


def settle(qtbot, painter):
    qtbot.waitUntil(lambda: painter.document.settled, timeout=20_000)


def mask(painter, frame=0, object_id=1):
    return painter.stage.matte(frame, object_id)


def test_a_stroke_returns_at_once_and_shows_what_it_found_later(qtbot, painter):
    stroke(painter, (30, 30), (45, 30))
    assert painter.due
    alpha = painter.stage.layer().alpha
    assert not alpha.any()
    Slow.gate.set()
    qtbot.waitUntil(lambda: not painter.due, timeout=20_000)
    assert np.count_nonzero(alpha) == pytest.approx(30 * 35, rel=0.1)
    assert painter.busy


def test_finish_waits_for_what_the_stroke_selects_and_keeps_it(qtbot, painter):
    stroke(painter, (30, 30), (45, 30))
    threading.Timer(0.05, Slow.gate.set).start()
    painter.finish()
    assert not painter.busy
    assert not painter.due
    settle(qtbot, painter)
    assert painter.document.snapshot.object(1).keyframes == (0,)
    qtbot.waitUntil(lambda: mask(painter) is not None, timeout=20_000)
    assert np.count_nonzero(mask(painter)) == pytest.approx(30 * 35, rel=0.1)


def test_finish_ends_a_stroke_whose_button_is_still_down(qtbot, painter):
    Slow.gate.set()
    painter.press(Pointer(30, 30))
    painter.move(Pointer(45, 30))
    painter.finish()
    painter.move(Pointer(79, 59))
    painter.release(Pointer(79, 59))
    settle(qtbot, painter)
    assert painter.document.snapshot.object(1).keyframes == (0,)
    assert not painter.busy


def test_escape_drops_what_is_being_found(qtbot, painter):
    stroke(painter, (30, 30), (45, 30))
    painter.cancel()
    assert not painter.busy
    stroke(painter, (5, 5), (6, 5))
    Slow.gate.set()
    painter.finish()
    settle(qtbot, painter)
    qtbot.waitUntil(lambda: mask(painter) is not None, timeout=20_000)
    assert not mask(painter)[20:40, 25:50].any()


def test_an_edit_goes_to_the_frame_and_object_it_was_begun_on(qtbot, painter):
    Slow.gate.set()
    document, stage = painter.document, painter.stage
    document.add_object("first")
    document.add_object("second")
    settle(qtbot, painter)
    stage.activate(1)
    qtbot.waitUntil(lambda: stage.whole and not stage.waiting, timeout=20_000)
    stroke(painter, (30, 30), (45, 30))
    stage.activate(2)  # by who forgot to finish
    painter.finish()
    settle(qtbot, painter)
    assert document.snapshot.object(1).keyframes == (0,)
    assert document.snapshot.object(2).keyframes == ()


def test_it_tells_when_something_is_begun_and_finished(qtbot, painter):
    Slow.gate.set()
    told = []
    painter.busy_changed.connect(told.append)
    stroke(painter, (30, 30), (45, 30))
    painter.confirm()
    assert told == [True, False]
    painter.choose("brush")
    stroke(painter, (30, 30), (45, 30))
    assert told == [True, False, True, False]
    painter.choose("polygon")
    stroke(painter, (30, 30))
    painter.document.close()
    assert told == [True, False] * 3
    assert not painter.busy


def test_an_error_is_told_and_the_work_goes_on(qtbot, painter):
    def refuse():
        raise roto.RotoError("There is nothing here.")

    tool, heard = painter.tool, []
    painter.refused.connect(heard.append)
    asked = tool.question
    tool.question = lambda layer: Question(refuse, found.about) if (found := asked(layer)) else None
    stroke(painter, (30, 30))
    painter.finish()
    assert heard[0] == "There is nothing here."
    assert not painter.busy


@pytest.mark.parametrize("step", ["press", "move", "release"])
@pytest.mark.parametrize("error", [roto.RotoError("No."), ZeroDivisionError()])
def test_a_tool_that_fails_does_not_hold_the_frame(qtbot, painter, step, error, monkeypatch):
    painter.choose("brush")
    tool = painter.tool

    def fail(layer, at):
        raise error

    monkeypatch.setattr(tool, step, fail)
    expected = () if isinstance(error, roto.RotoError) else ZeroDivisionError
    with contextlib.suppress(*([expected] if expected else [])):
        stroke(painter, (30, 30), (32, 30))
    assert not painter.stage.holding
    assert not painter.busy
    monkeypatch.undo()
    painter.stage.go_to(1)  # is shown, as nothing is held
    qtbot.waitUntil(lambda: not painter.stage.waiting and painter.stage.whole, timeout=20_000)
    stroke(painter, (30, 30), (40, 30))
    assert not painter.stage.holding
    qtbot.waitUntil(lambda: painter.document.settled, timeout=20_000)
    assert painter.document.snapshot.keyframes == (1,)


def test_an_asker_answers_one_question_at_a_time_elsewhere(qtbot):
    asker = Asker()
    with qtbot.waitSignal(asker.answered, timeout=20_000):
        asker.ask(Question(threading.get_ident))
    with pytest.raises(RuntimeError, match="one question"):
        asker.ask(Question(int))
    question, answer = asker.take()
    assert question.find is threading.get_ident
    assert answer.result() != threading.get_ident()
    assert asker.take() is None
    asker.ask(Question(int))
    assert asker.take(wait=True)[1].result() == 0
    assert not asker.busy
    asker.close()
