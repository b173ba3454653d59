"""Objects and snapshots for panels, and what their signals tell."""

from __future__ import annotations

from types import MappingProxyType

from roto.media.source import Clip
from roto_gui.state import ObjectState, Snapshot

FRAMES = tuple(range(1001, 1011))


def known(object_id, name, keys=(), stale=(), **more):
    states = dict.fromkeys(FRAMES, "fresh") if keys else {}
    states |= dict.fromkeys(stale, "stale") | dict.fromkeys(keys, "keyframe")
    colour = (40 * object_id, 200, 90)
    return ObjectState(object_id, name, colour, states=MappingProxyType(states), **more)


HERO = known(1, "hero", keys=(1001, 1010), stale=(1004, 1005))
VAN = known(2, "van", keys=(1003,), first=1002)


def snapshot(*objects, **more):
    return Snapshot(Clip("plate", 64, 48, 10, 1001), FRAMES, tuple(objects), **more)


def told(signal):
    """A list that fills with what a signal says."""
    heard = []
    signal.connect(lambda *values: heard.append(values))
    return heard
