"""A real timeline that is shown."""

from __future__ import annotations

import pytest
from gui_timelines import two_objects

from roto.session.guidance import Suggestion
from roto_gui.timeline import Timeline


@pytest.fixture
def timeline(qtbot):
    widget = Timeline()
    qtbot.addWidget(widget)
    widget.resize(800, 160)
    widget.set_snapshot(two_objects(suggestions=[Suggestion(1033, 7, "low confidence", 2.0)]))
    widget.set_frame(1001)
    widget.show()
    return widget
