"""The menu "View", but for the window's own commands."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, get_args

from roto_gui.canvas.views import ViewMode

if TYPE_CHECKING:
    from collections.abc import Callable

    from roto_gui.workspace import Workspace

_EXPOSURE, _GAMMA, _ZOOM = 0.5, 1.1, 1.25


def slots(work: Workspace) -> dict[str, Callable[..., None]]:
    """Functions by action id."""
    stage, canvas = work.stage, work.canvas
    modes = {f"view_{mode}": partial(_mode, work, mode) for mode in get_args(ViewMode)}
    channels = {f"channel_{c}": partial(_channel, work, c) for c in ("rgb", "r", "g", "b", "a")}
    return {
        **modes,
        **channels,
        "toggle_overlay": lambda: _mode(
            work, "plate" if stage.view.mode == "overlay" else "overlay"
        ),
        "wipe": lambda on: stage.change_view(wipe=0.5 if on else None),
        "onion": lambda on: stage.change_view(onion=on),
        "exposure_up": lambda: stage.change_view(exposure=stage.view.exposure + _EXPOSURE),
        "exposure_down": lambda: stage.change_view(exposure=stage.view.exposure - _EXPOSURE),
        "gamma_up": lambda: stage.change_view(gamma=stage.view.gamma * _GAMMA),
        "gamma_down": lambda: stage.change_view(gamma=stage.view.gamma / _GAMMA),
        "exposure_reset": lambda: stage.change_view(exposure=0.0, gamma=1.0),
        "fit": canvas.fit,
        "actual_size": canvas.actual_size,
        "zoom_in": lambda: canvas.zoom_by(_ZOOM),
        "zoom_out": lambda: canvas.zoom_by(1 / _ZOOM),
    }


def _mode(work: Workspace, mode: str) -> None:
    work.stage.change_view(mode=mode, channel="rgb")


def _channel(work: Workspace, channel: str) -> None:
    """One channel alone; asked for again: all."""
    same = work.stage.view.channel == channel
    work.stage.change_view(channel="rgb" if same else channel)
