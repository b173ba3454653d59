# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine process as this Blender has it: one client, polled by a timer. Nothing waits."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import bpy

from .vendor.client import Client, engine_command
from .vendor.protocol import METHODS, ProtocolError

if TYPE_CHECKING:
    from .vendor.client import Future

Then = Callable[[dict[str, Any]], None]

BUSY_SECONDS = 0.05
IDLE_SECONDS = 0.5

_log = logging.getLogger(__name__)

# What Blender's own calls raise: a host that has changed under us must not lose its timer.
HOST_ERRORS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    ReferenceError,
    RuntimeError,
    TypeError,
    ValueError,
)


@dataclass
class State:
    """What the panels show.

    Attributes:
        line: What is going on, in a sentence.
        error: What went wrong last; "" where nothing did.
        project: The open project's path; "" where none is open.
        status: The engine's newest answer to ``status``.
        receipt: What the newest propagation changed, or None.
        job: The long request that is under way, or None.
        notes: What the engine told of how it works, a sentence each.
        checks: Lines of the environment report: name, whether it is good, what was found, advice.
        told: Called with every new status.
    """

    line: str = ""
    error: str = ""
    project: str = ""
    status: dict[str, Any] = field(default_factory=dict)
    receipt: dict[str, Any] | None = None
    job: Future | None = None
    notes: list[str] = field(default_factory=list)
    checks: list[tuple[str, bool, str, str]] = field(default_factory=list)
    told: list[Then] = field(default_factory=list)

    @property
    def progress(self) -> tuple[int, int]:
        """Frames of the job that are done, and all of them."""
        known = self.job.progress if self.job is not None else None
        return (known["done"], known["total"]) if known else (0, 0)


state = State()
_client: Client | None = None
_python = ""  # that the client was made for
_pending = 0


def ask(
    method: str,
    params: dict[str, Any] | None = None,
    then: Then | None = None,
    otherwise: Callable[[str], None] | None = None,
) -> None:
    """Send a request.

    Args:
        method: As in the protocol.
        params: As in the protocol.
        then: Called with its result.
        otherwise: Called with the sentence that says what went wrong, which is shown anyway.
    """
    global _pending
    state.error = ""
    try:
        future = _connected().call(method, params, _done(then, otherwise))
    except ProtocolError as error:
        _failed(error, otherwise)
        return
    _pending += 1
    if METHODS[method].job:
        state.job = future
    start_timer()


def refresh(_: dict[str, Any] | None = None) -> None:
    """Ask for the status, and have everything show it."""
    ask("status", {}, take_status)


def take_status(status: dict[str, Any]) -> None:
    """Show a status."""
    state.status, state.project = status, status["project"]
    for tell in state.told:
        tell(status)
    redraw()


def cancel() -> None:
    """End the job after the frame it is at."""
    if state.job is not None and _client is not None:
        state.line = "Stopping after this frame..."
        _client.cancel(state.job)


def say(line: str, error: str = "") -> None:
    """Show a sentence, and what went wrong if anything did."""
    state.line, state.error = line, error
    redraw()


def leave() -> None:
    """Let go of the project; the engine ends, and what it had finished is in the project."""
    global _client
    if _client is not None:
        _client.close()
    _client = None
    forget()
    state.line = state.error = ""


def busy() -> bool:
    """Whether an answer is still to come."""
    return _pending > 0


def tick() -> float:
    """Tell what the engine said; for Blender's timer, which calls it again after that time."""
    try:
        if _client is not None and _client.poll():
            redraw()
    except ProtocolError as error:
        _failed(error)
    except HOST_ERRORS as error:
        _log.exception("roto: an answer could not be shown")
        say("", f"{type(error).__name__}: {error}")
    return BUSY_SECONDS if busy() else IDLE_SECONDS


def start_timer() -> None:
    """Have Blender call :func:`tick`."""
    if not bpy.app.timers.is_registered(tick):
        bpy.app.timers.register(tick, first_interval=BUSY_SECONDS, persistent=True)


def stop() -> None:
    """The add-on is disabled, or Blender ends."""
    if bpy.app.timers.is_registered(tick):
        bpy.app.timers.unregister(tick)
    leave()
    state.told.clear()


def python_path() -> str:
    """The Python that the preferences name."""
    addon = bpy.context.preferences.addons.get(__package__)
    return "" if addon is None else addon.preferences.interpreter()


def redraw() -> None:
    """Have every editor with our panels drawn anew."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in ("CLIP_EDITOR", "IMAGE_EDITOR", "SEQUENCE_EDITOR", "PREFERENCES"):
                area.tag_redraw()


def _connected() -> Client:
    global _client, _python
    python = python_path()
    if not python:
        raise ProtocolError("StartError", "Name roto's Python in the add-on's preferences.")
    if _client is not None and _python != python:
        leave()
    if _client is None:
        _python = python
        name = f"Blender {bpy.app.version_string}"
        _client = Client(engine_command(python), _on_event, name=name)
    return _client


def _done(then: Then | None, otherwise: Callable[[str], None] | None) -> Callable[[Future], None]:
    def finished(future: Future) -> None:
        global _pending
        _pending -= 1
        if state.job is future:
            state.job = None
        if future.error is not None:
            _failed(future.error, otherwise)
        elif then is not None:
            then(future.result())

    return finished


def _failed(error: ProtocolError, otherwise: Callable[[str], None] | None = None) -> None:
    if error.kind == "ClosedError":
        return
    say("", error.message)
    if otherwise is not None:
        otherwise(error.message)


def _on_event(name: str, params: dict[str, Any], future: Future | None) -> None:
    if name == "progress":
        state.line = f"Frame {params['frame']}: {params['done']} of {params['total']}"
    elif name == "note":
        state.notes.append(params["text"])
    elif name == "lost":
        state.notes.clear()
        again = "" if "propagate" not in params["lost"] else " Propagate again to go on."
        say("roto starts again...", params["message"] + again)
    elif name == "restored":
        state.line = "The project is open again."
        take_status(params)
    elif name == "changed":
        refresh()
    elif name == "closed":
        forget()
        say(f"The project was closed: {params['why']}")
    elif name == "app":
        say("The app is closed: open the project again to see what was done there.")
    redraw()


def forget() -> None:
    """No project is open any more."""
    state.project, state.status, state.receipt, state.job = "", {}, None, None
    state.notes.clear()
