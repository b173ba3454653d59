# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators have in common."""

from __future__ import annotations

from typing import Any

from .. import engine, shots
from ..plates import PlateError

Answer = set[str]
DONE: Answer = {"FINISHED"}
STOPPED: Answer = {"CANCELLED"}


class NeedsShot:
    """For operators on the open project."""

    @classmethod
    def poll(cls, _context: Any) -> bool:
        """Whether a project is open."""
        if shots.opened() is not None:
            return True
        cls.poll_message_set("Send a clip to roto first")
        return False

    def shot(self) -> tuple[Any, Any]:
        """The scene and the shot that are worked on.

        Raises:
            PlateError: there is none any more.
        """
        found = shots.opened()
        if found is None:
            raise PlateError("No project is open; send a clip to roto first.")
        return found


class NeedsObject(NeedsShot):
    """For operators on the active object."""

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Whether there is one."""
        if not super().poll(context):
            return False
        if shots.active_object(shots.opened()[1]):
            return True
        cls.poll_message_set("Add an object first")
        return False


class NoJob(NeedsShot):
    """For operators on the open project that cannot go beside a long job."""

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Whether none is under way."""
        if not super().poll(context):
            return False
        if engine.state.job is None:
            return True
        cls.poll_message_set("roto is working; wait for it, or cancel")
        return False


def refused(operator: Any, error: Exception) -> Answer:
    """Tell why nothing was done."""
    operator.report({"ERROR"}, str(error))
    engine.say("", str(error))
    return STOPPED


def frames(count: int) -> str:
    """So many frames, in words."""
    return f"{count} frame" if count == 1 else f"{count} frames"
