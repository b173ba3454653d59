"""Snapshots for timelines, and places on them."""

from __future__ import annotations

from hypothesis import strategies as st

from roto.media.source import Clip
from roto_gui.state import ObjectState, Snapshot
from roto_gui.timeline.geometry import (
    Axis,
)

RED, GREEN = (200, 40, 40), (40, 200, 40)


def of_states(i, name, colour, states, confidence=None):
    return ObjectState(i, name, colour, states=states, confidence=confidence or {})


def snapshot(*objects, frames=range(1001, 1101), suggestions=(), missing=(), read_only=False):
    frames = tuple(f for f in frames if f not in missing)
    clip = Clip("a.%04d.exr", 64, 48, len(frames), frames[0], missing=tuple(missing))
    return Snapshot(clip, frames, tuple(objects), tuple(suggestions), read_only=read_only)


def two_objects(**more):
    frames = range(1001, 1101)
    first = dict.fromkeys(frames, "missing") | {1010: "keyframe", 1050: "keyframe"}
    second = dict.fromkeys(frames, "fresh") | {1020: "keyframe"}
    sure = dict.fromkeys(frames, 0.9)
    return snapshot(
        of_states(1, "Actor", RED, first), of_states(7, "Car", GREEN, second, sure), **more
    )


# Where things lie


@st.composite
def axes(draw):
    first = draw(st.integers(0, 200_000))
    last = first + draw(st.integers(0, 20_000))
    axis = Axis.fitted(first, last, draw(st.floats(0, 300)), draw(st.floats(1, 4000)))
    for _ in range(draw(st.integers(0, 4))):
        axis = axis.zoomed(draw(st.floats(0.05, 20)), draw(st.floats(0, 4000)))
        axis = axis.scrolled(draw(st.floats(-3000, 3000)))
    return axis
