"""``roto status``: where the work stands, and what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from roto.cli.output import emit, say
from roto.cli.projects import choice_of, command_line
from roto.cli.texts import count, shown, to_range
from roto.cli.work import describe_clip
from roto.opening import open_session
from roto.session import PROPAGATE
from roto.session.states import State

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from roto.project.records import LockRecord
    from roto.session import Session
    from roto.session.status import Status

_KEYFRAME: State = "keyframe"
_STATES: tuple[State, ...] = get_args(State)
_SUGGESTIONS = 3


def run(options: argparse.Namespace) -> int:
    """Print the status; also while another process works on the project."""
    choice = choice_of(options)
    with open_session(
        options.project,
        clip=options.plate,
        model=choice.model,
        settings=choice.settings,
        read_only=True,
    ) as session:
        status = session.status()
        hints = list(_hints(options, session, status))
        if options.json:
            _emit(options, session, status, hints)
        else:
            _say(options, session, status, hints)
    return 0


def _say(
    options: argparse.Namespace,
    session: Session,
    status: Status,
    hints: Sequence[tuple[str, str]],
) -> None:
    steps = session.project.steps()
    last = f"last step: {steps.undo[0]}" if steps.undo else "nothing done yet"
    say(f"{options.project}: {session.project.clip.name}, {describe_clip(session.source)}")
    say(f"{last} ({len(steps.undo)} to undo, {len(steps.redo)} to redo)")
    for object_id, record in session.objects.items():
        say(f"\n{record.name}" + ("" if record.visible else " (hidden)"))
        for state in _STATES:
            if frames := status.frames(state, object_id):
                # Nobody counts a handful of keyframes, but how far a run has come is worth it.
                many = "" if state == _KEYFRAME else f"  ({len(frames)})"
                say(f"  {state:<9} {shown(frames)}{many}")
    if locks := session.project.locks():
        say("\nlocks")
        for lock in locks.values():
            say(f"  {lock.id:<9} {_describe_lock(session, lock)}")
    if suggested := session.suggest(_SUGGESTIONS):
        say("\nsuggested next frames")
        for found in suggested:
            say(f"  {found.frame:<9} {session.objects[found.object].name}, {found.reason}")
    if hints:
        say("\nnext")
        width = max(len(command) for command, _ in hints)
        for command, why in hints:
            say(f"  {command:<{width}}  {why}")


def _emit(
    options: argparse.Namespace,
    session: Session,
    status: Status,
    hints: Sequence[tuple[str, str]],
) -> None:
    steps, frames = session.project.steps(), session.source.frame_numbers
    emit(
        "project",
        path=options.project,
        clip=session.project.clip.name,
        frames=[frames[0], frames[-1]],
        undo=list(steps.undo),
        redo=list(steps.redo),
    )
    for object_id, record in session.objects.items():
        states = {state: status.frames(state, object_id) for state in _STATES}
        emit("object", id=object_id, name=record.name, visible=record.visible, **states)
    for lock in session.project.locks().values():
        name = None if lock.object is None else session.objects[lock.object].name
        region = lock.region is not None
        emit("lock", id=lock.id, frames=[lock.first, lock.last], object=name, region=region)
    for found in session.suggest(_SUGGESTIONS):
        name, score = session.objects[found.object].name, round(found.score, 4)
        emit("suggestion", frame=found.frame, object=name, reason=found.reason, score=score)
    for command, why in hints:
        emit("next", command=command, why=why)


def _describe_lock(session: Session, lock: LockRecord) -> str:
    whose = "all objects" if lock.object is None else session.objects[lock.object].name
    region = "" if lock.region is None else ", inside a region"
    return f"{to_range(lock.first, lock.last)}, {whose}{region}"


def _hints(
    options: argparse.Namespace, session: Session, status: Status
) -> Iterator[tuple[str, str]]:
    """Commands to type next, and why, the most pressing first."""
    if not session.project.keyframes():
        first = session.source.frame_numbers[0]
        yield command_line("key", options, f"{first}:NAME=MASK"), "there is no keyframe"
        return
    todo = sorted({*status.frames("missing"), *status.frames("open")})
    if todo:
        yield command_line("run", options), f"{count(len(todo), 'frame')} to find"
    if stale := status.frames("stale"):
        why = f"{count(len(stale), 'frame')} would come out differently now"
        yield command_line("run", options, "--stale"), why
    if session.project.steps().undo[:1] == (PROPAGATE,):
        yield command_line("receipt", options), "see what the last run changed"
    if not todo:
        pattern = "mattes/{object}.%04d.png"
        yield command_line("export", options, "-o", f'"{pattern}"'), "every frame is known"
