"""``roto run``: propagate in a project, as far as its keyframes ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roto.cli.common import Progress
from roto.cli.memory import prepare, show
from roto.cli.output import emit, say
from roto.cli.projects import asked, choice_of, chosen, command_line, ranges_of
from roto.cli.texts import count, shown
from roto.opening import open_session

if TYPE_CHECKING:
    import argparse

    from roto.session import Session


def run(options: argparse.Namespace) -> int:
    """Propagate; what was finished before Ctrl-C is kept."""
    choice = asked(choice_of(options), options)
    with open_session(
        options.project,
        clip=options.plate,
        model=choice.model,
        settings=choice.settings,
        device=options.device,
        precision=options.precision,
    ) as session:
        objects = list(chosen(session, options.object))
        frames = ranges_of(session, options.range)
        with Progress(json_lines=options.json) as progress:
            try:
                if session.project.keyframes():  # else there is nothing to run, which is an error
                    found = prepare(options, session, session.workload())
                    if options.dry_run:
                        show(options, found)
                        return 0
                    # What cannot be loaded, or does not fit, is not worth remembering.
                    choice.with_size(found.settings).remember(session.project)
                for event in session.propagate(
                    frames, objects, options.direction, stale=options.stale
                ):
                    progress.frame(event)
            except KeyboardInterrupt:
                _tell_stopped(options, progress)
                raise
        _tell(options, session, progress)
    return 0


def _tell_stopped(options: argparse.Namespace, progress: Progress) -> None:
    if options.json:
        emit("stopped", frames=progress.done)
    again = command_line("run", options, *(["--stale"] if options.stale else []))
    kept = f"{count(progress.done, 'frame')} finished and kept"
    say(f"Stopped, {kept}; {again} goes on.", json_lines=options.json)


def _tell(options: argparse.Namespace, session: Session, progress: Progress) -> None:
    status = session.status()
    left = {state: status.frames(state) for state in ("missing", "open", "stale")}
    if options.json:
        figures = {"seconds": round(progress.seconds, 2)}
        emit(
            "end", frames=progress.done, **figures, fps=round(progress.frames_per_second, 2), **left
        )
        return
    if progress.done:
        took = f"{progress.seconds:.1f} s, {progress.frames_per_second:.1f} frames/s"
        say(f"{count(progress.done, 'frame')} in {took}.")
    else:
        say("There is nothing to propagate.")
    for state, frames in left.items():
        if frames:
            more = ["--stale"] if state == "stale" else []
            say(f"Still {state}: {shown(frames)} ({command_line('run', options, *more)})")
