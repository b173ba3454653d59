"""``roto new``, ``key``, ``object``, ``lock``, ``unlock``, ``undo``, ``redo``: edits."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from roto.cli.batch import is_pattern, masks_of
from roto.cli.output import emit, say
from roto.cli.projects import all_or_nothing, chosen, command_line, opened
from roto.cli.texts import (
    count,
    parse_assignment,
    parse_place,
    parse_range,
    parse_ranges,
    shown,
    to_range,
    to_ranges,
)
from roto.errors import KeyframeError, SettingsError
from roto.masks import read_mask
from roto.opening import new_session
from roto.propagation.shot import frames_within

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from roto.media import FrameSource
    from roto.project.records import KeyframeRecord, LockRecord, ObjectRecord
    from roto.session import Session
    from roto.session.editing import Correction


def new(options: argparse.Namespace) -> int:
    """Make a project and say what its clip is."""
    with new_session(options.plate, options.project, first_frame=options.first_frame) as session:
        clip, frames = session.source.clip, session.source.frame_numbers
        if options.json:
            emit(
                "project",
                path=options.project,
                width=clip.width,
                height=clip.height,
                frames=[frames[0], frames[-1]],
                frame_rate=str(clip.frame_rate),
            )
        say(f"{options.project}: {describe_clip(session.source)}", json_lines=options.json)
        hint = command_line("key", options, f"{frames[0]}:NAME=MASK")
        say(f"Next: {hint}", json_lines=options.json)
    return 0


def describe_clip(source: FrameSource) -> str:
    """Size, frames and rate in one line."""
    clip, frames = source.clip, source.frame_numbers
    rate = f"{float(clip.frame_rate):.5g} frames/s"
    return f"{clip.width}x{clip.height}, {count(len(frames), 'frame')} {shown(frames)}, {rate}"


def key(options: argparse.Namespace) -> int:
    """Set and remove keyframes: all that are asked for, or none; with a pattern in one step."""
    if not (options.masks or options.absent or options.remove):
        raise SettingsError("Give at least one FRAME[:NAME]=MASK, pattern, --absent or --remove.")
    many = any(map(is_pattern, options.masks))
    with opened(options) as session:
        before = dict(session.project.keyframes())
        with all_or_nothing(session), session.step("set keyframes") if many else nullcontext():
            for frame, name in map(parse_place, options.remove):
                session.remove_keyframe(frame, name)
            corrections = _give(options, session)
        _tell_keyframes(options, session, before)
        _tell_reach(options, session, corrections)
    return 0


def _give(options: argparse.Namespace, session: Session) -> list[Correction]:
    corrections = []
    for frame, mask in masks_of(options.masks, session).items():
        if not options.correct:
            session.set_keyframe(frame, mask)
            continue
        named = {_only_object(session): mask} if isinstance(mask, str) else mask
        corrections += [session.correct(frame, name, given) for name, given in named.items()]
    for frame, name in map(parse_place, options.absent):
        if name is None:
            raise KeyframeError(f"--absent {frame} does not say who; write --absent {frame}:hero.")
        session.object_id(name)  # nobody new is absent
        if options.correct:
            corrections.append(session.correct(frame, name, None))
        else:
            session.set_keyframe(frame, {name: None})
    return corrections


def _only_object(session: Session) -> str:
    names = [record.name for record in session.objects.values()]
    if len(names) != 1:
        have = ", ".join(map(repr, names)) or "none"
        raise KeyframeError(f"Say whose mask it is, as 1001:hero=mask.png; there is {have}.")
    return names[0]


def _tell_keyframes(
    options: argparse.Namespace,
    session: Session,
    before: Mapping[tuple[int, int], KeyframeRecord],
) -> None:
    after = session.project.keyframes()
    changed = sorted(k for k in {**before, **after} if before.get(k) != after.get(k))
    for frame, object_id in changed:
        name, record = session.objects[object_id].name, after.get((frame, object_id))
        state = "removed" if record is None else "absent" if record.absent else "keyframe"
        if options.json:
            emit("key", frame=frame, object=name, state=state)
        else:
            text = {"removed": "keyframe removed", "absent": "absent", "keyframe": "keyframe set"}
            say(f"{frame} {name}: {text[state]}")
            if state != "removed" and _is_locked(session, frame, object_id):
                unlock = command_line("unlock", options, "--frames", str(frame))
                say(f"Note: {name} is locked there and is shown as it was; to see this: {unlock}")
    if not changed:
        say("These keyframes are there already.", json_lines=options.json)


def _is_locked(session: Session, frame: int, object_id: int) -> bool:
    """Whether a lock, also one of a region, keeps what was shown before."""
    return any(
        lock.first <= frame <= lock.last and lock.object in (None, object_id)
        for lock in session.project.locks().values()
    )


def _tell_reach(
    options: argparse.Namespace, session: Session, corrections: Sequence[Correction]
) -> None:
    for correction in corrections:
        name, frames = session.objects[correction.object].name, sorted(correction.frames)
        if options.json:
            emit("reach", object=name, frame=correction.frame, frames=frames)
        elif frames:
            say(f"The next run reaches {name} at {shown(frames)} ({count(len(frames), 'frame')}).")
        else:
            say(f"No other frame of {name} is in reach.")
    say(f"Next: {command_line('run', options)}", json_lines=options.json)


def object_(options: argparse.Namespace) -> int:
    """Change objects, then list them."""
    asked = ("add", "rename", "hide", "show", "lifetime", "remove")
    edits = any(getattr(options, name) for name in asked)
    with opened(options, read_only=not edits) as session:
        with all_or_nothing(session):
            _change_objects(options, session)
        for record in session.objects.values():
            _tell_object(options, record)
        if not session.objects:
            say("There are no objects.", json_lines=options.json)
    return 0


def _change_objects(options: argparse.Namespace, session: Session) -> None:
    for name in options.add:
        session.add_object(name)
    for text in options.rename:
        session.rename_object(*parse_assignment(text, "--rename OLD=NEW"))
    for visible, names in ((False, options.hide), (True, options.show)):
        for name in names:
            session.show_object(name, visible=visible)
    for text in options.lifetime:
        name, frames = parse_assignment(text, "--lifetime NAME=1001-1050")
        whole = frames == "all"
        ends = (None, None) if whole else parse_range(frames, session.source.frame_numbers)
        session.set_lifetime(name, *ends)
    for name in options.remove:
        session.remove_object(name)


def _tell_object(options: argparse.Namespace, record: ObjectRecord) -> None:
    if options.json:
        lifetime = [record.first, record.last]
        emit("object", id=record.id, name=record.name, visible=record.visible, lifetime=lifetime)
        return
    notes = [] if record.visible else ["hidden"]
    if record.first is not None and record.last is not None:
        notes.append(f"lives {to_range(record.first, record.last)}")
    say(", ".join([f"{record.id} {record.name}", *notes]))


def lock(options: argparse.Namespace) -> int:
    """Lock frames, and say what of them nobody has found yet."""
    with opened(options) as session:
        ranges = parse_ranges(options.frames, session.source.frame_numbers)
        names = chosen(session, options.object)
        status = session.status()
        region = _region(options.region, ranges[0][0], session) if options.region else None
        with session.step("lock"):
            made = [session.lock(one, options.object and list(names), region) for one in ranges]
        ids = [i for some in made for i in some]
        whose = ", ".join(names.values()) if options.object else "all objects"
        place = "" if region is None else f", inside {options.region}"
        if options.json:
            for one, some in zip(ranges, made, strict=True):
                emit("lock", ids=some, frames=list(one), objects=options.object)
        text = f"Locked {to_ranges(ranges)} of {whose}{place}: {_numbered(ids)}."
        say(text, json_lines=options.json)
        inside = frames_within(session.source, ranges, "lock")
        for object_id, name in names.items():
            missing = sorted({*status.frames("missing", object_id)} & {*inside})
            if missing:
                text = f"Note: {name} was never found at {shown(missing)} and is locked as empty."
                say(text, json_lines=options.json)
    return 0


def _region(path: str, frame: int, session: Session) -> npt.NDArray[np.bool_]:
    found = read_mask(path, frame=frame, size=session.stored.size)
    inside = found.layers[0].hard()
    for layer in found.layers[1:]:
        inside = inside | layer.hard()
    return inside


def _numbered(ids: Sequence[int]) -> str:
    return f"{'lock' if len(ids) == 1 else 'locks'} {', '.join(map(str, ids))}"


def unlock(options: argparse.Namespace) -> int:
    """Remove some locks, or all, or a part of them."""
    with opened(options) as session:
        before = dict(session.project.locks())
        ids = options.locks or list(before)
        unknown = [i for i in ids if i not in before]
        if unknown:
            have = ", ".join(map(str, before)) or "none"
            raise SettingsError(f"There is no lock {unknown[0]}; the project has {have}.")
        numbers = session.source.frame_numbers
        ranges = parse_ranges(options.frames, numbers) if options.frames else [None]
        start = numbers[0] if ranges[0] is None else ranges[0][0]
        region = _region(options.region, start, session) if options.region else None
        with session.step("unlock"):
            for frames in reversed(ranges):  # what is left of a lock before a range keeps its id
                session.unlock(ids, frames, region)
        _tell_unlocked(options, ids, before, session.project.locks())
    return 0


def _tell_unlocked(
    options: argparse.Namespace,
    ids: Sequence[int],
    before: Mapping[int, LockRecord],
    now: Mapping[int, LockRecord],
) -> None:
    """Which locks are gone, and what is left of those that lost a part."""
    gone = [i for i in ids if i not in now]
    parts = [i for i, lock in now.items() if before.get(i) != lock]
    if options.json:
        emit("unlock", ids=gone, left=parts)
    said = [f"Removed {_numbered(gone)}."] if gone else []
    if parts:
        left = ", ".join(f"{to_range(now[i].first, now[i].last)} ({i})" for i in parts)
        said.append(f"Still locked: {left}.")
    nothing = "Nothing of that is locked." if before else "There are no locks."
    say(" ".join(said) or nothing, json_lines=options.json)


def undo(options: argparse.Namespace) -> int:
    """Take a step back."""
    with opened(options) as session:
        _tell_step(options, session, "undo", session.undo())
    return 0


def redo(options: argparse.Namespace) -> int:
    """Bring a step back."""
    with opened(options) as session:
        _tell_step(options, session, "redo", session.redo())
    return 0


def _tell_step(options: argparse.Namespace, session: Session, what: str, label: str | None) -> None:
    steps = session.project.steps()
    if options.json:
        emit(what, label=label, undo=len(steps.undo), redo=len(steps.redo))
        return
    if label is None:
        say(f"There is nothing to {what}.")
        return
    done = {"undo": "Undone", "redo": "Redone"}[what]
    say(f"{done}: {label} ({len(steps.undo)} to undo, {len(steps.redo)} to redo).")
