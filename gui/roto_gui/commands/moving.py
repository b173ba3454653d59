"""The menu "Playback"."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto_gui.workspace import Workspace


def slots(work: Workspace) -> dict[str, Callable[..., None]]:
    """Functions by action id."""
    return {
        "play": partial(play, work, 0),
        "play_forward": partial(play, work, +1),
        "play_backward": partial(play, work, -1),
        "loop": partial(_loop, work),
        "previous_frame": partial(step, work, -1),
        "next_frame": partial(step, work, +1),
        "back_10": partial(step, work, -10),
        "forward_10": partial(step, work, +10),
        "first_frame": lambda: _end(work, 0),
        "last_frame": lambda: _end(work, -1),
        "previous_keyframe": partial(keyframe, work, -1),
        "next_keyframe": partial(keyframe, work, +1),
        "set_in": lambda: work.set_range(work.frame, work.last),
        "set_out": lambda: work.set_range(work.first, work.frame),
        "clear_range": lambda: work.set_range(None, None),
    }


def play(work: Workspace, direction: int) -> None:
    """Play (1: forward, -1: backward); 0, or the same again, stops what plays."""
    player, snapshot = work.player, work.snapshot
    if snapshot is None:
        return
    if playing := player.direction:
        player.stop()
        if direction in (0, playing):
            return
    work.painter.finish()
    forward = direction >= 0
    frames = work.frames
    if not frames:
        return
    start = work.frame
    if not work.loop and start == frames[-1 if forward else 0]:
        start = frames[0 if forward else -1]
    if start not in frames:
        start = frames[0 if forward else -1]
    work.stage.go_to(start)
    player.play(frames, float(snapshot.clip.frame_rate), forward=forward, start=start)
    work.playing_changed.emit(player.direction)


def step(work: Workspace, by: int) -> None:
    """Some frames on or back."""
    snapshot = work.snapshot
    if snapshot is None:
        return
    place = snapshot.frames.index(snapshot.nearest(work.frame)) + by
    work.visit(snapshot.frames[min(max(place, 0), len(snapshot.frames) - 1)])


def keyframe(work: Workspace, direction: int) -> None:
    """To the next keyframe of the active object, or of any where none is active."""
    if work.snapshot is None:
        return
    frames = work.active.keyframes if work.active is not None else work.snapshot.keyframes
    if direction > 0:
        found = frames[bisect_right(frames, work.frame) :][:1]
    else:
        found = frames[: bisect_left(frames, work.frame)][-1:]
    if found:
        work.visit(found[0])


def _end(work: Workspace, which: int) -> None:
    if work.frames:
        work.visit(work.frames[which])


def _loop(work: Workspace, on: bool) -> None:
    work.loop = on
