"""The timeline: ruler, playhead, and a lane per object."""

from __future__ import annotations

from roto_gui.timeline.widget import Timeline

__all__ = ["Timeline"]
